"""Typed rows of sales become orders, their lines and the identifiers seen on them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.core.brand import BrandFacts
from regulars.core.money import digits
from regulars.gather.map.map import Map
from regulars.gather.rules.identifiers import SEARCHABLE
from regulars.gather.tables.rejects import FILE, SEQ, WRONG
from regulars.gather.tables.rows import minor, zone_of
from regulars.gather.tables.sales import NAMED, STATED
from regulars.lake.facts import ORDER_LINES, ORDERS, SIGHTINGS, Fact
from regulars.lake.reading.functions import instant_in

AGAIN = "_again"  # how often the same row was met before, in the sense of the map


def good(typed: ir.Table) -> ir.Table:
    """The rows with nothing wrong."""
    return typed.filter(typed[WRONG].isnull())


def key_of(table: ir.Table) -> list[str]:
    """What makes a version of an order in these rows."""
    return [each for each in ("order_id", "version") if each in table.columns]


def repeats(table: ir.Table, map: Map) -> ir.Table:
    """``_seq`` of rows that say again what an earlier row said, and so count once, among those of ``suspects``.

    A row of an order, and a line with a number, counts once wherever it is repeated. A line without a number is kept
    within a file (two beers are two beers) unless the map says ``repeated = "once"``, and counts once across files.
    """
    once = map.rows == "orders" or "line" in table.columns or map.repeated == "once"
    what = [each for each in table.columns if each not in (FILE, "_row", SEQ, WRONG)]
    if once:
        counted = table.mutate(**{AGAIN: ibis.row_number().over(group_by=what, order_by=SEQ)})
    else:
        counted = table.mutate(_nth=ibis.row_number().over(group_by=[*what, FILE], order_by=SEQ))
        counted = counted.mutate(**{AGAIN: ibis.row_number().over(group_by=[*what, "_nth"], order_by=SEQ)})
    return counted.filter(counted[AGAIN] > 0).select(SEQ)


def suspects(table: ir.Table, map: Map, several: bool) -> ir.Table:
    """Keys that have rows enough to be repeated, a cheap first look before ``repeats`` is asked of those alone; none
    where a repetition cannot be told."""
    key = key_of(table)
    if map.rows == "orders":
        grouped = table.group_by(key).agg(n=table.count())
    elif "line" in table.columns:
        grouped = table.group_by([*key, "line"]).agg(n=table.count())
    elif map.repeated == "once":
        return table.select(*key).distinct()
    elif several:
        grouped = table.group_by(key).agg(n=table[FILE].nunique())
    else:
        return table.select(*key).limit(0)
    return grouped.filter(grouped["n"] > 1).select(*key).distinct()


def contradictions(table: ir.Table, map: Map) -> ir.Table:
    """``_seq``, the field and the reason of rows that say of their order something else than its first row."""
    key = key_of(table)
    told = [each for each in ("store_id", "net", "gross") if each in table.columns]
    told = told if map.rows == "lines" else ["store_id"]
    sold = table.filter(~table["is_back"])
    same: dict[str, Any] = {f"_is_{each}": sold[each].argmin(sold[SEQ]) for each in told}
    differs = [sold[each].nunique() > 1 for each in told]
    day = ibis.interval(days=1)
    days = sold["local_at"].max() > sold["local_at"].min() + day
    lines = sold.count() if map.rows == "orders" else sold.count() * 0
    orders = sold.group_by(key).agg(
        **same,
        _first=sold[SEQ].min(),
        _at=sold["local_at"].argmin(sold[SEQ]),
        _rows=lines,
        _doubt=ibis.or_(days, *differs),
    )
    orders = orders.filter(orders["_doubt"] | (orders["_rows"] > 1))
    # A version that is null is equal to itself here, so the key is compared with identical_to.
    both = sold.inner_join(orders, [sold[each].identical_to(orders[each]) for each in key])
    cases = [((both[each] != both[f"_is_{each}"]).fill_null(False), ibis.literal(each)) for each in told]
    apart = (both["local_at"] > both["_at"] + day) | (both["local_at"] < both["_at"] - day)
    cases.append((apart, ibis.literal("local_at")))
    cases.append((both["_rows"] > 1, ibis.literal("order_id")))
    found = both.filter(both[SEQ] != both["_first"])
    found = found.select(SEQ, field=ibis.cases(*cases, else_=ibis.null("string")))
    return found.filter(found["field"].notnull())


def orders(table: ir.Table, map: Map, brand: BrandFacts) -> ir.Table:
    """One row a version of an order, with the columns of ``facts.ORDERS`` but batch; amounts in minor units.

    What was charged is ``net``, what was given back of it ``refunded``; so revenue is their difference. A cancelled
    order has both at nothing. An amount is rounded once, when the exact amounts of its rows have been added up.
    """
    key, cols = key_of(table), set(table.columns)
    sold = ~table["is_back"]
    rank = table[SEQ] + table["is_back"].cast("int64") * 2**61
    agg: dict[str, Any] = {
        each: table[each].argmin(rank) for each in ("store_id", "status", *NAMED) if each in cols
    }
    agg["local_at"] = ibis.coalesce(table["local_at"].min(where=sold), table["local_at"].min())
    if "zoned_at" in cols:
        agg["zoned_at"] = ibis.coalesce(table["zoned_at"].min(where=sold), table["zoned_at"].min())
    for each in STATED:
        if each in cols:
            agg[each] = table[each].argmin(rank, where=sold)
    agg["charged"], agg["back"] = _charged(table, map, sold)
    if "list_price" in cols and "gross" not in cols:
        agg["gross"] = table["list_price"].sum(where=sold)
    made = table.group_by(key).agg(**agg)
    return _finished(made, brand, map)


def _charged(table: ir.Table, map: Map, sold: Any) -> tuple[Any, Any]:
    """What was charged and what was given back: an order's own figures where the file has them, else by its lines."""
    if map.rows == "orders":
        back = table["net"].sum(where=~sold).fill_null(0)
        stated = table["refunded"].max(where=sold).fill_null(0) if "refunded" in table.columns else 0
        return table["net"].sum(where=sold), back + stated
    if "net" in table.columns:
        charged = table["net"].argmin(table[SEQ], where=sold)
    else:
        charged = table["paid_price"].sum(where=sold)
    if "refunded" in table.columns:
        return charged, table["refunded"].argmin(table[SEQ])
    if "paid_price" in table.columns:
        return charged, table["paid_price"].sum(where=table["is_return"])
    return charged, table["net"].max(where=~sold)


def _finished(made: ir.Table, brand: BrandFacts, map: Map) -> ir.Table:
    cols = set(made.columns)
    money = {
        each: minor(made[each], brand.currency)
        for each in STATED
        if each in cols and each not in ("net", "refunded")
    }
    net = minor(made["charged"], brand.currency).fill_null(0)
    back = minor(made["back"], brand.currency).fill_null(0)
    said: Any = made["status"] if "status" in cols else ibis.literal("paid")
    back = ((said == "refunded").fill_null(False) & (back == 0)).ifelse(net, back)
    cancelled = (said == "cancelled").fill_null(False)
    net, back = cancelled.ifelse(0, net), cancelled.ifelse(0, back)
    status = ibis.cases((cancelled, "cancelled"), ((back > 0) & (back >= net), "refunded"), else_="paid")
    at = instant_in(zone_of(made["store_id"], map, brand), made["local_at"])
    at = ibis.coalesce(made["zoned_at"], at) if "zoned_at" in cols else at
    ends = timedelta(hours=brand.day_ends.hour, minutes=brand.day_ends.minute)
    gross = money.get("gross")
    if gross is not None and "discount" not in money:
        charged = minor(made["charged"], brand.currency)
        money["discount"] = gross - charged if map.rows == "lines" else ibis.null("int64")
    given = {each: made[each] for each in ("version", "store_id", *NAMED) if each in cols}
    return as_fact(
        made,
        ORDERS,
        source=ibis.literal(map.source),
        order_id=made["order_id"],
        ordered_at=at,
        business_date=(made["local_at"] - ibis.interval(seconds=int(ends.total_seconds()))).date(),
        net=net,
        refunded=back,
        status=status,
        **given,
        **money,
    )


def lines(table: ir.Table, map: Map, brand: BrandFacts) -> ir.Table:
    """One row a line, with the columns of ``facts.ORDER_LINES`` but batch; the order's own sum is the truth, since
    here each amount is rounded alone.
    """
    key, cols = key_of(table), set(table.columns)
    number = ibis.row_number().over(group_by=key, order_by=SEQ) + 1
    given = {
        each: table[each]
        for each in ("version", "product_id", "product_version", "coupon_code", "chased")
        if each in cols
    }
    money = {
        each: minor(table[each], brand.currency) for each in ("list_price", "paid_price") if each in cols
    }
    if "quantity" in cols:
        given["quantity"] = table["quantity"]
    if "unit_cost" in cols:
        cost = table["unit_cost"] * ibis.literal(10 ** digits(brand.currency), "int64")
        given["unit_cost"] = cost.try_cast("decimal(18, 4)")
    return as_fact(
        table,
        ORDER_LINES,
        source=ibis.literal(map.source),
        order_id=table["order_id"],
        line=table["line"] if "line" in cols else number,
        returned=table["is_return"],
        **given,
        **money,
    )


def seen(table: ir.Table, ref: str, at: str) -> ir.Table:
    """(ref_id, identifier_type, raw, seen_at), one row for each identifier as written and what it was written on."""
    parts = []
    for column in (each for each in table.columns if each.startswith("id_")):
        part = table.filter(table[column].notnull())
        type = column.removeprefix("id_").rpartition("_")[0]
        parts.append(
            part.select(ref_id=part[ref], identifier_type=ibis.literal(type), raw=part[column], at=part[at])
        )
    both = parts[0] if len(parts) == 1 else ibis.union(*parts, distinct=False)
    return both.group_by("ref_id", "identifier_type", "raw").agg(seen_at=both["at"].min())


def seen_when_ordered(seen: ir.Table, orders: ir.Table) -> ir.Table:
    """What ``seen`` has of orders, ``at`` the instant of the order."""
    at = orders.group_by("order_id").agg(at=orders["ordered_at"].min())
    return seen.drop("seen_at").inner_join(at, seen["ref_id"] == at["order_id"])


def spellings(seen: ir.Table) -> ir.Table:
    """Every identifier as written, once, with how often."""
    every = seen.group_by("identifier_type", "raw").agg(n=seen.count())
    return every.order_by("identifier_type", "raw")


def searchable(known: ir.Table) -> ir.Table:
    """The plain values that people search by: identifier_hash, identifier_type, value."""
    kept = known.filter(known["identifier_type"].isin(SEARCHABLE))
    return kept.select("identifier_hash", "identifier_type", "value").distinct()


def accounts(table: ir.Table, ref: str, at: str) -> ir.Table:
    """A record's own number as an identifier, in the columns of ``seen``: it is nobody else's."""
    return table.select(
        ref_id=table[ref],
        identifier_type=ibis.literal("external"),
        raw=table[ref].cast("string"),
        seen_at=table[at],
    )


def placeholders(blocked: ir.Table, at: str) -> ir.Table:
    """What was typed instead of an identifier: one row an order, of type ``blocked`` and without a hash."""
    typed = blocked.group_by("ref_id").agg(seen_at=blocked[at].min())
    return typed.select(
        identifier_type=ibis.literal("blocked"),
        identifier_hash=ibis.literal(""),
        ref_id="ref_id",
        seen_at="seen_at",
    )


def as_fact(table: ir.Table, fact: Fact, /, **columns: Any) -> ir.Table:
    """A table with exactly the columns of a fact but batch, in their order and types; what is not given is null."""
    schema = ibis.Schema.from_pyarrow(fact.schema)
    known = {name: kind for name, kind in schema.items() if name != "batch"}
    return table.select(
        **{
            name: columns[name].cast(kind) if name in columns else ibis.null(kind)
            for name, kind in known.items()
        }
    )


def sightings(seen: ir.Table, kind: str, source: str) -> ir.Table:
    """``facts.SIGHTINGS`` without batch from (identifier_type, identifier_hash, ref_id, seen_at)."""
    return as_fact(
        seen,
        SIGHTINGS,
        kind=ibis.literal(kind),
        source=ibis.literal(source),
        **{each: seen[each] for each in ("identifier_type", "identifier_hash", "seen_at", "ref_id")},
    )
