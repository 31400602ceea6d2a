"""What a page says of one kind of number; the numbers' own words are in ``figures`` and ``habits``."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Word:
    """A number's name, its formula, what it counts, and how its value is written."""

    title: Text
    formula: Text
    counted: Text
    kind: str = "share"
    source: str = ""


GUESTS, ORDERS, CUSTOMERS = _("guests"), _("orders"), _("customers")
KAPLAN_MEIER = "Kaplan & Meier 1958; Greenwood 1926; log(−log), Kalbfleisch & Prentice 1980"
