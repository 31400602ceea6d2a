"""What the outbox calls channels, their settings, and the reasons why a message was not sent."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

CHANNELS: dict[str, Text] = {
    "wecom": _("WeChat Work, by staff"),
    "sms": _("text message"),
    "mini_program": _("mini-program message"),
    "email": _("e-mail"),
}

PURPOSES: dict[str, Text] = {
    "marketing": _("offers and news"),
    "research": _("a question"),
    "service": _("an answer"),
}

REASONS: dict[str, Text] = {
    "no_consent": _("no consent"),
    "no_address": _("no address"),
    "no_permission": _("no tap of permission left"),
    "unsubscribed": _("unsubscribed"),
    "capped": _("written to often enough"),
    "quiet": _("quiet hours"),
    "open_complaint": _("open complaint"),
    "brand_hold_out": _("in the brand's hold-out"),
    "control": _("in the control group"),
    "maybe_old": _("maybe an old guest"),
    "already_back": _("has come back already"),
    "stopped": _("the play ended first"),
    "mixed": _("in both arms"),
    "unconfirmed": _("no colleague confirmed it"),
    "failed": _("refused at the other end"),
    "unknown": _("nobody can tell whether it arrived"),
}

LABELS: dict[str, Text] = {
    "SMTP server": _("SMTP server"),
    "port": _("port"),
    "security": _("security"),
    "user": _("user"),
    "password": _("password"),
    "sender's address": _("sender's address"),
    "sender's name": _("sender's name"),
    "gateway's address": _("gateway's address"),
    "token": _("token"),
    "back end's address": _("back end's address"),
    "template": _("template"),
}

# What a setting may be, where it is not called by its own name.
SETTINGS: dict[str, Text] = {
    "starttls": "STARTTLS",
    "tls": "TLS",
    "none": _("not encrypted"),
}

# What is refused when a channel is set up.
REFUSED = (
    _("%(label)s is a number"),
    _("%(label)s is one of %(choices)s"),
    _("before messages leave by it, fill in: %(lacking)s"),
)
