"""When voices are enough, by tables of values and by laws."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.improve.rules.raising import Said, missing, people, person, raised, scope, stores

AT = datetime(2026, 11, 2, 11, 25, tzinfo=UTC)


def voice(number: int, who: int | None = None, **more: object) -> Said:
    fields: dict[str, object] = {
        "voice_id": number,
        "person": who,
        "source": "complaint",
        "store_id": "S01",
        "product_id": "P12",
        "field": "taste",
        "text": "too sweet",
        "at": AT,
        "key": f"k{number}",
    }
    return Said(**(fields | more))  # type: ignore[arg-type]


def test_a6_one_persons_repeats_count_once() -> None:
    five_times = [voice(number, 7) for number in range(5)]
    assert (people(five_times), raised(five_times), missing(five_times)) == (1, False, 2)
    assert raised([*five_times, voice(8, 8), voice(9, 9)])


def test_one_safety_voice_is_enough() -> None:
    assert raised([voice(1, 7, safety=True)])
    assert missing([voice(1, 7, safety=True)]) == 0


def test_one_store_is_a_store_improvement_two_are_the_companys() -> None:
    assert scope([voice(1, 1), voice(2, 2)]) == "store"
    two = [voice(1, 1), voice(2, 2, store_id="S02"), voice(3, 3, store_id="")]
    assert (scope(two), stores(two)) == ("company", ["S01", "S02"])


@pytest.mark.parametrize(
    ("voices", "counted"),
    [
        ([voice(1, public=True), voice(2, public=True)], 2),  # two reviews with an id each
        ([voice(1, public=True, key="r"), voice(2, public=True, key="r")], 1),  # one review twice
        ([voice(1, order_id="D1"), voice(2, order_id="D2")], 2),  # two delivery notes
        ([voice(1, order_id="D1"), voice(2, order_id="D1")], 1),  # two notes on one order
        ([voice(1), voice(2), voice(3, store_id="S02")], 1),  # nobody can tell them apart
        ([voice(1), voice(2, 7), voice(3, public=True)], 3),
    ],
)
def test_who_nobody_can_name_counts_by_an_id_from_outside(voices: list[Said], counted: int) -> None:
    assert people(voices) == counted


voices = st.lists(
    st.builds(
        lambda number, who, public, safety: voice(number, who, public=public, safety=safety),
        st.integers(0, 50),
        st.one_of(st.none(), st.integers(1, 5)),
        st.booleans(),
        st.booleans(),
    ),
    max_size=12,
)


@given(voices, voices)
def test_more_voices_never_lower_a_finding(some: list[Said], more: list[Said]) -> None:
    assert raised(some) <= raised(some + more)
    assert people(some) <= people(some + more) <= people(some) + people(more)


@given(voices)
def test_the_order_of_voices_decides_nothing(some: list[Said]) -> None:
    assert (people(some), raised(some), scope(some)) == (
        people(some[::-1]),
        raised(some[::-1]),
        scope(some[::-1]),
    )
    assert len({person(each) for each in some}) == people(some)
