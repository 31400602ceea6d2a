"""Who stands before a step, with all that steps may know of them: read for many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from regulars.brand.actions import the_brand
from regulars.brand.models import Store
from regulars.catalogue import STEPS
from regulars.core import registry
from regulars.core.refused import Refused
from regulars.desk.bulk import chunks
from regulars.desk.spans import visible
from regulars.engage.actions import reach
from regulars.engage.models import Entry, Play
from regulars.engage.step import Standing, Step, made
from regulars.know.fields import business_date
from regulars.know.models import CustomerState, ReturnCurve


def kinds() -> dict[str, type[Any]]:
    """Every kind of step that the stages bring, by name."""
    return {each.name: each for each in registry.load(STEPS)}


def steps_of(play: Play) -> list[Step]:
    """The play's steps with their settings; refuses a kind that nobody brings."""
    known, found = kinds(), []
    for position, each in enumerate(play.steps, 1):
        kind = known.get(each.get("step", ""))
        if kind is None:
            raise Refused("step %(n)d is of no known kind: %(kind)s", n=position, kind=each.get("step", ""))
        found.append(made(kind, each))
    return found


def due_day(head: int) -> int | None:
    """Days after a first visit on which newcomers are due, by the brand's return curve; None while it has none."""
    curve = ReturnCurve.objects.filter(visible(head)).order_by("-batch", "-pk").first()
    return curve.due_day if curve else None


def states(numbers: Sequence[int], head: int) -> dict[int, CustomerState]:
    """What is published of these living customers."""
    found: dict[int, CustomerState] = {}
    shown = CustomerState.objects.filter(visible(head)).defer("history", "search")
    for chunk in chunks(numbers):
        found |= {row.customer: row for row in shown.filter(customer__in=chunk)}
    return found


def standing(
    play: Play,
    people: Mapping[int, reach.Person],
    entries: Mapping[int, Entry | None],
    positions: Mapping[int, int],
    *,
    head: int,
    now: datetime,
) -> dict[int, Standing]:
    """For each number of ``people`` (as entered) how they stand before the step at their position."""
    known = states(sorted({person.number for person in people.values()}), head)
    brand, stores, day = the_brand(), dict(Store.objects.values_list("code", "name")), due_day(head)
    today = business_date(now)
    found = {}
    for number, person in people.items():
        state, entry = known.get(person.number), entries.get(number)
        store = (state.usual_store or state.first_store or "") if state else ""
        facts = {
            "name": state.name if state else "",
            "brand": brand.name,
            "store": stores.get(store, store),
            "days": (today - state.last_day).days if state else 0,
            "visits": state.visit_days if state else 0,
        }
        found[number] = Standing(
            key=f"{play.name}|{entry.pk if entry else 'preview'}|{positions[number]}",
            play=play,
            entry=entry,
            position=positions[number],
            customer=person.number,
            language=person.language,
            zone=person.zone,
            first_day=state.first_day if state else None,
            last_day=state.last_day if state else None,
            late_after=state.late_after if state else None,
            due_day=day,
            store_id=store,
            facts=facts | (entry.facts if entry else {}),
        )
    return found
