"""Where people are lost: the ways between stages in a month, and how many stand in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from regulars.know.models import Stage
from regulars.measure.models import Figure
from regulars.measure.rules.periods import ENOUGH
from regulars.measure.rules.shares import wilson
from regulars.web import charts, words, written
from regulars.web.numbers import interval, of_figure, plain
from regulars.web.pages.door import Look, page
from regulars.web.table import Cell, Column, Table, arrange, exported, opened, text

NAME = "stage_flows"
NOT_YET = "unknown"
MONTHS = 6  # offered to look at
KNOWN_FROM = ("new", "second_timer", "regular", "won_back")  # stages one is in before growing late


@page("see_figures")
def lifecycle(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """The ways of a month as a matrix, its sentence, the stores beside each other, and who stood where by month."""
    every = list(seen.figures(NAME).filter(slice_kind__in=("", "store")))
    store = _store(request, every, seen)
    mine = [row for row in every if row.slice == store]
    ways = _ways(mine)
    over = [period for period in sorted(ways) if not _under_way(ways[period])]
    month = request.GET.get("month", "")
    month = month if month in ways else next(reversed(over), max(ways, default=""))
    tables = {
        "flows": _flows(ways.get(month, {}), month, seen),
        "stores": _stores(every, month, seen),
        "standing": _standing(mine, seen),
    }
    for table in tables.values():
        arrange(request, table, seen)
    if answer := exported(request, list(tables.values()), seen):
        return answer
    context = {
        **tables,
        "months": [(each, written.month(each, seen.now.year)) for each in sorted(ways)[-MONTHS:]],
        "month": month,
        "said": _said(ways.get(month, {}), month, seen),
        "told": bool(ways),
        "store": store,
        "store_name": words.slice_name("store", store, seen.names) if store else "",
        "of_brand": seen.stores is None,
    }
    return render(request, "measures/lifecycle.html", context)


def _store(request: HttpRequest, rows: Sequence[Figure], seen: Look) -> str:
    """The store whose ways are asked for; nothing is the brand's, and a store account's is its first."""
    there = {row.slice for row in rows}
    own = next((code for code in seen.stores or () if code in there), "")
    asked = request.GET.get("store", "")
    return asked if asked in there else own


def _ways(rows: Sequence[Figure]) -> dict[str, dict[tuple[str, str], Figure]]:
    """The figures of ways by month, then by the stage left and the stage come to."""
    found: dict[str, dict[tuple[str, str], Figure]] = {}
    for row in rows:
        if ">" in row.part:
            one, _to, other = row.part.partition(">")
            found.setdefault(row.period, {})[one, other] = row
    return found


def _under_way(ways: dict[tuple[str, str], Figure]) -> bool:
    return any(row.note == "incomplete" for row in ways.values())


class Lost(NamedTuple):
    """What became of those who stood in a month's beginning where one is known from."""

    stood: int
    late: float
    once: float  # of the late: those who had come once
    lost: float
    back: float


def _lost(ways: dict[tuple[str, str], Figure]) -> Lost:
    stood = sum({one: row.n for (one, _other), row in ways.items() if one in KNOWN_FROM}.values())
    late = {
        one: row.value or 0 for (one, other), row in ways.items() if other == "cooling" and one in KNOWN_FROM
    }

    def to(stage: str) -> float:
        return sum(row.value or 0 for (_one, other), row in ways.items() if other == stage)

    return Lost(stood, sum(late.values()), late.get("new", 0), to("lost"), to("won_back"))


def _said(ways: dict[tuple[str, str], Figure], month: str, seen: Look) -> dict[str, Any] | None:
    """What the sentence says: how many grew late and how many of them after one visit, lost, and won back."""
    if not ways:
        return None
    stood, late, once, lost, back = _lost(ways)
    mostly_once = once * 2 > late
    return {
        "month": written.month(month, seen.now.year),
        "late": written.count(late),
        "any": bool(late),
        "enough": bool(late) or stood >= ENOUGH,
        "part": written.share((once if mostly_once else late - once) / late) if late else "",
        "lost": written.count(lost),
        "any_lost": bool(lost),
        "back": written.count(back),
        "mostly_once": mostly_once,
    }


def _stores(rows: Sequence[Figure], month: str, seen: Look) -> Table:
    """Each store of the month: who grew late of those who stood there, lost and won back; those who lose most first."""
    found: dict[str, list[Figure]] = {}
    for row in rows:
        if row.slice_kind == "store" and row.period == month:
            found.setdefault(row.slice, []).append(row)
    ends = {"late": _("late"), "lost": _("lost"), "back": _("won back")}
    lines = []
    for code, theirs in found.items():
        told, as_of = _lost(_ways(theirs).get(month, {})), theirs[0].as_of
        name = words.slice_name("store", code, seen.names)
        stood = Cell(written.count(told.stood), told.stood, raw=told.stood)
        counts = [_counted(label, getattr(told, end), as_of) for end, label in ends.items()]
        link = "?" + urlencode({"month": month, "store": code})
        lines.append([text(name, link), _share(told, as_of), stood, *counts])
    columns = [
        Column("store", _("store of the first visit")),
        Column("share", _("grew late"), numeric=True),
        Column("stood", _("at its beginning"), numeric=True),
        *(Column(end, label, numeric=True) for end, label in ends.items()),
    ]
    return Table("stores", _("By store"), columns, lines, sort="-share")


def _counted(label: str, value: float, as_of: date) -> Cell:
    number = plain(written.count(value), label, str(words.word(NAME).formula), as_of)
    return opened(replace(number, value=value))


def _share(told: Lost, as_of: date) -> Cell:
    """Who grew late of those who stood there; who did so twice in a month is counted twice, which makes no share."""
    if told.stood < ENOUGH or told.late > told.stood:
        return Cell("–")
    share, low_high = told.late / told.stood, wilson(int(told.late), told.stood)
    facts = (
        (_("from"), f"{written.count(told.stood)} {words.word(NAME).counted}"),
        (_("95%% interval") % {}, interval("share", *low_high, "")),
    )
    formula = _("of those new, come twice, regular or won back when the month began: who grew late in it")
    number = plain(written.share(share, 1), _("Grew late"), formula, as_of, facts)
    return opened(replace(number, value=share))


def _flows(ways: dict[tuple[str, str], Figure], month: str, seen: Look) -> Table:
    """From each stage to each other: a cell opens to the count, and its shade is the share of those who stood there."""
    shares = {way: (row.value or 0) / row.n for way, row in ways.items() if row.n and way[0] != NOT_YET}
    top = max(shares.values(), default=0.0)
    froms = [NOT_YET, *Stage.values] if any(way[0] == NOT_YET for way in ways) else [*Stage.values]
    rows = []
    for one in froms:
        name = str(Stage(one).label) if one != NOT_YET else _("not a guest yet")
        stood = max(
            (row.n for (each, _other), row in ways.items() if each == one and one != NOT_YET), default=0
        )
        cells = [text(name), Cell(written.count(stood) if stood else "", stood or None, raw=stood or None)]
        for other in Stage.values:
            figure = ways.get((one, other))
            if figure is None:
                cells.append(Cell())
                continue
            label = _("%(one)s to %(other)s") % {"one": name, "other": Stage(other).label}
            shade = charts.shade(shares[one, other], top) if (one, other) in shares else ""
            cells.append(opened(of_figure(figure, seen.brand.currency, "count", label), shade=shade))
        rows.append(cells)
    columns = [
        Column("from", _("stage left")),
        Column("stood", _("at its beginning"), numeric=True),
        *(Column(stage, Stage(stage).label) for stage in Stage.values),
    ]
    title = (
        _("From stage to stage in %(month)s") % {"month": written.month(month, seen.now.year)}
        if month
        else ""
    )
    return Table("flows", title, columns, rows, look="triangle", filters=False)


def _standing(figures: Sequence[Figure], seen: Look) -> Table:
    """How many customers stood in each stage at the end of each month."""
    months: dict[str, dict[str, Figure]] = {}
    for row in figures:
        if row.part.startswith("at:"):
            months.setdefault(row.period, {})[row.part[3:]] = row
    rows = []
    for period, stages in months.items():
        name = written.month(period, seen.now.year, short=True)
        parts = [
            (f"stage-{each}", stages[each].value or 0, str(Stage(each).label))
            for each in Stage.values
            if each in stages
        ]
        numbers = [
            opened(of_figure(stages[each], seen.brand.currency, "count", name)) if each in stages else Cell()
            for each in Stage.values
        ]
        rows.append([text(name, key=period), *numbers, Cell(bar=charts.bar(parts, name))])
    columns = [
        Column("month", _("month")),
        *(Column(stage, Stage(stage).label, numeric=True) for stage in Stage.values),
        Column("split", _("split"), chart=True),
    ]
    return Table("standing", _("Who stood where"), columns, rows, sort="-month")
