"""When a sale was, however its till writes it, and what makes its order's number."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from regulars.core.brand import BrandFacts
from regulars.core.refused import Refused
from regulars.gather.rules.forms import date_forms
from regulars.gather.tables.values import WIDE_FROM
from tests.gather.staging_of import staged
from tests.gather.test_sales import LINES, ORDERS


@pytest.mark.parametrize(
    "written",
    [
        "2024-01-05", "2024-1-5", "20240105", "2024/01/05", "2024/1/5", "2024.1.5", "2024年1月5日", "5-Jan-24",
        "05-Jan-2024", "5 January 2024", "Jan 5, 2024",
    ],
)  # fmt: skip
def test_a_date_alone_is_noon_of_that_day(tmp_path: Path, written: str) -> None:
    order = staged(tmp_path, ORDERS, f'no,shop,at,paid\n1,S1,"{written}",1\n').orders()["1"]
    assert (order["ordered_at"], order["business_date"]) == (
        datetime(2024, 1, 5, 4, tzinfo=UTC),
        date(2024, 1, 5),
    )


@pytest.mark.parametrize(
    "written",
    ["2024-01-05 20:15:30", "2024-01-05T20:15:30", "2024/1/5 20:15:30", "20240105201530", "2024-01-05T12:15:30Z",
     "2024-01-05 13:15:30+01:00", "2024-01-05 13:15:30 +0100",
     "1704456930", "1704456930000", "1704456930000000", "5.1.2024 20:15:30", "05.01.2024 20:15:30",
     "2024-01-05 12:15:30 UTC", "2024-01-05 8:15:30 PM", "2024-01-05 20:15:30.000"],
)  # fmt: skip
def test_an_instant_is_the_stores_unless_it_names_its_zone(tmp_path: Path, written: str) -> None:
    out = staged(tmp_path, ORDERS, f'no,shop,at,paid\n1,S1,"{written}",1\n')
    assert out.rejected() == []
    assert out.orders()["1"]["ordered_at"] == datetime(2024, 1, 5, 12, 15, 30, tzinfo=UTC)


def test_a_date_in_full_width_letters_is_read(tmp_path: Path) -> None:
    out = staged(tmp_path, ORDERS, "no,shop,at,paid\n1,S1,２０２４年１月５日 ２０：１５,1\n")
    assert out.orders()["1"]["ordered_at"] == datetime(2024, 1, 5, 12, 15, tzinfo=UTC)


def test_no_form_is_in_full_width_letters() -> None:
    assert not {letter for first in (True, False) for form in date_forms((), first) for letter in form} & set(
        WIDE_FROM
    )


def test_day_and_month_are_told_apart_only_by_the_map(tmp_path: Path) -> None:
    text = "no,shop,at,paid\n1,S1,05/01/2024,1\n"
    assert staged(tmp_path, ORDERS, text).rejected()[0][1:] == (
        "at",
        "05/01/2024",
        "is not a date and time in any form the map knows",
    )
    first = staged(tmp_path, ORDERS + "[dates]\nday_first = true\n", text).orders()["1"]
    assert first["business_date"] == date(2024, 1, 5)
    second = staged(tmp_path, ORDERS + "[dates]\nday_first = false\n", text).orders()["1"]
    assert second["business_date"] == date(2024, 5, 1)


@pytest.mark.parametrize("written", ["1004456930", "1204456930123"])
def test_seconds_since_1970_are_no_day_of_a_date_column(tmp_path: Path, written: str) -> None:
    by_day = ORDERS.replace("ordered_at", "date")
    out = staged(tmp_path, by_day, f"no,shop,at,paid\n1,S1,{written},1\n")
    assert [reason for *_, reason in out.rejected()] == ["is not a date in any form the map knows"]


@pytest.mark.parametrize(
    ("written", "reason"),
    [("1900-01-01", "is before 1980"), ("2999-01-01", "lies in the future"), ("2026-11-23 12:01", "lies in the future"),
     ("", "is blank"), ("2024-02-30", "is not a date and time in any form the map knows")],
)  # fmt: skip
def test_a_date_no_sale_can_have_is_rejected(tmp_path: Path, written: str, reason: str) -> None:
    out = staged(tmp_path, ORDERS, f"no,shop,at,paid\n1,S1,{written},1\n2,S1,2026-11-21,1\n")
    assert out.rejected() == [(2, "at", written, reason)]
    assert list(out.orders()) == ["2"]


def test_a_stores_day_ends_at_four_and_its_clock_is_its_own(tmp_path: Path) -> None:
    text = (
        "no,shop,at,paid\n"
        "1,S1,2024-01-06 03:59,1\n"
        "2,S1,2024-01-06 04:00,1\n"
        "3,NY,2024-07-06 03:59,1\n"
        "4,NY,2024-01-06 12:00,1\n"
    )
    orders = staged(tmp_path, ORDERS, text, brand=BrandFacts(store_zones={"NY": "America/New_York"})).orders()
    assert [orders[each]["business_date"].day for each in "123"] == [5, 6, 5]
    assert orders["3"]["ordered_at"] == datetime(2024, 7, 6, 7, 59, tzinfo=UTC)  # summer time
    assert orders["4"]["ordered_at"] == datetime(2024, 1, 6, 17, tzinfo=UTC)


def test_a_number_as_date_and_an_hour_beside_it(tmp_path: Path) -> None:
    text = LINES.replace('ordered_at = "at"', 'date = "day"\nhour = "hour"')
    rows = "no,shop,day,hour,dish,qty,paid\n1,S1,20240105,14,tofu,1,1\n2,S1,20240105,24,tofu,1,1\n"
    out = staged(tmp_path, text, rows)
    assert out.orders()["1"]["ordered_at"] == datetime(2024, 1, 5, 6, tzinfo=UTC)
    assert out.rejected() == [(3, "hour", "24", "is not an hour of the day")]


def test_headers_may_be_padded_and_cased_otherwise(tmp_path: Path) -> None:
    out = staged(tmp_path, ORDERS, "\ufeff No ,SHOP  ,at\u3000,  Paid\n1 , S1 ,2024-01-05 , 2 \n")
    assert (out.orders()["1"]["net"], out.orders()["1"]["store_id"]) == (200, "S1")


def test_a_header_that_is_missing_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(
        Refused, match="the map reads paid, which the file does not have; it has no, shop, at, amount"
    ):
        staged(tmp_path, ORDERS, "no,shop,at,amount\n1,S1,2024-01-05,1\n")


def test_order_numbers_that_start_again_are_made_one_by_the_key(tmp_path: Path) -> None:
    text = "no,shop,at,paid\n1,S1,2024-01-05,1\n1,S1,2024-01-06,2\n1,S2,2024-01-05,4\n"
    out = staged(tmp_path, 'key = ["shop", "business_date", "no"]\n' + ORDERS, text)
    assert {key: order["net"] for key, order in out.orders().items()} == {
        "S1/2024-01-05/1": 100,
        "S1/2024-01-06/1": 200,
        "S2/2024-01-05/1": 400,
    }
    text = "no,shop,at,dish,qty,paid\n1,S1,2024-01-05,a,1,1\n1,S1,2024-03-06,a,1,2\n1,S2,2024-01-05,a,1,4\n"
    without = staged(tmp_path, LINES, text)
    assert without.staged.taken["orders"] == 1
    assert [(row, column) for row, column, _, _ in without.rejected()] == [(3, "at"), (4, "shop")]
    assert "start again" in without.rejected()[0][3]
