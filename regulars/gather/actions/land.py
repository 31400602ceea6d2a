"""Writes what one import staged: facts to the lake, people and recent orders to the desk, under one landing number."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import Q

from regulars import settings
from regulars.brand.models import Product, Staff, Store
from regulars.desk import bulk
from regulars.desk.spans import CHUNK, visible
from regulars.gather import tables
from regulars.gather.models import Consent, Identifier, Order, Record, Sighting
from regulars.gather.rules.names import sort_name
from regulars.lake.engine import Lake
from regulars.lake.facts import FACTS, ORDER_LINES, ORDERS, SIGHTINGS
from regulars.lake.landing import Landing
from regulars.lake.steps import Steps


def land_facts(landing: Landing, parts: dict[str, Path], replaced: list[int]) -> dict[str, int]:
    """Append the staged facts and drop what they replace; returns how many rows of each were taken."""
    taken = {}
    for name in FACTS:
        landing.drop_batches(name, replaced)
        if name in parts and (file := pq.ParquetFile(parts[name])).metadata.num_rows:
            landing.append(name, file.iter_batches())
            taken[name] = file.metadata.num_rows
    return taken


def land_people(parts: dict[str, Path], number: int, head: int, replaced: list[int]) -> dict[str, int]:
    """Identifiers in plain text, records and consents: what only the desk may hold."""
    taken = {}
    if "identifiers" in parts:
        bulk.insert(Identifier, pq.read_table(parts["identifiers"]), keep=True)
    shown = Record.objects.filter(visible(head), until=None)
    bulk.close(
        Record,
        number=number,
        field="pk",
        values=list(shown.filter(batch__in=replaced).values_list("pk", flat=True)),
    )
    if "records" in parts:
        records = pq.read_table(parts["records"])
        here = set(zip(records["source"].to_pylist(), records["record_id"].to_pylist(), strict=True))
        again = [pk for pk, *key in shown.values_list("pk", "source", "record_id") if tuple(key) in here]
        bulk.close(Record, number=number, field="pk", values=again)
        names = pa.array([sort_name(name) for name in records["name"].to_pylist()], pa.string())
        hashes = pa.array([json.dumps(each) for each in records["identifiers"].to_pylist()], pa.string())
        records = (
            records.drop(["identifiers"])
            .append_column("identifiers", hashes)
            .append_column("sort_name", names)
        )
        taken["records"] = bulk.insert(Record, records, batch=number)
    if "consents" in parts:
        taken["consents"] = bulk.insert(Consent, pq.read_table(parts["consents"]), keep=True)
    return taken


def land_brand(parts: dict[str, Path]) -> dict[str, int]:
    """Stores, products and staff as files name them; a store first met elsewhere gets its code as its name."""
    for name in ("orders", "visits", "staff"):
        if name in parts:
            codes = pq.read_table(parts[name], columns=["store_id"])["store_id"].unique()
            met = [Store(code=code, name=code) for code in codes.to_pylist() if code]
            Store.objects.bulk_create(met, ignore_conflicts=True)
    taken = {}
    for name, model, key in (
        ("stores", Store, "store_id"),
        ("products", Product, "product_id"),
        ("staff", Staff, "staff_id"),
    ):
        if name in parts:
            rows = pq.read_table(parts[name]).to_pylist()
            taken[name] = _upsert(model, key, _with_levels(rows) if name == "staff" else rows)
    return taken


def _with_levels(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Staff with a level that is known; one that is not, or is missing beside others, is plain staff."""
    told = any(row.get("level") for row in rows)
    for row in rows:
        level = str(row.get("level") or "").strip().lower().replace(" ", "_")
        row["level"] = (level if level in Staff.Level.values else Staff.Level.STAFF.value) if told else None
    return rows


def land_at_hand(
    lake: Lake, steps: Steps, landing: Landing, parts: dict[str, Path], replaced: list[int]
) -> None:
    """Bring the desk's orders up to the landing: those it touches are ended and written anew from the lake."""
    keys = _touched(lake, steps, parts, replaced)
    if keys is None:
        return
    end_orders(_shown(steps, keys, landing.number), landing.number)
    orders = steps.open("orders_after", landing.files("orders"), ORDERS.schema)
    last = steps.rows("last_day", lambda: orders.agg(day=orders.business_date.max()))["day"][0].as_py()
    if last is None:
        return
    since = datetime.combine(last, time(), UTC) - timedelta(days=settings.DESK_DAYS)
    from_day = steps.tell_instant("since", since).date()
    lines = steps.open("lines_after", landing.files("order_lines"), ORDER_LINES.schema)
    sightings = steps.open("sightings_after", landing.files("sightings"), SIGHTINGS.schema)
    touched = steps.keep("orders_touched", lambda: orders.semi_join(keys, ("source", "order_id")))
    seen = steps.keep("seen_touched", lambda: tables.seen_on_orders(tables.standing(sightings, touched)))
    written = steps.keep("at_hand", lambda: tables.at_hand(touched, lines, seen, from_day))
    bulk.insert(Order, pq.read_table(steps.path("at_hand")), batch=landing.number)
    on_them = steps.rows("seen_at_hand", lambda: seen.semi_join(written, ("source", "order_id")))
    bulk.insert(Sighting, on_them, batch=landing.number)


def _shown(steps: Steps, keys: ir.Table, number: int) -> pa.Table:
    """The desk's open orders among ``keys``, as pk, source, order_id: asked for by key unless they are most of them."""
    shown = Order.objects.filter(until=None)
    names, types = ("pk", "source", "order_id"), (pa.int64(), pa.string(), pa.string())
    schema = pa.schema(list(zip(names, types, strict=True)))
    asked = pq.read_table(steps.path("touched"))
    if len(asked) > shown.count() / 4:
        path = steps.path("shown")
        pq.write_table(bulk.columns(shown.filter(batch__lt=number), *names).cast(schema), path)
        every = steps.open("shown", [path])
        return steps.rows("shown_touched", lambda: every.semi_join(keys, ("source", "order_id")))
    parts = [schema.empty_table()]
    for source in asked["source"].unique().to_pylist():
        mine = asked.filter(pc.equal(asked["source"], source))["order_id"].to_pylist()
        for chunk in bulk.chunks(mine):
            rows = shown.filter(batch__lt=number, source=source, order_id__in=chunk)
            parts.append(bulk.columns(rows, *names).cast(schema))
    return pa.concat_tables(parts)


def end_orders(orders: pa.Table, number: int) -> None:
    """End the desk's orders of a table (pk, source, order_id), and the sightings on them, with a landing."""
    bulk.close(Order, number=number, field="pk", values=orders["pk"].to_pylist())
    for source in orders["source"].unique().to_pylist():
        mine = orders.filter(pc.equal(orders["source"], source))["order_id"].to_pylist()
        bulk.close(Sighting, number=number, field="order_id", values=mine, within=Q(source=source))


def _touched(lake: Lake, steps: Steps, parts: dict[str, Path], replaced: list[int]) -> ir.Table | None:
    """The keys of every order that this landing adds to, changes or takes away."""
    found, gone = [], steps.tell_numbers("gone", replaced)
    for fact in (ORDERS, ORDER_LINES):
        if fact.name in parts:
            found.append(steps.open(f"{fact.name}_here", [parts[fact.name]]))
        if replaced:
            before = steps.open(f"{fact.name}_before", lake.files(fact.name), fact.schema)
            found.append(before.filter(gone.contains(before.batch)))
    if not found:
        return None
    keys = [each.select("source", "order_id") for each in found]
    return steps.keep("touched", lambda: ibis.union(*keys, distinct=False).distinct())


def _upsert(model: Any, key: str, rows: list[dict[str, Any]]) -> int:
    """Write named things by their code; what a file has no column for stays as it was."""
    if not rows:
        return 0
    fields = {field.attname for field in model._meta.concrete_fields}
    said = [name for name in rows[0] if name in fields - {key} and any(row[name] is not None for row in rows)]
    blank = {name: "" if not model._meta.get_field(name).null else None for name in said}
    things = []
    for row in rows:
        values = {name: row[name] if row[name] is not None else blank[name] for name in said}
        things.append(model(code=row[key], **(values | {"name": row.get("name") or row[key]})))
    update = sorted({*said, "name"})
    model.objects.bulk_create(
        things, update_conflicts=True, unique_fields=["code"], update_fields=update, batch_size=CHUNK
    )
    return len(things)
