"""Which voices a person may read, and how one is written on a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.brand.models import Product
from regulars.listen.models import Complaint, Voice
from regulars.listen.rules.asking import climbed_to
from regulars.web.pages.door import Look
from regulars.web.words.voices import LEVELS, VOICE_SOURCES, spoken_of


def voices(seen: Look) -> QuerySet[Voice]:
    """The voices this person may read: a store account those of its stores."""
    rows = Voice.objects.all()
    return rows if seen.stores is None else rows.filter(store_id__in=seen.stores)


def open_complaints(seen: Look) -> list[Clock]:
    """Open complaints this person may see, the one longest due first."""
    rows = Complaint.objects.filter(state=Complaint.State.OPEN, voice__in=voices(seen))
    rows = rows.select_related("voice").order_by("due_at", "pk")
    dishes = dish_names({row.voice.product_id for row in rows})
    return [clock(seen, row, dishes) for row in rows]


@dataclass(frozen=True)
class Clock:
    """An open complaint as its card shows it."""

    complaint: Complaint
    since: str
    waiting: int  # minutes
    late: bool
    level: str
    dish: str


def clock(seen: Look, row: Complaint, dishes: dict[str, str]) -> Clock:
    """How long a complaint waits, and whose it is by now."""
    waiting = minutes(row.voice.at, seen.now)
    level = climbed_to(row.due_at, seen.now)
    dish = dishes.get(row.voice.product_id, row.voice.product_id)
    return Clock(row, lasting(waiting), waiting, seen.now >= row.due_at, str(LEVELS[level]), dish)


def minutes(start: datetime, end: datetime) -> int:
    """Whole minutes between two instants, never below nothing."""
    return max(int((end - start).total_seconds() // 60), 0)


def lasting(count: int) -> str:
    """A time as one would say it: minutes, then hours, then days."""
    if count < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": count}
    if count < 48 * 60:
        return ngettext("%(n)s hour", "%(n)s hours", count // 60) % {"n": count // 60}
    return ngettext("%(n)s day", "%(n)s days", count // 1440) % {"n": count // 1440}


def dish_names(codes: set[str]) -> dict[str, str]:
    """Name by code of some products."""
    return dict(Product.objects.filter(code__in=codes).values_list("code", "name"))


def told(voice: Voice) -> str:
    """What a voice said: its words, or its score where it has none."""
    if voice.text:
        return voice.text
    if voice.score is not None:
        return _("%(score)s of 10, without words") % {"score": voice.score}
    return _("no words were written down")


def source(voice: Voice) -> str:
    """What a voice's source is called."""
    return str(VOICE_SOURCES.get(voice.source, voice.source))


def about(voice: Voice, dishes: dict[str, str]) -> dict[str, Any]:
    """What a voice speaks of."""
    return {
        "dish": dishes.get(voice.product_id, voice.product_id),
        "field": spoken_of(voice.field, voice.theme),
    }
