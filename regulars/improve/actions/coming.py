"""Visits of some people as the desk has them, whoever paid: a booking, a ticket or a scan says whose a visit is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from regulars.desk.bulk import chunks
from regulars.desk.spans import visible
from regulars.gather.models import Visit, VisitSighting
from regulars.identify.actions import find_many
from regulars.identify.models import Link


def seated(people: Iterable[int], *, since: datetime, head: int) -> list[tuple[int, Visit]]:
    """The visits since then on which these customers (living numbers) were seated, each with whose it is.

    Where identifiers of several people were seen on one visit, it is the strongest one's.
    """
    wanted = set(people)
    hashes: set[str] = set()
    for chunk in chunks(sorted(wanted)):
        links = Link.objects.filter(visible(head), customer__in=chunk)
        hashes |= set(links.values_list("identifier_hash", flat=True))
    named: set[tuple[str, str]] = set()
    for digests in chunks(sorted(hashes)):
        named |= set(
            VisitSighting.objects.filter(identifier_hash__in=digests).values_list("source", "visit_id")
        )
    visits: dict[int, Visit] = {}
    for ids in chunks(sorted({visit for _source, visit in named})):
        rows = Visit.objects.filter(visit_id__in=ids, seated_at__gte=since)
        visits |= {row.pk: row for row in rows if (row.source, row.visit_id) in named}
    found = sorted(visits.values(), key=lambda row: (row.expected_at, row.pk))
    whose = find_many([[(kind, digest) for kind, digest in row.identifiers] for row in found], head=head)
    return [
        (guest, row) for guest, row in zip(whose, found, strict=True) if guest in wanted and guest is not None
    ]
