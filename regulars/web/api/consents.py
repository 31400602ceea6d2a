"""POST /v1/consents: what guests agree to and take back, told by a till, a form or a mini-program."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from regulars.gather.actions import take_consents
from regulars.web.api.door import Call, Wrong, answer, door, items


@door()
def consents(request: HttpRequest, call: Call) -> HttpResponse:
    """Keep up to 500 words, each durable before the answer goes out; no row means no, so nothing else gives consent."""
    taken, wrong = take_consents(source=call.key.name, items=items(call, "consents"), now=call.now)
    return answer(taken, [Wrong(each.place, each.pointer, each.detail) for each in wrong])
