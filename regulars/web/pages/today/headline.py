"""The sentence on top: how many of a month's newcomers came back, and whether that is more than some months ago."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from regulars.measure.models import Figure
from regulars.web import written
from regulars.web.figures import Figures, enough
from regulars.web.numbers import Number, interval, of_figure
from regulars.web.pages.door import Look

METRIC, WINDOW = "cohort_second_visit", "90"
MONTHS_BACK = 3
SAME = 0.005  # a change that rounds to nothing


@dataclass(frozen=True)
class Headline:
    """What is said: people in a hundred, now and ``before``; ``so``: rose, fell, same, chance or nothing."""

    month: str
    now: str
    earlier: str
    before: str
    so: str
    number: Number
    guests: str
    between: str
    grew: str
    growth: str
    bubble: Number | None


def differ(one: Figure, other: Figure) -> bool:
    """Whether two estimates with 95 % intervals are further apart than chance: |a − b| > √(half a² + half b²)."""
    halves = [((each.high or 0) - (each.low or 0)) / 2 for each in (one, other)]
    return abs((one.value or 0) - (other.value or 0)) > hypot(*halves)


def compare(now: Figure, before: Figure | None) -> str:
    """``rose``, ``fell``, ``chance`` where the data cannot tell, or nothing where there is no earlier month."""
    if before is None:
        return ""
    if not differ(now, before):
        return "chance"
    return "rose" if (now.value or 0) > (before.value or 0) else "fell"


def said(figures: Figures, seen: Look) -> Headline | None:
    """The headline of the last month that can be told; None where none can be told yet."""
    told = {period: row for period, row in figures.told_months(METRIC, WINDOW).items() if enough(row)}
    if not told:
        return None
    months = list(told)
    month = months[-1]
    earlier = months[-1 - min(MONTHS_BACK, len(months) - 1)] if len(months) > 1 else ""
    now, before = told[month], told.get(earlier)
    so = compare(now, before)
    hundreds = [written.of_hundred(row.value or 0) for row in (now, before) if row]
    growth, grew = _grew(figures, month, earlier)
    bubble = figures.one("bubble_rate")
    return Headline(
        month=written.month(month, seen.now.year),
        now=hundreds[0],
        earlier=written.month(earlier, seen.now.year) if earlier else "",
        before=hundreds[-1] if before else "",
        so="same" if so == "chance" and hundreds[0] == hundreds[-1] else so,
        number=of_figure(now, seen.brand.currency, "share.1"),
        guests=written.count(now.n),
        between=interval("share", now.low, now.high, seen.brand.currency),
        grew=grew,
        growth=growth,
        bubble=of_figure(bubble, seen.brand.currency) if bubble and enough(bubble) else None,
    )


def _grew(figures: Figures, month: str, earlier: str) -> tuple[str, str]:
    """Whether newcomers were ``more``, ``fewer`` or the ``same`` as in the earlier month, and by what share."""
    now, before = (
        figures.one("guests", "new", month),
        figures.one("guests", "new", earlier) if earlier else None,
    )
    if not (now and before and now.value and before.value) or now.note or before.note:
        return "", ""
    change = now.value / before.value - 1
    if abs(change) < SAME:
        return "same", ""
    return "more" if change > 0 else "fewer", written.share(abs(change))
