"""People merge voices by hand, the program suggests, and three people or one safety voice raise a finding."""

from __future__ import annotations

import pytest

from regulars.core.refused import Refused
from regulars.identify.models import Customer
from regulars.improve.actions import merge, suggest, suggest_groups, take_out
from regulars.improve.models import Finding, FindingVoice
from tests.improve import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("brand")]


def test_a6_eight_voices_in_two_stores_two_reviews_and_a_delivery_note_are_a_company_finding() -> None:
    cast.dish()
    voices = [cast.said(number, cast.guest(number)) for number in (1, 2)]
    voices += [cast.said(3, 1), cast.said(4, 1), cast.said(5, 2, store_id="S02")]  # repeats
    voices += [cast.said(number, None, source="review", public=True) for number in (6, 7)]
    voices += [cast.said(8, None, source="note", order_id="D77")]
    named = merge(finding=None, voices=[v.voice_id for v in voices[:5]], by="owner", now=cast.NOW)
    assert (named.state, named.title) == (Finding.State.GATHERING, "Tomato soup")  # two people however often
    whole = merge(finding=named, voices=[v.voice_id for v in voices], by="owner", now=cast.NOW)
    assert (whole.state, whole.scope, whole.stores) == (Finding.State.RAISED, "company", ["S01", "S02"])
    assert whole.raised_at == cast.NOW


def test_a6_two_numbers_of_one_customer_count_once() -> None:
    cast.dish()
    voices = [cast.said(number, cast.guest(number)).voice_id for number in (1, 2, 3)]
    Customer.objects.filter(number=3).update(merged_into=2, until=4)
    finding = merge(finding=None, voices=voices, by="owner", now=cast.NOW)
    assert finding.state == Finding.State.GATHERING


def test_a6_people_merge_voices_by_hand_with_suggestions() -> None:
    finding = cast.raised(3)
    near = cast.said(11, cast.guest(11))
    nameless = cast.said(
        12, None, product_id="", text="soup was too sweet for us", source="review", public=True
    )
    cast.said(13, cast.guest(13), product_id="P99", text="soup was too sweet")
    cast.said(14, cast.guest(14), score=9, source="answer", text="tomato soup was lovely")
    found = suggest(finding=finding, now=cast.NOW)
    assert [each.voice.voice_id for each in found] == [near.voice_id, nameless.voice_id]
    assert "dish" in found[0].reason.why
    merge(finding=finding, voices=[near.voice_id], by="owner", now=cast.NOW)
    assert [each.voice.voice_id for each in suggest(finding=finding, now=cast.NOW)] == [nameless.voice_id]


def test_loose_voices_are_offered_as_groups_of_the_stores_one_sees() -> None:
    cast.dish()
    for number in (1, 2, 3):
        cast.said(number, cast.guest(number), store_id=f"S0{number}")
    (group,) = suggest_groups(now=cast.NOW)
    assert len(group) == 3
    assert suggest_groups(now=cast.NOW, stores=["S01"]) == []


def test_a_voice_is_in_one_finding_at_most() -> None:
    finding = cast.raised(3)
    voice = FindingVoice.objects.filter(finding=finding).order_by("pk")[0].voice_id
    with pytest.raises(Refused, match="in another finding"):
        merge(finding=None, voices=[voice], by="owner", now=cast.NOW)
    assert Finding.objects.count() == 1
    again = merge(finding=finding, voices=[voice], by="owner", now=cast.NOW)
    assert again.voices.count() == 3


def test_taking_voices_out_lowers_a_finding_and_the_last_one_ends_it() -> None:
    finding = cast.raised(3)
    voices = list(FindingVoice.objects.filter(finding=finding).values_list("voice_id", flat=True))
    left = take_out(finding=finding, voice=voices[0], now=cast.NOW)
    assert left is not None
    assert (left.state, left.raised_at) == (Finding.State.GATHERING, None)
    take_out(finding=finding, voice=voices[1], now=cast.NOW)
    assert take_out(finding=finding, voice=voices[2], now=cast.NOW) is None
    assert not Finding.objects.exists()


def test_a_finding_needs_voices_that_are_there() -> None:
    with pytest.raises(Refused, match="choose voices"):
        merge(finding=None, voices=[], by="owner", now=cast.NOW)
    with pytest.raises(Refused, match="choose voices"):
        merge(finding=None, voices=[4711], by="owner", now=cast.NOW)
