"""Seconds by step of a turn, told as they pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

Progress = Callable[[str, float | None], None]


@dataclass
class Watch:
    """The steps so far with their seconds; the last one is still running."""

    progress: Progress | None
    seconds: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)

    def step(self, name: str, share: float) -> None:
        """Begin a step, ``share`` of the way through; the one before ends here."""
        now = time.perf_counter()
        if self.seconds:
            last = next(reversed(self.seconds))
            self.seconds[last] = round(self.seconds[last] + now - self.started, 3)
        self.started = now
        self.seconds[name] = self.seconds.pop(name, 0.0)
        if self.progress:
            self.progress(name, share)
