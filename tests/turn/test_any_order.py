"""Facts in any order, cut into any turns, come to what one rebuild gives; nobody is numbered anew.

An example is half a dozen turns, so few are tried each time, others at every run; REGULARS_EXAMPLES=60 tries more.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from regulars.turn import plan
from tests.turn.world import Excludes, Replaced, Step, Turn, World, histories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.lake]
EXAMPLES = int(os.environ.get("REGULARS_EXAMPLES", "4"))
CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
# Explaining a failure traces every line of every example, and shrinking one takes minutes: ask for it by hand.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def incremental(steps: list[Step], folder: Path) -> tuple[World, dict[str, Any]]:
    world = World(folder)
    world.play([*steps, Turn()])
    return world, world.told()


def equal(found: dict[str, Any], right: dict[str, Any]) -> None:
    for name, rows in right.items():
        assert found[name] == rows, name


def check_rebuild(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as home:
        world, found = incremental(steps, Path(home) / "lake")
        world.turn(rebuild=True)
        equal(found, world.told())


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=CALM, phases=PHASES)
@given(histories(alike=True))
def test_turns_come_to_what_a_rebuild_gives(steps: list[Step]) -> None:
    check_rebuild(steps)


def once(steps: list[Step]) -> list[Step]:
    """What is left in the end of a history, last first and without a turn between."""
    landed: list[Step] = []
    said: list[Step] = []
    for step in steps:
        if isinstance(step, Replaced):
            if step.back <= len(landed):
                landed.pop(-step.back)
        elif isinstance(step, Excludes):
            said.append(step)
        elif not isinstance(step, Turn):
            landed.append(step)
    return [*said, *reversed(landed)]


def renamed(found: dict[str, Any], names: dict[int, int]) -> dict[str, Any]:
    """Everything but the order that numbers were drawn in: rows under other numbers, without those of landings."""

    def row_of(row: dict[str, Any]) -> dict[str, Any]:
        told = {name: value for name, value in row.items() if name != "batch"}
        if told.get("customer_id") is not None:
            told["customer_id"] = names[told["customer_id"]]
        return told

    return {
        name: sorted(map(row_of, rows), key=lambda row: [str(value) for value in row.values()])
        for name, rows in found.items()
    }


def check_once(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as home:
        _, found = incremental(steps, Path(home) / "one")
        _, right = incremental(once(steps), Path(home) / "two")
        numbers = {row["identifier_hash"]: row["customer_id"] for row in right["links"]}
        theirs = {row["identifier_hash"]: row["customer_id"] for row in found["links"]}
        pairs = {(theirs[each], numbers.get(each)) for each in theirs}
        names = {one: other for one, other in pairs if one is not None and other is not None}
        assert len({one for one, _ in pairs}) == len({other for _, other in pairs}) == len(pairs)
        equal(renamed(found, names), renamed(right, {number: number for number in numbers.values()}))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=CALM, phases=PHASES)
@given(histories(alike=False))
def test_any_order_of_arrival_comes_to_the_same(steps: list[Step]) -> None:
    check_once(steps)


@settings(max_examples=1, deadline=None, suppress_health_check=CALM, phases=PHASES)
@given(histories(alike=True))
def test_what_outgrows_its_patches_is_written_anew(steps: list[Step]) -> None:
    few, plan.FEW = plan.FEW, 0
    try:
        check_rebuild(steps)
    finally:
        plan.FEW = few
