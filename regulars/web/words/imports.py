"""What an import is of, how far it is, and why rows were rejected, as gather says it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

# What the rows of a file are, and what an import brought.
ROWS: dict[str, Text] = {
    "orders": _("orders"),
    "lines": _("order lines"),
    "order_lines": _("order lines"),
    "visits": _("visits and bookings"),
    "totals": _("daily totals"),
    "records": _("member records"),
    "products": _("products"),
    "stores": _("stores"),
    "staff": _("staff"),
    "spend": _("advertising spend"),
    "consents": _("consents"),
    "sightings": _("identifiers seen"),
}

# Why a row was rejected, as gather says it; a reason that is not here is shown as it came.
REASONS: tuple[Text, ...] = (
    _("is blank"),
    _("is not an amount of money below a million million"),
    _("is not a number"),
    _("is not a whole number"),
    _("is not a date in any form the map knows"),
    _("is not a date and time in any form the map knows"),
    _("is not a time of day"),
    _("is not an hour of the day"),
    _("is not a word the map or Regulars knows for it"),
    _("lies in the future"),
    _("is not text in the file's encoding"),
    _("is not a JSON object"),
    _("cannot be read"),
    _("has no order number"),
    _("is more than a till sells at once"),
    _("is not a rate of one currency in another"),
    _("is neither yes nor no"),
    _("stands for nobody"),
    _("has fewer columns than the header"),
    _("has more columns than the header"),
    _("has a quote that does not end"),
    _("is longer than a mebibyte"),
    _("there is an earlier row of the same order that says otherwise"),
    _(
        "differs from the first row of the same order; if order numbers start again, name the day or the store in key"
    ),
    _("this version of the order is there and says something else; give what is new the next version"),
    _('is negative, and the map does not say what that means (returns = "negative" or "quantity")'),
)

# How far an import is, as gather says it.
STEPS: tuple[Text, ...] = (_("reading"), _("waiting for the lake"), _("landing"), _("orders at hand"))
