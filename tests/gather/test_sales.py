"""Files of sales as tills write them, through a map, to orders in minor units and UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from regulars.core.brand import BrandFacts
from regulars.core.refused import Refused
from tests.gather.staging_of import staged

ORDERS = """
rows = "orders"
[columns]
order_id = "no"
store_id = "shop"
ordered_at = "at"
net = "paid"
"""
LINES = """
rows = "lines"
[columns]
order_id = "no"
store_id = "shop"
ordered_at = "at"
product_id = "dish"
quantity = "qty"
paid_price = "paid"
"""


def test_lines_become_an_order_with_their_exact_sum(tmp_path: Path) -> None:
    out = staged(
        tmp_path,
        LINES,
        "no,shop,at,dish,qty,paid\n1,S1,2024-01-05 12:30,tofu,1,0.1\n1,S1,2024-01-05 12:30,rice,2,0.2\n",
    )
    order = out.orders()["1"]
    assert (order["net"], order["refunded"], order["status"]) == (30, 0, "paid")
    assert order["gross"] is None
    assert order["version"] is None
    assert order["discount"] is None
    assert order["ordered_at"] == datetime(2024, 1, 5, 4, 30, tzinfo=UTC)  # Shanghai is eight hours ahead
    assert order["business_date"] == date(2024, 1, 5)
    assert [(line["line"], line["product_id"], line["paid_price"]) for line in out.rows("order_lines")] == [
        (1, "tofu", 10),
        (2, "rice", 20),
    ]


def test_an_amount_is_rounded_once_a_half_away_from_zero(tmp_path: Path) -> None:
    text = (
        "no,shop,at,dish,qty,paid\n" + "1,S1,2024-01-05,tofu,1,0.005\n" * 2 + "2,S1,2024-01-05,tofu,1,0.005\n"
    )
    out = staged(tmp_path, LINES, text)
    assert {key: order["net"] for key, order in out.orders().items()} == {"1": 1, "2": 1}
    assert [line["paid_price"] for line in out.rows("order_lines")] == [
        1,
        1,
        1,
    ]  # the order's own sum is the truth


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("1,234.50", 123450), ("¥12", 1200), ("￥12.00元", 1200), (" 7 ", 700), ("RMB 5.00", 500), ("１２．５", 1250),
        ("1e2", 10000), (".5", 50), ("1 234", 123400),
    ],
)  # fmt: skip
def test_money_is_read_however_a_till_spells_it(tmp_path: Path, written: str, minor: int) -> None:
    out = staged(tmp_path, ORDERS, f'no,shop,at,paid\n1,S1,2024-01-05,"{written}"\n')
    assert out.orders()["1"]["net"] == minor


@pytest.mark.parametrize(
    "written", ["12,5", "1.234,5", "abc", "1.2.3", "12,34,56", "99999999999999", "$", "1/2"]
)
def test_an_amount_that_could_mean_two_things_is_rejected(tmp_path: Path, written: str) -> None:
    out = staged(tmp_path, ORDERS, f'no,shop,at,paid\n1,S1,2024-01-05,"{written}"\n')
    reason = "is not an amount of money below a million million"
    assert out.rejected() == [(2, "paid", written, reason)]
    assert out.staged.reasons == {reason: 1}
    assert out.staged.taken["orders"] == 0


def test_a_decimal_comma_is_read_where_the_map_says_so(tmp_path: Path) -> None:
    text = ORDERS.replace(
        "[columns]", '[file]\ndelimiter = ";"\n[numbers]\ndecimal = ","\nthousands = "."\n[columns]'
    )
    rows = "no;shop;at;paid\n1;S1;2024-01-05;1.234,50\n2;S1;2024-01-05;12,5\n3;S1;2024-01-05;1.5\n"
    out = staged(tmp_path, text, rows)
    assert {key: order["net"] for key, order in out.orders().items()} == {"1": 123450, "2": 1250}
    assert out.rejected()[0][:3] == (4, "paid", "1.5")


def test_another_currency_is_changed_by_its_rate(tmp_path: Path) -> None:
    text = "no,shop,at,paid\n1,S1,2024-01-05,10.01\n"
    assert staged(tmp_path, "rate = 7.1234\n" + ORDERS, text).orders()["1"]["net"] == 7131  # 71.305234
    by_row = staged(tmp_path, 'rate_column = "fx"\n' + ORDERS, "no,shop,at,paid,fx\n1,S1,2024-01-05,10,0.5\n")
    assert by_row.orders()["1"]["net"] == 500
    torn = staged(tmp_path, 'rate_column = "fx"\n' + ORDERS, "no,shop,at,paid,fx\n1,S1,2024-01-05,10,\n")
    assert torn.rejected() == [(2, "fx", "", "is not a rate of one currency in another")]
    assert staged(tmp_path, ORDERS, text, brand=BrandFacts(currency="JPY")).orders()["1"]["net"] == 10
    assert staged(tmp_path, ORDERS, text, brand=BrandFacts(currency="KWD")).orders()["1"]["net"] == 10010


def test_unit_prices_are_multiplied_by_the_quantity(tmp_path: Path) -> None:
    text = "no,shop,at,dish,qty,paid\n1,S1,2024-01-05,tofu,3,1.5\n"
    assert staged(tmp_path, 'amounts = "unit"\n' + LINES, text).orders()["1"]["net"] == 450


def test_a_list_price_of_one_unit_stands_beside_what_was_paid_for_the_line(tmp_path: Path) -> None:
    text = "no,shop,at,dish,qty,paid,each\n1,S1,2024-01-05,tofu,3,4.2,1.5\n"
    order = staged(tmp_path, 'amounts = "unit_list"\n' + LINES + 'list_price = "each"\n', text).orders()["1"]
    assert (order["gross"], order["discount"], order["net"]) == (450, 30, 420)


def test_list_prices_give_gross_and_discount(tmp_path: Path) -> None:
    text = "no,shop,at,dish,qty,paid,off\n1,S1,2024-01-05,tofu,1,8,-2\n1,S1,2024-01-05,rice,1,3,\n"
    order = staged(tmp_path, LINES + 'line_discount = "off"\n', text).orders()["1"]
    assert (order["gross"], order["discount"], order["net"]) == (1300, 200, 1100)


def test_the_day_stands_in_another_file(tmp_path: Path) -> None:
    (tmp_path / "days.csv").write_text("day_id,the_day\n 7 ,2024-01-05\n8,2024-01-06\n")
    join = '[[joins]]\nfile = "days.csv"\non = { day = "day_id" }\ncolumns = ["the_day"]\n'
    text = LINES.replace('"at"', '"the_day"') + join
    rows = "no,shop,day,dish,qty,paid\n1,S1,7,tofu,1,1\n2,S1,9,tofu,1,1\n"
    out = staged(tmp_path, text, rows)
    assert out.orders()["1"]["business_date"] == date(2024, 1, 5)
    assert out.rejected() == [(3, "the_day", None, "is blank")]
    assert (
        out.rows("rejected")[0]["raw"]
        == '{"no":"2","shop":"S1","day":"9","dish":"tofu","qty":"1","paid":"1"}'
    )
    (tmp_path / "days.csv").write_text("day_id,the_day\n7,2024-01-05\n7,2024-01-06\n")
    with pytest.raises(Refused, match="several different rows for one day_id"):
        staged(tmp_path, text, rows)


def test_constants_stand_in_where_no_column_does(tmp_path: Path) -> None:
    text = (
        ORDERS.replace('store_id = "shop"\n', "") + '[constants]\nstore_id = "web"\nsales_channel = "外卖"\n'
    )
    order = staged(tmp_path, text, "no,at,paid\n1,2024-01-05,1\n").orders()["1"]
    assert (order["store_id"], order["sales_channel"]) == ("web", "delivery")


def test_a_blank_or_zero_customer_number_is_no_card(tmp_path: Path) -> None:
    text = ORDERS + '[identifiers]\nmember_card = "card"\nphone = ["p1", "p2"]\n'
    rows = (
        "no,shop,at,paid,card,p1,p2\n"
        "1,S1,2024-01-05,1,,0,null\n"
        "2,S1,2024-01-05,1,0,,\n"
        "3,S1,2024-01-05,1,C7,139 1234 5670,+86 13912345670\n"
    )
    out = staged(tmp_path, text, rows)
    assert sorted((row["ref_id"], row["identifier_type"], row["kind"]) for row in out.rows("sightings")) == [
        ("3", "member_card", "order"),
        ("3", "phone", "order"),  # written in two ways, it is one
    ]
    assert {(row["identifier_type"], row["value"]) for row in out.rows("identifiers")} == {
        ("member_card", "C7"),
        ("phone", "+8613912345670"),
    }
    assert all(len(row["identifier_hash"]) == 32 for row in out.rows("sightings"))


def test_read_is_taken_and_repeated_and_rejected(tmp_path: Path) -> None:
    text = (
        "no,shop,at,dish,qty,paid\n"
        "1,S1,2024-01-05,a,1,1\n"
        ",S1,2024-01-05,a,1,1\n"
        "2,,2024-01-05,a,1,1\n"
        "3,S1,2024-01-05,a,1\n"
        "4,S1,2024-01-05,a,1,1,9\n"
    )
    out = staged(tmp_path, LINES, text)
    assert out.staged.read == 5 == out.staged.taken["order_lines"] + out.staged.repeated + out.staged.rejected
    assert [(row, reason) for row, _, _, reason in out.rejected()] == [
        (3, "has no order number"), (4, "is blank"), (5, "has fewer columns than the header"),
        (6, "has more columns than the header"),
    ]  # fmt: skip
    assert (
        out.rows("rejected")[1]["raw"]
        == '{"no":"2","shop":"","at":"2024-01-05","dish":"a","qty":"1","paid":"1"}'
    )


def test_formulas_templates_and_scripts_are_text(tmp_path: Path) -> None:
    text = 'rows = "records"\n[columns]\nrecord_id = "id"\nname = "name"\n'
    names = ['=HYPERLINK(\\"x\\")', "{{7*7}}", "<script>alert(1)</script>", "Robert'); DROP TABLE t;--"]
    quoted, twice = '\\"', '""'
    rows = "".join(f'{n},"{name.replace(quoted, twice)}"\n' for n, name in enumerate(names))
    out = staged(tmp_path, text, "id,name\n" + rows)
    assert [row["name"] for row in sorted(out.rows("records"), key=lambda row: row["record_id"])] == [
        name.replace(quoted, '"') for name in names
    ]


def test_numbers_beyond_every_bound_are_rejected_rows(tmp_path: Path) -> None:
    text = LINES + 'guests = "guests"\nunit_cost = "cost"\n'
    rows = (
        "no,shop,at,dish,qty,paid,guests,cost\n1,S1,2024-01-05,tofu,99999999,999999999999,,1\n"
        "2,S1,2024-01-05,tofu,1,1,99999999999,1\n3,S1,2024-01-05,tofu,1,1,2,999999999999\n"
    )
    out = staged(tmp_path, 'amounts = "unit"\n' + text, rows)
    assert [(row, column) for row, column, _, _ in out.rejected()] == [(2, "qty"), (3, "guests")]
    assert out.orders()["3"]["net"] == 100
