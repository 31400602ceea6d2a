"""A made-up brand on the desk, a stopped clock, and accounts that are logged in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from regulars import clock, settings
from tests.web import cast, cast_figures

LogIn = Callable[..., Client]
Enter = Callable[..., None]


@pytest.fixture
def stopped_clock() -> Iterator[None]:
    """The brand's clock at one instant; afterwards neither it, nor a HEAD, nor a waiting file is left in the home."""
    clock.stop_at(cast.NOW)
    yield
    (settings.HOME / "clock").unlink(missing_ok=True)
    (settings.HOME / "lake" / "HEAD.json").unlink(missing_ok=True)
    shutil.rmtree(settings.HOME / "waiting", ignore_errors=True)


@pytest.fixture
def made_brand(db: None, stopped_clock: None) -> None:
    """Six stores, sixty customers of whom the first has a history, figures and three imports."""
    cast.brand()
    cast.customers()
    cast.history()
    cast.imports()
    cast_figures.figures()


@pytest.fixture
def log_in(db: None) -> LogIn:
    """Log in as a role, with stores for a store account: gives the client that then asks."""

    def in_as(role: str, *stores: str, language: str = "en") -> Client:
        client = Client(headers={"host": "localhost"})
        client.force_login(cast.account(role, *stores))
        client.cookies["django_language"] = language
        return client

    return in_as


@pytest.fixture
def enter(page: Page, live_server: LiveServer) -> Enter:
    """Log an account in through the door, in a browser: ``at`` is where it then leads."""

    def in_as(name: str, at: str = "/") -> None:
        page.goto(f"{live_server.url}/log-in/?next={at}")
        page.fill("#id_username", name)
        page.fill("#id_password", cast.PASSWORD)
        page.get_by_role("button", name="Log in").click()

    return in_as


@pytest.fixture
def unsafe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Django be asked from the thread in which the browser's loop runs."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def heard(page: Page) -> list[str]:
    """What the browser complains of: broken scripts, and what the policy forbids."""
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    return said
