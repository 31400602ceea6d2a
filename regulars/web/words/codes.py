"""What the codes of sources are called on a page: causes, traffic, origins, offers, channels, stages of the loop."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

# Why an order has no customer (identify.tables.sales), and what one can do about it.
CAUSES: dict[str, tuple[Text, Text]] = {
    "not_asked": (
        _("nobody asked for the member code"),
        _("Ask for the member code before payment; it takes one sentence."),
    ),
    "declined": (
        _("asked, and the guest had none or did not want to"),
        _("Give a reason to join that is worth a guest's minute, and let scan-to-order carry the code."),
    ),
    "blocked": (
        _("a placeholder was typed instead of a number"),
        _("Let the till refuse numbers such as 0 or all nines."),
    ),
    "shared_identifier": (
        _("the number belongs to too many people"),
        _("See whether staff use their own card or the shop's phone."),
    ),
    "platform": (
        _("a delivery platform hides who ordered"),
        _("Put a card with your own ordering code into each delivery."),
    ),
    "not_recorded": (
        _("the till does not say whether anybody asked"),
        _("Let the till record whether the member code was asked for."),
    ),
}

TRAFFIC: dict[str, Text] = {
    "own": _("own traffic"),
    "location": _("location traffic"),
    "platform": _("platform traffic"),
    "not_recorded": _("not recorded"),
}

REVENUE: dict[str, Text] = {
    "returning": _("returning customers"),
    "new": _("new customers"),
    "unidentified": _("nobody known"),
}

# Where customers and offers come from, in the words that sources commonly use; others are shown as they came.
SOURCES: dict[str, Text] = {
    "friend": _("a friend"),
    "own": _("own channels"),
    "passing": _("passing by"),
    "platform": _("a platform"),
    "paid": _("advertising"),
    "opening": _("the opening"),
    "not_recorded": _("not recorded"),
}
OFFERS: dict[str, Text] = {
    "opening_coupon": _("opening coupon"),
    "newcomer_coupon": _("newcomer coupon"),
    "group_buy": _("group-buy voucher"),
    "platform_promotion": _("platform promotion"),
    "not_recorded": _("not recorded"),
}

# Who gave what was taken off on a first day.
DISCOUNTS: dict[str, Text] = {
    "brand": _("the brand gave a discount"),
    "platform": _("a platform gave a discount"),
    "brand_and_platform": _("brand and platform shared a discount"),
    "nobody": _("no discount"),
    "not_recorded": _("not recorded"),
}

CHANNELS: dict[str, Text] = {
    "dine_in": _("dine-in"),
    "pick_up": _("pick-up"),
    "delivery": _("delivery"),
    "web": _("web"),
    "mini_program": _("mini program"),
    "not_recorded": _("not recorded"),
}

STAGES: dict[str, Text] = {
    "gather": _("Gather"),
    "identify": _("Identify"),
    "know": _("Know"),
    "engage": _("Engage"),
    "reward": _("Reward"),
    "serve": _("Serve"),
    "listen": _("Listen"),
    "improve": _("Improve"),
    "measure": _("Measure"),
}
