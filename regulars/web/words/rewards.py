"""Points and coupons in words: what moved a balance, and why something was not given, spent or used."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What an entry of the book did, by its kind.
MOVED: dict[str, Promise | str] = {
    "earn": _("earned"),
    "spend": _("spent on something"),
    "expire": _("expired"),
    "reverse": _("taken back"),
    "owe": _("owed"),
    "repay": _("paid what was owed"),
}
# Sentences of reward's refusals, which pages tell in the language of whoever reads them.
REFUSED = (
    _("there is no coupon named %(name)s"),
    _("there is no coupon %(code)s"),
    _("there is no programme yet under which points are kept"),
    _("%(what)s is no number of points"),
    _("a benefit is one of %(names)s, not %(name)s"),
    _("points are spent one by one, not %(points)s of them"),
    _("the key %(key)s was used for something else"),
    _("%(points)d points are asked for and %(left)d can be spent"),
    _("all %(most)s of %(title)s have been given"),
    _("this customer has had %(each)s of %(title)s, and no more are given to one"),
    _("this coupon was used on %(at)s"),
    _("this coupon ended on %(at)s"),
    _("this coupon is not for this day of the week"),
    _("this coupon is not for this store"),
    _("this coupon is for an order of at least %(least)s"),
)
