"""Holds what was staged against what landed before: new orders, next versions, and orders another import brought."""

from __future__ import annotations

from pathlib import Path

import ibis
import ibis.expr.types as ir

from regulars.gather import tables
from regulars.gather.models import Import
from regulars.lake.engine import Lake
from regulars.lake.facts import ORDERS
from regulars.lake.reading.functions import as_json
from regulars.lake.steps import Steps

OTHERWISE = "this version of the order is there and says something else; give what is new the next version"
FOREIGN = (
    "this order was brought before by the import {name}; replace that one, or bring this file under its name"
)


def judge(
    lake: Lake, steps: Steps, parts: dict[str, Path], header: str, own: list[int], replaced: list[int]
) -> tuple[dict[str, Path], dict[str, int]]:
    """Give staged orders and their lines a version and take out those that say nothing new or are another import's.

    ``header`` is what the file calls the order's number. Returns the parts to land and, by reason, how many orders
    were refused; these stand among the rejected rows, one row an order.
    """
    if "orders" not in parts:
        return parts, {}
    staged = steps.open("staged", [parts["orders"]])
    orders = steps.open("landed_before", lake.files("orders"), ORDERS.schema)
    ours, gone = steps.tell_numbers("own", own), steps.tell_numbers("gone", replaced)
    standing = orders.filter(~gone.contains(orders.batch)) if replaced else orders
    judged = steps.keep("judged", lambda: tables.judged(staged, standing, ours))
    taken = judged.filter(judged.verdict.isin(["new", "next"]))
    keys = taken.select("source", "order_id", "version")
    steps.keep("orders_judged", lambda: taken.select(staged.columns))
    landing = parts | {"orders": steps.path("orders_judged")}
    if "order_lines" in parts:
        lines = steps.open("staged_lines", [parts["order_lines"]])
        steps.keep("lines_judged", lambda: _versioned(lines, keys))
        landing["order_lines"] = steps.path("lines_judged")
    if "sightings" in parts:
        seen = steps.open("staged_sightings", [parts["sightings"]])
        mine = [seen.source == keys.source, seen.ref_id == keys.order_id]
        steps.keep("sightings_judged", lambda: seen.semi_join(keys, mine))
        landing["sightings"] = steps.path("sightings_judged")
    refused = judged.filter(judged.verdict.isin(["foreign", "otherwise"]))
    counts = steps.rows(
        "refused", lambda: refused.group_by("verdict", "foreign_batch").agg(orders=refused.count())
    ).to_pylist()
    if not counts:
        return landing, {}
    names = dict(Import.objects.values_list("batch", "name"))
    reasons = {
        row["foreign_batch"]: FOREIGN.format(name=names.get(row["foreign_batch"], "?"))
        for row in counts
        if row["verdict"] == "foreign"
    }
    steps.branch(repr((header, reasons)))
    rejected = steps.open("staged_rejected", [parts["rejected"]])
    steps.keep("rejected_all", lambda: _with_refused(rejected, refused, header, reasons))
    landing["rejected"] = steps.path("rejected_all")
    return landing, {reasons.get(row["foreign_batch"], OTHERWISE): row["orders"] for row in counts}


def _versioned(lines: ir.Table, keys: ir.Table) -> ir.Table:
    return lines.drop("version").inner_join(keys, ("source", "order_id")).select(lines.columns)


def _with_refused(rejected: ir.Table, refused: ir.Table, header: str, reasons: dict[int, str]) -> ir.Table:
    foreign = [(refused.foreign_batch == batch, said) for batch, said in reasons.items()]
    more = refused.select(
        file=ibis.null("string"),
        row=ibis.null("int64"),
        column=ibis.literal(header),
        value=refused.order_id,
        reason=ibis.cases(*foreign, else_=OTHERWISE) if foreign else ibis.literal(OTHERWISE),
        raw=as_json(ibis.struct({header: refused.order_id})).cast("string"),
    )
    return rejected.union(more.cast(dict(rejected.schema())))
