"""All customers: found by name, phone or card, by stage and store, sorted, and taken away as a file.

What is typed goes in the body of a POST: a name or a phone number never stands in an address or a log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.access.actions import log, note_look
from regulars.core.money import digits, minor_units
from regulars.know.models import CustomerState, Stage
from regulars.measure.models import Figure
from regulars.web import words, written
from regulars.web.behind import address, addressed, listed
from regulars.web.pages.door import Look, page
from regulars.web.table import as_csv

PAGE = 50
COUNTED = 1000  # a search says "more than 1,000" beyond this, and nobody reads on that far
SEARCHED = 60  # characters of what was typed

# field to sort by, label, class of the cells
COLUMNS = (
    ("name", gettext_lazy("customer"), ""),
    ("stage", gettext_lazy("stage"), ""),
    ("last_day", gettext_lazy("last visit"), "n"),
    ("visit_days", gettext_lazy("visits"), "n"),
    ("net", gettext_lazy("spent"), "n"),
    ("value_90", gettext_lazy("next 90 days"), "n"),
    ("usual_store", gettext_lazy("usual store"), ""),
)
UNTOLD = {"value_90", "usual_store"}  # may be nothing
SORTS = {name for name, _label, _class in COLUMNS}


@dataclass(frozen=True)
class Asked:
    """What a person asked of the list; anything unknown falls back to the list's own order."""

    words: str = ""
    stage: str = ""
    store: str = ""
    sort: str = "-last_day"
    page: int = 1
    figure: Figure | None = None  # only those who stand behind this number

    @property
    def address(self) -> dict[str, str]:
        """What the form hands on of the number."""
        return address(self.figure) if self.figure else {}

    @property
    def field(self) -> str:
        return self.sort.lstrip("-")

    @property
    def falling(self) -> bool:
        return self.sort.startswith("-")


def asked(request: HttpRequest, seen: Look) -> Asked:
    """Read the form; stage, store and the number whose people are meant may stand in the address: they name nobody."""
    form = request.POST if request.method == "POST" else request.GET
    sort = form.get("sort", "")
    number = form.get("page", "")
    return Asked(
        words=request.POST.get("q", "").strip().lower()[:SEARCHED],
        stage=stage if (stage := form.get("stage", "")) in Stage.values else "",
        store=store if (store := form.get("store", "")) in seen.names else "",
        sort=sort if sort.lstrip("-") in SORTS else Asked.sort,
        page=int(number) if number.isdecimal() and 0 < int(number) < 10**6 else 1,
        figure=addressed(form, seen.figures(form.get("metric", ""))),
    )


def found(seen: Look, want: Asked) -> QuerySet[CustomerState]:
    """The customers asked for, in order; equal ones by number."""
    rows = seen.customers()
    if want.figure and (counted := listed(want.figure, rows)) is not None:
        rows = counted
    for word in want.words.split():
        rows = rows.filter(search__contains=word) if seen.may_know else rows.filter(customer=_number(word))
    if want.stage:
        rows = rows.filter(stage=want.stage)
    if want.store:
        rows = rows.filter(usual_store=want.store)
    if want.field in UNTOLD:  # the two databases disagree on where nothing stands; here it stands last
        field = F(want.field)
        first = field.desc(nulls_last=True) if want.falling else field.asc(nulls_last=True)
        return rows.order_by(first, "customer")
    return rows.order_by(want.sort, "customer")


def _number(word: str) -> int:
    return int(word) if word.isdecimal() and len(word) < 16 else -1


def leaf(seen: Look, want: Asked) -> dict[str, Any]:
    """One page of the list and how many there are, in one pass over the table where words were typed."""
    rows = found(seen, want)
    start = (want.page - 1) * PAGE
    if want.words:
        keys = list(rows.values_list("pk", flat=True)[: COUNTED + 1])
        total = len(keys)
        by_key = seen.customers().in_bulk(keys[start : start + PAGE])
        states = [by_key[key] for key in keys[start : start + PAGE]]
    else:
        total = rows.order_by().count()
        states = list(rows[start : start + PAGE])
    return {
        "want": want,
        "rows": [{"state": each, "name": shown_name(seen, each)} for each in states],
        "total": min(total, COUNTED) if want.words else total,
        "more_than": bool(want.words) and total > COUNTED,
        "before": want.page - 1,
        "after": want.page + 1 if start + PAGE < total else 0,
        "start": start + 1,
        "end": start + len(states),
        "columns": COLUMNS,
        "store_names": seen.names,
    }


def shown_name(seen: Look, state: CustomerState) -> str:
    """A name where this person may read it; else, and where none was given, the customer is called by number."""
    if state.name and seen.may_know:
        return state.name
    return _("Customer %(number)s") % {"number": state.customer}


def counts(seen: Look) -> dict[str, int]:
    """How many customers stand in each stage."""
    groups = seen.customers().order_by().values_list("stage").annotate(Count("pk"))
    return dict(groups)


@page("see_customers", methods=("GET", "HEAD", "POST"))
def listing(request: HttpRequest, seen: Look) -> HttpResponse:
    """The list; a search answers with the rows alone when htmx asks."""
    want = asked(request, seen)
    shown = leaf(seen, want)
    if shown["rows"] and seen.may_know:
        note_look(user=seen.user, subject="customers", at=seen.now, detail=_detail(want, len(shown["rows"])))
    if getattr(request, "htmx", False):
        return render(request, "customers/found.html", shown)
    by_stage = counts(seen)
    stages = [{"value": each.value, "label": each.label, "count": by_stage.get(each, 0)} for each in Stage]
    everyone = sum(by_stage.values())
    said = {"stages": stages, "everyone": everyone, "by": by_stage, "number": _number_said(want, seen)}
    return render(request, "customers/page.html", shown | said)


def _number_said(want: Asked, seen: Look) -> dict[str, str] | None:
    """The number whose people are listed, in words: what, of which slice, when."""
    if (figure := want.figure) is None:
        return None
    slice = words.slice_name(figure.slice_kind, figure.slice, seen.names) if figure.slice_kind else ""
    when = written.month(figure.period, seen.now.year) if len(figure.period) == 7 else ""
    title = str(words.title(figure.metric, figure.part))
    return {"metric": figure.metric, "said": " · ".join(filter(None, (title, slice, when)))}


def _detail(want: Asked, shown: int) -> str:
    number = f"behind {want.figure.metric}" if want.figure else ""
    filters = [
        want.stage,
        f"store {want.store}" if want.store else "",
        number,
        "searched" if want.words else "",
    ]
    return ", ".join([f"{shown} shown", *filter(None, filters)])


@page("export_customers", methods=("POST",))
def export(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """All customers that the form asks for, as CSV; money in whole units of the currency."""
    want = asked(request, seen)
    rows = found(seen, want)
    log(user=seen.user, verb="export", subject="customers", at=seen.now, detail=_detail(want, rows.count()))
    header = [
        _("number"), _("name"), _("stage"), _("since"), _("first visit"), _("last visit"), _("visits"), _("orders"),
        _("spent"), _("currency"), _("usual store"), _("probability of coming again"),
        _("expected in 90 days"), _("at least"), _("at most"),
    ]  # fmt: skip
    currency = seen.brand.currency
    unit, places = minor_units(currency), digits(currency)

    def amount(value: int | None) -> float | None:
        return None if value is None else round(value / unit, places)

    lines = (
        (
            each.customer, shown_name(seen, each), each.get_stage_display(), each.stage_since, each.first_day,
            each.last_day, each.visit_days, each.orders, amount(each.net), currency,
            seen.names.get(each.usual_store or "", each.usual_store), each.p_alive,
            amount(each.value_90), amount(each.value_90_low), amount(each.value_90_high),
        )
        for each in rows.iterator(chunk_size=1000)
    )  # fmt: skip
    return as_csv("customers.csv", header, lines)
