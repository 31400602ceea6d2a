"""Months as numbers (year × 12 + month − 1), so that engines and rules count them alike, and as text for people."""

from __future__ import annotations

from datetime import date, timedelta

from regulars.core.months import EPOCH, day_number, last_day, month_number

__all__ = [
    "ALL_TIME",
    "ENOUGH",
    "EPOCH",
    "MONTHS_KEPT",
    "NOT_YET_NEW",
    "RECENT",
    "WEEKS_KEPT",
    "day_number",
    "is_over",
    "last_day",
    "month_number",
    "month_text",
    "quarter_text",
    "seen_until",
    "state_of",
    "week_text",
]
ALL_TIME = -1  # the month number of figures over the whole history
RECENT = 2  # months of what is only looked at now: the one under way and the one before
MONTHS_KEPT = 14  # of a store or a channel: the month under way, a year of months, and the one a year before
ENOUGH = 30  # people or orders below which a share is not told
WEEKS_KEPT = 52  # of the brand, so that a brand of few stores can be compared with its own best weeks
NOT_YET_NEW = (
    90  # days after a store first identified anybody in which "first seen" says little about "first visit"
)


def month_text(month: int) -> str:
    """``2026-08`` for 24319, and nothing for all time."""
    return "" if month == ALL_TIME else f"{month // 12:04d}-{month % 12 + 1:02d}"


def week_text(monday: str) -> str:
    """``2026-08-03`` for the day number of a Monday written as text."""
    return (EPOCH + timedelta(days=int(monday))).isoformat()


def quarter_text(quarter: int) -> str:
    """``2026-Q3`` for year × 4 + quarter − 1."""
    return f"{quarter // 4:04d}-Q{quarter % 4 + 1}"


def is_over(month: int, as_of: date) -> bool:
    """A month is over once its last day has been observed."""
    return last_day(month) <= as_of


def seen_until(month: int, as_of: date) -> date:
    """The last day that a figure of this month can have seen: a month that is over does not change with the clock."""
    return as_of if month == ALL_TIME else min(last_day(month), as_of)


def state_of(month: int, as_of: date) -> str:
    """``incomplete`` for a month still under way, otherwise nothing."""
    return "" if month == ALL_TIME or is_over(month, as_of) else "incomplete"
