"""Small drawings as plain SVG, in percentages of their place: no script, no inline style, a label with each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from regulars.web.figures import month_place

STEPS = 10  # shades of a heat cell
DASH = 0.7  # half the length of a month that stands alone, in percent


@dataclass(frozen=True)
class Segment:
    """A piece of a bar: from where, how wide (percent), its class and its words."""

    x: float
    width: float
    kind: str
    label: str


@dataclass(frozen=True)
class Bar:
    """A bar of pieces that fill it."""

    segments: tuple[Segment, ...]
    label: str


@dataclass(frozen=True)
class Whisker:
    """An estimate as a point on its interval, in percent of the chart's width; ``mark`` is what it is set against."""

    low: float
    at: float
    high: float
    mark: float | None
    label: str


def bar(parts: Iterable[tuple[str, float, str]], label: str) -> Bar | None:
    """A bar of (class, amount, words); amounts of zero or less are left out; None where nothing remains."""
    kept = [(kind, amount, words) for kind, amount, words in parts if amount > 0]
    total = sum(amount for _kind, amount, _words in kept)
    if not total:
        return None
    x, segments = 0.0, []
    for kind, amount, words in kept:
        width = 100 * amount / total
        segments.append(Segment(round(x, 2), round(max(width - 0.4, 0.3), 2), kind, words))
        x += width
    return Bar(tuple(segments), label)


@dataclass(frozen=True)
class Trend:
    """A number over time as a line with its interval behind it, in a box of 100 by 40; ``top`` and ``bottom`` are what
    the box's edges stand for, and ``months`` the first and the last period drawn. Line and band break where months are
    missing: nothing is drawn where nothing is known."""

    lines: tuple[str, ...]
    bands: tuple[str, ...]
    last: tuple[float, float]
    top: float
    bottom: float
    first: str
    final: str
    label: str


def trend(points: Sequence[tuple[str, float | None, float, float | None]], label: str) -> Trend | None:
    """A line through (month, low, value, high), the oldest first; None where fewer than three are known.

    Months stand as far apart as they are. The scale begins at nothing where all values lie above it, so that a small
    change never looks large.
    """
    if len(points) < 3:
        return None
    ends = [each for _period, low, value, high in points for each in (low, value, high) if each is not None]
    bottom, top = min(0.0, *ends), max(0.0, *ends)
    if top <= bottom:
        return None

    first, final = month_place(points[0][0]), month_place(points[-1][0])

    def place(period: str, value: float) -> tuple[float, float]:
        x = 100 * (month_place(period) - first) / (final - first)
        return round(x, 2), round(38 - 36 * (value - bottom) / (top - bottom), 2)

    line = [(period, value) for period, _low, value, _high in points]
    above = [(period, high) for period, low, _value, high in points if low is not None and high is not None]
    below = [(period, low) for period, low, _value, high in points if low is not None and high is not None]
    lines = tuple(_path(_seen([place(*each) for each in run])) for run in _runs(line))
    bands = tuple(
        _path([*(place(*each) for each in upper), *(place(*each) for each in reversed(lower))])
        for upper, lower in zip(_runs(above), _runs(below), strict=True)
        if len(upper) > 1
    )
    return Trend(lines, bands, place(*line[-1]), top, bottom, points[0][0], points[-1][0], label)


def _runs(points: Sequence[tuple[str, float]]) -> list[list[tuple[str, float]]]:
    """Points in runs of months that follow one another."""
    runs: list[list[tuple[str, float]]] = []
    for point in points:
        if runs and month_place(point[0]) - month_place(runs[-1][-1][0]) == 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _seen(run: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A month alone between two gaps as a dash, which a line through one point would not show."""
    if len(run) > 1:
        return run
    (x, y) = run[0]
    return [(max(x - DASH, 0.0), y), (min(x + DASH, 100.0), y)]


def _path(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def scale(bounds: Iterable[tuple[float | None, float | None]], most: float = 1.0) -> tuple[float, float]:
    """The span a column is drawn on: a little below the lowest to a little above the highest, in 0 to ``most``."""
    told = [(low, high) for low, high in bounds if low is not None and high is not None]
    if not told:
        return 0.0, 0.0
    low, high = min(low for low, _high in told), max(high for _low, high in told)
    room = 0.06 * (high - low)
    return max(low - room, 0.0), min(high + room, most)


def whisker(
    estimate: tuple[float | None, float | None, float | None],
    span: tuple[float, float],
    mark: float | None,
    label: str,
) -> Whisker | None:
    """An estimate (low, value, high) drawn on a span; None where it is not told. A ``mark`` outside is left out."""
    low, value, high = estimate
    bottom, top = span
    if low is None or value is None or high is None or top <= bottom:
        return None

    def place(number: float) -> float:
        return round(2 + 96 * min(max((number - bottom) / (top - bottom), 0), 1), 2)

    inside = mark is not None and bottom <= mark <= top
    return Whisker(
        place(low), place(value), place(high), place(mark) if mark is not None and inside else None, label
    )


def shade(value: float | None, top: float) -> str:
    """The class of a heat cell between nothing and ``top``; the number in it says the same to who sees no colour."""
    if value is None:
        return ""
    return f"heat-{min(int(STEPS * value / top) if top > 0 else 0, STEPS - 1)}"
