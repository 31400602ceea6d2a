"""What guests order: which first dishes bring people back and which lose them, and what lies together in a basket."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.brand.models import Product
from regulars.measure.models import Figure
from regulars.web import charts, words, written
from regulars.web.figures import Figures
from regulars.web.numbers import of_figure
from regulars.web.pages.door import Look, page
from regulars.web.table import Cell, Column, Table, arrange, exported, opened, text

METRICS = ("first_basket", "affinity", "baskets")
WAITS = {"second": gettext_lazy("a second visit"), "third": gettext_lazy("a third visit")}
SIDES = {
    "makes": gettext_lazy("makes regulars"),
    "loses": gettext_lazy("loses newcomers"),
    "together": gettext_lazy("together"),
    "apart": gettext_lazy("apart"),
}
WIDEST = 20.0  # times as often: beyond, a picture says no more
ROWS = 20  # of a table before "show all"
BASKETS = ("products", "pieces", "value")


@page("see_figures")
def products(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """First dishes against newcomers alike, pairs against chance, and how much lies in a basket."""
    figures = Figures(seen.figures(*METRICS))
    names = dict(Product.objects.values_list("code", "name"))
    wait = request.GET.get("wait", "")
    wait = wait if wait in WAITS else "second"
    tables = {"firsts": _firsts(figures, wait, names, seen), "pairs": _pairs(figures, names, seen)}
    for table in tables.values():
        arrange(request, table, seen)
    if answer := exported(request, list(tables.values()), seen):
        return answer
    context = {
        **tables,
        "wait": wait,
        "waits": list(WAITS.items()),
        "said": _said(figures, wait),
        "worst": _worst(figures, wait, names),
        "baskets": _baskets(figures, seen),
        "told": bool(figures.rows),
        "stores_only": seen.stores is not None,
    }
    return render(request, "measures/products.html", context)


def _said(figures: Figures, wait: str) -> dict[str, str] | None:
    """How many dishes were compared, and how many of them make or lose regulars."""
    found = {part: figures.one("first_basket", f"{wait}:{part}") for part in ("compared", "makes", "loses")}
    if any(row is None or row.value is None for row in found.values()):
        return None
    return {part: written.count(row.value) for part, row in found.items() if row}


def _worst(figures: Figures, wait: str, names: dict[str, str]) -> dict[str, Any] | None:
    """The dish that loses most newcomers: those who would be back without it, less those who are."""
    lost = []
    for product, row in figures.slices("first_basket", "product", wait).items():
        back = figures.at("product", product).one("first_basket", f"{wait}:back")
        expected = figures.at("product", product).one("first_basket", f"{wait}:expected")
        if row.note == "loses" and back and expected:
            lost.append(((expected.value or 0) - (back.value or 0), product, row))
    if not lost:
        return None
    people, product, row = max(lost, key=lambda each: each[:2])
    return {
        "product": product,
        "name": names.get(product, product),
        "people": written.count(people),
        "n": row.n,
    }


def _firsts(figures: Figures, wait: str, names: dict[str, str], seen: Look) -> Table:
    """Each dish of first baskets with its ratio of return, what is seen and what would be without it."""
    found = figures.slices("first_basket", "product", wait)
    span = charts.scale(((row.low, row.high) for row in found.values()), WIDEST)
    rows = []
    for product, row in found.items():
        name = names.get(product, product)
        mine = figures.at("product", product)
        back, expected = (mine.one("first_basket", f"{wait}:{part}") for part in ("back", "expected"))
        rows.append(
            [
                text(name),
                text(str(SIDES.get(row.note, "–"))),
                opened(of_figure(row, seen.brand.currency, "decimal.2", name)),
                _drawn(row, span, name),
                opened(of_figure(back, seen.brand.currency, "count", name) if back else None),
                opened(of_figure(expected, seen.brand.currency, "count", name) if expected else None),
                Cell(written.count(row.n), row.n, raw=row.n),
            ]
        )
    columns = [
        Column("product", _("first dish")),
        Column("side", _("found")),
        Column("ratio", _("as often back as others"), numeric=True),
        Column("interval", _("95%% interval; dashed: no difference") % {}, chart=True),
        Column("back", _("came back"), numeric=True),
        Column("expected", _("expected back"), numeric=True),
        Column("guests", _("newcomers"), numeric=True),
    ]
    return Table("firsts", _("First dishes and who came back"), columns, rows, sort="ratio", page=ROWS)


def _pairs(figures: Figures, names: dict[str, str], seen: Look) -> Table:
    """Pairs that lie together, or apart, more than chance would have it."""
    found = figures.slices("affinity", "pair", "lift")
    span = charts.scale(((row.low, row.high) for row in found.values()), WIDEST)
    rows = []
    for pair, row in found.items():
        name = " + ".join(names.get(each, each) for each in pair.split("|"))
        rows.append(
            [
                text(name),
                text(str(SIDES.get(row.note, row.note))),
                opened(of_figure(row, seen.brand.currency, "decimal.2", name)),
                _drawn(row, span, name),
                Cell(written.count(row.n), row.n, raw=row.n),
            ]
        )
    columns = [
        Column("pair", _("pair")),
        Column("side", _("found")),
        Column("lift", _("times as often as by chance"), numeric=True),
        Column("interval", _("95%% interval; dashed: chance") % {}, chart=True),
        Column("baskets", _("baskets with both"), numeric=True),
    ]
    return Table("pairs", _("What lies together"), columns, rows, sort="-lift", page=ROWS)


def _drawn(row: Figure, span: tuple[float, float], name: str) -> Cell:
    """A ratio on its interval, against 1: no difference."""
    if row.low is None or row.high is None:
        return Cell()
    said = f"{name}: {written.decimal(row.low, 2)}–{written.decimal(row.high, 2)}"
    return Cell(whisker=charts.whisker((row.low, row.value, min(row.high, WIDEST)), span, 1.0, said))


def _baskets(figures: Figures, seen: Look) -> list[tuple[str, Any]]:
    """How much lies in a basket of the last month that is over."""
    months = figures.told_months("baskets", "value")
    last = max(months, default="")
    found = ((part, figures.one("baskets", part, last)) for part in BASKETS)
    return [
        (str(words.title("baskets", part)), of_figure(row, seen.brand.currency))
        for part, row in found
        if row and last
    ]
