"""Stores, one store and Cohorts: what the tables hold, how they sort, filter and leave, and what is not said."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from regulars.measure.models import Figure
from tests.web import cast, exported
from tests.web.conftest import LogIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_brand")]


def names(text: str, table: str) -> list[str]:
    """The first cells of a table's rows, in order."""
    part = text.split(f'id="t-{table}"')[1].split("</table>")[0]
    return [
        re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r'<th scope="row">(.*?)</th>', part, re.S)
    ]


def taken(client: Client, path: str) -> list[dict[str, str]]:
    return exported.rows(client.get(path))


def test_stores_differ_in_the_sentence_only_where_their_intervals_do_not_meet(log_in: LogIn) -> None:
    client = log_in("operator")
    assert (
        "Riverside brings back <em>46 of 100 newcomers</em>, Station hall 21."
        in client.get("/stores/").content.decode()
    )
    Figure.objects.filter(metric="cohort_second_visit", slice_kind="store", period="").update(
        low=0.1, high=0.6
    )
    assert "6 stores, and none that can be told apart yet." in client.get("/stores/").content.decode()


def test_a_table_sorts_both_ways_and_what_cannot_be_told_stays_last(log_in: LogIn) -> None:
    client = log_in("operator")
    rising = ["Station hall", "Tech park", "Lakeside", "Old town", "University", "Riverside"]
    assert names(client.get("/stores/?stores.sort=back").content.decode(), "stores") == rising
    assert names(client.get("/stores/?stores.sort=-back").content.decode(), "stores") == rising[::-1]
    Figure.objects.filter(metric="cohort_second_visit", slice_kind="store", slice="S03", part="90").update(
        value=None, note="too_few"
    )
    for sort in ("back", "-back"):
        assert (
            names(client.get(f"/stores/?stores.sort={sort}").content.decode(), "stores")[-1] == "Station hall"
        )


def test_a_table_filters_and_leaves_as_it_is_shown(log_in: LogIn) -> None:
    rows = taken(log_in("analyst"), "/stores/?stores.q=STATION&stores.export=csv")
    assert [row["store"] for row in rows] == ["Station hall"]
    assert float(rows[0]["newcomers back in 90 days: at least"]) == pytest.approx(0.19)
    assert rows[0]["newcomers back in 90 days: from"] == "3500"


def test_money_leaves_in_whole_units_of_the_currency(log_in: LogIn) -> None:
    rows = taken(log_in("owner"), "/stores/S01/?months.export=csv")
    october = Figure.objects.get(metric="new_returning_revenue", part="new", slice="S01", period="2026-10")
    assert float(rows[1]["new customers"]) == pytest.approx((october.value or 0) / 100, abs=0.01)


def test_figures_are_taken_away_by_those_who_may(log_in: LogIn) -> None:
    client = log_in("store", "S01")
    assert client.get("/stores/?stores.export=csv").status_code == 403
    assert "Export" not in client.get("/stores/").content.decode()


def test_a_store_account_reads_of_no_store_but_its_own(log_in: LogIn) -> None:
    client = log_in("store", "S01")
    assert client.get("/stores/S02/").status_code == 404
    for path in ("/stores/", "/stores/S01/", "/cohorts/"):
        text = client.get(path).content.decode()
        assert not [name for code, name in cast.STORES.items() if code != "S01" and name in text], path


def test_a_store_stands_against_itself_and_three_like_it(log_in: LogIn) -> None:
    text = log_in("operator").get("/stores/S01/").content.decode()
    assert "Of 100 newcomers at Riverside, <em>46 come back</em>." in text
    assert "At three stores like it, only 33." in text
    assert names(text, "like") == ["Riverside", "University", "Station hall", "Tech park"]
    assert names(text, "tills") == ["2", "1"]
    assert "nobody asked for the member code" in text


def test_a_month_that_is_not_over_has_no_cell_and_is_marked_where_it_stands(log_in: LogIn) -> None:
    client = log_in("operator")
    rows = taken(client, "/cohorts/?triangle.export=csv")
    assert [sum(bool(value) for value in row.values()) for row in rows] == [*[14] * 2, *range(13, 1, -1)]
    assert "Nov (month not over)" in names(client.get("/stores/S01/").content.decode(), "months")


def test_cohorts_are_cut_by_what_is_asked_and_only_by_what_there_is(log_in: LogIn) -> None:
    client = log_in("operator")
    text = client.get("/cohorts/?by=traffic&window=365").content.decode()
    assert names(text, "shares") == ["own traffic", "location traffic", "platform traffic"]
    assert len(names(client.get("/cohorts/?by=<b>&window=9").content.decode(), "shares")) == 15


def test_the_repurchase_rate_names_its_period_and_waits_for_its_end(log_in: LogIn) -> None:
    text = log_in("operator").get("/cohorts/").content.decode()
    part = text.split("Bought again within the period")[1].split("</section>")[0]
    assert re.findall(r"<dt>(.*?)</dt>", part) == ["the last 365 days", "quarter 3 of 2026"]
    assert re.findall(r'class="number"[^>]*>(.*?)</button>', part) == ["47%", "21%"]


def test_an_account_of_one_store_reads_that_stores_share(log_in: LogIn) -> None:
    text = log_in("store", "S03").get("/cohorts/").content.decode()
    assert "Of 100 newcomers, <em>21 are back within 90 days</em>" in text
    assert "Dashed: the whole brand." not in text


def test_the_bubble_shows_who_did_not_come_back_worst_first(log_in: LogIn) -> None:
    text = log_in("operator").get("/cohorts/").content.decode()
    assert names(text, "bubbles") == [
        "opening coupon",
        "advertising",
        "passing by",
        "group-buy voucher",
        "a friend",
    ]


def test_every_number_of_a_figure_opens_its_formula_count_date_and_interval(log_in: LogIn) -> None:
    client = log_in("owner")
    for path in ("/", "/stores/", "/stores/S01/", "/cohorts/"):
        text = client.get(path).content.decode()
        buttons = re.findall(r'<button type="button" class="number" popovertarget="([^"]+)"', text)
        opened = re.findall(r'<span popover id="([^"]+)" class="opened"', text)
        assert len(buttons) > 5
        assert buttons == opened
        assert len(set(buttons)) == len(buttons), path
    share = client.get("/stores/").content.decode().split('popover id="stores-0-1"')[1].split("</td>")[0]
    for fact in (
        "3,500 guests",
        "44.0%–48.0%",
        "20 Nov 2026",
        "Kaplan &amp; Meier 1958",
        "the share back within the window",
    ):
        assert fact in share


def test_an_empty_brand_says_what_to_do_on_every_page(log_in: LogIn) -> None:
    Figure.objects.all().delete()
    client = log_in("operator")
    assert "Bring in a file" in client.get("/cohorts/").content.decode()
    assert "their numbers come with the next turn" in client.get("/stores/").content.decode()
    assert "has no numbers yet" in client.get("/stores/S01/").content.decode()


def test_b2_what_a_platform_gave_stands_apart_from_what_the_brand_gave(log_in: LogIn) -> None:
    shares = {"new:brand": 0.125, "new:platform": 0.1, "returning:brand": 0.05, "returning:platform": 0.04}
    for part, value in ({"gap": 0.075} | shares).items():
        cast.figure("price_fairness", value, part=part, period="2026-10", n=900)
        cast.figure("price_fairness", 0.5, part=part, period="2026-11", n=90, note="incomplete")
    cast.figure("bubble_rate", 0.81, slice_kind="discount_by", slice="brand_and_platform", low=0.7, high=0.9)
    text = log_in("operator").get("/cohorts/").content.decode()
    fair = text[text.index('id="fair"') :]
    for said in ("those who came again, by a platform", "12.5%", "10.0%", "5.0%", "4.0%", "7.5%"):
        assert said in fair, said
    assert "50.0%" not in fair
    assert "brand and platform shared a discount" in text
