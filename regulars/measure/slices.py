"""How a rate is counted by slices: one group by over the sales, or over the customers for what newcomers waited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from regulars.core.refused import Refused
from regulars.measure.cube import Inputs
from regulars.measure.rates import HEADS, MEAN, RATIO, SHARE, SUM, TWICE, WAIT, Rate
from regulars.measure.rules.periods import EPOCH, month_text, quarter_text
from regulars.measure.rules.sliced import means, ratios, shares, totals, waits
from regulars.measure.tables import NOT_RECORDED, day_of, month_of, named, regional

DATED: dict[str, Callable[[ir.DateValue], ir.Value]] = {
    "day": lambda day: day,
    "week": lambda day: day_of(day) - (day_of(day) + 3) % 7,
    "month": month_of,
    "quarter": lambda day: (month_of(day) // 3).cast("int64"),
    "year": lambda day: day.year().cast("int64"),
    "weekday": lambda day: ((day_of(day) + 3) % 7 + 1).cast("int64"),
}
ORDERED = {
    "store": "store_id",
    "shift": "shift",
    "sales_channel": "sales_channel",
    "traffic": "traffic",
    "offer": "offer",
}
LIVED = ("stage", "first_store", "first_channel", "first_traffic", "first_offer", "usual_store")
SLICES = (*DATED, *ORDERED, "till", "region", "cohort", *LIVED)
FIRST = {
    "business_date": "first_day",
    "store_id": "first_store",
    "sales_channel": "first_channel",
    "traffic": "first_traffic",
    "offer": "first_offer",
}


def sums_by(rate: Rate, by: Sequence[str], inputs: Inputs, segments: ir.Table | None = None) -> ir.Table:
    """One row a combination of ``by``: ``n`` (orders, or what the bottom counts), ``top``, ``bottom``, of a mean
    ``squares``; of a wait one more row for each number of days ``watched``, with ``ended`` and ``events``.

    ``segments`` (customer_id and columns of one's own) may be named in ``by``; a customer's own slices cost a join, and
    only where they are asked. Refuses a slice that this rate has not.
    """
    _check(rate, by, segments)
    if rate.kind == WAIT:
        return _named(_waits_by(rate, by, inputs, segments), [*by, "watched"])
    sales = _joined(inputs.sales, by, inputs, segments, rate.lived)
    columns = {name: of(sales) for name, of in (("top", rate.top), ("bottom", rate.bottom)) if callable(of)}
    if rate.top == TWICE:
        columns["_day"] = day_of(sales.business_date)
    rows = sales.select(**_keys(sales, by), **columns, who=_who(sales), orders=sales.orders)
    heads = HEADS in (rate.top, rate.bottom)
    if rate.kind == MEAN:
        rows = rows.mutate(squares=rows.top.cast("float64") * rows.top.cast("float64"))
    if rate.bottom is None or (rate.kind == RATIO and not heads):
        rows = rows.mutate(n=rows.orders.cast("int64"))
    sums = [name for name in ("top", "bottom", "squares", "n") if name in rows.columns]
    counts = _by_head(rows, by, sums, rate) if heads else _grouped(rows, by, **_sums(rows, sums))
    counts = _named(counts, by)
    return counts if "n" in counts.columns else counts.mutate(n=counts.bottom)


def _who(sales: ir.Table) -> ir.IntegerValue:
    return ibis.ifelse(sales.orders > 0, sales.customer_id, ibis.null("int64"))


def _sums(rows: ir.Table, names: Sequence[str]) -> dict[str, ir.Value]:
    return {name: rows[name].sum().cast(rows[name].type()) for name in names}


def _by_head(rows: ir.Table, by: Sequence[str], sums: Sequence[str], rate: Rate) -> ir.Table:
    """Sums and heads: a row a head first, which one hash table holds; counting distinct ones needs two.

    Who is of two spellings of nothing counts once, so these are made one before anybody is counted.
    """
    texts = [name for name in by if rows[name].type().is_string()]
    said = rows.mutate(**{name: rows[name].nullif("").nullif(NOT_RECORDED) for name in texts})
    span = {"earliest": said["_day"].min(), "latest": said["_day"].max()} if rate.top == TWICE else {}
    each = _grouped(said, [*by, "who"], **_sums(said, sums), **span)
    heads = {"top" if rate.top == HEADS else "bottom": each.who.count().cast("int64")}
    if span:
        heads |= {"top": each.who.count(where=each.earliest < each.latest).cast("int64")}
    return _grouped(each, by, **_sums(each, sums), **heads)


def _grouped(rows: ir.Table, by: Sequence[str], **sums: ir.Value) -> ir.Table:
    return rows.group_by(list(by)).aggregate(**sums) if by else rows.aggregate(**sums)


def _waits_by(rate: Rate, by: Sequence[str], inputs: Inputs, segments: ir.Table | None) -> ir.Table:
    people = inputs.states
    people = people.mutate(**{name: people[column] for name, column in FIRST.items()})
    people = _joined(people, by, inputs, segments, None)
    until = ibis.coalesce(people.second_day, ibis.literal(inputs.as_of, type="date"))
    waited = ibis.least(day_of(until) - day_of(people.first_day), ibis.literal(rate.within + 1, type="int64"))
    rows = people.select(**_keys(people, by), watched=waited, second="second_day")
    back = rows.second.notnull() & (rows.watched <= rate.within)
    return rows.group_by([*by, "watched"]).aggregate(
        ended=rows.count().cast("int64"), events=rows.count(where=back).cast("int64")
    )


def _named(counts: ir.Table, by: Sequence[str]) -> ir.Table:
    """Counts with the names of their slices: a few rows are named, and those of one name added up, instead of each sale
    being given its name."""
    texts = [name for name in by if counts[name].type().is_string()]
    if not texts:
        return counts
    rows = counts.mutate(**{name: named(counts[name]) for name in texts})
    sums = [name for name in counts.columns if name not in by]
    return rows.group_by(list(by)).aggregate(**_sums(rows, sums))


def _check(rate: Rate, by: Sequence[str], segments: ir.Table | None) -> None:
    own = segments.columns if segments is not None else ()
    newcomers = tuple(name for name in SLICES if name not in ("shift", "till"))
    known = {*(newcomers if rate.kind == WAIT else SLICES), *own} - {"customer_id"}
    for name in by:
        if name not in known:
            raise Refused(
                "%(name)s is no slice of this measure; there are: %(slices)s",
                name=name,
                slices=", ".join(sorted(known)),
            )


def _joined(
    rows: ir.Table, by: Sequence[str], inputs: Inputs, segments: ir.Table | None, lived: bool | None
) -> ir.Table:
    """Rows with the columns their slices are read from; ``lived`` None: they are customers already."""
    own = [name for name in by if segments is not None and name in segments.columns]
    theirs = [name for name in by if name in LIVED and name not in own]
    if lived is not None and (lived or theirs or "cohort" in by):
        people = inputs.states.select("first_day", *theirs, known="customer_id")
        # An order's customer has a state; that the others fall away by joining costs half of filtering them first.
        how = "inner" if lived else "left"
        rows = rows.join(people, rows.customer_id == people.known, how=how).drop("known")
    if own and segments is not None:
        told = segments.select(
            *[segments[name].name(f"own_{name}") for name in own], in_segment="customer_id"
        )
        rows = rows.left_join(told, rows.customer_id == told.in_segment).drop("in_segment")
    if "region" in by and "region" not in own:
        rows = regional(rows.mutate(store=rows.store_id), inputs.regions).drop("store")
    return rows


def _keys(rows: ir.Table, by: Sequence[str]) -> dict[str, ir.Value]:
    return {name: _key(rows, name) for name in by}


def _key(rows: ir.Table, name: str) -> ir.Value:
    if f"own_{name}" in rows.columns:
        return rows[f"own_{name}"]
    if name == "month" and "month" in rows.columns:
        return rows.month  # the folder that the row lies in: nothing is reckoned
    if name in DATED:
        return DATED[name](rows.business_date)
    if name == "cohort":
        return month_of(rows.first_day)
    if name == "till":
        return named(rows.store_id) + "/" + rows.till_id
    return rows[ORDERED.get(name, name)]


def told_by(rate: Rate, by: Sequence[str], counts: pa.Table) -> pa.Table:
    """The rows of `sums_by` as the slices, ``n``, ``value``, and where there is one ``low``, ``high``, ``shrunk``,
    ``shrunk_low``, ``shrunk_high``; ordered by the slices. Months are texts, a week is its Monday."""
    counts = counts.sort_by([(name, "ascending") for name in by]) if by else counts
    if rate.kind == WAIT:
        keys, slices = _by_slice(counts, by)
        watched, told = waits(slices, rate.within)
        slices_of = {name: pa.array([key[at] for key in keys]) for at, name in enumerate(by)}
        n = pa.array(watched.astype(np.int64))
    else:
        sums = {
            name: _floats(counts[name])
            for name in ("top", "bottom", "squares")
            if name in counts.schema.names
        }
        told = {SUM: totals, RATIO: ratios, SHARE: shares, MEAN: means}[rate.kind](*sums.values())  # type: ignore[operator]
        slices_of, n = {name: counts[name] for name in by}, counts["n"]
    columns = {name: pa.array(values, mask=np.isnan(values)) for name, values in told.items()}
    return pa.table({name: _text(name, column) for name, column in slices_of.items()} | {"n": n} | columns)


def _floats(column: pa.ChunkedArray) -> Any:
    return column.cast(pa.float64()).to_numpy()


def _by_slice(
    counts: pa.Table, by: Sequence[str]
) -> tuple[list[tuple[Any, ...]], list[dict[int, tuple[int, int]]]]:
    found: dict[tuple[Any, ...], dict[int, tuple[int, int]]] = {}
    for row in counts.to_pylist():
        key = tuple(row[name] for name in by)
        found.setdefault(key, {})[row["watched"]] = (row["ended"], row["events"])
    return list(found), list(found.values())


def _text(name: str, column: Any) -> Any:
    texts: dict[str, Callable[[int], Any]] = {
        "month": month_text,
        "cohort": month_text,
        "quarter": quarter_text,
        "week": lambda monday: EPOCH + timedelta(days=monday),
    }
    if name not in texts or not pa.types.is_integer(column.type):
        return column
    return pa.array([None if each is None else texts[name](each) for each in column.to_pylist()])
