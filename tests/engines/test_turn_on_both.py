"""A whole turn leaves the same whichever engine computed it: on the desk, where links, states and figures are, and in
the lake; and an engine that takes over from the other finds nothing to write again."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from benchmarks._homes import computed, desk, prepare, run
from tests import machine
from tests.engines.alike import differences, told

pytestmark = [pytest.mark.spark, pytest.mark.slow]


def desks_differ(one: Path, other: Path) -> dict[str, list[str]]:
    """By table of the desk what differs."""
    mine, theirs = desk(one), desk(other)
    assert mine.keys() == theirs.keys()
    return {name: found for name in mine if (found := _rows_differ(mine[name], theirs[name]))}


def _rows_differ(mine: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> list[str]:
    names = list((mine or theirs or [{}])[0])
    loose = {
        n for n, name in enumerate(names) if any(isinstance(row[name], float) for row in (*mine, *theirs))
    }
    return told(names, [tuple(row.values()) for row in mine], [tuple(row.values()) for row in theirs], loose)


def lakes_differ(one: Path, other: Path) -> dict[str, list[str]]:
    """By computed table of the lake what differs."""
    mine, theirs = computed(one), computed(other)
    assert mine.keys() == theirs.keys()
    return {name: found for name in mine if (found := differences(mine[name], theirs[name]))}


def test_a_turn_on_spark_is_a_turn_on_duckdb(tmp_path: Path) -> None:
    if machine.jre() is None or find_spec("pyspark") is None:
        pytest.skip("Java or PySpark is missing; `make test` says how to get it")
    for home in prepare(tmp_path, weeks=8):
        twin = tmp_path / f"{home.name}-spark"
        shutil.copytree(home, twin)
        run(home, "turn")
        run(twin, "turn", engine="spark")
        assert not desks_differ(home, twin)
        assert not lakes_differ(home, twin)
    states = desk(twin)["know_customerstate"]
    assert len(states) > 100
    run(twin, "turn")
    assert len(desk(twin)["know_customerstate"]) == len(states), (
        "the other engine wrote what it found written"
    )
