"""A reading is taken once a month, of the months closed by then, and stands however much comes after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import ibis
import pytest

from regulars.lake import head as heads
from regulars.lake.engine import Lake
from regulars.lake.head import Head
from regulars.lake.landing import Landing
from regulars.measure.actions.readings import closed, reading_figures
from regulars.measure.metric import FigureRow, Inputs, Metric
from tests.measure.inputs import inputs_of, sale, told

pytestmark = pytest.mark.slow

SALES = [sale("2026-06-03", 1), sale("2026-07-30", 2), sale("2026-07-31", 1), sale("2026-08-02", 3)]


def counted(inputs: Inputs) -> ibis.Table:
    return inputs.states.aggregate(
        people=inputs.states.count().cast("int64"),
        twice=(inputs.states.visit_days >= 2).sum().cast("int64"),
        sold=inputs.sales.count().as_scalar().cast("int64"),
    )


METRIC = Metric(
    name="heads",
    question="How many?",
    formula="count",
    source="definition",
    reading=counted,
    figures=lambda rows, on: [
        FigureRow("heads", "", "", "", name, float(value), 1, on)
        for name, value in rows.to_pylist()[0].items()
    ],
)


def read(sales: list[dict[str, object]], as_of: str, folder: Path) -> list[FigureRow]:
    """What one turn of these sales tells, landed."""
    inputs, head = inputs_of(sales, as_of), heads.read(folder)
    landing = Landing(folder, head.number + 1)
    lake = Lake(folder, head, inputs.sales.get_backend())
    rows = reading_figures([METRIC], inputs, lake=lake, landing=landing)
    landing.land(lambda: True)
    return rows


def test_it_sees_the_closed_months_and_is_kept_for_the_month(tmp_path: Path) -> None:
    rows = read(SALES, "2026-08-10", tmp_path)
    assert [told(rows, part).value for part in ("people", "twice", "sold")] == [2, 1, 3]
    assert {row.as_of for row in rows} == {date(2026, 7, 31)}
    late = [*SALES, sale("2026-07-05", 9), sale("2026-08-11", 2)]
    assert read(late, "2026-08-20", tmp_path) == rows, "what came late is read next month"
    september = read([*late, sale("2026-09-01", 1)], "2026-09-01", tmp_path)
    assert [told(september, part).value for part in ("people", "twice", "sold")] == [4, 2, 6]


def test_while_no_month_is_closed_it_is_read_of_what_there_is_and_kept_by_nobody(tmp_path: Path) -> None:
    assert told(read(SALES[:1], "2026-06-05", tmp_path), "people").value == 1
    more = [*SALES[:1], sale("2026-06-06", 2)]
    rows = read(more, "2026-06-06", tmp_path)
    assert (told(rows, "people").value, told(rows, "people").as_of) == (2, date(2026, 6, 6))


def test_cells_of_the_open_month_are_not_in_it(tmp_path: Path) -> None:
    inputs = inputs_of(SALES, "2026-08-10")
    months = ibis.memtable({"month": [24318, 24319]})
    lake = Lake(tmp_path, Head(1), inputs.sales.get_backend())
    then = closed(replace(inputs, cells=months, kept={"sold": months}), lake)
    assert then is not None
    assert then.cells is not None
    assert then.cells.to_pyarrow()["month"].to_pylist() == [24318]
    assert then.kept["sold"].to_pyarrow()["month"].to_pylist() == [24318]
