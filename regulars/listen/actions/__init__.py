"""What listen does: keep what was said, run a complaint's clock, ask one question, promise to tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from regulars.listen.actions import asks, promises
from regulars.listen.actions.asks import answer
from regulars.listen.actions.complaints import answer_complaint, close, complain
from regulars.listen.actions.interviews import interview, tags_offered
from regulars.listen.actions.promises import say
from regulars.listen.actions.reviews import bring_reviews
from regulars.listen.actions.voices import hear

__all__ = [
    "answer",
    "answer_complaint",
    "bring_reviews",
    "close",
    "complain",
    "hear",
    "interview",
    "next_due",
    "run_due",
    "say",
    "tags_offered",
]


def run_due(*, now: datetime, still: Callable[[], bool]) -> int:
    """Ask about visits that just landed and offer promises, while ``still`` says so; how many were written."""
    done = promises.offer_due(now=now, still=still)
    return done + asks.ask_due(now=now, still=still)


def next_due(*, now: datetime) -> datetime | None:
    """When there is something to do next: orders nobody considered yet, or the day after a complaint; else None."""
    times = [asks.next_due(now=now), promises.next_due(now=now)]
    return min((each for each in times if each is not None), default=None)
