"""One customer's page: the stage with its why, what happened where, and nothing beyond one's role and stores."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from regulars.access.models import AuditEntry
from regulars.gather.models import Order, Sighting
from regulars.identify.models import Candidate, Link
from regulars.know.models import CustomerState
from regulars.measure.models import Turn
from regulars.reward.models import Account
from tests.web import cast
from tests.web.conftest import LogIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_brand")]


def page(log_in: LogIn, role: str = "operator", *stores: str, number: int = 1) -> str:
    return log_in(role, *stores).get(f"/customers/{number}/").content.decode()


def test_the_sentence_on_top_says_the_rhythm_and_the_days_since(log_in: LogIn) -> None:
    text = page(log_in)
    assert "usually comes every 18 days; it has been 41 days." in text
    assert "Later than usual from day 36 on, lost from day 180 on" in text


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("new", "came for the first time today."),
        ("second_timer", "has come twice, the last time today."),
        ("regular", "usually comes every 18 days, and was here today."),
        ("won_back", "had gone, and has come back."),
    ],
)
def test_who_was_here_today_was_not_here_0_days_ago(log_in: LogIn, stage: str, said: str) -> None:
    CustomerState.objects.filter(customer=1).update(stage=stage, last_day=cast.TODAY)
    text = page(log_in)
    assert said in text
    assert " 0 day" not in text


def test_a_list_that_does_not_reach_the_first_visit_says_how_far_it_goes(log_in: LogIn) -> None:
    client = log_in("operator")
    for days, said in ((400, False), (401, True)):
        CustomerState.objects.filter(customer=1).update(first_day=cast.TODAY - timedelta(days))
        text = client.get("/customers/1/").content.decode()
        assert ("The list goes back 400 days" in text) is said


@pytest.mark.parametrize(
    ("stage", "said"),
    [("new", "came for the first time"), ("second_timer", "has come twice"), ("regular", "was last here")],
)
def test_a_brand_too_young_for_a_rhythm_says_so_and_names_no_day(
    log_in: LogIn, stage: str, said: str
) -> None:
    unknown = {"usual_gap": None, "late_after": None, "lost_after": None}
    CustomerState.objects.filter(customer=1).update(stage=stage, **unknown)
    text = page(log_in)
    assert said in text
    assert "The history is too short to say when this customer would be late or lost." in text
    assert "usually comes" not in text
    assert "from day" not in text


def test_when_a_customer_is_expected_back_is_told_in_a_sentence(log_in: LogIn) -> None:
    client = log_in("operator")
    assert "Expected back" not in client.get("/customers/1/").content.decode(), (
        "nothing where it is not known"
    )
    when = {"next_day": date(2026, 12, 3), "next_low": date(2026, 11, 22), "next_high": date(2027, 1, 6)}
    CustomerState.objects.filter(customer=1).update(**when)
    text = client.get("/customers/1/").content.decode()
    assert "Expected back about 3 Dec (between 22 Nov and 6 Jan 2027)." in text
    client.cookies["django_language"] = "zh-hans"
    text = client.get("/customers/1/").content.decode()
    assert "预计12月3日前后再来（11月22日至2027年1月6日之间）。" in text


def test_a_row_that_had_nothing_new_to_say_for_ten_days_is_as_far_ahead_of_today_as_it_was(
    log_in: LogIn,
) -> None:
    Turn.objects.create(batch=1, started_at=cast.NOW, ended_at=cast.NOW, as_of=cast.TODAY - timedelta(10))
    when = {"next_day": date(2026, 11, 15), "next_low": date(2026, 11, 12), "next_high": date(2026, 11, 30)}
    CustomerState.objects.filter(customer=1).update(**when)
    assert "Expected back about 25 Nov (between 22 Nov and 10 Dec)." in page(log_in)


def test_orders_find_their_customer_through_sightings_and_links(log_in: LogIn) -> None:
    text = page(log_in)
    assert all(dish in text for dish in cast.DISHES)
    assert text.count("¥42.00") == 6


def test_an_order_belongs_to_the_owner_of_the_strongest_identifier_on_it(log_in: LogIn) -> None:
    Link.objects.create(
        batch=1, identifier_type="phone", identifier_hash="c" * 32, customer=2, rule="account"
    )
    Sighting.objects.create(batch=1, identifier_hash="c" * 32, source="till", order_id="T0")
    assert page(log_in, number=1).count("¥42.00") == 6
    assert "¥42.00" not in page(log_in, "owner", number=2)


def test_an_order_that_a_landing_ended_is_gone(log_in: LogIn) -> None:
    Order.objects.filter(order_id="T0").update(until=cast.HEAD)
    assert page(log_in).count("¥42.00") == 5


def test_a_store_sees_its_own_orders_and_how_many_were_elsewhere(log_in: LogIn) -> None:
    text = page(log_in, "store", "S01")
    assert text.count("¥42.00") == 5
    assert "1 order at another store is not shown." in text
    assert "University" not in text


def test_a_customer_of_another_store_is_not_there(log_in: LogIn) -> None:
    assert log_in("store", "S06").get("/customers/1/").status_code == 404


def test_a_merged_number_leads_to_the_one_it_became(log_in: LogIn) -> None:
    assert log_in("owner").get("/customers/901/").headers["Location"] == "/customers/1/"


def test_records_and_identifiers_are_shown_to_who_may_and_covered_for_the_rest(log_in: LogIn) -> None:
    personal = ("王思远", "+8613800000001", "M0000001", "4 May 1990")
    shown, covered = page(log_in), page(log_in, "analyst")
    assert all(each in shown for each in personal)
    assert not any(each in covered for each in personal)
    assert "•••" in covered


def test_a_look_is_in_the_trail_by_number_only(log_in: LogIn) -> None:
    page(log_in)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.subject, entry.detail) == ("look", "customer 1", "")


def test_b7_who_may_be_the_same_person_is_shown_with_the_reason_and_told_apart_by_a_person(
    log_in: LogIn,
) -> None:
    Candidate.objects.create(a=1, b=2, why="paid", at=cast.NOW)
    other = CustomerState.objects.get(customer=2)
    operator = log_in("operator")
    text = operator.get("/customers/1/").content.decode()
    assert "Maybe the same person: one came and the other&#x27;s number paid (21 Nov)." in text
    assert 'href="/customers/2/"' in text
    assert "They are two people" not in log_in("analyst").get("/customers/1/").content.decode()
    assert operator.get("/customers/1/two/").status_code == 405
    assert "Maybe the same person" in operator.get("/customers/1/").content.decode()
    said = operator.post("/customers/1/two/", {"other": str(other.customer)}, follow=True).content.decode()
    assert "They stay two people" in said
    assert "Maybe the same person" not in said
    assert AuditEntry.objects.filter(verb="told apart", subject="customers 1 and 2").count() == 1


def test_who_is_said_to_be_one_person_waits_for_the_turn_and_may_be_told_apart_in_both_languages(
    log_in: LogIn,
) -> None:
    Candidate.objects.create(a=1, b=2, why="paid", at=cast.NOW)
    Link.objects.create(batch=1, identifier_type="phone", identifier_hash="second", customer=2, rule="alone")
    operator = log_in("operator")
    assert "They are one person" in operator.get("/customers/1/").content.decode()
    said = operator.post("/customers/1/one/", {"other": "2"}, follow=True).content.decode()
    assert "They become one customer with the next turn." in said
    assert "that this is also customer 2." in said
    assert "Maybe the same person" not in said
    assert AuditEntry.objects.filter(verb="joined", subject="customers 1 and 2").count() == 1
    operator.cookies["django_language"] = "zh-hans"
    assert "确认：这也是顾客 2。" in operator.get("/customers/1/").content.decode()
    said = operator.post("/customers/1/one/", {"other": "1"}, follow=True).content.decode()
    assert "这两位已经是同一位顾客" in said
    said = operator.post("/customers/1/two/", {"other": "2"}, follow=True).content.decode()
    assert "确认：这也是顾客" not in said
    analyst = log_in("analyst")
    assert analyst.post("/customers/1/one/", {"other": "2"}).status_code == 403


def test_a_store_is_shown_no_candidate_it_may_not_see(log_in: LogIn) -> None:
    Candidate.objects.create(a=1, b=2, why="paid", at=cast.NOW)
    CustomerState.objects.filter(customer=2).update(stores="|S06|")
    client = log_in("store", "S01")
    assert "Maybe the same person" not in client.get("/customers/1/").content.decode()
    assert client.post("/customers/1/two/", {"other": "2"}).status_code == 403


def test_what_can_be_spent_stands_beside_what_is_owed(log_in: LogIn) -> None:
    assert "points to spend" not in page(log_in)
    Account.objects.create(customer=1, balance=130, owed=0)
    Account.objects.create(customer=901, balance=0, owed=20)
    text = log_in("owner").get("/customers/1/").content.decode()
    so_far = text[text.index("points to spend") :]
    assert "<dd>110<small>20 owed, paid first by the next earnings</small></dd>" in so_far
