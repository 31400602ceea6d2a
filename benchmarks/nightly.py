"""A night's turn over histories of any length: it costs what is new, whatever there was before.

`python -m benchmarks.nightly [MILLIONS ...] [--customers N] [--keep FOLDER]` (default 2 20 100, a million customers)
makes each history, turns it whole, then brings the same night to each and turns again; each part in a process of its
own, whose peak memory is told. `--keep` leaves the homes, so that a night can be taken again from a copy.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NOW = datetime(2026, 9, 22, 4, tzinfo=UTC)


def main() -> None:
    asked = arguments()
    if asked.part:
        print(json.dumps(PARTS[asked.part](Path(asked.keep), int(asked.millions[0] * 1e6), asked.customers)))
        return
    with tempfile.TemporaryDirectory() as folder:
        told = [measure(Path(asked.keep or folder), size, asked.customers) for size in asked.millions]
    report(asked.millions, told)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("millions", nargs="*", type=float, default=[2.0, 20.0, 100.0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--keep", default="")
    parser.add_argument("--part", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def measure(folder: Path, millions: float, customers: int) -> dict[str, Any]:
    """One size from nothing: seconds, memory and stages of its rebuild and of its night."""
    home = folder / f"{millions:g}"  # where it was kept, the facts are there already
    found: dict[str, Any] = {}
    for part in PARTS:
        if part == "make" and (home / "home" / "lake").exists():
            continue
        command = [sys.executable, "-m", "benchmarks.nightly", str(millions), "--part", part]
        command += ["--keep", str(home), "--customers", str(customers)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found[part] = json.loads(done.stdout.splitlines()[-1])
        print(f"{millions:g} million, {part}: {_told(found[part])}", flush=True)
    return found


def _told(part: dict[str, Any]) -> str:
    stages = ", ".join(f"{name} {each:.1f}" for name, each in part.get("stages", {}).items())
    counts = ", ".join(f"{name} {each}" for name, each in part.get("counts", {}).items())
    more = f" ({stages}; {counts})" if stages else ""
    return f"{part['seconds']:.1f} s, peak {part['peak']:.2f} GB{more}"


def report(sizes: list[float], told: list[dict[str, Any]]) -> None:
    """Ratios of the nights and the growth of the rebuilds, from the smallest history to the largest."""
    ordered = sorted(zip(sizes, told, strict=True), key=lambda pair: pair[0])
    sizes, told = [size for size, _ in ordered], [each for _, each in ordered]
    nights = [each["night"]["seconds"] for each in told]
    print(
        f"nights {', '.join(f'{each:.1f}' for each in nights)} s: {nights[-1] / nights[0]:.2f} times from the",
        end=" ",
    )
    print(f"smallest to the largest, {max(nights) / min(nights):.2f} from the shortest to the longest")
    for (small, one), (large, other) in zip(
        zip(sizes, told, strict=True), zip(sizes[1:], told[1:], strict=True), strict=False
    ):
        grown = math.log(other["rebuild"]["seconds"] / one["rebuild"]["seconds"]) / math.log(large / small)
        print(f"a rebuild from {small:g} to {large:g} million grows with exponent {grown:.2f}")
    names = dict.fromkeys(name for each in told for name in each["night"]["stages"])
    for name in names:
        print(f"  {name:<20}", *(f"{each['night']['stages'].get(name, 0.0):8.2f}" for each in told))


def open_home(home: Path) -> None:
    """Django on a home of its own."""
    home.mkdir(parents=True, exist_ok=True)
    os.environ["REGULARS_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def make(folder: Path, size: int, customers: int) -> dict[str, Any]:
    """Write the history, some million orders to a landing."""
    from benchmarks import _nights

    began = time.perf_counter()
    open_home(folder / "home")
    for begin in range(0, size, _nights.LANDING):
        end = min(size, begin + _nights.LANDING)
        _land(_nights.history(begin, end, _nights.first_day(size), customers), customers)
    return _used(began)


def rebuild(folder: Path, size: int, customers: int) -> dict[str, Any]:
    """A turn over the whole history, whether or not there was one before."""
    open_home(folder / "home")
    return _turn(rebuild=True)


def night(folder: Path, size: int, customers: int) -> dict[str, Any]:
    """The same night on a copy of the home, so that it can be taken again."""
    from benchmarks import _nights

    copy = folder / "night"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder / "home", copy)
    open_home(copy)
    _land(_nights.night(size, customers), customers)
    found = _turn()
    shutil.rmtree(copy)
    return found


def _land(rows: str, customers: int) -> None:
    from benchmarks import _nights
    from regulars import settings
    from regulars.desk import locks
    from regulars.lake.engine import open_lake
    from regulars.lake.landing import Landing

    folder = settings.HOME / "lake"
    with tempfile.TemporaryDirectory(dir=settings.HOME) as scratch, locks.writing() as lock:
        lake = open_lake(folder, Path(scratch))
        landing = Landing(folder, lock.next_number(lake.head.number))
        _nights.write(lake, landing, rows, customers)
        landing.land(lock.still)
        lake.close()


def _turn(*, rebuild: bool = False) -> dict[str, Any]:
    from regulars.turn import turn

    began = time.perf_counter()
    row = turn(now=NOW, rebuild=rebuild)
    return _used(began) | {"stages": row.seconds, "counts": row.counts}


def _used(began: float) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return {"seconds": time.perf_counter() - began, "peak": peak}


PARTS = {"make": make, "rebuild": rebuild, "night": night}

if __name__ == "__main__":
    main()
