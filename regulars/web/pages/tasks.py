"""Cards over all stores: how many were done, who came back, and whether near service itself did it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.access.actions import log
from regulars.core.money import minor_units
from regulars.core.refused import Refused
from regulars.measure.models import PlayResult
from regulars.serve.actions import limits, set_limit
from regulars.serve.models import Card
from regulars.web import written
from regulars.web.pages.door import Look, page
from regulars.web.table import Cell, Column, Table, arrange, exported, text
from regulars.web.words.serve import KINDS, LEVELS
from regulars.web.words.verdicts import verdict

NEAR = "near_service"  # what measure calls the comparison


@page("see_plays")
def listing(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """Cards by store and kind, and what became of them; near service beside its own comparison."""
    cards = Card.objects.all() if seen.stores is None else Card.objects.filter(store_id__in=seen.stores)
    table = arrange(request, _table(cards, seen), seen)
    if answer := exported(request, [table], seen):
        return answer
    ended = cards.filter(shown=True).exclude(state=Card.State.OPEN)
    done, all_of = ended.filter(state=Card.State.DONE).count(), ended.count()
    unit = minor_units(seen.brand.currency)
    context = {
        "table": table,
        "done": done,
        "ended": all_of,
        "share": written.share(done / all_of) if all_of else "",
        "effect": _effect(seen),
        "limits": [(level, str(LEVELS[level]), f"{amount / unit:g}") for level, amount in limits().items()],
        "may_set": seen.may("change_brand"),
        "currency": written.sign(seen.brand.currency),
    }
    return render(request, "tasks/page.html", context)


def _table(cards: QuerySet[Card], seen: Look) -> Table:
    columns = [
        Column("store", _("store")),
        Column("kind", _("kind")),
        Column("shown", _("shown"), numeric=True),
        Column("done", _("done"), numeric=True),
        Column("not_today", _("not today"), numeric=True),
        Column("expired", _("nobody did it"), numeric=True),
        Column("back", _("came back"), numeric=True),
    ]
    state = Card.State
    rows: Any = (
        cards.filter(shown=True)
        .values("store_id", "kind")
        .annotate(
            cards=Count("pk"),
            done=Count("pk", filter=Q(state=state.DONE)),
            not_today=Count("pk", filter=Q(state=state.NOT_TODAY)),
            expired=Count("pk", filter=Q(state=state.EXPIRED)),
            back=Count("pk", filter=Q(came_back_on__isnull=False)),
        )
        .order_by("store_id", "kind")
    )
    counted = ("cards", "done", "not_today", "expired", "back")
    cells = [
        [
            text(seen.names.get(row["store_id"], row["store_id"])),
            text(str(KINDS.get(row["kind"], row["kind"]))),
            *(Cell(written.count(row[name]), row[name], raw=row[name]) for name in counted),
        ]
        for row in rows
    ]
    return Table("tasks", _("Cards by store"), columns, cells, sort="-shown")


def _effect(seen: Look) -> dict[str, Any] | None:
    """What the last turn published of near service: guests by what chance did with their first card."""
    row = PlayResult.objects.filter(seen.shown(), play=NEAR).first()
    if row is None:
        return None
    between = ""
    if row.low is not None and row.high is not None and row.decision != PlayResult.Decision.BLOCKED:
        low, high = written.signed(100 * row.low), written.signed(100 * row.high)
        between = _("between %(low)s and %(high)s points") % {"low": low, "high": high}
    return {
        "shown": written.share(row.share_treated),
        "left_out": written.share(row.share_control),
        "shown_n": written.count(row.matured_treated),
        "left_out_n": written.count(row.matured_control),
        "verdict": verdict(row),
        "watched": bool(row.matured_treated or row.matured_control),
        "between": between,
    }


@page("change_brand", methods=("POST",))
def limited(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """Set what each level may give away a case, in whole units of the currency."""
    unit = minor_units(seen.brand.currency)
    try:
        amounts = {level: _amount(request.POST.get(level, "")) for level in limits()}
        for level, amount in amounts.items():
            set_limit(level=level, amount=int(amount * unit))
        log(user=seen.user, verb="set limits", subject="comps", at=seen.now)
        messages.success(request, _("The new limits hold for what is given away from now on."))
    except Refused as refused:
        messages.error(request, _(refused.sentence) % refused.facts)
    return redirect("tasks")


def _amount(written_amount: str) -> Decimal:
    try:
        amount = Decimal(written_amount.strip())
    except InvalidOperation:
        raise Refused("write an amount of money") from None
    if not amount.is_finite() or amount.copy_abs() > 1_000_000:
        raise Refused("write an amount of money")
    return amount
