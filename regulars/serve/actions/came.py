"""What became of a card: whether its guest came back, by an order or a booking, shown or left out by chance alike."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from regulars.desk.bulk import chunks
from regulars.identify.actions import business_days, came
from regulars.serve.models import Card
from regulars.serve.rules.cards import BACK_WITHIN


def came_back(*, now: datetime, head: int) -> int:
    """Write on each card of the last 60 days when its guest came next; how many changed.

    A refund takes a visit back, so a day that was written goes again when its only order was refunded.
    """
    days = business_days()
    since = now - BACK_WITHIN
    cards = Card.objects.filter(made_at__gte=since).exclude(state=Card.State.OPEN).select_related("visit")
    changed = 0
    for chunk in chunks(list(cards.order_by("pk"))):
        comings = came(sorted({card.customer for card in chunk}), since=days.of("", since), head=head)
        differing = []
        for card in chunk:
            at = card.visit.expected_at if card.visit else card.made_at
            day = days.of(card.store_id, at)
            later = (each.day for each in comings[card.customer] if day < each.day <= day + BACK_WITHIN)
            found = min(later, default=None)
            if found != card.came_back_on:
                card.came_back_on = found
                differing.append(card)
        with transaction.atomic():
            Card.objects.bulk_update(differing, ["came_back_on"])
        changed += len(differing)
    return changed
