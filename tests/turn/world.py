"""Small brands whose facts arrive in any order: landings written straight into the lake, and turns that fold them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from regulars.gather.models import Import
from regulars.identify.models import Customer, Excluded, Link
from regulars.know import tables
from regulars.lake.computed import CUSTOMER_STATE
from regulars.lake.engine import Lake, open_lake
from regulars.lake.facts import FACTS
from regulars.lake.head import read
from regulars.lake.landing import Landing
from regulars.turn.folding import fold
from regulars.turn.watch import Watch

FIRST = date(2026, 1, 20)
DAYS = 75  # of a history: it reaches into four months
CARDS = [("member_card", f"c{n}") for n in range(5)]
OTHERS = [("phone", f"p{n}") for n in range(3)] + [("payment_token", f"t{n}") for n in range(2)]
Identifier = tuple[str, str]


@dataclass(frozen=True)
class Version:
    """One version of an order as a file tells it; a landing brings one."""

    order: int
    version: int
    day: int  # after FIRST
    hour: int
    store: str
    net: int
    status: str
    seen: tuple[Identifier, ...]


@dataclass(frozen=True)
class Registered:
    """Identifiers on one record of a person."""

    record: int
    seen: tuple[Identifier, ...]


@dataclass(frozen=True)
class Excludes:
    """A person says that an identifier is the shop's own."""

    identifier: Identifier


@dataclass(frozen=True)
class Replaced:
    """All that an earlier landing brought is taken out again; ``back`` counts from the last one."""

    back: int


class Turn:
    """What has landed is folded."""


Step = Version | Registered | Excludes | Replaced | Turn


def versions(*, alike: bool) -> st.SearchStrategy[Version]:
    """Orders with one identifier of a kind at most; with ``alike`` also with two cards."""
    cards = st.lists(st.sampled_from(CARDS), max_size=2 if alike else 1, unique=True)
    others = st.lists(st.sampled_from(OTHERS), max_size=2, unique_by=lambda each: each[0])
    return st.builds(
        Version,
        order=st.integers(0, 11),
        version=st.integers(1, 3),
        day=st.one_of(st.integers(0, DAYS), st.integers(DAYS - 15, DAYS)),
        hour=st.integers(10, 21),
        store=st.sampled_from("AB"),
        net=st.integers(1, 9).map(lambda yuan: yuan * 100),
        status=st.sampled_from(["paid", "paid", "paid", "refunded", "cancelled"]),
        seen=st.tuples(cards, others).map(lambda both: tuple(sorted({*both[0], *both[1]}))),
    )


@st.composite
def histories(draw: st.DrawFn, *, alike: bool) -> list[Step]:
    """Landings, decisions and turns in any order; each version of an order and each record at most once."""
    orders = st.lists(
        versions(alike=alike), min_size=6, max_size=22, unique_by=lambda each: (each.order, each.version)
    )
    phones = st.sampled_from(OTHERS[:3])
    pairs = st.tuples(st.sampled_from(CARDS), phones).map(lambda both: tuple(sorted(both)))
    records = st.lists(
        st.builds(Registered, record=st.integers(0, 3), seen=pairs),
        max_size=2,
        unique_by=lambda each: each.record,
    )
    more: list[Step] = [*draw(st.lists(st.builds(Excludes, st.sampled_from(OTHERS)), max_size=1))]
    more += draw(st.lists(st.builds(Replaced, back=st.integers(1, 6)), max_size=1))
    more += [Turn() for _ in range(draw(st.integers(1, 4)))]
    found: list[Step] = [*draw(orders), *draw(records), *more]
    return draw(st.permutations(found))


class World:
    """A home of its own: an empty desk and an empty lake."""

    def __init__(self, folder: Path) -> None:
        for model in (Link, Customer, Excluded, Import):
            model.objects.all().delete()
        self.folder = folder
        self.number = 0
        self.landed: list[int] = []

    def play(self, steps: Sequence[Step]) -> None:
        """Let everything happen in this order."""
        for step in steps:
            if isinstance(step, Turn):
                self.turn()
            elif isinstance(step, Excludes):
                at = datetime(2026, 6, 1, tzinfo=UTC)
                Excluded.objects.get_or_create(
                    identifier_hash=step.identifier[1],
                    defaults={"identifier_type": step.identifier[0], "why": "", "at": at},
                )
            elif isinstance(step, Replaced):
                self._replace(step.back)
            else:
                self._land(step)

    def turn(self, *, rebuild: bool = False) -> None:
        """Fold what has landed, as a turn does."""
        scratch = Path(tempfile.mkdtemp())
        lake = open_lake(self.folder, scratch)
        try:
            landing = self._landing()
            told = fold(lake, landing, Watch(None), rebuild=rebuild)
            if told.as_of is not None:
                assert told.folded is not None
                assert told.pace is not None
                states = lake.keep("states", tables.told(told.folded, told.as_of, told.pace.rhythm))
                landing.put("customer_state", states.select(*CUSTOMER_STATE.schema.names), lake)
                told.keep(states)
            landing.land(lambda: True)
        finally:
            lake.close()
            shutil.rmtree(scratch)

    def _landing(self) -> Landing:
        self.number += 1
        return Landing(self.folder, self.number)

    def _land(self, step: Version | Registered) -> None:
        landing = self._landing()
        kind, ref = (
            ("order", f"o{step.order}") if isinstance(step, Version) else ("record", f"r{step.record}")
        )
        at = datetime(2026, 1, 1, 12, tzinfo=UTC)
        if isinstance(step, Version):
            day = FIRST + timedelta(days=step.day)
            at = datetime.combine(day, time(step.hour), UTC)
            _append(landing, "orders", [_order(step, day, at)])
        seen = [{"identifier_type": type, "identifier_hash": digest} for type, digest in step.seen]
        also = {"seen_at": at, "kind": kind, "source": "till", "ref_id": ref}
        if seen:
            _append(landing, "sightings", [each | also for each in seen])
        landing.land(lambda: True)
        self.landed.append(self.number)
        Import.objects.create(
            name=f"file {self.number}", state=Import.State.LANDED, batch=self.number, started_at=at
        )

    def _replace(self, back: int) -> None:
        if back > len(self.landed):
            return
        gone = self.landed.pop(-back)
        landing = self._landing()
        for name in ("orders", "sightings"):
            landing.drop_batches(name, [gone])
        landing.land(lambda: True)
        Import.objects.filter(batch=gone).update(state=Import.State.REPLACED)

    def told(self) -> dict[str, list[dict[str, Any]]]:
        """Every table that a turn computes, as plain rows in one order."""
        scratch = Path(tempfile.mkdtemp())
        lake = open_lake(self.folder, scratch)
        try:
            found = {name: _rows(lake, name) for name in TOLD}
        finally:
            lake.close()
            shutil.rmtree(scratch)
        return found

    @property
    def head(self) -> int:
        """The last landing."""
        return read(self.folder).number


TOLD = ("links", "sales", "customer_days", "customer_closed", "customer_state", "cells")


def _order(step: Version, day: date, at: datetime) -> dict[str, Any]:
    refunded = {"refunded": step.net, "paid": 0, "cancelled": 0}[step.status]
    return {
        "source": "till",
        "order_id": f"o{step.order}",
        "version": step.version,
        "store_id": step.store,
        "sales_channel": "dine_in",
        "ordered_at": at,
        "business_date": day,
        "gross": step.net + 50,
        "discount": 50,
        "net": step.net,
        "status": step.status,
        "refunded": refunded,
        "member_asked": True,
    }


def _append(landing: Landing, name: str, rows: list[dict[str, Any]]) -> None:
    schema = pa.schema([field for field in FACTS[name].schema if field.name != "batch"])
    landing.append(name, pa.Table.from_pylist(rows, schema=schema).to_batches())


def _rows(lake: Lake, name: str) -> list[dict[str, Any]]:
    table = lake.table(name)
    if name == "cells":  # corrections lie beside what they correct
        sums = [column for column in table.columns if column.startswith("sum_")]
        keys = [column for column in table.columns if column not in sums]
        table = table.group_by(*keys).agg(**{each: table[each].sum().cast("int64") for each in sums})
        table = table.filter(
            lambda row: sum((row[each].fill_null(0) != 0).cast("int64") for each in sums) > 0
        )
    rows = lake.rows(table).to_pylist()
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])
