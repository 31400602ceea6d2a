"""What the loop loses in the stages that act: why, what would help, and what the mended leak would bring."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

# What the customers are that a mended leak would bring each month.
GAINS: dict[str, Text] = {
    "gather": _("customers a month whose rows would count"),
    "identify": _("more customers known, a month"),
    "know": _("more newcomers back, a month"),
    "engage": _("more customers reached, a month"),
    "reward": _("more customers using theirs, a month"),
    "serve": _("more guests served by what is known, a month"),
    "listen": _("more guests heard, a month"),
}

# Why a message that fell due was not sent (engage's reason codes), and what one can do about it.
UNSENT: dict[str, tuple[Text, Text]] = {
    "no_consent": (
        _("the guest has not agreed"),
        _("Ask where it has a use: the queue call, the invoice, the booking."),
    ),
    "no_address": (
        _("there is no address for any channel"),
        _("Add a channel that fits how guests are known: a card reaches nobody, a phone does."),
    ),
    "capped": (
        _("the guest has had enough messages"),
        _("Stop the play that gains least; it takes the place of the others."),
    ),
    "unsubscribed": (_("the guest has unsubscribed"), _("Write less often, and only what has a use.")),
    "open_complaint": (_("a complaint is still open"), _("Answer the complaints first.")),
    "maybe_old": (
        _("the guest may be an old one, seen for the first time"),
        _("Wait until the store has identified for three months, or ask at the table."),
    ),
    "no_permission": (
        _("the guest's one tap has been used"),
        _("Ask for the next tap where it helps the guest: when the table is called."),
    ),
    "unconfirmed": (
        _("staff have not confirmed it"),
        _("Shorten the list, and show staff who came back because of it."),
    ),
    "": (_("the channel failed"), _("Look at what the channel answered.")),
}

# The seven links, in their order.
LINKS: dict[str, Text] = {
    "heard": _("heard"),
    "answered": _("answered"),
    "mended": _("mended"),
    "finding": _("a finding"),
    "changed": _("changed"),
    "told": _("told"),
    "back": _("back"),
}
