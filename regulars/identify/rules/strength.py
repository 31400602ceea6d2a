"""Which identifier decides where several were seen; apart from the rest, so that a page asks without loading SciPy."""

from __future__ import annotations

from collections.abc import Iterable

# The strongest first: an order with several identifiers belongs to the customer of the first that has one.
STRENGTH = ("member_card", "external", "wechat_unionid", "wechat_openid", "phone", "email", "payment_token")
ANCHORS = ("member_card", "external")  # accounts: what a person owns by name


def place(identifier_type: str) -> int:
    """Where a type stands, 0 the strongest; a type that identifies nobody comes after all."""
    return STRENGTH.index(identifier_type) if identifier_type in STRENGTH else len(STRENGTH)


def strongest(claims: Iterable[tuple[str, int]]) -> int | None:
    """The customer of the strongest of ``claims`` (type, customer); among equals the lower number; None of none."""
    found = min(((place(name), customer) for name, customer in claims), default=None)
    return found[1] if found else None
