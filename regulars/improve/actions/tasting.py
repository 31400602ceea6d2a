"""Two versions tried by invited guests: each says once which one they prefer, and groups are counted apart."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from regulars.brand.actions import the_brand
from regulars.core.refused import Refused
from regulars.desk.spans import visible
from regulars.engage.actions import post
from regulars.identify.actions import living
from regulars.improve.actions import hearing
from regulars.improve.models import Finding, Invitation, Tasting, Vote
from regulars.improve.rules.tasting import Tally, tallies
from regulars.know.models import CustomerState, Stage

GROUPS = ("fan", "raised", "guest")
FANS = 8  # core fans invited beside those who raised it
INVITATION = {
    "zh": ("请您来尝一口", "{{ name }}您好，{{ title }}我们试了两个做法，想请您尝尝哪个更好：{{ link }}"),
    "en": (
        "Would you taste it for us?",
        "{{ name }}, we tried two versions of {{ title }}. Which is better? {{ link }}",
    ),
}


def open_tasting(*, finding: Finding, version_a: str, version_b: str, by: str, now: datetime) -> Tasting:
    """Two versions to be compared in pairs. Refuses two of one name, and a finding nobody has accepted."""
    a, b = version_a.strip()[:40], version_b.strip()[:40]
    if not a or not b or a == b:
        raise Refused("name two different versions")
    if finding.state not in (Finding.State.ACCEPTED, Finding.State.CHANGED):
        raise Refused("accept the finding first: somebody has to own what the tasting tells")
    return Tasting.objects.create(finding=finding, version_a=a, version_b=b, made_by=by, made_at=now)


def invite(*, tasting: Tasting, link: str, now: datetime, fans: int = FANS) -> list[Invitation]:
    """Ask those who raised the finding and ``fans`` core fans of its stores; who was asked already is not asked again.

    ``link`` is the address of the vote with ``TOKEN`` in the token's place. It goes out as research: only with consent
    for that, and the outbox keeps why somebody was not asked.
    """
    head = hearing.at_head()
    raised = {
        voice.person: voice.store_id for voice in hearing.of(tasting.finding) if voice.person is not None
    }
    people = {customer: ("raised", store) for customer, store in raised.items()}
    for customer, store in _fans(tasting.finding, fans + len(people), head):
        if customer not in people and sum(group == "fan" for group, _s in people.values()) < fans:
            people[customer] = ("fan", store)
    asked = set(living(tasting.invitations.values_list("customer", flat=True), head=head).values())
    made = []
    for customer in sorted(people.keys() - asked):
        group, store = people[customer]
        made.append(_invite(tasting, customer, group, store, link, head, now))
    return made


def _invite(
    tasting: Tasting, customer: int, group: str, store: str, link: str, head: int, now: datetime
) -> Invitation:
    row, made = Invitation.objects.get_or_create(
        tasting=tasting,
        customer=customer,
        defaults={"group": group, "token": secrets.token_urlsafe(24), "at": now},
    )
    if made or not row.message:
        subject, body = INVITATION["zh" if the_brand().region == "CN" else "en"]
        state = CustomerState.objects.filter(visible(head), customer=customer).first()
        facts = {
            "name": state.name if state else "",
            "title": tasting.finding.title,
            "link": link.replace("TOKEN", row.token),
        }
        key = f"improve|tasting|{tasting.pk}|{customer}"
        post(
            key=key,
            customer=customer,
            purpose="research",
            subject=subject,
            body=body,
            due_at=now,
            now=now,
            store_id=store,
            facts=facts,
        )
        Invitation.objects.filter(pk=row.pk).update(message=key)
        row.message = key
    return row


def _fans(finding: Finding, most: int, head: int) -> list[tuple[int, str]]:
    """Core fans: regulars who came most often to the stores concerned, with their usual store."""
    rows = CustomerState.objects.filter(visible(head), stage=Stage.REGULAR)
    if finding.stores and finding.scope == Finding.Scope.STORE:
        rows = rows.filter(usual_store__in=finding.stores)
    found = rows.order_by("-visit_days", "customer").values_list("customer", "usual_store")[:most]
    return [(customer, store or "") for customer, store in found]


def vote(*, token: str, prefers: str, words: str, now: datetime) -> Vote:
    """The answer of an invited guest by their link, once; the same answer again changes nothing, another is refused."""
    invitation = Invitation.objects.select_related("tasting").filter(token=token).first()
    if invitation is None:
        raise Refused("this link belongs to no tasting")
    return _vote(invitation.tasting, invitation.customer, invitation.group, prefers, words, "", now)


def record_vote(
    *, tasting: Tasting, customer: int, group: str, prefers: str, by: str, now: datetime, words: str = ""
) -> Vote:
    """What a guest said at the table, written down by staff; ``group`` is fan, raised or guest."""
    if group not in GROUPS:
        raise Refused("say whether it was a fan, one who raised it, or an ordinary guest")
    invitation = tasting.invitations.filter(customer=customer).first()
    return _vote(tasting, customer, invitation.group if invitation else group, prefers, words, by, now)


def _vote(
    tasting: Tasting, customer: int, group: str, prefers: str, words: str, by: str, now: datetime
) -> Vote:
    if prefers not in ("a", "b"):
        raise Refused("choose one of the two versions")
    with transaction.atomic():
        row, made = Vote.objects.get_or_create(
            tasting=tasting,
            customer=customer,
            defaults={"group": group, "prefers": prefers, "words": words.strip()[:300], "by": by, "at": now},
        )
    if not made and row.prefers != prefers:
        raise Refused("this guest has answered already; the first answer counts")
    return row


def tallied(tasting: Tasting) -> list[Tally]:
    """The votes group by group: fans, ordinary guests and those who raised it are never added up."""
    return tallies(tasting.votes.order_by("pk").values_list("group", "prefers"))
