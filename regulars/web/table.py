"""A table that every page draws alike: it sorts, filters and exports, and its numbers open."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from regulars.core.money import digits, minor_units
from regulars.desk.export import csv_text
from regulars.measure.models import Figure
from regulars.web.charts import Bar, Whisker, scale, whisker
from regulars.web.numbers import Number, write
from regulars.web.pages.door import Look

FILTERED = 60  # characters of a filter


@dataclass(frozen=True)
class Cell:
    """One cell: what is read, what it is sorted by (None last), and what stands in an exported file."""

    text: str = ""
    key: Any = None
    link: str = ""
    number: Number | None = None
    bar: Bar | None = None
    whisker: Whisker | None = None
    shade: str = ""  # class of the cell: heat-4
    id: str = ""
    raw: Any = None


@dataclass(frozen=True)
class Column:
    """A column: its name in addresses, its heading, whether it holds numbers, and whether it can be sorted by."""

    name: str
    label: str | Promise
    numeric: bool = False
    chart: bool = False  # drawn from other columns, so neither sorted by nor exported
    href: str = ""
    sort: str = ""  # ascending, descending, or nothing


@dataclass
class Table:
    """Columns and rows; the first column heads its row. ``sort`` is the order it opens with, ``-`` for falling."""

    name: str
    label: str
    columns: Sequence[Column]
    rows: list[list[Cell]]
    sort: str = ""
    filtered: str = ""
    whole: int = 0
    export_href: str = ""
    look: str = ""  # class of the table
    filters: bool = True
    page: int = 60  # rows drawn at first; the file and "show all" have the others
    all_href: str = ""
    others: list[tuple[str, str]] = field(default_factory=list)

    @property
    def drawn(self) -> list[list[Cell]]:
        """The rows that the page draws; a file has all of them."""
        return self.rows[: self.page] if self.all_href else self.rows

    @property
    def kinds(self) -> list[str]:
        """What the pieces of the bars in it are, for a key: only what is drawn needs one."""
        bars = [cell.bar for row in self.drawn for cell in row if cell.bar]
        return list(dict.fromkeys(piece.kind for bar in bars for piece in bar.segments))


def text(value: str, link: str = "", key: Any = None) -> Cell:
    return Cell(text=value, key=key if key is not None else value.casefold(), link=link, raw=value)


def opened(number: Number | None, currency: str = "", shade: str = "") -> Cell:
    """A cell with a number that opens; with a currency its raw value is money in whole units."""
    if number is None:
        return Cell(text="–", shade=shade)
    raw = number.value
    if currency and raw is not None:
        raw = round(raw / minor_units(currency), digits(currency))
    return Cell(text=number.text, key=number.value, number=number, shade=shade, raw=raw)


def intervals(
    figures: Iterable[Figure], kind: str = "share", currency: str = ""
) -> tuple[Column, tuple[float, float]]:
    """A column that draws figures on their intervals, with the span it is drawn on in its heading."""
    span = scale(((row.low, row.high) for row in figures), 1.0 if kind.startswith("share") else math.inf)
    kind = "share" if kind.startswith("share") else kind
    bounds = {"low": write(kind, span[0], currency), "high": write(kind, span[1], currency)}
    label = _("95%% interval, from %(low)s to %(high)s") % bounds if span[1] else _("95%% interval") % {}
    return Column("interval", label, chart=True), span


def drawn(
    figure: Figure | None,
    span: tuple[float, float],
    whole: Figure | None,
    name: str,
    kind: str = "share",
    currency: str = "",
) -> Cell:
    """A figure on its interval, against that of the whole brand."""
    if figure is None:
        return Cell()
    kind = "share" if kind.startswith("share") else kind
    said = f"{name}: {write(kind, figure.low, currency)}–{write(kind, figure.high, currency)}"
    return Cell(
        whisker=whisker((figure.low, figure.value, figure.high), span, whole.value if whole else None, said)
    )


def arrange(request: HttpRequest, table: Table, seen: Look) -> Table:
    """Filter and sort a table as the address asks (``?stores.sort=-revenue&stores.q=river``)."""
    params = request.GET
    wanted = params.get(f"{table.name}.sort") or table.sort
    names = {column.name: at for at, column in enumerate(table.columns) if not column.chart}
    words = params.get(f"{table.name}.q", "").strip()[:FILTERED]
    table.whole, table.filtered = len(table.rows), words
    if words:
        table.rows = [
            row for row in table.rows if any(words.casefold() in cell.text.casefold() for cell in row)
        ]
    by, falling = wanted.lstrip("-"), wanted.startswith("-")
    if by in names:
        at = names[by]
        told = [row for row in table.rows if row[at].key is not None]
        untold = [row for row in table.rows if row[at].key is None]
        table.rows = sorted(told, key=lambda row: row[at].key, reverse=falling) + untold
    table.columns = [_headed(request, table, column, by, falling) for column in table.columns]
    table.rows = [
        [_named(cell, f"{table.name}-{row}-{column}") for column, cell in enumerate(cells)]
        for row, cells in enumerate(table.rows)
    ]
    if table.page and len(table.rows) > table.page and f"{table.name}.all" not in params:
        table.all_href = _address(request, **{f"{table.name}.all": "1"})
    table.others = [(key, value) for key, value in params.dict().items() if key != f"{table.name}.q"]
    if seen.may("export_figures"):
        table.export_href = _address(request, **{f"{table.name}.export": "csv"})
    return table


def _named(cell: Cell, name: str) -> Cell:
    return Cell(**{**cell.__dict__, "id": name}) if cell.number else cell


def _headed(request: HttpRequest, table: Table, column: Column, by: str, falling: bool) -> Column:
    if column.chart:
        return column
    mine = column.name == by
    next_falling = not falling if mine else column.numeric
    href = _address(request, **{f"{table.name}.sort": f"{'-' if next_falling else ''}{column.name}"})
    sort = ("descending" if falling else "ascending") if mine else ""
    return Column(column.name, column.label, column.numeric, False, href, sort)


def _address(request: HttpRequest, **changed: str) -> str:
    params = request.GET.copy()
    for name in [name for name in params if name.endswith(".export")]:
        del params[name]
    for name, value in changed.items():
        params[name] = value
    return f"?{params.urlencode()}"


def exported(request: HttpRequest, tables: Sequence[Table], seen: Look) -> StreamingHttpResponse | None:
    """The table that the address asks for as a CSV file, as it is filtered and sorted; None where none is asked for."""
    for table in tables:
        if request.GET.get(f"{table.name}.export") == "csv":
            if not seen.may("export_figures"):
                raise PermissionDenied
            return as_csv(f"{table.name}.csv", _header(table), _lines(table))
    return None


def _wide(table: Table) -> list[int]:
    """Columns some of whose numbers have an interval: their bounds are exported beside them."""
    return [
        at
        for at in range(len(table.columns))
        if any((number := row[at].number) and number.low is not None for row in table.rows)
    ]


def _header(table: Table) -> list[str]:
    wide, header = _wide(table), []
    for at, column in enumerate(table.columns):
        if column.chart:
            continue
        header.append(str(column.label))
        if at in wide:
            header += [
                f"{column.label}: {_('at least')}",
                f"{column.label}: {_('at most')}",
                f"{column.label}: {_('from')}",
            ]
    return header


def _lines(table: Table) -> Iterator[list[Any]]:
    wide = _wide(table)
    for row in table.rows:
        line: list[Any] = []
        for at, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            if column.chart:
                continue
            line.append(cell.raw)
            if at in wide:
                number = cell.number
                line += [number.low, number.high, number.n] if number else [None, None, None]
        yield line


def as_csv(name: str, header: Sequence[Any], lines: Any) -> StreamingHttpResponse:
    """An answer that a browser saves as a file."""
    response = StreamingHttpResponse(csv_text(header, lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
