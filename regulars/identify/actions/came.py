"""On which days customers came, as the desk knows it: an order by their own identifiers, or a visit by its booking.

A friend who pays takes nothing away: the visit was booked, queued or scanned by its guest, and counts as theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from regulars.brand.actions import the_brand
from regulars.brand.models import Store
from regulars.desk.bulk import chunks
from regulars.desk.spans import visible
from regulars.gather.models import Order, Sighting, Visit, VisitSighting
from regulars.identify.actions.find import find_many, living
from regulars.identify.models import Link


@dataclass(frozen=True, order=True)
class Came:
    """One coming: the store's business date, the store, ``order`` or ``visit`` with its key, and the revenue (minor
    units, after refunds; 0 of a visit, whose orders may be somebody else's)."""

    day: date
    store_id: str
    kind: str
    source: str
    key: str
    revenue: int


def came(numbers: Sequence[int], *, since: date, head: int) -> dict[int, list[Came]]:
    """Comings since a business date, by the number asked (an alias is answered as its customer), the earliest first.

    Of orders those that were paid and not wholly refunded; of visits those that were seated or left.
    """
    home = living(numbers, head=head)
    mine = sorted(set(home.values()))
    hashes: set[str] = set()
    for chunk in chunks(mine):
        links = Link.objects.filter(visible(head), customer__in=chunk)
        hashes.update(links.values_list("identifier_hash", flat=True))
    found: dict[int, set[Came]] = defaultdict(set)
    _orders(sorted(hashes), since, head, found)
    _visits(sorted(hashes), since, head, found)
    return {number: sorted(found[customer]) for number, customer in home.items()}


def _orders(hashes: Sequence[str], since: date, head: int, found: dict[int, set[Came]]) -> None:
    names: set[tuple[str, str]] = set()
    for chunk in chunks(hashes):
        rows = Sighting.objects.filter(visible(head), identifier_hash__in=chunk)
        names.update(rows.values_list("source", "order_id"))
    for part in chunks(sorted({order_id for _source, order_id in names})):
        orders = Order.objects.filter(
            visible(head), order_id__in=part, business_date__gte=since, status="paid"
        )
        kept = [each for each in orders.order_by("pk") if (each.source, each.order_id) in names]
        seen: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        ids = [each.order_id for each in kept]
        sightings = Sighting.objects.filter(visible(head), order_id__in=ids)
        for source, order_id, digest in sightings.values_list("source", "order_id", "identifier_hash"):
            seen[source, order_id].append(("", digest))
        owners = find_many([seen[each.source, each.order_id] for each in kept], head=head)
        for each, owner in zip(kept, owners, strict=True):
            if owner is not None and each.net - each.refunded > 0:
                revenue = each.net - each.refunded
                found[owner].add(
                    Came(each.business_date, each.store_id, "order", each.source, each.order_id, revenue)
                )


def _visits(hashes: Sequence[str], since: date, head: int, found: dict[int, set[Came]]) -> None:
    names: set[tuple[str, str]] = set()
    for chunk in chunks(hashes):
        rows = VisitSighting.objects.filter(identifier_hash__in=chunk)
        names.update(rows.values_list("source", "visit_id"))
    days = business_days()
    for part in chunks(sorted({visit_id for _source, visit_id in names})):
        visits = Visit.objects.filter(
            Q(seated_at__isnull=False) | Q(left_at__isnull=False), visit_id__in=part
        )
        kept = [each for each in visits.order_by("pk") if (each.source, each.visit_id) in names]
        owners = find_many(
            [[(kind, digest) for kind, digest in each.identifiers] for each in kept], head=head
        )
        for each, owner in zip(kept, owners, strict=True):
            day = days.of(each.store_id, each.seated_at or each.expected_at)
            if owner is not None and day >= since:
                found[owner].add(Came(day, each.store_id, "visit", each.source, each.visit_id, 0))


@dataclass(frozen=True)
class BusinessDays:
    """When a store's day ends: the brand's hour, in the store's own time zone."""

    zone: str
    zones: Mapping[str, str]
    ends: timedelta

    def of(self, store_id: str, at: datetime) -> date:
        """The store's business date at an instant."""
        return (at.astimezone(ZoneInfo(self.zones.get(store_id) or self.zone)) - self.ends).date()


def business_days() -> BusinessDays:
    """The brand's clock and those of its stores, read once."""
    brand = the_brand()
    zones = dict(Store.objects.exclude(time_zone="").values_list("code", "time_zone"))
    return BusinessDays(
        brand.time_zone, zones, timedelta(hours=brand.day_ends.hour, minutes=brand.day_ends.minute)
    )
