"""What know itself can be asked of customers: their published state and their tags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from regulars.brand.actions import the_brand
from regulars.core.money import minor_units
from regulars.desk.bulk import chunks
from regulars.desk.spans import visible
from regulars.identify.actions import candidates, living, numbers_of_many
from regulars.know.field import Field, Kind, Read, Value
from regulars.know.models import CustomerState, Tag


def business_date(now: datetime) -> date:
    """The brand's business date at ``now``: a day ends when the brand says so, not at midnight."""
    brand = the_brand()
    ends = timedelta(hours=brand.day_ends.hour, minutes=brand.day_ends.minute)
    return (now.astimezone(ZoneInfo(brand.time_zone)) - ends).date()


def _rows(numbers: Sequence[int] | None, head: int, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of the states shown, the customer's number first."""
    states = CustomerState.objects.filter(visible(head))
    if numbers is None:
        return list(states.values_list("customer", *columns))
    rows: list[tuple[Any, ...]] = []
    for chunk in chunks(numbers):
        rows += states.filter(customer__in=chunk).values_list("customer", *columns)
    return rows


def _column(column: str, empty: Value = None) -> Read:
    def read(numbers: Sequence[int] | None, *, head: int, now: datetime) -> Mapping[int, Value]:
        return {number: empty if value is None else value for number, value in _rows(numbers, head, column)}

    return read


def _money(column: str) -> Read:
    def read(numbers: Sequence[int] | None, *, head: int, now: datetime) -> Mapping[int, Value]:
        unit = minor_units(the_brand().currency)
        rows = _rows(numbers, head, column)
        return {number: None if value is None else value / unit for number, value in rows}

    return read


def _days(columns: Sequence[str], days: Callable[..., int | None]) -> Read:
    def read(numbers: Sequence[int] | None, *, head: int, now: datetime) -> Mapping[int, Value]:
        today = business_date(now)
        return {number: days(today, *values) for number, *values in _rows(numbers, head, *columns)}

    return read


def _since(today: date, day: date | None) -> int | None:
    return None if day is None else (today - day).days


def _late(today: date, last_day: date, late_after: int | None) -> int | None:
    return None if late_after is None else (today - last_day).days - late_after


def _tags(numbers: Sequence[int] | None, *, head: int, now: datetime) -> Mapping[int, Value]:
    """Tags that have not run out; a tag stays with the number it was written with, and is read by the living one."""
    lasting = Tag.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now))
    pairs: list[tuple[int, str]] = []
    if numbers is None:
        pairs += lasting.values_list("customer", "tag")
    else:
        every = {each for all_of in numbers_of_many(numbers, head=head).values() for each in all_of}
        for chunk in chunks(sorted(every)):
            pairs += lasting.filter(customer__in=chunk).values_list("customer", "tag")
    home = living({customer for customer, _tag in pairs}, head=head)
    found: dict[int, set[str]] = defaultdict(set)
    for customer, tag in pairs:
        found[home[customer]].add(tag)
    return {customer: frozenset(tags) for customer, tags in found.items()}


def _candidate_join(numbers: Sequence[int] | None, *, head: int, now: datetime) -> Mapping[int, Value]:
    """Whether somebody may be one person with another customer, which people have not judged yet."""
    return dict.fromkeys(candidates(numbers, head=head), True)


def _number(name: str, label: Any, column: str = "", unit: str = "") -> Field:
    return Field(name, "number", label, _column(column or name), unit)


def _text(name: str, label: Any, kind: Kind = "text") -> Field:
    return Field(name, kind, label, _column(name, ""))


FIELDS = [
    _number("visits", "visits", "visit_days"),
    _number("orders", "orders"),
    Field("days_since_first", "number", "days since the first visit", _days(["first_day"], _since), "days"),
    Field("days_since_last", "number", "days since the last visit", _days(["last_day"], _since), "days"),
    Field(
        "days_late",
        "number",
        "days late by their own rhythm",
        _days(["last_day", "late_after"], _late),
        "days",
    ),
    _number("usual_gap", "usual days between visits", unit="days"),
    Field("net", "number", "spent", _money("net"), "money"),
    Field("value_90", "number", "expected in the next 90 days", _money("value_90"), "money"),
    _number("p_alive", "probability of coming again"),
    _text("stage", "stage"),
    Field("stage_since", "date", "in this stage since", _column("stage_since")),
    Field("first_day", "date", "first visit", _column("first_day")),
    Field("last_day", "date", "last visit", _column("last_day")),
    _text("first_store", "store of the first visit"),
    _text("usual_store", "usual store"),
    _text("first_channel", "channel of the first visit"),
    _text("first_traffic", "traffic of the first visit"),
    _text("first_offer", "offer of the first visit"),
    _text("grade", "grade"),
    Field("tags", "words", "tags", _tags),
    Field("candidate_join", "flag", "maybe one person with another customer", _candidate_join),
]
