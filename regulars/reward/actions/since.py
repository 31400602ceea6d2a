"""After a turn: the orders that are new or changed hands since the last one, and whose they are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from regulars.desk.bulk import chunks
from regulars.desk.spans import visible
from regulars.gather.models import Order, Sighting
from regulars.identify.actions import find_many
from regulars.identify.models import Link
from regulars.reward.actions.earn import Sold, earn
from regulars.reward.models import Programme

Key = tuple[str, str]  # source, order_id


def earn_since(*, head: int, now: datetime) -> int:
    """Book what landed since the last landing that was booked, up to ``head``, a turn's; how many movements it made.

    These are the orders that came or changed, and those on which an identifier was seen that belongs to somebody since.
    Killed half way it begins again, and books what is not yet in the book.
    """
    programme = Programme.objects.filter(pk=1).first()
    if programme is None or programme.booked_to >= head:
        return 0
    made = 0
    fresh = Order.objects.filter(
        visible(head), batch__gt=programme.booked_to, business_date__gte=programme.starts_on
    )
    # Their keys first: whoever still reads when they begin to write stands on what others have written over since, and
    # SQLite refuses that at once.
    for numbers in chunks(list(fresh.order_by("pk").values_list("pk", flat=True))):
        orders = list(Order.objects.filter(pk__in=numbers).order_by("pk"))
        made += earn(orders=_sold(orders, head), head=head, now=now)
    older = _linked_since(programme.booked_to, head) if programme.booked_to else ()
    for keys in chunks(older):
        made += earn(orders=_sold(_orders(keys, programme, head), head), head=head, now=now)
    Programme.objects.filter(pk=1, booked_to=programme.booked_to).update(booked_to=head)
    return made


def _linked_since(landing: int, head: int) -> Iterator[Key]:
    """Older orders on which an identifier was seen whose link was opened after a landing."""
    opened = Link.objects.filter(visible(head), batch__gt=landing, customer__isnull=False)
    hashes = opened.order_by("identifier_hash").values_list("identifier_hash", flat=True)
    for chunk in chunks(list(hashes)):
        seen = Sighting.objects.filter(visible(head), identifier_hash__in=chunk, batch__lte=landing)
        yield from sorted(set(seen.values_list("source", "order_id")))


def _orders(keys: Iterable[Key], programme: Programme, head: int) -> list[Order]:
    wanted = set(keys)
    rows = Order.objects.filter(
        visible(head), order_id__in=[key[1] for key in wanted], business_date__gte=programme.starts_on
    )
    return [order for order in rows.order_by("pk") if (order.source, order.order_id) in wanted]


def _sold(orders: list[Order], head: int) -> list[Sold]:
    """Each order with whose it is: that of the strongest identifier seen on it."""
    seen: dict[Key, list[tuple[str, str]]] = defaultdict(list)
    sightings = Sighting.objects.filter(visible(head), order_id__in=[order.order_id for order in orders])
    for source, order_id, digest in sightings.values_list("source", "order_id", "identifier_hash"):
        seen[source, order_id].append(("", digest))
    owners = find_many([seen[order.source, order.order_id] for order in orders], head=head)
    return [
        Sold(
            order.source,
            order.order_id,
            order.version,
            owner,
            order.net - order.refunded if order.status == "paid" else 0,
            order.business_date,
            order.ordered_at,
        )
        for order, owner in zip(orders, owners, strict=True)
    ]
