"""Statements compiled once and run again: the same rows as if they were written anew, whatever the tables hold now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regulars.lake.engine import connect
from regulars.lake.steps import Steps

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def never() -> Any:
    pytest.fail("the statement was made again")


def opened(scratch: Path, kind: str, numbers: list[int]) -> tuple[Steps, ir.Table]:
    scratch.mkdir()
    steps = Steps(connect(scratch), scratch, kind)
    pq.write_table(pa.table({"n": pa.array(numbers, pa.int64())}), steps.path("given"))
    return steps, steps.open("given", [steps.path("given")])


def test_the_second_file_of_a_kind_is_read_by_the_statements_of_the_first(tmp_path: Path) -> None:
    first, given = opened(tmp_path / "1", "twice", [1, 2, 3])
    first.keep("kept", lambda: given.filter(given.n > 1))
    second, _ = opened(tmp_path / "2", "twice", [4])
    kept = second.keep("kept", never)
    assert second.rows("all", lambda: kept)["n"].to_pylist() == [4]
    assert (first.count("kept"), second.count("kept")) == (2, 1)


def test_what_the_data_decided_makes_other_statements(tmp_path: Path) -> None:
    first, given = opened(tmp_path / "1", "decided", [1, 2])
    assert len(first.rows("all", lambda: given)) == 2
    second, given = opened(tmp_path / "2", "decided", [1, 2])
    second.branch("only the first")
    assert len(second.rows("all", lambda: given.filter(given.n == 1))) == 1


@pytest.mark.parametrize(("day", "numbers"), [(0, []), (1, [2]), (2, [1, 2])])
def test_instants_and_numbers_are_told_anew_each_time(tmp_path: Path, day: int, numbers: list[int]) -> None:
    steps, given = opened(tmp_path / "told", "told", [1, 2])
    now = steps.tell_instant("now", NOW + timedelta(days=day))
    some = steps.tell_numbers("some", numbers)
    said = steps.rows("said", lambda: given.filter(some.contains(given.n)).mutate(at=now).order_by("n"))
    assert said["n"].to_pylist() == numbers
    assert said["at"].to_pylist() == [(NOW + timedelta(days=day)).replace(tzinfo=None)] * len(numbers)


def test_no_file_is_an_empty_table(tmp_path: Path) -> None:
    steps = Steps(connect(tmp_path), tmp_path, "none")
    none = steps.open("none", [], pa.schema({"n": pa.int64()}))
    assert steps.rows("all", lambda: none).to_pydict() == {"n": []}
