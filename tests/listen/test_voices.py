"""A voice is kept as said, once, and its words are guessed at; a complaint has a clock and stops marketing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from regulars.brand.models import Product
from regulars.core.refused import Refused
from regulars.identify.models import Customer
from regulars.listen.actions import answer_complaint, close, complain, hear
from regulars.listen.fields import FIELDS
from regulars.listen.models import Complaint, Voice

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 16, 11, 26, tzinfo=UTC)
READ = {field.name: field.read for field in FIELDS}


@pytest.fixture
def menu() -> None:
    Product.objects.bulk_create(
        [
            Product(code="P1", name="番茄汤"),
            Product(code="P2", name="番茄汤面"),
            Product(code="P3", name="Tomato soup"),
            Product(code="P4", name="饭"),
        ]
    )


def test_workflow_a3_a_voice_tied_to_visit_dish_table_and_customer_is_kept_as_said_and_arrives_once(
    menu: None,
) -> None:
    said = "  the tomato soup is too sweet <b>!</b>\n"
    for _again in range(2):
        complaint = complain(
            key="phone 7f3a",
            at=AT,
            now=AT + timedelta(hours=3),
            text=said,
            customer=17,
            visit_id="V9",
            order_id="O5",
            store_id="S01",
            staff_id="W2",
            table="12",
        )
    voice = Voice.objects.get()
    assert Complaint.objects.count() == 1
    assert (voice.text, voice.customer_id, voice.visit_id, voice.product_id, voice.staff_id) == (
        said,
        17,
        "V9",
        "P3",
        "W2",
    )
    assert (voice.field, voice.theme, voice.safety, voice.at) == ("taste", "too_sweet", False, AT)
    assert (complaint.table, complaint.due_at) == ("12", AT + timedelta(minutes=20))


def test_the_longest_name_is_the_dish_that_was_meant(menu: None) -> None:
    assert hear(key="a", source="note", at=AT, now=AT, text="番茄汤面太咸").product_id == "P2"
    assert hear(key="b", source="note", at=AT, now=AT, text="饭凉了").product_id == ""


def test_what_was_given_is_not_guessed(menu: None) -> None:
    voice = hear(
        key="a", source="note", at=AT, now=AT, text="番茄汤太甜", field="price", theme="odd", product_id="P9"
    )
    assert (voice.field, voice.theme, voice.product_id) == ("price", "odd", "P9")


def test_a_voice_from_a_phone_whose_clock_runs_ahead_is_not_said_tomorrow() -> None:
    assert hear(key="a", source="note", at=AT + timedelta(days=1), now=AT).at == AT


def test_what_is_no_voice_is_refused() -> None:
    for wrong in ({"source": "rumour"}, {"field": "luck"}, {"score": 11}, {"text": "x" * 4001}):
        with pytest.raises(Refused):
            hear(**{"key": "a", "source": "note", "at": AT, "now": AT, **wrong})  # type: ignore[arg-type]
    assert not Voice.objects.exists()


def open_one(customer: int = 17) -> Complaint:
    return complain(key=f"c {customer}", at=AT, now=AT, text="too slow", customer=customer, product_id="P1")


def test_a_complaint_is_open_until_somebody_says_how_it_ended() -> None:
    complaint = open_one()
    assert READ["open_complaint"]([17, 18], head=1, now=AT) == {17: True}
    answer_complaint(complaint=complaint, by="Li", now=AT + timedelta(minutes=1), words="swapped it")
    answer_complaint(complaint=complaint, by="Wu", now=AT + timedelta(minutes=9))
    assert (complaint.answered_by, complaint.words) == ("Li", "swapped it")
    assert READ["open_complaint"](None, head=1, now=AT) == {17: True}
    for _again in range(2):
        close(complaint=complaint, how="mended", by="Li", now=AT + timedelta(minutes=5))
    assert complaint.closed_at == AT + timedelta(minutes=5)
    assert complaint.answered_at == AT + timedelta(minutes=1)
    assert READ["open_complaint"](None, head=1, now=AT) == {}
    with pytest.raises(Refused, match="closed before as mended"):
        close(complaint=complaint, how="left", by="Wu", now=AT)
    with pytest.raises(Refused, match="not as forgotten"):
        close(complaint=open_one(18), how="forgotten", by="Wu", now=AT)


def test_a_complaint_closed_without_an_answer_was_answered_when_it_was_closed() -> None:
    complaint = close(complaint=open_one(), how="left", by="Li", now=AT + timedelta(minutes=30))
    assert complaint.answered_at == complaint.closed_at


def test_the_complaint_of_an_alias_is_its_customers() -> None:
    Customer.objects.create(number=9, batch=1)
    Customer.objects.create(number=17, batch=1, merged_into=9, until=3)
    open_one(17)
    assert READ["open_complaint"]([9], head=3, now=AT) == {9: True}
    assert READ["open_complaint"](None, head=3, now=AT) == {9: True}
    assert READ["open_complaint"]([9], head=2, now=AT) == {}


def test_the_last_complaint_says_when_which_voice_and_which_dish() -> None:
    open_one()
    later = complain(
        key="later", at=AT + timedelta(days=2), now=AT + timedelta(days=2), customer=17, product_id="P2"
    )
    told = {name: READ[name]([17], head=1, now=AT)[17] for name in READ if name.startswith("last")}
    assert told == {
        "last_complaint": (AT + timedelta(days=2)).date(),
        "last_complaint_voice": later.voice_id,
        "last_complaint_dish": "P2",
    }


def test_a_voice_nobody_can_name_stops_nobodys_messages() -> None:
    complain(key="a", at=AT, now=AT, text="cold")
    assert READ["open_complaint"](None, head=1, now=AT) == {}
