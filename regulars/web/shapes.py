"""Numbers that are read as one picture rather than part by part: a grid, a table by visit, a spread, a triangle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from regulars.measure.models import Figure
from regulars.web import charts, words, written
from regulars.web.figures import Figures
from regulars.web.numbers import of_figure
from regulars.web.pages.door import Look
from regulars.web.table import Cell, Column, Table, drawn, intervals, opened, text
from regulars.web.words.measures import KINDS, beside, kind_of, last_name, part_name
from regulars.web.words.slices import GRADES

MONTHS, COHORTS = 12, 18
WINDOWS = ("30", "90", "180", "365")
SHARES = ("7", "14", "30", "60", "90")
QUANTILES = ("p10", "p25", "p50", "p75", "p90")


@dataclass(frozen=True)
class Shape:
    """A picture of a number: its heading, how to read it, and the table it is drawn as."""

    title: str
    how: str
    table: Table
    half: bool = False  # stands beside the next


def _grids(figures: Figures, seen: Look) -> list[Shape]:
    """Customers and their part of all spend by recency and frequency, in each way of grading that there is."""
    kinds = [kind for kind in GRADES if figures.at("grade", kind).one("rfm_grid", _any_cell(figures, kind))]
    shapes = []
    for kind in kinds:
        mine = figures.at("grade", kind)
        for net in ("", "net:"):
            title = str(words.title("rfm_grid", f"{net}r5f5"))
            how = _(
                "The stronger the colour of a cell, the more lies in it. Graded %(how)s; equals get equal digits, "
                "so a column may be empty."
            )
            name = f"{'spend' if net else 'people'}_{kind}"
            shapes.append(
                Shape(title, how % {"how": GRADES[kind]}, _grid(mine, net, name, title, seen), half=True)
            )
    return shapes


def _any_cell(figures: Figures, kind: str) -> str:
    return next((row.part for row in figures.rows if row.slice == kind and ":" not in row.part), "")


def _grid(figures: Figures, net: str, name: str, title: str, seen: Look) -> Table:
    cells = {
        (int(row.part[-3]), int(row.part[-1])): row
        for row in figures.rows
        if (row.slice_kind, row.slice) == figures.home and row.part.startswith(net or "r")
    }
    size = max((max(cell) for cell in cells), default=1)
    digits = range(1, size + 1)
    top = max((row.value or 0 for row in cells.values()), default=0)
    rows = []
    for lately in reversed(digits):
        row = [text(_ended(lately, size, _("long ago"), _("lately")), key=lately)]
        for often in digits:
            figure = cells.get((lately, often))
            if figure is None:
                row.append(Cell())
                continue
            kind = "share.1" if net else "count"
            told = of_figure(figure, seen.brand.currency, kind, part_name("rfm_grid", figure.part))
            row.append(opened(told, shade=charts.shade(figure.value, top)))
        rows.append(row)
    columns = [
        Column("lately", _("recency")),
        *(Column(f"often{digit}", _ended(digit, size, _("seldom"), _("often"))) for digit in digits),
    ]
    return Table(name, title, columns, rows, look="triangle square", filters=False)


def _ended(digit: int, size: int, least: str, most: str) -> str:
    """A digit, the lowest and the highest with what they mean."""
    return {1: f"{digit} {least}", size: f"{digit} {most}"}.get(digit, str(digit))


def parts_table(figures: Figures, metric: str, parts: Sequence[str], seen: Look) -> Shape:
    """All parts of a number that has no months and no slices, one row each."""
    currency = seen.brand.currency
    found = [row for part in parts if (row := figures.one(metric, part) or _last(figures, metric, part))]
    shares = [row for row in found if kind_of(metric, row.part).startswith("share")]
    column, span = intervals(shares)
    rows = []
    for row in found:
        kind, name = kind_of(metric, row.part), full_name(metric, row.part)
        interval = drawn(row, span, None, name) if row in shares else Cell()
        money = currency if kind == "money" else ""
        number = opened(of_figure(row, currency, kind, name), money)
        rows.append([text(name), number, interval, Cell(written.count(row.n), row.n, raw=row.n)])
    sure = any(row.low is not None for row in shares)
    columns = [
        Column("part", _("what")),
        Column("value", _("value"), numeric=True),
        column,
        Column("n", _("from"), numeric=True),
    ]
    if not sure:
        columns.pop(2)
        rows = [[*row[:2], *row[3:]] for row in rows]
    return Shape(_("Its parts"), "", Table("parts", _("Its parts"), columns, rows, filters=False))


def _last(figures: Figures, metric: str, part: str) -> Figure | None:
    months = figures.told_months(metric, part)
    return months[max(months)] if months else None


def full_name(metric: str, part: str) -> str:
    title, more = str(words.title(metric, part)), beside(metric, part)
    return _("%(part)s (%(group)s)") % {"part": title, "group": more} if more else title


def _visits(figures: Figures, seen: Look) -> list[Shape]:
    """Of those who made a visit, how many made the next within each window, one row a visit."""
    told = {part: figures.slices("days_to_nth_visit", "visit", part) for part in (*WINDOWS, "median")}
    top = max((row.value or 0 for part in WINDOWS for row in told[part].values()), default=0)
    rows = []
    for visit in sorted(told[WINDOWS[-1]], key=int):
        name = words.slice_name("visit", visit, {})
        n = told[WINDOWS[-1]][visit].n
        row = [text(name, key=int(visit)), Cell(written.count(n), n, raw=n)]
        for part in (*WINDOWS, "median"):
            figure = told[part].get(visit)
            shade = charts.shade(figure.value, top) if figure and part in WINDOWS else ""
            row.append(_cell(figure, f"{name}, {part_name('days_to_nth_visit', part)}", seen, shade))
        rows.append(row)
    columns = [
        Column("visit", _("next visit")),
        Column("guests", _("made the visit before"), numeric=True),
        *(Column(part, part_name("days_to_nth_visit", part)) for part in WINDOWS),
        Column("median", _("days until half came")),
    ]
    title = _("Who made the next visit, within")
    how = _(
        "Of those who made the visit before, the share who made this one in time. "
        "Those not watched so long yet count as long as they were watched."
    )
    table = Table("visits", title, columns, rows, look="triangle even", filters=False)
    return [Shape(title, how, table), *_visits_from(figures, seen)]


def _visits_from(figures: Figures, seen: Look) -> list[Shape]:
    """Who made each next visit within a year, by the store and by the channel they began with."""
    metric, window = "days_to_nth_visit", WINDOWS[-1]
    shapes = []
    for kind, title in (
        ("first_store", _("The next visit within a year, by first store")),
        ("first_channel", _("The next visit within a year, by first channel")),
    ):
        rows_of = [row for row in figures.rows if (row.metric, row.slice_kind) == (metric, kind)]
        told = {
            (row.slice, row.part.rpartition(":")[2]): row
            for row in rows_of
            if row.part.startswith(f"{window}:")
        }
        visits = sorted({visit for _slice, visit in told}, key=int)
        top = max((row.value or 0 for row in told.values()), default=0)
        rows = []
        for slice in sorted({slice for slice, _visit in told}):
            name = words.slice_name(kind, slice, seen.names)
            cells = []
            for visit in visits:
                figure = told.get((slice, visit))
                label = f"{name}, {words.slice_name('visit', visit, {})}"
                cells.append(_cell(figure, label, seen, charts.shade(figure.value, top) if figure else ""))
            began = told[slice, visits[0]].n if (slice, visits[0]) in told else None
            rows.append([text(name), Cell(written.count(began) if began else "", began, raw=began), *cells])
        columns = [
            Column("slice", KINDS[kind]),
            Column("guests", _("guests"), numeric=True),
            *(Column(visit, words.slice_name("visit", visit, {})) for visit in visits),
        ]
        how = _(
            "Each cell: of those who made the visit before. Where thirty or more did; days are counted in weeks."
        )
        if rows:
            table = Table(kind, title, columns, rows, sort="-2", look="triangle even")
            shapes.append(Shape(title, how, table))
    return shapes


def _gaps(figures: Figures, seen: Look) -> list[Shape]:
    """How long gaps between two visits are: the share within so many days, and the days that a part does not pass."""
    metric = "interpurchase_interval"
    visits = sorted({row.slice for row in figures.rows if row.metric == metric and row.slice_kind == "visit"})
    places = [("", ""), *(("visit", visit) for visit in visits)]
    shapes = []
    for name, title, parts in (
        ("within", _("Gaps no longer than"), tuple(f"within:{days}" for days in SHARES)),
        ("days", _("Days that a part of all gaps does not pass"), QUANTILES),
    ):
        rows = []
        for at, (kind, visit) in enumerate(places):
            mine = figures.at(kind, visit)
            found = {part: mine.one(metric, part) for part in parts}
            n = next((row.n for row in found.values() if row), None)
            label = _led_to(visit) if visit else _("all gaps")
            cells = [
                _cell(row, f"{label}, {part_name(metric, part)}", seen, _shade(row, part))
                for part, row in found.items()
            ]
            rows.append([text(label, key=at), Cell(written.count(n), n, raw=n), *cells])
        heads = [
            Column(part, f"{part[1:]}%" if part in QUANTILES else last_name(metric, part)) for part in parts
        ]
        columns = [Column("gap", _("led to")), Column("gaps", _("gaps"), numeric=True), *heads]
        how = _("Of gaps that ended within the last 365 days, by the visit they led to.")
        table = Table(name, title, columns, rows, look="triangle even", filters=False)
        shapes.append(Shape(title, how, table))
    return shapes


def _led_to(visit: str) -> str:
    said = _("to visit %(number)s or later") if visit.endswith("+") else _("to visit %(number)s")
    return said % {"number": visit.removesuffix("+")}


def _shade(row: Figure | None, part: str) -> str:
    return charts.shade(row.value, 1.0) if row and ":" in part else ""


def _cell(figure: Figure | None, label: str, seen: Look, shade: str) -> Cell:
    if figure is None:
        return Cell()
    kind = kind_of(figure.metric, figure.part)
    number = of_figure(figure, seen.brand.currency, "share" if kind == "share.1" else kind, label)
    if figure.value is None:
        number = replace(number, text=written.NOTHING)
    return opened(number, shade=shade)


def _triangle(figures: Figures, seen: Look) -> list[Shape]:
    title = _("Who comes again")
    how = _(
        "Of each month's newcomers, the share who came in the month after, two after, and so on. "
        "A month that is not over stays empty."
    )
    return [Shape(title, how, triangle(figures, seen, COHORTS, MONTHS))]


def triangle(
    figures: Figures, seen: Look, cohorts: int, months: int, metric: str = "cohort_triangle"
) -> Table:
    """One row a month of first visits; a cell whose month is not over yet is left empty, never drawn as a loss."""
    cells = {after: figures.months(metric, str(after)) for after in range(months + 1)}
    told = sorted(cells[0])[-cohorts:]
    later = [
        row.value or 0
        for after in range(1, months + 1)
        for first, row in cells[after].items()
        if first in told
    ]
    top = max(later, default=0)
    width = max((after for after in cells if any(first in cells[after] for first in told)), default=0)
    rows = []
    for first in told:
        name = written.month(first, seen.now.year, short=True)
        size = cells[0][first].n
        row = [text(name, key=first), Cell(written.count(size), size, raw=size)]
        for after in range(1, width + 1):
            figure = cells[after].get(first)
            if figure is None:
                row.append(Cell())
                continue
            label = _("%(month)s, %(after)s months later") % {"month": name, "after": after}
            shade = charts.shade(figure.value, top)
            row.append(opened(of_figure(figure, seen.brand.currency, label=label), shade=shade))
        rows.append(row)
    columns = [
        Column("month", _("first came in")),
        Column("size", _("guests"), numeric=True),
        *(Column(str(after), str(after)) for after in range(1, width + 1)),
    ]
    return Table(
        "triangle",
        _("Share of each month's newcomers who came again, by months after"),
        columns,
        rows,
        sort="month",
        look="triangle",
        filters=False,
    )


# Numbers whose parts are one picture; the page of any other has a chip for each part and a table by slices.
SHAPES: dict[str, Callable[[Figures, Look], list[Shape]]] = {
    "cohort_triangle": _triangle,
    "days_to_nth_visit": _visits,
    "interpurchase_interval": _gaps,
    "rfm_grid": _grids,
}
