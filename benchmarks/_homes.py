"""A home in which everything but the last import has been turned, and all that a turn leaves in one, to hold two homes
against each other: what the desk shows and what the lake keeps."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from importlib import resources
from pathlib import Path
from typing import Any

import pyarrow as pa

from regulars.lake.computed import COMPUTED
from regulars.lake.engine import open_lake
from regulars.simulate.files import write
from regulars.simulate.formats import small
from regulars.simulate.history import simulate

MAPS = resources.files("regulars.simulate").joinpath("maps")
REGULARS = (sys.executable, "-m", "regulars")
# What differs between any two runs, and what numbers rows in the order in which they were written.
OF_A_RUN = {
    "id",
    "seconds",
    "started_at",
    "ended_at",
    "at",
    "written_at",
    "fetched_at",
    "beat_at",
    "held_until",
}
NOT_OURS = ("django_", "sqlite_", "auth_")


def prepare(folder: Path, *, weeks: int, seed: int = 1) -> tuple[Path, Path]:
    """Two homes of a simulated brand: nothing of it turned yet, and all but the last file turned on DuckDB."""
    files = folder / "files"
    write(simulate(small(seed, weeks=weeks)), files)
    months, lines = sorted(files.glob("orders-*")), sorted(files.glob("lines-*"))
    text = MAPS.joinpath("lines.toml").read_text()
    members = folder / "members.toml"
    members.write_text(MAPS.joinpath("members.toml").read_text())
    fresh, later = folder / "fresh", folder / "later"
    run(fresh, "import", str(files / "members.csv"), "--map", str(members))
    for place, (month, line) in enumerate(zip(months, lines, strict=True)):
        map = folder / f"{month.stem}.toml"
        map.write_text(text.replace("orders.csv", month.name))
        if place == len(months) - 1:
            shutil.copytree(fresh, later)
            run(later, "turn")
        more = ["--append"] if place else []
        for home in (fresh, later) if later.exists() else (fresh,):
            run(home, "import", str(line), "--map", str(map), "--as", "sales", *more)
    return fresh, later


def run(home: Path, *command: str, engine: str = "duckdb", **more: str) -> float:
    """A command in a home to its end, on an engine; the seconds it took, or a failure with what it said."""
    kept = {name: value for name, value in os.environ.items() if name != "REGULARS_DATABASE_URL"}
    own = {"REGULARS_IDENTIFIER_KEY": "00" * 32, "REGULARS_HOME": str(home), "REGULARS_ENGINE": engine}
    began = time.monotonic()
    done = subprocess.run(
        [*REGULARS, *command],
        env={**kept, **own, **more},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr or done.stdout}")
    return time.monotonic() - began


def desk(home: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of the desk by its table, without what differs between any two runs."""
    with closing(sqlite3.connect(home / "desk.db")) as file:
        file.row_factory = sqlite3.Row
        named = file.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        names = [row["name"] for row in named if not row["name"].startswith(NOT_OURS)]
        return {
            name: [
                {column: value for column, value in dict(row).items() if column not in OF_A_RUN}
                for row in file.execute(f'SELECT * FROM "{name}"')
            ]
            for name in names
        }


def computed(home: Path) -> dict[str, pa.Table]:
    """Every computed table of the lake, as DuckDB reads it."""
    with tempfile.TemporaryDirectory() as scratch:
        lake = open_lake(home / "lake", Path(scratch))
        found = {
            name: lake.rows(lake.table(name))
            for name in sorted(lake.head.tables)
            if name in COMPUTED and not name.endswith("_patches")
        }
        lake.close()
    return found
