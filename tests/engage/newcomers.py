"""Newcomers as a turn publishes them, due on a day, with addresses and consents: what plays are tried on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings

from regulars.engage.actions.plays import make, start
from regulars.engage.models import Entry, Message, Play, Touch
from regulars.know.models import CustomerState, ReturnCurve
from regulars.lake.head import Head, replace
from tests.engage import guests

NOW = guests.NOON
SALT = "9"  # under which customers 1 to 30 are treated where 95 % are; a random one made a test fail now and then
TODAY = date(2026, 11, 21)
DUE_DAY = 34
HEAD = 5
LONG_AGO = date(2025, 1, 1)  # when the store began to identify its guests


def land() -> None:
    """HEAD at a landing, a return curve, and one old regular who shows how long the store has identified guests."""
    folder = settings.HOME / "lake"
    folder.mkdir(exist_ok=True)
    replace(folder, Head(number=HEAD))
    ReturnCurve.objects.create(batch=1, due_day=DUE_DAY, as_of=TODAY)
    state(99_999, LONG_AGO, visits=30, last=TODAY)


def state(
    number: int,
    first: date,
    *,
    visits: int = 1,
    last: date | None = None,
    second: date | None = None,
    **more: Any,
) -> CustomerState:
    fields: dict[str, Any] = {
        "batch": 1, "customer": number, "stage": "new" if visits == 1 else "regular", "stage_since": first,
        "first_day": first, "second_day": second, "last_day": last or first, "visit_days": visits, "orders": visits,
        "net": 8000 * visits, "first_store": "S01", "usual_store": "S01", "stores": "|S01|",
        "fingerprint": number,
    }  # fmt: skip
    return CustomerState.objects.create(**(fields | more))


def newcomer(number: int, *channels: str, days_late: int = 0, **more: Any) -> CustomerState:
    """Somebody whose day was ``days_late`` days ago, who can be reached on these channels (none said: SMS)."""
    guests.guest(number, channels or ("sms",))
    return state(number, TODAY - timedelta(days=DUE_DAY + days_late), **more)


WRITE = {"step": "message", "channels": "sms email", "body_en": "Come again, {{ store }}"}
ON_DAY = {"step": "wait", "until": "curve"}


def play(*steps: dict[str, Any], running: bool = True, **more: Any) -> Play:
    """A play of newcomers on their day; with a message at once where no steps are given."""
    said: dict[str, Any] = {"title": "Second visit", "audience": "visits == 1", "by": "ann", "now": NOW}
    made = make(steps=steps or (ON_DAY, WRITE), **(said | more))
    made.salt = SALT
    made.save()
    return start(play=made, by="ann", now=NOW) if running else made


def arms(of: Play) -> dict[int, str]:
    return dict(Entry.objects.filter(play=of).values_list("customer", "arm"))


def reasons(of: Play) -> dict[int | None, str]:
    return dict(Touch.objects.filter(play=of.name).values_list("customer_id", "reason"))


def outbox() -> list[tuple[int | None, str, str]]:
    return list(Message.objects.order_by("customer", "key").values_list("customer", "channel", "state"))
