"""Whom an address leads to: the simulation's phones, cards and wallets turned back into the people who hold them."""

from __future__ import annotations

import numpy as np

from regulars.simulate.history import Life
from regulars.simulate.seen import card_numbers, phone_numbers

ALL = 100_000_000
STEP = 61_803_399
SHIFTS = {"phone": 27_182_818, "card": 31_415_926, "wallet": 14_142_135}


def holder(life: Life, address: str) -> int | None:
    """The identity that an e-mail address, a phone, a member card or a payment token belongs to.

    None where it belongs to nobody of the brand's, to a ring of made-up accounts or to the shop.
    """
    text = address.strip().removeprefix("+86").replace(" ", "").replace("-", "")
    email = text.startswith("guest")
    kind = "card" if text.startswith("VIP") else "wallet" if text.startswith("wx") else "phone"
    digits = text[5:].partition("@")[0] if email else text.removeprefix("VIP").removeprefix("wx")[:11]
    digits = digits[:8] if kind == "wallet" else digits
    if not digits.isdigit():
        return None
    number = int(digits)
    identity = number if email else (number % ALL - SHIFTS[kind]) * pow(STEP, -1, ALL) % ALL
    if identity >= 2 * len(life.households.home):
        return None
    if kind == "phone" and not email and phone_of(life, identity) != digits:
        return None
    return identity


def phone_of(life: Life, identity: int) -> str:
    """The eleven digits of an identity's own phone."""
    return str(int(phone_numbers(np.asarray([identity]), life.identities)[0]))


def card_of(identity: int) -> str:
    """The member card of an identity."""
    return str(card_numbers(np.asarray([identity]))[0].as_py())
