"""What was given away is read from the till, never typed twice: the phone asks only why, a colleague above agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from regulars.brand.actions import the_brand
from regulars.brand.models import Staff
from regulars.core.money import minor_units
from regulars.core.refused import Refused
from regulars.desk.bulk import chunks
from regulars.serve.models import Comp, CompLimit
from regulars.serve.rules import comps as rules

LONGEST = 120  # characters of a reason


def limits() -> dict[str, int]:
    """What each level may give away a case, in minor units: as set, else the rule's own."""
    unit = minor_units(the_brand().currency)
    return {level: amount * unit for level, amount in rules.LIMITS.items()} | dict(
        CompLimit.objects.values_list("level", "amount")
    )


def set_limit(*, level: str, amount: int) -> CompLimit:
    """Say what a level may give away a case (minor units); comps that came before stay as judged."""
    if level not in rules.LEVELS:
        raise Refused("%(level)s is no level; they are %(all)s", level=level, all=", ".join(rules.LEVELS))
    if amount < 0:
        raise Refused("a limit is not below zero")
    row, _ = CompLimit.objects.update_or_create(level=level, defaults={"amount": amount})
    return row


def read_comps(*, rows: Sequence[Mapping[str, Any]]) -> int:
    """Write what the till reported (``serve.tables.comps``) by (source, order_id); how many are new.

    A larger gift than its giver may decide climbs. What the phone or a colleague added stays; an amount that changed
    has to be agreed to again.
    """
    allowed, new = limits(), 0
    for chunk in chunks(rows):
        levels = dict(
            Staff.objects.filter(code__in={row["staff_id"] for row in chunk}).values_list("code", "level")
        )
        with transaction.atomic():
            ids = {row["order_id"] for row in chunk}
            there = {
                (row.source, row.order_id): row
                for row in Comp.objects.select_for_update().filter(order_id__in=ids).order_by("pk")
            }
            made, changed = [], []
            for said in chunk:
                before = there.get((said["source"], said["order_id"]))
                if before is None:
                    row = Comp(**said)
                    _judge(row, levels, allowed)
                    made.append(row)
                elif _differs(before, said):
                    _judge(before, levels, allowed)
                    changed.append(before)
            Comp.objects.bulk_create(made, ignore_conflicts=True)
            fields = ["amount", "reason", "staff_id", "level", "climbs", "agreed_by", "agreed_at"]
            Comp.objects.bulk_update(changed, fields)
            new += len(made)
    return new


def _differs(row: Comp, said: Mapping[str, Any]) -> bool:
    """Take over what the till says now; whether that is something else than before."""
    told = {"amount": said["amount"], "staff_id": said["staff_id"]}
    if said["reason"]:
        told["reason"] = said["reason"]
    if all(getattr(row, name) == value for name, value in told.items()):
        return False
    if told["amount"] != row.amount:
        row.agreed_by, row.agreed_at = "", None
    for name, value in told.items():
        setattr(row, name, value)
    return True


def _judge(row: Comp, levels: Mapping[str, str], allowed: Mapping[str, int]) -> None:
    row.level = rules.level_for(row.amount, allowed)
    row.climbs = rules.climbs(row.amount, levels.get(row.staff_id, "staff"), allowed)


def explain(*, comp: Comp, reason: str, staff_id: str) -> Comp:
    """Say why something was given away where the till did not; the first reason stands. Refuses no words."""
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST:
        raise Refused("write a few words, at most %(most)d characters", most=LONGEST)
    Comp.objects.filter(pk=comp.pk, reason="").update(reason=said, reason_by=staff_id)
    comp.refresh_from_db()
    return comp


def agree(*, comp: Comp, by: str, level: str, now: datetime) -> Comp:
    """Agree to a gift above the giver's limit; ``level`` is the agreeing colleague's, or owner.

    Refuses a level that may not give so much, a gift without a reason, and one's own.
    """
    if not rules.may_agree(level, comp.level):
        raise Refused("so much climbs to someone above")
    if not comp.reason:
        raise Refused("it has no reason yet; ask why first")
    if by == comp.staff_id:
        raise Refused("nobody agrees to their own; ask a colleague")
    Comp.objects.filter(pk=comp.pk, agreed_by="").update(agreed_by=by, agreed_at=now)
    comp.refresh_from_db()
    return comp
