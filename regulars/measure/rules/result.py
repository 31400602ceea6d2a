"""What may be said of a play now: blocked, too early, gain, loss, nothing worth knowing, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from regulars.engage.rules.sample_size import weeks_until_known
from regulars.measure.rules.experiment import (
    UNLIKELY,
    Difference,
    Sums,
    compare_means,
    compare_shares,
    sample_ratio,
)
from regulars.measure.rules.looks import ALPHA, bounds, is_due

MOST_MIXED = 0.01  # of the people: more of them in both arms and the comparison is not one
FOREVER = 520  # weeks
FEWEST = 2  # people of an arm below which nothing has a spread
BLOCKED, TOO_EARLY, GAIN, LOSS, NOTHING, UNCLEAR = (
    "blocked",
    "too_early",
    "gain",
    "loss",
    "nothing",
    "unclear",
)


@dataclass(frozen=True)
class Arm:
    """People ``entered``; of those watched for the whole window, how many are ``back`` and what they brought.

    ``revenue`` holds one y a person watched to the end, minor units in the window after refunds, and one x, what they
    had brought when they entered: its n is how many have been watched.
    """

    entered: int
    back: int
    revenue: Sums


@dataclass(frozen=True)
class Plan:
    """What was settled before the start: people watched to the end, the smallest gain worth knowing, share treated."""

    people: int
    gain: float
    split: float = 0.5


@dataclass(frozen=True)
class Look:
    """One look, as it is kept: its day (ISO), people watched, fraction of the plan, and what was seen."""

    on: str
    n: int
    fraction: float
    diff: float
    low: float
    high: float
    z: float
    bound: float
    decision: str


@dataclass(frozen=True)
class Result:
    """What is published of a play; ``share`` and ``revenue`` are missing before the first look."""

    decision: str
    blocked: str
    srm_p: float
    needed: int
    share: Difference | None
    revenue: Difference | None
    looks: list[Look] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether the plan has had its last look."""
        return bool(self.looks) and self.looks[-1].fraction >= 1.0


def weeks_left(planned: int, entered: int, watched: int, a_week: float, window: int) -> int | None:
    """Weeks until ``planned`` people have been watched for ``window`` days; None where that is further than ten years.

    Who has entered and is still being watched is taken to have entered evenly.
    """
    if watched >= planned:
        return 0
    if entered >= planned:
        return ceil(window / 7 * (planned - watched) / (entered - watched))
    weeks = weeks_until_known(planned - entered, a_week, window)
    return weeks if weeks is not None and weeks <= FOREVER else None


def result(
    treated: Arm,
    control: Arm,
    *,
    plan: Plan,
    on: str,
    mixed: int = 0,
    looks: Sequence[Look] = (),
    alpha: float = ALPHA,
) -> Result:
    """What stands on the day ``on`` (ISO), with one more look where the data have grown enough for it.

    ``mixed`` people with entries in both arms are in neither; ``looks`` are those already taken, the oldest first.
    Intervals are repeated ones (Jennison and Turnbull 1989): the bound of the last look times the standard error, so
    that all looks together hold 95 %. Between two looks the estimate moves, and a gain or a loss may go but not come;
    once the plan is complete only corrections of its own people change anything. A blocked play takes no look.
    """
    n = treated.revenue.n + control.revenue.n
    p = sample_ratio(treated.entered, control.entered, plan.split)
    people = treated.entered + control.entered + mixed
    blocked = "sample_ratio" if p < UNLIKELY else "mixed" if mixed > MOST_MIXED * people else ""
    needed = max(0, plan.people - n)
    taken = list(looks)
    fraction = min(1.0, n / plan.people)
    new = not blocked and is_due(fraction, taken[-1].fraction if taken else 0.0)
    if min(treated.revenue.n, control.revenue.n) < FEWEST or not (taken or new):
        return Result(BLOCKED if blocked else TOO_EARLY, blocked, p, needed, None, None, taken)
    bound = bounds([*(look.fraction for look in taken), fraction], alpha)[-1] if new else taken[-1].bound
    share = compare_shares(treated.back, treated.revenue.n, control.back, control.revenue.n, bound=bound)
    revenue = compare_means(treated.revenue, control.revenue, bound=bound)
    decision = decide(share, plan.gain, complete=fraction >= 1.0)
    if new:
        z = share.estimate / share.error if share.error else 0.0
        taken.append(Look(on, n, fraction, share.estimate, share.low, share.high, z, bound, decision))
    elif taken[-1].fraction < 1.0 and decision in (GAIN, LOSS):
        decision = taken[
            -1
        ].decision  # what is new is said at a look; what a refund took away is gone at once
    return Result(BLOCKED if blocked else decision, blocked, p, needed, share, revenue, taken)


def decide(share: Difference, gain: float, *, complete: bool) -> str:
    """A gain or a loss where the interval leaves 0 out; nothing where it holds 0 and leaves the gain out."""
    if share.low > 0:
        return GAIN
    if share.high < 0:
        return LOSS
    if share.high < gain:
        return NOTHING
    return UNCLEAR if complete else TOO_EARLY
