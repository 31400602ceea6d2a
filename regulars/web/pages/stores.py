"""Stores: each with how well it knows its guests, how many come back, and whose traffic it lives on."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.web import charts, written
from regulars.web.figures import Figures, enough, year_before
from regulars.web.numbers import of_figure, period, plain
from regulars.web.pages.door import Look, page
from regulars.web.table import Cell, Column, Table, arrange, drawn, exported, intervals, opened, text
from regulars.web.words import TRAFFIC

METRICS = ("cohort_second_visit", "identified_share", "revenue_factors", "revenue_by_traffic")
WINDOW = "90"


@page("see_figures")
def listing(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """All stores of this person, set beside each other."""
    rows = seen.figures(*METRICS).filter(slice_kind__in=("", "store"))
    figures = Figures(rows)
    month = _last_month(figures, seen)
    table = arrange(request, _table(figures, seen, month), seen)
    if answer := exported(request, [table], seen):
        return answer
    context = {"table": table, "said": _said(figures, seen), "month": month and written.month(month, seen.now.year),
               "brand": figures.one("cohort_second_visit", WINDOW), "told": bool(figures.rows)}  # fmt: skip
    return render(request, "stores/page.html", context)


def _last_month(figures: Figures, seen: Look) -> str:
    """The last month that is over, of the brand or of any store this person sees."""
    return max([figures.last_month(), *(figures.at("store", code).last_month() for code in seen.names)])


def _said(figures: Figures, seen: Look) -> dict[str, str] | None:
    """The store that brings back most newcomers and the one that brings back fewest, if the two can be told apart."""
    shares = figures.slices("cohort_second_visit", "store", WINDOW)
    told = [row for code, row in shares.items() if enough(row) and code in seen.names]
    told.sort(key=lambda row: (row.value or 0, row.slice))
    if len(told) < 2 or (told[-1].low or 0) <= (told[0].high or 1):
        return None
    best, least = told[-1], told[0]
    return {
        "best": seen.names[best.slice], "most": written.of_hundred(best.value or 0),
        "least": seen.names[least.slice], "fewest": written.of_hundred(least.value or 0),
    }  # fmt: skip


def _table(figures: Figures, seen: Look, month: str) -> Table:
    currency = seen.brand.currency
    column, span = intervals(figures.slices("cohort_second_visit", "store", WINDOW).values())
    brand = figures.one("cohort_second_visit", WINDOW)
    columns = [
        Column("store", _("store")), Column("back", _("newcomers back in 90 days"), numeric=True),
        column, Column("known", _("orders identified"), numeric=True),
        Column("revenue", _("revenue"), numeric=True), Column("year", _("on a year before"), numeric=True),
        Column("own", _("own traffic"), numeric=True), Column("traffic", _("by traffic"), chart=True),
    ]  # fmt: skip
    cells = []
    for code, name in seen.names.items():
        mine = figures.at("store", code)
        back = mine.one("cohort_second_visit", WINDOW)
        known = mine.one("identified_share", period=month)
        revenue = mine.one("revenue_factors", "whole:revenue", month)
        cells.append([
            text(name, reverse("store", args=[code])),
            opened(of_figure(back, currency, label=name) if back else None),
            drawn(back, span, brand, name),
            opened(of_figure(known, currency, label=name) if known else None),
            opened(of_figure(revenue, currency, label=name) if revenue else None, currency),
            _on_year(mine, month, name, currency),
            *_traffic(mine, month, name, currency),
        ])  # fmt: skip
    return Table("stores", _("Stores"), columns, cells, sort="-back", look="list stores")


def _on_year(mine: Figures, month: str, name: str, currency: str) -> Cell:
    """Revenue of the month against the same month a year before; a dash where there was none."""
    now, before = mine.one("revenue_factors", "whole:revenue", month), None
    if month:
        before = mine.one("revenue_factors", "whole:revenue", year_before(month))
    if not (now and before and now.value and before.value):
        return Cell(text=written.NOTHING)
    change = now.value / before.value - 1
    facts = [(_("a year before"), written.short_money(before.value, currency))]
    facts += [(_("amount"), written.short_money(now.value, currency)), (_("period"), period(month))]
    number = plain(
        written.change(change),
        _("Revenue on a year before"),
        _("revenue of the month ÷ revenue of the same month a year before − 1"),
        now.as_of,
        tuple(facts),
    )
    return opened(replace(number, value=change, label=name))


def _traffic(mine: Figures, month: str, name: str, currency: str) -> tuple[Cell, Cell]:
    """The share of revenue that came by the store's own traffic, and the whole split as a bar."""
    parts = {part: mine.one("revenue_by_traffic", part, month) for part in TRAFFIC}
    amounts = {part: row.value or 0 for part, row in parts.items() if row}
    total = sum(amounts.values())
    if total <= max(amounts.get("not_recorded", 0), 0):
        return Cell(text=written.NOTHING), Cell()
    said = {part: f"{TRAFFIC[part]} {written.share(amount / total)}" for part, amount in amounts.items()}
    own, row = amounts.get("own", 0) / total, parts["own"]
    bar = charts.bar(
        ((part, amounts[part], said[part]) for part in amounts), f"{name}: {', '.join(said.values())}"
    )
    number = of_figure(row, currency, label=name).reading(written.share(own), own) if row else None
    return opened(number) if number else Cell(text=written.share(own), key=own, raw=own), Cell(bar=bar)
