"""What the log-in refuses, as access says it: named here so that the catalogue has it in both languages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

# What the door to the pages refuses, as access says it.
REFUSED: tuple[Text, ...] = (
    _("this name and password do not go together"),
    _("too many wrong passwords; try again in %(seconds)d seconds"),
)
