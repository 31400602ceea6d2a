"""Where the loop loses most people now: one share a stage, set beside what the brand itself reaches at its best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from regulars.measure.rules.figure import FigureRow
from regulars.measure.rules.periods import ENOUGH

FEWEST = 4  # stores, or else weeks, that a best quartile can be taken of
NAME = "leak"


@dataclass(frozen=True)
class StageShare:
    """A stage of the loop: its share ``now`` and by store or week, customers ``concerned`` a month, first cause.

    ``done`` of ``of`` is what the share was counted from, where it was counted on the desk.
    """

    stage: str
    now: float
    units: tuple[float, ...]
    concerned: float
    cause: str
    done: int = 0
    of: int = 0


@dataclass(frozen=True)
class Leak:
    """What a stage loses: ``size`` customers a month, were it at its ``best``."""

    stage: StageShare
    best: float
    size: float


def best_quartile(units: Sequence[float]) -> float:
    """The share that a quarter of the stores or weeks reach or pass (linear between two)."""
    return float(np.quantile(np.asarray(units, dtype=np.float64), 0.75))


def leaks(stages: Iterable[StageShare]) -> list[Leak]:
    """The leak of each stage, the largest first: (best quartile − now) × customers concerned, never below zero.

    A stage of fewer than four stores or weeks to compare with is left out: it has no best of its own yet.
    """
    found = []
    for stage in stages:
        if len(stage.units) >= FEWEST:
            best = best_quartile(stage.units)
            found.append(Leak(stage, best, max(0.0, best - stage.now) * stage.concerned))
    return sorted(found, key=lambda leak: (-leak.size, leak.stage.stage))


@dataclass(frozen=True)
class Imported:
    """Rows a landed import read and rejected, and why (reason → rows)."""

    rows_read: int
    rows_rejected: int
    reasons: dict[str, int]


class Published:
    """Figures of one turn, looked up by what they are of."""

    def __init__(self, rows: Iterable[FigureRow]) -> None:
        self.rows = list(rows)

    def told(self, metric: str, kind: str, period: str, part: str) -> list[FigureRow]:
        """The figures with a value and enough behind them."""
        key = (metric, kind, period, part)
        return [
            row
            for row in self.rows
            if (row.metric, row.slice_kind, row.period, row.part) == key
            and row.value is not None
            and row.n >= ENOUGH
        ]

    def value(self, metric: str, period: str, part: str) -> float | None:
        """The brand's own figure."""
        return next((row.value for row in self.told(metric, "", period, part)), None)

    def latest_month(self) -> str:
        """The last month that is over and has sales."""
        months = [
            row.period
            for row in self.rows
            if row.metric == "revenue_factors" and row.slice_kind == "" and row.note != "incomplete"
        ]
        return max(months, default="")


def stage_shares(rows: Iterable[FigureRow], imports: Sequence[Imported]) -> list[StageShare]:
    """The share of each stage that exists, from the turn's figures and the imports that stand.

    Customers concerned, a month: for rows and identification everybody who bought in the last month that is over
    (orders ÷ orders a known customer), for the second visit that month's newcomers.
    """
    published = Published(rows)
    month = published.latest_month()
    orders = published.value("revenue_factors", month, "whole:orders")
    frequency = published.value("revenue_factors", month, "frequency")
    everybody = orders / frequency if orders and frequency else 0.0
    return [*_gather(imports, everybody), *_identify(published, month, everybody), *_know(published, month)]


def _gather(imports: Sequence[Imported], everybody: float) -> list[StageShare]:
    read = sum(each.rows_read for each in imports)
    if not read:
        return []
    reasons: dict[str, int] = {}
    for each in imports:
        for reason, rows in each.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + rows
    rejected = sum(each.rows_rejected for each in imports)
    units = tuple(1 - each.rows_rejected / each.rows_read for each in imports if each.rows_read >= ENOUGH)
    first = max(sorted(reasons), key=lambda reason: reasons[reason], default="")
    return [StageShare("gather", 1 - rejected / read, units, everybody, first)]


def _identify(published: Published, month: str, everybody: float) -> list[StageShare]:
    now = published.value("identified_share", month, "")
    if now is None:
        return []
    stores = published.told("identified_share", "store", month, "")
    units = stores if len(stores) >= FEWEST else published.told("identified_share", "week", "", "")
    causes = [
        row
        for row in published.rows
        if (row.metric, row.slice_kind, row.period) == ("identified_share", "", month)
        and row.part.startswith("cause:")
    ]
    first = max(causes, key=lambda row: (row.value or 0.0, row.part), default=None)
    return [StageShare("identify", now, _values(units), everybody, first.part if first else "")]


def _know(published: Published, month: str) -> list[StageShare]:
    metric, window = "cohort_second_visit", "90"
    now = published.value(metric, "", window)
    newcomers = published.value("guests", month, "new")
    if now is None or newcomers is None:
        return []
    stores = published.told(metric, "store", "", window)
    units = stores if len(stores) >= FEWEST else published.told(metric, "week", "", window)
    where = [*stores, *published.told(metric, "traffic", "", window)] if len(units) >= FEWEST else []
    best = best_quartile(_values(units)) if units else 0.0
    where = [row for row in where if row.slice != "not_recorded"]
    worst = max(where, key=lambda row: ((best - (row.value or 0.0)) * row.n, row.slice), default=None)
    cause = f"{worst.slice_kind}:{worst.slice}" if worst else ""
    return [StageShare("know", now, _values(units), newcomers, cause)]


def _values(rows: Iterable[FigureRow]) -> tuple[float, ...]:
    return tuple(row.value for row in rows if row.value is not None)
