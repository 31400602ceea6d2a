"""A landing is seen whole or not at all, and a crash before HEAD leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from regulars.lake import head as heads
from regulars.lake.engine import open_lake
from regulars.lake.facts import FACTS, SPEND
from regulars.lake.landing import Landing

COLUMNS = pa.schema([field for field in SPEND.schema if field.name != "batch"])


def spend(*costs: int) -> list[pa.RecordBatch]:
    rows = [
        {"source": "ads", "medium": "search", "campaign": str(place), "cost": cost}
        for place, cost in enumerate(costs)
    ]
    batches: list[pa.RecordBatch] = pa.Table.from_pylist(rows, schema=COLUMNS).to_batches()
    return batches


def held() -> bool:
    return True


def total(folder: Path, scratch: Path) -> int | None:
    lake = open_lake(folder, scratch)
    cost: int | None = lake.con.to_pyarrow(lake.table("spend").cost.sum()).as_py()
    return cost


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    landing = Landing(tmp_path / "lake", 1)
    landing.append("spend", spend(10, 20))
    landing.land(held)
    return tmp_path / "lake"


def test_an_empty_lake_has_empty_tables(tmp_path: Path) -> None:
    lake = open_lake(tmp_path, tmp_path)
    assert lake.con.to_pyarrow(lake.table("orders").count()).as_py() == 0
    assert lake.head.number == 0


def test_what_has_not_landed_is_not_seen(folder: Path, tmp_path: Path) -> None:
    landing = Landing(folder, 2)
    landing.append("spend", spend(5))
    assert total(folder, tmp_path) == 30
    landing.land(held)
    assert total(folder, tmp_path) == 35
    assert heads.read(folder).number == 2


def test_the_next_writer_takes_back_what_a_crash_left(folder: Path, tmp_path: Path) -> None:
    crashed = Landing(folder, 2)
    crashed.append("spend", spend(5))
    crashed.append("visits", pa.Table.from_pylist([{}], schema=_without_batch("visits")).to_batches())
    after = Landing(folder, 3)
    after.append("spend", spend(7))
    after.land(held)
    assert total(folder, tmp_path) == 37
    assert "visits" not in heads.read(folder).tables


def test_a_batch_can_be_replaced_in_one_landing(folder: Path, tmp_path: Path) -> None:
    landing = Landing(folder, 2)
    landing.append("spend", spend(100))
    landing.drop_batches("spend", [1])
    assert total(folder, tmp_path) == 30
    landing.land(held)
    assert total(folder, tmp_path) == 100


def test_a_reader_goes_on_reading_what_its_head_named(folder: Path, tmp_path: Path) -> None:
    reader = open_lake(folder, tmp_path)
    landing = Landing(folder, 2)
    landing.append("spend", spend(100))
    landing.drop_batches("spend", [1])
    landing.land(held)
    assert reader.con.to_pyarrow(reader.table("spend").cost.sum()).as_py() == 30


def test_a_writer_that_lost_its_lock_lands_nothing(folder: Path, tmp_path: Path) -> None:
    landing = Landing(folder, 2)
    landing.append("spend", spend(5))
    with pytest.raises(RuntimeError, match="lock was lost"):
        landing.land(lambda: False)
    assert total(folder, tmp_path) == 30


def _without_batch(name: str) -> pa.Schema:
    return pa.schema([field for field in FACTS[name].schema if field.name != "batch"])
