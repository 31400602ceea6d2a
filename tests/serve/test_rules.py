"""Which one thing to do for a guest, by tables of cases and by laws that hold for any guest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.serve.rules import cards, comps
from regulars.serve.rules.cards import CARE, NEAR, PROMISE, RECOVERY, Coming, Known, suggested

TODAY = date(2026, 11, 21)
SECOND = Known(7, visits=1, last_day=TODAY - timedelta(days=27), stage="new", first_dish="P1")
SAID = date(2026, 9, 3)


def kinds(known: Known, coming: Coming | None = None) -> list[tuple[str, str]]:
    return [(each.kind, each.about) for each in suggested(known, coming or Coming(), TODAY)]


def test_a_second_visit_is_spoken_of_by_the_first() -> None:
    (card,) = suggested(SECOND, Coming(), TODAY)
    assert (card.kind, card.about) == (NEAR, "second_time")
    assert (card.facts["times"], card.facts["dish"], card.facts["days"]) == (2, "P1", 27)


def test_an_allergy_stands_first_and_on_every_card() -> None:
    known = replace(SECOND, tags=(("peanuts", "allergy", SAID),), mended_for="P1", mended_voice=9)
    found = suggested(known, Coming(), TODAY)
    assert [each.about for each in found] == ["allergy", "mended"]
    assert all(each.facts["allergies"] == ["peanuts"] for each in found)
    assert found[0].facts["on"] == "2026-09-03"


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (replace(SECOND, open_complaint=True, last_complaint=TODAY), [(RECOVERY, "complaint_open")]),
        (replace(SECOND, last_complaint=SECOND.last_day), [(RECOVERY, "complaint_mended")]),
        (replace(SECOND, last_complaint=TODAY - timedelta(days=40)), [(NEAR, "second_time")]),
        (replace(SECOND, last_complaint=TODAY), [(NEAR, "second_time")]),
        (replace(SECOND, mended_for="P1", mended_voice=4), [(PROMISE, "mended")]),
        (replace(SECOND, mended_voice=4), [(PROMISE, "mended")]),
        (replace(SECOND, mended_for="P1", mended_voice=4, kept=frozenset({4})), [(NEAR, "second_time")]),
        (replace(SECOND, tags=(("window", "wish", SAID),)), [(CARE, "wish"), (NEAR, "second_time")]),
        (replace(SECOND, visits=6, stage="cooling"), [(NEAR, "welcome_back")]),
        (replace(SECOND, visits=9, stage="regular"), [(NEAR, "round")]),
        (replace(SECOND, visits=7, dish="P1", dish_times=3), [(NEAR, "usual_dish")]),
        (replace(SECOND, visits=7, dish="P1", dish_times=2), []),
        (replace(SECOND, visits=7, tags=(("spicy", "likes", SAID),)), [(NEAR, "likes")]),
        (Known(7), []),
    ],
)
def test_what_is_worth_doing(known: Known, found: list[tuple[str, str]]) -> None:
    assert kinds(known) == found


def test_the_occasion_of_a_booking_is_an_occasion() -> None:
    assert kinds(replace(SECOND, visits=3), Coming(occasion="birthday")) == [(NEAR, "occasion_birthday")]
    assert kinds(replace(SECOND, visits=3), Coming(occasion="whatever")) == []


@given(st.text(max_size=60))
def test_chance_says_the_same_for_ever_and_half_of_all(card: str) -> None:
    assert cards.drawn(b"key", card) == cards.drawn(b"key", card)
    drawn = sum(cards.drawn(b"key", f"{card}:{at}") for at in range(400))
    assert 140 < drawn < 260


@given(
    st.builds(
        Known,
        customer=st.just(1),
        visits=st.integers(0, 60),
        last_day=st.none() | st.dates(TODAY - timedelta(days=400), TODAY),
        stage=st.sampled_from(["new", "regular", "cooling", "lost", ""]),
        dish_times=st.integers(0, 5),
        tags=st.lists(
            st.tuples(st.text(max_size=5), st.sampled_from(["allergy", "wish", "likes"]), st.just(SAID)),
            max_size=4,
        ).map(tuple),
        open_complaint=st.booleans(),
        last_complaint=st.none() | st.dates(TODAY - timedelta(days=90), TODAY),
        mended_voice=st.none() | st.integers(1, 9),
    )
)
def test_cards_come_in_order_and_near_service_at_most_once(known: Known) -> None:
    found = kinds(known)
    assert [cards.order(each) for each in found] == sorted(cards.order(each) for each in found)
    assert sum(kind == NEAR for kind, _about in found) <= 1
    assert len(found) == len(set(found))


LIMITS = {"staff": 3000, "shift_lead": 10000, "manager": 30000}


@pytest.mark.parametrize(
    ("amount", "level"),
    [(0, "staff"), (3000, "staff"), (3001, "shift_lead"), (10001, "manager"), (30001, "owner")],
)
def test_a_comp_is_for_the_lowest_level_that_may_give_so_much(amount: int, level: str) -> None:
    assert comps.level_for(amount, LIMITS) == level


@given(st.integers(0, 50_000), st.sampled_from([*comps.LEVELS, "", "intern"]))
def test_what_does_not_climb_the_giver_may_agree_to(amount: int, giver: str) -> None:
    level = giver if giver in comps.LEVELS else "staff"
    assert comps.climbs(amount, giver, LIMITS) != comps.may_agree(level, comps.level_for(amount, LIMITS))
