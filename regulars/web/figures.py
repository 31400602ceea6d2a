"""Published figures of one look at the desk, read once and then asked for by what they are of."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from regulars.measure.models import Figure
from regulars.measure.rules.periods import ENOUGH, last_day, month_text


class Figures:
    """Figures by metric, part, slice and period."""

    def __init__(self, rows: Iterable[Figure], kind: str = "", slice: str = "") -> None:
        """``kind`` and ``slice`` are what is meant where nothing is said: the whole brand, or one store."""
        self.home = (kind, slice)
        self.rows = list(rows)
        self._by = {(row.metric, row.part, row.slice_kind, row.slice, row.period): row for row in self.rows}

    def at(self, kind: str, slice: str) -> Figures:
        """The same figures seen from another slice."""
        return Figures(self.rows, kind, slice)

    def one(self, metric: str, part: str = "", period: str = "") -> Figure | None:
        return self._by.get((metric, part, *self.home, period))

    def months(self, metric: str, part: str = "") -> dict[str, Figure]:
        """The figures of months, oldest first."""
        found = {
            row.period: row
            for row in self.rows
            if (row.metric, row.part, row.slice_kind, row.slice) == (metric, part, *self.home)
            and len(row.period) == 7
            and "Q" not in row.period
        }
        return dict(sorted(found.items()))

    def told_months(self, metric: str, part: str = "") -> dict[str, Figure]:
        """The figures of months that are over and can be told, oldest first."""
        return {
            period: row
            for period, row in self.months(metric, part).items()
            if row.value is not None
            and row.note != "incomplete"
            and row.as_of >= last_day(month_place(period))
        }

    def slices(self, metric: str, kind: str, part: str = "", period: str = "") -> dict[str, Figure]:
        """The figures of every slice of a kind, by slice."""
        found = {
            row.slice: row
            for row in self.rows
            if (row.metric, row.part, row.slice_kind, row.period) == (metric, part, kind, period)
        }
        return dict(sorted(found.items()))

    def last_month(self) -> str:
        """The last month that is over and has sales, or nothing."""
        return max(self.told_months("revenue_factors", "whole:revenue"), default="")

    def without_sales(self) -> list[tuple[str, str]]:
        """The first and last of months on end that lie between months with orders and have none themselves."""
        sold = [name for name, row in self.months("revenue_factors", "whole:revenue").items() if row.n]
        return [
            (month_text(month_place(before) + 1), month_text(month_place(after) - 1))
            for before, after in pairwise(sold)
            if month_place(after) - month_place(before) > 1
        ]


def month_place(period: str) -> int:
    """Where a month (``2026-08``) stands among all months."""
    return int(period[:4]) * 12 + int(period[5:7]) - 1


def enough(figure: Figure | None) -> bool:
    """Whether a figure is told, and by enough people to be said in a sentence."""
    return figure is not None and figure.value is not None and figure.n >= ENOUGH


def year_before(period: str) -> str:
    """The same month a year earlier."""
    return f"{int(period[:4]) - 1}{period[4:]}"
