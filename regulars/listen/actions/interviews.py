"""An interview becomes voices, one an answer, and tags that lead back to the words they were taken from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from regulars.core.refused import Refused
from regulars.know.models import Tag
from regulars.listen.actions.voices import hear
from regulars.listen.models import Interview, Voice
from regulars.listen.rules import tags as rules

MOST_TAGS = 12  # of one interview
REMEMBERED = timedelta(days=90)  # what a store is offered is what it used lately
GUIDE = (
    "occasion",
    "best",
    "almost",
    "lacking",
    "others",
)  # five questions; their words: web/words/voices.py


@transaction.atomic
def interview(
    *,
    key: str,
    customer: int,
    store_id: str,
    by: str,
    answers: Sequence[tuple[str, str]],
    tags: Sequence[str],
    now: datetime,
    staff_id: str = "",
) -> Interview:
    """Keep an interview once by its ``key``: ``answers`` are (question of ``GUIDE``, words), kept as said.

    Each answer with words becomes a voice, each tag a tag of the customer for half a year. Refuses an interview
    without words, more than twelve tags, and a tag with a date, a number, a birthday or a child's name.
    """
    there = Interview.objects.filter(key=key).first()
    if there is not None:
        return there
    told = [(question, words.strip()) for question, words in answers if words.strip()]
    if not told:
        raise Refused("write down at least one answer in the guest's words")
    unknown = sorted({question for question, _words in told} - set(GUIDE))
    if unknown:
        raise Refused("the guide has no question %(question)s", question=unknown[0])
    wanted = list(dict.fromkeys(filter(None, (rules.cleaned(tag) for tag in tags))))
    _refuse_tags(wanted)
    row = Interview.objects.create(
        key=key,
        customer=customer,
        store_id=store_id,
        by=by,
        at=now,
        answers=[{"question": question, "words": words} for question, words in told],
        tags=wanted,
    )
    for question, words in told:
        hear(
            key=voice_key(row, question),
            source="interview",
            at=now,
            now=now,
            text=words,
            customer=customer,
            store_id=store_id,
            staff_id=staff_id,
        )
    for tag in wanted:
        Tag.objects.update_or_create(
            customer=customer,
            tag=tag,
            defaults={
                "kind": rules.kind_of(tag),
                "source": f"interview {row.pk}",
                "by": by,
                "at": now,
                "expires_at": now + rules.LASTS,
            },
        )
    return row


def _refuse_tags(tags: Sequence[str]) -> None:
    if len(tags) > MOST_TAGS:
        raise Refused("an interview has at most %(most)d tags; keep those that will be used", most=MOST_TAGS)
    for tag in tags:
        if not rules.may_be_tag(tag):
            raise Refused(
                "“%(tag)s” cannot be a tag: at most 40 letters, no date or number, no birthday, no child's name",
                tag=tag,
            )


def voice_key(row: Interview, question: str) -> str:
    """The key of the voice that an answer became."""
    return f"interview {row.pk} {question}"


def voices_of(row: Interview) -> dict[str, Voice]:
    """The voices of an interview by question."""
    keys = {voice_key(row, each["question"]): each["question"] for each in row.answers}
    return {keys[voice.key]: voice for voice in Voice.objects.filter(key__in=keys)}


def tags_offered(*, store_id: str, now: datetime, language: str) -> list[str]:
    """At most twelve tags that one tap gives in this store: those its last 90 days used most, then common ones."""
    lately = Interview.objects.filter(store_id=store_id, at__gt=now - REMEMBERED).order_by("-at", "-pk")[:500]
    return rules.offered((tag for row in lately for tag in row.tags), language)
