"""What a slice of a number is called: a store, a channel, a dish, a week, a visit, a grade."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from regulars.know.models import Stage
from regulars.web import written
from regulars.web.words import codes

Text = str | Promise
PRODUCTS = ("product", "first_product", "pair")  # kinds of slices that are products by code
STORES = ("store", "first_store")

SHIFTS: dict[str, Text] = {
    "breakfast": _("breakfast"),
    "lunch": _("lunch"),
    "afternoon": _("afternoon"),
    "dinner": _("dinner"),
    "night": _("night"),
    "not_recorded": _("not recorded"),
}
GRADES: dict[str, Text] = {"rfm": _("in fifths of our guests"), "fixed": _("by fixed bounds")}
TABLES: dict[str, Mapping[str, Text]] = {
    "traffic": codes.TRAFFIC,
    "revenue": codes.REVENUE,
    "sales_channel": codes.CHANNELS,
    "first_channel": codes.CHANNELS,
    "acquired_by": codes.SOURCES,
    "offer": codes.OFFERS,
    "first_offer": codes.OFFERS,
    "discount_by": codes.DISCOUNTS,
    "shift": SHIFTS,
    "grade": GRADES,
}
ANY: dict[str, Text] = {"others": _("all others"), "not_recorded": _("not recorded")}


def slice_name(
    kind: str, slice: str, stores: Mapping[str, str], products: Mapping[str, str] | None = None
) -> str:
    """What a slice is called on a page; a code that nobody named is shown as it came."""
    if known := TABLES.get(kind, {}).get(slice):
        return str(known)
    if kind in PRODUCTS and slice not in ANY:
        return " + ".join((products or {}).get(each, each) for each in slice.split("|"))
    if slice in ANY:
        return str(ANY[slice])
    if kind in STORES:
        return stores.get(slice, slice)
    if kind == "till":
        store, _slash, till = slice.partition("/")
        return gettext("%(store)s, till %(till)s") % {"store": stores.get(store, store), "till": till or "–"}
    if kind in ("stage", "stages"):
        return str(Stage(code).label) if (code := slice.removeprefix("stage-")) in Stage.values else slice
    if kind == "week":
        return gettext("week of %(day)s") % {"day": written.day(date.fromisoformat(slice))}
    if kind == "visit":
        said = gettext("visit %(number)s or later") if slice.endswith("+") else gettext("visit %(number)s")
        return said % {"number": slice.removesuffix("+")}
    if kind == "visits":
        return _band(slice)
    return slice.replace("_", " ")


def _band(visits: str) -> str:
    """A band of visits: 1, 3-4, or 10+."""
    many = re.findall(r"\d+", visits)
    if visits.endswith("+"):
        return gettext("%(number)s visits or more") % {"number": visits[:-1]}
    number = {"number": visits.replace("-", "–")}
    return ngettext("%(number)s visit", "%(number)s visits", int(many[-1]) if many else 2) % number
