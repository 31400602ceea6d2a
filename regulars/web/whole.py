"""A published number as a whole: its parts, the part it opens with, how it stands, whether it moved, and its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from regulars.measure.models import Figure
from regulars.web import charts, words, written
from regulars.web.figures import Figures, enough, month_place
from regulars.web.numbers import of_figure, write
from regulars.web.numbers import period as period_name
from regulars.web.pages.door import Look
from regulars.web.words.measures import SHRUNK, group_name, kind_of, last_name, place

TREND = 24  # months drawn
# The part that opens a number with several.
FIRST = {
    "affinity": "together", "baskets": "value", "breadth": "products", "cohort_second_visit": "90",
    "cohort_triangle": "1", "days_to_nth_visit": "365", "discount_share": "on_discount", "equity": "365",
    "first_basket": "second:loses", "first_triangle": "1", "guests": "new", "interpurchase_interval": "p50",
    "lifecycle": "regular", "new_returning_revenue": "returning", "regularity": "shape", "revenue_by_traffic": "own",
    "revenue_factors": "whole:revenue", "rfm_grid": "r5f5", "segments": "share", "stage_flows": "cooling>lost",
    "value_90": "value",
}  # fmt: skip


@dataclass(frozen=True)
class Moved:
    """A number of the brand now and in the month before."""

    metric: str
    part: str
    now: Figure
    before: Figure | None

    @property
    def weighed(self) -> bool:
        """Whether both months have an interval, so that one can say whether the number moved."""
        return self.before is not None and None not in (
            self.now.low, self.now.high, self.before.low, self.before.high,
        )  # fmt: skip

    @property
    def surely(self) -> bool:
        """Whether the intervals of the two months do not meet."""
        if self.before is None:
            return False
        (low, high), (least, most) = ((row.low, row.high) for row in (self.now, self.before))
        if low is None or high is None or least is None or most is None:
            return False
        return low > most or high < least


def parts_of(figures: Figures, metric: str) -> list[str]:
    """The parts of a number, as its brand's (or store's) rows have them; groups stay together."""
    kind, slice = figures.home
    counted: dict[str, int] = {}
    for row in figures.rows:
        if row.metric == metric and (row.slice_kind, row.slice) == (kind, slice):
            counted[row.part] = counted.get(row.part, 0) + 1
    if not counted:
        counted = dict.fromkeys((row.part for row in figures.rows if row.metric == metric), 1)
    told = [part for part in counted if part.split(":")[0] != SHRUNK]
    return sorted(told, key=lambda part: (place(part), part))


def groups_of(metric: str, parts: Sequence[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The parts with their names, in groups as their colons have them: those of the whole first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for part in parts:
        found.setdefault(part.rpartition(":")[0], []).append((part, last_name(metric, part)))
    return [(group_name(group), named) for group, named in found.items()]


def opening(metric: str, parts: Sequence[str]) -> str:
    return FIRST[metric] if FIRST.get(metric) in parts else parts[0]


def stands(figures: Figures, metric: str, part: str | None = None) -> Moved | None:
    """The number as it stands: of the last month that is over, where it has months, else over all time."""
    if part is None:
        parts = parts_of(figures, metric)
        if not parts:
            return None
        part = opening(metric, parts)
    months = figures.told_months(metric, part)
    if len(months) >= 2:
        last, before = sorted(months)[-1], sorted(months)[-2]
        beside = month_place(last) - month_place(before) == 1  # else it is not the month before
        return Moved(metric, part, months[last], months[before] if beside else None)
    told = figures.one(metric, part) or next(iter(months.values()), None)
    return Moved(metric, part, told, None) if told and told.value is not None else None


def when(figure: Figure, seen: Look) -> str:
    """The period of a figure, or nothing where it is of all time."""
    if not figure.period:
        return ""
    return (
        written.month(figure.period, seen.now.year) if len(figure.period) == 7 else period_name(figure.period)
    )


def said(moved: Moved | None, seen: Look) -> dict[str, Any] | None:
    """What the sentence on top says: the value, when, and whether it moved by more than chance."""
    if moved is None or not enough(moved.now):
        return None
    kind, currency = kind_of(moved.metric, moved.part), seen.brand.currency
    told = {
        "value": of_figure(moved.now, currency, kind).text, "when": when(moved.now, seen), "before": "", "so": "",
    }  # fmt: skip
    if moved.before is not None and enough(moved.before):
        told["before"] = of_figure(moved.before, currency, kind).text
        if moved.weighed:
            told["so"] = "surely" if moved.surely else "chance"
    return told


def way(months: dict[str, Figure], metric: str, part: str, seen: Look) -> dict[str, Any] | None:
    """The last two years of a number as a line, with its edges in words."""
    since = month_place(max(months)) - TREND if months else 0
    points = [
        (name, row.low, row.value or 0.0, row.high)
        for name, row in months.items()
        if month_place(name) > since
    ]
    kind, currency = kind_of(metric, part), seen.brand.currency
    if not points:
        return None
    ends = {
        "title": str(words.title(metric, part)),
        "first": written.month(points[0][0], seen.now.year, short=True),
        "last": written.month(points[-1][0], seen.now.year, short=True),
    }
    drawn = charts.trend(
        points, _("%(title)s from %(first)s to %(last)s; the table below has each month") % ends
    )
    if drawn is None:
        return None
    return {
        "chart": drawn,
        "top": write(kind, drawn.top, currency),
        "bottom": write(kind, drawn.bottom, currency),
        **ends,
    }
