"""What every test may ask for: the data beside the checkout, a browser; and that CI skips nothing."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests import machine

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NO_DATA = "../shared/data is absent"
NO_BROWSER = "Chromium is missing"
DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "live_server",
    "admin_client",
    "admin_user",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--desk", action="store_true", help="only the tests that touch the operational database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --desk keep what touches the database; the browser has seen the same pages on SQLite already."""
    if not config.getoption("--desk"):
        return
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        touches = item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES
        (kept if touches and not item.get_closest_marker("browser") else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a skip is a failure, but for the data that is not part of the project."""
    report = yield
    if machine.CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr)
        if NO_DATA not in reason:
            report.outcome = "failed"
            report.longrepr = f"CI skips nothing, and this was skipped: {reason}"
    return report


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The public data beside the checkout; a test that asks for them is skipped where they are absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(NO_DATA)
    return SHARED_DATA


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, headless, quiet, and without the sandbox that it refuses to root."""
    program = machine.chromium()
    if program is None:
        pytest.skip(f"{NO_BROWSER}; `make test` says how to get it")
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        "--no-first-run",
    ]
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {
        **browser_type_launch_args,
        "executable_path": str(program),
        "headless": True,
        "args": quiet + sandbox,
    }
