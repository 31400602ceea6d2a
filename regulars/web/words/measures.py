"""Which question each published number answers, and what its parts and slices are called."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from regulars.know.models import Stage
from regulars.web import written
from regulars.web.words import codes
from regulars.web.words.figures import TITLES, WORDS, word

Text = str | Promise


@dataclass(frozen=True)
class Area:
    """A question that several numbers answer together, and how to read them."""

    name: str
    question: Text
    how: Text
    metrics: tuple[str, ...]
    page: str = ""  # that answers it in pictures


AREAS = (
    Area(
        "back",
        _("Who comes back?"),
        _("Three second purchases that must never be mixed: of newcomers, of orders, and of all who are known."),
        (
            "cohort_second_visit", "cohort_triangle", "bubble_rate", "repurchase_rate", "repeat_order_share",
            "second_purchase_stock", "stock_corrected", "first_triangle",
        ),
        "cohorts",
    ),
    Area(
        "who",
        _("Who are our guests?"),
        _("Heads rather than orders: how many, in which stage, and with what habits."),
        (
            "guests", "lifecycle", "stage_flows", "days_to_nth_visit", "interpurchase_interval", "regularity",
            "breadth", "discount_share", "rfm_grid", "segments",
        ),
        "lifecycle",
    ),
    Area(
        "worth",
        _("What will they bring?"),
        _("What the customers known today can be expected to spend, with how sure that is."),
        ("equity", "value_90"),
        "worth",
    ),
    Area(
        "revenue",
        _("What moves revenue?"),
        _("More guests, guests who come more often, or guests who spend more; and at what price."),
        ("revenue_factors", "new_returning_revenue", "revenue_by_traffic", "price_fairness"),
    ),
    Area(
        "products",
        _("What do they order?"),
        _("Which first dishes bring people back, which lose them, and what lies together in a basket."),
        ("first_basket", "affinity", "baskets"),
        "products",
    ),
    Area(
        "known",
        _("How well do we know them?"),
        _("Every number about customers stands on this one: whom nobody recognises is in none of them."),
        ("identified_share",),
    ),
)  # fmt: skip

# Slices by which numbers are published, in the order in which they are offered.
KINDS: dict[str, Text] = {
    "month": _("month"),
    "week": _("week"),
    "store": _("store"),
    "region": _("region"),
    "sales_channel": _("channel"),
    "traffic": _("traffic"),
    "offer": _("offer"),
    "acquired_by": _("source"),
    "discount_by": _("who gave the discount"),
    "segment": _("segment"),
    "shift": _("shift"),
    "till": _("till"),
    "visit": _("visit"),
    "visits": _("visits made"),
    "grade": _("grade"),
    "stage": _("stage"),
    "rfm": _("grade"),
    "fixed": _("fixed grade"),
    "coupon": _("coupon"),
    "product": _("first dish"),
    "pair": _("pair"),
    "first_store": _("first store"),
    "first_channel": _("first channel"),
    "first_offer": _("first offer"),
    "first_product": _("first product"),
}

PARTS: dict[str, Text] = {
    "share": _("share of the spend"),
    "spend": _("spend a customer"),
    "visits": _("visits a customer"),
    "came": _("came this month"),
    "new": _("new"),
    "returning": _("returning"),
    "unidentified": _("nobody known"),
    "revenue": _("revenue"),
    "customers": _("customers"),
    "frequency": _("frequency"),
    "ticket": _("ticket"),
    "guests": _("guests"),
    "orders": _("orders"),
    "gap": _("gap"),
    "value": _("money"),
    "before": _("in the month compared with"),
    "now": _("now"),
    "depth": _("depth"),
    "on_discount": _("on discount"),
    "clumpy": _("in clumps"),
    "even": _("evenly"),
    "shape": _("regularity"),
    "stores": _("stores"),
    "channels": _("channels"),
    "dayparts": _("times of day"),
    "categories": _("categories"),
    "products": _("products"),
    "pieces": _("pieces"),
    "median": _("median"),
    "pairs": _("pairs compared"),
    "together": _("together"),
    "apart": _("apart"),
    "lift": _("lift"),
    "plain": _("without regard to size"),
    "second": _("a second visit"),
    "third": _("a third visit"),
    "back": _("came back"),
    "expected": _("expected back"),
    "compared": _("compared"),
    "makes": _("makes regulars"),
    "loses": _("loses newcomers"),
    "q": _("chance among findings"),
    "all": _("all"),
    "none": _("none"),
    "some": _("some"),
    "most": _("most"),
    "never": _("never"),
    "sometimes": _("sometimes"),
    "mostly": _("mostly"),
    "always": _("always"),
}
GROUPS: dict[str, Text] = {
    "whole": _("all orders"),
    "change": _("since the month before"),
    "year_change": _("since a year before"),
    "cause": _("why not"),
    "model": _("as the model has it"),
    "several": _("more than one"),
    "within": _("within"),
    "days": _("part of their days"),
    "net": _("part of all spend"),
    "size": _("products in it"),
    "at": _("at its end"),
    "then": _("at the last quarter's end"),
    "now": _("now"),
    "new": _("new"),
    "returning": _("returning"),
    "more": _("worth more"),
    "less": _("worth less"),
    "lost": _("lost"),
    "gone": _("merged or erased"),
    "second": _("a second visit"),
    "third": _("a third visit"),
    "lift": _("lift"),
}
SHRUNK = "shrunk"  # part, or the first word of one
TODAYS = {"leak", "links"}
CELL = re.compile(r"r(?P<lately>\d)f(?P<often>\d)")  # of recency and frequency, 1 the lowest
GIVERS: dict[str, Text] = {"brand": _("taken off by the brand"), "platform": _("taken off by a platform")}
QUANTILES: dict[str, Text] = {
    "p10": _("a tenth are no longer"),
    "p25": _("a quarter are no longer"),
    "p50": _("half are no longer"),
    "p75": _("three quarters are no longer"),
    "p90": _("nine tenths are no longer"),
}


def whole_part(part: str) -> tuple[str, bool]:
    """The part that a published one says once more, and whether it says it drawn towards the brand (``shrunk:90``)."""
    said = part.removeprefix(f"{SHRUNK}:") if part != SHRUNK else ""
    return said, said != part


def has_page(metric: str) -> bool:
    """Whether a number has a page of its own; the loop's are Today's."""
    return metric in WORDS and metric not in TODAYS


def part_name(metric: str, part: str) -> str:
    """A part of a number in words; the whole of it where it has no parts."""
    if not part:
        return gettext("all")
    if part.isdecimal():
        number = {"number": part}
        if metric in ("cohort_triangle", "first_triangle"):
            return ngettext("%(number)s month later", "%(number)s months later", int(part)) % number
        return gettext("%(number)s days") % number if int(part) >= 7 else part
    group = part.rpartition(":")[0]
    if group:
        return gettext("%(part)s (%(group)s)") % {"part": last_name(metric, part), "group": group_name(group)}
    if cell := CELL.fullmatch(part):
        return gettext("recency %(lately)s, frequency %(often)s") % cell.groupdict()
    if f"{metric}.{part}" in TITLES:
        return str(TITLES[f"{metric}.{part}"])
    if metric == "lifecycle" and part in Stage.values:
        return str(Stage(part).label)
    if metric == "stage_flows":
        return " → ".join(_stage(each) for each in part.split(">"))
    known: Text | None = (
        PARTS.get(part) or QUANTILES.get(part) or codes.TRAFFIC.get(part) or codes.STAGES.get(part)
    )
    return str(known) if known else part.replace("_", " ")


def last_name(metric: str, part: str) -> str:
    """A part's name within its group: of ``change:ticket`` the ticket."""
    group, _colon, rest = part.rpartition(":")
    if group == "cause" and rest in codes.CAUSES:
        return str(codes.CAUSES[rest][0])
    if metric == "stage_flows" and group == "at":
        return _stage(rest)
    if metric == "price_fairness" and rest in GIVERS:
        return str(GIVERS[rest])
    if group and rest in PARTS:
        return str(PARTS[rest])
    return part_name(metric, rest)


def group_name(group: str) -> str:
    """What parts before a colon have in common; groups within groups one after another."""
    return written.listed(str(GROUPS.get(each, each)) for each in group.split(":")) if group else ""


def place(part: str) -> tuple[int, ...]:
    """Where a part stands among others: the whole first, groups and names as they are listed here."""
    group, _colon, rest = part.rpartition(":")
    groups, names, stages = list(GROUPS), list(PARTS), list(Stage.values)
    named = [names.index(rest)] if rest in names else [
        len(names) + (stages.index(each) if each in stages else -1) for each in rest.split(">")
    ]  # fmt: skip
    return (
        len(group.split(":")) if group else 0,
        *(groups.index(each) if each in groups else len(groups) for each in group.split(":") if group),
        int(rest) if rest.isdecimal() else 0,
        *(named if part else [-1]),
    )


def beside(metric: str, part: str) -> str:
    """What a part's own title leaves unsaid of it: its group, its name, or nothing."""
    group = part.rpartition(":")[0]
    if not part or f"{metric}.{part}" in TITLES:
        return ""
    if f"{metric}.{part}" in WORDS:
        return group_name(group)
    said = last_name(metric, part) if f"{metric}.{group}" in WORDS else part_name(metric, part)
    return "" if said.casefold() == str(word(metric, part).title).casefold() else said


def _stage(code: str) -> str:
    return str(Stage(code).label) if code in Stage.values else gettext("not a guest yet")


def kind_of(metric: str, part: str) -> str:
    """How a part's value is written on a page of its own: shares with a decimal, money, counts …"""
    kind = word(metric, part).kind
    return "share.1" if kind == "share" else kind


def areas() -> list[Area]:
    """The questions, and under the last one whatever number nobody gave a place."""
    placed = TODAYS | {metric for area in AREAS for metric in area.metrics}
    rest = tuple(sorted({name.split(".")[0] for name in WORDS} - placed))
    return (
        [*AREAS, Area("more", _("More numbers"), _("Numbers without a question of their own."), rest)]
        if rest
        else [*AREAS]
    )
