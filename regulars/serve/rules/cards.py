"""Which one thing to do for a guest: an allergy first, then what went wrong, what was promised, what was wished.

Only near service is left to chance, so that its effect is known; an allergy, a recovery and a promise never are.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

CARE, RECOVERY, PROMISE, NEAR = "care", "recovery", "promise", "near"
LOOK_AHEAD = timedelta(hours=12)  # a booking gets its cards so long before
LOOK_BACK = timedelta(hours=4)  # a party that came longer ago has eaten
FORGIVEN = timedelta(days=60)  # a complaint older than this is not spoken of again
BACK_WITHIN = timedelta(days=60)  # a card's guest came back, or did not, within so many days
USUAL = 3  # orders with one dish make it the usual one
ROUND = (5, 10, 20, 50, 100)  # visits worth a word
OCCASIONS = ("birthday", "family", "date", "business", "anniversary")


@dataclass(frozen=True)
class Known:
    """What is known of a guest before this visit."""

    customer: int
    visits: int = 0  # days they came
    last_day: date | None = None
    stage: str = ""
    dish: str = ""  # the product they order most, and in how many orders
    dish_times: int = 0
    first_dish: str = ""  # the dearest line of their last order
    tags: tuple[tuple[str, str, date], ...] = ()  # (words, kind, said on)
    open_complaint: bool = False
    last_complaint: date | None = None
    complaint_dish: str = ""
    complaint_voice: int | None = None
    mended_for: str = ""  # the dish they raised and that is mended since; empty where they named none
    mended_voice: int | None = None  # the voice in which they raised it; None: nothing is mended for them
    kept: frozenset[int] = frozenset()  # voices whose promise a colleague kept at an earlier visit


@dataclass(frozen=True)
class Coming:
    """The visit itself."""

    occasion: str = ""
    party: int | None = None


@dataclass(frozen=True)
class Suggested:
    """One thing to do: its kind, the code of what it is about, and the facts its sentences speak of."""

    kind: str
    about: str
    facts: dict[str, Any] = field(default_factory=dict)
    voice: int | None = None


def suggested(known: Known, coming: Coming, today: date) -> list[Suggested]:
    """Everything worth doing for a guest, the first thing first; at most one of it is near service.

    Whoever has a recovery or a promise waiting gets no near service beside it.
    """
    found = [*_allergies(known), *_recovery(known, today), *_promise(known)]
    spoken = any(each.kind in (RECOVERY, PROMISE) for each in found)
    found += _wishes(known)
    if not spoken and (near := _near(known, coming, today)):
        found.append(near)
    common = {
        "times": known.visits + 1,
        "allergies": [words for words, kind, _on in known.tags if kind == "allergy"],
    }
    return [Suggested(each.kind, each.about, common | each.facts, each.voice) for each in found]


def drawn(key: bytes, card: str) -> bool:
    """Whether chance shows a near-service card: one half of all keys, by HMAC-SHA256 (RFC 2104), the same for ever."""
    return hmac.new(key, f"near service:{card}".encode(), sha256).digest()[0] < 128


def order(card: tuple[str, str]) -> int:
    """Where a card (kind, about) stands: an allergy, recovery, promise, a wish, near service."""
    kind, about = card
    return 0 if about == "allergy" else {RECOVERY: 1, PROMISE: 2, CARE: 3, NEAR: 4}[kind]


def _allergies(known: Known) -> list[Suggested]:
    said = [(words, on) for words, kind, on in known.tags if kind == "allergy"]
    if not said:
        return []
    facts = {"words": [words for words, _on in said], "on": max(on for _words, on in said).isoformat()}
    return [Suggested(CARE, "allergy", facts)]


def _recovery(known: Known, today: date) -> list[Suggested]:
    facts = {"dish": known.complaint_dish}
    if known.last_complaint:
        facts["on"] = known.last_complaint.isoformat()
    if known.open_complaint:
        return [Suggested(RECOVERY, "complaint_open", facts, known.complaint_voice)]
    lately = known.last_complaint and today - known.last_complaint <= FORGIVEN
    here_since = known.last_complaint and known.last_day and known.last_day > known.last_complaint
    if not lately or here_since or known.last_complaint == today:
        return []
    return [Suggested(RECOVERY, "complaint_mended", facts, known.complaint_voice)]


def _promise(known: Known) -> list[Suggested]:
    if known.mended_voice is None or known.mended_voice in known.kept:
        return []
    return [Suggested(PROMISE, "mended", {"dish": known.mended_for}, known.mended_voice)]


def _wishes(known: Known) -> list[Suggested]:
    words = [words for words, kind, _on in known.tags if kind == "wish"]
    return [Suggested(CARE, "wish", {"words": words})] if words else []


def _near(known: Known, coming: Coming, today: date) -> Suggested | None:
    """The one small thing that fits best, the rarest occasion first."""
    likes = [words for words, kind, _on in known.tags if kind == "likes"]
    days = (today - known.last_day).days if known.last_day else None
    choices: Sequence[tuple[bool, str, dict[str, Any]]] = (
        (known.visits == 1, "second_time", {"dish": known.first_dish, "days": days}),
        (known.stage in ("cooling", "lost") and days is not None, "welcome_back", {"days": days}),
        (known.visits + 1 in ROUND, "round", {}),
        (coming.occasion in OCCASIONS, f"occasion_{coming.occasion}", {}),
        (known.dish_times >= USUAL, "usual_dish", {"dish": known.dish, "orders": known.dish_times}),
        (bool(likes), "likes", {}),
    )
    for fits, about, facts in choices:
        if fits:
            return Suggested(NEAR, about, facts | {"likes": likes})
    return None
