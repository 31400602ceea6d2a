"""A person's word that two customers are one: it joins like a record, holds through rebuilds, and can be taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from regulars import settings
from regulars.core.refused import Refused
from regulars.identify.actions import candidates, join_by_hand, joined_by_hand, tell_apart
from regulars.identify.models import Candidate, Excluded, Joined
from tests.identify.test_since import Shop, who

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return Shop(tmp_path)


def test_two_cards_that_somebody_says_are_one_persons_are_one_customer_from_the_next_turn_on(
    shop: Shop,
) -> None:
    shop.lands([("1", 1, "c1"), ("2", 1, "c2 p1")])
    before = who(shop.turn())
    assert before["c1"] != before["c2"]
    join_by_hand(number=1, other=2, by="owner", now=NOW)
    join_by_hand(number=2, other=1, by="operator", now=NOW)
    assert [(row.a, row.b, row.by) for row in Joined.objects.all()] == [(1, 2, "owner")]
    found = shop.turn()
    assert set(who(found).values()) == {1}
    assert found.merged.to_pylist() == [{"was": 2, "now": 1}]
    with pytest.raises(Refused, match="one customer already"):
        join_by_hand(number=1, other=2, by="owner", now=NOW)
    assert [row.by for row in joined_by_hand(number=1, head=shop.number)] == ["owner"]


def test_told_apart_they_are_two_again_and_of_three_only_the_one_that_is_named_leaves(shop: Shop) -> None:
    shop.lands([("1", 1, "c1"), ("2", 1, "c2"), ("3", 1, "c3")])
    shop.turn()
    join_by_hand(number=1, other=2, by="owner", now=NOW)
    join_by_hand(number=1, other=3, by="owner", now=NOW)
    assert set(who(shop.turn()).values()) == {1}
    tell_apart(number=1, other=3, by="operator", now=NOW)
    numbers = who(shop.turn())
    assert sorted(numbers.values(), key=str).count(1) == 2
    left = Joined.objects.get(apart_at=None)
    assert (left.a, left.b) == (1, 2)
    assert Joined.objects.exclude(apart_at=None).get().apart_by == "operator"


def test_who_has_no_card_goes_to_the_card_that_somebody_named(shop: Shop) -> None:
    shop.lands([("1", 1, "c1"), ("2", 1, "p1 w1")])
    shop.turn()
    join_by_hand(number=2, other=1, by="owner", now=NOW)
    assert set(who(shop.turn()).values()) == {1}


def test_an_excluded_card_joins_nobody_whatever_somebody_says(shop: Shop) -> None:
    shop.lands([("1", 1, "c1"), ("2", 1, "c2")])
    numbers = who(shop.turn())
    join_by_hand(number=1, other=2, by="owner", now=NOW)
    Excluded.objects.create(identifier_hash="c1", identifier_type="member_card", why="till", at=NOW)
    assert who(shop.turn()) == {"c1": None, "c2": numbers["c2"]}


def test_what_was_a_candidate_is_none_once_joined_and_none_again_once_told_apart(shop: Shop) -> None:
    shop.lands([("1", 1, "c1"), ("2", 1, "c2")])
    shop.turn()
    Candidate.objects.create(a=1, b=2, why="paid", at=NOW)
    join_by_hand(number=1, other=2, by="owner", now=NOW)
    shop.turn()
    assert candidates(None, head=shop.number) == {}
    tell_apart(number=1, other=2, by="owner", now=NOW)
    assert len(set(who(shop.turn()).values())) == 2
    assert candidates(None, head=shop.number) == {}
    with pytest.raises(Refused, match="nothing says"):
        tell_apart(number=1, other=99, by="owner", now=NOW)
    with pytest.raises(Refused, match="nothing identifies"):
        join_by_hand(number=1, other=99, by="owner", now=NOW)
