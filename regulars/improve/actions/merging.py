"""People merge voices into a finding; the program only suggests, and says when three people make it raised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from regulars.brand.models import Product
from regulars.core.refused import Refused
from regulars.improve.actions import hearing
from regulars.improve.models import Finding, FindingVoice
from regulars.improve.rules import likeness, raising
from regulars.listen.models import Voice

SHOWN = 12  # suggestions for one finding
GROUPS = 6  # groups of loose voices
BEFORE_DECISION = (Finding.State.GATHERING, Finding.State.RAISED)


@dataclass(frozen=True)
class Suggestion:
    """A voice that may belong to a finding, with why: ``dish``, ``words``, ``field``, ``store``, and shared words."""

    voice: raising.Said
    reason: likeness.Reason


def merge(
    *,
    finding: Finding | None,
    voices: Sequence[int],
    by: str,
    now: datetime,
    title: str = "",
) -> Finding:
    """Put voices into a finding, or into a new one when ``finding`` is None, and say whether it is raised now.

    A voice is in one finding at most: one that is in another is refused, one that is in this already stays. A new
    finding is named ``title``, or after its dish.
    """
    wanted = sorted(set(voices))
    rows = list(Voice.objects.filter(voice_id__in=wanted).order_by("at", "voice_id"))
    if not wanted or len(rows) < len(wanted):
        raise Refused("choose voices that are there: %(voices)s", voices=", ".join(map(str, wanted)) or "-")
    with transaction.atomic():
        if finding is None:
            finding = _new(rows, title, by, now)
        there = dict(FindingVoice.objects.filter(voice__in=wanted).values_list("voice_id", "finding_id"))
        if elsewhere := sorted(voice for voice, holder in there.items() if holder != finding.pk):
            raise Refused(
                "voice %(voice)s is in another finding; take it out there first",
                voice=", ".join(map(str, elsewhere)),
            )
        try:
            with transaction.atomic():
                FindingVoice.objects.bulk_create(
                    FindingVoice(finding=finding, voice=row, by=by, at=now)
                    for row in rows
                    if row.voice_id not in there
                )
        except IntegrityError as error:
            raise Refused("somebody else has just merged one of these voices; look again") from error
        return _weighed(finding, now)


def take_out(*, finding: Finding, voice: int, now: datetime) -> Finding | None:
    """Take a voice out of a finding again; a finding without voices is gone, and None comes back.

    Refused once those who raised it are being told: what was said to a guest stays where it was said from.
    """
    if finding.tellings.filter(voice_id=voice).exclude(message="").exists():
        raise Refused("voice %(voice)s was answered as part of this finding, so it stays", voice=voice)
    with transaction.atomic():
        finding.tellings.filter(voice_id=voice).delete()
        FindingVoice.objects.filter(finding=finding, voice=voice).delete()
        if not finding.voices.exists() and finding.state in BEFORE_DECISION:
            finding.delete()
            return None
        return _weighed(finding, now)


def _new(rows: Sequence[Voice], title: str, by: str, now: datetime) -> Finding:
    dishes = [row.product_id for row in rows if row.product_id]
    fields = [row.field for row in rows if row.field]
    dish = max(sorted(set(dishes)), key=dishes.count, default="")
    product = Product.objects.filter(code=dish).first()
    named = (
        title.strip() or (product.name if product else "") or next((row.text for row in rows if row.text), "")
    )
    if not named:
        raise Refused("give the finding a name: its voices have no dish and no words")
    return Finding.objects.create(
        title=named[:120],
        product_id=dish,
        field=max(sorted(set(fields)), key=fields.count, default=""),
        made_by=by,
        made_at=now,
    )


def _weighed(finding: Finding, now: datetime) -> Finding:
    """Stores, scope and state as the voices in it have them now; a decision taken is never undone by this."""
    voices = hearing.of(finding)
    finding.stores, finding.scope = raising.stores(voices), raising.scope(voices)
    if finding.state in BEFORE_DECISION:
        enough = raising.raised(voices)
        finding.state = Finding.State.RAISED if enough else Finding.State.GATHERING
        finding.raised_at = (finding.raised_at or now) if enough else None
    finding.save(update_fields=("stores", "scope", "state", "raised_at"))
    return finding


def suggest(*, finding: Finding, now: datetime, stores: Sequence[str] | None = None) -> list[Suggestion]:
    """Loose voices that may belong to a finding, the likeliest first, each with its reason; of ``stores`` only."""
    together = hearing.of(finding)
    others = hearing.loose(now=now, stores=stores)
    words = likeness.Words([*together, *others])
    return [
        Suggestion(voice, reason) for voice, reason in likeness.suggested(together, others, words)[:SHOWN]
    ]


def suggest_groups(*, now: datetime, stores: Sequence[str] | None = None) -> list[list[raising.Said]]:
    """Loose voices that speak of one thing, for a person to merge: the group most people spoke of first."""
    others = hearing.loose(now=now, stores=stores)
    return likeness.groups(others, likeness.Words(others))[:GROUPS]
