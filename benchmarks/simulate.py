"""Seconds for a made-up brand of a million orders, files included, and for a small one."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

from regulars.simulate.files import write
from regulars.simulate.formats import preset, small
from regulars.simulate.history import simulate


def main() -> None:
    """Make a chain of twenty casual stores, write its files, then a brand a tenth of the demo for three seeds."""
    began = time.perf_counter()
    history = simulate(preset("casual", stores=20))
    made = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        paths = write(history, Path(folder))
        size = sum(path.stat().st_size for path in paths)
    written = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    print(f"orders {len(history.orders):,}, lines {len(history.lines):,}, members {len(history.members):,}")
    print(f"made in {made - began:.1f} s, {size / 1e6:,.0f} MB of files written in {written - made:.1f} s")
    print(
        f"a million orders: {(written - began) * 1e6 / len(history.orders):.1f} s; peak memory {peak:.1f} GiB"
    )
    for seed in (1, 2, 3):
        began = time.perf_counter()
        few = len(simulate(small(seed)).orders)
        print(f"a small brand, seed {seed}: {few:,} orders in {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    main()
