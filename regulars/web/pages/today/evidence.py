"""What stands under the headline: three second purchases side by side, what moved revenue, whose traffic it was."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.web import charts, words, written
from regulars.web.figures import Figures
from regulars.web.numbers import Number, interval, of_figure
from regulars.web.pages.door import Look
from regulars.web.table import Cell, Column, Table, opened, text

PURCHASES = (
    ("cohort_second_visit", "90", gettext_lazy("of newcomers are back within 90 days"),
     gettext_lazy("What guests do: it moves only when more of them return.")),
    ("repeat_order_share", "", gettext_lazy("of orders are from someone who had come before"),
     gettext_lazy("How much of the trade regulars carry. It also rises when you recognise more.")),
    ("second_purchase_stock", "", gettext_lazy("of all known customers came twice or more"),
     gettext_lazy("What has gathered over the years. It also rises when you recognise more.")),
)  # fmt: skip
# What a factor did when its part of the change was above or below zero.
FACTORS: dict[str, tuple[str | Promise, str | Promise, str | Promise]] = {
    "guests": (gettext_lazy("guests"), gettext_lazy("more guests"), gettext_lazy("fewer guests")),
    "frequency": (
        gettext_lazy("frequency"),
        gettext_lazy("guests came more often"),
        gettext_lazy("guests came less often"),
    ),
    "ticket": (
        gettext_lazy("ticket"),
        gettext_lazy("more was spent per order"),
        gettext_lazy("less was spent per order"),
    ),
}
LEVELS = {"guests": "customers", "frequency": "frequency", "ticket": "ticket"}


@dataclass(frozen=True)
class Purchase:
    """One of the three second purchases: its number, what it is the share of, and what moves it.

    Those that recognising more guests moves carry the identified share; the stock also what it did since a year ago.
    """

    number: Number
    what: str | Promise
    moves: str | Promise
    identified: Number | None = None
    since: str = ""
    change: Number | None = None
    by_identification: str = ""


def purchases(figures: Figures, seen: Look) -> list[Purchase]:
    """The three, each by itself: cohort, repeat orders, stock."""
    currency, found = seen.brand.currency, []
    known = figures.one("identified_share")
    for metric, part, what, moves in PURCHASES:
        row = figures.one(metric, part)
        if row is None:
            continue
        each = Purchase(of_figure(row, currency), what, moves)
        if known and metric != "cohort_second_visit":
            each = replace(each, identified=of_figure(known, currency, "share"))
        found.append(_corrected(each, figures, seen) if metric == "second_purchase_stock" else each)
    return found


def _corrected(stock: Purchase, figures: Figures, seen: Look) -> Purchase:
    """The stock with its change since the month compared with, and the part of it that recognising more made."""
    changes = figures.months("stock_corrected", "change")
    if not changes:
        return stock
    month = max(changes)
    change, corrected = changes[month], figures.one("stock_corrected", "", month)
    by_identification = figures.one("stock_corrected", "change:identification", month)
    if corrected is None or by_identification is None or change.value is None:
        return stock
    points = _("%(points)s points") % {"points": written.signed(100 * change.value)}
    part = round(100 * (by_identification.value or 0), 1)
    before, now = (figures.one("stock_corrected", part, month) for part in ("before", "now"))
    facts = (
        (written.month(month), written.share(before.value if before else None, 1)),
        (_("now"), written.share(now.value if now else None, 1)),
        (
            _("recognising no more"),
            interval("share", corrected.low, corrected.high, seen.brand.currency) or written.NOTHING,
        ),
        (_("from"), f"{written.count(corrected.n)} {words.CUSTOMERS}"),
        (_("as of"), written.day(corrected.as_of)),
    )
    word = words.word("stock_corrected")
    return replace(
        stock,
        since=written.month(month, seen.now.year),
        change=Number(points, str(word.title), str(word.formula), facts, value=change.value, n=corrected.n),
        by_identification=f"{part:.1f}" if part > 0 else "",
    )


@dataclass(frozen=True)
class Factor:
    """One factor of revenue: its level, its part of the change, and the bar of that part from the middle."""

    label: str | Promise
    level: Number | None
    part: Number
    x: float
    width: float
    kind: str


@dataclass(frozen=True)
class Revenue:
    """Revenue of known customers in a month, its change since the month before, and which factor moved it most."""

    month: str
    earlier: str
    number: Number
    change: str
    rose: bool
    because: str | Promise
    factors: list[Factor]


def revenue(figures: Figures, seen: Look) -> Revenue | None:
    """What moved revenue in the last month that is over; None of the first month, and of a store."""
    changes = figures.told_months("revenue_factors", "change:revenue")
    if not changes:
        return None
    month, currency = max(changes), seen.brand.currency
    whole = figures.one("revenue_factors", "revenue", month)
    parts = {
        name: row for name in FACTORS if (row := figures.one("revenue_factors", f"change:{name}", month))
    }
    if whole is None or not parts:
        return None
    change = changes[month].value or 0
    top = max(abs(row.value or 0) for row in parts.values()) or 1
    factors = []
    for name, row in parts.items():
        level = figures.one("revenue_factors", LEVELS[name], month)
        width = round(48 * abs(row.value or 0) / top, 2)
        rose = (row.value or 0) >= 0
        factors.append(Factor(
            FACTORS[name][0], of_figure(level, currency) if level else None, _signed(of_figure(row, currency)),
            50 if rose else round(50 - width, 2), width, "up" if rose else "down",
        ))  # fmt: skip
    same = {name: row for name, row in parts.items() if ((row.value or 0) > 0) == (change > 0)}
    most = max(same or parts, key=lambda name: abs(parts[name].value or 0))
    because = FACTORS[most][1 if (parts[most].value or 0) > 0 else 2]
    return Revenue(
        written.month(month, seen.now.year), written.month(_before(month), seen.now.year), of_figure(whole, currency),
        written.short_money(abs(change), currency), change >= 0, because, factors,
    )  # fmt: skip


def _signed(part: Number) -> Number:
    """A part of a change, with its sign where it is above zero, too."""
    return replace(part, text=f"+{part.text}") if (part.value or 0) > 0 else part


def _before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"


def expected(figures: Figures, seen: Look) -> dict[str, Number | str] | None:
    """What the known customers are expected to bring in 90 days, if the turn has told it."""
    value, orders = figures.one("value_90", "value"), figures.one("value_90", "orders")
    if value is None or value.value is None:
        return None
    currency = seen.brand.currency
    told: dict[str, Number | str] = {
        "value": of_figure(value, currency),
        "between": interval("money", value.low, value.high, currency),
    }
    if orders and orders.value is not None:
        told["orders"] = of_figure(orders, currency)
    return told


def traffic(everything: Figures, seen: Look) -> Table:
    """Each store's revenue in the last month that is over, by whose traffic brought it; no rows where none says."""
    month = max(
        [everything.last_month(), *(everything.at("store", code).last_month() for code in seen.names)]
    )
    rows = []
    for code, name in seen.names.items():
        mine = everything.at("store", code)
        amounts = {
            part: row.value or 0
            for part in words.TRAFFIC
            if (row := mine.one("revenue_by_traffic", part, month))
        }
        total = sum(amounts.values())
        if total <= max(amounts.get("not_recorded", 0), 0):
            continue
        said = {
            part: f"{words.TRAFFIC[part]} {written.share(amount / total)}" for part, amount in amounts.items()
        }
        bar = charts.bar(
            ((part, amounts[part], said[part]) for part in amounts), f"{name}: {', '.join(said.values())}"
        )
        own, share = mine.one("revenue_by_traffic", "own", month), amounts.get("own", 0) / total
        number = (
            of_figure(own, seen.brand.currency, label=name).reading(written.share(share), share)
            if own
            else None
        )
        rows.append([text(name, reverse("store", args=[code])), Cell(bar=bar), opened(number)])
    columns = [
        Column("store", _("store")),
        Column("split", _("revenue by traffic"), chart=True),
        Column("own", _("own traffic"), numeric=True),
    ]
    return Table("traffic", _("Revenue by traffic"), columns, rows, sort="-own", look="list")
