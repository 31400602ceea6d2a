"""What records say of customers that the lake may know: who acquired them, and when they registered."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Q

from regulars.desk import bulk
from regulars.desk.bulk import among
from regulars.desk.spans import visible
from regulars.gather.models import Record
from regulars.identify.rules.merging import Hashes, Ints, found, hashes_of
from regulars.lake.computed import CUSTOMERS, REGISTRATIONS
from regulars.lake.engine import Lake
from regulars.lake.facts import INSTANT

OWN = r'^\["(?P<own>[0-9a-f]+)"'  # the first of a JSON list of hashes
MANY = 50_000  # records that changed, above which all are read


def registrations(*, lake: Lake, since: int | None) -> pa.Table:
    """``REGISTRATIONS`` of all records at HEAD that have a number of their own, in a fixed order.

    With ``since`` only those that came or went after that landing are read from the desk.
    """
    head = lake.head.number
    shown = Record.objects.filter(visible(head)).exclude(identifiers=[])
    if since is None or "registrations" not in lake.head.tables:
        return _sorted(_told(shown))
    moved = Record.objects.filter(Q(batch__gt=since, batch__lte=head) | Q(until__gt=since, until__lte=head))
    keys = sorted(set(moved.values_list("source", "record_id")[: MANY + 1]))
    kept = lake.rows(lake.table("registrations"))
    if not keys:
        return kept
    if len(keys) > MANY:
        return _sorted(_told(shown))
    names = pa.table({name: [key[at] for key in keys] for at, name in enumerate(("source", "record_id"))})
    kept = kept.join(names, ["source", "record_id"], join_type="left anti").select(REGISTRATIONS.schema.names)
    new = [_told(shown.filter(among(chunk, "source", "record_id"))) for chunk in bulk.chunks(keys)]
    return _sorted(pa.concat_tables([kept.cast(REGISTRATIONS.schema), *new]))


def customers_of(told: pa.Table, hashes: Hashes, customer: Ints) -> pa.Table:
    """``CUSTOMERS``: a customer's earliest record speaks; ``customer`` is whose each of ``hashes`` is, 0 nobody's."""
    if not len(told) or not len(hashes):
        return CUSTOMERS.schema.empty_table()
    at = found(hashes_of(told["identifier_hash"]), hashes)
    number = np.where(at >= 0, customer[at], 0)
    order = np.asarray(pc.fill_null(told["registered_at"].cast(pa.int64()), np.iinfo(np.int64).max))
    sorted_by = np.lexsort((order, number))
    keys, first = np.unique(number[sorted_by], return_index=True)
    rows = told.take(pa.array(sorted_by[first][keys > 0]))
    return pa.table(
        {
            "customer_id": pa.array(keys[keys > 0]),
            "acquired_by": rows["acquired_by"],
            "registered_on": rows["registered_at"].cast(pa.date32()),
        },
        schema=CUSTOMERS.schema,
    )


def own_of(identifiers: pa.ChunkedArray) -> pa.ChunkedArray:
    """Each record's own number, which stands first in its JSON list of hashes."""
    return pc.struct_field(pc.extract_regex(identifiers.cast(pa.string()), OWN), "own")


def _told(records: object) -> pa.Table:
    """Records of the desk as ``REGISTRATIONS``; those without a number of their own are passed over."""
    rows = bulk.columns(records, "source", "record_id", "identifiers", "acquired_by", "registered_at")
    if not len(rows):
        return REGISTRATIONS.schema.empty_table()
    by = rows["acquired_by"].cast(pa.string())
    own = own_of(rows["identifiers"])
    said = {
        "source": rows["source"],
        "record_id": rows["record_id"],
        "identifier_hash": own,
        "acquired_by": pc.if_else(pc.equal(by, ""), pa.scalar(None, pa.string()), by),
        "registered_at": rows["registered_at"].cast(INSTANT),
    }
    return pa.table(said, schema=REGISTRATIONS.schema).filter(pc.is_valid(own))


def _sorted(told: pa.Table) -> pa.Table:
    return told.sort_by(
        [("source", "ascending"), ("record_id", "ascending"), ("identifier_hash", "ascending")]
    )
