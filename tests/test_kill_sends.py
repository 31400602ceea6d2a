"""A kill -9 of two workers loses nothing and doubles nothing; `benchmarks.kill_sends` does it fifty times."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kill_sends import kill

pytestmark = pytest.mark.slow


def test_two_killed_workers_leave_every_message_task_and_entry_once(tmp_path: Path) -> None:
    left = kill(tmp_path, runs=2, seed=7)
    assert left.kills > 0
