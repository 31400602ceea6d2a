"""The list of voices: what is typed goes in the body of a POST, what is chosen stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.access.actions import log, note_look
from regulars.brand.models import Product
from regulars.listen.models import Voice
from regulars.web import written
from regulars.web.pages.door import Look, page
from regulars.web.pages.voices import shown
from regulars.web.table import Cell, Column, Table, arrange, exported, text
from regulars.web.words.voices import FIELDS, VOICE_SOURCES, spoken_of

MOST, DRAWN, SEARCHED = 300, 40, 60  # voices listed at once, and drawn at first; characters of what is typed
TAKEN_AWAY = 100_000  # voices in one exported file
LATELY = timedelta(days=14)
SCORES = {"low": Q(score__lte=4), "middle": Q(score__range=(5, 7)), "high": Q(score__gte=8)}


@dataclass(frozen=True)
class Asked:
    """What a person asked of the list; anything unknown asks for all."""

    words: str = ""
    source: str = ""
    store: str = ""
    field: str = ""
    product: str = ""
    score: str = ""

    @property
    def narrowed(self) -> bool:
        return self != Asked()


def asked(request: HttpRequest, seen: Look) -> Asked:
    """Read the form; what was typed is taken from the body alone."""
    form = request.POST if request.method == "POST" else request.GET

    def one_of(name: str, known: Any) -> str:
        return given if (given := form.get(name, "")) in known else ""

    return Asked(
        words=request.POST.get("q", "").strip()[:SEARCHED],
        source=one_of("source", VOICE_SOURCES),
        store=one_of("store", seen.names),
        field=one_of("field", FIELDS),
        product=form.get("product", "")[:80],
        score=one_of("score", SCORES),
    )


def found(seen: Look, want: Asked) -> QuerySet[Voice]:
    """The voices asked for, the newest first."""
    rows = shown.voices(seen)
    for name, value in (
        ("source", want.source),
        ("store_id", want.store),
        ("field", want.field),
        ("product_id", want.product),
    ):
        if value:
            rows = rows.filter(**{name: value})
    if want.score:
        rows = rows.filter(SCORES[want.score])
    for word in want.words.split():
        rows = rows.filter(text__icontains=word)
    return rows


@page("see_voices", methods=("GET", "HEAD", "POST"))
def listing(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """All voices this person may read; a search answers with the rows alone when htmx asks."""
    want = asked(request, seen)
    rows = found(seen, want)
    exporting = request.GET.get("voices.export") == "csv"
    drawn = 0 if want.words else DRAWN  # what is typed is in no address, so such a list is drawn whole
    table = arrange(request, _table(rows[: TAKEN_AWAY if exporting else MOST], seen, exporting, drawn), seen)
    if answer := exported(request, [table], seen):
        log(user=seen.user, verb="export", subject="voices", at=seen.now, detail=f"{len(table.rows)} voices")
        return answer
    if table.rows:
        note_look(user=seen.user, subject="voices", at=seen.now, detail=f"{len(table.rows)} listed")
    context = {"table": table, "want": want, "total": rows.count(), "most": MOST}
    if getattr(request, "htmx", False) and request.method == "POST":
        return render(request, "voices/found.html", context)
    return render(request, "voices/page.html", context | _around(seen))


def _around(seen: Look) -> dict[str, Any]:
    """What stands above and beside the list: open complaints, the last two weeks, and what can be chosen."""
    mine = shown.voices(seen)
    lately = mine.filter(at__gt=seen.now - LATELY)
    by_field = dict(lately.exclude(field="").order_by().values_list("field").annotate(Count("pk")))
    most = max(FIELDS, key=lambda each: by_field.get(each, 0))
    products = mine.exclude(product_id="").order_by().values_list("product_id", flat=True).distinct()
    named = Product.objects.filter(code__in=products).order_by("name", "code").values_list("code", "name")
    clocks = shown.open_complaints(seen)
    people = lately.exclude(customer_id=None).order_by().values("customer_id").distinct().count()
    return {
        "clocks": clocks,
        "longest": max(clocks, key=lambda each: each.waiting) if clocks else None,
        "lately": lately.count(),
        "people": people,
        "nameless": lately.filter(customer_id=None).count(),
        "any": mine.exists(),
        "most": FIELDS[most] if by_field else "",
        "most_count": by_field.get(most, 0),
        "fields": [(name, label, by_field.get(name, 0)) for name, label in FIELDS.items()],
        "sources": VOICE_SOURCES.items(),
        "products": named,
    }


def _table(rows: QuerySet[Voice], seen: Look, exporting: bool, page: int = 0) -> Table:
    """The rows as a table; a file for who may not see personal data has no words in it, since they may name people."""
    voices = list(rows)
    dishes = shown.dish_names({each.product_id for each in voices})
    worded = seen.may_know or not exporting
    columns = [
        Column("at", _("when")),
        *([Column("words", _("what was said"))] if worded else []),
        Column("field", _("about")),
        Column("dish", _("dish")),
        Column("store", _("store")),
        Column("score", _("score"), numeric=True),
        Column("source", _("source")),
        *([Column("number", _("voice"), numeric=True)] if exporting else []),
    ]
    cells = []
    for voice in voices:
        when = written.instant(voice.at, seen.brand.time_zone, seen.now.year)
        dish = dishes.get(voice.product_id, voice.product_id)
        cells.append(
            [
                Cell(when, voice.at, reverse("voice", args=[voice.pk]), raw=voice.at.isoformat()),
                *([Cell(shown.told(voice), shown.told(voice).casefold(), raw=voice.text)] if worded else []),
                text(spoken_of(voice.field, voice.theme)),
                text(dish),
                text(seen.names.get(voice.store_id, voice.store_id)),
                Cell("" if voice.score is None else str(voice.score), voice.score, raw=voice.score),
                text(shown.source(voice)),
                *([Cell(str(voice.pk), voice.pk, raw=voice.pk)] if exporting else []),
            ]
        )
    return Table(
        "voices", _("Voices"), columns, cells, sort="-at", look="list said-list", filters=False, page=page
    )
