"""Does a play's 95 % interval hold the effect that was planted, and how often does a play that does nothing alarm?

python -m benchmarks.coverage_play [--seeds 200] [--first 1] [--gain 0.045]

Each seed is a small brand. Everybody whom the tills have seen once enters on the 30th day after, by the arm of HMAC;
the outcome is being seen again within 30 days. Truth is the effect as identified in one brand twenty times as busy,
everybody under both arms. A right interval covers in 180 to 198 of 200 brands with probability .998. The play that
does nothing is looked at 14 times as `measure` looks, under ten drawings of the arms a brand.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from regulars.engage.rules.arms import TREATED, arm
from regulars.measure.rules.experiment import Sums, compare_shares
from regulars.measure.rules.result import GAIN, LOSS, Arm, Look, Plan, result
from regulars.simulate.brand import Brand, Response
from regulars.simulate.formats import small
from regulars.simulate.history import lived
from regulars.simulate.live.respond import Fates

DUE, WITHIN = 30, 30  # days
PLAYED = 26  # weeks in which people enter
LOOKS, DRAWINGS = 14, 10
LARGER, LARGE_SEED = 20.0, 9001
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Found:
    """Of one seed: the difference with its interval, how many entered, and in how many drawings nothing alarmed."""

    estimate: float
    low: float
    high: float
    people: int
    alarms: int


def brand_of(seed: int, gain: float, larger: float = 1.0) -> Brand:
    """A small brand in which a message has this effect."""
    base = small(seed, weeks=78, warm_up_weeks=78)
    responses = replace(base.responses, second_visit=Response(gain, WITHIN))
    return replace(base, responses=responses, orders_per_store_day=base.orders_per_store_day * larger)


def entered(fates: Fates) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Identity and day of everybody who enters, in order of entry: seen once, `DUE` days ago, and not since."""
    days, sales = fates.life.days, fates.life.sales
    people, seen_on = np.divmod(fates.seen, fates.horizon + 1)
    mine = people < 2 * len(fates.life.households.home)
    people, seen_on = people[mine], seen_on[mine]
    first = np.concatenate([[True], people[1:] != people[:-1]])
    again = np.concatenate([np.where(people[1:] == people[:-1], seen_on[1:], fates.horizon), [fates.horizon]])
    day = seen_on + DUE
    from_day, to_day = days.closes - 7 * PLAYED, int(sales.day.max()) - WITHIN
    due = first & (again > day) & (day >= from_day) & (day <= to_day)
    order = np.lexsort((people[due], day[due]))
    return people[due][order], day[due][order]


def truth(gain: float) -> tuple[float, int]:
    """The planted effect as identified, over everybody who enters a large brand, and how many they are."""
    fates = Fates(lived(brand_of(LARGE_SEED, gain, LARGER)))
    who, day = entered(fates)
    return fates.outcomes(who, day, "second_visit").effect_seen, len(who)


def one(asked: tuple[int, float]) -> Found:
    """A seed's play as it is measured, and the play that does nothing under several drawings."""
    seed, gain = asked
    fates = Fates(lived(brand_of(seed, gain)))
    who, day = entered(fates)
    both = fates.outcomes(who, day, "second_visit")
    treated = assigned(f"coverage {seed}", who)
    back = np.where(treated, both.seen1, both.seen0)
    found = compare_shares(
        int(back[treated].sum()), int(treated.sum()), int(back[~treated].sum()), int((~treated).sum())
    )
    nothing = fates.outcomes(who, day, "nothing")
    alarms = sum(
        alarmed(assigned(f"nothing {seed} {drawing}", who), nothing.seen1, nothing.seen0)
        for drawing in range(DRAWINGS)
    )
    return Found(found.estimate, found.low, found.high, len(who), alarms)


def assigned(salt: str, who: npt.NDArray[np.int64]) -> Flags:
    """Whom this play's salt treats."""
    return np.asarray([arm(salt, int(each), 0.5) == TREATED for each in who], dtype=np.bool_)


def alarmed(treated: Flags, if_treated: Flags, if_not: Flags) -> bool:
    """Whether any of the looks calls a gain or a loss; people are watched in the order in which they entered."""
    back = np.where(treated, if_treated, if_not)
    looks: list[Look] = []
    for fraction in np.linspace(0.1, 1.0, LOOKS):
        n = round(fraction * len(back))
        arms = [_arm(back[:n][mine[:n]]) for mine in (treated, ~treated)]
        told = result(*arms, plan=Plan(len(back), 0.03), on="2026-11-21", looks=looks)
        looks = told.looks
        if told.decision in (GAIN, LOSS):
            return True
    return False


def _arm(back: Flags) -> Arm:
    return Arm(len(back), int(back.sum()), Sums.of(back))


def main() -> None:
    """Print how many intervals held the planted effect, and how often nothing was taken for something."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=200)
    asked.add_argument("--first", type=int, default=1)
    asked.add_argument("--gain", type=float, default=0.045)
    given = asked.parse_args()
    begun = time.perf_counter()
    planted, people = truth(given.gain)
    seeds = [(seed, given.gain) for seed in range(given.first, given.first + given.seeds)]
    with ProcessPoolExecutor(2) as pool:
        rows = list(pool.map(one, seeds, chunksize=4))
    held = sum(row.low <= planted <= row.high for row in rows)
    miss = np.mean([row.estimate - planted for row in rows])
    half = np.mean([(row.high - row.low) / 2 for row in rows])
    alarms = sum(row.alarms for row in rows)
    print(
        f"{100 * given.gain:.1f} points planted, {100 * planted:.2f} as identified ({people:,} people under both arms):"
        f" {held} of {len(rows)} intervals hold it"
    )
    entering = np.mean([row.people for row in rows])
    print(f"half-width {100 * half:.2f} points, mean miss {100 * miss:+.2f}, {entering:.0f} people a brand")
    tests = DRAWINGS * len(rows)
    print(
        f"the play that does nothing, looked at {LOOKS} times: {alarms} of {tests} alarm, {alarms / tests:.2%}"
    )
    print(f"{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
