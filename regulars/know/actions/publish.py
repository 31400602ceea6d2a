"""Puts a turn's customer states on the desk beside the old ones; only rows that say something else are written.

Estimates move a little for everybody with each day that passes. A row is written when something about its customer
changed, or when an estimate moved by about a tenth, which is far within its interval; the lake has them to the digit.
"""

from __future__ import annotations

import math

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.desk import bulk
from regulars.desk.spans import visible
from regulars.gather.models import Identifier, Record
from regulars.identify.actions.join import whose
from regulars.know.actions.learn import Known
from regulars.know.models import CustomerState
from regulars.know.rules.history import periods
from regulars.lake.engine import Lake
from regulars.lake.portable import fingerprint

STEP = 1.1  # a value or a gap is told again when it moved by a tenth …
CHANCE = 0.05  # … and a chance when it moved by so much
LEAST = 1000  # minor units below which values are alike
VALUES, GAPS = ("value_90",), ("usual_gap", "late_after", "lost_after")
# What moves with these, with the brand's rhythm or with the model: written with its row, but no reason to write it.
ALONG = (
    *("stage_since", "history", "orders_90", "orders_90_low", "orders_90_high", "orders_365"),
    *("next_day", "next_low", "next_high"),
    *("value_90_low", "value_90_high", "value_365", "value_365_low", "value_365_high"),
)
PLAIN = ("phone", "email", "member_card", "external")  # identifiers that people search by


def publish(*, lake: Lake, known: Known, links: pa.Table, number: int) -> dict[str, int]:
    """Write the states that differ from those shown now under landing ``number``; returns written and ended."""

    said = lake.keep("said", _said(lake, links))
    rows = known.states
    values = lake.keep("customer_values", known.worth.result().customers)
    for more in (values, said):
        rows = rows.left_join(more, "customer_id").drop("customer_id_right")
    rows = rows.rename(customer="customer_id", grade=known.grade)
    fields = [field.attname for field in CustomerState._meta.concrete_fields]
    computed = [name for name in fields if name not in ("id", "batch", "until", "fingerprint")]
    rows = rows.mutate(name=rows.name.fill_null(""), search=rows.search.fill_null("")).select(*computed)
    fresh = lake.keep("fresh", rows.mutate(fingerprint=_fingerprint(rows, computed)))
    shown = lake.keep("shown", _shown(lake.head.number))
    changed = lake.rows(fresh.anti_join(shown, ("customer", "fingerprint")))
    ended = lake.rows(shown.anti_join(fresh, ("customer", "fingerprint")).pk)
    bulk.close(CustomerState, number=number, field="pk", values=ended.to_pylist())
    at = changed.column_names.index("history")
    for start in range(0, len(changed), bulk.AT_ONCE):  # histories are long, and longer as JSON
        part = changed.slice(start, bulk.AT_ONCE)
        part = part.set_column(at, "history", periods(part["history"]))
        bulk.insert(CustomerState, part, batch=number)
    return {"written": len(changed), "ended": len(ended)}


def _fingerprint(rows: ir.Table, computed: list[str]) -> ir.IntegerValue:
    """A number that differs when a row has something new to say."""
    said: list[ir.Value] = []
    for name in computed:
        column = rows[name]
        if name in VALUES:
            column = _steps(column + LEAST)
        elif name in GAPS:
            column = _steps(column)
        elif name == "p_alive":
            column = (column / CHANCE).floor().cast("int64")
        if name not in ALONG:
            said.append(column.cast("string").fill_null(""))
    return fingerprint(ibis.literal("\x1f").join(said))  # the same on every engine, unlike hash()


def _steps(column: ir.Value) -> ir.IntegerValue:
    return (column.cast("float64").ln() / math.log(STEP)).floor().cast("int64")


def _shown(head: int) -> pa.Table:
    shown = bulk.columns(CustomerState.objects.filter(visible(head)), "pk", "customer", "fingerprint")
    return shown.cast(pa.schema([(name, pa.int64()) for name in shown.column_names]))


def _said(lake: Lake, links: pa.Table) -> ir.Table:
    """What people are found by, one row a customer: ``name`` of the first record, and ``search``, all they have."""
    records = Record.objects.filter(visible(lake.head.number)).order_by("registered_at", "pk")
    named = bulk.columns(records, "identifiers", "name", "sort_name")
    owners = whose(named["identifiers"], links)
    texts = {name: named[name].cast(pa.string()) for name in ("name", "sort_name")}
    place = pa.array(range(len(named)), pa.int64())
    people = lake.keep("named", pa.table({"customer_id": owners, "place": place, **texts}))
    people = people.filter(people.customer_id.notnull() & (people.name != ""))
    known = bulk.columns(Identifier.objects.filter(identifier_type__in=PLAIN), "identifier_hash", "value")
    plain = lake.keep("plain", pa.table({name: known[name].cast(pa.string()) for name in known.column_names}))
    theirs = lake.keep("links_said", links.select(["identifier_hash", "customer_id"]))
    held = plain.inner_join(theirs, "identifier_hash").filter(lambda row: row.customer_id.notnull())
    first = people.group_by("customer_id").agg(name=people.name.argmin(people.place))
    sorted_by = ibis.ifelse(people.sort_name == "", people.name.lower(), people.sort_name)
    words = people.select("customer_id", word=sorted_by).union(
        held.select("customer_id", word=held.value.lower())
    )
    width = CustomerState._meta.get_field("search").max_length
    found = words.distinct().group_by("customer_id").agg(words=lambda row: row.word.collect())
    found = found.select("customer_id", search=found.words.sort().join(" ").substr(0, width))
    return found.left_join(first, "customer_id").drop("customer_id_right")
