"""What holds for every test: with CI nothing is skipped, and pages open in the browser of the system."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from tests import machine

# A run that decides whether a change lands tries the same examples each time; one by hand tries others. How long one
# takes says more of what else the machine does than of the code.
hypothesis_settings.register_profile("same", derandomize=True, deadline=None)
hypothesis_settings.register_profile("others", deadline=None)
hypothesis_settings.load_profile("same" if machine.CI else "others")

# Playwright keeps an event loop in the thread of the test, where Django would refuse the ORM to the fixtures.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# What tests/shared_data.py says of data that are no part of the project.
NO_DATA = "is not in the shared data"
NO_BROWSER = "Chromium is missing"
# Expressions are many small objects that live for one test: looking through all that is imported for each 700 of them,
# as Python does by itself, takes a tenth of a run.
gc.set_threshold(20_000, 20, 50)
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
    """With --desk keep what touches the database; browser, Spark and what lies in the lake run on SQLite alone."""
    if not config.getoption("--desk"):
        return
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        touches = item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES
        elsewhere = any(map(item.get_closest_marker, ("browser", "spark", "lake")))
        (kept if touches and not elsewhere else left).append(item)
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
