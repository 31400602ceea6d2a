"""Days and months as numbers, so that engines, rules and the lake's folders count them alike."""

from __future__ import annotations

from datetime import date, timedelta

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def month_number(day: date) -> int:
    """The month of a day as a number, year × 12 + month − 1: 2026-08-17 is 24319."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month by its number."""
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    """The last day of a month by its number."""
    return first_day(month + 1) - timedelta(days=1)
