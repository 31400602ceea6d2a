"""Which question each published number answers, and what its parts and slices are called."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from regulars.know.models import Stage
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
    "discount_by": _("discount"),
    "segment": _("segment"),
    "shift": _("shift"),
    "till": _("till"),
    "visit": _("visit"),
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
    "shrunk": _("drawn towards the brand"),
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
    "before": _("a year before"),
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
    "always": _("always"),
    "never": _("never"),
    "mostly": _("mostly"),
    "sometimes": _("sometimes"),
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
    "now": _("now"),
    "then": _("at the last quarter's end"),
    "new": _("new"),
    "lost": _("lost"),
    "gone": _("merged or erased"),
    "more": _("worth more"),
    "less": _("worth less"),
    "second": _("a second visit"),
    "third": _("a third visit"),
    "lift": _("lift"),
    "shrunk": _("drawn towards the brand"),
}


def part_name(metric: str, part: str) -> str:
    """A part of a number in words; the whole of it where it has no parts."""
    if not part:
        return gettext("all")
    if part.isdecimal():
        number = {"number": part}
        if metric == "cohort_triangle":
            return ngettext("%(number)s month later", "%(number)s months later", int(part)) % number
        return gettext("%(number)s days") % number if int(part) >= 7 else part
    if ":" in part:
        if metric == "stage_flows":
            return f"{_stage(part[3:])} ({GROUPS['at']})"
        group, rest = part.split(":", 1)
        named = (
            codes.CAUSES[rest][0] if group == "cause" and rest in codes.CAUSES else part_name(metric, rest)
        )
        return f"{named} ({GROUPS.get(group, group)})"
    if f"{metric}.{part}" in TITLES:
        return str(TITLES[f"{metric}.{part}"])
    if metric == "lifecycle" and part in Stage.values:
        return str(Stage(part).label)
    if metric == "stage_flows":
        return " → ".join(_stage(each) for each in part.split(">"))
    if part[:1] == "p" and part[1:].isdecimal():
        return gettext("%(number)s of 100 are no longer") % {"number": part[1:]}
    known: Text | None = PARTS.get(part) or codes.TRAFFIC.get(part) or codes.STAGES.get(part)
    return str(known) if known else part.replace("_", " ")


def _stage(code: str) -> str:
    return str(Stage(code).label) if code in Stage.values else gettext("not a guest yet")


def kind_of(metric: str, part: str) -> str:
    """How a part's value is written on a page of its own: shares with a decimal, money, counts …"""
    kind = word(metric, part).kind
    return "share.1" if kind == "share" else kind


def areas() -> list[Area]:
    """The questions, and under the last one whatever number nobody gave a place."""
    placed = {"leak", "links"} | {metric for area in AREAS for metric in area.metrics}  # these are Today's
    rest = tuple(sorted({name.split(".")[0] for name in WORDS} - placed))
    return (
        [*AREAS, Area("more", _("More numbers"), _("Numbers without a question of their own."), rest)]
        if rest
        else [*AREAS]
    )
