"""Who is told in which week, and who is not told and why."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.improve.rules.telling import drawn, due, skipped, waves, why_not_sent

BEGAN = date(2026, 11, 11)


@pytest.mark.parametrize(("people", "many"), [(0, 1), (19, 1), (20, 2), (29, 2), (30, 3), (40, 4), (900, 4)])
def test_twenty_or_more_go_in_waves(people: int, many: int) -> None:
    assert waves(people) == many


@given(st.sets(st.integers(1, 10_000), max_size=120), st.text(max_size=8))
def test_everybody_is_in_one_wave_and_waves_are_equal(people: set[int], salt: str) -> None:
    order = sorted(people)
    found = drawn(salt, order)
    assert found.keys() == people
    assert found == drawn(salt, order[::-1])
    sizes = Counter(found.values())
    assert not people or max(sizes.values()) - min(sizes.values()) <= 1
    assert len(sizes) == (waves(len(people)) if people else 0)


def test_waves_are_a_week_apart() -> None:
    start = datetime(2026, 11, 14, 2, 30, tzinfo=UTC)
    assert [due(start, wave) - start for wave in range(3)] == [timedelta(0), timedelta(7), timedelta(14)]


@pytest.mark.parametrize(
    ("known", "said", "last", "why"),
    [
        (True, "yes", date(2026, 11, 2), ""),
        (True, "", None, ""),
        (True, "no", None, "said_no"),
        (False, "yes", None, "erased"),
        (True, "yes", BEGAN, "already_back"),
        (True, "yes", date(2026, 11, 10), ""),  # before the change: they met the old one
    ],
)
def test_who_is_not_told_has_a_reason(known: bool, said: str, last: date | None, why: str) -> None:
    assert skipped(known=known, said=said, last_day=last, begins_on=BEGAN) == why


def test_no_consent_of_somebody_never_asked_is_said_so() -> None:
    assert why_not_sent("no_consent", asked=False) == "not_asked"
    assert why_not_sent("no_consent", asked=True) == "no_consent"
    assert why_not_sent("unsubscribed", asked=False) == "unsubscribed"
