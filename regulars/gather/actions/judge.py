"""Holds what was staged against what landed before: new orders, next versions, and orders another import brought."""

from __future__ import annotations

from pathlib import Path

import ibis
import ibis.expr.types as ir

from regulars.gather import tables
from regulars.gather.models import Import
from regulars.lake.engine import Lake
from regulars.lake.reading.functions import as_json

FOREIGN = (
    "this order was brought before by the import {name}; replace that one, or bring this file under its name"
)


def judge(
    lake: Lake, parts: dict[str, Path], header: str, own: list[int], replaced: list[int]
) -> tuple[dict[str, Path], dict[str, int]]:
    """Give staged orders and their lines a version and take out those that say nothing new or are another import's.

    ``header`` is what the file calls the order's number. Returns the parts to land and, by reason, how many orders
    were refused; these stand among the rejected rows, one row an order.
    """
    if "orders" not in parts:
        return parts, {}
    folder = parts["orders"].parent
    orders = lake.table("orders")
    standing = orders.filter(~orders.batch.isin(replaced)) if replaced else orders
    staged = lake.con.read_parquet(parts["orders"])
    judged = lake.keep("judged", tables.judged(staged, standing, own))
    taken = judged.filter(judged.verdict.isin(["new", "next"]))
    landing = dict(parts)
    landing["orders"] = _write(lake, taken.select(staged.columns), folder / "orders_judged.parquet")
    keys = taken.select("source", "order_id", "version")
    if "order_lines" in parts:
        lines = lake.con.read_parquet(parts["order_lines"])
        versioned = lines.drop("version").inner_join(keys, ("source", "order_id")).select(lines.columns)
        landing["order_lines"] = _write(lake, versioned, folder / "lines_judged.parquet")
    if "sightings" in parts:
        seen = lake.con.read_parquet(parts["sightings"])
        mine = seen.semi_join(keys, [seen.source == keys.source, seen.ref_id == keys.order_id])
        landing["sightings"] = _write(lake, mine, folder / "sightings_judged.parquet")
    foreign = judged.filter(judged.verdict == "foreign")
    counts = lake.con.to_pyarrow(foreign.group_by("foreign_batch").agg(orders=foreign.count())).to_pylist()
    if not counts:
        return landing, {}
    names = dict(Import.objects.values_list("batch", "name"))
    reasons = {
        row["foreign_batch"]: FOREIGN.format(name=names.get(row["foreign_batch"], "?")) for row in counts
    }
    landing["rejected"] = _with_foreign(lake, parts["rejected"], foreign, header, reasons)
    return landing, {reasons[row["foreign_batch"]]: row["orders"] for row in counts}


def _write(lake: Lake, table: ir.Table, path: Path) -> Path:
    lake.con.to_parquet(table, path)
    return path


def _with_foreign(lake: Lake, path: Path, foreign: ir.Table, header: str, reasons: dict[int, str]) -> Path:
    rejected = lake.con.read_parquet(path)
    reason = ibis.cases(
        *((foreign.foreign_batch == batch, said) for batch, said in reasons.items()), else_=""
    )
    more = foreign.select(
        file=ibis.null("string"),
        row=ibis.null("int64"),
        column=ibis.literal(header),
        value=foreign.order_id,
        reason=reason,
        raw=as_json(ibis.struct({header: foreign.order_id})).cast("string"),
    )
    return _write(
        lake, rejected.union(more.cast(dict(rejected.schema()))), path.with_name("rejected_all.parquet")
    )
