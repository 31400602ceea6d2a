"""Who an identifier or an old number means now: rows keep the number they were written with, readers ask here.

Nothing here loads SciPy, Ibis or the lake, so a live door answers at once (decision 0007).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from regulars.desk.bulk import chunks
from regulars.desk.spans import visible
from regulars.identify.models import Customer, Link
from regulars.identify.rules.strength import strongest


def find(identifiers: Sequence[tuple[str, str]], *, head: int) -> int | None:
    """The customer that the strongest of these (type, hash) leads to when HEAD stands at ``head``; None: nobody's."""
    return find_many([identifiers], head=head)[0]


def find_many(several: Sequence[Sequence[tuple[str, str]]], *, head: int) -> list[int | None]:
    """``find`` for many lists of identifiers at once, in their order: a query for 500 of them, not 500."""
    return [party[0] if party else None for party in everyone_many(several, head=head)]


def everyone_many(several: Sequence[Sequence[tuple[str, str]]], *, head: int) -> list[list[int]]:
    """Of each list of identifiers all customers they lead to, the one it belongs to first, the others ascending.

    Two people who each own a card stay two: seen on one visit they are one household, which is shown and not joined.
    """
    hashes = sorted({digest for identifiers in several for _type, digest in identifiers})
    linked: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for chunk in chunks(hashes):
        rows = Link.objects.filter(visible(head), identifier_hash__in=chunk, customer__isnull=False)
        for digest, name, customer in rows.values_list("identifier_hash", "identifier_type", "customer"):
            if customer is not None:
                linked[digest].append((name, customer))
    parties = []
    for identifiers in several:
        claims = [claim for _type, digest in identifiers for claim in linked[digest]]
        first = strongest(claims)
        rest = sorted({customer for _name, customer in claims} - {first})
        parties.append([] if first is None else [first, *rest])
    return parties


def living(numbers: Iterable[int], *, head: int) -> dict[int, int]:
    """For each number the one its customer has now: itself, or where merges led it."""
    found = {number: number for number in numbers}
    ahead = sorted(found)
    merged: dict[int, int] = {}
    while ahead:
        steps = _merged(ahead, head)
        merged |= steps
        ahead = sorted(set(steps.values()) - merged.keys())
    for number in found:
        while found[number] in merged:  # a merge leads to a lower number, so this ends
            found[number] = merged[found[number]]
    return found


def numbers_of(number: int, *, head: int) -> list[int]:
    """Every number that rows about this customer may carry: the living one first, then its aliases, ascending."""
    return numbers_of_many([number], head=head)[number]


def numbers_of_many(numbers: Iterable[int], *, head: int) -> dict[int, list[int]]:
    """``numbers_of`` for many at once, by the number that was asked."""
    now = living(numbers, head=head)
    home = {number: number for number in now.values()}
    ahead = sorted(home)
    while ahead:
        found: dict[int, int] = {}
        for chunk in chunks(ahead):
            aliases = Customer.objects.filter(merged_into__in=chunk, until__lte=head)
            for alias, into in aliases.values_list("number", "merged_into"):
                if into is not None and alias not in home:
                    found[alias] = home[into]
        home |= found
        ahead = sorted(found)
    together: dict[int, list[int]] = defaultdict(list)
    for each, main in sorted(home.items()):
        together[main].append(each)
    return {
        number: [main, *(each for each in together[main] if each != main)] for number, main in now.items()
    }


def _merged(numbers: Sequence[int], head: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for chunk in chunks(numbers):
        rows = Customer.objects.filter(number__in=chunk, merged_into__isnull=False, until__lte=head)
        found |= {
            number: into for number, into in rows.values_list("number", "merged_into") if into is not None
        }
    return found
