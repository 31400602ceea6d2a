"""Small drawings as plain SVG, in percentages of their place: no script, no inline style, a label with each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STEPS = 10  # shades of a heat cell


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
    the box's edges stand for, and ``months`` the first and the last period drawn."""

    line: str
    band: str
    last: tuple[float, float]
    top: float
    bottom: float
    first: str
    final: str
    label: str


def trend(points: Sequence[tuple[str, float | None, float, float | None]], label: str) -> Trend | None:
    """A line through (period, low, value, high), the oldest first; None where fewer than three are known.

    The scale begins at nothing where all values lie above it, so that a small change never looks large.
    """
    if len(points) < 3:
        return None
    ends = [each for _period, low, value, high in points for each in (low, value, high) if each is not None]
    bottom, top = min(0.0, *ends), max(0.0, *ends)
    if top <= bottom:
        return None

    def place(at: int, value: float) -> tuple[float, float]:
        return round(100 * at / (len(points) - 1), 2), round(38 - 36 * (value - bottom) / (top - bottom), 2)

    line = [place(at, value) for at, (_period, _low, value, _high) in enumerate(points)]
    known = [
        (at, low, high)
        for at, (_p, low, _v, high) in enumerate(points)
        if low is not None and high is not None
    ]
    above, below = [place(at, high) for at, _low, high in known], [place(at, low) for at, low, _high in known]
    return Trend(
        _path(line), _path([*above, *reversed(below)]) if len(known) > 1 else "", line[-1], top, bottom,
        points[0][0], points[-1][0], label,
    )  # fmt: skip


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
