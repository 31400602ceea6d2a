"""The list of customers: found, sorted and taken away by those who may, within their stores."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from regulars.access.models import AuditEntry
from regulars.know.models import CustomerState
from tests.web import cast, exported
from tests.web.conftest import LogIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_brand")]


def numbers(client: Client, **form: str) -> list[int]:
    """The numbers of the customers that the list shows for a form."""
    page = client.post("/customers/", form).content.decode()
    return [int(found) for found in re.findall(r'href="/customers/(\d+)/"', page)]


def taken(client: Client, **form: str) -> list[dict[str, str]]:
    return exported.rows(client.post("/customers/export/", form))


@pytest.mark.parametrize(
    "words", ["王思远", "WangSiYuan", "wsy", "13800000001", "m0000001", "思远 13800000001"]
)
def test_a_customer_is_found_by_name_pinyin_phone_and_card(log_in: LogIn, words: str) -> None:
    assert numbers(log_in("operator"), q=words) == [1]


@pytest.mark.parametrize("words", ["%", "_", "'", "\\", '"; drop table'])
def test_what_a_database_might_read_as_a_pattern_is_only_text(log_in: LogIn, words: str) -> None:
    assert numbers(log_in("operator"), q=words) == []


def test_nothing_personal_is_searched_for_by_an_address(log_in: LogIn) -> None:
    page = log_in("operator").get("/customers/?q=13800000001").content.decode()
    assert 'name="q" value=""' in page
    assert len(re.findall(r'href="/customers/\d+/"', page)) == 50


@pytest.mark.parametrize(
    ("sort", "key"), [("net", "net"), ("visit_days", "visit_days"), ("last_day", "last_day")]
)
def test_a_column_sorts_both_ways_and_equal_ones_by_number(log_in: LogIn, sort: str, key: str) -> None:
    rising = list(CustomerState.objects.order_by(key, "customer").values_list("customer", flat=True))
    falling = list(CustomerState.objects.order_by(f"-{key}", "customer").values_list("customer", flat=True))
    client = log_in("owner")
    assert numbers(client, sort=sort) == rising[:50]
    assert numbers(client, sort=f"-{sort}") == falling[:50]
    assert numbers(client, sort=sort, page="2") == rising[50:]


@pytest.mark.parametrize("sort", ["value_90", "-value_90"])
def test_who_cannot_be_forecast_stands_last_either_way(log_in: LogIn, sort: str) -> None:
    CustomerState.objects.filter(customer=5).update(value_90=None)
    assert numbers(log_in("owner"), sort=sort, page="2")[-1] == 5


def test_stage_and_store_narrow_the_list(log_in: LogIn) -> None:
    shown = numbers(log_in("owner"), stage="cooling", store="S01")
    states = CustomerState.objects.filter(stage="cooling", usual_store="S01")
    assert set(shown) == set(states.values_list("customer", flat=True))
    assert shown


def test_a_store_account_sees_who_came_to_its_stores_and_nobody_else(log_in: LogIn) -> None:
    shown = set(numbers(log_in("store", "S03")))
    assert shown == set(
        CustomerState.objects.filter(stores__contains="|S03|").values_list("customer", flat=True)
    )
    assert 0 < len(shown) < 60


def test_a_store_account_without_stores_sees_nobody(log_in: LogIn) -> None:
    assert numbers(log_in("store")) == []


def test_an_analyst_counts_people_and_reads_no_names(log_in: LogIn) -> None:
    client = log_in("analyst")
    page = client.post("/customers/", {}).content.decode()
    names = set(CustomerState.objects.exclude(name="").values_list("name", flat=True))
    assert not [name for name in names if name in page]
    assert numbers(client, q="王思远") == []
    assert numbers(client, q="7") == [7]
    assert {row["name"] for row in taken(client)} == {f"Customer {n}" for n in range(1, 61)}


def test_rows_beyond_head_are_not_there_yet_and_ended_ones_no_longer(log_in: LogIn) -> None:
    CustomerState.objects.filter(customer=1).update(batch=cast.HEAD + 1)
    CustomerState.objects.filter(customer=2).update(until=cast.HEAD)
    client = log_in("owner")
    assert 1 not in numbers(client, q="13800000001")
    assert 2 not in numbers(client, q="13800000002")
    assert numbers(client, q="13800000003") == [3]


def test_an_export_holds_what_the_form_asks_for_and_runs_nothing(log_in: LogIn) -> None:
    CustomerState.objects.filter(customer=2).update(name='=HYPERLINK("http://x")')
    rows = taken(log_in("operator"), q="1380000000")
    assert [row["number"] for row in rows if row["name"].startswith("'=HYPERLINK")] == ["2"]
    assert len(rows) == 9


def test_a_store_account_takes_no_list_away(log_in: LogIn) -> None:
    assert log_in("store", "S01").post("/customers/export/").status_code == 403


def test_each_look_and_each_export_is_in_the_trail_without_what_was_typed(log_in: LogIn) -> None:
    client = log_in("operator")
    numbers(client, q="13800000001", stage="cooling")
    taken(client, q="13800000001")
    look, export = AuditEntry.objects.order_by("id")
    assert (look.verb, look.subject, look.detail) == ("look", "customers", "1 shown, cooling, searched")
    assert (export.verb, export.detail) == ("export", "1 shown, searched")


def test_a_name_is_text_whatever_it_says(log_in: LogIn) -> None:
    CustomerState.objects.filter(customer=1).update(name="<script>alert(1)</script>{{7*7}}")
    client = log_in("owner")
    for page in (client.get("/customers/1/"), client.post("/customers/", {"q": "13800000001"})):
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page.content.decode()


def test_an_empty_brand_says_what_to_do(log_in: LogIn) -> None:
    CustomerState.objects.all().delete()
    assert "Bring in a file" in log_in("operator").get("/customers/").content.decode()
