"""Rows that are no sales: visits, people as sources tell of them, products, stores, staff, spend, consents, totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.core.brand import BrandFacts
from regulars.core.money import digits
from regulars.gather.map.fields import BIRTHDAY, COST, COUNT, DATE, FLAG, INSTANT, MONEY, fields
from regulars.gather.map.map import Map
from regulars.gather.tables.orders import as_fact
from regulars.gather.tables.rejects import FILE, ROW, SEQ, WRONG, Check, Mapped, whole, wrong
from regulars.gather.tables.rows import Rows, minor, required
from regulars.lake.facts import SPEND, VISITS
from regulars.lake.reading.functions import instant_in

TYPES = {
    MONEY: "int64",
    COST: "decimal(18, 4)",
    COUNT: "int64",
    DATE: "date",
    BIRTHDAY: "date",
    FLAG: "boolean",
    INSTANT: "timestamp('UTC', 6)",
}
Make = Callable[[ir.Table, Mapped, ir.Table | None, Map, BrandFacts], ir.Table]


@dataclass(frozen=True)
class Other:
    """A kind of row: the fields of its key, its kind of sighting and the instant of one, how it is written."""

    table: Make
    key: tuple[str, ...] = ()
    kind: str | None = None
    at: str = SEQ


def read_others(
    raw: ir.Table, headers: Sequence[str], map: Map, brand: BrandFacts, now: ir.TimestampScalar
) -> Mapped:
    """Every field of the kind in its final type, null where the map does not give it; identifiers beside them."""
    rows = Rows(raw, headers, map, brand, now)
    rows.require(required(map))
    columns: dict[str, Any] = {each: rows.table[each] for each in (FILE, ROW, SEQ)}
    for field, kind in fields(map.rows).items():
        columns[field] = _final(rows, field, kind)
    columns |= rows.identifiers()
    if map.rows == "consents":
        present = [columns[each].notnull() for each in columns if each.startswith("id_")]
        header = next(iter(map.identifiers.values()))[0]
        rows.checks.append(Check(header, ~ibis.or_(*present), "is blank"))
    if map.rows == "totals" or map.rows == "spend":
        money = "total" if map.rows == "totals" else "cost"
        rows.checks.append(Check(map.columns.get(money, ("",))[0], columns[money].isnull(), "is blank"))
    columns[WRONG] = wrong(rows.checks)
    table = rows.table.select(
        **columns
    ).view()  # so that Ibis writes an instant once, though two columns have it
    if map.rows == "records":
        told = instant_in(ibis.literal("UTC"), now)
        table = table.mutate(_at=ibis.coalesce(table["registered_at"], told))
    if map.rows == "visits":
        times = ("seated_at", "queued_at", "booked_at", "left_at")
        table = table.mutate(_at=ibis.coalesce(*(table[each] for each in times)))
    return Mapped(table, raw, tuple(headers), rows.own, tuple(rows.checks))


def _final(rows: Rows, field: str, kind: str) -> Any:
    type = TYPES.get(kind, "string")
    if field not in rows.read:
        return ibis.null(type)
    if kind == MONEY:
        return minor(rows.money(field), rows.brand.currency).cast(type)
    if kind == COST:
        amount: Any = rows.money(field)
        return (amount * ibis.literal(10 ** digits(rows.brand.currency), "int64")).try_cast(type)
    if kind == INSTANT and field in rows.said:
        return rows.instant(field)
    return rows.read[field].cast(type)


def _plain(good: ir.Table, mapped: Mapped, known: ir.Table | None, map: Map, brand: BrandFacts) -> ir.Table:
    """The last row of each key, since a list that names a thing twice means what it says last."""
    key = list(OTHERS[map.rows].key)
    names = [each for each in fields(map.rows) if each not in key]
    if not key:
        return good.select(*names)
    last = good.group_by(key).agg(**{each: good[each].argmax(good[SEQ]) for each in names})
    return last.select(*fields(map.rows))


def _visits(good: ir.Table, mapped: Mapped, known: ir.Table | None, map: Map, brand: BrandFacts) -> ir.Table:
    table = _plain(good, mapped, known, map, brand)
    return as_fact(
        table, VISITS, source=ibis.literal(map.source), **{each: table[each] for each in table.columns}
    )


def _spend(good: ir.Table, mapped: Mapped, known: ir.Table | None, map: Map, brand: BrandFacts) -> ir.Table:
    """Costs of the same day, medium, campaign and store add up."""
    key = ["date", "medium", "campaign", "store_id"]
    table = good.group_by(key).agg(**{each: good[each].sum() for each in ("cost", "impressions", "clicks")})
    return as_fact(
        table, SPEND, source=ibis.literal(map.source), **{each: table[each] for each in table.columns}
    )


def _records(good: ir.Table, mapped: Mapped, known: ir.Table | None, map: Map, brand: BrandFacts) -> ir.Table:
    """What a source says of a person, ``identifiers`` a list of hashes, the record's own number first, and ``said``
    the row as it came, as JSON."""
    assert known is not None
    names = [each for each in fields("records") if each != "record_id"]
    last = good.group_by("record_id").agg(
        _last=good[SEQ].max(), **{each: good[each].argmax(good[SEQ]) for each in names}
    )
    raw = mapped.raw.select(_at=SEQ, said=whole(mapped.raw, mapped.own))
    table = last.inner_join(raw, last["_last"] == raw["_at"])
    own, hashes = known["identifier_type"] == "external", known["identifier_hash"]
    held = known.group_by("ref_id").agg(
        own=hashes.collect(where=own, distinct=True), more=hashes.collect(where=~own, distinct=True)
    )
    table = table.left_join(held, table["record_id"] == held["ref_id"])
    none: Any = ibis.literal([], type="array<string>")
    both = ibis.coalesce(table["own"], none).concat(ibis.coalesce(table["more"].sort(), none))
    return table.select(
        source=ibis.literal(map.source), **_of(table, fields("records")), identifiers=both, said=table["said"]
    )


def _of(table: ir.Table, names: Sequence[str] | dict[str, str]) -> dict[str, Any]:
    return {each: table[each] for each in names}


def _consents(
    good: ir.Table, mapped: Mapped, known: ir.Table | None, map: Map, brand: BrandFacts
) -> ir.Table:
    """address_hash with channel, purpose, state (given, withdrawn), source, evidence, at and expires_at."""
    assert known is not None
    table = good.mutate(_ref=good[SEQ].cast("string"))
    both = known.inner_join(table, known["ref_id"] == table["_ref"])
    names = list(fields("consents"))
    return both.select(
        address_hash=both["identifier_hash"], **_of(both, names), source=ibis.literal(map.source)
    ).distinct(on=["address_hash", "channel", "purpose", "state", "at"])


OTHERS: dict[str, Other] = {
    "visits": Other(_visits, ("visit_id",), "visit", "_at"),
    "records": Other(_records, ("record_id",), "record", "_at"),
    "products": Other(_plain, ("product_id",)),
    "stores": Other(_plain, ("store_id",)),
    "staff": Other(_plain, ("staff_id",)),
    "spend": Other(_spend),
    "consents": Other(_consents),
    "totals": Other(_plain, ("store_id", "date")),
}
