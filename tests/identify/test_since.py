"""Identification from what is new equals identification from nothing: any order of arrival, any cut into turns."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from regulars.gather.models import Record
from regulars.identify.actions.join import Identified, identify, land
from regulars.identify.models import Customer, Excluded, Link
from regulars.lake.engine import Lake, open_lake
from regulars.lake.facts import FACTS
from regulars.lake.landing import Landing

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
KINDS = {"c": "member_card", "e": "external", "p": "phone", "w": "payment_token"}
Order = tuple[str, int, str]  # its number, version, and who was seen on it: "c1 p2"
Named = tuple[str, str]  # a record and who it names


@dataclass
class Shop:
    """A lake without a till: what lands is said by the test."""

    home: Path
    number: int = 0
    since: int | None = None
    clock: int = 0
    there: list[int] = field(default_factory=list)

    def lake(self) -> Lake:
        return open_lake(self.home / "lake", self.home)

    def lands(
        self, orders: Sequence[Order] = (), records: Sequence[Named] = (), gone: Sequence[int] = ()
    ) -> int:
        """One import: orders and records, in place of what earlier landings brought."""
        self.number += 1
        landing = Landing(self.home / "lake", self.number)
        for name in ("orders", "sightings"):
            landing.drop_batches(name, list(gone))
        told = [self._order(*each) for each in orders]
        seen = [row for number, _version, who in orders for row in self._seen("order", number, who)]
        seen += [row for number, who in records for row in self._seen("record", number, who)]
        for name, rows in (("orders", told), ("sightings", seen)):
            if rows:
                schema = pa.schema([each for each in FACTS[name].schema if each.name != "batch"])
                landing.append(name, pa.Table.from_pylist(rows, schema=schema).to_batches())
        landing.land(lambda: True)
        self.there = [each for each in self.there if each not in gone] + [self.number]
        return self.number

    def turn(self) -> Identified:
        """A turn from what is new, after one from nothing, which leaves no trace, has said the same."""
        self.number += 1
        with transaction.atomic():
            whole = identify(lake=self.lake(), number=self.number)
            expected = told(whole)
            transaction.set_rollback(True)
        found = identify(lake=self.lake(), number=self.number, since=self.since)
        assert told(found) == expected
        landing = Landing(self.home / "lake", self.number)
        land(identified=found, landing=landing)
        landing.land(lambda: True)
        self.since = self.number
        return found

    def _order(self, number: str, version: int, _who: str) -> dict[str, Any]:
        row = dict.fromkeys(FACTS["orders"].schema.names)
        del row["batch"]
        return row | {"source": "till", "order_id": number, "version": version}

    def _seen(self, kind: str, ref: str, who: str) -> Iterator[dict[str, Any]]:
        self.clock = (self.clock * 7 + 3) % 11  # some sightings are younger than what landed before them
        for each in sorted(set(who.split())):
            yield {
                "identifier_type": KINDS[each[0]], "identifier_hash": each, "kind": kind, "source": "till",
                "ref_id": ref, "seen_at": AT + timedelta(days=self.clock),
            }  # fmt: skip


def told(found: Identified) -> dict[str, Any]:
    """All that a turn says, and the links that pages will show."""
    kept = found.kept["identifiers"].select(["identifier_hash", "seen_at", "customer_id", "rule", "node"])
    pairs = found.kept["identifier_pairs"].select(["node_a", "node_b", "on_record"])
    tables = (found.links, found.customers, found.changed, found.merged, kept, pairs)
    shown = Link.objects.filter(until=None).values_list("identifier_hash", "customer", "rule")
    return {
        "tables": [each.to_pylist() for each in tables],
        "counts": found.counts,
        "links": sorted(shown, key=repr),
        "customers": sorted(Customer.objects.values_list("number", "merged_into", "until"), key=repr),
    }


def who(found: Identified) -> dict[str, int | None]:
    """By identifier its customer."""
    return dict(
        zip(*(found.links[name].to_pylist() for name in ("identifier_hash", "customer_id")), strict=True)
    )


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.mark.django_db
def test_a_card_that_was_mended_on_its_only_order_is_nobodys_and_the_other_one_is(shop: Shop) -> None:
    shop.lands([("1", 1, "c1 p1")])
    assert who(shop.turn()) == {"c1": 1, "p1": 1}
    shop.lands([("1", 2, "c2 p1")])
    found = shop.turn()
    assert who(found) == {"c2": 1, "p1": 1}
    assert [tuple(row.values()) for row in found.changed.to_pylist()] == [("member_card", "c1", 1, None)]


@pytest.mark.django_db
def test_a_mended_card_that_was_seen_elsewhere_too_stays_a_customer(shop: Shop) -> None:
    shop.lands([("1", 1, "c1 p1"), ("2", 1, "c1")])
    shop.turn()
    shop.lands([("1", 2, "c2 p1")])
    found = shop.turn()
    assert who(found) == {"c1": 1, "c2": 2, "p1": 2}
    assert found.counts["merged"] == 0


@pytest.mark.django_db
def test_a_correction_that_names_the_same_people_reads_nothing_again(shop: Shop) -> None:
    shop.lands([("1", 1, "c1 p1"), ("2", 1, "c1")])
    shop.turn()
    shop.clock = 0  # at the same hour
    shop.lands([("1", 2, "c1 p1")])
    lake = shop.lake()
    found = identify(lake=lake, number=9, since=shop.since)
    assert (found.counts["links opened"], len(found.changed)) == (0, 0)
    kept = {name for (name,) in lake.con.raw_sql("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert ("seen_since" in kept, "seen_again" in kept) == (True, False)


@pytest.mark.django_db
def test_an_old_version_that_comes_late_says_nothing(shop: Shop) -> None:
    shop.lands([("1", 2, "c2")])
    shop.turn()
    shop.lands([("1", 1, "c1")])
    assert who(shop.turn()) == {"c2": 1}


@pytest.mark.django_db
def test_without_the_import_that_corrected_it_an_order_is_whose_it_was(shop: Shop) -> None:
    shop.lands([("1", 1, "c1")])
    shop.turn()
    mended = shop.lands([("1", 2, "c2")])
    assert who(shop.turn()) == {"c2": 2}
    shop.lands([("9", 1, "")], gone=[mended])
    assert who(shop.turn()) == {"c1": 1}


@pytest.mark.django_db
def test_what_only_a_replaced_import_said_is_forgotten(shop: Shop) -> None:
    kept = [("1", 1, "c1"), ("2", 1, "p1")]
    shop.lands(kept)
    joined = shop.lands([("3", 1, "c1 p1 w1")])
    assert who(shop.turn()) == {"c1": 1, "p1": 1, "w1": 1}
    shop.lands([("4", 1, "w2")], gone=[joined])
    found = who(shop.turn())
    assert (set(found), len(set(found.values()))) == ({"c1", "p1", "w2"}, 3)


@pytest.mark.django_db
def test_a_record_that_names_a_card_and_later_a_phone_registers_the_phone(shop: Shop) -> None:
    shop.lands([("1", 1, "c2 p1")], [("a", "c1")])
    assert who(shop.turn()) == {"c1": 1, "c2": 2, "p1": 2}
    shop.lands(records=[("a", "p1")])
    found = shop.turn()
    assert who(found) == {"c1": 1, "c2": 2, "p1": 1}
    assert found.changed.select(["identifier_hash", "was", "now"]).to_pylist() == [
        {"identifier_hash": "p1", "was": 2, "now": 1}
    ]


@pytest.mark.django_db
def test_a_limit_holds_backwards_for_what_was_joined_turns_ago(shop: Shop) -> None:
    shop.lands([("1", 1, "c1 p1"), ("2", 1, "p1 w1")])
    assert who(shop.turn()) == {"c1": 1, "p1": 1, "w1": 1}
    shop.lands([("3", 1, "c2 p1"), ("4", 1, "c3 p1"), ("5", 1, "c4 p1")])
    found = who(shop.turn())
    assert found["p1"] is None
    assert len({found[each] for each in ("c1", "c2", "c3", "c4", "w1")}) == 5


@pytest.mark.django_db
def test_two_numbers_that_turn_out_to_be_one_are_told(shop: Shop) -> None:
    shop.lands([("1", 1, "p1")])
    shop.lands([("2", 1, "w1")])
    shop.turn()
    shop.lands([("3", 1, "p1 w1")])
    found = shop.turn()
    assert found.merged.to_pylist() == [{"was": 2, "now": 1}]
    assert Customer.objects.get(number=2).merged_into == 1


@pytest.mark.django_db
def test_the_earliest_record_speaks_for_a_customer_and_only_records_that_moved_are_read_again(
    shop: Shop,
) -> None:
    def record(name: str, digest: str, by: str, day: int | None) -> Record:
        at = None if day is None else AT + timedelta(days=day)
        return Record.objects.create(batch=shop.number, source="members", record_id=name, identifiers=[digest],
                                     acquired_by=by, registered_at=at)  # fmt: skip

    def said(found: Identified) -> dict[int, tuple[str | None, int | None]]:
        rows = found.customers.to_pylist()
        days = ((row, row["registered_on"]) for row in rows)
        return {row["customer_id"]: (row["acquired_by"], day and (day - AT.date()).days) for row, day in days}

    shop.lands([("1", 1, "e2")], [("a", "c1 e1"), ("b", "c1 e3")])
    first = record("a", "e1", "wifi", 5)
    record("b", "e3", "", None)
    assert said(shop.turn()) == {1: ("wifi", 5)}
    shop.lands([("2", 1, "e2")])
    record("c", "e2", "poster", 7)
    Record.objects.filter(pk=first.pk).update(until=shop.number)
    record("a", "e1", "friend", 6)
    record("d", "e3", "shop", 1)
    assert said(shop.turn()) == {1: ("shop", 1), 2: ("poster", 7)}
    Record.objects.filter(until=None).update(acquired_by="nobody reads this again")
    shop.lands([("3", 1, "c3")])
    lake = shop.lake()
    assert said(identify(lake=lake, number=99, since=shop.since)) == {1: ("shop", 1), 2: ("poster", 7)}


NAMES = st.lists(
    st.sampled_from(["c1", "c2", "c3", "e1", "p1", "p2", "w1", "w2"]), min_size=0, max_size=3
).map(" ".join)
ORDERS = st.lists(st.tuples(st.sampled_from("123"), st.integers(0, 3), NAMES), max_size=3)
RECORDS = st.lists(st.tuples(st.sampled_from("ab"), NAMES), max_size=1)
IMPORT = st.tuples(ORDERS, RECORDS, st.integers(0, 9), st.booleans())


@pytest.mark.slow
@pytest.mark.django_db
@given(st.lists(IMPORT, min_size=1, max_size=7), st.integers(0, 4))
@given_settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cut_into_turns_says_what_one_from_nothing_says(imports: list[Any], out: int) -> None:
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        shop = Shop(Path(folder))
        Excluded.objects.create(identifier_hash=f"c{out}", identifier_type="member_card", why="", at=AT)
        told: dict[int, set[tuple[str, int]]] = {}
        for orders, records, place, turns in imports:
            gone = [shop.there[place]] if place < len(shop.there) else []
            there = set().union(*(told[number] for number in shop.there if number not in gone))
            # An import tells a version of an order once.
            new = [each for each in orders if each[:2] not in there]
            told[shop.lands(new, records, gone)] = {each[:2] for each in new}
            if turns:
                shop.turn()
        shop.turn()
        transaction.set_rollback(True)
