"""Before the shift: who comes, what is not mended, what was said yesterday, what was given away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.access.models import Pin
from regulars.brand.models import Staff, Store
from regulars.identify.actions import business_days
from regulars.improve.actions import answers_for
from regulars.improve.models import Finding
from regulars.listen.models import Voice
from regulars.serve.models import Comp
from regulars.web import written
from regulars.web.pages.door import Look, page
from regulars.web.pages.shift.leading import LEADS, Lead, lead
from regulars.web.pages.staff.shown import Party, clock_time, parties
from regulars.web.pages.staff.signing import ask
from regulars.web.pages.voices import shown
from regulars.web.table import Cell, Column, Table, arrange, exported, text
from regulars.web.words.serve import GIVEN, LEVELS

PROMINENT = 3
VOICES = 8
ANSWERED = timedelta(days=14)


@page("serve_guests")
def tonight(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """The page of a store's lead; a store account signs on by PIN first."""
    if not seen.names:
        return render(request, "shift/no_store.html")
    one = lead(request, seen)
    if one is None:
        store = request.session.get("store", "")
        refused = _("only a shift lead or a manager decides here") if request.session.get("staff") else ""
        return ask(request, seen, store, refused=refused, for_page="/shift/")
    row = Store.objects.get(code=one.store)
    zone = row.time_zone or seen.brand.time_zone
    found = parties(store=one.store, now=seen.now, zone=zone)
    table = arrange(request, _table(found), seen)
    if answer := exported(request, [table], seen):
        return answer
    complaints = [each for each in shown.open_complaints(seen) if each.complaint.voice.store_id == one.store]
    gifts = _gifts(one, seen, zone)
    context = {
        "store": row.name,
        "one": one,
        "stores": sorted(seen.names.items()),
        "sentence": _sentence(found, complaints, gifts),
        "table": table,
        "complaints": complaints,
        "first_gift": gifts[0] if gifts and len(complaints) < PROMINENT else None,
        "more_gifts": gifts[1:] if len(complaints) < PROMINENT else gifts,
        "first": _prominent(found, PROMINENT - min(len(complaints) + min(len(gifts), 1), PROMINENT)),
        "voices": _yesterday(one, seen.now),
        "answers": _answers(one, seen.now),
        "pins": (pins := _pins(one)),
        "pins_set": sum(1 for each in pins if each["since"]),
        "ends": (("mended", _("mended")), ("not_mended", _("not mended")), ("left", _("guest had left"))),
    }
    return render(request, "shift/page.html", context)


def _sentence(found: list[Party], complaints: list[Any], gifts: list[Any]) -> str:
    """What a person would say of tonight."""
    if complaints:
        return ngettext(
            "%(n)s complaint is open: go there first.",
            "%(n)s complaints are open: go there first.",
            len(complaints),
        ) % {"n": len(complaints)}
    again = [party for party in found if party.visit.guest.times > 1] if found else []
    if again:
        return ngettext(
            "%(n)s guest of tonight has been here before.",
            "%(n)s guests of tonight have been here before.",
            len(again),
        ) % {"n": len(again)}
    if gifts:
        return ngettext(
            "%(n)s gift to a guest waits for your word.",
            "%(n)s gifts to guests wait for your word.",
            len(gifts),
        ) % {"n": len(gifts)}
    return (
        _("Nothing waits for you before this shift.")
        if not found
        else _("Tonight everybody is new or not known yet.")
    )


def _prominent(found: list[Party], room: int) -> list[Party]:
    """The guests to know about before the shift: with a card, those who come most often first."""
    with_card = [party for party in found if party.card]
    return sorted(
        with_card, key=lambda party: (-bool(party.allergies), -party.visit.guest.times, party.visit.pk)
    )[:room]


def _table(found: list[Party]) -> Table:
    columns = [
        Column("when", _("when")),
        Column("where", _("where")),
        Column("know", _("what to know")),
        Column("who", _("who")),
    ]
    groups = {"here": _("here"), "waiting": _("in the queue"), "booked": _("booked")}
    cells = [
        [
            Cell(party.when, party.visit.expected_at, raw=party.visit.expected_at.isoformat()),
            text(party.where or str(groups[party.group])),
            text(" ".join(filter(None, (_allergic(party), party.do)))),
            text(" · ".join(filter(None, (party.times or _("not known yet"), party.note)))),
        ]
        for party in found
    ]
    return Table("tonight", _("Tonight's guests"), columns, cells, sort="when", look="list tonight")


def _allergic(party: Party) -> str:
    return _("Allergic: %(words)s.") % {"words": party.allergies} if party.allergies else ""


def _gifts(one: Lead, seen: Look, zone: str) -> list[dict[str, Any]]:
    """What was given away and waits: for a reason, or for somebody above to agree."""
    rows = Comp.objects.filter(store_id=one.store, agreed_by="").order_by("-at", "pk")
    waiting = [row for row in rows[:200] if row.climbs or not row.reason]
    names = dict(Staff.objects.filter(code__in={row.staff_id for row in waiting}).values_list("code", "name"))
    return [
        {
            "row": row,
            "amount": written.exact_money(row.amount, seen.brand.currency),
            "who": names.get(row.staff_id, row.staff_id),
            "when": f"{written.day(row.at.date(), seen.now.year)} {clock_time(row.at, zone)}",
            "why": str(GIVEN.get(row.reason, row.reason)),
            "needs": str(LEVELS[row.level]) if row.climbs else "",
        }
        for row in waiting
    ]


def _yesterday(one: Lead, now: datetime) -> list[dict[str, Any]]:
    """Voices of the business day before and of today so far, the latest first."""
    days = business_days()
    today = days.of(one.store, now)
    rows = Voice.objects.filter(store_id=one.store, at__gte=now - timedelta(days=3), at__lte=now)
    rows = rows.order_by("-at", "-voice_id")
    recent = [row for row in rows[:200] if days.of(one.store, row.at) >= today - timedelta(days=1)]
    return [{"voice": row, "said": shown.told(row), "source": shown.source(row)} for row in recent[:VOICES]]


def _answers(one: Lead, now: datetime) -> list[dict[str, Any]]:
    """What was decided in the last fortnight of what this store's guests said: accepted by when, or why not."""
    found = answers_for(one.store, since=now - ANSWERED)[:VOICES]
    return [
        {
            "finding": each,
            "says": _("will stay as it is: %(reason)s") % {"reason": each.reason}
            if each.state == Finding.State.REFUSED
            else each.get_state_display(),
        }
        for each in found
    ]


def _pins(one: Lead) -> list[dict[str, Any]]:
    """Colleagues of the store and since when they have a PIN; empty for who may not set one."""
    if not one.may_set_pins:
        return []
    since = dict(Pin.objects.filter(staff__store=one.store).values_list("staff_id", "set_at"))
    rows = Staff.objects.filter(store=one.store).order_by("name", "code")
    return [
        {
            "staff": row,
            "level": str(LEVELS.get(row.level, row.level)),
            "since": since.get(row.code),
            "leads": row.level in LEADS,
        }
        for row in rows
    ]
