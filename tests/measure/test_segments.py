"""What each stage and grade is to the brand, counted by hand."""

from __future__ import annotations

import pytest

from regulars.measure.metrics.segments import METRIC as SEGMENTS
from tests.measure.inputs import figures, inputs_of, sale, told


def test_each_stage_has_its_people_its_share_of_the_spend_and_who_came_this_month() -> None:
    sales = [sale("2026-07-01", who, 100) for who in range(40)]
    sales += [sale("2026-08-02", who, 500) for who in range(10)]
    sales += [sale("2026-08-03", who, 1000) for who in range(100, 110)]
    stages = dict.fromkeys(range(40), "regular") | dict.fromkeys(range(100, 110), "new")
    rows = figures(SEGMENTS, inputs_of(sales, "2026-08-20", stages=stages))
    regulars = {
        part: told(rows, part, kind="stage", slice="regular") for part in ("customers", "share", "came")
    }
    assert regulars["customers"].value == 40
    assert regulars["share"].value == pytest.approx(9000 / 19000)
    assert (regulars["came"].value, regulars["came"].n) == (0.25, 40)
    assert told(rows, "spend", kind="stage", slice="regular").value == 225
    assert told(rows, "visits", kind="stage", slice="regular").value == 1.25
    few = [row.part for row in rows if (row.slice_kind, row.slice) == ("stage", "new")]
    assert few == ["customers", "share"], "ten people say nothing of what one of them does"
    for kind in {row.slice_kind for row in rows}:
        of_kind = [row for row in rows if row.slice_kind == kind]
        assert sum(row.value or 0 for row in of_kind if row.part == "customers") == 50
        assert sum(row.value or 0 for row in of_kind if row.part == "share") == pytest.approx(1)
