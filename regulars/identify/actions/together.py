"""Who else was seen on a customer's orders and visits: a household, shown as a candidate and never joined."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from regulars.desk.bulk import chunks
from regulars.desk.spans import visible
from regulars.gather.models import Sighting, VisitSighting
from regulars.identify.models import Link

Occasion = tuple[str, str, str]  # order or visit, its source, its number


def together(*, number: int, head: int) -> list[tuple[int, int]]:
    """Other customers seen on the same orders or visits that the desk keeps: (customer, occasions), the most first."""
    mine = Link.objects.filter(visible(head), customer=number).values_list("identifier_hash", flat=True)
    occasions: set[Occasion] = set()
    for chunk in chunks(mine):
        orders = Sighting.objects.filter(visible(head), identifier_hash__in=chunk)
        occasions.update(("order", *pair) for pair in orders.values_list("source", "order_id"))
        visits = VisitSighting.objects.filter(identifier_hash__in=chunk)
        occasions.update(("visit", *pair) for pair in visits.values_list("source", "visit_id"))
    seen: dict[str, set[Occasion]] = defaultdict(set)
    for part in chunks(sorted({each for kind, _source, each in occasions if kind == "order"})):
        rows = Sighting.objects.filter(visible(head), order_id__in=part)
        _note(seen, occasions, "order", rows.values_list("identifier_hash", "source", "order_id"))
    for part in chunks(sorted({each for kind, _source, each in occasions if kind == "visit"})):
        told = VisitSighting.objects.filter(visit_id__in=part)
        _note(seen, occasions, "visit", told.values_list("identifier_hash", "source", "visit_id"))
    theirs: dict[int, set[Occasion]] = defaultdict(set)
    for part in chunks(sorted(seen)):
        links = Link.objects.filter(visible(head), identifier_hash__in=part, customer__isnull=False)
        for digest, customer in links.exclude(customer=number).values_list("identifier_hash", "customer"):
            theirs[customer or 0] |= seen[digest]
    counted = Counter({customer: len(each) for customer, each in theirs.items()})
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


def _note(
    seen: dict[str, set[Occasion]], occasions: set[Occasion], kind: str, rows: Iterable[tuple[str, str, str]]
) -> None:
    for digest, source, ref in rows:
        if (kind, source, ref) in occasions:
            seen[digest].add((kind, source, ref))
