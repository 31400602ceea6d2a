"""A tasting: core fans and those who raised it are asked, each says once which version they prefer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from regulars.core.refused import Refused
from regulars.engage.models import Message
from regulars.improve.actions import accept, invite, open_tasting, record_vote, tallied, vote
from regulars.improve.models import Invitation, Tasting
from tests.improve import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("brand")]
LATER = cast.NOW + timedelta(days=4)


@pytest.fixture
def tasting() -> Tasting:
    finding = cast.raised(3)
    accept(finding=finding, owner="chef", due_on=date(2026, 11, 20), by="owner", now=LATER)
    for number in range(20, 30):
        cast.guest(number, stage="regular", visit_days=number)
    return open_tasting(finding=finding, version_a="A", version_b="B", by="chef", now=LATER)


def test_core_fans_and_those_who_raised_it_are_asked_once_as_research(tasting: Tasting) -> None:
    made = invite(tasting=tasting, link="https://x.example/t/TOKEN", now=LATER, fans=4)
    assert [(row.customer, row.group) for row in made] == [
        (1, "raised"),
        (2, "raised"),
        (3, "raised"),
        *((number, "fan") for number in (26, 27, 28, 29)),
    ]
    assert invite(tasting=tasting, link="https://x.example/t/TOKEN", now=LATER, fans=4) == []
    messages = Message.objects.order_by("customer")
    assert {message.purpose for message in messages} == {"research"}
    assert all(row.token in message.body for row, message in zip(made, messages, strict=True))


def test_a_guest_answers_once_by_their_link(tasting: Tasting) -> None:
    invite(tasting=tasting, link="TOKEN", now=LATER, fans=2)
    row = Invitation.objects.get(customer=1)
    first = vote(token=row.token, prefers="b", words="less sweet", now=LATER)
    again = vote(token=row.token, prefers="b", words="", now=LATER)
    assert (first.pk, first.group, again.words) == (again.pk, "raised", "less sweet")
    with pytest.raises(Refused, match="first answer counts"):
        vote(token=row.token, prefers="a", words="", now=LATER)
    with pytest.raises(Refused, match="no tasting"):
        vote(token="made-up", prefers="a", words="", now=LATER)
    with pytest.raises(Refused, match="one of the two"):
        vote(token=Invitation.objects.get(customer=2).token, prefers="c", words="", now=LATER)


def test_a8_groups_are_counted_apart(tasting: Tasting) -> None:
    invite(tasting=tasting, link="TOKEN", now=LATER, fans=2)
    for number in (1, 2, 28):
        vote(token=Invitation.objects.get(customer=number).token, prefers="b", words="", now=LATER)
    record_vote(tasting=tasting, customer=50, group="guest", prefers="a", by="W7", now=LATER)
    record_vote(
        tasting=tasting, customer=29, group="guest", prefers="a", by="W7", now=LATER
    )  # a fan all the same
    assert [(each.group, each.leads, each.wins, each.votes) for each in tallied(tasting)] == [
        ("fan", None, 1, 2),
        ("guest", "a", 1, 1),
        ("raised", "b", 2, 2),
    ]


def test_two_versions_differ_and_somebody_owns_the_finding(tasting: Tasting) -> None:
    with pytest.raises(Refused, match="two different"):
        open_tasting(finding=tasting.finding, version_a="A", version_b="A", by="chef", now=LATER)
    with pytest.raises(Refused, match="accept the finding first"):
        open_tasting(finding=cast.raised(3, first=60), version_a="A", version_b="B", by="chef", now=LATER)
