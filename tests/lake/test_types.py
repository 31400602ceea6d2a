"""What is kept and what is written has the types that the expression has, whatever the engine adds up with."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from regulars.lake.computed import EFFECTS
from regulars.lake.engine import Lake, connect
from regulars.lake.facts import Fact
from regulars.lake.head import Head

LARGE = 9007199254740993  # no double holds it


def test_a_sum_of_whole_numbers_stays_one(tmp_path: Path) -> None:
    lake = Lake(tmp_path, Head(), connect(tmp_path))
    rows = lake.keep("rows", pa.table({"key": ["a", "a"], "amount": [LARGE, 0]}))
    summed = rows.group_by("key").agg(amount=rows.amount.sum().cast("int64"))
    fact = Fact("sums", ("key",), pa.schema([("key", pa.string()), ("amount", pa.int64())]), kept=False)
    (file,) = lake.write(summed, fact, tmp_path / "sums", "one")
    written = pq.read_table(tmp_path / "sums" / file.path)
    assert written.schema.field("amount").type == pa.int64()
    assert written["amount"].to_pylist() == [LARGE]
    assert lake.con.raw_sql('DESCRIBE "rows"').fetchall()[1][1] == "BIGINT"
    lake.keep("summed", summed)
    assert lake.con.raw_sql('DESCRIBE "summed"').fetchall()[1][1] == "BIGINT"
    lake.close()


def test_a_kept_name_stands_for_what_was_kept_last(tmp_path: Path) -> None:
    lake = Lake(tmp_path, Head(), connect(tmp_path))
    lake.keep("effects", EFFECTS.schema.empty_table())
    assert lake.rows(lake.keep("effects", pa.table({"n": [1]})).n.sum()).as_py() == 1
    lake.close()
