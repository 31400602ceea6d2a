"""What a dish, a change or being told has to do with coming back: differences of shares, with what is held equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, sqrt

Z = 1.959963984540054
WIDE = 0.1  # half an interval: beyond ten points a difference is not told, and how many more would tell it is
ALONE, FINDINGS = 20, 5  # people told of one finding, findings together, from which a difference is told


@dataclass(frozen=True)
class Stratum:
    """People alike but for one thing: ``back`` of ``had`` came back with it, ``others_back`` of ``others`` without."""

    had: int
    back: int
    others: int
    others_back: int


@dataclass(frozen=True)
class Difference:
    """A difference of shares and its 95 % interval; None where it cannot be told, and then ``more`` people would."""

    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    more: int | None = None


def told(estimate: float, variance: float, people: int) -> Difference:
    """A difference with its interval, or how many more of such ``people`` would make it narrow enough to be told."""
    half = Z * sqrt(max(variance, 0.0))
    if half > WIDE:
        return Difference(more=ceil(people * ((half / WIDE) ** 2 - 1.0)))
    return Difference(estimate, estimate - half, estimate + half)


def within_strata(strata: Sequence[Stratum]) -> Difference:
    """The Mantel–Haenszel risk difference over strata, and its interval.

    Σ(a n₀ − b n₁)/N ÷ Σ n₁ n₀/N (Greenland and Robins 1985, equation 6), a of n₁ back with it, b of n₀ without;
    variance by Sato (Sato, Greenland and Robins 1989), which holds for many thin strata and for few thick ones. A
    stratum where all had it, or nobody had, tells nothing and is left out.
    """
    used = [each for each in strata if each.had and each.others]
    weight = sum(each.had * each.others / (each.had + each.others) for each in used)
    if not weight:
        return Difference()
    top = sum(
        (each.back * each.others - each.others_back * each.had) / (each.had + each.others) for each in used
    )
    difference = top / weight
    variance = (difference * sum(map(_p, used)) + sum(map(_q, used))) / weight**2
    return told(difference, variance, sum(each.had for each in used))


def _p(each: Stratum) -> float:
    n1, n0, total = each.had, each.others, each.had + each.others
    return (n1**2 * each.others_back - n0**2 * each.back + n1 * n0 * (n0 - n1) / 2) / total**2


def _q(each: Stratum) -> float:
    n1, n0, total = each.had, each.others, each.had + each.others
    return (each.back * (n0 - each.others_back) + each.others_back * (n1 - each.back)) / (2 * total)


@dataclass(frozen=True)
class Moved:
    """One store's buyers of a product before and after a day, each watched equally long, and how many came back."""

    store_id: str
    changed: bool
    before: int
    before_back: int
    after: int
    after_back: int


def differences(stores: Sequence[Moved]) -> Difference:
    """How the return of buyers moved in the changed stores, less how it moved in the others.

    Each store's own before-and-after is a difference with a binomial variance; how much stores move on their own, seen
    among the others, is added to it (DerSimonian and Laird 1986), so that many buyers of two stores are not taken for
    many stores. Without another store there is nothing to hold it against.
    """
    used = [each for each in stores if each.before and each.after]
    changed = [_moved(each) for each in used if each.changed]
    others = [_moved(each) for each in used if not each.changed]
    if not changed or not others:
        return Difference()
    own = _heterogeneity(others)
    (one, one_variance), (other, other_variance) = _mean(changed, own), _mean(others, own)
    return told(one - other, one_variance + other_variance, sum(each.after for each in used if each.changed))


def _moved(each: Moved) -> tuple[float, float]:
    """The move of one store's share and its variance; half a person is added to each cell (Agresti and Caffo 2000)."""
    parts = []
    for back, people in ((each.before_back, each.before), (each.after_back, each.after)):
        near = (back + 1.0) / (people + 2.0)
        parts.append((back / people, near * (1.0 - near) / (people + 2.0)))
    return parts[1][0] - parts[0][0], parts[0][1] + parts[1][1]


def _heterogeneity(moves: Sequence[tuple[float, float]]) -> float:
    weights = [1.0 / variance for _move, variance in moves]
    mean = sum(w * move for w, (move, _v) in zip(weights, moves, strict=True)) / sum(weights)
    spread = sum(w * (move - mean) ** 2 for w, (move, _v) in zip(weights, moves, strict=True))
    left = sum(weights) - sum(w * w for w in weights) / sum(weights)
    return max(0.0, (spread - (len(moves) - 1)) / left) if left > 0 else 0.0


def _mean(moves: Sequence[tuple[float, float]], own: float) -> tuple[float, float]:
    weights = [1.0 / (variance + own) for _move, variance in moves]
    mean = sum(w * move for w, (move, _v) in zip(weights, moves, strict=True)) / sum(weights)
    return mean, 1.0 / sum(weights)


@dataclass(frozen=True)
class Back:
    """Someone told: of which finding, whether they came within 30 days, and how usual that is for guests like them."""

    finding: int
    back: bool
    usual: float


def over_findings(people: Sequence[Back]) -> Difference:
    """How many more came back than such guests usually do, over all findings told, and its interval.

    The mean of (back − usual); people told of one finding are one cluster (Liang and Zeger 1986, with F ÷ (F − 1)), for
    they share the dish and the weeks. None, and how many more people, below ``FINDINGS`` findings or too wide.
    """
    findings = sorted({each.finding for each in people})
    if not people or len(findings) < 2:
        return Difference(more=max(ALONE - len(people), 1))
    mean = sum(each.back - each.usual for each in people) / len(people)
    clusters = [
        sum(each.back - each.usual - mean for each in people if each.finding == finding)
        for finding in findings
    ]
    many = len(findings)
    variance = sum(each**2 for each in clusters) / len(people) ** 2 * many / (many - 1)
    if many < FINDINGS or len(people) < ALONE:
        return Difference(more=max(ALONE - len(people), FINDINGS - many))
    return told(mean, variance, len(people))


@dataclass(frozen=True)
class Waved:
    """Someone drawn into a wave, told or not: the wave's day, and the days they came since the telling was planned."""

    wave: int
    due: date
    came: tuple[date, ...]


def waves_apart(people: Sequence[Waved], as_of: date) -> list[Stratum]:
    """For each wave but the last, who came between its day and the next wave's: those drawn for that wave, against
    those whose own wave had not come (a stepped wedge, Hussey and Hughes 2007). As drawn, whether reached or not.

    Only weeks that are over on ``as_of``; ``within_strata`` of them is what being told did, by chance alone apart.
    """
    days = {each.wave: each.due for each in people}
    found = []
    for wave in sorted(days):
        end = days.get(wave + 1)
        if end is None or end > as_of:
            continue
        told_now = [each for each in people if each.wave == wave]
        later = [each for each in people if each.wave > wave]
        found.append(
            Stratum(
                len(told_now), _within(told_now, days[wave], end), len(later), _within(later, days[wave], end)
            )
        )
    return found


def _within(people: Sequence[Waved], start: date, end: date) -> int:
    return sum(any(start <= day < end for day in each.came) for each in people)


def too_few_alone(people: int) -> bool:
    """Whether those told of one finding are too few to say anything by themselves."""
    return people < ALONE
