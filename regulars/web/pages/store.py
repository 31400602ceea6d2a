"""One store against itself a year and a month before, against three like it, and where it does not know its guests."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.measure.models import Figure
from regulars.web import charts, words, written
from regulars.web.figures import Figures, enough, year_before
from regulars.web.numbers import Number, of_figure
from regulars.web.pages.door import Look, page
from regulars.web.table import Cell, Column, Table, arrange, drawn, exported, intervals, opened, text

METRICS = (
    "cohort_second_visit",
    "identified_share",
    "revenue_factors",
    "revenue_by_traffic",
    "new_returning_revenue",
    "repeat_order_share",
    "guests",
    "stores_alike",
)
WINDOW = "90"
MONTHS = 13
PARTS = ("returning", "new", "unidentified")

# metric, part, kind of number: what a store is held against itself by
AGAINST = (
    ("revenue_factors", "whole:revenue", "money"),
    ("revenue_factors", "whole:orders", "count"),
    ("revenue_factors", "whole:ticket", "money"),
    ("guests", "new", "count"),
    ("guests", "returning", "count"),
    ("identified_share", "", "share.1"),
    ("repeat_order_share", "", "share.1"),
    ("cohort_second_visit", WINDOW, "share"),
)


@page("see_figures")
def one(request: HttpRequest, seen: Look, code: str) -> HttpResponseBase:
    """The page of a store that is this person's."""
    if code not in seen.names:
        raise Http404
    everything = Figures(_figures(seen, code))
    mine = everything.at("store", code)
    alike = _alike(mine, seen)
    tables = {
        "against": _against(mine, seen),
        "like": _like(everything, code, alike, seen),
        "months": _months(mine, seen),
        "tills": _tills(everything, mine.last_month(), seen),
    }
    for table in tables.values():
        arrange(request, table, seen)
    if answer := exported(request, list(tables.values()), seen):
        return answer
    month = mine.last_month()
    context: dict[str, Any] = {
        "code": code,
        "name": seen.names[code],
        "said": _said(everything, code, alike),
        "alike": [seen.names[each] for each in alike],
        "month": month and written.month(month, seen.now.year),
        "causes": _causes(mine, month),
        "told": bool(mine.last_month()),
        **tables,
    }
    return render(request, "stores/one.html", context)


def _figures(seen: Look, code: str) -> list[Figure]:
    """The figures of stores, and of this store's tills."""
    rows = list(seen.figures(*METRICS).filter(slice_kind="store"))
    tills = Figure.objects.filter(
        seen.shown(), metric="identified_share", slice_kind="till", slice__startswith=f"{code}/"
    )
    return rows + list(tills.order_by("slice", "period", "part"))


def _alike(mine: Figures, seen: Look) -> list[str]:
    """The stores most like this one that the person may see, nearest first."""
    ranks = (mine.one("stores_alike", rank) for rank in ("1", "2", "3"))
    return [row.note for row in ranks if row and row.note in seen.names]


def _back(everything: Figures, code: str) -> Figure | None:
    return everything.at("store", code).one("cohort_second_visit", WINDOW)


def _said(everything: Figures, code: str, alike: list[str]) -> dict[str, str] | None:
    """How many of a hundred newcomers come back here and, if they can be told apart, at the stores like it."""
    here = _back(everything, code)
    if here is None or not enough(here):
        return None
    said = {"here": written.of_hundred(here.value or 0), "there": "", "so": ""}
    others = [row for other in alike if (row := _back(everything, other)) and enough(row)]
    weight = sum(row.n for row in others)
    if others and weight:
        mean = sum((row.value or 0) * row.n for row in others) / weight
        said["there"] = written.of_hundred(mean)
        said["so"] = "more" if (here.low or 0) > mean else "fewer" if (here.high or 1) < mean else "alike"
    return said


def _number(figure: Figure | None, seen: Look, kind: str, label: str = "") -> Number | None:
    return of_figure(figure, seen.brand.currency, kind, label) if figure else None


def _against(mine: Figures, seen: Look) -> Table:
    """Each measure in its last month, the month before and the same month a year before."""
    rows = []
    for metric, part, kind in AGAINST:
        told = mine.told_months(metric, part)
        if not told:
            continue
        month = max(told)
        now, before, earlier = told[month], _month_before(told, month), told.get(year_before(month))
        title = str(words.title(metric, part))
        money = seen.brand.currency if kind == "money" else ""
        rows.append(
            [
                text(title),
                text(written.month(month, seen.now.year, short=True), key=month),
                opened(_number(now, seen, kind, title), money),
                opened(_number(before, seen, kind, title), money),
                opened(_number(earlier, seen, kind, title), money),
                _changed(now, earlier or before, kind),
            ]
        )
    columns = [
        Column("measure", _("measure")),
        Column("month", _("month")),
        Column("now", _("then"), numeric=True),
        Column("before", _("month before"), numeric=True),
        Column("year", _("a year before"), numeric=True),
        Column("change", _("change"), numeric=True),
    ]
    return Table("against", _("Against itself"), columns, rows)


def _month_before(told: dict[str, Figure], month: str) -> Figure | None:
    earlier = [period for period in told if period < month]
    return told[max(earlier)] if earlier else None


def _changed(now: Figure, before: Figure | None, kind: str) -> Cell:
    """The change against a year before, else a month before: of shares in points, of the rest in per cent."""
    if before is None or now.value is None or before.value is None:
        return Cell(text=written.NOTHING)
    if kind.startswith("share"):
        points = 100 * (now.value - before.value)
        return Cell(
            text=_("%(points)s points") % {"points": written.signed(points)},
            key=points / 100,
            raw=points / 100,
        )
    if not before.value:
        return Cell(text=written.NOTHING)
    change = now.value / before.value - 1
    return Cell(text=written.change(change), key=change, raw=change)


def _like(everything: Figures, code: str, alike: list[str], seen: Look) -> Table:
    """This store and the three most like it, by the same few numbers."""
    stores = [code, *alike] if alike else []
    month = everything.at("store", code).last_month()
    column, span = intervals([row for each in stores if (row := _back(everything, each))])
    rows = []
    for each in stores:
        mine, name = everything.at("store", each), seen.names[each]
        back, known = _back(everything, each), mine.one("identified_share", period=month)
        rows.append(
            [
                text(name, "" if each == code else reverse("store", args=[each])),
                opened(_number(back, seen, "share", name)),
                drawn(back, span, None, name),
                opened(_number(known, seen, "share.1", name)),
                opened(_number(mine.one("revenue_factors", "whole:orders", month), seen, "count", name)),
                opened(
                    _number(mine.one("revenue_factors", "whole:ticket", month), seen, "money", name),
                    seen.brand.currency,
                ),
            ]
        )
    columns = [
        Column("store", _("store")),
        Column("back", _("newcomers back in 90 days"), numeric=True),
        column,
        Column("known", _("orders identified"), numeric=True),
        Column("orders", _("orders"), numeric=True),
        Column("ticket", _("per order"), numeric=True),
    ]
    return Table("like", _("Against three like it"), columns, rows)


def _months(mine: Figures, seen: Look) -> Table:
    """Revenue by month, from returning and new customers and from nobody known."""
    parts = {part: mine.months("new_returning_revenue", part) for part in PARTS}
    rows = []
    for period in sorted(set().union(*parts.values()), reverse=True)[:MONTHS]:
        found = {part: parts[part].get(period) for part in PARTS}
        name = written.month(period, seen.now.year, short=True)
        if any(row and row.note == "incomplete" for row in found.values()):
            name = f"{name} ({words.note('incomplete')})"
        said = (
            (part, (row.value or 0) if row else 0, str(words.REVENUE[part])) for part, row in found.items()
        )
        numbers = [opened(_number(row, seen, "money", name), seen.brand.currency) for row in found.values()]
        rows.append([text(name, key=period), *numbers, Cell(bar=charts.bar(said, name))])
    columns = [
        Column("month", _("month")),
        *(Column(part, words.REVENUE[part], numeric=True) for part in PARTS),
        Column("split", _("split"), chart=True),
    ]
    return Table("months", _("Revenue by month"), columns, rows, sort="-month")


def _tills(everything: Figures, month: str, seen: Look) -> Table:
    """The identified share of each till in the last month that is over."""
    rows = []
    for slice, row in everything.slices("identified_share", "till", period=month).items():
        name = slice.partition("/")[2]
        rows.append(
            [
                text(str(words.TRAFFIC["not_recorded"]) if name == "not_recorded" else name),
                opened(_number(row, seen, "share.1", name)),
                Cell(written.count(row.n), row.n, raw=row.n),
            ]
        )
    columns = [
        Column("till", _("till")),
        Column("known", _("orders identified"), numeric=True),
        Column("orders", _("orders"), numeric=True),
    ]
    return Table("tills", _("Orders identified, by till"), columns, rows, sort="known")


def _causes(mine: Figures, month: str) -> list[dict[str, Any]]:
    """Why orders have no customer, the commonest first."""
    found = []
    for cause, (why, do) in words.CAUSES.items():
        row = mine.one("identified_share", f"cause:{cause}", month)
        if row and row.value:
            found.append({"why": why, "do": do, "share": row.value})
    return sorted(found, key=lambda each: -each["share"])
