"""Visits as live sources tell them: kept once, added to, never blanked, and each wrong item by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from regulars.brand.models import Store
from regulars.gather.actions import take_visits as take
from regulars.gather.models import Consent, Identifier, Sighting, Visit, VisitSighting
from regulars.identify.actions import together
from regulars.serve.actions import see
from regulars.serve.models import Guest
from tests.serve import cast
from tests.serve.cast import NOW, coming, digest


def item(**more: Any) -> dict[str, Any]:
    return {"visit_id": "Q1", "store_id": "S01", "queued_at": "2026-11-21T18:20:00+08:00"} | more


def test_later_calls_add_and_blank_nothing(store: Store) -> None:
    coming(party=3)
    later = NOW + timedelta(minutes=20)
    said = item(seated_at=later.isoformat(), table="A12", queued_at=None, party=None)
    row = take(source="queue", items=[said], now=later).visits[0]
    assert (row.party, row.table, row.queued_at, row.seated_at) == (3, "A12", NOW, later)
    assert row.expected_at == later
    assert [kind for kind, _hash in row.identifiers] == ["wechat_unionid"]
    assert Visit.objects.count() == 1


def test_the_same_call_twice_changes_nothing(store: Store) -> None:
    first = take(source="queue", items=[item(identifiers={"wechat_unionid": "u"})], now=NOW)
    again = take(
        source="queue", items=[item(identifiers={"wechat_unionid": "u"})], now=NOW + timedelta(hours=1)
    )
    assert (len(first.changed), len(again.changed)) == (1, 0)
    assert again.visits[0].changed_at == NOW
    assert VisitSighting.objects.count() == 1


def test_two_sources_may_number_alike(store: Store) -> None:
    take(source="queue", items=[item()], now=NOW)
    take(source="bookings", items=[item()], now=NOW)
    assert Visit.objects.count() == 2


def test_a_visit_named_twice_in_one_call_is_one(store: Store) -> None:
    taken = take(source="queue", items=[item(party=2), item(table="B3")], now=NOW)
    assert [(row.party, row.table) for row in taken.visits] == [(2, "B3")]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"store_id": "S99"}, "/store_id"),
        ({"visit_id": ""}, "/visit_id"),
        ({"party": 0}, "/party"),
        ({"party": True}, "/party"),
        ({"queued_at": "yesterday"}, "/queued_at"),
        ({"queued_at": "2026-11-22T18:20:00+08:00"}, "/queued_at"),
        ({"queued_at": "2020-11-21T18:20:00+08:00"}, "/queued_at"),
        ({"first_time_said": "yes"}, "/first_time_said"),
        ({"identifiers": {"passport": "1"}}, "/identifiers/passport"),
        ({"identifiers": {"phone": "13800001111"}}, "/phone_for"),
        ({"identifiers": {"phone": "13800001111"}, "phone_for": "advertising"}, "/phone_for"),
        (
            {"consents": [{"identifier": "phone", "channel": "sms", "purpose": "all", "state": "given"}]},
            "/consents/0/purpose",
        ),
        ({"table": "x" * 41}, "/table"),
    ],
)
def test_an_item_that_cannot_be_read_is_refused_alone(
    store: Store, wrong: dict[str, Any], pointer: str
) -> None:
    taken = take(source="queue", items=[item(), item(visit_id="Q2") | wrong], now=NOW)
    assert [(each.place, each.pointer) for each in taken.wrong] == [(1, pointer)]
    assert Visit.objects.count() == 1


def test_a_time_without_a_zone_is_the_stores_own(store: Store) -> None:
    row = take(source="queue", items=[item(queued_at="2026-11-21T18:20:00")], now=NOW).visits[0]
    assert row.queued_at == NOW


def test_identifiers_have_one_spelling_and_a_placeholder_identifies_nobody(store: Store) -> None:
    said = item(identifiers={"phone": "138 0000-1112", "member_card": "散客"}, phone_for="queue_call")
    taken = take(source="queue", items=[said], now=NOW)
    assert taken.visits[0].identifiers == [["phone", digest("phone", "+8613800001112")]]
    assert [each.pointer for each in taken.noticed] == ["/identifiers/member_card"]
    assert Identifier.objects.get().value == "+8613800001112"


def test_scan_to_order_gives_a_unionid_and_declining_costs_nothing(store: Store) -> None:
    """B1: a phone is asked only for a use; "first time here?" is answered by the guest."""
    scan = item(
        seated_at=NOW.isoformat(), table="A12", identifiers={"wechat_unionid": "u"}, first_time_said=True
    )
    said_nothing = take(source="scan", items=[scan], now=NOW)
    assert not said_nothing.wrong
    (row,) = said_nothing.visits
    assert (row.first_time_said, row.phone_for, row.table) == (True, None, "A12")
    assert Consent.objects.count() == 0
    with_phone = scan | {"visit_id": "Q2", "phone_for": "invoice"}
    with_phone["identifiers"] = {"wechat_unionid": "v", "phone": "13800001113"}
    (row,) = take(source="scan", items=[with_phone], now=NOW).visits
    assert row.phone_for == "invoice"
    assert Consent.objects.count() == 0, "a phone for an invoice is no consent to messages"


def test_service_and_marketing_consent_are_apart(store: Store) -> None:
    """B1."""
    yes = {"identifier": "wechat_unionid", "channel": "mini_program", "purpose": "service", "state": "given"}
    no = yes | {"purpose": "marketing", "state": "withdrawn"}
    said = item(identifiers={"wechat_unionid": "u"}, consents=[yes, no])
    for _ in range(2):
        take(source="scan", items=[said], now=NOW)
    rows = {
        (row.purpose, row.state) for row in Consent.objects.filter(address_hash=digest("wechat_unionid", "u"))
    }
    assert rows == {("service", "given"), ("marketing", "withdrawn")}
    assert Consent.objects.count() == 2
    take(
        source="scan",
        items=[said | {"consents": [yes | {"state": "withdrawn"}]}],
        now=NOW + timedelta(hours=1),
    )
    assert Consent.objects.count() == 3


def test_two_people_who_each_own_a_card_stay_two_and_the_visit_is_one_household(store: Store) -> None:
    """B7."""
    cast.guest(7)
    cast.guest(8)
    cast.know(7, "member_card", "C7")
    cast.know(8, "member_card", "C8")
    visit = coming(identifiers={"member_card": ["C7", "C8"]})
    see(visits=[visit], now=NOW)
    row = Guest.objects.get(visit=visit)
    assert (row.customer, row.others) == (7, [8])
    cast.ordered(7, "T1", cast.TODAY)
    Sighting.objects.create(
        batch=1, identifier_hash=digest("member_card", "C8"), source="till", order_id="T1"
    )
    cast.ordered(7, "T2", cast.TODAY)
    assert together(number=7, head=cast.HEAD) == [(8, 2)]
    assert together(number=8, head=cast.HEAD) == [(7, 2)]


def test_a_card_shown_later_tells_whose_visit_it_is(store: Store) -> None:
    cast.guest(7, visits=4)
    cast.guest(8, visits=9)
    cast.know(8, "member_card", "C8")
    visit = coming()
    see(visits=[visit], now=NOW)
    assert Guest.objects.get(visit=visit).customer == 7
    visit = take(source="queue", items=[item(identifiers={"member_card": "C8"})], now=NOW).visits[0]
    see(visits=[visit], now=NOW)
    assert Guest.objects.get(visit=visit).customer == 8
    assert not visit.card_set.exclude(customer=8).exists()
