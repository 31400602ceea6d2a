"""Who is left alone, and why: the first reason that holds is the one that is kept."""

from __future__ import annotations

from datetime import date, timedelta

NOT_YET_NEW = timedelta(days=90)  # after a store began to identify its guests, "first seen" says little
REGISTERED_BEFORE = timedelta(days=30)  # a member that long before the first visit seen has been there before
CONSENT = ("no_address", "no_consent", "unsubscribed", "no_permission")
REASONS = (*CONSENT, "brand_hold_out", "open_complaint", "capped", "maybe_old", "already_back")


def refrain(
    purpose: str, *, unreachable: str, held_out: bool, complains: bool, written: int, most: int
) -> str:
    """Why somebody is not written to for a purpose; nothing where they are.

    ``unreachable``: why no channel reaches them, if none does. Service asks for nothing else; research passes the
    hold-out and the cap, which are of plays, but not an open complaint.
    """
    if unreachable or purpose == "service":
        return unreachable
    if purpose == "marketing" and held_out:
        return "brand_hold_out"
    if complains:
        return "open_complaint"
    if purpose == "marketing" and written >= most:
        return "capped"
    return ""


def maybe_old(first_seen: date, store_began: date, registered: date | None) -> bool:
    """Whether a first visit as seen may not have been the first.

    So within 90 days of when their store began to identify its guests, and of members registered a month before.
    """
    if first_seen < store_began + NOT_YET_NEW:
        return True
    return registered is not None and registered < first_seen - REGISTERED_BEFORE
