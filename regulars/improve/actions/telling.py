"""Those who raised it are told by name that it is mended: no discount, nobody held out, in waves drawn by chance."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min, QuerySet

from regulars.brand.actions import the_brand
from regulars.brand.models import Product, Store
from regulars.core.refused import Refused
from regulars.desk import bulk
from regulars.desk.spans import visible
from regulars.engage.actions import post
from regulars.engage.models import Message
from regulars.engage.rules.templates import FACT, render
from regulars.identify.actions import living, numbers_of_many
from regulars.identify.models import Link
from regulars.improve.actions import hearing
from regulars.improve.actions.coming import seated
from regulars.improve.models import Change, Finding, Telling
from regulars.improve.rules import telling as rules
from regulars.know.fields import business_date
from regulars.know.models import CustomerState
from regulars.listen.models import Promise, Voice

log = logging.getLogger(__name__)
AT = time(10, 30)  # outside everybody's quiet hours
SINCE = timedelta(days=60)  # before a telling was planned: how far back visits are looked at
EACH_RUN = 200  # people told in one go, so that others get their turn
WORDS = {
    "zh": (
        "您说的，我们改好了",
        "{{ name }}您好，您{{ said_on }}在{{ store }}说过：“{{ said }}” 我们已经改了：{{ title }}。"
        "下次来请您再试试，也请告诉我们改得对不对。",
    ),
    "en": (
        "You told us, and it is mended",
        "{{ name }}, on {{ said_on }} at {{ store }} you told us: “{{ said }}” It is mended: {{ title }}. "
        "Try it when you are next here, and tell us whether we got it right.",
    ),
}


def language() -> str:
    """The language guests are written to in, as the brand's region has it."""
    return "zh" if the_brand().region == "CN" else "en"


def tell(
    *, finding: Finding, starts_at: datetime | None, by: str, now: datetime, words: str = ""
) -> list[Telling]:
    """Plan that all who raised it are told from ``starts_at`` on (None: three days after the change began, 10:30).

    One telling a person, of their first voice that a change answers where it was said; twenty people or more go in
    waves a week apart. Called again it plans those who were merged in, or whose store was changed, since. ``words`` is
    the message, a template over name, said, said_on, store and title. Refuses before a change, a start before the
    change begins, and words that cannot be filled in for the longest that somebody may have said.
    """
    if words:
        longest = {"name": "字" * 40, "said": "字" * FACT, "said_on": "11月21日", "store": "字" * 40}
        render(words, longest | {"title": finding.title})
    changes = list(finding.changes.order_by("begins_on", "pk"))
    if not changes:
        raise Refused("nothing is changed yet, so there is nothing to tell")
    begins = changes[0].begins_on
    zone = ZoneInfo(the_brand().time_zone)
    start = starts_at or max(now, datetime.combine(begins + timedelta(days=3), AT, zone))
    if start.astimezone(zone).date() < begins:
        raise Refused("nobody is told before the change begins")
    head = hearing.at_head()
    first: dict[int, Voice] = {}
    voices = Voice.objects.filter(findingvoice__finding=finding, customer_id__isnull=False)
    rows = list(voices.order_by("at", "voice_id"))
    home = living([row.customer_id for row in rows if row.customer_id is not None], head=head)
    for row in rows:
        if mended_on(changes, row) is not None:
            first.setdefault(home[row.customer_id or 0], row)
    planned = living(finding.tellings.values_list("customer", flat=True), head=head)
    new = sorted(first.keys() - set(planned.values()))
    drawn = rules.drawn(f"finding {finding.pk} {finding.made_at.isoformat()}", new)
    with transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(words=words or WORDS[language()][1], told_by=by)
        made = Telling.objects.bulk_create(
            Telling(
                finding=finding,
                voice=first[customer],
                customer=customer,
                wave=drawn[customer],
                planned_at=now,
                due_at=rules.due(start, drawn[customer]),
            )
            for customer in new
        )
    finding.refresh_from_db()
    return made


def mended_on(changes: Sequence[Change], voice: Voice) -> date | None:
    """From which day what a voice speaks of is mended where it was said; None where no change answers it.

    A change in other stores does not, nor one that had begun when it was said: that voice speaks of the new version.
    """
    said_on = business_date(voice.at)
    days = [
        each.begins_on
        for each in changes
        if said_on < each.begins_on
        and (not each.stores or not voice.store_id or voice.store_id in each.stores)
    ]
    return min(days, default=None)


def run_due(*, now: datetime, still: Callable[[], bool]) -> int:
    """Tell those whose wave is due, and take up what became of the messages; how many people it was.

    Safe to run by two at once: the outbox takes a message once by its key, and a telling ends once.
    """
    done = 0
    due = Telling.objects.filter(due_at__lte=now, told_at=None, skipped="", message="").order_by(
        "due_at", "pk"
    )
    rows = list(due.select_related("finding", "voice")[:EACH_RUN])
    if rows:
        known = _known(rows, now)
        for row in rows:
            if not still():
                return done
            done += _tell(row, known, now)
    return done + _took_up()


def next_due(*, now: datetime) -> datetime | None:
    """When the next wave is due; what waits in the outbox is the outbox's to say."""
    waiting = Telling.objects.filter(told_at=None, skipped="", message="")
    first: datetime | None = waiting.aggregate(first=Min("due_at"))["first"]
    return first


class _Known:
    """What is read once for all who are told in one go."""

    def __init__(self, head: int, home: dict[int, int]) -> None:
        self.head, self.home = head, home
        self.linked: set[int] = set()
        self.last: dict[int, date] = {}
        self.names: dict[int, str] = {}
        self.said: dict[int, str] = {}
        self.asked: set[int] = set()


def _known(rows: Sequence[Telling], now: datetime) -> _Known:
    head = hearing.at_head()
    known = _Known(head, living([row.customer for row in rows], head=head))
    people = sorted(set(known.home.values()))
    links = Link.objects.filter(visible(head), customer__in=people)
    known.linked = {number for number in links.values_list("customer", flat=True) if number is not None}
    states = CustomerState.objects.filter(visible(head), customer__in=people)
    for customer, name, last in states.values_list("customer", "name", "last_day"):
        known.names[customer], known.last[customer] = name, last
    since = min((row.planned_at for row in rows), default=now) - SINCE
    for customer, visit in seated(people, since=since, head=head):
        if visit.seated_at is not None:
            day = business_date(visit.seated_at)
            known.last[customer] = max(known.last.get(customer, day), day)
    _promised(known, rows)
    return known


def _promised(known: _Known, rows: Sequence[Telling]) -> None:
    """What each answered to "may we tell you?", by their voices in these findings; a later word stands."""
    findings = {row.finding_id for row in rows}
    promises = Promise.objects.filter(
        voice__findingvoice__finding__in=findings, voice__customer_id__isnull=False
    )
    rows_of = promises.order_by("asked_at", "pk").values_list("voice__customer_id", "said")
    asked = [(number, said) for number, said in rows_of if number is not None]
    home = living([number for number, _said in asked], head=known.head)
    for number, said in asked:
        known.asked.add(home[number])
        if said:
            known.said[home[number]] = said


def _tell(row: Telling, known: _Known, now: datetime) -> int:
    person = known.home[row.customer]
    changes = list(row.finding.changes.order_by("begins_on", "pk"))
    skipped = rules.skipped(
        known=person in known.linked,
        said=known.said.get(person, ""),
        last_day=known.last.get(person),
        begins_on=mended_on(changes, row.voice) or changes[0].begins_on,
    )
    if skipped:
        return _open(row).update(skipped=skipped)
    store = Store.objects.filter(code=row.voice.store_id).first()
    facts = {
        "name": known.names.get(person, ""),
        "said": row.voice.text[:FACT] or _dish(row),
        "said_on": _day(business_date(row.voice.at)),
        "store": store.name if store else row.voice.store_id,
        "title": row.finding.title,
    }
    try:
        message = _write(row, row.finding.words, facts, now)
    except Refused as refused:  # words that cannot be filled in hold up nobody else
        log.warning("the words of finding %s are left aside: %s", row.finding_id, refused)
        message = _write(row, "", facts, now)
    reason = ""
    if message.state == Message.State.SPARED:
        reason = rules.why_not_sent(message.reason, person in known.asked)
    return _open(row).update(message=message.key, skipped=reason)


def _write(row: Telling, words: str, facts: dict[str, str], now: datetime) -> Message:
    """The message to one person, in these words or, where there are none, in ours."""
    subject, body = WORDS[language()]
    return post(
        key=f"improve|{row.finding_id}|{row.customer}",
        customer=row.customer,
        purpose="service",
        subject=subject,
        body=words or body,
        due_at=now,
        now=now,
        store_id=row.voice.store_id,
        staff_id=row.voice.staff_id,
        facts=facts,
    )


def _open(row: Telling) -> QuerySet[Telling]:
    return Telling.objects.filter(pk=row.pk, told_at=None, skipped="", message="")


def _dish(row: Telling) -> str:
    product = Product.objects.filter(code=row.voice.product_id).first()
    return product.name if product else row.finding.title


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日" if language() == "zh" else f"{day.day} {day:%B}"


def _took_up() -> int:
    """What the outbox says of messages on their way: sent is told, and a promise kept; the rest keeps its reason."""
    on_the_way = Telling.objects.filter(told_at=None, skipped="").exclude(message="")
    done = 0
    for chunk in bulk.chunks(list(on_the_way.order_by("pk").values_list("pk", "message"))):
        keys = {key: pk for pk, key in chunk}
        ended = (Message.State.SENT, Message.State.SPARED, Message.State.FAILED)
        found = list(Message.objects.filter(key__in=keys, state__in=ended).order_by("key"))
        with transaction.atomic():
            for message in found:
                done += _ended(keys[message.key], message)
    _settle()
    return done


def _ended(pk: int, message: Message) -> int:
    row = Telling.objects.filter(pk=pk, told_at=None, skipped="")
    if message.state != Message.State.SENT:
        return row.update(skipped=message.reason or "failed")
    if not row.update(told_at=message.sent_at):
        return 0
    told = Telling.objects.get(pk=pk)
    numbers = numbers_of_many([told.customer], head=hearing.at_head())[told.customer]
    promises = Promise.objects.filter(voice__findingvoice__finding=told.finding_id, kept_at=None)
    promises.filter(voice__customer_id__in=numbers).update(kept_at=message.sent_at)
    return 1


def _settle() -> None:
    """A finding all of whose tellings have ended, one of them by telling, has been told."""
    changed = Finding.objects.filter(state=Finding.State.CHANGED, tellings__isnull=False)
    ends: dict[int, list[bool]] = defaultdict(list)
    rows = Telling.objects.filter(finding__in=changed).values_list("finding_id", "told_at", "skipped")
    for finding, told_at, skipped in rows:
        ends[finding].append(bool(told_at or skipped))
    over = [finding for finding, each in ends.items() if all(each)]
    if over:
        Finding.objects.filter(pk__in=over, state=Finding.State.CHANGED).update(state=Finding.State.TOLD)
