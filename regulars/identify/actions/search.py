"""Looks for customers who may be one person, among what landed since the last look; whom it finds, people judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min

from regulars import settings
from regulars.desk.bulk import chunks
from regulars.desk.spans import visible
from regulars.gather.models import Order, Record, Sighting, Visit
from regulars.gather.rules.sittings import while_they_sat
from regulars.identify.actions.find import everyone_many, find_many
from regulars.identify.models import Candidate, Link, Searched
from regulars.identify.rules import candidates as rules
from regulars.identify.rules.strength import ANCHORS
from regulars.lake import head as heads

LONG = timedelta(days=1)  # between when guests were expected and when they ordered
Found = dict[tuple[int, int, str], datetime]


def run_due(*, now: datetime, still: Callable[[], bool]) -> int:
    """Look at the orders and records that landed since the last look and have their customers; how many are new."""
    head, since, until = _span()
    if since >= until:
        return 0
    found: Found = {}
    orders = Order.objects.filter(visible(head), batch__gt=since, batch__lte=until, status="paid")
    first = Visit.objects.aggregate(first=Min("expected_at"))["first"]
    if first is not None:
        for chunk in chunks(orders.filter(ordered_at__gte=first - LONG).order_by("pk").iterator(500)):
            if not still():
                return 0
            _paid_by_another(chunk, head, found)
    if Record.objects.filter(batch__gt=since, batch__lte=until).exists():
        _alike(head, now, found)
    before = Candidate.objects.count()
    for part in chunks(sorted(found.items())):
        Candidate.objects.bulk_create(
            [Candidate(a=a, b=b, why=why, at=at) for (a, b, why), at in part], ignore_conflicts=True
        )
    Searched.objects.update_or_create(pk=1, defaults={"landing": until})
    return Candidate.objects.count() - before


def next_due(*, now: datetime) -> datetime | None:
    """Now where something landed and was joined since the last look."""
    _head, since, until = _span()
    return now if since < until else None


def _span() -> tuple[int, int, int]:
    """HEAD, the landing of the last look, and the last that numbered customers: what is younger has none yet."""
    head = heads.read(settings.HOME / "lake").number
    row = Searched.objects.filter(pk=1).first()
    joined = Link.objects.filter(batch__lte=head).aggregate(last=Max("batch"))["last"]
    return head, row.landing if row else 0, joined or 0


def _paid_by_another(orders: Sequence[Order], head: int, found: Found) -> None:
    """Orders made at the visit of somebody whose identifiers are not on them."""
    sat = _visits_of(orders)
    those = [order for order in orders if (order.source, order.order_id) in sat]
    seen: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    told = Sighting.objects.filter(
        visible(head),
        batch__in={each.batch for each in those},
        order_id__in=[each.order_id for each in those],
    )
    for source, order_id, digest in told.values_list("source", "order_id", "identifier_hash"):
        seen[source, order_id].append(("", digest))
    visits = [sat[each.source, each.order_id] for each in those]
    came = everyone_many(
        [[(kind, digest) for kind, digest in visit.identifiers] for visit in visits], head=head
    )
    paid = everyone_many([seen[each.source, each.order_id] for each in those], head=head)
    owners = _owners({number for party in (*came, *paid) for number in party}, head)
    for order, visitors, payers in zip(those, came, paid, strict=True):
        for a, b in rules.booked_and_paid(set(visitors), set(payers), owners):
            found.setdefault((a, b, Candidate.Why.PAID), order.ordered_at)


def _visits_of(orders: Sequence[Order]) -> dict[tuple[str, str], Visit]:
    """By order its visit: the one it names, else the last to sit down at its table by then."""
    if not orders:
        return {}
    first = min(each.ordered_at for each in orders) - LONG
    last = max(each.ordered_at for each in orders) + LONG
    by_name: dict[tuple[str, str], Visit] = {}
    by_table: dict[tuple[str, str], list[tuple[datetime, Visit]]] = defaultdict(list)
    for visit in Visit.objects.filter(expected_at__range=(first, last)).order_by("pk"):
        by_name[visit.store_id, visit.visit_id] = visit
        begins = visit.seated_at or visit.booked_at or visit.queued_at
        if visit.table and begins:
            by_table[visit.store_id, visit.table].append((begins, visit))
    found = {}
    for order in orders:
        sat = by_name.get((order.store_id, order.visit_id or ""))
        if sat is None:
            here = [
                (begins, each.pk, each)
                for begins, each in by_table.get((order.store_id, order.table or ""), ())
                if while_they_sat(order.ordered_at, begins, each.left_at)
            ]
            sat = max(here)[2] if here else None
        if sat is not None:
            found[order.source, order.order_id] = sat
    return found


def _owners(numbers: Iterable[int], head: int) -> set[int]:
    """Those of these customers who have an account."""
    found: set[int] = set()
    for chunk in chunks(sorted(numbers)):
        rows = Link.objects.filter(visible(head), customer__in=chunk, identifier_type__in=ANCHORS)
        found.update(number for number in rows.values_list("customer", flat=True) if number is not None)
    return found


def _alike(head: int, now: datetime, found: Found) -> None:
    """Records of different customers that give one name and one birthday."""
    records = Record.objects.filter(visible(head), birthday__isnull=False).exclude(sort_name="")
    several = records.order_by().values("sort_name", "birthday").annotate(n=Count("pk")).filter(n__gt=1)
    keys = set(several.values_list("sort_name", "birthday"))
    known: dict[tuple[str, object], list[list[tuple[str, str]]]] = defaultdict(list)
    for part in chunks(sorted({name for name, _day in keys})):
        for row in records.filter(sort_name__in=part).only("sort_name", "birthday", "identifiers"):
            if (row.sort_name, row.birthday) in keys and row.identifiers:
                known[row.sort_name, row.birthday].append([("external", row.identifiers[0])])
    owners = iter(find_many([each for group in known.values() for each in group], head=head))
    for group in known.values():
        numbers = [number for number in (next(owners) for _each in group) if number is not None]
        for a, b in rules.alike(numbers):
            found.setdefault((a, b, Candidate.Why.ALIKE), now)
