"""What the guests known today are worth, how sure that is, and who changed it since the last quarter."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from regulars.measure.models import Figure
from regulars.web import charts, words, written
from regulars.web.figures import Figures
from regulars.web.numbers import of_figure
from regulars.web.pages.door import Look, page
from regulars.web.table import Cell, Column, Table, arrange, exported, opened, text

HORIZONS = ("90", "365")
MOVES = ("new", "more", "less", "lost", "gone")


@page("see_figures")
def worth(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """Customer equity within a horizon, and its change by who made it."""
    figures = Figures(seen.figures("equity", "value_90"))
    days = request.GET.get("days", "")
    days = days if days in HORIZONS else HORIZONS[-1]
    table = arrange(request, _moves(figures, days, seen), seen)
    if answer := exported(request, [table], seen):
        return answer
    total = figures.one("equity", days)
    then, now = (figures.one("equity", f"{part}:{days}") for part in ("then", "now"))
    context = {
        "moves": table,
        "days": days,
        "horizons": HORIZONS,
        "total": total and of_figure(total, seen.brand.currency),
        "between": _between(total, seen),
        "guests": written.count(total.n) if total else "",
        "said": _said(figures, days, seen),
        "then": then and of_figure(then, seen.brand.currency),
        "now": now and of_figure(now, seen.brand.currency),
        "orders": _orders(figures, seen),
        "told": total is not None,
        "stores_only": seen.stores is not None,
    }
    return render(request, "measures/worth.html", context)


def _between(total: Figure | None, seen: Look) -> dict[str, str] | None:
    if total is None or total.low is None or total.high is None:
        return None
    return {
        "low": written.short_money(total.low, seen.brand.currency),
        "high": written.short_money(total.high, seen.brand.currency),
    }


def _said(figures: Figures, days: str, seen: Look) -> dict[str, str] | None:
    """What the lost took away and the new brought; and whether the one was more than the other."""
    new, lost, less = (figures.one("equity", f"{part}:{days}") for part in ("new", "lost", "less"))
    if new is None or lost is None or new.value is None or lost.value is None:
        return None
    return {
        "new": written.short_money(new.value, seen.brand.currency),
        "lost": written.short_money(-lost.value, seen.brand.currency),
        "so": "grew" if new.value + lost.value >= 0 else "shrank",
        "most": "less" if less and less.value is not None and less.value < lost.value else "lost",
    }


def _orders(figures: Figures, seen: Look) -> Any:
    row = figures.one("value_90", "orders")
    return of_figure(row, seen.brand.currency) if row else None


def _moves(figures: Figures, days: str, seen: Look) -> Table:
    """Who changed the worth: money, guests and what that is for each of them."""
    found = {part: figures.one("equity", f"{part}:{days}") for part in MOVES}
    most = max((abs(row.value or 0) for row in found.values() if row), default=0)
    rows = []
    for part, row in found.items():
        if row is None:
            continue
        each = (row.value or 0) / row.n if row.n else None
        rows.append(
            [
                text(str(words.word("equity", f"{part}:{days}").title)),
                opened(of_figure(row, seen.brand.currency, "money"), seen.brand.currency),
                Cell(bar=_bar(row, most, seen)),
                Cell(written.count(row.n), row.n, raw=row.n),
                Cell(written.money(each, seen.brand.currency), each, raw=each),
            ]
        )
    columns = [
        Column("who", _("who")),
        Column("money", _("change"), numeric=True),
        Column("bar", _("up or down"), chart=True),
        Column("guests", _("guests"), numeric=True),
        Column("each", _("for each"), numeric=True),
    ]
    return Table("moves", _("Who changed it since the last quarter"), columns, rows, filters=False)


def _bar(row: Figure, most: float, seen: Look) -> charts.Bar | None:
    """A move as a bar of the largest one's width: what brings and what takes differ in the word beside it, too."""
    value = row.value or 0
    said = f"{words.word('equity', row.part).title}: {written.short_money(value, seen.brand.currency)}"
    return charts.bar(
        (("up" if value >= 0 else "down", abs(value), said), ("rest", most - abs(value), "")), said
    )
