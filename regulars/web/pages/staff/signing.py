"""Who holds the shared phone: the store's account logs in once, a colleague by name and PIN for some minutes.

What a phone queued without network was tapped by whom, a signed word on the page says: it outlives the session.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from regulars.access.actions import check_pin
from regulars.access.models import Pin
from regulars.brand.models import Staff
from regulars.core.refused import Refused
from regulars.web.pages.door import Look, page

MINUTES = 10  # of rest, after which the page asks for the PIN again
SENT_WITHIN = timedelta(
    days=7
)  # a tap without network is sent later: a phone may lie in a drawer over days off
SALT = "regulars.staff"


@dataclass(frozen=True)
class Who:
    """The colleague who signed on, and the store they stand in."""

    code: str
    name: str
    level: str
    store: str


def colleagues(seen: Look, store: str) -> list[Staff]:
    """Who works in a store that this account sees."""
    return list(Staff.objects.filter(store=store).order_by("name", "code")) if seen.sees_store(store) else []


def store_of(request: HttpRequest, seen: Look) -> str:
    """The store whose page this is: the one asked for, else the session's, else the account's first; else nothing."""
    asked = request.GET.get("store") or request.session.get("store") or ""
    known = seen.names
    store = asked if asked in known else next(iter(sorted(known)), "")
    if store and request.session.get("store") != store:
        request.session["store"] = store
        request.session.pop("staff", None)
    return store


def who(request: HttpRequest, seen: Look, store: str) -> Who | None:
    """Who signed on here lately, or None; asking counts as being there."""
    kept: dict[str, Any] = request.session.get("staff") or {}
    wall = datetime.now(UTC)
    if kept.get("store") != store or not seen.sees_store(store):
        return None
    if datetime.fromisoformat(kept["until"]) < wall:
        request.session.pop("staff", None)
        return None
    row = Staff.objects.filter(code=kept["code"], store=store).first()
    if row is None:
        return None
    request.session["staff"] = kept | {"until": (wall + timedelta(minutes=MINUTES)).isoformat()}
    return Who(row.code, row.name, row.level, store)


def word(one: Who) -> str:
    """A signed word that says who tapped, for taps that are sent later."""
    return signing.dumps({"code": one.code, "store": one.store}, salt=SALT)


def read_word(text: str, seen: Look) -> Who | None:
    """Who tapped, by a word of the last days; None where it is no word of ours or of a store not seen."""
    try:
        said = signing.loads(text, salt=SALT, max_age=SENT_WITHIN)
    except signing.BadSignature:
        return None
    row = Staff.objects.filter(code=said["code"]).first()
    if row is None or not seen.sees_store(said["store"]):
        return None
    return Who(row.code, row.name, row.level, said["store"])


@sensitive_post_parameters("pin")
@page("serve_guests", methods=("POST",))
def sign(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """Sign on by name and PIN; what is wrong is said beside the field."""
    store = store_of(request, seen)
    code = request.POST.get("staff", "")
    try:
        if code not in {each.code for each in colleagues(seen, store)}:
            raise Refused("choose your name")
        check_pin(staff_id=code, pin=request.POST.get("pin", ""), now=datetime.now(UTC))
    except Refused as refused:
        return ask(request, seen, store, chosen=code, refused=_(refused.sentence) % refused.facts)
    until = datetime.now(UTC) + timedelta(minutes=MINUTES)
    request.session["staff"] = {"code": code, "store": store, "until": until.isoformat()}
    return redirect(request.POST["next"] if request.POST.get("next") in ("/staff/", "/shift/") else "staff")


@page("serve_guests", methods=("POST",))
def sign_off(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """Hand the phone on."""
    request.session.pop("staff", None)
    return redirect("staff")


def ask(
    request: HttpRequest,
    seen: Look,
    store: str,
    *,
    chosen: str = "",
    refused: str = "",
    for_page: str = "/staff/",
) -> HttpResponseBase:
    """Ask who it is: those who have a PIN, since nobody else can sign on."""
    everybody = colleagues(seen, store)
    pins = set(Pin.objects.filter(staff__store=store).values_list("staff_id", flat=True))
    known = [each for each in everybody if each.code in pins]
    context = {
        "store": seen.names.get(store, store),
        "stores": sorted(seen.names.items()),
        "code": store,
        "colleagues": known,
        "without": len(everybody) - len(known),
        "twice": {name for name, n in Counter(each.name for each in known).items() if n > 1},
        "chosen": chosen,
        "refused": refused,
        "next": for_page,
    }
    return render(request, "staff/sign.html", context, status=403 if refused else 200)
