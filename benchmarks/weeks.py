"""What a played week costs: its files appended to the full demo brand, then a turn, in one process, stage by stage.

`python -m benchmarks.weeks [WEEKS] [FOLDER]` loads all but the last WEEKS (default 4) of two years and then brings
one week after another; FOLDER keeps the loaded history for the next time. The first week also warms the process.
"""

from __future__ import annotations

import csv
import gzip
import os
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from regulars.simulate.history import History

LAST_DAY = date(2026, 11, 21)
ONCE = ("stores", "products", "staff")
WEEKLY = ("members", "visits", "lines", "spend")
DATED = {"visits": "seated_at", "members": "registered_at", "spend": "date", "totals": "business_date"}
MAPS = resources.files("regulars.simulate").joinpath("maps")
EVENING = clock_time(23, 30)


def main() -> None:
    weeks = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    with tempfile.TemporaryDirectory() as folder:
        base = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(folder) / "base"
        if not (base / "loaded").exists():
            home = open_home(base / "home")
            files(weeks, base)
            load(base / "0")
            turn(evening(weeks, 0))
            (base / "loaded").touch()
            if len(sys.argv) > 2:
                print("the history is loaded; run it again to measure in a process of its own")
                return
        else:
            home = Path(folder) / "home"
            shutil.copytree(base / "home", home)
            open_home(home)
        for week in range(1, weeks + 1):
            play(base / str(week), week, evening(weeks, week))
        size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
        print(f"home {size / 1e6:.0f} MB after {weeks} weeks")


def open_home(home: Path) -> Path:
    """Make this process's home of a folder."""
    home.mkdir(parents=True, exist_ok=True)
    os.environ["REGULARS_HOME"] = str(home)
    from regulars.web.home import open_home as start

    start()
    return home


def evening(weeks: int, week: int) -> datetime:
    """The end of the last day of a week; week 0 is the history's."""
    day = LAST_DAY - timedelta(weeks=weeks - week)
    return datetime.combine(day, EVENING, ZoneInfo("Asia/Shanghai"))


def files(weeks: int, base: Path) -> None:
    """The brand's files, cut into what came before (folder 0) and one folder a week."""
    from regulars.simulate.files import write
    from regulars.simulate.formats import preset
    from regulars.simulate.history import simulate

    history = simulate(preset("casual", last_day=LAST_DAY))
    ends = [evening(weeks, week) for week in range(weeks + 1)]
    for week, (begin, end) in enumerate(pairwise([None, *ends])):
        folder = base / str(week)
        write(between(history, begin, end), folder)
        _together(sorted(folder.glob("orders-*")), folder / "orders.csv")


def _together(months: list[Path], whole: Path) -> None:
    """The side table that every month of lines is joined with, under one header."""
    with whole.open("wb") as out:
        for number, path in enumerate(months):
            with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
                header = file.readline()
                if number == 0:
                    out.write(header)
                shutil.copyfileobj(file, out)


def between(history: History, begin: datetime | None, end: datetime | None) -> History:
    """What happened after ``begin`` and up to ``end``."""
    parts: dict[str, Any] = {}
    for name, column in DATED.items():
        parts[name] = getattr(history, name).filter(_within(getattr(history, name)[column], begin, end))
    of = _within(history.orders["ordered_at"], begin, end)
    parts["orders"] = history.orders.filter(of)
    mine = pc.is_in(history.lines["order_no"], value_set=parts["orders"]["order_no"].combine_chunks())
    parts["lines"] = history.lines.filter(mine)
    return replace(history, truth=replace(history.truth, orders=history.truth.orders.filter(of)), **parts)


def _within(at: pa.ChunkedArray, begin: datetime | None, end: datetime | None) -> pa.ChunkedArray:
    """Which of these instants, local and without a zone, lie after one and not after the other."""
    local = at.cast(pa.timestamp("s"))
    inside = pc.is_valid(local)
    if begin:
        inside = pc.and_(inside, pc.greater(local, _local(begin)))
    return pc.and_(inside, pc.less_equal(local, _local(end))) if end else inside


def _local(at: datetime) -> pa.Scalar:
    return pa.scalar(at.replace(tzinfo=None), pa.timestamp("s"))


def bring(folder: Path, name: str, now: datetime) -> float:
    """Append a folder's files of a kind; the seconds it took."""
    from regulars.gather.actions import bring as take

    began = time.perf_counter()
    found = sorted(folder.glob(f"{name}-*.csv*")) or sorted(folder.glob(f"{name}.csv*"))
    take(files=found, map_text=MAPS.joinpath(f"{name}.toml").read_text(), name=name, append=True, now=now)
    return time.perf_counter() - began


def load(folder: Path) -> None:
    from regulars.brand.actions import change

    change(currency="CNY", time_zone="Asia/Shanghai", region="CN")
    for name in (*ONCE, *WEEKLY):
        print(f"{name} {bring(folder, name, evening(0, 0)):.1f} s")
    _exclude_the_shops_own(folder / "stores.csv")


def _exclude_the_shops_own(stores: Path) -> None:
    """What an operator would say of the shops' own phones and scanners."""
    from regulars.web.commands.exclude import exclude

    with stores.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for column, type in (("phone", "phone"), ("device", "payment_token")):
                if row[column]:
                    exclude(type, row[column], f"{row['store']}: the shop's own")


def turn(now: datetime) -> dict[str, float]:
    from regulars.turn import turn as take

    return dict(take(now=now).seconds)


def play(folder: Path, week: int, now: datetime) -> None:
    """Bring a week's files, turn, and print the seconds of every part."""
    used = time.process_time()
    imports = {name: bring(folder, name, now) for name in WEEKLY}
    stages = turn(now)
    used = time.process_time() - used
    brought, turned = sum(imports.values()), sum(stages.values())
    print(f"week {week}: {brought + turned:.2f} s, of the processor {used:.2f} s")
    print(f"  imports {brought:.2f} ({_told(imports)})")
    print(f"  turn {turned:.2f} ({_told(stages)})", flush=True)


def _told(seconds: dict[str, float]) -> str:
    return ", ".join(f"{name} {each:.2f}" for name, each in seconds.items())


if __name__ == "__main__":
    main()
