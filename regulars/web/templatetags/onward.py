"""A voice's further way, after it was answered: finding, change, being told, coming back, and the revenue."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from regulars.improve.actions import links
from regulars.listen.models import Voice
from regulars.web.words.improvements import LINKS

register = template.Library()


@register.inclusion_tag("improvements/onward.html", takes_context=True)
def onward(context: Context, voice: Voice) -> dict[str, Any]:
    """The links of one voice from the finding on, each with its instant and the days since it was heard."""
    now = context["look"].now
    rows = links(since=voice.at, now=now, voices=[voice.pk]).to_pylist()
    row = rows[0] if rows else {}
    steps = [
        {
            "label": LINKS[name],
            "at": row.get(name),
            "days": (row[name] - row["heard"]).days if row.get(name) else None,
        }
        for name in ("finding", "changed", "told", "back")
    ]
    return {
        "steps": steps if row.get("finding") else [],
        "revenue": row.get("revenue") or 0,
        "look": context["look"],
        "finding": getattr(getattr(voice, "findingvoice", None), "finding", None),
    }
