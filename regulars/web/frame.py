"""What stands around every page: the way to the others, the brand, the last turn, and light or dark."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from regulars.web.pages.door import Look, look

THEMES = ("light", "dark")

# group, page, its label, its icon, what one must be allowed to do
WAYS = (
    ("", "today", _("Today"), "sun", "see_figures"),
    (_("Act"), "plays", _("Plays"), "play", "see_plays"),
    (_("Act"), "outbox", _("Outbox"), "inbox-stack", "see_plays"),
    (_("Serve"), "shift", _("Shift"), "clipboard-document-list", "serve_guests"),
    (_("Serve"), "staff", _("Staff page"), "device-phone-mobile", "serve_guests"),
    (_("Serve"), "tasks", _("Tasks"), "check-circle", "see_plays"),
    (_("Listen"), "voices", _("Voices"), "chat-bubble-left-right", "see_voices"),
    (_("Listen"), "improvements", _("Improvements"), "wrench-screwdriver", "see_voices"),
    (_("Know"), "customers", _("Customers"), "users", "see_customers"),
    (_("Know"), "stores", _("Stores"), "building-storefront", "see_figures"),
    (_("Know"), "cohorts", _("Cohorts"), "arrow-path-rounded-square", "see_figures"),
    (_("Know"), "measures", _("All numbers"), "calculator", "see_figures"),
    (_("Data"), "imports", _("Imports"), "arrow-down-tray", "see_imports"),
)
# What a thumb reaches on a phone: the first four of these that one may open; the rest is behind "More".
BAR = ("today", "shift", "plays", "voices", "improvements", "customers")
REACHED = 4


def _bar(seen: Look) -> list[dict[str, Any]]:
    named = {page: (label, icon, verb) for _group, page, label, icon, verb in WAYS}
    mine = [page for page in BAR if seen.may(named[page][2])][:REACHED]
    return [{"page": page, "label": named[page][0], "icon": named[page][1]} for page in mine]


def _ways(seen: Look) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = []
    for group, page, label, icon, verb in WAYS:
        if not seen.may(verb):
            continue
        if not groups or groups[-1]["label"] != group:
            groups.append({"label": group, "ways": []})
        groups[-1]["ways"].append({"page": page, "label": label, "icon": icon})
    return groups


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor; nothing is read from the desk until a template asks for it."""
    chosen = request.COOKIES.get("theme", "")
    around: dict[str, Any] = {"theme": chosen if chosen in THEMES else ""}
    if getattr(request, "user", None) and request.user.is_authenticated:
        seen: Any = SimpleLazyObject(lambda: look(request))
        around |= {
            "look": seen,
            "ways": SimpleLazyObject(lambda: _ways(seen)),
            "bar": SimpleLazyObject(lambda: _bar(seen)),
        }
    return around
