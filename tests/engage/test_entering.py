"""Workers who let people enter at one instant: each enters once, with one arm, and reads each message once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engage.entering import PEOPLE

pytestmark = pytest.mark.slow


def test_two_workers_one_message(tmp_path: Path) -> None:
    """Workflow B, step 6."""
    kept = {name: value for name, value in os.environ.items() if name != "REGULARS_DATABASE_URL"}
    environment = {**kept, "REGULARS_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "regulars.settings"}
    command = [sys.executable, "-m", "tests.engage.entering"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    treated, control = told["arms"]["treated"], told["arms"]["control"]
    assert treated + control + told["held_back"].get("brand_hold_out", 0) == PEOPLE
    assert told["states"] == {"done": treated}
    assert told["held_back"]["control"] == control
    assert told["messages"] == {"2": treated}
