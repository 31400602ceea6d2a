"""Today says what the figures hold: more, fewer or chance; the leak's cause; and what to do first."""

from __future__ import annotations

import pytest

from regulars.gather.models import Import
from regulars.measure.models import Figure
from tests.web import cast
from tests.web.conftest import LogIn

pytestmark = pytest.mark.django_db
WINDOW = {"metric": "cohort_second_visit", "part": "90", "slice_kind": ""}


def page(log_in: LogIn, role: str = "operator", *stores: str, path: str = "/") -> str:
    return log_in(role, *stores).get(path).content.decode()


def earlier(value: float, half: float) -> None:
    """Let April's share be this, and July's stay 45 %."""
    Figure.objects.filter(**WINDOW, period="2026-04").update(value=value, low=value - half, high=value + half)


@pytest.mark.usefixtures("made_brand")
@pytest.mark.parametrize(
    ("value", "half", "sentence"),
    [
        (0.30, 0.01, "In April it was 30."),
        (0.60, 0.01, "In April it was 60: fewer return."),
        (0.44, 0.02, "In April it was 44, which may be chance."),
        (0.449, 0.02, "In April it was as many."),
    ],
)
def test_the_headline_says_more_fewer_or_chance(
    log_in: LogIn, value: float, half: float, sentence: str
) -> None:
    earlier(value, half)
    text = page(log_in)
    assert "Of 100 guests who first came in July, <em>45 have come back</em>." in text
    assert sentence in text


@pytest.mark.usefixtures("made_brand")
def test_no_headline_is_made_of_too_few_guests(log_in: LogIn) -> None:
    Figure.objects.filter(**WINDOW).exclude(period="").update(n=12)
    assert "Too early to say how many newcomers come back." in page(log_in)


@pytest.mark.usefixtures("made_brand")
def test_the_one_thing_to_do_is_the_leaks_first_cause(log_in: LogIn) -> None:
    text = page(log_in)
    assert "Of 100 orders, 27 stay unknown because nobody asked for the member code." in text
    Figure.objects.filter(metric="leak", part="the_leak").update(note="know")
    text = log_in("owner").get("/").content.decode()
    assert "Of 100 newcomers at Station hall, only 21 come back within 90 days." in text
    assert 'href="/stores/S03/"' in text


@pytest.mark.usefixtures("made_brand")
def test_no_leak_means_nothing_to_do(log_in: LogIn) -> None:
    Figure.objects.filter(metric="leak", part="the_leak").delete()
    text = page(log_in)
    assert "The one thing to do" not in text
    assert "leaks most here" not in text


@pytest.mark.usefixtures("made_brand")
def test_the_three_second_purchases_stand_apart_each_with_its_formula(log_in: LogIn) -> None:
    text = page(log_in)
    for formula in (
        "the share back within the window",
        "identified orders after their customer&#x27;s first day ÷ identified orders",
        "known customers with two or more visit days ÷ all known customers",
    ):
        assert formula in text


@pytest.mark.usefixtures("made_brand")
def test_what_recognising_more_can_move_stands_beside_the_identified_share(log_in: LogIn) -> None:
    trio = page(log_in).split('class="trio"')[1].split("</section>")[0]
    cohort, repeat, stock = trio.split('class="figure"')[1:]
    assert "Orders identified:" not in cohort
    assert "Orders identified:" in repeat
    assert "Orders identified:" in stock
    assert "+9.0 points" in stock
    assert ", up to 4.0 of them because more orders are identified." in stock
    assert all(said in stock for said in ("45.0%", "54.0%", "50.0%–54.0%"))


@pytest.mark.usefixtures("made_brand")
def test_a_stock_that_identification_did_not_move_says_so(log_in: LogIn) -> None:
    Figure.objects.filter(metric="stock_corrected", part="change:identification").update(value=0.0)
    assert ", none of it because more orders are identified." in page(log_in)


@pytest.mark.usefixtures("made_brand")
def test_unknown_orders_without_a_cause_are_not_given_one(log_in: LogIn) -> None:
    Figure.objects.filter(metric="identified_share", part="cause:not_asked").update(part="cause:not_recorded")
    Figure.objects.filter(metric="leak", part="identify").update(note="cause:not_recorded")
    assert "Of 100 orders, 27 stay unknown, and nothing says why." in page(log_in)


@pytest.mark.usefixtures("made_brand")
def test_traffic_that_no_store_records_is_not_drawn(log_in: LogIn) -> None:
    client = log_in("operator")
    assert "What each store lives on" in client.get("/").content.decode()
    Figure.objects.filter(metric="revenue_by_traffic").exclude(part="own").delete()
    Figure.objects.filter(metric="revenue_by_traffic").update(part="not_recorded")
    assert "What each store lives on" not in client.get("/").content.decode()


@pytest.mark.usefixtures("made_brand")
def test_what_moved_revenue_is_said_of_the_largest_part_of_the_change(log_in: LogIn) -> None:
    assert "October brought ¥9,400 more than September: more guests." in page(log_in)


@pytest.mark.usefixtures("made_brand")
def test_a_store_account_reads_of_its_own_store_and_of_no_other(log_in: LogIn) -> None:
    client = log_in("store", "S03", "S04")
    text = client.get("/").content.decode()
    assert "<em>21 have come back</em>" in text
    assert not [name for code, name in cast.STORES.items() if code not in ("S03", "S04") and name in text]
    assert "<em>35 have come back</em>" in client.get("/?store=S04").content.decode()
    assert "<em>21 have come back</em>" in client.get("/?store=S01").content.decode()


@pytest.mark.usefixtures("stopped_clock")
def test_a_new_installation_is_told_what_to_do_first(log_in: LogIn) -> None:
    client = log_in("owner")
    assert "Bring in a file" in client.get("/").content.decode()
    Import.objects.create(name="till.csv", state="waiting", started_at=cast.NOW)
    assert "Your file is on its way." in client.get("/").content.decode()
    Import.objects.update(state="landed")
    assert "Your sales are in." in client.get("/").content.decode()
