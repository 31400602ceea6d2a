"""How a customer is known: types of identifiers, and the rules that make one theirs."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

IDENTIFIERS: dict[str, Text] = {
    "phone": _("phone"),
    "email": _("e-mail"),
    "member_card": _("member card"),
    "external": _("number in the source"),
    "wechat_unionid": _("WeChat"),
    "wechat_openid": _("WeChat"),
    "payment_token": _("wallet"),
    "device": _("device"),
}

# Why an identifier is this customer's; the keys are identify.rules.joining.RULES.
RULES: dict[str, Text] = {
    "account": _("their own account"),
    "registered": _("registered with their account"),
    "only account": _("only ever seen with their account"),
    "seen together": _("seen together with their other identifiers"),
    "alone": _("seen alone"),
}

# What identify refuses when somebody tells two people apart.
REFUSALS = (_("nothing says that these two may be one person"),)
