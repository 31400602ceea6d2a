"""What is read of all history and is no plain sum is read once a month and kept, so that it costs no night anything.

A reading stands for its month like a number once given: a rebuild keeps the readings of the running month, and no stage
flickers because a threshold moved overnight.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from regulars.lake.computed import READINGS
from regulars.lake.engine import Lake
from regulars.lake.head import Head
from regulars.lake.landing import Landing


def of_month(lake: Lake, landing: Landing, month: int) -> dict[str, Any]:
    """Everything kept for a month, by this landing or one before it, by name."""
    kept = _all(lake, landing).to_pylist()
    return {row["name"]: json.loads(row["told"]) for row in kept if row["month"] == month}


def read(lake: Lake, landing: Landing, name: str, month: int) -> Any | None:
    """What was kept under a name for a month; None where nothing was."""
    return of_month(lake, landing, month).get(name)


def keep(lake: Lake, landing: Landing, month: int, told: Mapping[str, Any]) -> None:
    """Keep for a month what JSON can say, by name, in place of what was kept there."""
    kept = _all(lake, landing).to_pylist()
    rows = [row for row in kept if row["month"] != month or row["name"] not in told]
    rows += [{"name": name, "month": month, "told": json.dumps(each)} for name, each in told.items()]
    rows.sort(key=lambda row: (row["name"], row["month"]))
    landing.overwrite(READINGS.name, pa.Table.from_pylist(rows, schema=READINGS.schema))


def forget(lake: Lake, landing: Landing, month: int) -> None:
    """Let go of a month's readings: what they were read of has been replaced, so that they are taken again."""
    kept = [row for row in _all(lake, landing).to_pylist() if row["month"] != month]
    landing.overwrite(READINGS.name, pa.Table.from_pylist(kept, schema=READINGS.schema))


def read_or_take(lake: Lake, landing: Landing, name: str, month: int, take: Callable[[], Any]) -> Any:
    """The month's reading of that name; where there is none it is taken, kept and given as it will be read again.

    What ``take`` refuses is kept by nobody, so the next turn tries again.
    """
    kept = read(lake, landing, name, month)
    if kept is not None:
        return kept
    taken = json.loads(json.dumps(take()))
    keep(lake, landing, month, {name: taken})
    return taken


def _all(lake: Lake, landing: Landing) -> pa.Table:
    here = Lake(lake.folder, Head(landing.number, dict(landing.versions)), lake.con)
    return here.rows(here.table(READINGS.name))
