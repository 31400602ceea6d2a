"""What a turn works out for findings: evidence of the dishes spoken of, the effects of changes, and who came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from django.db import transaction
from django.db.models import Count

from regulars.brand.models import Store
from regulars.core.months import month_number
from regulars.desk import bulk
from regulars.desk.spans import visible
from regulars.improve import tables
from regulars.improve.actions import hearing
from regulars.improve.actions.following import follow
from regulars.improve.models import Change, Effect, Evidence, Finding
from regulars.improve.rules.returning import Difference, Moved, Stratum, differences, within_strata
from regulars.lake.engine import Lake
from regulars.listen.models import Voice

MOST = 20  # products looked at: those of findings, then those most spoken of
EVIDENCE = ("product_id", "as_of", "orders", "buyers", "had", "had_back", "others", "others_back", "strata")
NUMBERS = ("difference", "low", "high", "more")


def learn(
    *, lake: Lake, sales: ir.Table, days: ir.Table, as_of: date, number: int, now: datetime
) -> dict[str, int]:
    """Publish evidence and effects under landing ``number``, and write anew who of those told came back.

    ``sales`` and ``days`` are the turn's, whose links are written already. The caller is the lake's writer. Only months
    that evidence is told of are read of them, and of ``days`` only newcomers.
    """
    products = _spoken_of(now)
    changes = list(Change.objects.order_by("change_id"))
    counts = {"evidence": 0, "effects": 0}
    if products or changes:
        asked = sorted({*products, *(each.product_id for each in changes if each.product_id)})
        began = as_of - timedelta(days=tables.ASKED)
        near = sales.filter(sales.month >= month_number(began))
        bought = lake.keep("bought", tables.bought(near, _lines(lake, near), asked, as_of))
        states = lake.table("customer_state")
        fresh = states.filter(states.first_day >= began).select("customer_id")
        theirs = days.filter(days.month >= month_number(began)).semi_join(fresh, "customer_id")
        counts["evidence"] = _publish_evidence(lake, near, theirs, bought, asked, as_of, number)
        counts["effects"] = _publish_effects(lake, near, bought, changes, as_of, number)
    counts["followed"] = follow(lake=lake, sales=sales, days=days, as_of=as_of, number=number, now=now)
    return counts


def _lines(lake: Lake, sales: ir.Table) -> ir.Table:
    """The lines of these sales' landings and later ones: an old file's rows are not looked at."""
    lines = lake.table("order_lines")
    oldest = lake.rows(sales.batch.min()).as_py()
    return lines if oldest is None else lines.filter(lines.batch >= oldest)


def _spoken_of(now: datetime) -> list[str]:
    """Products of findings, and those that loose voices of the last 60 days name, the most spoken of first."""
    found = list(
        Finding.objects.exclude(product_id="").order_by("-pk").values_list("product_id", flat=True).distinct()
    )
    voices = Voice.objects.filter(at__gt=now - hearing.WINDOW).exclude(product_id="")
    named = voices.values("product_id").annotate(many=Count("pk")).order_by("-many", "product_id")
    found += [each["product_id"] for each in named[:MOST]]
    return list(dict.fromkeys(found))[:MOST]


def _publish_evidence(
    lake: Lake,
    sales: ir.Table,
    days: ir.Table,
    bought: ir.Table,
    products: Sequence[str],
    as_of: date,
    number: int,
) -> int:
    recent = {row["product_id"]: row for row in lake.rows(tables.buyers(bought, as_of)).to_pylist()}
    newcomers = lake.keep("newcomers", tables.newcomers(sales, days, as_of))
    cells: dict[str, list[Stratum]] = defaultdict(list)
    for row in lake.rows(tables.strata(newcomers, bought)).to_pylist():
        others = row["people"] - row["had"], row["people_back"] - row["back"]
        cells[row["product_id"]].append(Stratum(row["had"], row["back"], *others))
    rows = []
    for product in products:
        used = [each for each in cells[product] if each.had and each.others]
        told = within_strata(used)
        rows.append(
            {
                "product_id": product,
                "as_of": as_of,
                "orders": recent.get(product, {}).get("orders", 0),
                "buyers": recent.get(product, {}).get("buyers", 0),
                "had": sum(each.had for each in used),
                "had_back": sum(each.back for each in used),
                "others": sum(each.others for each in used),
                "others_back": sum(each.others_back for each in used),
                "strata": len(used),
                **_told(told),
            }
        )
    return _replace(Evidence, rows, number)


def _told(told: Difference) -> dict[str, Any]:
    return {"difference": told.estimate, "low": told.low, "high": told.high, "more": told.more}


def _replace(model: type[Evidence] | type[Effect], rows: list[dict[str, Any]], number: int) -> int:
    """Make these the rows shown from landing ``number`` on; there are few, so all are written anew."""
    bulk.close(model, number=number, field="pk", values=_standing(model))
    made: Any = model._default_manager
    for chunk in bulk.chunks([model(batch=number, **row) for row in rows]):
        with transaction.atomic():
            made.bulk_create(chunk)
    return len(rows)


def _standing(model: type[Evidence] | type[Effect]) -> list[int]:
    rows: Any = model._default_manager
    return list(rows.filter(until=None).values_list("pk", flat=True))


def _publish_effects(
    lake: Lake, sales: ir.Table, bought: ir.Table, changes: Sequence[Change], as_of: date, number: int
) -> int:
    every = sorted(Store.objects.values_list("code", flat=True))
    versions = _versions(lake, sales, changes, every)
    rows = []
    for each in changes:
        if not each.product_id or each.begins_on > as_of:
            continue
        own = bought.filter(bought.product_id == each.product_id)
        cells = lake.rows(tables.moves(sales, own, each.begins_on, as_of)).to_pylist()
        moved = _moved(cells, set(each.stores or every))
        told = differences(moved)
        changed = [one for one in moved if one.changed]
        rows.append(
            {
                "change": each,
                "as_of": as_of,
                "before": sum(one.before for one in changed),
                "before_back": sum(one.before_back for one in changed),
                "after": sum(one.after for one in changed),
                "after_back": sum(one.after_back for one in changed),
                "lines": versions.get((each.product_id, each.to_version), 0),
                "stores": sum(1 for one in changed if one.before and one.after),
                "others": sum(1 for one in moved if not one.changed and one.before and one.after),
                **_told(told),
            }
        )
    return _replace(Effect, rows, number)


def _moved(cells: Sequence[Mapping[str, Any]], changed: set[str]) -> list[Moved]:
    counted: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for cell in cells:
        counted[cell["store_id"] or ""][cell["late"]] = (cell["people"], cell["back"])
    return [
        Moved(store, store in changed, *counted[store].get(0, (0, 0)), *counted[store].get(1, (0, 0)))
        for store in sorted(counted)
    ]


def _versions(
    lake: Lake, sales: ir.Table, changes: Sequence[Change], every: Sequence[str]
) -> dict[tuple[str, str], int]:
    """How many order lines of these sales carry each version of the products changed, by (product, version)."""
    rows = spread(changes, every)
    if not len(rows):
        return {}
    products = sorted(set(rows["product_id"].to_pylist()))
    lines = _lines(lake, sales)
    lines = lines.filter(lines.product_id.isin(products))
    orders = sales.filter(sales.orders > 0)
    told = tables.versioned(lines, orders, ibis.memtable(rows))
    told = told.filter(told.product_version.notnull())
    counted = told.group_by("product_id", "product_version").agg(lines=told.count().cast("int64"))
    found = lake.rows(counted).to_pylist()
    return {(row["product_id"], row["product_version"]): row["lines"] for row in found}


def spread(changes: Sequence[Change], every: Sequence[str]) -> pa.Table:
    """Changes of products with a row a store, as ``tables.versioned`` reads them; no stores means ``every`` one."""
    rows = [
        {
            "product_id": each.product_id,
            "store_id": store,
            "begins_on": each.begins_on,
            "to_version": each.to_version,
            "change_id": each.change_id,
        }
        for each in changes
        if each.product_id
        for store in (each.stores or every)
    ]
    schema = pa.schema(
        [
            ("product_id", pa.string()),
            ("store_id", pa.string()),
            ("begins_on", pa.date32()),
            ("to_version", pa.string()),
            ("change_id", pa.int64()),
        ]
    )
    return pa.Table.from_pylist(rows, schema=schema)


def evidence_of(product: str, head: int) -> Evidence | None:
    """What the last turn computed of a product."""
    return (
        Evidence.objects.filter(visible(head), product_id=product).order_by("-pk").first()
        if product
        else None
    )
