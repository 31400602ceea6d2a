"""What every live door asks first: a write key, a body that is small enough, and JSON; errors are RFC 9457.

Nothing is acknowledged before it is durable, and of several items each that cannot be taken has its own error.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from regulars import clock
from regulars.access.actions import key_of
from regulars.access.models import WriteKey
from regulars.core.refused import Refused

LARGEST = 500_000  # bytes of a body
MOST = 500  # items in it
DEEPEST = 20  # levels of nesting; a body that is deeper says nothing that any door reads
SECRET = (WriteKey.Kind.SECRET.value,)


@dataclass(frozen=True)
class Call:
    """One call of a machine: the body it sent, the key it came with, and the brand's instant."""

    body: Any
    key: WriteKey
    now: datetime


@dataclass(frozen=True)
class Wrong:
    """Why one item of a body was not taken: its place, the member that is wrong (a JSON pointer) and a sentence."""

    place: int
    pointer: str
    detail: str


View = Callable[[HttpRequest, Call], HttpResponse]


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """An answer of RFC 9457: ``detail`` is a sentence that says what to do."""
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    response = JsonResponse(told | more, status=status, content_type="application/problem+json")
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Basic realm="Regulars", charset="UTF-8"'
    return response


def door(kinds: Sequence[str] = SECRET) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """Open a view to POSTs of JSON with a write key of one of these kinds; it then takes the request and the call."""

    def opened(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt  # a machine has no cookie that a strange page could use
        @wraps(view)
        def entered(request: HttpRequest) -> HttpResponse:
            if request.method != "POST":
                response = problem(405, "send this as a POST")
                response.headers["Allow"] = "POST"
                return response
            key = _key(request)
            if key is None:
                return problem(
                    401, "send a write key as the user of HTTP Basic; `regulars key add` makes one"
                )
            if key.kind not in kinds:
                return problem(403, f"a {key.kind} key may not write here")
            body = _body(request)
            if isinstance(body, HttpResponse):
                return body
            try:
                return view(request, Call(body, key, clock.now()))
            except Refused as refused:
                return problem(422, str(refused))

        return entered

    return opened


def items(call: Call, name: str) -> list[Any]:
    """The list called ``name`` in the body, or the body as its only item; refuses more than 500 and none."""
    found = call.body.get(name, [call.body]) if isinstance(call.body, dict) else call.body
    if not isinstance(found, list) or not found:
        raise Refused('send an object with a list "%(name)s"', name=name)
    if len(found) > MOST:
        raise Refused("send at most %(most)d at a time; these are %(count)d", most=MOST, count=len(found))
    return found


def answer(taken: int, wrong: Sequence[Wrong], noticed: Sequence[Wrong] = ()) -> HttpResponse:
    """How many items are kept by now, and one error for each of the others; 422 where none could be taken.

    ``noticed`` are members of items that were taken, which say nothing: they come back as warnings.
    """
    errors, warnings = [_said(each) for each in wrong], [_said(each) for each in noticed]
    if wrong and not taken:
        return problem(422, "nothing of this could be taken", taken=0, errors=errors)
    return JsonResponse({"taken": taken, "errors": errors, "warnings": warnings})


def _said(each: Wrong) -> dict[str, Any]:
    return {"index": each.place, "pointer": each.pointer, "detail": each.detail}


def _key(request: HttpRequest) -> WriteKey | None:
    scheme, _space, written = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user = base64.b64decode(written, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return None
    return key_of(user) if user else None


def _body(request: HttpRequest) -> Any:
    """The body as JSON, or the answer that says why it is none."""
    length = request.headers.get("Content-Length") or "0"
    if not (length.isascii() and length.isdigit()):
        return problem(400, "the length of the body is no number")
    if len(length) > 15 or int(length) > LARGEST:
        return problem(413, f"send at most {LARGEST} bytes at a time")
    try:
        raw = request.read(LARGEST + 1)
    except UnreadablePostError:
        return problem(400, "the body did not arrive whole")
    if len(raw) > LARGEST:
        return problem(413, f"send at most {LARGEST} bytes at a time")
    try:
        body = json.loads(raw, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return problem(400, "the body is not JSON")
    if _depth(body) > DEEPEST:
        return problem(400, "the body is nested too deeply")
    return body if _is_text(body) else problem(400, "a text in the body has half a character, or character 0")


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _is_text(body: Any) -> bool:
    """Whether every text in it can be kept: no database takes the character 0 or one half of a surrogate pair."""
    written = json.dumps(body, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in written.replace("\\\\", "")


def _depth(value: Any) -> int:
    """How deep a value is nested, counted without recursion and no further than it matters."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        below: list[Any] = []
        for each in level:
            below += each.values() if isinstance(each, dict) else each if isinstance(each, list) else []
        level, depth = below, depth + 1
    return depth
