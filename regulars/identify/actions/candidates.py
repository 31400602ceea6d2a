"""Who may be whom, as pages and plays ask; and that somebody said: these are two people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from regulars import settings
from regulars.core.refused import Refused
from regulars.desk.bulk import chunks
from regulars.identify.actions.find import living, numbers_of, numbers_of_many
from regulars.identify.actions.hands import part
from regulars.identify.models import Candidate
from regulars.lake import head as heads


@dataclass(frozen=True, order=True)
class Maybe:
    """The other customer, why (``Candidate.Why``), and since when it looks so."""

    other: int
    why: str
    at: datetime


def candidates(numbers: Sequence[int] | None, *, head: int) -> dict[int, list[Maybe]]:
    """By living customer (of these, or of all) who may be the same person: not who was told apart, nor who merged."""
    rows = list(_rows(numbers, head))
    home = living({number for row in rows for number in (row.a, row.b)}, head=head)
    pairs: dict[tuple[int, int], list[Candidate]] = defaultdict(list)
    for row in sorted(rows, key=lambda each: each.pk):
        a, b = sorted((home[row.a], home[row.b]))
        if a != b:
            pairs[a, b].append(row)
    asked = None if numbers is None else set(living(numbers, head=head).values())
    found: dict[int, list[Maybe]] = defaultdict(list)
    for (a, b), those in sorted(pairs.items()):
        if any(row.apart_at for row in those):
            continue
        for one, other in ((a, b), (b, a)):
            if asked is None or one in asked:
                found[one] += [Maybe(other, row.why, row.at) for row in those]
    return dict(found)


def tell_apart(*, number: int, other: int, by: str, now: datetime) -> None:
    """Somebody says that these are two people: they are shown as candidates no more (the first word stands), and what
    was joined by hand between them falls apart with the next turn.

    Refuses where they are no candidates and nobody joined them.
    """
    head = heads.read(settings.HOME / "lake").number
    parted = part(number=number, other=other, by=by, now=now, head=head)
    mine, theirs = numbers_of(number, head=head), numbers_of(other, head=head)
    rows = Candidate.objects.filter(Q(a__in=mine, b__in=theirs) | Q(a__in=theirs, b__in=mine))
    if mine == theirs:  # one by now: of their numbers only the one that is named
        rows = rows.filter(Q(a=other) | Q(b=other))
    if not parted and not rows.exists():
        raise Refused("nothing says that these two may be one person")
    rows.filter(apart_at=None).update(apart_by=by, apart_at=now)


def _rows(numbers: Sequence[int] | None, head: int) -> Iterable[Candidate]:
    if numbers is None:
        return Candidate.objects.all()
    found: dict[int, Candidate] = {}
    every = {each for all_of in numbers_of_many(numbers, head=head).values() for each in all_of}
    for chunk in chunks(sorted(every)):
        rows = Candidate.objects.filter(Q(a__in=chunk) | Q(b__in=chunk))
        found |= {row.pk: row for row in rows}
    return found.values()
