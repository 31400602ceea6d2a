"""A decision is taken once, a refusal has a reason that goes back, and a change follows an accepted finding."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from regulars.core.refused import Refused
from regulars.improve.actions import accept, answers_for, change, refuse, train
from regulars.improve.models import Change, Finding, Training
from tests.improve import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("brand")]
LATER = cast.NOW + timedelta(days=3)


def test_a7_refusing_needs_a_reason_which_goes_back_to_the_stores_that_raised_it() -> None:
    finding = cast.raised(3)
    with pytest.raises(Refused, match="needs a reason"):
        refuse(finding=finding, reason="  ", by="owner", now=LATER)
    refuse(finding=finding, reason="the recipe is the house's own", by="owner", now=LATER)
    (answer,) = answers_for("S01")
    assert (answer.state, answer.reason) == (Finding.State.REFUSED, "the recipe is the house's own")
    assert answers_for("S02") == []


def test_a7_accepting_gives_an_owner_and_a_day() -> None:
    finding = cast.raised(3)
    with pytest.raises(Refused, match="has passed"):
        accept(finding=finding, owner="chef", due_on=date(2026, 11, 1), by="owner", now=LATER)
    with pytest.raises(Refused, match="who owns it"):
        accept(finding=finding, owner=" ", due_on=date(2026, 11, 15), by="owner", now=LATER)
    accept(finding=finding, owner="chef", due_on=date(2026, 11, 15), by="owner", now=LATER)
    finding.refresh_from_db()
    assert (finding.state, finding.owner, finding.due_on) == ("accepted", "chef", date(2026, 11, 15))


def test_it_is_decided_once() -> None:
    finding = cast.raised(3)
    stale = Finding.objects.get(pk=finding.pk)
    accept(finding=finding, owner="chef", due_on=date(2026, 11, 15), by="owner", now=LATER)
    with pytest.raises(Refused, match="decided already"):
        refuse(finding=stale, reason="no", by="operator", now=LATER)


def test_too_few_people_decide_nothing() -> None:
    with pytest.raises(Refused, match="too few people"):
        accept(finding=cast.raised(2), owner="chef", due_on=date(2026, 11, 15), by="owner", now=LATER)


def test_a_change_follows_an_accepted_finding_and_names_what_is_there() -> None:
    finding = cast.raised(3)
    common = {"finding": finding, "kind": "standard", "to_version": "2", "by": "owner", "now": LATER}
    with pytest.raises(Refused, match="follows an accepted finding"):
        change(stores=["S01"], begins_on=date(2026, 11, 13), **common)  # type: ignore[arg-type]
    accept(finding=finding, owner="chef", due_on=date(2026, 11, 15), by="owner", now=LATER)
    with pytest.raises(Refused, match="no store S99"):
        change(stores=["S99"], begins_on=date(2026, 11, 13), **common)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="before the finding was accepted"):
        change(stores=["S01"], begins_on=date(2026, 11, 1), **common)  # type: ignore[arg-type]
    made = change(stores=["S02", "S01"], begins_on=date(2026, 11, 13), **common)  # type: ignore[arg-type]
    assert (made.from_version, made.to_version, made.stores) == ("1", "2", ["S01", "S02"])
    finding.refresh_from_db()
    assert finding.state == Finding.State.CHANGED


def test_a9_training_is_ticked_once_per_store_and_shift() -> None:
    cast.changed(cast.raised(3), "S01")
    made = Change.objects.get()
    first = train(change=made, store_id="S01", shift="dinner", staff_id="W7", now=LATER)
    again = train(change=made, store_id="S01", shift="dinner", staff_id="W9", now=LATER)
    train(change=made, store_id="S01", shift="lunch", staff_id="W9", now=LATER)
    assert (first.pk, again.staff_id, Training.objects.count()) == (again.pk, "W7", 2)
    with pytest.raises(Refused, match="not made in S02"):
        train(change=made, store_id="S02", shift="dinner", staff_id="W7", now=LATER)
