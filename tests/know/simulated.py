"""A made-up brand as `identify` would know it at its best, in the lake's own shapes: sales, lines and the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake.computed import SALES
from regulars.lake.duck_backend import Backend
from regulars.lake.facts import ORDER_LINES
from regulars.simulate.brand import Brand
from regulars.simulate.history import simulate
from regulars.simulate.premises import premises_of


@dataclass(frozen=True)
class Known:
    """What a turn would read: `computed.SALES`, `facts.ORDER_LINES`; the planted dish and the station's noodles."""

    sales: ir.Table
    lines: ir.Table
    as_of: date
    disliked: str
    noodles: str


def known(brand: Brand) -> Known:
    """Each identified order belongs to the person behind it; what was cancelled or wholly refunded is left out."""
    con = Backend().connect()
    history = simulate(brand)
    exported = con.create_table("exported", ibis.memtable(history.orders), temp=True)
    truth = con.create_table("truth", ibis.memtable(history.truth.orders), temp=True)
    orders = exported.join(truth.select("order_no", "person_id", "identified"), "order_no")
    kept = orders.filter(orders.status == "paid")
    day = (kept.ordered_at - ibis.interval(hours=4)).date()
    told = kept.mutate(
        member_asked=kept.member_asked == "yes",
        source=ibis.literal("till"), order_id="order_no", version=1, store_id="store", sales_channel="channel",
        customer_id=kept.identified.ifelse(kept.person_id, ibis.null("int64")), orders=1, business_date=day,
        revenue=kept.net - kept.refunded, month=day.year() * 12 + day.month() - 1,
    )  # fmt: skip
    sales = con.create_table("sales", shaped(told, SALES.schema), temp=True)
    lines = con.create_table("lines", ibis.memtable(history.lines), temp=True)
    sent = lines.mutate(
        source=ibis.literal("till"), order_id="order_no", version=1, product_id="product",
        returned=lines.returned == "yes", chased=lines.chased == "yes",
    )  # fmt: skip
    menu = premises_of(brand)
    return Known(
        sales,
        con.create_table("order_lines", shaped(sent, ORDER_LINES.schema), temp=True),
        brand.last_day,
        menu.products["product"][menu.disliked].as_py(),
        menu.products["product"][menu.noodles].as_py(),
    )


def shaped(table: ir.Table, schema: pa.Schema) -> ir.Table:
    """The columns of a fact, those a source has not as null."""
    types = ibis.Schema.from_pyarrow(schema)
    return table.select(
        [
            (table[name] if name in table.columns else ibis.null(type)).cast(type).name(name)
            for name, type in types.items()
        ]
    )
