"""The live doors of consents and of taps: a secret key opens them, and each item that is wrong is told alone."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.test import Client

from regulars import clock
from regulars.access.actions import add_key
from regulars.engage.actions.permissions import left
from regulars.gather.models import Consent, Identifier
from tests.engage.guests import NOON

pytestmark = pytest.mark.django_db
GIVEN = {
    "identifiers": {"phone": "139 1200 0001"},
    "channel": "sms",
    "purpose": "marketing",
    "state": "given",
}
TAP = {"openid": "oABC123", "template": "visit", "key": "tap 1"}


@pytest.fixture
def send(stopped_clock: None) -> Any:
    clock.stop_at(NOON)
    key = add_key(name="shop", kind="secret", by=None, now=NOON)
    user = base64.b64encode(f"{key}:".encode()).decode()

    def sent(path: str, body: Any, key: str = user) -> Any:
        headers = {"authorization": f"Basic {key}", "host": "localhost"}
        return Client().post(path, json.dumps(body), content_type="application/json", headers=headers)

    return sent


def test_a_word_is_kept_by_address_channel_and_purpose_and_once(send: Any) -> None:
    for _ in range(2):
        answer = send("/v1/consents", {"consents": [GIVEN, GIVEN | {"purpose": "research"}]})
        assert (answer.status_code, answer.json()["taken"]) == (200, 2)
    assert sorted(Consent.objects.values_list("channel", "purpose", "state", "source")) == [
        ("sms", "marketing", "given", "shop"),
        ("sms", "research", "given", "shop"),
    ]
    assert Identifier.objects.get().value == "+8613912000001"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"state": "maybe"}, "/state"),
        ({"purpose": "spam"}, "/purpose"),
        ({"channel": "Fax!"}, "/channel"),
        ({"at": "2030-01-01T00:00:00+00:00"}, "/at"),
        ({"at": "2026-01-01T00:00:00"}, "/at"),
        ({"identifiers": {"phone": "0"}}, "/identifiers/phone"),
        ({"identifiers": {"member_card": "M1"}}, "/identifiers/member_card"),
        ({"identifiers": {}}, "/identifiers"),
        ({"evidence": "x" * 201}, "/evidence"),
    ],
)
def test_a_word_that_cannot_be_read_is_refused_alone(send: Any, wrong: dict[str, Any], pointer: str) -> None:
    answer = send("/v1/consents", {"consents": [GIVEN | wrong, GIVEN]})
    assert answer.json()["taken"] == 1
    assert [(each["index"], each["pointer"]) for each in answer.json()["errors"]] == [(0, pointer)]
    assert Consent.objects.count() == 1


def test_a_tap_told_twice_is_one_tap_and_its_openid_is_kept_to_send_to(send: Any) -> None:
    for _ in range(2):
        assert send("/v1/permissions", {"permissions": [TAP]}).json()["taken"] == 1
    row = Identifier.objects.get()
    assert (row.identifier_type, row.value) == ("wechat_openid", "oABC123")
    assert left([row.identifier_hash], "visit") == {row.identifier_hash: 1}
    answer = send("/v1/permissions", {"permissions": [TAP | {"openid": "another"}, {"openid": 7}]})
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 2)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/v1/consents", "/v1/permissions"])
def test_nobody_gets_in_without_a_secret_key(send: Any, path: str) -> None:
    public = add_key(name="site", kind="public", by=None, now=NOON)
    user = base64.b64encode(f"{public}:".encode()).decode()
    assert send(path, {}, key="bm9uZTo=").status_code == 401
    assert send(path, {}, key=user).status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/consents", GIVEN | {"evidence": "half an emoji \ud83d"}),
        ("/v1/consents", GIVEN | {"evidence": "character \x00"}),
        ("/v1/permissions", TAP | {"key": "tap \ud83d"}),
    ],
)
def test_a_text_that_no_desk_can_keep_is_refused(send: Any, path: str, body: Any) -> None:
    assert send(path, body).status_code == 400
    assert send("/v1/consents", GIVEN | {"evidence": "written as \\u0000"}).status_code == 200


def test_an_instant_at_the_ends_of_the_calendar_is_refused_alone(send: Any) -> None:
    early = GIVEN | {"at": "0001-01-01T00:00:00+14:00"}
    late = GIVEN | {"expires_at": "9999-12-31T23:59:59-14:00"}
    answer = send("/v1/consents", {"consents": [early, GIVEN, late]})
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/at", "/expires_at"]
    assert answer.json()["taken"] == 1


def test_a_length_that_is_no_number_is_refused(stopped_clock: None) -> None:
    key = add_key(name="till", kind="secret", by=None, now=NOON)
    user = base64.b64encode(f"{key}:".encode()).decode()
    for length, status in (("many", 400), ("9" * 30, 413)):
        headers = {"authorization": f"Basic {user}", "host": "localhost", "content-length": length}
        answer = Client().post("/v1/consents", "{}", content_type="application/json", headers=headers)
        assert answer.status_code == status
