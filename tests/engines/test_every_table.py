"""Every table of every stage says the same on both engines, in types and in rows."""

from __future__ import annotations

import pkgutil

import pytest

from regulars.gather import tables as gathered
from tests.engines.alike import differences
from tests.engines.given import Given
from tests.engines.walk import ALSO, IMPORTS, everything

pytestmark = pytest.mark.slow

EVERYTHING = everything()


def test_the_walk_finds_what_is_known_to_be_there() -> None:
    assert {
        "know.tables.days.customer_days",
        "identify.tables.sales",
        "turn.tables.patches",
    } <= EVERYTHING.keys()
    for kind in ("metric ", "cube ", "grade "):
        assert any(name.startswith(kind) for name in EVERYTHING)


def test_of_gather_every_file_is_an_imports_or_compared() -> None:
    modules = {each.name for each in pkgutil.iter_modules(gathered.__path__)}
    assert modules == {*IMPORTS, *(name.rpartition(".")[2] for name in ALSO)}


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_table_gets_what_it_asks_for_and_has_rows(name: str, duck: Given) -> None:
    told = duck.lake.rows(duck.call(name, EVERYTHING[name]))
    assert len(told), "a table without rows compares nothing: let tests/engines/boundaries.py bring some"


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.parametrize("name", EVERYTHING)
def test_both_engines_say_the_same(name: str, duck: Given, spark: Given) -> None:
    told, other = (given.lake.rows(given.call(name, EVERYTHING[name])) for given in (duck, spark))
    assert not differences(told, other)
