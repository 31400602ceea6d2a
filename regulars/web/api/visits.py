"""POST /v1/visits: bookings, queue tickets and scans, known before the guest sits down."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from regulars.gather.actions import take_visits
from regulars.serve import actions
from regulars.web.api.door import Call, Wrong, answer, door, items


@door()
def visits(request: HttpRequest, call: Call) -> HttpResponse:
    """Keep up to 500 visits, and make the cards of those who are due, before the answer goes out."""
    taken = take_visits(source=call.key.name, items=items(call, "visits"), now=call.now)
    actions.see(visits=taken.changed, now=call.now)
    wrong = [Wrong(each.place, each.pointer, each.detail) for each in taken.wrong]
    noticed = [Wrong(each.place, each.pointer, each.detail) for each in taken.noticed]
    return answer(len(taken.visits), wrong, noticed)
