"""What movements of points and touches are called in a customer's timeline."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

MOVEMENTS: dict[str, Text] = {
    "earn": _("points earned"),
    "spend": _("points spent"),
    "expire": _("points expired"),
    "reverse": _("points taken back after a refund"),
    "owe": _("points owed"),
    "repay": _("owed points paid back"),
}

TOUCHES: dict[str, Text] = {
    "sent": _("message sent"),
    "done": _("task done"),
    "spared": _("not written to"),
    "held_back": _("held back as comparison"),
    "failed": _("message failed"),
}

# Who spoke, where it was no play.
STAGES_THAT_SPEAK: dict[str, Text] = {
    "listen": _("a question or promise"),
    "improve": _("about what they raised"),
    "serve": _("near service"),
}
