"""What people agree to or take back, told live: kept by address, channel and purpose; the last word decides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from regulars import settings
from regulars.brand.actions import the_brand
from regulars.gather.actions.visits import NotTaken
from regulars.gather.models import Consent, Identifier
from regulars.gather.rules.identifiers import SEARCHABLE, hashed, normalise
from regulars.gather.rules.visits import CONSENTED, PURPOSES, STATES

AHEAD = timedelta(minutes=5)  # a clock elsewhere may be ahead of ours by so much


class _Unread(Exception):
    def __init__(self, pointer: str, detail: str) -> None:
        self.pointer = pointer
        self.detail = detail
        super().__init__(detail)


def take_consents(*, source: str, items: Sequence[Any], now: datetime) -> tuple[int, list[NotTaken]]:
    """Keep up to 500 words of people; how many are kept by now, and why each of the others is not.

    An item has ``identifiers`` ({type: value}, each of which gets the word), ``channel``, ``purpose``, ``state``
    (given or withdrawn), and may have ``at``, ``expires_at`` and ``evidence``. The same word told again is one row.
    """
    region, taken, wrong = the_brand().region, 0, []
    rows: list[Consent] = []
    plain: list[Identifier] = []
    for place, item in enumerate(items):
        try:
            words = _words(item, now)
            for type, value in _addresses(item, region):
                digest = hashed(settings.IDENTIFIER_KEY, type, value)
                rows.append(Consent(address_hash=digest, source=source, **words))
                if type in SEARCHABLE:
                    plain.append(Identifier(identifier_hash=digest, identifier_type=type, value=value))
        except _Unread as error:
            wrong.append(NotTaken(place, error.pointer, error.detail))
        else:
            taken += 1
    Identifier.objects.bulk_create(plain, ignore_conflicts=True)
    Consent.objects.bulk_create(rows, ignore_conflicts=True)
    return taken, wrong


def _words(item: Any, now: datetime) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise _Unread("", "this is no object")
    state, purpose, channel = item.get("state"), item.get("purpose"), item.get("channel")
    if state not in STATES:
        raise _Unread("/state", f"write one of {', '.join(STATES)}")
    if purpose not in PURPOSES:
        raise _Unread("/purpose", f"write one of {', '.join(PURPOSES)}")
    if not isinstance(channel, str) or not re.fullmatch(r"[a-z_]{1,20}", channel):
        raise _Unread("/channel", "write the name of a channel")
    evidence = item.get("evidence", "")
    if not isinstance(evidence, str) or len(evidence) > 200:
        raise _Unread("/evidence", "write a text of at most 200 characters")
    at = _instant(item, "at") or now
    if at > now + AHEAD:
        raise _Unread("/at", "this is in the future")
    expires = _instant(item, "expires_at")
    return {
        "state": state,
        "purpose": purpose,
        "channel": channel,
        "evidence": evidence,
        "at": min(at, now),
        "expires_at": expires,
    }


def _instant(item: Mapping[str, Any], name: str) -> datetime | None:
    """An instant with its zone (ISO 8601); None where it is not told."""
    said = item.get(name)
    if said is None:
        return None
    try:
        found = datetime.fromisoformat(said)
    except (TypeError, ValueError):
        raise _Unread(f"/{name}", "write an instant such as 2026-11-21T12:00:00+08:00") from None
    if found.tzinfo is None:
        raise _Unread(f"/{name}", "write the instant with its zone, such as 2026-11-21T12:00:00+08:00")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise _Unread(f"/{name}", "write an instant such as 2026-11-21T12:00:00+08:00") from None


def _addresses(item: Mapping[str, Any], region: str) -> list[tuple[str, str]]:
    names = item.get("identifiers")
    if not isinstance(names, Mapping) or not names:
        raise _Unread("/identifiers", f"write an object with one of {', '.join(CONSENTED)}")
    found = []
    for type, raw in names.items():
        if type not in CONSENTED or not isinstance(raw, str):
            raise _Unread(f"/identifiers/{type}", f"write an object with one of {', '.join(CONSENTED)}")
        normal = normalise(type, raw, region)
        if normal.value is None:
            raise _Unread(f"/identifiers/{type}", f"identifies nobody: {normal.blocked}")
        found.append((type, normal.value))
    return found
