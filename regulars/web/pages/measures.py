"""Every published number by the question it answers, and which of them moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from regulars.web import whole, words, written
from regulars.web.figures import Figures
from regulars.web.numbers import of_figure
from regulars.web.pages.door import Look, page
from regulars.web.shapes import full_name
from regulars.web.table import Column, Table, arrange, exported, opened, text
from regulars.web.whole import Moved
from regulars.web.words.measures import KINDS, Area, areas, beside, kind_of
from regulars.web.words.needs import need


@page("see_figures")
def listing(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """All numbers, by question."""
    names = [metric for area in areas() for metric in area.metrics]
    every = seen.figures(*names)
    figures = Figures(every.filter(slice_kind="") if seen.stores is None else every)
    sliced = _sliced(
        every.filter(value__isnull=False).order_by().values_list("metric", "slice_kind").distinct()
    )
    if seen.stores is not None and len(seen.stores) == 1:
        figures = figures.at("store", seen.stores[0])
    found = {metric: moved for metric in names if (moved := whole.stands(figures, metric))}
    table = arrange(request, _shown(found, seen), seen)
    if answer := exported(request, [table], seen):
        return answer
    weighed = [moved for moved in found.values() if moved.weighed]
    surely = [moved for moved in weighed if moved.surely]
    untold = [] if seen.stores is not None else [metric for metric in names if metric not in sliced]
    context = {
        "questions": [
            each for area in areas() if (each := _question(area, figures, found, sliced, seen))["rows"]
        ],
        "untold": [(metric, words.title(metric), need(metric)) for metric in untold],
        "known": len(sliced),
        "weighed": len(weighed),
        "surely": len(surely),
        "month": _month(surely, seen),
        "holes": [
            (written.month(first, seen.now.year), written.month(last, seen.now.year), first == last)
            for first, last in figures.without_sales()
        ],
        "told": bool(found),
        "table": table,
    }
    return render(request, "measures/page.html", context)


def _shown(found: dict[str, Moved], seen: Look) -> Table:
    """What the page shows, as a table to take away."""
    rows = []
    for area in areas():
        for metric in area.metrics:
            if (moved := found.get(metric)) is None:
                continue
            kind, currency = kind_of(metric, moved.part), seen.brand.currency
            money = currency if kind == "money" else ""
            rows.append(
                [
                    text(str(area.question)),
                    text(full_name(metric, moved.part)),
                    text(whole.when(moved.now, seen)),
                    opened(of_figure(moved.now, currency, kind), money),
                    opened(of_figure(moved.before, currency, kind) if moved.before else None, money),
                ]
            )
    columns = [
        Column("question", _("question")),
        Column("number", _("number")),
        Column("period", _("period")),
        Column("value", _("value"), numeric=True),
        Column("before", _("the month before"), numeric=True),
    ]
    return Table("numbers", _("All numbers"), columns, rows)


def _sliced(pairs: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for metric, kind in pairs:
        found.setdefault(metric, set()).add(kind)
    return found


def _question(
    area: Area, figures: Figures, found: dict[str, Moved], sliced: dict[str, set[str]], seen: Look
) -> dict[str, Any]:
    rows = [
        _line(figures, metric, found.get(metric), sliced[metric], seen)
        for metric in area.metrics
        if metric in sliced
    ]
    return {"area": area, "rows": rows}


def _line(figures: Figures, metric: str, moved: Moved | None, kinds: set[str], seen: Look) -> dict[str, Any]:
    """A number in the list; one that is told by slices only says by which."""
    if moved is None:
        told = written.listed(str(name) for kind, name in KINDS.items() if kind in kinds)
        return {"metric": metric, "title": words.title(metric), "by": told}
    part, currency = moved.part, seen.brand.currency
    return {
        "metric": metric,
        "title": words.title(metric, part),
        "part": beside(metric, part),
        "now": of_figure(moved.now, currency, kind_of(metric, part), str(words.title(metric, part))),
        "period": whole.when(moved.now, seen),
        "before": of_figure(moved.before, currency, kind_of(metric, part)) if moved.before else None,
        "surely": moved.surely,
        "trend": whole.way(figures.told_months(metric, part), metric, part, seen),
    }


def _month(moved: Sequence[Moved], seen: Look) -> str:
    last = max((each.now.period for each in moved if len(each.now.period) == 7), default="")
    return written.month(last, seen.now.year) if last else ""
