"""What a call says of a visit, read field by field: what is wrong is named by its place, nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from regulars.gather.rules.identifiers import IDENTIFIERS

TEXTS = {"table": 40, "staff_id": 80, "occasion": 40}
TIMES = ("booked_at", "queued_at", "seated_at", "left_at")
# What a phone may be asked for; without a use nobody asks, and declining costs nothing.
USES = ("queue_call", "invoice", "booking", "delivery")
PURPOSES, STATES = ("marketing", "research", "service"), ("given", "withdrawn")
CONSENTED = ("phone", "email", "wechat_unionid", "wechat_openid")  # addresses that a message can reach
AHEAD, BEHIND = timedelta(days=370), timedelta(days=30)
LARGEST_PARTY = 500


class NotRead(Exception):
    """A member that cannot be taken: its JSON pointer and a sentence."""

    def __init__(self, pointer: str, detail: str) -> None:
        self.pointer, self.detail = pointer, detail
        super().__init__(f"{pointer}: {detail}")


def read(item: Any, zones: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The fields of ``gather.models.Visit`` that an item gives, None where it is silent.

    ``zones`` gives the time zone of every store by its code: a time without a zone is its store's. Raises ``NotRead``.
    """
    if not isinstance(item, dict):
        raise NotRead("", "a visit is an object")
    store = _text(item, "store_id", 80, needed=True) or ""
    if store not in zones:
        raise NotRead("/store_id", "no store has this code; stores come with an import")
    said: dict[str, Any] = {"visit_id": _text(item, "visit_id", 120, needed=True), "store_id": store}
    for name in TIMES:
        said[name] = _instant(item, name, zones[store], now)
    for name, longest in TEXTS.items():
        said[name] = _text(item, name, longest)
    party = item.get("party")
    if party is not None and (
        isinstance(party, bool) or not isinstance(party, int) or not 0 < party <= LARGEST_PARTY
    ):
        raise NotRead("/party", "is not a number of people")
    first = item.get("first_time_said")
    if first is not None and not isinstance(first, bool):
        raise NotRead("/first_time_said", "is true or false, as the guest answered, or left out")
    said |= {"party": party, "first_time_said": first}
    use = _text(item, "phone_for", 20)
    if use is not None and use not in USES:
        raise NotRead("/phone_for", f"is none of {', '.join(USES)}")
    return said | {"phone_for": use}


def identifiers(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The identifiers of an item as (type, as written); a phone has to say what it is for. Raises ``NotRead``."""
    given = item.get("identifiers") or {}
    if not isinstance(given, dict):
        raise NotRead("/identifiers", 'is an object such as {"wechat_unionid": "…"}')
    found = []
    for name, values in given.items():
        if name not in IDENTIFIERS:
            raise NotRead(f"/identifiers/{name}", f"is none of {', '.join(IDENTIFIERS)}")
        for value in values if isinstance(values, list) else [values]:
            if value is None:
                continue
            if not isinstance(value, str) or len(value) > 254:
                raise NotRead(f"/identifiers/{name}", "is not a text of at most 254 characters")
            found.append((name, value))
    if any(name == "phone" for name, _value in found) and not item.get("phone_for"):
        raise NotRead(
            "/phone_for", f"say what the phone is for: {', '.join(USES)}; it is asked for a use only"
        )
    return found


def consents(item: Mapping[str, Any]) -> list[dict[str, str]]:
    """Each agreement of an item: identifier (a type it gives), channel, purpose, state; service and marketing apart.

    Raises ``NotRead``; what is not said is no consent.
    """
    given = item.get("consents") or []
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise NotRead("/consents", "is a list of objects")
    found = []
    for place, each in enumerate(given):
        read = {name: str(each.get(name) or "") for name in ("identifier", "channel", "purpose", "state")}
        for name, known in (("identifier", CONSENTED), ("purpose", PURPOSES), ("state", STATES)):
            if read[name] not in known:
                raise NotRead(f"/consents/{place}/{name}", f"is none of {', '.join(known)}")
        if not 0 < len(read["channel"]) <= 20:
            raise NotRead(f"/consents/{place}/channel", "is missing")
        found.append(read)
    return found


def expected(said: Mapping[str, Any]) -> datetime | None:
    """When a party came, or else is due: seated, booked for, queued, left; None where nothing was said."""
    return next(
        (said[name] for name in ("seated_at", "booked_at", "queued_at", "left_at") if said.get(name)), None
    )


def _text(item: Mapping[str, Any], name: str, longest: int, needed: bool = False) -> str | None:
    value = item.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is not None and not isinstance(value, str):
        raise NotRead(f"/{name}", "is not a text")
    value = (value or "").strip()
    if len(value) > longest:
        raise NotRead(f"/{name}", f"is longer than {longest} characters")
    if needed and not value:
        raise NotRead(f"/{name}", "is missing")
    return value or None


def _instant(item: Mapping[str, Any], name: str, zone: str, now: datetime) -> datetime | None:
    value = item.get(name)
    if value is None or value == "":
        return None
    try:
        at = datetime.fromisoformat(value)
        at = (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise NotRead(f"/{name}", "is not an instant such as 2026-11-21T18:20:00+08:00") from None
    if name != "booked_at" and at > now + timedelta(minutes=10):
        raise NotRead(f"/{name}", "lies in the future")
    if not now - BEHIND <= at <= now + AHEAD:
        raise NotRead(
            f"/{name}", "is more than 30 days ago or more than a year ahead; bring old visits as a file"
        )
    return at
