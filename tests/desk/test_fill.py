"""Things told in several calls: nothing is blanked, nothing is lost, and the same said again changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from regulars.desk.fill import fill
from regulars.gather.models import Visit

AT = datetime(2026, 11, 21, tzinfo=UTC)


def told(*said: dict[str, Any]) -> list[tuple[Visit, bool]]:
    rows = [{"source": "queue", "visit_id": "Q1", "store_id": "A", "changed_at": AT} | each for each in said]
    return fill(
        Visit,
        rows,
        key=("source", "visit_id"),
        unions=("identifiers",),
        stamp="changed_at",
        new=lambda visit: {"expected_at": AT},
    )


@pytest.mark.django_db
def test_a_call_that_knows_less_blanks_nothing_and_changes_nothing() -> None:
    told({"table": "T1", "party": 3, "identifiers": [["phone", "a"]]})
    ((row, changed),) = told({"table": None, "identifiers": [["phone", "a"]]})
    assert (row.table, row.party, changed) == ("T1", 3, False)


@pytest.mark.django_db
def test_lists_are_joined_in_the_order_things_came() -> None:
    ((row, _),) = told({"identifiers": [["phone", "a"]]})
    ((row, changed),) = told({"identifiers": [["email", "b"], ["phone", "a"]]})
    assert (row.identifiers, changed) == ([["phone", "a"], ["email", "b"]], True)


@pytest.mark.django_db
def test_what_only_a_new_row_gets_is_not_said_again(django_assert_max_num_queries: Any) -> None:
    told({})
    Visit.objects.update(expected_at=datetime(2026, 1, 1, tzinfo=UTC))
    with django_assert_max_num_queries(6):
        told({"party": 2})
    assert Visit.objects.get().expected_at.month == 1


class AnyOrder(TestCase):
    """Calls told one by one, all at once, or twice, leave the same row."""

    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(
            st.fixed_dictionaries(
                {
                    "party": st.none() | st.integers(1, 5),
                    "table": st.none() | st.sampled_from("AB"),
                    "identifiers": st.lists(st.sampled_from(["a", "b", "c"]), max_size=2).map(
                        lambda found: [["phone", each] for each in found]
                    ),
                }
            ),
            min_size=1,
            max_size=6,
        )
    )
    def test_one_by_one_or_at_once(self, said: list[dict[str, Any]]) -> None:
        for each in said:
            told(each)
        (apart,) = Visit.objects.values("party", "table", "identifiers")
        Visit.objects.all().delete()
        told(*said)
        (together,) = Visit.objects.values("party", "table", "identifiers")
        assert {**together, "identifiers": sorted(together["identifiers"])} == {
            **apart,
            "identifiers": sorted(apart["identifiers"]),
        }
        assert not any(changed for _row, changed in told(said[-1]))
