"""Rows of sales: whether a file has one row an order or one a line, the same columns come out, amounts still exact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.core.brand import BrandFacts
from regulars.gather.map.map import Map
from regulars.gather.tables import values
from regulars.gather.tables.rejects import FILE, ROW, SEQ, WRONG, Check, Mapped, find, wrong
from regulars.gather.tables.rows import EXACT, Rows, local_clock, noon, required, zone_of

NAMED = ("till_id", "staff_id", "shift", "table", "guests", "sales_channel", "traffic", "offer", "comp_reason",
         "member_asked", "visit_id")  # fmt: skip
STATED = ("gross", "discount", "platform_subsidy", "commission", "comp", "net", "refunded")
NEVER_NEGATIVE = ("gross", "net", "list_price", "paid_price", "quantity")
NEGATIVE = 'is negative, and the map does not say what that means: write returns = "negative" or "quantity"'


def sales(
    raw: ir.Table, headers: Sequence[str], map: Map, brand: BrandFacts, now: ir.TimestampScalar
) -> Mapped:
    """Rows of orders or lines, typed: order_id, version, local_at, zoned_at, amounts in major units; ``is_return``
    where goods came back, ``is_back`` where the row itself takes back what another row sold."""
    rows = Rows(raw, headers, map, brand, now)
    rows.require(required(map))
    local, zoned = _when(rows)
    amounts = _amounts(rows)
    returned, back = _returned(rows, amounts)
    columns: dict[str, Any] = {
        **{each: rows.table[each] for each in (FILE, ROW, SEQ)},
        "order_id": _number(rows, local),
        "store_id": rows.read["store_id"],
        "local_at": local,
        "is_return": returned,
        "is_back": back,
        **{each: rows.read[each] for each in ("version", "status", *NAMED) if each in rows.read},
        **({} if zoned is None else {"zoned_at": zoned}),
        **{name: amount for name, amount in amounts.items() if name != "quantity"},
        **rows.identifiers(),
    }
    if map.rows == "lines":
        columns |= _line(rows, amounts)
    rows.checks.append(Check(_key_header(rows), columns["order_id"].isnull(), "has no order number"))
    columns[WRONG] = wrong(rows.checks)
    return Mapped(rows.table.select(**columns), raw, tuple(headers), rows.own, tuple(rows.checks))


def _when(rows: Rows) -> tuple[Any, Any | None]:
    """The clock on the store's wall, and the instant where the value itself names its zone."""
    zone = zone_of(rows.read.get("store_id"), rows.map, rows.brand)
    if "ordered_at" in rows.said:
        _, part = rows.said["ordered_at"]
        zoned = rows.zoned("ordered_at")
        return local_clock(zone, zoned, rows.read["ordered_at"] + noon(part)), zoned
    day = (rows.read["ordered_at"] if "ordered_at" in rows.read else rows.read["date"]).truncate("D")
    clock = rows.read.get("time", rows.read.get("hour"))
    return day + (
        ibis.interval(hours=12) if clock is None else clock.fill_null(12 * 3600).as_interval("s")
    ), None


def _amounts(rows: Rows) -> dict[str, Any]:
    """Each amount of a row in major units, returns with their sign still; list and paid price of the whole line."""
    money = {field: rows.money(field) for field in (*STATED, "list_price", "paid_price", "line_discount")}
    found = {field: value for field, value in money.items() if value is not None}
    if "quantity" in rows.read:
        found["quantity"] = rows.read["quantity"]
    units = {"line": (), "unit": ("list_price", "paid_price"), "unit_list": ("list_price",)}[rows.map.amounts]
    if units and "quantity" in found:
        header = rows.map.columns.get("quantity", ("",))[0]
        rows.checks.append(
            Check(header, found["quantity"].abs() >= 10**6, "is more than a till sells at once")
        )
        many = found["quantity"].abs().try_cast("decimal(12, 6)")
        found |= {each: (found[each] * many).cast(EXACT) for each in units if each in found}
    listed, paid, off = (found.get(each) for each in ("list_price", "paid_price", "line_discount"))
    if listed is not None and paid is None:
        found["paid_price"] = listed if off is None else (listed - off.fill_null(0)).cast(EXACT)
    elif listed is None and paid is not None and off is not None:
        found["list_price"] = (paid + off.fill_null(0)).cast(EXACT)
    found.pop("line_discount", None)
    return found


def _returned(rows: Rows, amounts: dict[str, Any]) -> tuple[Any, Any]:
    """Whether a row's goods came back, and whether the row itself takes back what another row sold.

    Amounts of a row that takes back are sizes from here on.
    """
    marked = rows.read["returned"].fill_null(False) if "returned" in rows.read else ibis.literal(False)
    back = marked if rows.map.returns == "marked" or rows.map.rows == "orders" else ibis.literal(False)
    if "refund_of" in rows.read:
        back = back | rows.read["refund_of"].notnull()
    signs = [each for each in NEVER_NEGATIVE if each in amounts]
    if rows.map.returns in ("negative", "quantity"):
        looked = [each for each in signs if each == "quantity" or rows.map.returns == "negative"]
        back = back | ibis.or_(
            ibis.literal(False), *((amounts[each] < 0).fill_null(False) for each in looked)
        )
    else:
        for each in signs:
            header = rows.map.columns[each][0] if each in rows.map.columns else each
            rows.checks.append(Check(header, (amounts[each] < 0) & ~back, NEGATIVE))
    for each in signs:
        amounts[each] = back.ifelse(amounts[each].abs(), amounts[each])
    return marked | back, back


def _number(rows: Rows, local: Any) -> Any:
    """What tells an order from every other: its number, or the parts that make it, joined by a stroke."""
    own = rows.read.get("order_id")
    if not rows.map.key:
        return own if "refund_of" not in rows.read else ibis.coalesce(rows.read["refund_of"], own)
    parts = []
    for each in rows.map.key:
        if each == "business_date":
            ends = rows.brand.day_ends
            part = (local - ibis.interval(seconds=ends.hour * 3600 + ends.minute * 60)).date().cast("string")
        elif each in rows.read:
            read = rows.read[each]
            part = read.date().cast("string") if each in ("date", "ordered_at") else values.text(read)
        else:
            part = values.text(rows.column(each))
        parts.append(part)
    number: Any = parts[0]
    for part in parts[1:]:
        number = number.concat("/", part)
    return number


def _key_header(rows: Rows) -> str:
    for each in rows.map.key:
        if each in rows.map.columns:
            return rows.map.columns[each][0]
        if find(rows.headers, each):
            return each
    return rows.map.columns["order_id"][0] if "order_id" in rows.map.columns else ""


def _line(rows: Rows, amounts: dict[str, Any]) -> dict[str, Any]:
    """What only a line has. The unit cost is in minor units; a cost of the whole line is divided by its quantity."""
    names = ("line", "product_id", "product_version", "coupon_code", "chased")
    line = {each: rows.read[each] for each in names if each in rows.read}
    if "quantity" in amounts:
        line["quantity"] = amounts["quantity"]
    if "unit_cost" in rows.read:
        line["unit_cost"] = rows.money("unit_cost")
    elif "line_cost" in rows.read:
        many = amounts["quantity"].nullif(0) if "quantity" in amounts else ibis.literal(1.0)
        cost: Any = rows.money("line_cost")
        line["unit_cost"] = (cost.abs().cast("float64") / many.cast("float64")).try_cast(EXACT)
    return line
