"""The outbox: exactly what would reach whom, what was left unsent and why, and by which channels anything leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.access.actions import log, note_look
from regulars.access.rules import masked
from regulars.core.refused import Refused
from regulars.engage.actions.claim import channels
from regulars.engage.actions.set_up import set_up
from regulars.engage.models import ChannelSetting, Message, Play
from regulars.gather.models import Identifier
from regulars.identify.actions import living
from regulars.know.models import CustomerState
from regulars.web import written
from regulars.web.pages.door import Look, page
from regulars.web.table import Cell, Column, Table, arrange, as_csv, exported, text
from regulars.web.words import outbox as words
from regulars.web.words.plays import title

SHOWN = 200  # rows on the page; the file has all
BEGINNING = 60  # characters of a body in the list
LINK = re.compile(r"(/[aptu]/)[\w-]{20,}")  # whoever holds one answers, votes or leaves for the guest
State = Message.State
FILTERS = ("state", "channel", "play", "reason")


def _seen(seen: Look) -> QuerySet[Message]:
    """The messages this person may see: of a store account, those of its stores."""
    return Message.objects.all() if seen.stores is None else Message.objects.filter(store_id__in=seen.stores)


def _rows(request: HttpRequest, seen: Look) -> tuple[QuerySet[Message], dict[str, str]]:
    """Those of them that the address asks for, and what it asks."""
    rows, asked = _seen(seen), {name: request.GET.get(name, "")[:40] for name in FILTERS}
    for name, value in asked.items():
        if value:
            rows = rows.filter(**{"play__name" if name == "play" else name: value})
    return rows, asked


@page("see_plays")
def listing(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """What waits, what was sent, what was not; the channels under it."""
    rows, asked = _rows(request, seen)
    latest = _veiled(list(rows.select_related("play").order_by("-due_at", "-pk")[:SHOWN]), seen)
    table = arrange(request, _table(latest, seen), seen)
    everything = _seen(seen)
    reasons = arrange(request, _reasons(everything), seen)
    if answer := exported(request, [reasons], seen):
        return answer
    table.export_href = ""  # the whole list goes by a form, since it names customers
    out = [each.name for each in channels() if each.name in _let_out()]
    context = {
        "table": table,
        "reasons": reasons,
        "counts": _counts(everything, seen),
        "asked": asked,
        "choices": _choices(asked),
        "found": rows.count(),
        "shown": SHOWN,
        "out": written.listed(str(words.CHANNELS.get(name, name)) for name in out),
        "channels": [_channel(each) for each in channels()],
        "may_set": seen.may("run_plays"),
    }
    return render(request, "outbox/page.html", context)


def _veiled(rows: list[Message], seen: Look) -> list[Message]:
    """Messages as this person may read them: without names, and links that act for a guest, where they may not know."""
    if seen.may_know:
        return rows
    home = living([row.customer for row in rows if row.customer is not None], head=seen.head)
    known = CustomerState.objects.filter(seen.shown(), customer__in=set(home.values()))
    names = dict(known.exclude(name="").values_list("customer", "name"))
    for row in rows:
        name = names.get(home.get(row.customer or 0, 0), "")
        for part in ("subject", "body"):
            said = LINK.sub(rf"\1{masked(row.key)}", getattr(row, part))
            setattr(row, part, said.replace(name, masked(name)) if name else said)
    return rows


def _let_out() -> set[str]:
    return set(ChannelSetting.objects.filter(out=True).values_list("channel", flat=True))


def _counts(rows: QuerySet[Message], seen: Look) -> dict[str, int]:
    """How many messages stand where, sent ones of the last seven days."""
    week = Q(state=State.SENT, sent_at__gt=seen.now - timedelta(days=7))
    return rows.aggregate(
        all=Count("pk"),
        waiting=Count("pk", filter=Q(state__in=(State.WAITING, State.SENDING))),
        handed=Count("pk", filter=Q(state=State.HANDED)),
        sent=Count("pk", filter=week),
        spared=Count("pk", filter=Q(state=State.SPARED)),
        failed=Count("pk", filter=Q(state=State.FAILED)),
    )


def _reasons(rows: QuerySet[Message]) -> Table:
    """Why messages were not sent, the most frequent first."""
    counted = rows.exclude(reason="").order_by().values_list("reason", "state").annotate(n=Count("pk"))
    states = dict(State.choices)
    cells = [
        [
            text(str(words.REASONS.get(reason, reason)), f"{reverse('outbox')}?reason={reason}"),
            text(str(states.get(state, state))),
            Cell(text=written.count(n), key=n, raw=n),
        ]
        for reason, state, n in counted
    ]
    columns = [
        Column("reason", _("why not")),
        Column("state", _("state")),
        Column("messages", _("messages"), numeric=True),
    ]
    return Table("reasons", _("Why messages were not sent"), columns, cells, sort="-messages", filters=False)


def _table(rows: list[Message], seen: Look) -> Table:
    cells = [
        [
            text(_beginning(row), reverse("message", args=[row.pk])),
            Cell(
                text=written.instant(row.sent_at or row.due_at, seen.brand.time_zone, seen.now.year),
                key=row.sent_at or row.due_at,
                raw=row.due_at.isoformat(),
            ),
            text(
                _whom(row),
                reverse("customer", args=[row.customer]) if row.customer else "",
                row.customer or 0,
            ),
            text(str(words.CHANNELS.get(row.channel, row.channel))),
            text(title(row.play) if row.play else str(words.PURPOSES.get(row.purpose, row.purpose))),
            text(_state(row)),
        ]
        for row in rows
    ]
    columns = [
        Column("message", _("message")),
        Column("at", _("when")),
        Column("customer", _("to")),
        Column("channel", _("channel")),
        Column("play", _("why")),
        Column("state", _("state")),
    ]
    return Table("messages", _("Messages"), columns, cells, sort="-at", look="list letters", page=40)


def _beginning(row: Message) -> str:
    said = " ".join((row.subject or row.body).split()) or _("(empty)")
    return said if len(said) <= BEGINNING else said[:BEGINNING] + "…"


def _whom(row: Message) -> str:
    return _("Customer %(number)s") % {"number": row.customer} if row.customer else written.NOTHING


def _state(row: Message) -> str:
    """Where a message stands, with its reason, and whether it left the machine."""
    said = row.get_state_display()
    if row.reason:
        return f"{said}: {words.REASONS.get(row.reason, row.reason)}"
    if row.state == State.SENT and row.delivered == "outbox":
        return _("sent, as far as this page")
    return str(said)


def _choices(asked: dict[str, str]) -> list[dict[str, Any]]:
    """What the list can be narrowed to."""
    named: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("state", _("state"), [(value, str(label)) for value, label in State.choices]),
        ("channel", _("channel"), [(each, str(label)) for each, label in words.CHANNELS.items()]),
        ("play", _("play"), [(each.name, title(each)) for each in Play.objects.order_by("name")[:100]]),
        ("reason", _("why not"), [(each, str(label)) for each, label in words.REASONS.items()]),
    ]
    return [
        {"name": name, "label": label, "chosen": asked[name], "options": options}
        for name, label, options in named
    ]


def _channel(channel: Any) -> dict[str, Any]:
    """A channel as its form draws it; a secret is never sent back to a page."""
    row = ChannelSetting.objects.filter(pk=channel.name).first() or ChannelSetting(channel=channel.name)
    asked = []
    for each in fields(channel.setup):
        told, value = each.metadata, row.values.get(each.name, each.default)
        asked.append(
            {
                "name": each.name,
                "label": words.LABELS.get(told["label"], told["label"]),
                "secret": told["secret"],
                "kept": bool(told["secret"] and value),
                "choices": [(choice, words.SETTINGS.get(choice, choice)) for choice in told["choices"]],
                "number": isinstance(each.default, int),
                "value": "" if told["secret"] else value,
            }
        )
    label = words.CHANNELS.get(channel.name, channel.label)
    return {
        "name": channel.name,
        "label": label,
        "by_staff": channel.by_staff,
        "out": row.out,
        "asked": asked,
    }


@page("see_plays")
def one(request: HttpRequest, seen: Look, key: int) -> HttpResponseBase:
    """One message as it is read; its address only for eyes that may see it, and then the trail says who looked."""
    row = _seen(seen).select_related("play", "entry").filter(pk=key).first()
    if row is None:
        raise Http404
    _veiled([row], seen)
    plain = Identifier.objects.filter(pk=row.address_hash).values_list("value", flat=True).first() or ""
    if seen.may_know and plain:
        note_look(user=seen.user, subject=f"message {row.pk}", at=seen.now)
    context = {
        "row": row,
        "to": plain if seen.may_know else masked(plain),
        "channel": words.CHANNELS.get(row.channel, row.channel) or written.NOTHING,
        "play": title(row.play) if row.play else "",
        "purpose": words.PURPOSES.get(row.purpose, row.purpose),
        "state": _state(row),
        "whom": _whom(row),
        "store": seen.names.get(row.store_id, row.store_id),
    }
    return render(request, "outbox/one.html", context)


@page("run_plays", methods=("POST",))
def channel(request: HttpRequest, seen: Look, name: str) -> HttpResponseBase:
    """Set a channel up, and let messages leave by it or not."""
    try:
        values = {
            key: value for key, value in request.POST.items() if key not in ("csrfmiddlewaretoken", "out")
        }
        row = set_up(channel=name, values=values, out="out" in request.POST, user=seen.user, now=seen.now)
        label = words.CHANNELS.get(name, name)
        said = (
            _("From now on messages leave by %(channel)s.")
            if row.out
            else _("Nothing leaves by %(channel)s.")
        )
        messages.success(request, said % {"channel": label})
    except Refused as refused:
        facts = {key: words.LABELS.get(value, value) for key, value in refused.facts.items()}
        messages.error(request, _(refused.sentence) % facts)
    return redirect("outbox")


@page("export_customers", methods=("POST",))
def export(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """All messages that the address asks for, as CSV, without addresses; their words for who may read names."""
    if not seen.may("see_plays"):
        raise Http404
    rows, asked = _rows(request, seen)
    detail = ", ".join(f"{name} {value}" for name, value in asked.items() if value)
    log(user=seen.user, verb="export", subject="messages", at=seen.now, detail=detail)
    header = [
        *(_("number"), _("customer"), _("play"), _("channel"), _("purpose"), _("state"), _("why not")),
        *(_("due"), _("sent"), *((_("subject"), _("body")) if seen.may_know else ())),
    ]

    def lines() -> Iterator[tuple[Any, ...]]:
        for row in rows.select_related("play").order_by("pk").iterator(chunk_size=1000):
            sent = row.sent_at.isoformat() if row.sent_at else ""
            words = (row.subject, row.body) if seen.may_know else ()
            yield (row.pk, row.customer, row.play.name if row.play else "", row.channel, row.purpose, row.state,
                   row.reason, row.due_at.isoformat(), sent, *words)  # fmt: skip

    return as_csv("messages.csv", header, lines())
