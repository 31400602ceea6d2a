"""One customer: where they stand and why, what they are expected to bring, and everything that happened."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.access.actions import note_look
from regulars.access.rules import masked
from regulars.identify.actions import together
from regulars.identify.models import Customer
from regulars.know.models import CustomerState
from regulars.measure.models import Turn
from regulars.reward import actions as reward
from regulars.web import belongings, numbers, words, written
from regulars.web.pages import candidates
from regulars.web.pages.customers import shown_name
from regulars.web.pages.door import Look, page


@page("see_customers")
def profile(request: HttpRequest, seen: Look, number: int) -> HttpResponse:
    """The page of a customer this person may see; a number that was merged leads to the one it became."""
    state = seen.customers().filter(customer=number).first()
    if state is None:
        alias = Customer.objects.filter(
            number=number, merged_into__isnull=False, until__lte=seen.head
        ).first()
        if alias is None:
            raise Http404
        return redirect("customer", number=alias.merged_into)
    note_look(user=seen.user, subject=f"customer {number}", at=seen.now)
    theirs = belongings.of(seen, state)
    today = seen.turn.as_of if seen.turn and seen.turn.as_of else seen.now.date()
    context: dict[str, Any] = {
        "state": state,
        "name": shown_name(seen, state),
        "standing": standing(state, (today - state.last_day).days),
        "why": why(state),
        "value": _value(state, seen, today),
        "back": _back(state, today),
        "sofar": _so_far(state, seen, today),
        "events": theirs.events,
        "elsewhere": theirs.elsewhere,
        "reaches": settings.DESK_DAYS if state.first_day < today - timedelta(settings.DESK_DAYS) else 0,
        "identifiers": [
            {
                "kind": words.IDENTIFIERS.get(each["kind"], each["kind"]),
                "rule": words.RULES.get(each["rule"], each["rule"]),
                "value": each["value"] if seen.may_know else masked(each["value"]),
            }
            for each in theirs.identifiers
        ],
        "records": theirs.records if seen.may_know else [],
        "covered": 0 if seen.may_know else len(theirs.records),
        "aliases": theirs.aliases,
        "store_names": seen.names,
        "household": _household(seen, number),
        "maybe": candidates.listed(seen, number),
        "joined": candidates.joined(seen, number),
        "may_decide": seen.may("change_brand"),
        "points": reward.balance(number, head=seen.head),
    }
    return render(request, "customer/page.html", context)


def _household(seen: Look, number: int) -> list[dict[str, Any]]:
    """Customers seen on the same orders and visits, those this person may see: shown as candidates, never joined."""
    found = together(number=number, head=seen.head)[:5]
    theirs = seen.customers().filter(customer__in=[other for other, _count in found])
    names = {state.customer: shown_name(seen, state) for state in theirs}
    return [
        {"number": other, "name": names[other], "times": times} for other, times in found if other in names
    ]


def standing(state: CustomerState, days: int) -> str:
    """What one would say of this customer across a counter; the name comes before it."""
    if days < 1 and (now := _today(state)):
        return now
    if state.stage == "new":
        return ngettext(
            "came for the first time %(days)s day ago.", "came for the first time %(days)s days ago.", days
        ) % {"days": days}
    if state.stage == "second_timer":
        return ngettext(
            "has come twice, the last time %(days)s day ago.",
            "has come twice, the last time %(days)s days ago.",
            days,
        ) % {"days": days}
    if state.stage == "won_back":
        return _("had gone, and has come back.")
    if state.usual_gap is None:
        return ngettext("was last here %(days)s day ago.", "was last here %(days)s days ago.", days) % {
            "days": days
        }
    said = {"gap": round(state.usual_gap), "days": days}
    if state.stage == "regular":
        return (
            ngettext(
                "usually comes every %(gap)s days, and was here %(days)s day ago.",
                "usually comes every %(gap)s days, and was here %(days)s days ago.",
                days,
            )
            % said
        )
    return (
        ngettext(
            "usually comes every %(gap)s days; it has been %(days)s day.",
            "usually comes every %(gap)s days; it has been %(days)s days.",
            days,
        )
        % said
    )


def _today(state: CustomerState) -> str:
    """The same of who was here today; nothing where the day is not what one would speak of."""
    if state.stage == "new":
        return _("came for the first time today.")
    if state.stage == "second_timer":
        return _("has come twice, the last time today.")
    if state.stage == "regular" and state.usual_gap is not None:
        return _("usually comes every %(gap)s days, and was here today.") % {"gap": round(state.usual_gap)}
    return _("was here today.") if state.usual_gap is None and state.stage != "won_back" else ""


def why(state: CustomerState) -> str:
    """Why the customer is in this stage, with the days that decide it."""
    late, lost = state.late_after, state.lost_after
    if late is None or lost is None:
        return _("The history is too short to say when this customer would be late or lost.")
    if state.stage == "lost":
        return _(
            "Counted as lost after %(days)s days without a visit, by this customer's rhythm and the brand's."
        ) % {"days": lost}
    return _(
        "Later than usual from day %(late)s on, lost from day %(lost)s on, "
        "by this customer's rhythm and the brand's."
    ) % {"late": late, "lost": lost}


def _value(state: CustomerState, seen: Look, today: date) -> dict[str, numbers.Number] | None:
    """The expected orders and value in 90 and 365 days, and the chance of coming again, each with its why."""
    if state.value_90 is None:
        return None
    currency = seen.brand.currency
    basis = (
        (_("visits"), written.count(state.visit_days)),
        (_("first visit"), written.day(state.first_day)),
        (_("last visit"), written.day(state.last_day)),
    )

    def opened(
        kind: str,
        value: float | None,
        title: str,
        formula: str,
        low: float | None = None,
        high: float | None = None,
    ) -> numbers.Number:
        between = numbers.interval(kind, low, high, currency)
        facts = (*basis, *(((_("95%% interval") % {}, between),) if between else ()))
        return numbers.plain(numbers.write(kind, value, currency), title, formula, today, facts)

    money = _(
        "expected orders × expected spend per order (BG/NBD and Gamma-Gamma), fitted to all customers of the brand"
    )
    return {
        "value_90": opened(
            "money",
            state.value_90,
            _("Expected in the next 90 days"),
            money,
            state.value_90_low,
            state.value_90_high,
        ),
        "value_365": opened(
            "money",
            state.value_365,
            _("Expected in the next 365 days"),
            money,
            state.value_365_low,
            state.value_365_high,
        ),
        "orders_90": opened(
            "decimal",
            state.orders_90,
            _("Orders expected in the next 90 days"),
            _("from how often and how lately this customer came (BG/NBD)"),
            state.orders_90_low,
            state.orders_90_high,
        ),
        "p_alive": opened(
            "share",
            state.p_alive,
            _("Probability of coming again"),
            _(
                "the chance that this customer has not gone for good, given how often and how lately they came (BG/NBD)"
            ),
        ),
    }


def _back(state: CustomerState, today: date) -> str:
    """When the customer is expected back; nothing where that cannot be told, or no visit is likelier than one.

    A row is written when it says something new, and not each day: what stands of the next visit until then is how far
    ahead of the day it was told as of.
    """
    day, low, high = state.next_day, state.next_low, state.next_high
    if day is None or low is None or high is None:
        return ""
    as_of = Turn.objects.filter(batch=state.batch).values_list("as_of", flat=True).first()
    since = today - (as_of or today)
    told = {
        name: written.day(end + since, today.year)
        for name, end in (("day", day), ("low", low), ("high", high))
    }
    return _("Expected back about %(day)s (between %(low)s and %(high)s).") % told


def _so_far(state: CustomerState, seen: Look, today: date) -> dict[str, numbers.Number]:
    """What the customer has done up to the last turn."""
    since = ((_("first visit"), written.day(state.first_day)),)
    told = {
        "spent": (
            written.money(state.net, seen.brand.currency),
            _("spent"),
            _("what was paid in all orders, after refunds"),
        ),
        "visits": (
            written.count(state.visit_days),
            _("visits"),
            _("days with at least one order that was kept"),
        ),
        "orders": (
            written.count(state.orders),
            _("orders"),
            _("orders that were kept; several on one day are one visit"),
        ),
        "grade": (
            state.grade,
            _("recency, frequency, monetary"),
            _(
                "each from 1 to 5 by fifths of the brand's customers, "
                "5 the most recent, the most frequent, the most spent"
            ),
        ),
    }
    return {
        name: numbers.plain(text, title, formula, today, since)
        for name, (text, title, formula) in told.items()
    }
