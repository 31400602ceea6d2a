"""Runs a map over files once and leaves typed Parquet in the scratch folder: neither desk nor lake is touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from regulars.core.brand import BrandFacts
from regulars.core.refused import Refused
from regulars.gather.map.map import Join, Map
from regulars.gather.rules.identifiers import ABSENT, SEARCHABLE, normalise_all
from regulars.gather.tables import orders as sold
from regulars.gather.tables.joins import joined, side
from regulars.gather.tables.others import OTHERS, read_others
from regulars.gather.tables.rejects import FILE, SEQ, WRONG, Mapped, rejected, value_in, whole
from regulars.gather.tables.sales import sales
from regulars.lake.reading.files import Fault, read, reader
from regulars.lake.reading.form import Form

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
) -> Staged:
    """Reads the files, maps each row, keeps what is wrong with its reason, and writes the rest as facts.

    ``now`` (UTC) bounds what counts as the future. Refuses what cannot be read at all or does not fit the map.
    """
    staging = _Staging(map, brand, hash_key, scratch, now, progress or (lambda said: None))
    try:
        return staging.run(files)
    finally:
        staging.con.disconnect()


class _Staging:
    def __init__(
        self, map: Map, brand: BrandFacts, hash_key: bytes, scratch: Path, now: datetime, progress: Progress
    ) -> None:
        self.map, self.brand, self.hash_key, self.scratch, self.now = map, brand, hash_key, scratch, now
        self.progress = progress
        scratch.mkdir(parents=True, exist_ok=True)
        self.con = reader(scratch)
        self.staged = Staged(scratch)
        self.refusals: list[ir.Table] = []

    def run(self, files: Sequence[Path]) -> Staged:
        self.progress("reading")
        came = read(self.con, files, self.map.form, self.scratch)
        sides = [
            self._side(came.headers, *each)
            for each in zip(self.map.joins, side_files(self.map, files), strict=True)
        ]
        raw, headers = joined(came.table, came.headers, self.map, sides)
        self.con.raw_sql("SET preserve_insertion_order = false")  # _seq keeps the order from here on
        self.progress("reading values")
        mapped = self._mapped(raw, headers)
        typed = self._kept(mapped.table, "typed")
        self.refusals.append(rejected(mapped, typed))
        good = sold.good(typed)
        if self.map.rows in ("orders", "lines"):
            good = self._agreeing(mapped, good, several=len(files) > 1)
            self._sales(good)
        else:
            self._others(mapped, good)
        self.progress("counting")
        self._rejected(came.faults)
        return self._counted(typed, came.faults)

    def _mapped(self, raw: ir.Table, headers: Sequence[str]) -> Mapped:
        make = sales if self.map.rows in ("orders", "lines") else read_others
        return make(raw, headers, self.map, self.brand, self.now)

    def _side(self, headers: Sequence[str], join: Join, path: Path) -> ir.Table:
        """A side table ready to be joined; refuses two different rows for a key, which would count sales twice."""
        other = read(self.con, [path], Form(), self.scratch)
        narrow = self._kept(side(other.table, headers, join, self.map), f"side-{path.name}")
        on = [each for each in narrow.columns if each.startswith("_on")]
        if self._count(narrow.select(*on).distinct()) != self._count(narrow):
            raise Refused(
                "%(file)s has several different rows for one %(key)s, so the join would count sales twice",
                file=join.file, key=", ".join(join.on.values()),
            )  # fmt: skip
        return narrow

    def _kept(self, table: ir.Table, name: str) -> ir.Table:
        """A table executed once into the scratch folder and opened again from there."""
        path = self.scratch / f"{name}.parquet"
        self.con.to_parquet(table, path)
        kept: ir.Table = self.con.read_parquet(str(path))
        return kept

    def _count(self, table: ir.Table) -> int:
        return int(self.con.to_pyarrow(table.count()).as_py())

    def _agreeing(self, mapped: Mapped, good: ir.Table, several: bool) -> ir.Table:
        """The rows without repetitions and without those that contradict the first row of their order."""
        suspects = sold.suspects(good, self.map, several)
        if suspects is not None and self._count(suspects):
            key = list(suspects.columns)
            some = good.semi_join(suspects, [good[each].identical_to(suspects[each]) for each in key])
            again = sold.repeats(some, self.map, several)
            if again is not None:
                again = self._kept(again, "again")
                self.staged.repeated = self._count(again)
                good = good.anti_join(again, SEQ)
        against = self._kept(sold.contradictions(good, self.map), "against")
        if self._count(against):
            self.refusals.append(self._contradicting(mapped, against))
            good = good.anti_join(against, SEQ)
        return good

    def _contradicting(self, mapped: Mapped, against: ir.Table) -> ir.Table:
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

    def _write(self, table: ir.Table, name: str) -> ir.Table:
        kept = self._kept(table, name)
        self.staged.parts[name] = self.scratch / f"{name}.parquet"
        self.staged.taken[name] = self._count(kept)
        return kept

    def _sales(self, good: ir.Table) -> None:
        self.progress("orders")
        orders = self._write(sold.orders(good, self.map, self.brand), "orders")
        if self.map.rows == "lines":
            self.progress("lines")
            self._write(sold.lines(good, self.map, self.brand), "order_lines")
        seen = sold.seen(good, "order_id", SEQ)
        if seen is not None:
            self.progress("identifiers")
            at = orders.group_by("order_id").agg(at=orders["ordered_at"].min())
            seen = self._kept(seen, "seen")
            self._sightings(seen.drop("seen_at").inner_join(at, seen["ref_id"] == at["order_id"]), "order")

    def _others(self, mapped: Mapped, good: ir.Table) -> None:
        make = OTHERS[self.map.rows]
        known = None
        if self.map.identifiers or self.map.rows == "records":
            good = self._kept(
                good.mutate(_ref=good[make.key[0]] if make.key else good[SEQ].cast("string")), "good"
            )
            parts = [sold.seen(good, "_ref", make.at)] if self.map.identifiers else []
            if self.map.rows == "records":
                parts.append(sold.accounts(good, "_ref", make.at))
            seen = ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
            known = self._sightings(self._kept(seen, "seen").rename(at="seen_at"), make.kind)
        table = make.table(good, mapped, known, self.map, self.brand, self.now)
        self._write(table, self.map.rows)

    def _sightings(self, seen: ir.Table, kind: str | None) -> ir.Table:
        """Hashes distinct identifiers, writes them and their sightings; returns (ref_id, type, hash) of all seen."""
        distinct = self.con.to_pyarrow(
            seen.group_by("identifier_type", "raw").agg(n=seen.count()).order_by("identifier_type", "raw")
        )
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
        pq.write_table(spelled, self.scratch / "spelled.parquet")
        known = self.con.read_parquet(str(self.scratch / "spelled.parquet"), table_name="spelled")
        typed = known.filter(known["reason"].notnull() & ~known["reason"].isin(ABSENT))
        known = known.filter(known["identifier_hash"].notnull())
        both = seen.inner_join(known, ["identifier_type", "raw"])
        keep = known.filter(known["identifier_type"].isin(SEARCHABLE))
        self._write(keep.select("identifier_hash", "identifier_type", "value").distinct(), "identifiers")
        if kind:
            again = both.group_by("identifier_type", "identifier_hash", "ref_id").agg(
                seen_at=both["at"].min()
            )
            if kind == "order":  # a placeholder joins nobody, but tells why an order has no customer
                again = again.union(
                    sold.placeholders(seen.semi_join(typed, ["identifier_type", "raw"]), "at")
                )
            self._write(sold.sightings(again, kind, self.map.source), "sightings")
        return both.select("ref_id", "identifier_type", "identifier_hash", "value").distinct()

    def _rejected(self, faults: Sequence[Fault]) -> None:
        torn = pa.Table.from_pylist(
            [{"file": each.file, "row": each.row, "reason": each.reason, "raw": each.raw} for each in faults],
            REJECTED,
        )
        pq.write_table(torn, self.scratch / "torn.parquet")
        torn_table = self.con.read_parquet(str(self.scratch / "torn.parquet"), table_name="torn")
        every = ibis.union(
            torn_table, *(each.cast(dict(torn_table.schema())) for each in self.refusals), distinct=False
        )
        kept = self._kept(every.order_by("file", "row"), "rejected")
        self.staged.parts["rejected"] = self.scratch / "rejected.parquet"
        counts = self.con.to_pyarrow(kept.group_by("reason").agg(n=kept.count()).order_by("reason"))
        self.staged.reasons = dict(zip(counts["reason"].to_pylist(), counts["n"].to_pylist(), strict=True))

    def _counted(self, typed: ir.Table, faults: Sequence[Fault]) -> Staged:
        self.staged.read = self._count(typed) + len(faults)
        self.staged.rejected = sum(self.staged.reasons.values())
        assert WRONG in typed.columns
        return self.staged
