"""Who is in which arm: decided by a keyed hash, so that anyone with the salt can check it and nobody can steer it."""

from __future__ import annotations

import hmac
from hashlib import sha256

TREATED, CONTROL = "treated", "control"


def share_of(salt: str, customer: int, what: str = "") -> float:
    """A customer's place in [0, 1): the first 53 bits of HMAC-SHA256(salt, customer and ``what``)."""
    said = f"{customer}|{what}" if what else str(customer)
    digest = hmac.new(salt.encode(), said.encode(), sha256).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / (1 << 53)


def arm(salt: str, customer: int, treated_share: float) -> str:
    """``treated`` for the share of customers asked for, ``control`` for the rest; the same for ever."""
    return TREATED if share_of(salt, customer) < treated_share else CONTROL


def held_out(salt: str, customer: int, share: float) -> bool:
    """Whether a customer is in the brand's own hold-out, which no play reaches."""
    return share_of(salt, customer) < share
