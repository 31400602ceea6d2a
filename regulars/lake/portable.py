"""What one engine has and another lacks, or spells otherwise, once: tables written with these compute alike on both.

Plain Ibis does for the rest; `docs/scale.md` lists what `spark_sql` mends on the way and what to leave alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.lake.reading.functions import clock_in

__all__ = ["as_of", "clock_in", "fingerprint", "in_order", "most_common"]


@ibis.udf.scalar.builtin(name="fingerprint", signature=((str,), "int64"))
def fingerprint(said: Any) -> Any:
    """The first 60 bits of a text's MD5 as a number: the same on every engine and in every release of it, which
    `hash()` is not. For telling that something changed, never for keeping a secret."""


def as_of(left: ir.Table, right: ir.Table, *, at: str, by: Sequence[str], since: str = "since") -> ir.Table:
    """``left`` with the columns of the row of ``right`` that stood at ``at``: the last one not later, of the same
    ``by``; nulls where none came before. ``right`` has one row a ``by`` and ``at``; its own ``at`` is called ``since``.

    In place of an as-of join, which Spark has none of: both tables under one another, and a running maximum.
    """
    keys = [*by, at]
    asked = left.select(*keys).distinct()
    told = right.select(*keys, stood=right[at]).union(asked.select(*keys, stood=ibis.null(right[at].type())))
    running = ibis.window(group_by=list(by), order_by=at, preceding=None, following=0)
    # Equal instants stand side by side, so a row of `right` at the very instant is found whichever comes first.
    level = told.group_by(keys).agg(stood=told.stood.max())
    found = level.mutate(stood=level.stood.max().over(running)).rename({since: "stood"})
    named = right.rename({since: at})
    joined = left.left_join(found, keys).drop([f"{key}_right" for key in keys])
    on = [*by, since]
    return joined.left_join(named, on).drop([f"{key}_right" for key in on])


def in_order(table: ir.Table, *, by: Sequence[str], order: Sequence[str], value: str) -> ir.Table:
    """One row a ``by`` with ``value``, all values of that column as an array in the order of ``order``, which must
    tell rows apart. In place of ``collect(order_by=…)``."""
    fields = {f"o{place}": table[name] for place, name in enumerate(order)} | {"told": table[value]}
    kept = table.group_by(list(by)).agg(pairs=ibis.struct(fields).collect())
    return kept.select(*by, **{value: kept.pairs.sort().map(lambda pair: pair["told"])})


def most_common(table: ir.Table, *, by: Sequence[str], value: str) -> ir.Table:
    """One row a ``by`` with the most frequent ``value`` that is not null; among equals the smallest. In place of
    ``mode``, which leaves open which of equals it takes."""
    told = table.filter(table[value].notnull())
    counted = told.group_by([*by, value]).agg(times=told.count().cast("int64"))
    order = ibis.window(group_by=list(by), order_by=(ibis.desc("times"), value))
    placed = counted.mutate(place=ibis.row_number().over(order))
    return placed.filter(placed.place == 0).select(*by, value)
