"""Coming in and going out; what a person may open follows from the role."""

from __future__ import annotations

import pytest
from django.test import Client

from regulars.access.models import AuditEntry
from tests.web import cast
from tests.web.conftest import LogIn

pytestmark = pytest.mark.django_db
PAGES = (
    "/",
    "/customers/",
    "/customers/1/",
    "/stores/",
    "/stores/S01/",
    "/cohorts/",
    "/imports/",
    "/imports/1/",
    "/outbox/",
    "/plays/",
)


@pytest.fixture
def stranger() -> Client:
    return Client(headers={"host": "localhost"})


def send(client: Client, name: str, password: str, after: str = "") -> object:
    return client.post("/log-in/", {"username": name, "password": password, "next": after})


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_asked_to_log_in(stranger: Client, path: str) -> None:
    answer = stranger.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/log-in/?next={path}")


def test_a_search_after_the_session_ended_leads_to_the_log_in_not_into_the_list(stranger: Client) -> None:
    answer = stranger.post("/customers/", {"q": "anna"}, headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/log-in/")


def test_the_right_password_opens_the_page_that_was_asked_for(stranger: Client) -> None:
    cast.account("owner")
    answer = send(stranger, "owner", cast.PASSWORD, "/stores/")
    assert answer.headers["Location"] == "/stores/"  # type: ignore[attr-defined]
    assert AuditEntry.objects.filter(verb="log in").exists()


def test_a_wrong_name_and_a_wrong_password_are_refused_in_the_same_words(stranger: Client) -> None:
    cast.account("owner")
    answers = [send(stranger, *pair).content.decode() for pair in (("owner", "wrong"), ("nobody", "wrong"))]  # type: ignore[attr-defined]
    assert all("this name and password do not go together" in answer for answer in answers)


def test_logging_in_leads_to_no_other_site(stranger: Client) -> None:
    cast.account("owner")
    assert send(stranger, "owner", cast.PASSWORD, "https://elsewhere.example/").headers["Location"] == "/"  # type: ignore[attr-defined]


def test_light_and_dark_stay_in_a_cookie_and_lead_back(stranger: Client) -> None:
    answer = stranger.post("/theme/", {"theme": "dark", "next": "/log-in/"})
    assert (answer.headers["Location"], answer.cookies["theme"].value) == ("/log-in/", "dark")
    assert 'data-theme="dark"' in stranger.get("/log-in/").content.decode()
    assert (
        stranger.post("/theme/", {"theme": "<b>", "next": "//elsewhere.example"}).headers["Location"] == "/"
    )


def test_the_language_is_switched_for_who_is_not_logged_in_either(stranger: Client) -> None:
    stranger.post("/language/", {"language": "zh-hans", "next": "/log-in/"})
    page = stranger.get("/log-in/").content.decode()
    assert 'lang="zh-Hans"' in page
    assert "密码" in page


@pytest.mark.usefixtures("made_brand")
@pytest.mark.parametrize(
    ("role", "closed"),
    [
        ("owner", ()),
        ("operator", ()),
        ("analyst", ()),
        ("store", ("/imports/", "/imports/1/", "/outbox/", "/plays/")),
    ],
)
def test_a_role_opens_its_pages_and_no_others(log_in: LogIn, role: str, closed: tuple[str, ...]) -> None:
    client = log_in(role, *(["S01"] if role == "store" else []))
    assert {path: client.get(cast.address(path)).status_code for path in PAGES} == {
        path: 403 if path in closed else 200 for path in PAGES
    }


def test_a_page_that_is_not_there_says_so_in_its_own_words(log_in: LogIn) -> None:
    answer = log_in("owner").get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing here." in answer.content.decode()
