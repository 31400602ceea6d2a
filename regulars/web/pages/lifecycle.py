"""Where people are lost: the ways between stages in a month, and how many stand in each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from regulars.know.models import Stage
from regulars.measure.models import Figure
from regulars.measure.rules.periods import ENOUGH
from regulars.web import charts, written
from regulars.web.figures import Figures
from regulars.web.numbers import of_figure
from regulars.web.pages.door import Look, page
from regulars.web.table import Cell, Column, Table, arrange, exported, opened, text

NAME = "stage_flows"
NOT_YET = "unknown"
MONTHS = 6  # offered to look at
KNOWN_FROM = ("new", "second_timer", "regular", "won_back")  # stages one is in before growing late


@page("see_figures")
def lifecycle(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """The ways of a month as a matrix, its sentence, and who stood where by month."""
    figures = Figures(seen.figures(NAME, "lifecycle"))
    ways = _ways(figures)
    over = [period for period in sorted(ways) if not _under_way(ways[period])]
    month = request.GET.get("month", "")
    month = month if month in ways else next(reversed(over), max(ways, default=""))
    tables = {"flows": _flows(ways.get(month, {}), month, seen), "standing": _standing(figures, seen)}
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
        "stores_only": seen.stores is not None,
    }
    return render(request, "measures/lifecycle.html", context)


def _ways(figures: Figures) -> dict[str, dict[tuple[str, str], Figure]]:
    """The figures of ways by month, then by the stage left and the stage come to."""
    found: dict[str, dict[tuple[str, str], Figure]] = {}
    for row in figures.rows:
        if row.metric == NAME and ">" in row.part:
            one, _to, other = row.part.partition(">")
            found.setdefault(row.period, {})[one, other] = row
    return found


def _under_way(ways: dict[tuple[str, str], Figure]) -> bool:
    return any(row.note == "incomplete" for row in ways.values())


def _said(ways: dict[tuple[str, str], Figure], month: str, seen: Look) -> dict[str, Any] | None:
    """What the sentence says: how many grew late and how many of them after one visit, lost, and won back."""
    if not ways:
        return None
    late = {one: row for (one, other), row in ways.items() if other == "cooling" and one in KNOWN_FROM}
    grown = sum(row.value or 0 for row in late.values())
    once = late["new"].value or 0 if "new" in late else 0

    def to(stage: str) -> float:
        return sum(row.value or 0 for (_one, other), row in ways.items() if other == stage)

    mostly_once = once * 2 > grown
    stood = sum({one: row.n for (one, _other), row in ways.items() if one in KNOWN_FROM}.values())
    return {
        "month": written.month(month, seen.now.year),
        "late": written.count(grown),
        "any": bool(grown),
        "enough": bool(grown) or stood >= ENOUGH,
        "part": written.share((once if mostly_once else grown - once) / grown) if grown else "",
        "lost": written.count(to("lost")),
        "any_lost": bool(to("lost")),
        "back": written.count(to("won_back")),
        "mostly_once": mostly_once,
    }


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


def _standing(figures: Figures, seen: Look) -> Table:
    """How many customers stood in each stage at the end of each month."""
    months: dict[str, dict[str, Figure]] = {}
    for row in figures.rows:
        if row.metric == NAME and row.part.startswith("at:"):
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
