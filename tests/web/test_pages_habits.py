"""Numbers of habits: the sentence says what they mean, the picture is whole, slices are compared evened out."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.translation import override

from regulars.measure.models import Figure
from regulars.web.behind import behind
from regulars.web.figures import Figures
from regulars.web.whole import parts_of
from regulars.web.words import slice_name
from regulars.web.words.measures import beside, part_name
from tests.web import cast, cast_habits, exported
from tests.web.conftest import LogIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_habits")]


@pytest.fixture
def made_habits(made_brand: None) -> None:
    """The made-up brand, with numbers of habits."""
    names = ("second_purchase_stock", "rfm_grid", "days_to_nth_visit", "first_triangle", "segments")
    Figure.objects.filter(metric__in=names).exclude(slice_kind="", slice="").delete()
    cast_habits.habits()


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def plain(text: str) -> str:
    without = re.sub(r"<span popover.*?</span></?(?:span|a|td|dd|th)", " ", text, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", without))


def heading(text: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", text, re.S)
    assert found is not None
    return plain(found.group(1)).strip()


def names(text: str, table: str) -> list[str]:
    inside = text.split(f'id="t-{table}"')[1].split("</table>")[0]
    return [plain(each).strip() for each in re.findall(r'<th scope="row">(.*?)</th>', inside, re.S)]


def test_most_who_never_pay_the_list_price_are_said_and_so_are_most_who_always_do(log_in: LogIn) -> None:
    client = log_in("operator")
    assert "60 never paid the list price" in heading(read(client, "/numbers/discount_share/"))
    Figure.objects.filter(metric="discount_share", part="days:always").update(value=0.1)
    Figure.objects.filter(metric="discount_share", part="days:never").update(value=0.6)
    assert "60 have never bought on discount" in heading(read(client, "/numbers/discount_share/"))


def test_the_shape_of_gaps_is_told_as_habit_or_chance_by_its_interval(log_in: LogIn) -> None:
    client = log_in("operator")
    assert "by habit" in heading(read(client, "/numbers/regularity/"))
    Figure.objects.filter(metric="regularity").update(value=1.2, low=1.1, high=1.3)
    assert "a little more evenly than by chance" in heading(read(client, "/numbers/regularity/"))
    Figure.objects.filter(metric="regularity").update(value=1.1, low=0.9, high=1.3)
    assert "as by chance" in heading(read(client, "/numbers/regularity/"))


def test_who_comes_lately_and_often_is_added_up_from_the_grid(log_in: LogIn) -> None:
    text = read(log_in("operator"), "/numbers/rfm_grid/")
    # (4 + 5) × (4 + 5) of 15 × 15 parts
    assert heading(text).startswith("The 36 of 100 who come lately and often bring 36% of all spend")
    assert names(text, "people_rfm") == ["5 lately", "4", "3", "2", "1 long ago"]
    assert "heat-9" in text


def test_a_cell_of_the_grid_lists_those_in_it() -> None:
    cell = Figure.objects.get(metric="rfm_grid", part="r5f4")
    assert str(behind(cell)) == "(AND: ('grade__startswith', '54'))"
    cell.slice = "fixed"  # the desk keeps the digits of ranks alone
    assert behind(cell) is None


def test_the_first_return_is_called_the_hardest_only_where_it_is(log_in: LogIn) -> None:
    client = log_in("operator")
    text = read(client, "/numbers/days_to_nth_visit/")
    assert heading(text).startswith("Of 100 who came once, 24 come again within a year")
    assert "The first return is the hardest" in text
    assert names(text, "visits") == ["visit 2", "visit 3", "visit 4"]
    assert names(text, "first_store") == ["Riverside", "Station hall"], (
        "who began where most come again, first"
    )
    Figure.objects.filter(metric="days_to_nth_visit", part="365", slice="2").update(value=0.9)
    assert "The first return is the hardest" not in read(client, "/numbers/days_to_nth_visit/")


def test_gaps_are_a_spread_by_the_visit_they_led_to(log_in: LogIn) -> None:
    text = read(log_in("operator"), "/numbers/interpurchase_interval/")
    assert heading(text) == "Half of all gaps between two visits are no longer than 60 days ."
    assert "Nine of ten who came again did so within 108 days" in text
    assert names(text, "within") == ["all gaps", "to visit 2", "to visit 6 or later"]


def test_a_small_store_is_compared_evened_out_with_what_was_counted_beside(log_in: LogIn) -> None:
    answer = log_in("analyst").get("/numbers/second_purchase_stock/?by=store&slices.export=csv")
    rows = exported.rows(answer)
    told = {row["store"]: (float(row["evened out"]), float(row["as counted"])) for row in rows}
    assert sorted(told.values()) == [(0.80, 0.80), (0.82, 0.95)]


def test_what_is_drawn_towards_the_brand_is_no_part_of_its_own(log_in: LogIn) -> None:
    rows = Figure.objects.filter(metric="second_purchase_stock")
    assert "shrunk" not in parts_of(Figures(rows), "second_purchase_stock")
    assert "shrunk" not in plain(read(log_in("operator"), "/numbers/second_purchase_stock/"))


def test_means_are_drawn_on_their_own_scale_and_bands_in_their_order(log_in: LogIn) -> None:
    text = read(log_in("operator"), "/numbers/breadth/?part=products&by=visits")
    assert names(text, "slices") == ["3–4 visits", "10 visits or more"]
    assert "95% interval, from 6.20 to 39.80" in text


def test_a_number_with_months_by_store_alone_is_compared_in_the_last_one_over(log_in: LogIn) -> None:
    text = read(log_in("operator"), "/numbers/first_triangle/?part=1&by=first_store")
    assert names(text, "slices") == [cast.STORES["S01"], cast.STORES["S02"]]  # the share as it falls
    assert "1 month later in September" in plain(text)


def test_the_triangle_of_those_who_began_in_one_store(log_in: LogIn) -> None:
    client = log_in("operator")
    text = read(client, "/cohorts/?begun=first_store&with=S02")
    shown = text.split('id="t-triangle"')[1].split("</table>")[0]
    assert "10%" in plain(shown)
    assert names(text, "triangle") == ["Aug", "Sep", "Oct"]
    assert len(names(read(client, "/cohorts/?begun=first_store&with=nowhere"), "triangle")) == 3
    assert "first store" not in read(log_in("store", "S01"), "/cohorts/")


def test_every_part_of_a_number_without_slices_stands_in_one_table(log_in: LogIn) -> None:
    text = read(log_in("operator"), "/numbers/discount_share/")
    assert names(text, "parts")[:2] == ["Taken off the list price", "Share bought on discount"]
    assert [each.rpartition("(")[2] for each in names(text, "parts")[2:]] == [
        "never)", "sometimes)", "mostly)", "always)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "slice", "english", "chinese"),
    [
        ("first_store", "S01", "Riverside", "Riverside"),
        ("first_channel", "dine_in", "dine-in", "堂食"),
        ("first_offer", "group_buy", "group-buy voucher", "团购券"),
        ("pair", "D1|D2", "Fish + Rice", "Fish + Rice"),
        ("first_product", "others", "all others", "其他全部"),
        ("till", "S01/T2", "Riverside, till T2", "Riverside T2 收银台"),
        ("shift", "dinner", "dinner", "晚市"),
        ("stage", "second_timer", "second-timer", "二次客"),
        ("week", "2026-11-16", "week of 16 Nov 2026", "2026年11月16日起的一周"),
        ("visit", "6+", "visit 6 or later", "第 6 次及以后"),
        ("visits", "1", "1 visit", "到店 1 次"),
        ("grade", "fixed", "by fixed bounds", "按固定界限"),
        ("coupon", "SUMMER", "SUMMER", "SUMMER"),
    ],
)
def test_a_slice_has_a_name_in_both_languages(kind: str, slice: str, english: str, chinese: str) -> None:
    for language, said in (("en", english), ("zh-hans", chinese)):
        with override(language):
            assert slice_name(kind, slice, {"S01": "Riverside"}, {"D1": "Fish", "D2": "Rice"}) == said


@pytest.mark.parametrize(
    ("metric", "part", "name", "unsaid"),
    [
        ("revenue_factors", "whole:change:ticket", "ticket (all orders, since the month before)", "ticket"),
        ("rfm_grid", "net:r5f1", "recency 5, frequency 1 (part of all spend)", "recency 5, frequency 1"),
        ("interpurchase_interval", "p50", "half are no longer", "half are no longer"),
        ("price_fairness", "new:brand", "taken off by the brand (new)", "taken off by the brand"),
        ("cohort_second_visit", "90", "90 days", ""),
    ],
)
def test_a_part_has_a_name_without_its_code(metric: str, part: str, name: str, unsaid: str) -> None:
    with override("en"):
        assert (part_name(metric, part), beside(metric, part)) == (name, unsaid)


def test_what_is_evened_out_opens_the_number_it_evens_out(log_in: LogIn) -> None:
    client = log_in("operator")
    text = read(client, "/numbers/second_purchase_stock/?by=store")
    cell = text.split('id="t-slices"')[1].split("</td>")[0]
    assert "evened out: drawn towards the brand" in cell
    assert 'href="/numbers/second_purchase_stock/"' in cell


def test_every_number_on_a_page_leads_to_a_page_that_is_there(log_in: LogIn) -> None:
    client = log_in("owner")
    links = {
        link.replace("&amp;", "&")
        for path in ("/", "/stores/", "/stores/S01/", "/cohorts/", "/numbers/", "/numbers/rfm_grid/")
        for link in re.findall(r'href="(/numbers/\w+/(?:\?part=[^"]*)?)"', read(client, path))
    }
    assert len(links) > 20
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_all_numbers_leave_as_a_file(log_in: LogIn) -> None:
    client = log_in("analyst")
    answer = client.get("/numbers/?numbers.export=csv")
    rows = exported.rows(answer)
    told = {row["number"]: row for row in rows}
    assert float(told["Share bought on discount"]["value"]) == 0.7
    assert told["Newcomers back in 90 days"]["question"] == "Who comes back?"
    assert "Export" in read(client, "/numbers/")
