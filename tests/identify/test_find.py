"""Who an identifier or an old number means now, asked by any door without loading what joins all customers."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.identify.actions import find, find_many, living, numbers_of, numbers_of_many
from regulars.identify.models import Customer, Link
from regulars.identify.rules.strength import STRENGTH, strongest

pytestmark = pytest.mark.django_db
HEAD = 9


def link(kind: str, digest: str, customer: int | None, batch: int = 1, until: int | None = None) -> None:
    Link.objects.create(
        batch=batch,
        until=until,
        identifier_type=kind,
        identifier_hash=digest,
        customer=customer,
        rule="account",
    )


def merge(number: int, into: int, at: int = 2) -> None:
    Customer.objects.update_or_create(number=number, defaults={"batch": 1, "until": at, "merged_into": into})


def test_the_strongest_identifier_decides_whose_visit_it_is() -> None:
    link("phone", "p", 3)
    link("member_card", "c", 8)
    assert find([("phone", "p"), ("member_card", "c")], head=HEAD) == 8
    assert find([("phone", "p")], head=HEAD) == 3
    assert find([("phone", "never seen")], head=HEAD) is None
    assert find([], head=HEAD) is None


def test_a_link_counts_from_its_landing_to_its_end_and_one_that_joins_nobody_never() -> None:
    link("phone", "p", 3, batch=4, until=7)
    link("email", "m", None)
    assert [find([("phone", "p")], head=head) for head in (3, 4, 6, 7)] == [None, 3, 3, None]
    assert find([("email", "m")], head=HEAD) is None


def test_many_are_found_in_as_few_queries_as_one(django_assert_num_queries: object) -> None:
    link("phone", "p", 3)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert find_many([[("phone", "p")], [], [("phone", "q")]] * 100, head=HEAD) == [3, None, None] * 100


def test_aliases_are_read_through_merges_of_merges() -> None:
    merge(5, 2)
    merge(7, 5)
    merge(9, 2)
    assert living([2, 5, 7, 9, 11], head=HEAD) == {2: 2, 5: 2, 7: 2, 9: 2, 11: 11}
    assert numbers_of(7, head=HEAD) == numbers_of(2, head=HEAD) == [2, 5, 7, 9]
    assert numbers_of_many([11, 9], head=HEAD) == {11: [11], 9: [2, 5, 7, 9]}


def test_a_merge_counts_from_its_landing_on() -> None:
    merge(5, 2, at=6)
    assert living([5], head=5) == {5: 5}
    assert numbers_of(2, head=5) == [2]
    assert numbers_of(2, head=6) == [2, 5]


@given(st.lists(st.tuples(st.sampled_from([*STRENGTH, "device"]), st.integers(1, 9)), min_size=1))
def test_who_is_strongest_does_not_depend_on_the_order(claims: list[tuple[str, int]]) -> None:
    assert strongest(claims) == strongest(reversed(claims))
    assert strongest(claims) in {customer for _name, customer in claims}


def test_asking_loads_no_scipy() -> None:
    ask = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'regulars.settings'; import django; django.setup();"
        "import regulars.identify.actions; print([name for name in ('scipy', 'ibis', 'numpy') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout
    assert "scipy" not in said
    assert "ibis" not in said
