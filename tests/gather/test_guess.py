"""A map guessed from headers and values alone."""

from __future__ import annotations

import csv
import io

import pytest

from regulars.core.refused import Refused
from regulars.gather.map import read_map
from regulars.gather.map.guess import Guess, guess


def guessed(text: str, delimiter: str = ",") -> Guess:
    head, *rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return guess(head, {name: [row[n] for row in rows] for n, name in enumerate(head)})


def test_chinese_lines_are_recognised() -> None:
    found = guessed(
        "订单号,门店,下单时间,菜品名称,数量,单价,实收金额,会员手机号,状态\n"
        "A1,人民广场店,2024/1/5 12:30,宫保鸡丁,1,¥38.00,38,13912345678,已支付\n"
    )
    assert found.map is not None
    assert found.rows == "lines"
    assert found.overall > 0.7
    assert {field: header for field, (header,) in found.map.columns.items()} == {
        "order_id": "订单号", "store_id": "门店", "ordered_at": "下单时间", "product_id": "菜品名称",
        "quantity": "数量", "list_price": "单价", "paid_price": "实收金额", "status": "状态",
    }  # fmt: skip
    assert found.map.identifiers == {"phone": ("会员手机号",)}
    assert found.map.amounts == "unit_list"
    assert read_map(found.text) == found.map


def test_chinese_orders_with_a_decimal_comma_and_the_day_first() -> None:
    found = guessed(
        "单号;店名;日期;应收;实收;卡号;手机\nA1;人广;31/12/2024;1.038,00;38,50;0001;13912345678\n", ";"
    )
    assert found.map is not None
    assert found.rows == "orders"
    assert (found.map.decimal, found.map.thousands, found.map.day_first) == (",", ".", True)
    assert found.map.columns["net"] == ("实收",)
    assert found.map.columns["gross"] == ("应收",)


def test_english_orders_with_returns() -> None:
    found = guessed("Order No,Store,Order Date,Total\n1,A,2024-01-05,5\n2,A,2024-01-05,-5\n")
    assert found.map is not None
    assert found.rows == "orders"
    assert found.map.returns == "negative"


def test_a_phone_is_known_by_its_values() -> None:
    found = guessed("member_id,name,kontakt\nM1,Li,13912345678\nM2,Wu,13712345678\n")
    assert found.map is not None
    assert found.rows == "records"
    assert found.map.identifiers["phone"] == ("kontakt",)


def test_a_date_that_could_be_two_days_lowers_the_confidence() -> None:
    sure = guessed("order_no,store,date,total\n1,A,2024-01-05,5\n")
    unsure = guessed("order_no,store,date,total\n1,A,01/05/2024,5\n")
    assert sure.overall > 0.9
    assert unsure.overall <= 0.5
    assert unsure.map is not None
    assert unsure.map.day_first is None


def test_what_is_missing_is_said_and_left_open() -> None:
    found = guessed("order_no,product_code,qty,line_total\n1,P,1,5\n")
    assert found.map is None
    assert found.overall == 0
    assert set(found.missing) == {"store_id", "ordered_at or date"}
    assert '# store_id = "…"' in found.text
    with pytest.raises(Refused, match="needs store_id"):
        read_map(found.text)


def test_amounts_that_are_no_numbers_are_not_taken_for_amounts() -> None:
    found = guessed("order_no,store,date,total,net\n1,A,2024-01-05,5,n\n2,A,2024-01-05,6,m\n")
    assert found.map is not None
    assert found.map.columns["net"] == ("total",)


def test_a_file_of_something_else_is_refused() -> None:
    with pytest.raises(Refused, match="no column is like anything in a file of sales"):
        guessed("sepal_length,sepal_width\n5.1,3.5\n")


def test_a_header_with_a_line_end_cannot_leave_its_comment() -> None:
    found = guess(["order_no", "store", "date", "total", "x\nrows = 'spend'"], {})
    assert found.map is not None
    assert read_map(found.text) == found.map


def test_a_file_of_one_store_is_of_one_store_and_the_rest_of_the_map_stands() -> None:
    found = guessed(
        "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
        "536365,85123A,6,12/1/2010 8:26,2.55,17850.0\nC536379,D,-1,12/13/2010 9:41,27.5,\n"
    )
    assert found.map is not None
    assert found.map.constants == {"store_id": "the store"}
    assert (found.map.amounts, found.map.returns, found.map.day_first) == ("unit", "negative", False)
    assert found.overall <= 0.5
    assert "write its name under [constants]" in found.text
    assert read_map(found.text) == found.map


def test_an_unfinished_map_keeps_what_was_told_by_the_values() -> None:
    found = guessed("receipt no;item;qty;unit price\n1;P;2;3,50\n2;P;-1;3,50\n", ";")
    assert found.map is None
    for said in ('amounts = "unit"', 'returns = "negative"', 'decimal = ","'):
        assert said in found.text
    finished = found.text + '[constants]\nstore_id = "S"\ndate = "2024-01-05"\n'
    assert read_map(finished).amounts == "unit"


def test_a_currency_sign_after_an_amount_and_a_day_with_points_are_known() -> None:
    found = guessed(
        "receipt no;date;store;total\n1;03.01.2025 10:00;A;1.234,50 €\n2;04.01.2025;A;3,00 €\n", ";"
    )
    assert found.map is not None
    assert found.map.columns["net"] == ("total",)
    assert found.map.decimal == ","
    assert found.overall > 0.8


def test_order_numbers_that_stand_in_several_stores_or_start_again_each_day_make_a_key() -> None:
    def file(stores: str, days: int, numbers: int) -> str:
        rows = [
            f"{n},{s},2024-01-{d + 1:02d} 12:00,5"
            for d in range(days)
            for s in stores
            for n in range(numbers)
        ]
        return "\n".join(["order_no,store,order_time,total", *rows]) + "\n"

    keys = [guessed(file(*each)).map for each in (("AB", 2, 5), ("AB", 1, 5), ("A", 2, 5), ("A", 1, 5))]
    assert [each.key if each else None for each in keys] == [
        ("store_id", "business_date", "order_id"),
        ("store_id", "order_id"),
        ("store_id", "business_date", "order_id"),
        (),
    ]


def test_an_order_refunded_on_another_day_makes_no_key() -> None:
    rows = [f"{n},A,2024-01-05,5" for n in range(10)] + ["3,A,2024-01-07,-5"]
    found = guessed("\n".join(["order_no,store,date,total", *rows]) + "\n")
    assert found.map is not None
    assert found.map.key == ()


def test_another_currency_is_pointed_out() -> None:
    found = guessed("order_no,store,date,total,Currency\n1,A,2024-01-05,5,EUR\n")
    assert "# Currency says EUR: amounts count as the brand's currency" in found.text
