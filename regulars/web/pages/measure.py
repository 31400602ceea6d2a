"""One number whole: what it is, how it went, where it differs, and who stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from regulars.brand.models import Product
from regulars.measure.models import Figure
from regulars.web import whole, words, written
from regulars.web.behind import address, listed
from regulars.web.figures import Figures
from regulars.web.numbers import of_figure
from regulars.web.pages.door import Look, page
from regulars.web.shapes import SHAPES, full_name, parts_table
from regulars.web.table import Cell, Column, Table, arrange, drawn, exported, intervals, opened, text
from regulars.web.words.meanings import MEANINGS
from regulars.web.words.measures import KINDS, SHRUNK, Area, areas, beside, kind_of
from regulars.web.words.needs import need
from regulars.web.words.slices import PRODUCTS

FEWEST = 2  # months that are a way
ELSEWHERE = {
    "leak": "today",
    "links": "today",
    "stores_alike": "stores",
}  # numbers that another page is made of


@page("see_figures")
def one(request: HttpRequest, seen: Look, metric: str) -> HttpResponseBase:
    """One number: its sentence, its picture or its parts, its slices, its people."""
    if metric in ELSEWHERE:
        return redirect(ELSEWHERE[metric])
    area = next((area for area in areas() if metric in area.metrics), None)
    if area is None:
        raise Http404
    rows = list(seen.figures(metric))
    if not rows:
        return _untold(request, seen, area, metric)
    figures = Figures(rows)
    if seen.stores is not None:
        figures = figures.at("store", _store(request, seen))
    parts = whole.parts_of(figures, metric)
    part = request.GET.get("part", whole.opening(metric, parts))
    if part not in parts and all(row.part != part for row in rows):
        raise Http404
    kinds = [] if metric in SHAPES else _kinds(rows, part, seen)
    if metric in SHAPES:
        shapes = SHAPES[metric](figures, seen)
    else:
        alone = not kinds or (kinds == ["month"] and len(figures.months(metric, part)) < FEWEST)
        shapes = [parts_table(figures, metric, parts, seen)] if alone else []
    by = request.GET.get("by", "")
    by = by if by in kinds else next(iter(kinds), "month")
    slices = _table(figures, metric, part, by, seen)
    tables = [shape.table for shape in shapes] or [slices]
    for table in tables:
        arrange(request, table, seen)
    if answer := exported(request, tables, seen):
        return answer
    now = whole.stands(figures, metric, part)
    kind = kind_of(metric, part)
    meaning = MEANINGS[metric](figures) if metric in MEANINGS else None
    context = {
        "area": area,
        "metric": metric,
        "word": words.word(metric, part),
        "title": words.title(metric, part),
        "name": str(words.title(metric)) if metric in SHAPES and meaning else full_name(metric, part),
        "meaning": meaning,
        "now": now and of_figure(now.now, seen.brand.currency, kind),
        "before": now and now.before and of_figure(now.before, seen.brand.currency, kind),
        "said": whole.said(now, seen),
        "trend": whole.way(figures.told_months(metric, part), metric, part, seen),
        "shapes": shapes,
        "groups": whole.groups_of(metric, parts) if len(parts) > 1 and not shapes else [],
        "part": part,
        "kinds": [(each, KINDS[each]) for each in kinds],
        "by": by,
        "table": slices,
        "shrunk": "counted" in {column.name for column in slices.columns},
        "behind": _behind(now.now, seen) if now and metric not in SHAPES else None,
        "store": figures.home[1],
    }
    return render(request, "measures/one.html", context)


def _untold(request: HttpRequest, seen: Look, area: Area, metric: str) -> HttpResponseBase:
    """A number that nothing can be told of yet, or nothing of one store: what it takes."""
    whole_only = seen.stores is not None and Figure.objects.filter(seen.shown(), metric=metric).exists()
    context = {
        "area": area,
        "title": words.title(metric),
        "word": words.word(metric),
        "need": need(metric),
        "whole_only": whole_only,
    }
    return render(request, "measures/untold.html", context)


def _store(request: HttpRequest, seen: Look) -> str:
    """The store whose numbers a store account reads: the one asked for, else its first."""
    stores = seen.stores or ()
    asked = request.GET.get("store", "")
    if asked in stores:
        return asked
    if not stores or asked:
        raise Http404
    return stores[0]


def _kinds(rows: Sequence[Figure], part: str, seen: Look) -> list[str]:
    """What a number can be looked at by: months, and each kind of slice that this person may see."""
    there = {row.slice_kind for row in rows if row.part == part and row.slice_kind}
    home = "" if seen.stores is None else "store"
    if any(len(row.period) == 7 for row in rows if row.part == part and row.slice_kind == home):
        there.add("month")
    return [kind for kind in KINDS if kind in there and (seen.stores is None or kind in ("store", "month"))]


def _found(figures: Figures, metric: str, part: str, by: str) -> tuple[dict[str, Figure], str]:
    """The rows by slice and their period: of all time, else of the last month that is over."""
    if by == "month":
        return figures.months(metric, part), ""
    if found := figures.slices(metric, by, part):
        return found, ""
    mine = [row for row in figures.rows if (row.metric, row.part, row.slice_kind) == (metric, part, by)]
    over = {row.period for row in mine if row.note != "incomplete"}
    last = max(over or {row.period for row in mine}, default="")
    return figures.slices(metric, by, part, last), last


def _table(figures: Figures, metric: str, part: str, by: str, seen: Look) -> Table:
    """A number's part by month, or by one kind of slice; where few are drawn towards the brand, so compared."""
    found, period = _found(figures, metric, part, by)
    if by == "store":
        found = {code: row for code, row in found.items() if seen.sees_store(code)}
    evened = f"{SHRUNK}:{part}" if part else SHRUNK
    shrunk = figures.slices(metric, by, evened, period) if by != "month" else {}
    shown = {slice: shrunk.get(slice, row) for slice, row in found.items()}
    products = dict(Product.objects.values_list("code", "name")) if by in PRODUCTS else {}
    kind, currency = kind_of(metric, part), seen.brand.currency
    column, span = intervals(shown.values(), kind, currency)
    sure = any(row.low is not None for row in shown.values())
    of_all = figures.one(metric, part, period)
    money = currency if kind == "money" else ""
    rows = []
    for slice, row in shown.items():
        name = _name(by, slice, products, seen)
        cells = [
            text(name, key=_key(by, slice)),
            opened(of_figure(row, currency, kind, name), money),
        ]
        if sure:
            cells.append(drawn(row, span, of_all, name, kind, currency))
        if shrunk:
            cells.append(opened(of_figure(found[slice], currency, kind, name), money))
        rows.append([*cells, Cell(written.count(row.n), row.n, raw=row.n)])
    head = beside(metric, part) or str(words.title(metric, part))
    if period:
        head = _("%(part)s in %(month)s") % {"part": head, "month": written.month(period, seen.now.year)}
    columns = [
        Column("slice", KINDS.get(by, by)),
        Column("value", _("evened out") if shrunk else head, numeric=True),
        *([column] if sure else []),
        *([Column("counted", _("as counted"), numeric=True)] if shrunk else []),
        Column("n", words.word(metric, part).counted, numeric=True),
    ]
    order = "-slice" if by in ("month", "week") else "slice" if by in ("visit", "visits") else "-value"
    return Table("slices", str(words.title(metric, part)), columns, rows, sort=order)


def _key(by: str, slice: str) -> Any:
    """What rows are sorted by where the name will not do."""
    if by in ("visit", "visits"):
        return int("".join(takewhile(str.isdecimal, slice)) or 0)
    return slice if by in ("month", "week") else None


def _name(by: str, slice: str, products: dict[str, str], seen: Look) -> str:
    if by == "month":
        return written.month(slice, seen.now.year, short=True)
    return words.slice_name(by, slice, seen.names, products)


def _behind(figure: Figure, seen: Look) -> dict[str, Any] | None:
    """How many customers stand behind a number, and the address of their list."""
    if not seen.may("see_customers") or (people := listed(figure, seen.customers())) is None:
        return None
    return {
        "count": people.count(),
        "href": f"{reverse('customers')}?{urlencode(address(figure))}",
    }
