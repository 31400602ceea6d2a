"""Several ways to one result, each checked to be equal first and then timed in turns, the minimum of them counting.

In turns, because this kind of machine is shared: a slow second then falls on everybody alike. The processor's seconds,
of all threads, stand beside the clock's: others' work hardly moves them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from math import exp, isclose, log
from typing import Any, NamedTuple

RELATIVE = 1e-9


class Took(NamedTuple):
    """Seconds by the clock, and of the processor."""

    seconds: float
    processor: float

    def __str__(self) -> str:
        return f"{self.seconds:.3f} s ({self.processor:.3f} of processor)"

    def least(self, other: Took) -> Took:
        """The lesser of each."""
        return Took(min(self.seconds, other.seconds), min(self.processor, other.processor))


Run = Callable[[], tuple[Took, Any]]  # runs once: what it took, and what is told of the result
NEVER = Took(float("inf"), float("inf"))


def timed(work: Callable[[], Any], tell: Callable[[Any], Any] = lambda result: result) -> Run:
    """A contender of this process: only `work` is timed; `tell` says of its result what is compared."""

    def run() -> tuple[Took, Any]:
        began, busy = time.perf_counter(), time.process_time()
        result = work()
        return Took(time.perf_counter() - began, time.process_time() - busy), tell(result)

    return run


def race(contenders: Mapping[str, Run], rounds: int, relative: float = RELATIVE) -> dict[str, Took]:
    """The least seconds of each contender in `rounds` rounds of all of them, one after another.

    The first run of each warms it and is compared with the first contender's: integers and text must be equal, floats
    to `relative`. Raises AssertionError with the first difference: then there is nothing to time.
    """
    told = {name: run()[1] for name, run in contenders.items()}
    first = next(iter(told))
    for name, result in told.items():
        assert same(told[first], result, relative), (
            f"{name} differs from {first}: {_apart(told[first], result)}"
        )
    best = dict.fromkeys(contenders, NEVER)
    for _ in range(rounds):
        for name, run in contenders.items():
            best[name] = best[name].least(run()[0])
    return best


def same(one: Any, other: Any, relative: float = RELATIVE) -> bool:
    """Whether two results are equal: floats to `relative`, all else exactly; dictionaries and lists by their parts."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key], relative) for key in one)
    if isinstance(one, float) or isinstance(other, float):
        numbers = isinstance(one, float | int) and isinstance(other, float | int)
        return numbers and isclose(one, other, rel_tol=relative, abs_tol=1e-12)
    if isinstance(one, Sequence) and isinstance(other, Sequence) and not isinstance(one, str):
        return len(one) == len(other) and all(map(lambda a, b: same(a, b, relative), one, other))
    return bool(one == other)


def _apart(one: Any, other: Any) -> str:
    """Where two results first differ, in a line that can be read."""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        one, other = next((a, b) for a, b in zip(one, other, strict=True) if not same(a, b))
    return f"{str(other)[:300]} is not {str(one)[:300]}"


def geometric_mean(ratios: Sequence[float]) -> float:
    """The mean of ratios that treats twice as fast and half as fast alike."""
    return exp(sum(map(log, ratios)) / len(ratios))
