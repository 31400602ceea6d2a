"""A kill -9 in an import or a turn leaves the old state or the new; `benchmarks.kill` does it a hundred times."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kill import cases, kill

pytestmark = pytest.mark.slow


def test_a_killed_import_and_a_killed_turn_leave_no_state_between(tmp_path: Path) -> None:
    for case in cases(tmp_path, seed=7):
        left = kill(case, times=2, seed=7)
        assert sum(left.values()) == 2
