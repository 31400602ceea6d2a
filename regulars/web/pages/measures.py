"""Every published number by the question it answers; one number whole: its way, its slices, who stands behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from regulars.brand.models import Product
from regulars.measure.models import Figure
from regulars.web import charts, words, written
from regulars.web.behind import address, behind
from regulars.web.figures import Figures, enough
from regulars.web.numbers import of_figure, write
from regulars.web.numbers import period as period_name
from regulars.web.pages.door import Look, page
from regulars.web.table import Cell, Column, Table, arrange, drawn, exported, intervals, opened, text
from regulars.web.words.measures import KINDS, areas, kind_of, part_name

TREND = 24  # months drawn
# The part that opens a number with several.
FIRST = {
    "affinity": "together", "baskets": "value", "breadth": "products", "cohort_second_visit": "90",
    "cohort_triangle": "1", "discount_share": "on_discount", "equity": "365", "first_basket": "second:loses",
    "guests": "new", "interpurchase_interval": "p50", "lifecycle": "regular", "new_returning_revenue": "returning",
    "regularity": "shape", "revenue_by_traffic": "own", "revenue_factors": "whole:revenue",
    "stage_flows": "cooling>lost", "value_90": "value",
}  # fmt: skip
PRODUCTS = ("product", "first_product", "pair")  # kinds of slices that are products by code
CHIPS = 14  # parts offered; a file has all of them


@dataclass(frozen=True)
class Moved:
    """A number of the brand now and in the month before; ``more``: whether the two can be told apart."""

    metric: str
    part: str
    now: Figure
    before: Figure | None

    @property
    def surely(self) -> bool:
        """Whether the intervals of the two months do not meet."""
        if self.before is None:
            return False
        (low, high), (least, most) = ((row.low, row.high) for row in (self.now, self.before))
        if low is None or high is None or least is None or most is None:
            return False
        return low > most or high < least


@page("see_figures")
def listing(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """All numbers, by question."""
    names = [metric for area in areas() for metric in area.metrics]
    every = seen.figures(*names)
    figures = Figures(every.filter(slice_kind="") if seen.stores is None else every)
    there = set(every.order_by().values_list("metric", flat=True).distinct())
    if seen.stores is not None and len(seen.stores) == 1:
        figures = figures.at("store", seen.stores[0])
    found = {metric: moved for metric in names if (moved := _first(figures, metric))}
    questions = [
        {
            "area": area,
            "rows": [
                _line(figures, metric, found.get(metric), seen) for metric in area.metrics if metric in there
            ],
        }
        for area in areas()
    ]
    surely = [moved for moved in found.values() if moved.surely]
    context = {
        "questions": [each for each in questions if each["rows"]],
        "known": len(found),
        "surely": len(surely),
        "month": _month(surely, seen),
        "told": bool(found),
    }
    return render(request, "measures/page.html", context)


@page("see_figures")
def one(request: HttpRequest, seen: Look, metric: str) -> HttpResponseBase:
    """One number: what it is, how it went, where it differs, and who stands behind it."""
    area = next((area for area in areas() if metric in area.metrics), None)
    rows = list(seen.figures(metric))
    if area is None or not rows:
        raise Http404
    figures = Figures(rows)
    if seen.stores is not None:
        figures = figures.at("store", _store(request, seen))
    parts = _parts(figures, metric)
    part = request.GET.get("part", _opening(metric, parts))
    if part not in parts:
        raise Http404
    kinds = _kinds(rows, part, seen)
    by = request.GET.get("by", "")
    by = by if by in kinds else next(iter(kinds), "month")
    table = arrange(request, _table(figures, metric, part, by, seen), seen)
    if answer := exported(request, [table], seen):
        return answer
    now = _first(figures, metric, part)
    months = figures.told_months(metric, part)
    context = {
        "area": area,
        "metric": metric,
        "word": words.word(metric, part),
        "title": words.title(metric, part),
        "now": now and of_figure(now.now, seen.brand.currency, kind_of(metric, part)),
        "before": now and now.before and of_figure(now.before, seen.brand.currency, kind_of(metric, part)),
        "said": _said(now, seen),
        "trend": _trend(months, metric, part, seen),
        "parts": [(each, part_name(metric, each)) for each in parts[:CHIPS]],
        "part": part,
        "part_name": part_name(metric, part),
        "kinds": [(kind, KINDS.get(kind, kind)) for kind in kinds],
        "by": by,
        "table": table,
        "behind": _behind(now.now, seen) if now else None,
        "store": figures.home[1],
    }
    return render(request, "measures/one.html", context)


def _store(request: HttpRequest, seen: Look) -> str:
    """The store whose numbers a store account reads: the one asked for, else its first."""
    stores = seen.stores or ()
    asked = request.GET.get("store", "")
    if asked in stores:
        return asked
    if not stores or asked:
        raise Http404
    return stores[0]


def _parts(figures: Figures, metric: str) -> list[str]:
    """The parts of a number, as its brand's (or store's) rows have them, those most rows have first."""
    kind, slice = figures.home
    counted: dict[str, int] = {}
    for row in figures.rows:
        if (row.slice_kind, row.slice) == (kind, slice):
            counted[row.part] = counted.get(row.part, 0) + 1
    if not counted:
        counted = dict.fromkeys((row.part for row in figures.rows), 1)
    return sorted(
        counted, key=lambda part: (part != "", -counted[part], int(part) if part.isdecimal() else 0, part)
    )


def _opening(metric: str, parts: Sequence[str]) -> str:
    return FIRST[metric] if FIRST.get(metric) in parts else parts[0]


def _kinds(rows: Sequence[Figure], part: str, seen: Look) -> list[str]:
    """What a number can be looked at by: months, and each kind of slice that this person may see."""
    there = {row.slice_kind for row in rows if row.part == part and row.slice_kind}
    if any(len(row.period) == 7 for row in rows if row.part == part):
        there.add("month")
    return [kind for kind in KINDS if kind in there and (seen.stores is None or kind in ("store", "month"))]


def _first(figures: Figures, metric: str, part: str | None = None) -> Moved | None:
    """The number as it stands: of the last month that is over, where it has months, else over all time."""
    if part is None:
        mine = Figures([row for row in figures.rows if row.metric == metric], *figures.home)
        if not mine.rows:
            return None
        part = _opening(metric, _parts(mine, metric))
    months = figures.told_months(metric, part)
    whole = figures.one(metric, part)
    if len(months) >= 2:
        last, before = sorted(months)[-1], sorted(months)[-2]
        return Moved(metric, part, months[last], months[before])
    told = whole or next(iter(months.values()), None)
    return Moved(metric, part, told, None) if told and told.value is not None else None


def _line(figures: Figures, metric: str, moved: Moved | None, seen: Look) -> dict[str, Any]:
    """A number in the list; one that is told by slices only has its name alone."""
    if moved is None:
        return {"metric": metric, "title": words.title(metric)}
    part, currency = moved.part, seen.brand.currency
    return {
        "metric": metric,
        "title": words.title(metric, part),
        "part": part_name(metric, part) if part and f"{metric}.{part}" not in words.TITLES else "",
        "now": of_figure(moved.now, currency, kind_of(metric, part), str(words.title(metric, part))),
        "period": _when(moved.now, seen),
        "before": of_figure(moved.before, currency, kind_of(metric, part)) if moved.before else None,
        "surely": moved.surely,
        "trend": _trend(figures.told_months(metric, part), metric, part, seen),
    }


def _when(figure: Figure, seen: Look) -> str:
    if not figure.period:
        return ""
    return (
        written.month(figure.period, seen.now.year) if len(figure.period) == 7 else period_name(figure.period)
    )


def _month(moved: Sequence[Moved], seen: Look) -> str:
    last = max((each.now.period for each in moved if len(each.now.period) == 7), default="")
    return written.month(last, seen.now.year) if last else ""


def _said(moved: Moved | None, seen: Look) -> dict[str, Any] | None:
    """What the sentence on top says: the value, when, and whether it moved by more than chance."""
    if moved is None or not enough(moved.now):
        return None
    kind, currency = kind_of(moved.metric, moved.part), seen.brand.currency
    said = {
        "value": of_figure(moved.now, currency, kind).text,
        "when": _when(moved.now, seen),
        "before": "",
        "so": "",
    }
    if moved.before is not None and enough(moved.before):
        said["before"] = of_figure(moved.before, currency, kind).text
        if moved.now.low is not None:
            said["so"] = "surely" if moved.surely else "chance"
    return said


def _trend(months: dict[str, Figure], metric: str, part: str, seen: Look) -> dict[str, Any] | None:
    """The last two years of a number as a line, with its edges in words."""
    points = [(name, row.low, row.value or 0.0, row.high) for name, row in months.items()][-TREND:]
    kind, currency = kind_of(metric, part), seen.brand.currency
    if not points:
        return None
    ends = {
        "title": str(words.title(metric, part)),
        "first": written.month(points[0][0], seen.now.year, short=True),
    }
    ends["last"] = written.month(points[-1][0], seen.now.year, short=True)
    drawn = charts.trend(
        points, _("%(title)s from %(first)s to %(last)s; the table below has each month") % ends
    )
    if drawn is None:
        return None
    return {
        "chart": drawn,
        "top": write(kind, drawn.top, currency),
        "bottom": write(kind, drawn.bottom, currency),
        **ends,
    }


def _table(figures: Figures, metric: str, part: str, by: str, seen: Look) -> Table:
    """A number's part by month, or by one kind of slice, with intervals where it has them."""
    found = figures.months(metric, part) if by == "month" else figures.slices(metric, by, part)
    if by == "store":
        found = {code: row for code, row in found.items() if seen.sees_store(code)}
    whole = figures.one(metric, part)
    products = dict(Product.objects.values_list("code", "name")) if by in PRODUCTS else {}
    column, span = intervals(found.values())
    sure = any(row.low is not None for row in found.values())
    kind = kind_of(metric, part)
    money = seen.brand.currency if kind == "money" else ""
    rows = []
    for slice, row in found.items():
        month = by == "month"
        name = (
            written.month(slice, seen.now.year, short=True)
            if month
            else slice_of(by, slice, seen.names, products)
        )
        cells = [
            text(name, key=slice if month else None),
            opened(of_figure(row, seen.brand.currency, kind, name), money),
        ]
        if sure:
            cells.append(drawn(row, span, whole, name))
        rows.append([*cells, Cell(written.count(row.n), row.n, raw=row.n)])
    columns = [
        Column("slice", KINDS.get(by, by)),
        Column("value", part_name(metric, part) if part else words.title(metric, part), numeric=True),
        *([column] if sure else []),
        Column("n", words.word(metric, part).counted, numeric=True),
    ]
    return Table(
        "slices", str(words.title(metric, part)), columns, rows, sort="-slice" if by == "month" else "-value"
    )


def slice_of(kind: str, slice: str, stores: dict[str, str], products: dict[str, str]) -> str:
    """What a slice is called, products by their names."""
    if kind in PRODUCTS:
        return " + ".join(products.get(each, each) for each in slice.split("|"))
    return (
        _("visit %(number)s") % {"number": slice}
        if kind == "visit"
        else words.slice_name(kind, slice, stores)
    )


def _behind(figure: Figure, seen: Look) -> dict[str, Any] | None:
    """How many customers stand behind a number, and the address of their list."""
    condition = behind(figure)
    if condition is None or not seen.may("see_customers"):
        return None
    return {
        "count": seen.customers().filter(condition).count(),
        "href": f"{reverse('customers')}?{urlencode(address(figure))}",
    }
