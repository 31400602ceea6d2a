"""What thumbs said: each tap has a key that the phone made, so that sent twice, hours later, it is done once.

The phone sends a batch and gets one answer for each tap; a tap that cannot be done says why and is not asked again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from regulars.brand.models import Product
from regulars.core.refused import Refused
from regulars.engage.actions import confirm
from regulars.engage.models import Message
from regulars.gather.models import Visit
from regulars.listen.actions import complain, hear
from regulars.serve.actions import explain, note, touch
from regulars.serve.models import Card, Comp, Guest, Tap
from regulars.web.pages.door import Look, page
from regulars.web.pages.staff.signing import SENT_WITHIN, Who, read_word

MOST, LARGEST = 100, 200_000  # taps and bytes of one batch
GONE = "this is not here any more"
Said = Mapping[str, str]


@dataclass(frozen=True)
class Done:
    """One tap being done: who, what was said with it, and when."""

    who: Who
    said: Said
    at: datetime
    now: datetime


@page("serve_guests", methods=("POST",))
def sync(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """Take a batch of taps as JSON; one answer for each, in their order."""
    try:
        if int(request.headers.get("Content-Length") or 0) > LARGEST:
            raise ValueError
        taps = json.loads(request.body)["taps"]
        if not isinstance(taps, list) or len(taps) > MOST or not all(isinstance(each, dict) for each in taps):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"answers": []}, status=400)
    answers = []
    for each in taps:
        said = {str(name): _kept(str(value)) for name, value in each.items() if value is not None}
        answers.append({"key": said.get("key", ""), "why": answered(said, seen)})
    return JsonResponse({"answers": answers})


@page("serve_guests", methods=("POST",))
def tap(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """One tap of a browser without scripts: the same as in a batch, then the page again."""
    said = {name: _kept(str(value)) for name, value in request.POST.items()}
    if why := answered(said, seen):
        messages.error(request, why)
    return redirect("staff")


def _kept(text: str) -> str:
    """A text as a desk can keep it: an emoji cut in half, or character 0, would hold up every tap of this phone."""
    return text[:2000].replace("\x00", "").encode(errors="replace").decode()


def answered(said: Said, seen: Look) -> str:
    """Do one tap, or find what became of it before; empty when it is done, else the sentence that says why not."""
    one = read_word(said.get("word", ""), seen)
    key = said.get("key", "")
    if one is None:
        return _("sign on again, then do it once more")
    does = DOES.get(said.get("does", ""))
    if does is None or not 8 <= len(key) <= 80:
        return _(GONE)
    with transaction.atomic():
        row, made = Tap.objects.get_or_create(
            key=key,
            defaults={"staff_id": one.code, "store_id": one.store, "does": said["does"], "at": seen.now},
        )
        if made:
            try:
                with transaction.atomic():
                    does(Done(one, said, tapped_at(said.get("at", ""), seen.now), seen.now))
            except Refused as refused:
                row.answer = (_(refused.sentence) % refused.facts)[:300]
                row.save(update_fields=["answer"])
        return row.answer


def tapped_at(text: str, now: datetime) -> datetime:
    """When a thumb tapped, by the phone's clock; the present where that clock cannot be right."""
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return now
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if now - SENT_WITHIN <= at <= now else now


def _number(said: Said, name: str) -> int:
    text = said.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise Refused(GONE)
    return int(text)


def _card(done: Done) -> None:
    card = Card.objects.filter(pk=_number(done.said, "card"), store_id=done.who.store, shown=True).first()
    if card is None:
        raise Refused(GONE)
    touch(card=card, how=done.said["does"], staff_id=done.who.code, now=done.at)


def _visit(done: Done) -> Visit | None:
    """The visit that words are about; None where they are about nobody in particular."""
    if not done.said.get("visit"):
        return None
    visit = Visit.objects.filter(pk=_number(done.said, "visit"), store_id=done.who.store).first()
    if visit is None:
        raise Refused(GONE)
    return visit


def _about(done: Done, visit: Visit | None) -> dict[str, Any]:
    guest = Guest.objects.filter(visit=visit).first() if visit else None
    dish = done.said.get("dish", "")
    return {
        "text": done.said.get("words", "").strip(),
        "customer": guest.customer if guest else None,
        "visit_id": visit.visit_id if visit else "",
        "product_id": dish if dish and Product.objects.filter(code=dish).exists() else "",
        "store_id": done.who.store,
        "staff_id": done.who.code,
    }


def _note(done: Done) -> None:
    visit = _visit(done)
    about = _about(done, visit)
    note(
        key=done.said["key"],
        text=about["text"],
        store_id=done.who.store,
        staff_id=done.who.code,
        customer=about["customer"],
        visit=visit,
        now=done.at,
    )
    hear(key=f"staff:{done.said['key']}", source="note", at=done.at, now=done.now, **about)


def _complaint(done: Done) -> None:
    visit = _visit(done)
    about = _about(done, visit)
    if not about["text"]:
        raise Refused("write a few words, at most %(most)d characters", most=500)
    table = (visit.table if visit else "") or done.said.get("table", "")[:40]
    complain(key=f"staff:{done.said['key']}", at=done.at, now=done.now, table=table or "", **about)


def _why(done: Done) -> None:
    comp = Comp.objects.filter(pk=_number(done.said, "comp"), store_id=done.who.store).first()
    if comp is None:
        raise Refused(GONE)
    explain(comp=comp, reason=done.said.get("words", ""), staff_id=done.who.code)


def _sent(done: Done) -> None:
    message = Message.objects.filter(pk=_number(done.said, "message"), store_id=done.who.store).first()
    if message is None:
        raise Refused(GONE)
    confirm(message=message.pk, staff_id=done.who.code, now=done.at)


DOES: dict[str, Callable[[Done], None]] = {
    "done": _card,
    "not_today": _card,
    "note": _note,
    "complaint": _complaint,
    "why": _why,
    "sent": _sent,
}
