"""A kill -9 in an import or a turn leaves the old state or the new; `benchmarks.kill` does it a hundred times."""

from __future__ import annotations

import pytest

from benchmarks.kill import Case, cases, kill

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    return {case.name: case for case in cases(tmp_path_factory.mktemp("homes"), seed=7)}


@pytest.mark.parametrize("name", ["import", "turn", "turn of what is new"])
def test_a_killed_import_and_a_killed_turn_leave_no_state_between(homes: dict[str, Case], name: str) -> None:
    left = kill(homes[name], times=2, seed=7)
    assert sum(left.values()) == 2
