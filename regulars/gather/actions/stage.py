"""Runs a map over files once and leaves typed Parquet in the scratch folder: neither desk nor lake is touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from regulars.core.brand import BrandFacts
from regulars.core.refused import Refused
from regulars.gather.map.map import Join, Map
from regulars.gather.rules.identifiers import ABSENT, normalise_all
from regulars.gather.tables import orders as sold
from regulars.gather.tables.joins import joined, side
from regulars.gather.tables.others import OTHERS, read_others
from regulars.gather.tables.rejects import FILE, SEQ, WRONG, Mapped, rejected, value_in, whole
from regulars.gather.tables.sales import sales
from regulars.lake.reading.files import Fault, read, reader
from regulars.lake.reading.form import Form
from regulars.lake.steps import Make, Steps

REJECTED = pa.schema(
    [("file", pa.string()), ("row", pa.int64()), ("column", pa.string()), ("value", pa.string()),
     ("reason", pa.string()), ("raw", pa.string())]
)  # fmt: skip
AGAINST = "differs from the first row of the same order; if order numbers start again, name the day or the store in key"
CROWDED = "there is an earlier row of the same order that says otherwise"
Progress = Callable[[str], None]


@dataclass
class Staged:
    """What came of the files. ``parts`` is name → Parquet file for everything staged: orders, order_lines, visits,
    records, products, stores, staff, spend, consents, totals, sightings, identifiers; ``rejected`` is always there.

    ``blocked`` counts identifiers as written that identify nobody, by (type, reason); ``repeated`` rows said the same
    again and count once. read = rows taken + repeated + rejected.
    """

    folder: Path
    parts: dict[str, Path] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    read: int = 0
    repeated: int = 0
    rejected: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    blocked: dict[tuple[str, str], int] = field(default_factory=dict)


def side_files(map: Map, files: Sequence[Path]) -> list[Path]:
    """The side tables a map joins: each beside the first data file; refuses one that is not there."""
    found = []
    for join in map.joins:
        path = files[0].parent / Path(join.file).name
        if not path.is_file():
            raise Refused(
                "the map joins %(file)s, which does not lie beside %(data)s",
                file=join.file,
                data=files[0].name,
            )
        found.append(path)
    return found


def stage(
    *,
    files: Sequence[Path],
    map: Map,
    brand: BrandFacts,
    hash_key: bytes,
    scratch: Path,
    now: datetime,
    progress: Progress | None = None,
    con: Any | None = None,
) -> Staged:
    """Reads the files, maps each row, keeps what is wrong with its reason, and writes the rest as facts.

    ``now`` (UTC) bounds what counts as the future, ``con`` is a ``reader``. Refuses what cannot be read at all or does
    not fit the map.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    reading = con or reader(scratch)
    tell = progress or (lambda said: None)
    try:
        tell("reading")
        came = _Came(reading, files, map, scratch)
        steps = Steps(reading, scratch, repr((map, brand, len(files) > 1, came.schemas)))
        return _Staging(map, brand, hash_key, steps, now, tell).run(came)
    finally:
        if con is None:
            reading.disconnect()


class _Came:
    """The files and the side tables that the map joins, as they came."""

    def __init__(self, con: Any, files: Sequence[Path], map: Map, scratch: Path) -> None:
        read_files = read(con, files, map.form, scratch)
        self.table, self.headers, self.faults = read_files.table, read_files.headers, read_files.faults
        self.several = len(files) > 1
        self.sides = [read(con, [path], Form(), scratch).table for path in side_files(map, files)]
        con.raw_sql("SET preserve_insertion_order = false")  # _seq keeps the order from here on

    @property
    def schemas(self) -> list[list[tuple[str, str]]]:
        """The columns of every table and their types."""
        return [
            [(name, str(type)) for name, type in each.schema().items()] for each in (self.table, *self.sides)
        ]


class _Staging:
    def __init__(
        self, map: Map, brand: BrandFacts, hash_key: bytes, steps: Steps, now: datetime, progress: Progress
    ) -> None:
        self.map, self.brand, self.hash_key, self.progress = map, brand, hash_key, progress
        self.steps = steps
        self.now = steps.tell_instant("now", now)
        self.staged = Staged(steps.scratch)
        self.refusals: list[Make] = []

    def run(self, came: _Came) -> Staged:
        self.raw, self.headers, self.several = self.steps.view("raw", came.table), came.headers, came.several
        self.sides = [self._side(*each) for each in enumerate(zip(self.map.joins, came.sides, strict=True))]
        self.progress("reading values")
        typed = self.steps.keep("typed", lambda: self.mapped.table)
        if len(self.steps.rows("wrong", lambda: typed.filter(typed[WRONG].notnull()).select(SEQ).limit(1))):
            self.steps.branch("some are wrong")
            self.refusals.append(lambda: rejected(self.mapped, typed))
        if self.map.rows in ("orders", "lines"):
            self._sales(self._agreeing(sold.good(typed)))
        else:
            self._others(sold.good(typed))
        self.progress("counting")
        self._rejected(came.faults)
        self.staged.read = self.steps.count("typed") + len(came.faults)
        self.staged.rejected = sum(self.staged.reasons.values())
        return self.staged

    @cached_property
    def mapped(self) -> Mapped:
        """The map over the file and its side tables, built only where a statement is written from it."""
        make = sales if self.map.rows in ("orders", "lines") else read_others
        raw, headers = joined(self.raw, self.headers, self.map, self.sides)
        return make(raw, headers, self.map, self.brand, self.now)

    def _side(self, number: int, given: tuple[Join, ir.Table]) -> ir.Table:
        """A side table ready to be joined; refuses two different rows for a key, which would count sales twice."""
        join, came = given
        name = f"side_{number}"
        other = self.steps.view(f"{name}_raw", came)
        narrow = self.steps.keep(name, lambda: side(other, self.headers, join, self.map))
        on = [each for each in narrow.columns if each.startswith("_on")]
        keys = self.steps.rows(f"{name}_keys", lambda: narrow.select(*on).distinct().count().as_table())
        if keys[0][0].as_py() != self.steps.count(name):
            raise Refused(
                "%(file)s has several different rows for one %(key)s, so the join would count sales twice",
                file=join.file, key=", ".join(join.on.values()),
            )  # fmt: skip
        return narrow

    def _agreeing(self, good: ir.Table) -> ir.Table:
        """The rows without repetitions and without those that contradict the first row of their order."""
        suspects = self.steps.keep("suspects", lambda: sold.suspects(good, self.map, self.several))
        if self.steps.count("suspects"):
            self.steps.branch("some may be repeated")
            key = list(suspects.columns)
            some = good.semi_join(suspects, [good[each].identical_to(suspects[each]) for each in key])
            again = self.steps.keep("again", lambda: sold.repeats(some, self.map))
            self.staged.repeated = self.steps.count("again")
            good = good.anti_join(again, SEQ)
        against = self.steps.keep("against", lambda: sold.contradictions(good, self.map))
        if self.steps.count("against"):
            self.steps.branch("some contradict")
            self.refusals.append(lambda: self._contradicting(against))
            good = good.anti_join(against, SEQ)
        return good

    def _contradicting(self, against: ir.Table) -> ir.Table:
        mapped = self.mapped
        found = against.select(_at=SEQ, _field="field")
        raw = mapped.raw.inner_join(found, mapped.raw[SEQ] == found["_at"])
        headers = {
            name: (self.map.columns.get(name) or ("",))[0]
            for name in ("store_id", "net", "gross", "order_id")
        }
        headers["local_at"] = (self.map.columns.get("ordered_at") or self.map.columns.get("date") or ("",))[0]
        column = [(raw["_field"] == name, ibis.literal(header)) for name, header in headers.items()]
        value = [
            (raw["_field"] == name, value_in(raw, mapped.headers, header)) for name, header in headers.items()
        ]
        return raw.select(
            file=raw[FILE],
            row=raw["_row"],
            column=ibis.cases(*column, else_=ibis.null("string")),
            value=ibis.cases(*value, else_=ibis.null("string")),
            reason=(raw["_field"] == "order_id").ifelse(CROWDED, AGAINST),
            raw=whole(raw, mapped.own),
        )

    def _write(self, name: str, make: Make) -> ir.Table:
        kept = self.steps.keep(name, make)
        self.staged.parts[name] = self.steps.path(name)
        self.staged.taken[name] = self.steps.count(name)
        return kept

    def _sales(self, good: ir.Table) -> None:
        self.progress("orders")
        orders = self._write("orders", lambda: sold.orders(good, self.map, self.brand))
        if self.map.rows == "lines":
            self.progress("lines")
            self._write("order_lines", lambda: sold.lines(good, self.map, self.brand))
        if self.map.identifiers:
            self.progress("identifiers")
            seen = self.steps.keep("seen", lambda: sold.seen(good, "order_id", SEQ))
            self._sightings(lambda: sold.seen_when_ordered(seen, orders), "order")

    def _others(self, good: ir.Table) -> None:
        make = OTHERS[self.map.rows]
        known = None
        if self.map.identifiers or self.map.rows == "records":
            ref = make.key[0] if make.key else None
            rows = good
            good = self.steps.keep(
                "good", lambda: rows.mutate(_ref=rows[ref] if ref else rows[SEQ].cast("string"))
            )
            seen = self.steps.keep("seen", lambda: self._all_seen(good, make.at))
            known = self._sightings(lambda: seen.rename(at="seen_at"), make.kind)
        self._write(self.map.rows, lambda: make.table(good, self.mapped, known, self.map, self.brand))

    def _all_seen(self, good: ir.Table, at: str) -> ir.Table:
        parts = [sold.seen(good, "_ref", at)] if self.map.identifiers else []
        if self.map.rows == "records":
            parts.append(sold.accounts(good, "_ref", at))
        return ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]

    def _sightings(self, make: Make, kind: str | None) -> ir.Table:
        """Hashes distinct identifiers, writes them and their sightings; returns (ref_id, type, hash) of all seen."""
        seen = self.steps.keep("seen_at", make)
        distinct = self.steps.rows("spellings", lambda: sold.spellings(seen))
        types, raws = distinct["identifier_type"].to_pylist(), distinct["raw"].to_pylist()
        hashes, values, reasons = normalise_all(
            zip(types, raws, strict=True), self.brand.region, self.hash_key, self.map.source
        )
        for type, reason, n in zip(types, reasons, distinct["n"].to_pylist(), strict=True):
            if reason:
                self.staged.blocked[type, reason] = self.staged.blocked.get((type, reason), 0) + n
        text = pa.string()
        spelled = pa.table(
            {
                "identifier_type": pa.array(types, text),
                "raw": pa.array(raws, text),
                "identifier_hash": pa.array(hashes, text),
                "value": pa.array(values, text),
                "reason": pa.array(reasons, text),
            }
        )
        pq.write_table(spelled, self.steps.path("spelled"))
        spellings = self.steps.open("spelled", [self.steps.path("spelled")])
        known = spellings.filter(spellings["identifier_hash"].notnull())
        self._write("identifiers", lambda: sold.searchable(known))
        both = seen.inner_join(known, ["identifier_type", "raw"])
        if kind:
            self._write("sightings", lambda: self._seen_on(seen, spellings, both, kind))
        return both.select("ref_id", "identifier_type", "identifier_hash", "value").distinct()

    def _seen_on(self, seen: ir.Table, spellings: ir.Table, both: ir.Table, kind: str) -> ir.Table:
        again = both.group_by("identifier_type", "identifier_hash", "ref_id").agg(seen_at=both["at"].min())
        if kind == "order":  # a placeholder joins nobody, but tells why an order has no customer
            typed = spellings.filter(spellings["reason"].notnull() & ~spellings["reason"].isin(ABSENT))
            again = again.union(sold.placeholders(seen.semi_join(typed, ["identifier_type", "raw"]), "at"))
        return sold.sightings(again, kind, self.map.source)

    def _rejected(self, faults: Sequence[Fault]) -> None:
        torn = pa.Table.from_pylist(
            [{"file": each.file, "row": each.row, "reason": each.reason, "raw": each.raw} for each in faults],
            REJECTED,
        )
        self.staged.parts["rejected"] = self.steps.path("rejected")
        if not self.refusals:
            pq.write_table(torn, self.steps.path("rejected"))
        else:
            pq.write_table(torn, self.steps.path("torn"))
            first = self.steps.open("torn", [self.steps.path("torn")])
            self.steps.keep("rejected", lambda: self._every(first))
        kept = self.steps.open("rejected", [self.steps.path("rejected")])
        if self.steps.count("rejected"):
            counts = self.steps.rows(
                "reasons", lambda: kept.group_by("reason").agg(n=kept.count()).order_by("reason")
            )
            self.staged.reasons = dict(
                zip(counts["reason"].to_pylist(), counts["n"].to_pylist(), strict=True)
            )

    def _every(self, torn: ir.Table) -> ir.Table:
        """The rows that are refused for any reason, in the order of file and row."""
        types = dict(torn.schema())
        every = ibis.union(torn, *(make().cast(types) for make in self.refusals), distinct=False)
        return every.order_by("file", "row")
