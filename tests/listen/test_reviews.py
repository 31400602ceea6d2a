"""Reviews by file: each once, their order names the customer, what cannot be read is told with its row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.core.refused import Refused
from regulars.listen.actions import bring_reviews
from regulars.listen.actions.reviews import Brought
from regulars.listen.models import Voice
from tests.listen import cast
from tests.listen.cast import NOON

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def brand(db: None) -> None:
    cast.brand()


def brought(*rows: dict[str, Any], out_of: int = 5) -> Brought:
    full = [
        {"review_id": "R1", "at": "2026-11-20 18:30", "text": "", "score": "", "store_id": ""} | row
        for row in rows
    ]
    return bring_reviews(rows=enumerate(full, 2), platform="dianping", out_of=out_of, now=NOW)


def test_a_review_is_a_public_voice_of_the_customer_of_its_order_once() -> None:
    cast.order(cast.customer(7), NOON)
    row = {"order_id": "O7", "score": "2", "text": "番茄汤太甜", "store_id": "S01"}
    first, again = brought(row), brought(row)
    assert (first.new, first.named, again.new, again.known) == (1, 1, 0, 1)
    voice = Voice.objects.get()
    assert (voice.customer_id, voice.source, voice.public, voice.score) == (7, "review", True, 4)
    assert (voice.product_id, voice.theme, voice.order_id) == ("P1", "too_sweet", "O7")
    assert voice.at == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)  # the store's clock


def test_a_delivery_note_that_nobody_can_name_is_a_voice_without_a_customer() -> None:
    assert brought({"kind": "note", "text": "汤洒了", "store_id": "S02", "order_id": "unknown"}).new == 1
    voice = Voice.objects.get()
    assert (voice.customer_id, voice.source, voice.public) == (None, "note", False)


def test_an_order_number_of_two_tills_names_nobody() -> None:
    cast.order(cast.customer(7), NOON, "O1")
    cast.order(cast.customer(8), NOON, "O1", source="other till")
    assert brought({"order_id": "O1", "text": "cold"}).named == 0


def test_rows_that_cannot_be_read_are_told_with_row_and_reason_and_the_rest_is_kept() -> None:
    told = brought(
        {"review_id": "", "text": "x"},
        {"review_id": "a", "text": "x", "store_id": "S99"},
        {"review_id": "b", "text": "x", "at": "yesterday"},
        {"review_id": "c", "text": "x", "at": "2027-01-01"},
        {"review_id": "d", "score": "7"},
        {"review_id": "e"},
        {"review_id": "f", "text": "x", "kind": "rumour"},
        {"review_id": "g", "text": "x" * 4001},
        {"review_id": "h", "text": "good", "at": "2026/11/20"},
        {"review_id": "h", "text": "good", "at": "2026/11/20"},
    )
    assert [(each.row, each.column) for each in told.rejected] == [
        (2, "review_id"),
        (3, "store_id"),
        (4, "at"),
        (5, "at"),
        (6, "score"),
        (7, "text"),
        (8, "kind"),
        (9, "text"),
    ]
    assert (told.read, told.new, told.known) == (10, 1, 1)


def test_headers_may_be_chinese_and_a_score_keeps_its_scale() -> None:
    row = {"评价编号": "R1", "评价时间": "2026-11-20T18:30:00+08:00", "评分": 9, "内容": None}
    bring_reviews(rows=[(2, row)], platform="meituan", out_of=10, now=NOW)
    assert Voice.objects.get().score == 9


def test_a_file_that_holds_no_reviews_is_refused() -> None:
    with pytest.raises(Refused, match="needs a column review_id"):
        bring_reviews(rows=[(2, {"text": "x"})], platform="p", now=NOW)
    with pytest.raises(Refused, match="name the platform"):
        bring_reviews(rows=[], platform=" ", now=NOW)
