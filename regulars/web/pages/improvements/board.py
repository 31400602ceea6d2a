"""The board: what waits longest for a decision, each finding on its way, and voices that may belong together."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.access.actions import log
from regulars.core.money import minor_units
from regulars.core.refused import Refused
from regulars.improve import actions
from regulars.improve.actions.board import Way, seen_by, together, ways
from regulars.improve.models import Finding
from regulars.web import written
from regulars.web.pages.door import Look, page
from regulars.web.pages.improvements import shown
from regulars.web.pages.voices.shown import dish_names
from regulars.web.table import Cell, Column, Table, arrange, exported, text

DRAWN = 12  # findings drawn with their links; the table has all
QUOTED = 3  # voices quoted of a group


@page("see_voices")
def board(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """All findings this person may see: of a store account those that its stores raised."""
    findings = list(seen_by(seen.stores))
    way_of = ways(findings, now=seen.now, stores=seen.stores)
    table = arrange(request, _table(findings, way_of, seen), seen)
    if answer := exported(request, [table], seen):
        return answer
    waiting = sorted(
        (each for each in findings if each.state == Finding.State.RAISED),
        key=lambda each: (each.raised_at or each.made_at, each.pk),
    )
    difference, counted = together(now=seen.now)
    first = waiting[0] if waiting else None
    context: dict[str, Any] = {
        "table": table,
        "first": first,
        "first_says": shown.sentence(first, way_of[first.pk], seen) if first else "",
        "first_way": way_of[first.pk] if first else None,
        "first_voices": _quotes(first, seen) if first else [],
        "waiting": len(waiting),
        "rows": [_row(each, way_of[each.pk], seen) for each in _ordered(findings)[:DRAWN]],
        "told": (many := sum(way.told for way in way_of.values())),
        "many": many,
        "back": sum(way.back for way in way_of.values()),
        "revenue": sum(way.revenue for way in way_of.values()),
        "over_all": shown.over_all(difference, counted) if seen.stores is None else "",
        "groups": _groups(seen) if seen.may("improve") else [],
        "may_improve": seen.may("improve"),
    }
    return render(request, "improvements/page.html", context)


@page("improve", methods=("POST",))
def gather(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """Put the voices that were ticked into a new finding."""
    chosen = [int(each) for each in request.POST.getlist("voice") if each.isdecimal() and len(each) < 16][
        :500
    ]
    try:
        made = actions.merge(
            finding=None,
            voices=chosen,
            by=seen.user.get_username(),
            now=seen.now,
            title=request.POST.get("title", ""),
        )
    except Refused as why:
        messages.error(request, _(why.sentence) % why.facts)
        return redirect("improvements")
    log(
        user=seen.user,
        verb="merge",
        subject=f"finding {made.pk}",
        at=seen.now,
        detail=f"{len(chosen)} voices",
    )
    return redirect("improvement", key=made.pk)


def _ordered(findings: list[Finding]) -> list[Finding]:
    """Those under way first, the decided-against last; among them the latest first."""
    rank = {
        state: place for place, state in enumerate(("raised", "accepted", "changed", "gathering", "told"))
    }
    return sorted(
        findings, key=lambda each: (rank.get(each.state, len(rank)), -each.made_at.timestamp(), each.pk)
    )


def _row(finding: Finding, way: Way, seen: Look) -> dict[str, Any]:
    return {
        "finding": finding,
        "way": way,
        "links": shown.drawn(way),
        "says": shown.sentence(finding, way, seen),
        "stores": written.listed(
            seen.names.get(code, code) for code in finding.stores if seen.sees_store(code)
        ),
    }


def _quotes(finding: Finding, seen: Look) -> list[Any]:
    held = finding.voices.select_related("voice").exclude(voice__text="").order_by("voice__at", "pk")
    if seen.stores is not None:
        held = held.filter(voice__store_id__in=seen.stores)
    return [each.voice for each in held[:QUOTED]]


def _groups(seen: Look) -> list[dict[str, Any]]:
    found = actions.suggest_groups(now=seen.now, stores=seen.stores)
    dishes = dish_names({voice.product_id for group in found for voice in group})
    return [
        {
            "voices": group,
            "quoted": Counter(voice.text for voice in group if voice.text).most_common(QUOTED),
            "people": len({voice.person for voice in group if voice.person is not None}),
            "dish": next((dishes.get(voice.product_id, "") for voice in group if voice.product_id), ""),
            "safety": any(voice.safety for voice in group),
        }
        for group in found
    ]


def _table(findings: list[Finding], way_of: dict[int, Way], seen: Look) -> Table:
    columns = [
        Column("title", _("finding")),
        Column("state", _("state")),
        Column("scope", _("scope")),
        Column("people", _("people"), numeric=True),
        *(Column(name, label, numeric=True) for name, label in _days()),
        Column("told", _("told"), numeric=True),
        Column("back", _("back"), numeric=True),
        Column("revenue", _("revenue since"), numeric=True),
    ]
    currency = seen.brand.currency
    rows = []
    for each in findings:
        way = way_of[each.pk]
        day = {step.name: step.day for step in way.steps}
        rows.append(
            [
                text(each.title, reverse("improvement", args=[each.pk])),
                text(each.get_state_display()),
                text(each.get_scope_display()),
                _count(way.people),
                *(_count(day[name.removeprefix("day_")]) for name, _label in _days()),
                _count(way.told),
                _count(way.back),
                Cell(
                    written.money(way.revenue, currency), way.revenue, raw=way.revenue / minor_units(currency)
                ),
            ]
        )
    return Table("findings", _("All findings"), columns, rows, sort="state", look="list")


def _days() -> tuple[tuple[str, str], ...]:
    return (
        ("day_finding", _("raised on day")),
        ("day_changed", _("changed on day")),
        ("day_told", _("told on day")),
        ("day_back", _("back on day")),
    )


def _count(value: int | None) -> Cell:
    return Cell(written.count(value), value, raw=value)
