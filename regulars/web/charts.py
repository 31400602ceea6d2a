"""Small drawings as plain SVG, in percentages of their place: no script, no inline style, a label with each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def whisker(
    value: float | None, low: float | None, high: float | None, top: float, mark: float | None, label: str
) -> Whisker | None:
    """An interval drawn from 0 to ``top``; None where there is no estimate."""
    if value is None or low is None or high is None or top <= 0:
        return None

    def place(number: float) -> float:
        return round(2 + 96 * min(max(number / top, 0), 1), 2)

    return Whisker(place(low), place(value), place(high), None if mark is None else place(mark), label)


def shade(value: float | None, top: float) -> str:
    """The class of a heat cell between nothing and ``top``; the number in it says the same to who sees no colour."""
    if value is None:
        return ""
    return f"heat-{min(int(STEPS * value / top) if top > 0 else 0, STEPS - 1)}"


def spark(values: Mapping[str, float | None], width: int = 100, height: int = 26) -> str:
    """Points of a polyline through values in order, in a box of this size; missing ones are left out."""
    told = [(at, value) for at, value in enumerate(values.values()) if value is not None]
    if len(told) < 2:
        return ""
    low, high = min(value for _, value in told), max(value for _, value in told)
    across, up = max(len(values) - 1, 1), (high - low) or 1.0
    return " ".join(
        f"{2 + (width - 4) * at / across:.1f},{height - 3 - (height - 6) * (value - low) / up:.1f}"
        for at, value in told
    )
