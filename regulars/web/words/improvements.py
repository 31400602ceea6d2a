"""What improve's codes are called on a page: links, kinds of change, reasons of not telling, groups of a tasting."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

LINKS: dict[str, Text] = {
    "heard": _("heard"),
    "answered": _("answered"),
    "mended": _("mended"),
    "finding": _("raised"),
    "changed": _("changed"),
    "told": _("told"),
    "back": _("back"),
}

KINDS: dict[str, Text] = {
    "standard": _("a standard item"),
    "recipe": _("a recipe"),
    "price": _("a price"),
    "site": _("something at the store"),
}

SKIPPED: dict[str, Text] = {
    "erased": _("their data was erased"),
    "said_no": _("did not want to be told"),
    "not_asked": _("never asked whether they may be told"),
    "already_back": _("came back before, and saw it"),
    "no_consent": _("no consent"),
    "no_address": _("no address"),
    "no_permission": _("no permission left"),
    "unsubscribed": _("unsubscribed"),
    "stopped": _("stopped"),
    "unconfirmed": _("no colleague confirmed it"),
    "unknown": _("nobody can tell whether it arrived"),
    "failed": _("could not be delivered"),
}

GROUPS: dict[str, Text] = {
    "fan": _("core fans"),
    "raised": _("those who raised it"),
    "guest": _("ordinary guests"),
}

WHY: dict[str, Text] = {
    "dish": _("the same dish"),
    "words": _("the same words"),
    "theme": _("the same complaint"),
    "field": _("the same field"),
    "store": _("the same store"),
}

SHIFTS: dict[str, Text] = {"lunch": _("lunch"), "dinner": _("dinner")}

# What improve refuses on a page, as it says it.
REFUSED: tuple[Text, ...] = (
    _("choose voices that are there: %(voices)s"),
    _("voice %(voice)s is in another finding; take it out there first"),
    _("somebody else has just merged one of these voices; look again"),
    _("voice %(voice)s was answered as part of this finding, so it stays"),
    _("give the finding a name: its voices have no dish and no words"),
    _("say who owns it"),
    _("the day it is due has passed"),
    _("a refusal needs a reason: it goes back to the stores that raised it"),
    _("too few people have raised it: three different ones, or one voice about safety"),
    _("it was decided already"),
    _("a change is one of %(kinds)s"),
    _("say which product is changed"),
    _("there is no product %(product)s"),
    _("give the new version a name"),
    _("there is no store %(stores)s"),
    _("a change follows an accepted finding"),
    _("a change cannot begin before the finding was accepted"),
    _("the change is not made in %(store)s"),
    _("name two different versions"),
    _("accept the finding first: somebody has to own what the tasting tells"),
    _("this link belongs to no tasting"),
    _("say whether it was a fan, one who raised it, or an ordinary guest"),
    _("choose one of the two versions"),
    _("this guest has answered already; the first answer counts"),
    _("nothing is changed yet, so there is nothing to tell"),
    _("nobody is told before the change begins"),
)
