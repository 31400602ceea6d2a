"""Cohorts: of each month's newcomers, who came again; by store, traffic, offer and channel; and what was a bubble."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.brand.models import Product
from regulars.measure.models import Figure
from regulars.web import words, written
from regulars.web.figures import Figures, enough
from regulars.web.numbers import Number, of_figure, period
from regulars.web.pages.door import Look, page
from regulars.web.shapes import COHORTS, MONTHS, triangle
from regulars.web.table import Cell, Column, Table, arrange, drawn, exported, intervals, opened, text

METRICS = (
    "cohort_second_visit",
    "cohort_triangle",
    "first_triangle",
    "bubble_rate",
    "repurchase_rate",
    "price_fairness",
)
WINDOWS = ("30", "90", "180", "365")
WINDOW = "90"
QUARTERS = 4
KINDS = (
    ("month", gettext_lazy("month")),
    ("store", gettext_lazy("store")),
    ("traffic", gettext_lazy("traffic")),
    ("offer", gettext_lazy("offer")),
    ("sales_channel", gettext_lazy("channel")),
)
# What newcomers may have begun with, each with a triangle of its own.
BEGUN = {
    "first_store": gettext_lazy("first store"),
    "first_channel": gettext_lazy("first channel"),
    "first_offer": gettext_lazy("first offer"),
    "first_product": gettext_lazy("first product"),
}
# What brought newcomers, for those who see the brand; a store account sees its stores.
BUBBLES = {
    "acquired_by": gettext_lazy("source"),
    "offer": gettext_lazy("offer"),
    "discount_by": gettext_lazy("discount"),
}
STORES = {"store": gettext_lazy("store")}


@page("see_figures")
def cohorts(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """The triangle, the shares that came back with their intervals, and the bubble."""
    figures = Figures(seen.figures(*METRICS))
    kinds = [(kind, label) for kind, label in KINDS if seen.stores is None or kind == "store"]
    by = request.GET.get("by", "")
    by = by if by in dict(kinds) else kinds[0][0]
    window = request.GET.get("window", "")
    window = window if window in WINDOWS else WINDOW
    begun, chosen = _begun(request, figures, seen)
    tables = {
        "triangle": _chosen(figures, seen, begun["kind"], begun["slice"]),
        "shares": _shares(figures, seen, by, window),
        "bubbles": _bubbles(figures, seen),
    }
    for table in tables.values():
        arrange(request, table, seen)
    if answer := exported(request, list(tables.values()), seen):
        return answer
    mine = figures.at("store", next(iter(seen.names))) if seen.stores and len(seen.names) == 1 else figures
    whole = {each: mine.one("cohort_second_visit", each) for each in WINDOWS}
    context = {
        **tables,
        "kinds": kinds,
        "begun": begun,
        "choices": chosen,
        "by": by,
        "by_label": dict(kinds)[by],
        "windows": WINDOWS,
        "window": window,
        "said": _said(whole),
        "whole": [(each, of_figure(row, seen.brand.currency)) for each, row in whole.items() if row],
        "repurchase": _repurchase(figures, seen),
        "fair": _fair(mine, seen),
        "told": bool(figures.rows),
    }
    return render(request, "cohorts/page.html", context)


def _begun(
    request: HttpRequest, figures: Figures, seen: Look
) -> tuple[dict[str, str], dict[str, list[tuple[str, str]]]]:
    """What the triangle's newcomers began with, as the address asks, and what there is to choose from."""
    rows = [row for row in figures.rows if row.metric == "first_triangle" and row.part == "0"]
    kinds = [
        (kind, str(label)) for kind, label in BEGUN.items() if any(row.slice_kind == kind for row in rows)
    ]
    kind = request.GET.get("begun", "")
    if kind not in dict(kinds):
        return {"kind": "", "slice": ""}, {"kinds": kinds, "slices": []}
    sizes: dict[str, int] = {}
    for row in rows:
        if row.slice_kind == kind:
            sizes[row.slice] = sizes.get(row.slice, 0) + row.n
    names = dict(Product.objects.values_list("code", "name"))
    order = sorted(sizes, key=lambda slice: (slice in ("others", "not_recorded"), -sizes[slice], slice))
    slices = [(slice, words.slice_name(kind, slice, seen.names, names)) for slice in order]
    slice = request.GET.get("with", "")
    return {"kind": kind, "slice": slice if slice in sizes else order[0]}, {"kinds": kinds, "slices": slices}


def _chosen(figures: Figures, seen: Look, kind: str, slice: str) -> Table:
    """The triangle of everybody, or of those who began with something."""
    if not kind:
        return triangle(figures, seen, COHORTS, MONTHS)
    return triangle(figures.at(kind, slice), seen, COHORTS, MONTHS, "first_triangle")


def _said(whole: dict[str, Figure | None]) -> dict[str, str] | None:
    """Of a hundred newcomers, how many are back after 90 days and how many after a year."""
    soon, late = whole["90"], whole["365"]
    if soon is None or not enough(soon):
        return None
    said = {"soon": written.of_hundred(soon.value or 0), "late": ""}
    if late is not None and enough(late):
        said["late"] = written.of_hundred(late.value or 0)
    return said


def _repurchase(figures: Figures, seen: Look) -> list[tuple[str, Number]]:
    """The repurchase rate of the last 365 days and of the last quarters that are over, each with its period."""
    whole = (row for row in figures.rows if row.metric == "repurchase_rate" and not row.slice_kind)
    rates = {row.period: row for row in whole if enough(row)}
    quarters = sorted(name for name, row in rates.items() if "Q" in name and row.note != "incomplete")
    shown = [*(["trailing_year"] if "trailing_year" in rates else []), *reversed(quarters[-QUARTERS:])]
    return [(period(name), of_figure(rates[name], seen.brand.currency)) for name in shown]


def _fair(figures: Figures, seen: Look) -> list[tuple[str, Number]]:
    """What was taken off the list price in the last month that is over, by whom and for whom, and the gap."""
    months = figures.months("price_fairness", "gap")
    last = max(
        (month for month, row in months.items() if row.note != "incomplete" and enough(row)), default=""
    )
    labels = (
        ("new:brand", _("newcomers, by the brand")),
        ("new:platform", _("newcomers, by a platform")),
        ("returning:brand", _("those who came again, by the brand")),
        ("returning:platform", _("those who came again, by a platform")),
        ("gap", _("the brand gave newcomers more by")),
    )
    found = ((label, figures.one("price_fairness", part, last)) for part, label in labels if last)
    return [(label, of_figure(row, seen.brand.currency, label=label)) for label, row in found if row]


def _shares(figures: Figures, seen: Look, by: str, window: str) -> Table:
    """The share back within the window by what was asked, with its interval against the whole."""
    found = (
        figures.months("cohort_second_visit", window)
        if by == "month"
        else figures.slices("cohort_second_visit", by, window)
    )
    whole = figures.one("cohort_second_visit", window)
    column, span = intervals(found.values())
    rows = []
    for slice, row in found.items():
        name = (
            written.month(slice, seen.now.year, short=True)
            if by == "month"
            else words.slice_name(by, slice, seen.names)
        )
        rows.append(
            [
                text(name, key=slice if by == "month" else None),
                opened(of_figure(row, seen.brand.currency, label=name)),
                drawn(row, span, whole, name),
                Cell(written.count(row.n), row.n, raw=row.n),
            ]
        )
    columns = [
        Column("slice", dict(KINDS)[by]),
        Column("back", _("came back"), numeric=True),
        column,
        Column("guests", _("guests"), numeric=True),
    ]
    return Table(
        "shares", _("Newcomers who came back"), columns, rows, sort="-slice" if by == "month" else "-back"
    )


def _bubbles(figures: Figures, seen: Look) -> Table:
    """Newcomers who did not come back, by where they came from and by what brought them, worst first."""
    whole = figures.one("bubble_rate")
    kinds = BUBBLES if seen.stores is None else STORES
    found = [row for row in figures.rows if row.metric == "bubble_rate" and row.slice_kind in kinds]
    column, span = intervals(found)
    rows = []
    for row in found:
        name = words.slice_name(row.slice_kind, row.slice, seen.names)
        kind = [text(str(kinds[row.slice_kind]))] if len(kinds) > 1 else []
        share = opened(of_figure(row, seen.brand.currency, label=name))
        people = Cell(written.count(row.n), row.n, raw=row.n)
        rows.append([text(name), *kind, share, drawn(row, span, whole, name), people])
    columns = [
        Column("slice", _("brought by") if len(kinds) > 1 else _("store")),
        *([Column("kind", _("kind"))] if len(kinds) > 1 else []),
        Column("bubble", _("did not come back"), numeric=True),
        column,
        Column("guests", _("guests"), numeric=True),
    ]
    return Table("bubbles", _("Bubble rate"), columns, rows, sort="-bubble")
