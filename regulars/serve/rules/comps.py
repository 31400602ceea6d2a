"""Who may give away how much at the table, and to whom a larger gift climbs."""

from __future__ import annotations

from collections.abc import Mapping

LEVELS = ("staff", "shift_lead", "manager")
OWNER = "owner"  # beyond every level of a store
LIMITS = {
    "staff": 30,
    "shift_lead": 100,
    "manager": 300,
}  # whole units of the currency a case, until someone says


def level_for(amount: int, limits: Mapping[str, int]) -> str:
    """The lowest level that may give ``amount`` (minor units) away; ``owner`` where no level of a store may."""
    return next((level for level in LEVELS if amount <= limits.get(level, 0)), OWNER)


def climbs(amount: int, giver: str, limits: Mapping[str, int]) -> bool:
    """Whether somebody above the giver's level has to agree; whoever is not known decides like staff."""
    return amount > limits.get(giver if giver in LEVELS else "staff", 0)


def may_agree(level: str, needed: str) -> bool:
    """Whether a colleague of ``level`` may agree to what ``needed`` may give."""
    rank = (*LEVELS, OWNER)
    return level in rank and rank.index(level) >= rank.index(needed)
