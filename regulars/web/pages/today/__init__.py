"""Today: one sentence on whether guests come back, the loop with its leak, the one thing to do, and the evidence."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from regulars.gather.models import Import
from regulars.web.figures import Figures
from regulars.web.pages.door import Look, page
from regulars.web.pages.today import evidence, headline, links, loop, plays, step
from regulars.web.shapes import triangle
from regulars.web.table import arrange, exported

METRICS = (
    "cohort_second_visit",
    "second_purchase_stock",
    "stock_corrected",
    "repeat_order_share",
    "identified_share",
    "bubble_rate",
    "guests",
    "lifecycle",
    "leak",
    "links",
    "revenue_factors",
    "revenue_by_traffic",
    "cohort_triangle",
    "value_90",
)
COHORTS, MONTHS = 7, 6


@page("see_figures")
def today(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """The first page; of a new installation it says what to do first, to a store account it speaks of one store."""
    store = _store(request, seen)
    rows = seen.figures(*METRICS).filter(slice_kind__in=("", "store", "traffic"))
    everything = Figures(rows)
    figures = everything.at("store", store) if store else everything
    if not figures.told_months("revenue_factors", "whole:revenue") and not figures.months(
        "cohort_second_visit", "90"
    ):
        return render(request, "today/first.html", _first(seen))
    traffic = arrange(request, evidence.traffic(everything, seen), seen)
    again = arrange(request, triangle(everything, seen, COHORTS, MONTHS), seen)
    earned = arrange(request, plays.table(seen), seen)
    if answer := exported(request, [traffic, again, earned], seen):
        return answer
    context: dict[str, Any] = {
        "store": store,
        "picks": list(seen.names.items()) if store and len(seen.names) > 1 else [],
        "headline": headline.said(figures, seen),
        "tiles": loop.tiles(figures, seen),
        "next": step.next_step(figures, seen),
        "links": links.strip(figures, seen),
        "plays": earned,
        "purchases": evidence.purchases(figures, seen),
        "revenue": evidence.revenue(figures, seen),
        "expected": evidence.expected(figures, seen),
        "untold": seen.turn.refused if seen.turn and seen.stores is None else [],
        "traffic": traffic,
        "triangle": again,
    }
    return render(request, "today/page.html", context)


def _store(request: HttpRequest, seen: Look) -> str:
    """The store that Today speaks of: none for those who see all, else the one picked or the first."""
    if seen.stores is None:
        return ""
    picked = request.GET.get("store", "")
    return picked if picked in seen.names else next(iter(seen.names), "")


def _first(seen: Look) -> dict[str, Any]:
    """What a new installation has done already."""
    states = set(Import.objects.values_list("state", flat=True))
    return {
        "landed": Import.State.LANDED in states,
        "under_way": bool(states & {Import.State.WAITING, Import.State.LOADING}),
        "turned": seen.turn is not None,
    }
