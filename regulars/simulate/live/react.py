"""What guests and staff do with what reaches them: answer, confirm, tick, opt out; each by a luck of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

import numpy as np

from regulars.simulate.draw import luck
from regulars.simulate.live.respond import Fates
from regulars.simulate.live.revive import Mended
from regulars.simulate.live.say import satisfied, words_of
from regulars.simulate.live.wording import NOTES

PLEASED, ANGRY, REGULAR, OTHERS = 1.8, 2.5, 2.0, 0.62  # who answers; `OTHERS` keeps the channel's mean
COMES_TO_TASTE, PREFERS_A = 0.5, 0.75
NOT_TODAY, NOTED = 0.3, 0.15  # of tasks not done; of tasks done
Row = dict[str, Any]


@dataclass
class Reactions:
    """What people do in answer, each with the ``key`` of what it answers and its instant ``at``.

    answers: score (1 to 5) and words. promises: said, yes or no. votes: prefers, a or b. confirmed: staff sent it.
    left: opted out. taps: card, state (done, not_today), truly, words (a note, or nothing).
    """

    answers: list[Row] = field(default_factory=list)
    promises: list[Row] = field(default_factory=list)
    votes: list[Row] = field(default_factory=list)
    confirmed: list[Row] = field(default_factory=list)
    left: list[Row] = field(default_factory=list)
    taps: list[Row] = field(default_factory=list)


def number(key: str) -> int:
    """A key as a number that luck can be drawn for."""
    return crc32(key.encode())


def confirms(fates: Fates, message: Mapping[str, Any]) -> Row | None:
    """Whether the employee who was asked to send it says they did, and when: within three hours, or never."""
    drawn = luck(fates.life.brand.seed, "confirms", [number(message["key"]), number(message["key"]) + 1])
    if drawn[0] >= fates.life.brand.responses.task_confirmed:
        return None
    return {"key": message["key"], "at": message["at"] + timedelta(minutes=10 + int(170 * drawn[1]))}


def opts_out(fates: Fates, message: Mapping[str, Any]) -> Row | None:
    """Whether this message is one too many."""
    share = dict(fates.life.brand.responses.opts_out).get(str(message["channel"]), 0.0)
    if float(luck(fates.life.brand.seed, "opts out", number(message["key"]))) >= share:
        return None
    return {"key": message["key"], "at": message["at"] + timedelta(minutes=5)}


def answers(
    fates: Fates, message: Mapping[str, Any], identity: int, row: int | None, mended: Mended
) -> Row | None:
    """An answer to the question about the order `row`: the very content, the angry and regulars answer oftener."""
    life = fates.life
    own = life.brand.responses
    if message["kind"] == "promise":
        return _promises(fates, message, identity)
    if message["kind"] == "tasting":
        return _tastes(fates, message, identity)
    if row is None:
        return None
    score = satisfied(life, row, mended)
    keen = PLEASED if score == 5 else ANGRY if score <= 2 else 1.0
    keen *= (REGULAR if life.sales.number[row] >= 4 else 1.0) * OTHERS
    share = dict(own.answers).get(str(message["channel"]), 0.0)
    if float(luck(life.brand.seed, "answers", row)) >= share * keen:
        return None
    return {
        "key": message["key"],
        "at": message["at"]
        + timedelta(minutes=5 + int(90 * float(luck(life.brand.seed, "answers at", row)))),
        "score": score,
        "words": words_of(life, row, score) if float(luck(life.brand.seed, "writes", row)) < 0.6 else "",
    }


def _promises(fates: Fates, message: Mapping[str, Any], identity: int) -> Row | None:
    own, seed = fates.life.brand.responses, fates.life.brand.seed
    if float(luck(seed, "answers a promise", identity)) >= own.promise_answered:
        return None
    said = "yes" if float(luck(seed, "says yes", identity)) < own.promise_yes else "no"
    return {"key": message["key"], "at": message["at"] + timedelta(minutes=20), "said": said}


def _tastes(fates: Fates, message: Mapping[str, Any], identity: int) -> Row | None:
    """Which of two versions a guest who was invited prefers; half of them come to try."""
    comes, likes = luck(fates.life.brand.seed, "tastes", [2 * identity, 2 * identity + 1]).tolist()
    if comes >= COMES_TO_TASTE:
        return None
    prefers = "a" if likes < PREFERS_A else "b"
    return {"key": message["key"], "at": message["at"] + timedelta(hours=8), "prefers": prefers}


def taps(fates: Fates, card: Mapping[str, Any]) -> Row | None:
    """What the staff do with a card they see: most do it and tick, some tick only, some say not today, some nothing."""
    own, seed, key = fates.life.brand.responses, fates.life.brand.seed, number(f"card {card['card']}")
    done, false, other, note, words = luck(seed, "taps", key + np.arange(5)).tolist()
    at: datetime = card["at"] + timedelta(minutes=20 + int(20 * note))
    ticked = {"card": card["card"], "at": at, "words": NOTES[int(len(NOTES) * words)] if note < NOTED else ""}
    if done < own.task_done:
        return {**ticked, "state": "done", "truly": true_tick(own.false_tick, false)}
    if other < NOT_TODAY:
        return {**ticked, "state": "not_today", "truly": False, "words": ""}
    return None


def true_tick(false_share: float, drawn: float) -> bool:
    """Whether what was ticked as done was done."""
    return drawn >= false_share
