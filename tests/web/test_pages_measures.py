"""All numbers by question, one number whole, and the customers who stand behind it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from regulars.brand.models import Store
from regulars.know.models import CustomerState
from regulars.measure.models import Figure
from regulars.web import charts, whole
from regulars.web.behind import behind, listed
from regulars.web.figures import Figures
from regulars.web.words import WORDS
from regulars.web.words.measures import areas
from tests.web import exported
from tests.web.cast import TODAY
from tests.web.conftest import LogIn

COUNTED = re.compile(r"<em>(\d+) of \d+ numbers")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_brand")]


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_every_published_number_answers_a_question() -> None:
    placed = [metric for area in areas() for metric in area.metrics]
    assert len(placed) == len(set(placed))
    assert {name.split(".")[0] for name in WORDS} - set(placed) == {"leak", "links"}


def test_the_sentence_counts_what_moved_by_more_than_chance(log_in: LogIn) -> None:
    client = log_in("operator")
    months = Figure.objects.filter(metric="identified_share", slice_kind="", part="").exclude(period="")
    last, before = sorted(months.exclude(note="incomplete").values_list("period", flat=True))[-1:-3:-1]
    months.filter(period=last).update(low=0.70, value=0.72, high=0.74)
    months.filter(period=before).update(low=0.50, value=0.52, high=0.54)
    moved = read(client, "/numbers/")
    months.filter(period=before).update(low=0.60, value=0.69, high=0.71)
    still = read(client, "/numbers/")
    counted = [int(found.group(1)) if (found := COUNTED.search(text)) else 0 for text in (moved, still)]
    assert counted[0] == counted[1] + 1


def test_a_number_says_its_formula_its_way_and_where_it_differs(log_in: LogIn) -> None:
    text = read(log_in("operator"), "/numbers/cohort_second_visit/?by=store")
    assert "Kaplan" in text
    assert "polyline" in text
    assert "Riverside" in text
    assert "Station hall" in text


def test_what_a_page_shows_leaves_as_a_file(log_in: LogIn) -> None:
    answer = log_in("analyst").get("/numbers/cohort_second_visit/?by=store&slices.export=csv")
    rows = exported.rows(answer)
    assert {row["store"] for row in rows} >= {"Riverside", "Station hall"}


def test_the_people_behind_a_number_are_as_many_as_the_page_says(log_in: LogIn) -> None:
    client = log_in("operator")
    lost = CustomerState.objects.filter(stage="lost").count()
    Figure.objects.filter(metric="lifecycle", part="lost", slice_kind="").update(value=lost, n=400)
    page = read(client, "/numbers/lifecycle/?part=lost")
    href = re.search(r'href="(/customers/\?[^"]+)">See them', page)
    assert href is not None
    listed = read(client, href.group(1).replace("&amp;", "&"))
    assert f"{lost} customers are counted in it" in page
    assert f"of {lost}" in re.sub(r"<[^>]+>", "", listed)


def test_newcomers_of_a_month_and_a_store_are_those_first_seen_then_and_there() -> None:
    figure = Figure(
        metric="cohort_second_visit",
        slice_kind="store",
        slice="S01",
        period="2026-09",
        part="90",
        as_of=date(2026, 11, 20),
    )
    condition = behind(figure)
    assert condition is not None
    found = CustomerState.objects.filter(condition)
    every = CustomerState.objects.filter(first_store="S01")
    assert {each.pk for each in found} == {
        each.pk for each in every if date(2026, 9, 1) <= each.first_day <= date(2026, 9, 30)
    }
    figure.slice_kind = "acquired_by"  # kept by the lake, not by the desk
    assert behind(figure) is None


def test_a_bubble_counts_only_whom_half_a_year_has_watched() -> None:
    figure = Figure(metric="bubble_rate", as_of=date(2026, 11, 20))
    condition = behind(figure)
    assert condition is not None
    for each in CustomerState.objects.filter(condition):
        assert each.first_day <= figure.as_of - timedelta(days=180)


def test_a_store_account_reads_its_own_store_and_no_other(log_in: LogIn) -> None:
    client = log_in("store", "S01")
    text = read(client, "/numbers/cohort_second_visit/")
    assert "Station hall" not in text
    assert client.get("/numbers/cohort_second_visit/?store=S03").status_code == 404
    assert read(client, "/numbers/")


def test_an_address_of_a_foreign_stores_number_lists_only_ones_own_guests(log_in: LogIn) -> None:
    text = read(log_in("store", "S01"), "/customers/?metric=cohort_second_visit&part=90&kind=store&slice=S03")
    assert "Only those counted in" not in text


def test_what_is_no_number_is_not_here(log_in: LogIn) -> None:
    client = log_in("operator")
    for path in ("/numbers/nothing/", "/numbers/cohort_second_visit/?part=31"):
        assert client.get(path).status_code == 404


def test_a_way_is_drawn_from_nothing_up_and_not_from_two_points() -> None:
    drawn = charts.trend(
        [("2026-01", 0.1, 0.2, 0.3), ("2026-02", 0.2, 0.3, 0.4), ("2026-03", None, 0.4, None)], "up"
    )
    assert drawn is not None
    assert (drawn.bottom, drawn.top, drawn.last) == (0.0, 0.4, (100.0, 2.0))
    assert charts.trend([("2026-01", None, 0.2, None), ("2026-02", None, 0.3, None)], "short") is None


def test_a_number_that_nothing_can_be_told_of_says_what_it_takes(log_in: LogIn) -> None:
    Figure.objects.filter(metric__in=("bubble_rate", "baskets")).delete()
    client = log_in("operator")
    assert "It takes orders with their lines" in read(client, "/numbers/baskets/")
    listed = read(client, "/numbers/")
    untold = listed[listed.index('id="untold"') :]
    assert "/numbers/baskets/" in untold
    assert "first came half a year ago or earlier" in untold


def test_numbers_that_another_page_is_made_of_lead_there(log_in: LogIn) -> None:
    client = log_in("operator")
    for metric, page in (("leak", "/"), ("links", "/"), ("stores_alike", "/stores/")):
        answer = client.get(f"/numbers/{metric}/")
        assert (answer.status_code, answer["Location"]) == (302, page)


def test_a_store_account_is_told_which_numbers_are_the_whole_brands(log_in: LogIn) -> None:
    Figure.objects.create(batch=1, metric="regularity", part="shape", value=1.2, n=900, as_of=TODAY)
    text = read(log_in("store", "S01"), "/numbers/regularity/")
    assert "told for the whole brand" in text


def test_the_month_before_is_the_month_before_and_no_other() -> None:
    def told(period: str) -> Figure:
        return Figure(metric="identified_share", period=period, value=0.5, n=100, as_of=TODAY)

    after_a_gap = whole.stands(Figures([told("2026-03"), told("2026-08")]), "identified_share")
    beside = whole.stands(Figures([told("2026-07"), told("2026-08")]), "identified_share")
    assert after_a_gap is not None
    assert beside is not None
    assert after_a_gap.before is None
    assert beside.before is not None


def test_nothing_is_drawn_where_months_are_missing() -> None:
    drawn = charts.trend([(f"2026-{month:02d}", None, 0.2, None) for month in (1, 2, 5, 11)], "a gap")
    assert drawn is not None
    assert drawn.lines[0] == "0.0,2.0 10.0,2.0"
    assert len(drawn.lines) == 3  # January to February, May alone, November alone


def test_where_nobody_grew_late_nothing_is_said_of_most(log_in: LogIn) -> None:
    Figure.objects.filter(metric="stage_flows").delete()
    for part, n in (("unknown>new", 40), ("new>regular", 40), ("cooling>lost", 9)):
        Figure.objects.create(
            batch=1, metric="stage_flows", part=part, period="2026-10", value=4, n=n, as_of=TODAY
        )
    client = log_in("operator")
    text = read(client, "/numbers/lost/?month=2026-10")
    assert "nobody grew late" in text
    assert "Most who grow late" not in text
    assert "stage=lost" in text
    Figure.objects.filter(metric="stage_flows", part="new>regular").update(n=3)
    assert "too few guests were there" in read(client, "/numbers/lost/?month=2026-10")


def test_a_month_under_way_is_not_set_beside_one_that_is_over() -> None:
    def told(period: str, seen: date) -> Figure:
        return Figure(
            metric="guests", part="new", period=period, value=9, n=90, as_of=seen, note="new_not_meaningful"
        )

    figures = Figures([told("2026-10", date(2026, 10, 31)), told("2026-11", date(2026, 11, 19))])
    assert list(figures.told_months("guests", "new")) == ["2026-10"]


def test_months_without_sales_are_told(log_in: LogIn) -> None:
    client = log_in("operator")
    assert "No sales are on record" not in read(client, "/numbers/")
    months = Figure.objects.filter(metric="revenue_factors", part="whole:revenue", slice_kind="")
    gap = sorted(months.values_list("period", flat=True))[1]
    months.filter(period=gap).delete()
    assert "No sales are on record" in read(client, "/numbers/")


def test_whom_a_store_had_only_begun_to_know_is_listed_no_more_than_counted() -> None:
    rows = CustomerState.objects.all()
    figure = Figure(metric="cohort_second_visit", part="90", as_of=TODAY)
    rows.filter(pk__in=[row.pk for row in rows[:40]]).update(first_store="S01", first_day=date(2026, 9, 1))
    rows.filter(first_store="S01").exclude(first_day=date(2026, 9, 1)).update(first_day=date(2026, 1, 5))
    found = listed(figure, rows)
    assert found is not None
    assert {row.first_day for row in found if row.first_store == "S01"} == {date(2026, 9, 1)}
    assert found.count() >= 40
    few = listed(Figure(metric="bubble_rate", as_of=TODAY, slice_kind="store", slice="S02"), rows)
    assert few is not None
    assert few.count() == sum(
        row.first_store == "S02" and row.first_day <= TODAY - timedelta(180) for row in rows
    )


def test_a_stock_of_a_month_is_of_those_known_by_its_end() -> None:
    rows = CustomerState.objects.all()
    found = listed(Figure(metric="second_purchase_stock", period="2026-09", as_of=date(2026, 9, 30)), rows)
    assert found is not None
    assert {row.pk for row in found} == {row.pk for row in rows if row.first_day <= date(2026, 9, 30)}


def test_a_region_is_that_of_the_first_store() -> None:
    Store.objects.filter(code="S01").update(region="north")
    rows = CustomerState.objects.all()
    found = listed(
        Figure(metric="lifecycle", part="lost", slice_kind="region", slice="north", as_of=TODAY), rows
    )
    assert found is not None
    assert {row.pk for row in found} == {
        row.pk for row in rows if row.first_store == "S01" and row.stage == "lost"
    }
