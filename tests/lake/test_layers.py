"""Months are written anew from one on, and what changes in a closed one is laid over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from regulars.lake.computed import SALES
from regulars.lake.engine import Lake, open_lake
from regulars.lake.landing import Landing

JULY, AUGUST = 24318, 24319


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    (tmp_path / "scratch").mkdir()
    return open_lake(tmp_path / "lake", tmp_path / "scratch")


def sales(lake: Lake, *rows: tuple[str, int, int], **more: Any) -> ibis.Table:
    """Sales by order number, month and revenue."""
    told = [
        {"source": "till", "order_id": order, "month": month, "revenue": net} for order, month, net in rows
    ]
    schema = SALES.patches.schema if more else SALES.schema
    return lake.keep("rows", pa.Table.from_pylist([row | more for row in told], schema=schema))


def standing(lake: Lake) -> list[tuple[str, int, int]]:
    again = open_lake(lake.folder, lake.folder.parent / "scratch")
    rows = again.con.to_pyarrow(again.table("sales").select("order_id", "month", "revenue")).to_pylist()
    return sorted((row["order_id"], row["month"], row["revenue"]) for row in rows)


def test_the_open_month_is_written_anew_and_the_closed_one_left(lake: Lake) -> None:
    first = Landing(lake.folder, 1)
    assert first.put("sales", sales(lake, ("a", JULY, 1), ("b", AUGUST, 2)), lake) == 2
    first.land(lambda: True)
    second = Landing(lake.folder, 2)
    second.put("sales", sales(lake, ("b", AUGUST, 3), ("c", AUGUST, 4)), lake, since=AUGUST)
    second.land(lambda: True)
    assert standing(lake) == [("a", JULY, 1), ("b", AUGUST, 3), ("c", AUGUST, 4)]


def test_a_patch_lies_over_a_closed_month_and_the_latest_counts(lake: Lake) -> None:
    first = Landing(lake.folder, 1)
    first.put("sales", sales(lake, ("a", JULY, 1), ("b", JULY, 2), ("c", JULY, 3)), lake)
    first.add("sales_patches", sales(lake, ("a", JULY, 5), ("b", JULY, 5), gone=False, laid=1), lake)
    first.land(lambda: True)
    second = Landing(lake.folder, 2)
    second.add("sales_patches", sales(lake, ("a", JULY, 7), gone=False, laid=2), lake)
    second.add("sales_patches", sales(lake, ("b", JULY, 0), gone=True, laid=2), lake)
    second.land(lambda: True)
    assert standing(lake) == [("a", JULY, 7), ("c", JULY, 3)]


def test_a_landing_that_never_landed_leaves_what_was(lake: Lake) -> None:
    first = Landing(lake.folder, 1)
    first.put("sales", sales(lake, ("a", JULY, 1)), lake)
    first.land(lambda: True)
    Landing(lake.folder, 2).put("sales", sales(lake, ("b", JULY, 2)), lake)
    Landing(lake.folder, 2)  # the next writer takes back what ran ahead
    assert standing(lake) == [("a", JULY, 1)]


def test_a_table_that_an_older_version_kept_otherwise_is_begun_anew(lake: Lake) -> None:
    first = Landing(lake.folder, 1)
    old = pa.schema([("order_id", pa.string()), ("revenue", pa.int64())])
    DeltaTable.create(lake.folder / "sales", schema=old, mode="ignore")
    write_deltalake(
        lake.folder / "sales", pa.table({"order_id": ["z"], "revenue": [9]}, schema=old), mode="append"
    )
    first.versions["sales"] = 1
    first.land(lambda: True)
    second = Landing(lake.folder, 2)
    second.put("sales", sales(lake, ("a", JULY, 1), ("b", AUGUST, 2)), lake)
    second.land(lambda: True)
    third = Landing(lake.folder, 3)
    third.put("sales", sales(lake, ("b", AUGUST, 3)), lake, since=AUGUST)
    third.land(lambda: True)
    assert standing(lake) == [("a", JULY, 1), ("b", AUGUST, 3)]
