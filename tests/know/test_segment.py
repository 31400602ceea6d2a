"""Expressions over fields: the same for one customer as for all, refused with their place, never run."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.core.refused import Refused
from regulars.identify.models import Customer
from regulars.know.actions.segments import count, fields, members, segment
from regulars.know.models import CustomerState, Tag
from regulars.know.rules.conditions import column
from regulars.know.rules.segment import DEEPEST, LONGEST, parse
from tests.web import cast

KINDS = {
    "orders": "number", "gap": "number", "stage": "text", "store": "text", "first_day": "date", "complains": "flag",
    "tags": "words",
}  # fmt: skip

TABLE = [
    ("orders >= 2", {"orders": 2}, True),
    ("orders >= 2", {"orders": None}, False),
    ("orders != 2", {"orders": None}, False),
    ("not orders >= 2", {"orders": None}, True),
    ("2 <= orders < 5", {"orders": 4}, True),
    ("2 <= orders < 5", {"orders": 5}, False),
    ("orders > gap", {"orders": 3, "gap": 2.5}, True),
    ("orders > -1", {"orders": 0}, True),
    ("orders in (1, 2, 3)", {"orders": 3}, True),
    ("stage in ('new', 'regular')", {"stage": "new"}, True),
    ("stage not in ['new', 'regular']", {"stage": "lost"}, True),
    ("stage == store", {"stage": "a", "store": "a"}, True),
    ("first_day >= '2026-03-01'", {"first_day": date(2026, 3, 1)}, True),
    ("first_day < '2026-03-01'", {"first_day": None}, False),
    ("complains", {"complains": True}, True),
    ("not complains", {}, True),
    ("has_tag('spicy') and not has_tag('vip')", {"tags": frozenset({"spicy"})}, True),
    ("'window seat' in tags", {"tags": frozenset({"window seat"})}, True),
    ("orders == 1 or orders == 2 and stage == 'x'", {"orders": 1, "stage": ""}, True),
    ("stage ==\n 'new'", {"stage": "new"}, True),
    ("stage == '新'", {"stage": "新"}, True),
]


@pytest.mark.parametrize(("text", "person", "true"), TABLE)
def test_an_expression_says_what_it_reads(text: str, person: dict[str, Any], true: bool) -> None:
    found = parse(text, KINDS)
    assert found.holds(person) is true
    columns = {name: column(KINDS[name], [person.get(name)]) for name in found.names}
    assert found.mask(columns).tolist() == [true]


REFUSED = [
    ("", "condition"),
    ("orders >", "cannot be read"),
    ("orders", "orders at character 1 is no yes or no"),
    ("complains and price > 2", "nothing is called price (character 15)"),
    ("'新新' == stage and price > 2", "nothing is called price (character 19)"),
    ("orders + 1 > 2", "character 1"),
    ("__import__('os').system('x')", "only has_tag"),
    ("has_tag(stage)", "only has_tag"),
    ("has_tag('a', 'b')", "only has_tag"),
    ("(lambda: 1)() == orders", "stands no number"),
    ("stage > 'a'", "in order"),
    ("stage == 3", "no text in quotes"),
    ("orders == '3'", "no number"),
    ("orders == True", "no number"),
    ("orders < 1e400", "no number"),
    ("orders < " + "9" * 400, "no number"),
    ("first_day > 'yesterday'", "no day"),
    ("complains == orders", "does not go together"),
    ("1 == 1", "asks nothing"),
    ("orders is 1", "cannot be asked"),
    ("orders in stage", "needs a field"),
    ("orders in 3", "needs a field"),
    ("[x for x in tags]", "no condition"),
    ("orders == 1; complains", "cannot be read"),
    ("orders := 1", "cannot be read"),
    ("f'{orders}' == stage", "no text"),
    ("stage.__class__ == 'x'", "asks nothing"),
    ("True", "no condition"),
    ("\0", "condition"),
    ("not " * 480 + "complains", "too deep"),
    ("(" * 300 + "complains" + ")" * 300, "cannot be read"),
    ("-" * 1900 + "1 < orders", "too deep"),
    ("orders == 1" + " or orders == 1" * 200, "characters"),
]


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_what_is_not_on_the_list_is_refused_and_says_where(text: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text, KINDS)
    assert why in str(refused.value)


def test_the_limits_are_as_documented() -> None:
    assert (LONGEST, DEEPEST) == (2_000, 50)
    parse(" and ".join(["complains"] * 100), KINDS)


NUMBERS = st.one_of(st.none(), st.integers(-5, 5), st.floats(-5, 5))
PEOPLE = st.fixed_dictionaries(
    {
        "orders": NUMBERS, "gap": NUMBERS, "stage": st.sampled_from(["", "a", "b"]),
        "store": st.sampled_from(["", "a"]),
        "first_day": st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 1, 5))), "complains": st.booleans(),
        "tags": st.frozensets(st.sampled_from(["a", "b"])),
    }
)  # fmt: skip
LEAVES = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from(["orders", "gap"]),
              st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
              st.sampled_from(["-2", "0", "2.5", "orders", "gap"])),
    st.builds("{} {} {!r}".format, st.sampled_from(["stage", "store"]), st.sampled_from(["==", "!="]),
              st.sampled_from(["", "a", "b"])),
    st.builds("first_day {} '2026-01-0{}'".format, st.sampled_from(["<", ">=", "=="]), st.integers(1, 5)),
    st.sampled_from(["complains", "has_tag('a')", "'b' in tags", "stage in ('a', 'b')", "orders not in (1, 2)",
                     "first_day in ('2026-01-02',)"]),
)  # fmt: skip
TEXTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, people=st.lists(PEOPLE, max_size=6))
def test_for_all_at_once_and_for_one_the_same_is_true(text: str, people: list[dict[str, Any]]) -> None:
    found = parse(text, KINDS)
    columns = {name: column(KINDS[name], [each[name] for each in people]) for name in KINDS}
    assert found.mask(columns).tolist() == [found.holds(each) for each in people]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    with suppress(Refused):
        parse(text, KINDS)


@pytest.mark.django_db
class TestOnPublishedStates:
    """Fields of the catalogue, read from the desk as a turn left it."""

    NOW = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)

    @pytest.fixture(autouse=True)
    def _brand(self) -> None:
        cast.customers()

    def test_a_segment_is_counted_on_what_is_published(self) -> None:
        right = CustomerState.objects.filter(stage="regular", orders__gte=5).count()
        assert count(segment("stage == 'regular' and orders >= 5"), head=cast.HEAD, now=self.NOW) == right > 0
        assert count(segment("orders >= 0"), head=0, now=self.NOW) == 0

    def test_days_are_counted_to_the_business_date(self) -> None:
        state = CustomerState.objects.get(customer=1)
        days = (date(2026, 11, 21) - state.last_day).days
        asked = segment(f"days_since_last == {days}")
        assert members(asked, head=cast.HEAD, now=self.NOW, numbers=[1]) == [1]
        before_four = self.NOW - timedelta(hours=6)  # 03:30 in Shanghai: still the day before
        assert members(asked, head=cast.HEAD, now=before_four, numbers=[1]) == []

    def test_money_is_asked_in_whole_units(self) -> None:
        net = CustomerState.objects.get(customer=1).net
        assert members(segment(f"net == {net / 100}"), head=cast.HEAD, now=self.NOW, numbers=[1, 2]) == [1]

    def test_a_tag_is_found_by_the_living_number_until_it_runs_out(self) -> None:
        Customer.objects.create(number=1, batch=1)
        Customer.objects.create(number=900, batch=1, until=3, merged_into=1)
        soon = self.NOW + timedelta(days=1)
        Tag.objects.create(customer=900, tag="spicy", source="staff", at=self.NOW, expires_at=soon)
        spicy = segment("has_tag('spicy')")
        assert members(spicy, head=cast.HEAD, now=self.NOW) == [1]
        assert members(spicy, head=cast.HEAD, now=self.NOW, numbers=[1, 2]) == [1]
        assert members(spicy, head=cast.HEAD, now=soon) == []

    def test_every_field_of_the_catalogue_reads_all_and_some(self) -> None:
        for field in fields().values():
            everyone = field.read(None, head=cast.HEAD, now=self.NOW)
            some = field.read([1, 2, 3], head=cast.HEAD, now=self.NOW)
            assert {number: everyone[number] for number in some} == dict(some), field.name
