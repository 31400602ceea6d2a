"""A finding is accepted with an owner and a day, or refused with a reason; accepted, it becomes a change in stores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from regulars.brand.actions import the_brand
from regulars.brand.models import Product, Store
from regulars.core.refused import Refused
from regulars.improve.models import Change, Finding, Training

KINDS = ("standard", "recipe", "price", "site")
OF_A_PRODUCT = ("recipe", "price")


def accept(*, finding: Finding, owner: str, due_on: date, by: str, now: datetime) -> Finding:
    """Somebody owns it and says by when. Refuses one that is not raised, and a day that has passed."""
    if not owner.strip():
        raise Refused("say who owns it")
    if due_on < _today(now):
        raise Refused("the day it is due has passed")
    _decide(finding, Finding.State.ACCEPTED, now, owner=owner.strip()[:150], due_on=due_on, reason="")
    return finding


def refuse(*, finding: Finding, reason: str, by: str, now: datetime) -> Finding:
    """Not to be done, and why: the reason goes back to the stores that raised it (``answers_for``)."""
    if not reason.strip():
        raise Refused("a refusal needs a reason: it goes back to the stores that raised it")
    _decide(finding, Finding.State.REFUSED, now, owner=by, reason=reason.strip()[:300])
    return finding


def _decide(finding: Finding, state: Finding.State, now: datetime, **values: object) -> None:
    """From raised to a decision, once: the second of two people who decide at the same time is told so."""
    waiting = Finding.objects.filter(pk=finding.pk, state=Finding.State.RAISED)
    if not waiting.update(state=state, answered_at=now, **values):
        finding.refresh_from_db()
        if finding.state == Finding.State.GATHERING:
            raise Refused("too few people have raised it: three different ones, or one voice about safety")
        raise Refused("it was decided already")
    finding.refresh_from_db()


def answers_for(store: str, *, since: datetime | None = None) -> list[Finding]:
    """Findings that this store raised and that were decided, the latest first: what came of what its guests said."""
    rows = Finding.objects.filter(answered_at__isnull=False, voices__voice__store_id=store).distinct()
    if since is not None:
        rows = rows.filter(answered_at__gte=since)
    return list(rows.order_by("-answered_at", "-pk"))


def change(
    *,
    finding: Finding,
    kind: str,
    to_version: str,
    stores: Sequence[str],
    begins_on: date,
    by: str,
    now: datetime,
    product_id: str = "",
    evidence: str = "",
) -> Change:
    """Write down what is changed, where (no stores: everywhere) and from which business date.

    ``kind`` is standard, recipe, price or site; a recipe or a price needs a product. Refused before the finding was
    accepted, and for a day before that.
    """
    if kind not in KINDS:
        raise Refused("a change is one of %(kinds)s", kinds=", ".join(KINDS))
    dish = product_id or finding.product_id
    if kind in OF_A_PRODUCT and not dish:
        raise Refused("say which product is changed")
    if dish and not Product.objects.filter(code=dish).exists():
        raise Refused("there is no product %(product)s", product=dish)
    if not to_version.strip():
        raise Refused("give the new version a name")
    known = set(Store.objects.filter(code__in=stores).values_list("code", flat=True))
    if unknown := sorted(set(stores) - known):
        raise Refused("there is no store %(stores)s", stores=", ".join(unknown))
    if finding.answered_at is None or finding.state not in (Finding.State.ACCEPTED, Finding.State.CHANGED):
        raise Refused("a change follows an accepted finding")
    if begins_on < _local(finding.answered_at):
        raise Refused("a change cannot begin before the finding was accepted")
    with transaction.atomic():
        made = Change.objects.create(
            finding=finding,
            kind=kind,
            product_id=dish,
            from_version=_version_before(dish),
            to_version=to_version.strip()[:40],
            stores=sorted(known),
            begins_on=begins_on,
            decided_by=by,
            evidence=evidence[:300],
            at=now,
        )
        Finding.objects.filter(pk=finding.pk).update(state=Finding.State.CHANGED)
    finding.refresh_from_db()
    return made


def _version_before(product: str) -> str:
    last = (
        Change.objects.filter(product_id=product).order_by("-begins_on", "-change_id").first()
        if product
        else None
    )
    return last.to_version if last else "1" if product else ""


def train(*, change: Change, store_id: str, shift: str, staff_id: str, now: datetime) -> Training:
    """A shift of a store knows the new standard, ticked by somebody; ticked again, it stays the first tick.

    Refuses a store where the change is not made.
    """
    if change.stores and store_id not in change.stores:
        raise Refused("the change is not made in %(store)s", store=store_id)
    row, _made = Training.objects.get_or_create(
        change=change, store_id=store_id, shift=shift[:20], defaults={"staff_id": staff_id[:80], "at": now}
    )
    return row


def _local(instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(the_brand().time_zone)).date()


def _today(now: datetime) -> date:
    return _local(now)
