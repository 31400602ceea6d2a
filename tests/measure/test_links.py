"""The seven links: a voice goes as far as it goes, and each is lost in one place only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.improve.models import Change, Finding, FindingVoice, Telling
from regulars.listen.models import Complaint, Voice
from regulars.measure.links import link_figures
from regulars.measure.rules.links import LINKS, links

AS_OF = date(2026, 8, 31)
HEARD = datetime(2026, 8, 3, 11, 25, tzinfo=UTC)


@given(st.lists(st.lists(st.one_of(st.none(), st.floats(0, 90)), min_size=6, max_size=6), max_size=30))
def test_every_voice_ends_in_one_place(voices: list[list[float | None]]) -> None:
    table = [[0.0, *(np.nan if day is None else day for day in voice)] for voice in voices]
    told = links([np.array([voice[at] for voice in table], dtype=float) for at in range(len(LINKS))])
    far = [link.far for link in told]
    assert far[0] == len(voices)
    assert far == sorted(far, reverse=True)
    assert sum(link.ended for link in told) + far[-1] == len(voices)


def test_a_link_that_was_passed_over_does_not_end_a_voice() -> None:
    nan = float("nan")
    days = [[0.0, 0.0], [nan, 0.5], [nan, nan], [2.0, nan], [11.0, nan], [14.0, nan], [19.0, nan]]
    told = links([np.array(each) for each in days])
    assert [link.far for link in told] == [2, 2, 1, 1, 1, 1, 1]
    assert told[2].ended == 1
    assert told[2].days is None
    assert told[6].days == 19.0


@pytest.mark.django_db
def test_the_board_day_21_heard_answered_mended_finding_changed_told_back() -> None:
    def voice(key: str, customer: int | None, store: str) -> Voice:
        return Voice.objects.create(key=key, customer_id=customer, store_id=store, source="note", at=HEARD)

    one, other = voice("v1", 1, "A"), voice("v2", None, "B")
    Complaint.objects.create(voice=one, state="mended", due_at=HEARD, answered_at=HEARD + timedelta(minutes=1),
                             closed_at=HEARD + timedelta(days=1))  # fmt: skip
    finding = Finding.objects.create(
        title="soup", state="told", made_by="o", made_at=HEARD, raised_at=HEARD + timedelta(days=2)
    )
    for each in (one, other):
        FindingVoice.objects.create(finding=finding, voice=each, by="o", at=HEARD + timedelta(days=2))
    Change.objects.create(
        finding=finding, kind="recipe", to_version="2", begins_on=date(2026, 8, 14), decided_by="o", at=HEARD
    )
    Telling.objects.create(finding=finding, voice=one, customer=1, wave=1, planned_at=HEARD, due_at=HEARD,
                           told_at=HEARD + timedelta(days=14), back_on=date(2026, 8, 22), revenue=12_300)  # fmt: skip
    told = {(row.slice, row.part): row.value for row in link_figures(AS_OF)}
    assert [told["", name] for name in LINKS] == [2, 2, 2, 2, 2, 1, 1]
    assert [told["A", name] for name in LINKS] == [1] * 7
    assert told["", "ended:told"] == 1
    assert told["", "revenue"] == told["A", "revenue"] == 12_300
    assert told["B", "revenue"] == 0
    days = [told["A", f"days:{name}"] for name in LINKS]
    assert days == pytest.approx([0, 1 / 1440, 1, 2, 10.69, 14, 18.69], abs=0.01)


@pytest.mark.django_db
def test_where_nothing_was_heard_there_is_no_figure() -> None:
    assert link_figures(AS_OF) == []
