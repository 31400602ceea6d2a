"""Where people are lost, what guests are worth, what they order: the sentences follow from the figures alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from regulars.brand.models import Product
from regulars.measure.models import Figure
from tests.web import exported
from tests.web.cast import TODAY
from tests.web.conftest import LogIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_brand")]


def put(metric: str, part: str, value: float | None, n: int = 1000, **more: Any) -> None:
    Figure.objects.create(batch=1, metric=metric, part=part, value=value, n=n, as_of=TODAY, **more)


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def ways(period: str, note: str = "", **counted: int) -> None:
    for way, customers in counted.items():
        put("stage_flows", way.replace("_to_", ">"), customers, period=period, note=note)


def test_where_people_are_lost_is_read_off_the_last_month_that_is_over(log_in: LogIn) -> None:
    ways("2026-10", new_to_cooling=300, regular_to_cooling=100, cooling_to_lost=80, lost_to_won_back=7)
    ways("2026-11", "incomplete", new_to_cooling=1)
    text = read(log_in("operator"), "/numbers/lost/")
    assert "In October 400 guests grew late, <em>75% of them after a single visit</em>." in text
    assert "80 were lost for good" in text
    assert "7 were won back" in text
    assert "speak to newcomers" in text


def test_stores_stand_beside_each_other_and_open_with_their_own_ways(log_in: LogIn) -> None:
    ways("2026-10", new_to_cooling=300)
    for store, late, n in (("S01", 30, 1000), ("S02", 90, 900), ("S03", 2, 20)):
        more: dict[str, Any] = {"slice_kind": "store", "slice": store, "period": "2026-10"}
        put("stage_flows", "new>cooling", late, n=n, **more)
    put("stage_flows", "at:cooling", 90, slice_kind="store", slice="S04", period="2026-10")
    put("stage_flows", "at:regular", 150, slice_kind="store", slice="S04", period="2026-10")
    put("stage_flows", "unknown>new", 20, slice_kind="store", slice="S01", period="2026-10")
    client = log_in("operator")
    rows = exported.rows(client.get("/numbers/lost/?stores.export=csv"))
    told = [tuple(row[name] for name in ("grew late", "there in the month", "late")) for row in rows]
    # S01: of a thousand and twenty who came; S03: too few to tell; S04: nobody left
    assert [row[1:] for row in told] == [("900", "90"), ("1020", "30"), ("150", "0"), ("20", "2")]
    assert [float(row[0]) if row[0] else None for row in told] == pytest.approx([0.1, 30 / 1020, 0, None])
    assert [row["grew late: from"] for row in rows] == ["900", "1020", "150", ""]
    text = read(client, "/numbers/lost/?store=S02")
    assert "In October 90 guests grew late" in text
    assert "In October 300 guests grew late" in read(client, "/numbers/lost/?store=nowhere")
    theirs = read(log_in("store", "S01"), "/numbers/lost/?store=S02")
    assert "In October 30 guests grew late" in theirs


def test_what_to_do_changes_with_who_grows_late(log_in: LogIn) -> None:
    ways("2026-10", new_to_cooling=100, regular_to_cooling=300)
    text = read(log_in("operator"), "/numbers/lost/")
    assert "look after those before they are lost" in text
    assert "speak to newcomers" not in text


def test_the_ways_leave_as_a_file(log_in: LogIn) -> None:
    ways("2026-10", new_to_cooling=300)
    answer = log_in("analyst").get("/numbers/lost/?flows.export=csv")
    rows = exported.rows(answer)
    assert [row["cooling"] for row in rows if row["stage left"] == "new"] == ["300.0"]


def test_worth_says_who_changed_it_and_which_way(log_in: LogIn) -> None:
    put("equity", "365", 9_000_00, low=7_000_00, high=12_000_00)
    for part, value in {"new": 50_00, "lost": -80_00, "more": 10_00, "less": -5_00, "gone": 0.0}.items():
        put("equity", f"{part}:365", value, 10)
    text = plain(read(log_in("operator"), "/numbers/worth/"))
    assert "The 1,000 guests known today are expected to bring ¥9,000 within 365 days" in text
    assert "Most likely between ¥7,000 and ¥12K" in text
    assert "the lost took ¥80 away, more than the ¥50" in text
    Figure.objects.filter(part="new:365").update(value=90_00)
    assert "new guests brought ¥90, more than the ¥80" in plain(read(log_in("owner"), "/numbers/worth/"))


def dish(code: str, ratio: float, back: float, expected: float, note: str = "") -> None:
    more: dict[str, Any] = {"slice_kind": "product", "slice": code}
    put("first_basket", "second", ratio, low=ratio - 0.05, high=ratio + 0.05, note=note, **more)
    put("first_basket", "second:back", back, **more)
    put("first_basket", "second:expected", expected, **more)


def test_the_dish_that_loses_most_newcomers_is_named(log_in: LogIn) -> None:
    Product.objects.create(code="D1", name="Numbing fish")
    for part, value in {"compared": 3, "makes": 0, "loses": 2}.items():
        put("first_basket", f"second:{part}", value)
    dish("D1", 0.6, 60, 100, "loses")
    dish("D2", 0.5, 10, 20, "loses")  # loses a larger part, but fewer people
    dish("D3", 1.0, 50, 50)
    text = read(log_in("operator"), "/numbers/orders/")
    assert "Numbing fish in a first basket <em>loses 40 newcomers</em>." in text
    Figure.objects.filter(metric="first_basket", note="loses").update(note="")
    text = read(log_in("owner"), "/numbers/orders/")
    assert "Of 3 first dishes none loses newcomers for sure." in text
    assert "One thing to do" not in text


def test_a_store_account_is_not_told_the_brands_numbers(log_in: LogIn) -> None:
    ways("2026-10", new_to_cooling=300)
    put("equity", "365", 9_000_00)
    put("first_basket", "second:compared", 3)
    client = log_in("store", "S01")
    for path in ("/numbers/worth/", "/numbers/orders/"):
        assert "for the whole brand" in read(client, path)
    for path in ("/numbers/lost/", "/numbers/worth/", "/numbers/orders/"):
        assert "300" not in plain(read(client, path))


def test_an_empty_brand_is_told_what_it_takes(log_in: LogIn) -> None:
    Figure.objects.all().delete()
    client = log_in("operator")
    for path, said in (
        ("/numbers/", "No number can be told yet."),
        ("/numbers/lost/", "Where people are lost cannot be told yet."),
        ("/numbers/worth/", "What guests are worth cannot be told yet."),
        ("/numbers/orders/", "What guests order cannot be told yet."),
    ):
        assert said in read(client, path)


def test_who_may_not_see_figures_is_sent_away(log_in: LogIn) -> None:
    assert Client(headers={"host": "localhost"}).get("/numbers/worth/").status_code == 302
