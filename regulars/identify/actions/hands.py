"""A person's word that two customers are one: evidence like a record that names both, until somebody takes it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from regulars import settings
from regulars.core.refused import Refused
from regulars.desk.spans import visible
from regulars.identify.actions.find import living, numbers_of
from regulars.identify.models import Joined, Link
from regulars.identify.rules.strength import place
from regulars.lake import head as heads


def join_by_hand(*, number: int, other: int, by: str, now: datetime) -> Joined:
    """Somebody says that these two customers are one person: from the next turn on they are, as if a record named both.

    What is joined are the strongest identifiers of the two, so limits and exclusions still hold. Said again, nothing.
    Refuses where they are one already, or where nothing identifies one of them.
    """
    head = heads.read(settings.HOME / "lake").number
    home = living((number, other), head=head)
    if home[number] == home[other]:
        raise Refused("these two are one customer already")
    a, b = sorted((home[number], home[other]))
    one, two = (_strongest(each, head) for each in (a, b))
    low, high = sorted((one, two))
    with transaction.atomic():
        row, _new = Joined.objects.get_or_create(
            a_hash=low, b_hash=high, apart_at=None, defaults={"a": a, "b": b, "by": by, "at": now}
        )
    return row


def joined_by_hand(*, number: int, head: int) -> list[Joined]:
    """What people said of this customer and of the numbers it had, the first word first."""
    theirs = numbers_of(number, head=head)
    rows = Joined.objects.filter(Q(a__in=theirs) | Q(b__in=theirs), apart_at=None)
    return list(rows.order_by("at", "pk"))


def part(*, number: int, other: int, by: str, now: datetime, head: int) -> int:
    """Take back what was joined by hand between two numbers; how many words that were."""
    standing = Joined.objects.filter(apart_at=None)
    mine, theirs = numbers_of(number, head=head), numbers_of(other, head=head)
    if mine == theirs:  # of several that became one, only what was said of the number that is named
        said = standing.filter(Q(a=other) | Q(b=other), a__in=mine, b__in=mine)
    else:
        said = standing.filter(Q(a__in=mine, b__in=theirs) | Q(a__in=theirs, b__in=mine))
    return said.update(apart_by=by, apart_at=now)


def _strongest(number: int, head: int) -> str:
    links = Link.objects.filter(visible(head), customer=number).values_list(
        "identifier_type", "identifier_hash"
    )
    found = min(((place(name), digest) for name, digest in links), default=None)
    if found is None:
        raise Refused("nothing identifies customer %(number)s any more", number=number)
    return found[1]
