"""Visits between desk and lake: a file's are shown on the desk too, live ones go to the lake once they are over."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Q

from regulars.desk import bulk, hand_over
from regulars.gather.actions.visits import keep
from regulars.gather.models import Visit
from regulars.gather.rules.visits import BEHIND, expected
from regulars.lake.facts import SIGHTINGS, VISITS
from regulars.lake.landing import Landing

OVER = timedelta(days=1)  # a visit that nobody ended is over a business day after it was expected
SHOWN = [name for name in VISITS.schema.names if name != "batch"]


def land_visits(*, parts: dict[str, Path], now: datetime) -> int:
    """Show on the desk what a file tells of visits of the last 30 days and of those to come; how many.

    Brought again, nothing changes. What a live door tells of the same visit stays; the file's row is the lake's.
    """
    if "visits" not in parts:
        return 0
    rows = [row | {"changed_at": now} for row in pq.read_table(parts["visits"]).select(SHOWN).to_pylist()]
    recent = [row for row in rows if (at := expected(row)) and at >= now - BEHIND]
    seen = _seen(parts, {row["visit_id"] for row in recent})
    for row in recent:
        row["identifiers"] = seen.get((row["source"], row["visit_id"]), [])
    answers = keep(said=recent, now=now)
    for chunk in bulk.chunks([visit.pk for visit, _changed in answers]):
        Visit.objects.filter(pk__in=chunk, batch=None).update(live=False)
    return len({visit.pk for visit, _changed in answers})


def _seen(parts: dict[str, Path], wanted: set[str]) -> dict[tuple[str, str], list[list[str]]]:
    """The identifiers seen on each visit of a file, in one order."""
    found: dict[tuple[str, str], list[list[str]]] = defaultdict(list)
    if "sightings" not in parts:
        return found
    columns = ["kind", "source", "ref_id", "identifier_type", "identifier_hash"]
    for row in pq.read_table(
        parts["sightings"], columns=columns, filters=[("kind", "=", "visit")]
    ).to_pylist():
        if row["ref_id"] in wanted and row["identifier_type"] != "blocked":
            found[row["source"], row["ref_id"]].append([row["identifier_type"], row["identifier_hash"]])
    return {key: sorted(pairs) for key, pairs in found.items()}


def hand_over_visits(*, landing: Landing, now: datetime) -> int:
    """Take live visits that are over to the lake, with the identifiers seen on them; how many."""
    over = Q(live=True) & (Q(left_at__isnull=False) | Q(expected_at__lt=now - OVER))
    rows = hand_over.stamp(Visit, landing.number, VISITS.schema, ready=over)
    if not len(rows):
        return 0
    landing.append("visits", rows.to_batches())
    stamped = Visit.objects.filter(batch=landing.number).order_by("pk")
    seen: list[dict[str, Any]] = [
        {
            "identifier_type": name,
            "identifier_hash": digest,
            "seen_at": visit.expected_at,
            "kind": "visit",
            "source": visit.source,
            "ref_id": visit.visit_id,
        }
        for visit in stamped
        for name, digest in visit.identifiers
    ]
    if seen:
        schema = pa.schema([field for field in SIGHTINGS.schema if field.name != "batch"])
        landing.append("sightings", pa.Table.from_pylist(seen, schema=schema).to_batches())
    return len(rows)
