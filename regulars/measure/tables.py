"""How metrics count: one pass over the facts into a small cube, then its margins stacked under one another.

Inside, days and months are integers, because engines disagree on differences of dates and agree on integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, reduce

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.rules.periods import ALL_TIME, NOT_YET_NEW

NOT_RECORDED = "not_recorded"
LONGEST = 120  # characters of a slice's name


def day_of(day: ir.DateValue) -> ir.IntegerValue:
    """Days since 1970-01-01."""
    return day.epoch_days().cast("int64")


def month_of(day: ir.DateValue) -> ir.IntegerValue:
    """Year × 12 + month − 1."""
    return (day.year().cast("int64") * 12 + day.month().cast("int64") - 1).cast("int64")


def week_of(day: ir.DateValue) -> ir.StringValue:
    """The day number of the week's Monday, as the name of a slice."""
    return monday_of(day_of(day))


def monday_of(day: ir.IntegerValue) -> ir.StringValue:
    """The same of a day number."""
    return (day - (day + 3) % 7).cast("string")


def named(value: ir.StringValue) -> ir.StringValue:
    """A slice's name: what was not sent is ``not_recorded``, what is too long is cut."""
    return ibis.coalesce(value.nullif(""), ibis.literal(NOT_RECORDED)).substr(0, LONGEST)


def counted(condition: ir.BooleanValue) -> ir.IntegerValue:
    """1 where a condition holds, 0 where it does not or is unknown."""
    return ibis.coalesce(condition.cast("int64"), ibis.literal(0, type="int64")).cast("int64")


def cube(table: ir.Table, by: Sequence[str], sums: Sequence[str]) -> ir.Table:
    """One row a combination of ``by`` with the integer ``sums`` of it."""
    return table.group_by(list(by)).aggregate(**{name: table[name].sum().cast("int64") for name in sums})


def margin(
    cells: ir.Table,
    kind: str,
    sums: Sequence[str],
    *,
    by: Sequence[str] = (),
    slice: str | None = None,
    monthly: bool = False,
) -> ir.Table:
    """A cube summed along a slice: ``kind``, ``slice``, ``month`` (all time unless ``monthly``), ``by``, ``sums``."""
    column = cells[slice] if slice else ibis.literal("")
    cells = cells.mutate(
        kind=ibis.literal(kind),
        slice=column,
        month=cells.month if monthly else ibis.literal(ALL_TIME, type="int64"),
    )
    keys = ["kind", "slice", "month", *by]
    return cube(cells, keys, sums).select(*keys, *sums)


def stack(tables: Sequence[ir.Table]) -> ir.Table:
    """Tables of equal columns under one another."""
    return reduce(lambda upper, lower: ibis.union(upper, lower), tables)


def summed(tables: Sequence[ir.Table], sums: Sequence[str]) -> ir.Table:
    """Margins that each know some of the sums, added up: one row a combination of the other columns."""
    rows = stack(tables)
    return cube(rows, [name for name in rows.columns if name not in sums], sums)


@lru_cache(maxsize=16)
def told_rows(names: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> ir.Table:
    """A small table of texts; the same rows are the same table, so that what is made of it is written but once."""
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    texts = [pa.array(column, pa.string()) for column in columns]
    return ibis.memtable(pa.table(dict(zip(names, texts, strict=True))))


def regional(cells: ir.Table, regions: Mapping[str, str]) -> ir.Table:
    """Cells that have a ``store`` with its ``region``; a store without one is not recorded."""
    known = told_rows(("of_store", "said"), tuple(regions.items()))
    joined = cells.left_join(known, cells.store == known.of_store)
    return joined.mutate(region=named(joined.said)).drop("of_store", "said")


def places(regions: Mapping[str, str]) -> list[str]:
    """The kinds of slices that say where: stores, and regions where the brand has drawn any."""
    return ["store", "region"] if regions else ["store"]


def firsts(states: ir.Table, since: ir.Table) -> ir.Table:
    """One row a customer with the first visit's slices and days as numbers.

    ``store``, ``traffic``, ``offer``, ``sales_channel`` of the first visit, ``first`` and ``second`` (null: none yet)
    day numbers, ``month`` and ``week`` of the first, ``discount`` and the platform's ``subsidy`` of the first day, and
    ``early``: whether it fell into its store's first 90 days of identification, which began on the day ``since`` of
    ``known_store``.
    """
    people = states.select(
        "customer_id",
        store=named(states.first_store),
        traffic=named(states.first_traffic),
        offer=named(states.first_offer),
        sales_channel=named(states.first_channel),
        first=day_of(states.first_day),
        second=day_of(states.second_day),
        month=month_of(states.first_day),
        week=week_of(states.first_day),
        discount="first_discount",
        subsidy="first_subsidy",
    )
    joined = people.left_join(since, people.store == since.known_store)
    early = ibis.coalesce(joined["first"] - joined.since < NOT_YET_NEW, ibis.literal(False))
    return joined.mutate(early=early).drop("known_store", "since")


def arms(people: ir.Table, days: ir.Table, visits: ir.Table, before: int) -> ir.Table:
    """One row a ``play`` and arm (``treated``), over people watched to the end: n, back, six sums.

    ``people`` has one row a play and customer_id: treated, entered and until (day numbers). ``visits`` (customer_id,
    day) are seatings under a customer's own booking, which count as back though a friend paid. y is what a person
    brought from the day after entering to ``until``, x in the ``before`` days up to entering, minor units.
    """
    nothing = ibis.literal(0, type="int64")
    spent = days.select(
        "customer_id",
        day=day_of(days.business_date),
        net=days.net.cast("int64"),
        came=counted(days.orders > 0),
    )
    seated = visits.select("customer_id", "day", net=nothing, came=ibis.literal(1, type="int64"))
    happened = spent.union(seated)
    joined = people.left_join(happened, "customer_id")
    within = (joined.day > joined.entered) & (joined.day <= joined.until)
    earlier = (joined.day <= joined.entered) & (joined.day > joined.entered - before)
    each = joined.group_by("play", "treated", "customer_id").aggregate(
        back=counted(within & (joined.came > 0)).max(),
        y=ibis.coalesce(joined.net.sum(where=within), nothing).cast("float64"),
        x=ibis.coalesce(joined.net.sum(where=earlier), nothing).cast("float64"),
    )
    return each.group_by("play", "treated").aggregate(
        n=each.count().cast("int64"),
        back=each.back.sum().cast("int64"),
        y=each.y.sum(),
        yy=(each.y * each.y).sum(),
        x=each.x.sum(),
        xx=(each.x * each.x).sum(),
        xy=(each.x * each.y).sum(),
    )
