"""Every table of every stage says the same on both engines, in types and in rows."""

from __future__ import annotations

import pytest

from tests.engines.alike import differences
from tests.engines.given import Given
from tests.engines.walk import everything

EVERYTHING = everything()


def test_the_walk_finds_what_is_known_to_be_there() -> None:
    assert {
        "know.tables.days.customer_days",
        "identify.tables.sales",
        "measure.tables.firsts",
    } <= EVERYTHING.keys()
    assert any(name.startswith("metric ") for name in EVERYTHING)
    assert any(name.startswith("grade ") for name in EVERYTHING)


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.parametrize("name", EVERYTHING)
def test_both_engines_say_the_same(name: str, duck: Given, spark: Given) -> None:
    told = duck.lake.rows(duck.call(name, EVERYTHING[name]))
    assert len(told), "a table without rows compares nothing: let tests/engines/boundaries.py bring some"
    assert not differences(told, spark.lake.rows(spark.call(name, EVERYTHING[name])))
