"""From the interview to tags to voices: each step can be traced back to the words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from regulars.core.refused import Refused
from regulars.know.models import Tag
from regulars.listen.actions import interview, tags_offered
from regulars.listen.actions.interviews import voices_of
from regulars.listen.models import Interview, Voice

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
TOLD = [
    ("occasion", "alone after work"),
    ("best", "the broth"),
    ("almost", ""),
    ("lacking", "hot pot for one"),
]


def told(
    key: str = "k", tags: tuple[str, ...] = ("eats alone", "  hot pot   for one "), customer: int = 7
) -> Interview:
    return interview(
        key=key,
        customer=customer,
        store_id="S01",
        by="manager",
        answers=TOLD,
        tags=tags,
        now=NOW,
        staff_id="W2",
    )


def test_an_interview_leads_to_tags_and_voices_and_each_leads_back() -> None:
    row = told()
    assert told() == row
    assert row.tags == ["eats alone", "hot pot for one"]
    voices = voices_of(row)
    assert {question: voice.text for question, voice in voices.items()} == {
        q: words for q, words in TOLD if words
    }
    assert {voice.customer_id for voice in voices.values()} == {7}
    assert Voice.objects.count() == 3
    for tag in Tag.objects.all():
        assert tag.source == f"interview {row.pk}"
        assert tag.expires_at == NOW + timedelta(days=180)


@pytest.mark.parametrize(
    "tag",
    [
        "birthday 3 May",
        "女儿叫小雨",
        "生日11月3日",
        "13800000001",
        "son named Tom",
        "5/12",
        "x" * 41,
        "a@b.example",
    ],
)
def test_no_tag_holds_a_birthday_a_number_or_a_childs_name(tag: str) -> None:
    with pytest.raises(Refused, match="cannot be a tag"):
        told(tags=(tag,))
    assert not Interview.objects.exists()
    assert not Tag.objects.exists()


def test_an_interview_without_words_or_with_too_many_tags_is_refused() -> None:
    with pytest.raises(Refused, match="at least one answer"):
        interview(key="k", customer=7, store_id="S01", by="m", answers=[("best", " ")], tags=[], now=NOW)
    with pytest.raises(Refused, match="no question"):
        interview(
            key="k", customer=7, store_id="S01", by="m", answers=[("income", "a lot")], tags=[], now=NOW
        )
    with pytest.raises(Refused, match="at most 12"):
        told(tags=tuple(f"tag {letter}" for letter in "abcdefghijklm"))


def test_an_allergy_is_kept_as_one() -> None:
    told(tags=("花生过敏", "靠窗", "爱吃辣"))
    assert dict(Tag.objects.values_list("tag", "kind")) == {
        "花生过敏": "allergy",
        "靠窗": "wish",
        "爱吃辣": "likes",
    }


def test_a_store_is_offered_at_most_twelve_tags_its_own_first_and_old_ones_go() -> None:
    for each in range(3):
        told(key=f"k{each}", tags=("tripe", f"tag {'abc'[each]}"), customer=each)
    offered = tags_offered(store_id="S01", now=NOW + timedelta(days=1), language="en")
    assert offered[:2] == ["tripe", "tag a"]
    assert len(offered) == 12
    assert "tripe" not in tags_offered(store_id="S02", now=NOW, language="en")
    assert "tripe" not in tags_offered(store_id="S01", now=NOW + timedelta(days=91), language="zh-hans")
