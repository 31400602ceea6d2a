"""The visits door as a machine meets it: keys, sizes, one error for each item, an answer under a second."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from django.test import Client

from regulars.access.actions import add_key, end_key
from regulars.brand.models import Store
from regulars.gather.models import Visit
from regulars.serve.models import Card
from regulars.web.api.door import LARGEST
from tests.serve import cast
from tests.serve.conftest import store

__all__ = ["store"]


@pytest.fixture
def key(store: Store) -> str:
    return add_key(name="queue", kind="secret", by=None, now=cast.NOW)


def post(key: str, body: Any, **headers: str) -> Any:
    written = base64.b64encode(f"{key}:".encode()).decode()
    sent = body if isinstance(body, str | bytes) else json.dumps(body)
    headers = {"authorization": f"Basic {written}", "host": "localhost"} | headers
    return Client(headers=headers).post("/v1/visits", sent, content_type="application/json")


def ticket(number: str = "Q1", **more: Any) -> dict[str, Any]:
    said = {"visit_id": number, "store_id": "S01", "queued_at": cast.NOW.isoformat(), "party": 3}
    return said | {"identifiers": {"wechat_unionid": "union-7"}} | more


def test_a_queue_ticket_is_answered_in_under_a_second_and_the_guest_is_known(key: str) -> None:
    """A1."""
    cast.guest(7)
    post(key, {})  # a server that stands has loaded its pages
    began = time.process_time()
    answer = post(key, {"visits": [ticket()]})
    assert time.process_time() - began < 1
    assert (answer.status_code, answer.json()) == (200, {"taken": 1, "errors": [], "warnings": []})
    assert Visit.objects.get().source == "queue"
    assert Card.objects.get().about == "second_time"


def test_one_visit_may_stand_alone(key: str) -> None:
    assert post(key, ticket()).json()["taken"] == 1


def test_an_item_that_is_wrong_has_its_own_error_and_the_others_are_kept(key: str) -> None:
    answer = post(key, {"visits": [ticket(), ticket("Q2", store_id="S99"), 7]})
    assert answer.status_code == 200
    assert answer.json()["taken"] == 1
    assert [(each["index"], each["pointer"]) for each in answer.json()["errors"]] == [
        (1, "/store_id"),
        (2, ""),
    ]
    nothing = post(key, {"visits": [ticket("Q3", party=-1)]})
    assert (nothing.status_code, nothing.headers["Content-Type"]) == (422, "application/problem+json")
    assert nothing.json()["errors"][0]["pointer"] == "/party"


def test_a_door_opens_to_a_key_and_to_nothing_else(key: str) -> None:
    public = add_key(name="app", kind="public", by=None, now=cast.NOW)
    assert post("wrong", ticket()).status_code == 401
    assert post("wrong", ticket()).headers["WWW-Authenticate"].startswith("Basic")
    assert post(key, ticket(), authorization="Basic %%%").status_code == 401
    assert post(key, ticket(), authorization=f"Bearer {key}").status_code == 401
    assert post(public, ticket()).status_code == 403
    end_key(name="queue", by=None, now=cast.NOW)
    assert post(key, ticket()).status_code == 401
    assert Client(headers={"host": "localhost"}).get("/v1/visits").status_code == 405
    assert Visit.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[" * 5000, 400),
        ('{"a":' * 30 + "1" + "}" * 30, 400),
        (b"\xff\xfe", 400),
        ('{"visit_id": NaN}', 400),
        ("[]", 422),
        ('{"visits": 1}', 422),
        ("7", 422),
        (b" " * (LARGEST + 1), 413),
        (json.dumps({"visits": [{}] * 501}), 422),
    ],
)
def test_what_is_no_batch_is_refused_by_its_problem(key: str, body: Any, status: int) -> None:
    answer = post(key, body)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_five_hundred_are_taken_in_one_call(key: str) -> None:
    answer = post(key, {"visits": [ticket(f"Q{number}") for number in range(500)]})
    assert answer.json()["taken"] == Visit.objects.count() == 500
