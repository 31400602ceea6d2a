"""Who leads the shift of a store: an account that sees every store, or a colleague of the right level by PIN."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from regulars.web.pages.door import Look
from regulars.web.pages.staff.signing import store_of, who

LEADS = ("shift_lead", "manager")


@dataclass(frozen=True)
class Lead:
    """Who decides here: the code that is written, the level that it decides with, and the store."""

    code: str
    level: str
    store: str

    @property
    def may_set_pins(self) -> bool:
        return self.level in ("manager", "owner")


def lead(request: HttpRequest, seen: Look) -> Lead | None:
    """Who leads here, or None where nobody who may has signed on yet."""
    store = store_of(request, seen)
    if not store:
        raise Http404
    if seen.stores is None:
        return Lead(seen.user.get_username(), "owner", store)
    one = who(request, seen, store)
    return Lead(one.code, one.level, store) if one and one.level in LEADS else None


def deciding(request: HttpRequest, seen: Look) -> Lead:
    """The lead who decides; others get "not yours"."""
    found = lead(request, seen)
    if found is None:
        raise PermissionDenied
    return found
