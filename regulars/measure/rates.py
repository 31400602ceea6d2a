"""Measures that any slice can be asked of: sums and ratios of sums over sales, and waits of newcomers.

A metric tells what a page needs; a rate is a formula alone, counted in one pass by whatever slices somebody names, with
only the columns that these need. How it is counted stands in `slices`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.measure.metric import Definition
from regulars.measure.tables import counted

Column = Callable[[ir.Table], ir.IntegerValue]
HEADS, TWICE = "customers", "customers of two days"  # counted by head, once a slice
SUM, RATIO, SHARE, MEAN, WAIT = "sum", "ratio", "share", "mean", "wait"


@dataclass(frozen=True, kw_only=True)
class Rate(Definition):
    """``top`` summed over a slice's sales, ÷ ``bottom`` where there is one: integers of a sale, ``HEADS``, or the
    ``TWICE`` of these who bought on two days.

    ``kind`` decides the interval: of a share the bottom counts things and the top some of them, of a mean the bottom
    counts what the top is summed over; a ratio and a sum have none. A wait is the share of newcomers who are back
    ``within`` so many days. Where ``lived``, sales carry ``first_day``, their customer's.
    """

    kind: str
    top: Column | str = HEADS
    bottom: Column | str | None = None
    within: int = 0
    lived: bool = False


def _orders(sales: ir.Table) -> ir.IntegerValue:
    return sales.orders.cast("int64")


def _revenue(sales: ir.Table) -> ir.IntegerValue:
    return sales.revenue.cast("int64")


def _known(of: Column) -> Column:
    return lambda sales: of(sales) * counted(sales.customer_id.notnull())


def _again(sales: ir.Table) -> ir.IntegerValue:
    return _orders(sales) * counted(sales.business_date > sales.first_day)


def _priced(column: str) -> Column:
    def of(sales: ir.Table) -> ir.IntegerValue:
        recorded = counted((sales.orders > 0) & (sales.gross > 0) & sales.discount.notnull())
        return ibis.coalesce(sales[column], 0).cast("int64") * recorded

    return of


def _rate(kind: str, name: str, question: str, formula: str, **more: Any) -> Rate:
    source = {
        SHARE: "definition; interval Wilson 1927; shrunk Kleinman 1973",
        MEAN: "definition; shrunk Buehlmann and Straub 1970",
        WAIT: "Kaplan and Meier 1958; variance Greenwood 1926; shrunk Kleinman 1973",
    }.get(kind, "definition")
    return Rate(name=name, kind=kind, question=question, formula=formula, source=source, **more)


_RATES = (
    _rate(SUM, "revenue", "How much was sold?", "Σ (net − refunded)", top=_revenue, unit="money"),
    _rate(
        SUM, "orders", "How many orders were there?", "Σ orders; a return is none", top=_orders, unit="count"
    ),
    _rate(
        SUM,
        "customers",
        "How many known customers ordered?",
        "distinct customers with an order",
        unit="count",
    ),
    _rate(
        *(MEAN, "spend_an_order", "How much does an order bring?", "Σ (net − refunded) ÷ Σ orders"),
        top=_revenue,
        bottom=_orders,
        unit="money",
    ),
    _rate(
        *(
            RATIO,
            "spend_a_customer",
            "How much does a known customer bring?",
            "their Σ (net − refunded) ÷ customers",
        ),
        top=_known(_revenue),
        bottom=HEADS,
        unit="money",
    ),
    _rate(
        *(RATIO, "orders_a_customer", "How often does a known customer order?", "their Σ orders ÷ customers"),
        top=_known(_orders),
        bottom=HEADS,
        unit="number",
    ),
    _rate(
        *(
            SHARE,
            "identified_share",
            "Of how many orders do we know the customer?",
            "orders with a customer ÷ orders",
        ),
        top=_known(_orders),
        bottom=_orders,
    ),
    _rate(
        *(SHARE, "repeat_order_share", "How many known orders come from customers who had come before?"),
        "known orders after their customer's first day ÷ known orders",
        top=_again,
        bottom=_known(_orders),
        lived=True,
        beside=("identified_share",),
    ),
    _rate(
        *(SHARE, "repurchase_rate", "How many known customers ordered on at least two days of it?"),
        "customers with orders on two days or more ÷ customers with an order, both within the slice",
        top=TWICE,
        bottom=HEADS,
        beside=("identified_share",),
    ),
    _rate(
        *(
            RATIO,
            "discount_share",
            "How much of the list price was given away?",
            "Σ discount ÷ Σ gross, where recorded",
        ),
        top=_priced("discount"),
        bottom=_priced("gross"),
    ),
    *(
        _rate(
            *(WAIT, f"second_visit_{days}", f"How many newcomers are back within {days} days?"),
            "1 − Π(1 − back on day t ÷ still watched and not back before day t)",
            within=days,
            beside=("identified_share",),
        )
        for days in (30, 60, 90, 180, 365)
    ),
)
RATES = {rate.name: rate for rate in _RATES}
