"""What is to do now: guests who are here first, then those who wait, then tonight's bookings."""

from __future__ import annotations

import secrets

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from regulars.brand.models import Store
from regulars.engage.actions import handed
from regulars.engage.models import Message
from regulars.identify.actions import business_days, numbers_of
from regulars.know.models import CustomerState
from regulars.serve.actions import limits
from regulars.serve.models import Comp
from regulars.web import written
from regulars.web.pages.door import Look, page
from regulars.web.pages.staff.shown import came_back, clock_time, parties
from regulars.web.pages.staff.signing import ask, store_of, who, word

LISTED = 30  # messages and comps on one page


@page("serve_guests")
def now(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """The page of whoever is signed on, or the question who it is."""
    store = store_of(request, seen)
    if not store:
        return render(request, "shift/no_store.html")
    one = who(request, seen, store)
    if one is None:
        return ask(request, seen, store)
    row = Store.objects.get(code=store)
    zone = row.time_zone or seen.brand.time_zone
    found = parties(store=store, now=seen.now, zone=zone)
    messages = handed(stores=[store], now=seen.now)[:LISTED]
    comps = Comp.objects.filter(store_id=store, reason="").order_by("-at", "pk")[:LISTED]
    context = {
        "store": row.name,
        "who": one,
        "word": word(one),
        "at": clock_time(seen.now, zone),
        "limit": written.money(limits().get(one.level, 0), seen.brand.currency),
        "groups": [
            (name, [party for party in found if party.group == name and party.card])
            for name in ("here", "waiting", "booked")
        ],
        "quiet": sum(1 for party in found if party.card is None),
        "found": found,
        "back": came_back(store=store, today=business_days().of(store, seen.now)),
        "fresh": secrets.token_urlsafe(9),  # of taps without scripts: pressed twice, the same form is one tap
        "to_send": [(each, _to_whom(seen, each)) for each in messages],
        "comps": [
            (
                each,
                clock_time(each.at, zone),
                written.day(each.at.date(), seen.now.year),
                written.money(each.amount, seen.brand.currency),
            )
            for each in comps
        ],
    }
    return render(request, "staff/now.html", context)


def _to_whom(seen: Look, message: Message) -> str:
    """The name a colleague finds the guest by in their own address book; a number where no name is known."""
    if message.customer is None:
        return ""
    numbers = numbers_of(message.customer, head=seen.head)
    state = CustomerState.objects.filter(seen.shown(), customer__in=numbers).order_by("customer").first()
    return state.name if state and state.name else f"#{numbers[0]}"
