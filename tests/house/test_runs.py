"""The run of tests itself: CI skips nothing, PostgreSQL ends with its run, and no test can touch a user's data."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings

from tests import machine, own_home
from tests.house.files import CHECKOUT
from tests.postgres import cluster

SKIPS = """
import pytest
from tests.shared_data import shared

def test_that_lacks_a_tool():
    pytest.skip("the tool is missing")

def test_that_lacks_public_data():
    shared("absent/from/every/machine.csv")

@pytest.mark.xfail(reason="known", strict=True)
def test_that_is_known_to_fail():
    raise AssertionError
"""


def outcomes(folder: Path, ci: str) -> str:
    """The last line of a run over three tests, of which none passes, with CI as given."""
    (folder / "test_skips.py").write_text(SKIPS)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
        str(folder),
    ]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(CHECKOUT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    return done.stdout.strip().splitlines()[-1]


def test_a_skip_is_a_failure_in_ci_but_for_public_data(tmp_path: Path) -> None:
    assert outcomes(tmp_path, "true").startswith("1 failed, 1 skipped, 1 xfailed")


def test_a_skip_is_a_skip_at_home(tmp_path: Path) -> None:
    assert outcomes(tmp_path, "").startswith("2 skipped, 1 xfailed")


def test_the_run_has_a_home_of_its_own() -> None:
    assert Path(own_home.HOME).resolve() == settings.HOME
    assert CHECKOUT not in settings.HOME.parents


@pytest.mark.slow
def test_postgresql_ends_with_its_run_also_after_an_error() -> None:
    programs = machine.postgresql()
    if programs is None:
        pytest.skip("PostgreSQL is missing")
    seen: list[str] = []

    def fails() -> None:
        with cluster(programs) as url:
            with psycopg.connect(url) as connection:
                folder = connection.execute("SELECT current_setting('data_directory')").fetchone()
            assert folder
            seen.extend([url, folder[0]])
            raise ValueError("in the middle of the run")

    with pytest.raises(ValueError, match="in the middle"):
        fails()
    url, data = seen
    assert not Path(data).parent.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=5)
    assert urlsplit(url).hostname == "127.0.0.1"
