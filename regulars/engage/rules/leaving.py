"""How a message leaves, once and with a way out: pauses between tries, names of rows, the line that unsubscribes."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from hashlib import sha256

from regulars.engage.rules.quiet import at_time

MOST_TRIES = 5
CONFIRMED_BY = time(17)  # of the store's day
NOTICE = timedelta(minutes=30)  # that a colleague has at least
KEY = 120  # characters

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def pause(tries: int) -> timedelta:
    """How long to wait after so many tries that failed for now: 1, 4, 16, 64 minutes."""
    return timedelta(minutes=4 ** min(max(tries, 1) - 1, 3))


def confirm_by(handed: datetime, zone: str) -> datetime:
    """Until when (UTC) a colleague is to confirm what was handed over: the next 17:00 of ``zone``, half an hour on."""
    return at_time(handed + NOTICE, zone, CONFIRMED_BY)


def key_on(key: str, channel: str) -> str:
    """The key of the row that follows another on a channel; the same for the same two, 120 characters at most."""
    made = f"{key}|{channel}"
    return made if len(made) <= KEY else f"{key[:40]}|{sha256(made.encode()).hexdigest()[:32]}|{channel}"


def with_way_out(body: str, link: str) -> str:
    """A body and under it the line that unsubscribes, in the body's own language; unchanged where it has the link."""
    if not link or link in body:
        return body
    said = f"退订：{link}" if _CHINESE.search(body) else f"Unsubscribe: {link}"
    return f"{body.rstrip()}\n{said}" if body.strip() else said
