"""What improve adds to what can be asked of a customer: which of the things they raised is mended now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.desk.bulk import chunks
from regulars.identify.actions import living, numbers_of_many
from regulars.improve.actions.telling import mended_on
from regulars.improve.models import Change, FindingVoice
from regulars.know.field import Field
from regulars.know.fields import business_date


def mended_for(numbers: Sequence[int] | None, *, head: int, now: datetime) -> Mapping[int, Any]:
    """By living customer, the last thing they raised that is mended: {"product", "voice", "finding"}; told or not.

    Mended is what a change has begun for, in the store where they raised it.
    """
    today = business_date(now)
    begun: dict[int, list[Change]] = {}
    for change in Change.objects.filter(begins_on__lte=today).order_by("change_id"):
        begun.setdefault(change.finding_id, []).append(change)
    rows = FindingVoice.objects.filter(finding__in=begun, voice__customer_id__isnull=False)
    found: list[FindingVoice] = []
    if numbers is None:
        found = list(rows.select_related("voice", "finding"))
    else:
        every = {each for all_of in numbers_of_many(numbers, head=head).values() for each in all_of}
        for chunk in chunks(sorted(every)):
            found += rows.filter(voice__customer_id__in=chunk).select_related("voice", "finding")
    home = living([each.voice.customer_id or 0 for each in found], head=head)
    told: dict[int, Any] = {}
    for each in sorted(found, key=lambda one: (one.voice.at, one.voice_id)):
        here = begun[each.finding_id]
        if mended_on(here, each.voice) is not None:
            told[home[each.voice.customer_id or 0]] = {
                "product": each.voice.product_id or here[-1].product_id,
                "voice": each.voice_id,
                "finding": each.finding_id,
            }
    return told


FIELDS = [Field("mended_for", "text", _("what they raised that is mended"), mended_for)]
