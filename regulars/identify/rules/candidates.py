"""Who may be one person although nothing joins them: shown to people, who decide; never forced."""

from __future__ import annotations

from collections.abc import Collection, Set

MOST_ALIKE = 3  # customers of one name and birthday; more of them share what somebody typed in for everybody


def booked_and_paid(came: Set[int], paid: Set[int], owners: Set[int]) -> set[tuple[int, int]]:
    """Pairs (the lower number first) of who came by a visit's own identifiers and whose paid its bill.

    Nobody where one of them is on both: the others are who was with them. Not two of ``owners``, who each have a card
    or a record: two people who each own a card stay two.
    """
    if came & paid:
        return set()
    return {(min(a, b), max(a, b)) for a in came for b in paid if not (a in owners and b in owners)}


def alike(customers: Collection[int]) -> set[tuple[int, int]]:
    """Pairs of those whose records give one name and birthday; nobody where more than three do."""
    those = sorted(set(customers))
    if len(those) > MOST_ALIKE:
        return set()
    return {(a, b) for at, a in enumerate(those) for b in those[at + 1 :]}
