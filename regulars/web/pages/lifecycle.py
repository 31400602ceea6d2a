"""Where people are lost: the ways between stages in a month, and how many stand in each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
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
from regulars.web.numbers import interval, of_figure, period, plain
from regulars.web.pages.door import Look, page
from regulars.web.table import Cell, Column, Table, arrange, exported, opened, text

NAME = "stage_flows"
NOT_YET = "unknown"
MONTHS = 6  # offered to look at
KNOWN_FROM = ("new", "second_timer", "regular", "won_back")  # stages one is in before growing late
LATE = ("cooling", "lost")


class Month(NamedTuple):
    """The figures of a month: of each way from a stage to another, and of who stood in each stage at its end."""

    ways: dict[tuple[str, str], Figure]
    ends: dict[str, Figure]

    @property
    def first(self) -> Figure:
        """One of them, for what they share: the day they are of, and whether the month is over."""
        return next(iter((*self.ways.values(), *self.ends.values())))

    def stood(self, stage: str) -> int:
        """How many stood in a stage when the month began; of one that nobody left, its end less who came."""
        for (one, _other), row in self.ways.items():
            if one == stage:
                return row.n
        end = self.ends[stage].value or 0 if stage in self.ends else 0
        return int(end) - self.between((NOT_YET, *Stage.values), (stage,))

    def between(self, ones: Sequence[str], others: Sequence[str]) -> int:
        """How often somebody went from one of some stages to one of others."""
        counted = (row.value or 0 for way, row in self.ways.items() if way[0] in ones and way[1] in others)
        return int(sum(counted))

    @property
    def watched(self) -> int:
        """How many stays there were in the stages one grows late from: of who stood there, and of who came."""
        return sum(map(self.stood, KNOWN_FROM)) + self.between((NOT_YET, *LATE), KNOWN_FROM)

    @property
    def late(self) -> int:
        return self.between(KNOWN_FROM, ("cooling",))

    @property
    def lost(self) -> int:
        return self.between(tuple(Stage.values), ("lost",))

    @property
    def back(self) -> int:
        return self.between(LATE, ("won_back",))


@page("see_figures")
def lifecycle(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """The ways of a month as a matrix, its sentence, the stores beside each other, and who stood where by month."""
    store = _store(request, seen)
    rows = seen.figures(NAME)
    months = _months(rows.filter(slice_kind="store" if store else "", slice=store))
    over = [name for name, each in sorted(months.items()) if each.first.note != "incomplete"]
    month = request.GET.get("month", "")
    month = month if month in months else next(reversed(over), max(months, default=""))
    shown = months.get(month)
    tables = {
        "flows": _flows(shown or Month({}, {}), month, seen),
        "stores": _stores(rows.filter(slice_kind="store", period=month), month, seen),
        "standing": _standing(months, seen),
    }
    for table in tables.values():
        arrange(request, table, seen)
    if answer := exported(request, list(tables.values()), seen):
        return answer
    context = {
        **tables,
        "months": [(each, written.month(each, seen.now.year)) for each in sorted(months)[-MONTHS:]],
        "month": month,
        "said": _said(shown, month, seen) if shown else None,
        "told": bool(months),
        "store": store,
        "store_name": words.slice_name("store", store, seen.names) if store else "",
        "of_brand": seen.stores is None,
        "may_play": seen.may("see_plays"),
    }
    return render(request, "measures/lifecycle.html", context)


def _store(request: HttpRequest, seen: Look) -> str:
    """The store whose ways are asked for; nothing is the brand's, and a store account's is its first."""
    told = set(seen.figures(NAME).filter(slice_kind="store").values_list("slice", flat=True).distinct())
    asked = request.GET.get("store", "")
    return asked if asked in told else next((code for code in seen.stores or () if code in told), "")


def _months(rows: Iterable[Figure]) -> dict[str, Month]:
    found: dict[str, Month] = {}
    for row in rows:
        month = found.setdefault(row.period, Month({}, {}))
        one, way, other = row.part.partition(">")
        if way:
            month.ways[one, other] = row
        else:
            month.ends[row.part.removeprefix("at:")] = row
    return found


def _said(shown: Month, month: str, seen: Look) -> dict[str, Any]:
    """What the sentence says: how many grew late and how many of them after one visit, lost, and won back."""
    late, once = shown.late, shown.between(("new",), ("cooling",))
    mostly_once = once * 2 > late
    return {
        "month": written.month(month, seen.now.year),
        "late": written.count(late),
        "any": bool(late),
        "enough": bool(late) or shown.watched >= ENOUGH,
        "part": written.share((once if mostly_once else late - once) / late) if late else "",
        "lost": written.count(shown.lost),
        "any_lost": bool(shown.lost),
        "back": written.count(shown.back),
        "mostly_once": mostly_once,
    }


def _stores(rows: Iterable[Figure], month: str, seen: Look) -> Table:
    """The stores of a month beside each other: who grew late of those who were there, lost and won back."""
    found: dict[str, list[Figure]] = {}
    for row in rows:
        found.setdefault(row.slice, []).append(row)
    ends = {"late": _("late"), "lost": _("lost"), "back": _("won back")}
    lines = []
    for code, theirs in found.items():
        shown, name = _months(theirs)[month], words.slice_name("store", code, seen.names)
        facts = ((_("period"), period(month)),)
        counts = []
        for end, label in ends.items():
            value, formula = getattr(shown, end), str(words.word(NAME).formula)
            number = plain(written.count(value), label, formula, shown.first.as_of, facts)
            counts.append(opened(replace(number, value=value, label=name)))
        link = "?" + urlencode({"month": month, "store": code})
        watched = Cell(written.count(shown.watched), shown.watched, raw=shown.watched)
        lines.append([text(name, link), _share(shown, name, facts), watched, *counts])
    columns = [
        Column("store", _("store of the first visit")),
        Column("share", _("grew late"), numeric=True),
        Column("watched", _("there in the month"), numeric=True),
        *(Column(end, label, numeric=True) for end, label in ends.items()),
    ]
    return Table("stores", _("By store"), columns, lines, sort="-share")


def _share(shown: Month, name: str, facts: tuple[tuple[str, str], ...]) -> Cell:
    """Of the stays of a month those that ended in being late, where enough are told."""
    if shown.watched < ENOUGH:
        return Cell("–")
    share = shown.late / shown.watched
    low, high = wilson(shown.late, shown.watched)
    facts = (
        (_("from"), f"{written.count(shown.watched)} {_('guests')}"),
        *facts,
        (_("95%% interval") % {}, interval("share", low, high, "")),
    )
    formula = _(
        "of those who were new, second-timers, regular or won back at any time in the month: who grew late in it"
    )
    number = plain(written.share(share, 1), _("Grew late"), formula, shown.first.as_of, facts)
    note = str(words.note(shown.first.note)) if shown.first.note in words.NOTES else ""
    return opened(replace(number, value=share, low=low, high=high, n=shown.watched, note=note, label=name))


def _flows(shown: Month, month: str, seen: Look) -> Table:
    """From each stage to each other: a cell opens to the count, and its shade is the share of those who stood there."""
    ways = shown.ways
    shares = {way: (row.value or 0) / row.n for way, row in ways.items() if row.n and way[0] != NOT_YET}
    top = max(shares.values(), default=0.0)
    froms = [NOT_YET, *Stage.values] if any(way[0] == NOT_YET for way in ways) else [*Stage.values]
    rows = []
    for one in froms:
        name = str(Stage(one).label) if one != NOT_YET else _("not a guest yet")
        stood = shown.stood(one) if one != NOT_YET else 0
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


def _standing(months: dict[str, Month], seen: Look) -> Table:
    """How many customers stood in each stage at the end of each month."""
    rows = []
    for place, month in months.items():
        name, stages = written.month(place, seen.now.year, short=True), month.ends
        parts = [
            (f"stage-{each}", stages[each].value or 0, str(Stage(each).label))
            for each in Stage.values
            if each in stages
        ]
        numbers = [
            opened(of_figure(stages[each], seen.brand.currency, "count", name)) if each in stages else Cell()
            for each in Stage.values
        ]
        rows.append([text(name, key=place), *numbers, Cell(bar=charts.bar(parts, name))])
    columns = [
        Column("month", _("month")),
        *(Column(stage, Stage(stage).label, numeric=True) for stage in Stage.values),
        Column("split", _("split"), chart=True),
    ]
    return Table("standing", _("Who stood where"), columns, rows, sort="-month")
