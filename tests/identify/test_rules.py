"""Who is one customer, by tables of cases and by laws that hold for any set of sightings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.identify.rules import joining as rules
from regulars.identify.rules import strength

Seen = Sequence[tuple[str, ...]]


def joined(orders: Seen, records: Seen = (), excluded: tuple[str, ...] = ()) -> dict[str, str | None]:
    """Each identifier ("card:A") → the lowest name in its group, or None where it joins nobody."""
    occasions = [(one, False) for one in orders] + [(one, True) for one in records]
    names = sorted({name for one, _ in occasions for name in one})
    place = {name: at for at, name in enumerate(names)}
    found: dict[tuple[int, int], bool] = {}
    for one, on_record in occasions:
        for a, b in combinations(sorted({place[name] for name in one}), 2):
            found[a, b] = found.get((a, b), False) or on_record
    kinds = {"card": "member_card", "id": "external", "tel": "phone", "mail": "email", "pay": "payment_token"}
    pairs = rules.Pairs(
        np.array([a for a, _ in found], dtype=np.int64),
        np.array([b for _, b in found], dtype=np.int64),
        np.array(list(found.values()), dtype=bool),
    )
    out = np.array([name in excluded for name in names], dtype=bool)
    result = rules.groups([kinds[name.split(":")[0]] for name in names], pairs, out)
    lowest: dict[int, str] = {}
    for at, group in enumerate(result.group):
        lowest.setdefault(int(group), names[at])
    return {
        name: None if result.group[at] < 0 else lowest[int(result.group[at])] for at, name in enumerate(names)
    }


def test_a_phone_seen_with_one_card_is_that_cards_customer() -> None:
    who = joined([("card:A", "tel:1"), ("tel:1",)])
    assert who == {"card:A": "card:A", "tel:1": "card:A"}


def test_two_people_who_each_own_a_card_stay_two_when_they_share_a_phone() -> None:
    who = joined([("card:A", "tel:1"), ("card:B", "tel:1")])
    assert who["card:A"] != who["card:B"]
    assert who["tel:1"] is None


def test_a_registered_phone_stays_its_owners_when_somebody_else_uses_it() -> None:
    who = joined([("card:B", "tel:1")], records=[("card:A", "id:1", "tel:1")])
    assert who["tel:1"] == who["card:A"] == who["id:1"]
    assert who["card:B"] == "card:B"


def test_a_phone_seen_with_more_accounts_than_its_limit_joins_nobody_even_where_registered() -> None:
    others = [(f"card:{name}", "tel:1") for name in "BCDEF"]
    who = joined(others, records=[("card:A", "tel:1")])
    assert who["tel:1"] is None


def test_a_replaced_card_on_one_record_stays_one_customer() -> None:
    who = joined([], records=[("id:1", "card:A"), ("id:1", "card:B")])
    assert who["card:A"] == who["card:B"]


def test_a_token_reaches_its_account_through_a_phone() -> None:
    who = joined([("tel:1", "pay:x"), ("card:A", "tel:1")])
    assert who["pay:x"] == "card:A"


def test_a_token_between_two_accounts_stays_by_itself() -> None:
    who = joined([("card:A", "tel:1"), ("card:B", "tel:2"), ("tel:1", "pay:x"), ("tel:2", "pay:x")])
    assert who["pay:x"] == "pay:x"
    assert who["card:A"] != who["card:B"]


def test_a_shops_phone_used_for_many_wallets_joins_nobody() -> None:
    who = joined([("tel:shop", f"pay:{n}") for n in range(rules.PEER_LIMIT + 1)])
    assert who["tel:shop"] is None
    assert len({who[f"pay:{n}"] for n in range(rules.PEER_LIMIT + 1)}) == rules.PEER_LIMIT + 1


def test_a_shops_own_card_is_nobody_and_takes_no_ones_phone() -> None:
    who = joined(
        [("card:SHOP", "tel:1"), ("card:SHOP", "tel:2"), ("card:A", "tel:2")], excluded=("card:SHOP",)
    )
    assert who["card:SHOP"] is None
    assert who["tel:2"] == who["card:A"]
    assert who["tel:1"] not in (None, who["card:A"])


def test_an_excluded_number_joins_nobody_and_carries_nothing() -> None:
    who = joined([("card:A", "tel:1"), ("tel:1", "pay:x")], excluded=("tel:1",))
    assert who["tel:1"] is None
    assert who["pay:x"] == "pay:x"


NAMES = [f"card:{n}" for n in "ABC"] + [f"tel:{n}" for n in "1234"] + [f"pay:{n}" for n in "xyz"]
SIGHTINGS = st.lists(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(tuple), max_size=12)


@given(SIGHTINGS, st.randoms())
def test_the_order_of_arrival_changes_nothing(orders: Seen, random: object) -> None:
    shuffled = list(orders)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert joined(shuffled) == joined(orders)


@given(SIGHTINGS)
def test_no_two_cards_are_ever_joined_by_what_guests_share(orders: Seen) -> None:
    who = joined(orders)
    cards = [name for name in who if name.startswith("card")]
    assert len({who[name] for name in cards}) == len(cards)


def numbered(group: list[int], had: list[int], seen_at: list[int], last: int) -> rules.Numbers:
    return rules.numbers(np.array(group), np.array(had), np.array(seen_at), last)


def test_a_merge_keeps_the_lower_number_and_the_higher_becomes_its_alias() -> None:
    result = numbered([0, 0], [7, 3], [1, 2], last=9)
    assert list(result.customer) == [3, 3]
    assert result.merged == {7: 3}


def test_a_group_that_falls_apart_leaves_its_number_with_what_was_known_longest() -> None:
    result = numbered([0, 1], [3, 3], [5, 2], last=9)
    assert list(result.customer) == [10, 3]
    assert list(result.new) == [10]


def test_new_groups_are_numbered_by_when_they_were_first_seen() -> None:
    result = numbered([0, 1, 2], [0, 0, 0], [30, 10, 20], last=0)
    assert list(result.customer) == [3, 1, 2]


def test_an_identifier_that_joins_nobody_has_no_number() -> None:
    assert list(numbered([-1, 1], [4, 0], [1, 2], last=4).customer) == [0, 5]


@given(st.lists(st.tuples(st.integers(-1, 5), st.integers(0, 9)), max_size=20))
def test_numbering_again_changes_nothing(nodes: list[tuple[int, int]]) -> None:
    group, seen = [g for g, _ in nodes], [s for _, s in nodes]
    first = numbered(group, [0] * len(nodes), seen, 0)
    again = numbered(group, [int(n) for n in first.customer], seen, len(first.new))
    assert list(again.customer) == list(first.customer)
    assert not again.merged
    assert not len(again.new)


@pytest.mark.parametrize("name", rules.ACCOUNT_LIMIT)
def test_every_limited_type_can_identify(name: str) -> None:
    assert name in strength.STRENGTH
    assert name not in strength.ANCHORS
