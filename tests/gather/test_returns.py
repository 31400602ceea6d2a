"""What was taken back, and what was sent twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.gather.staging_of import staged
from tests.gather.test_sales import LINES, ORDERS


def test_negative_rows_are_returns_only_where_the_map_says_so(tmp_path: Path) -> None:
    text = (
        "no,shop,at,dish,qty,paid\n"
        "1,S1,2024-01-05,tofu,2,10\n"
        "1,S1,2024-01-05,tofu,-1,-5\n"
        "2,S1,2024-01-07,tofu,-1,(5)\n"
    )
    refused = staged(tmp_path, LINES, text)
    assert [(row, column) for row, column, _, _ in refused.rejected()] == [(3, "paid"), (4, "paid")]
    out = staged(tmp_path, 'returns = "negative"\n' + LINES, text)
    found = [(order["net"], order["refunded"], order["status"]) for order in out.orders().values()]
    assert found == [(1000, 500, "paid"), (0, 500, "refunded")]
    lines = sorted(out.rows("order_lines"), key=lambda line: (line["order_id"], line["line"]))
    assert [line["returned"] for line in lines] == [False, True, True]


def test_a_negative_amount_can_be_a_deduction(tmp_path: Path) -> None:
    text = "no,shop,at,dish,qty,paid\n1,S1,2024-01-05,tofu,1,10\n1,S1,2024-01-05,voucher,1,-3\n"
    order = staged(tmp_path, 'returns = "quantity"\n' + LINES, text).orders()["1"]
    assert (order["net"], order["refunded"]) == (700, 0)


def test_a_marked_line_was_sold_and_given_back(tmp_path: Path) -> None:
    text = "no,shop,at,dish,qty,paid,back\n1,S1,2024-01-05,tofu,1,10,\n1,S1,2024-01-05,rice,1,3,是\n"
    order = staged(tmp_path, LINES + 'returned = "back"\n', text).orders()["1"]
    assert (order["net"], order["refunded"]) == (1300, 300)
    alone = staged(tmp_path, 'returns = "marked"\n' + LINES + 'returned = "back"\n', text).orders()["1"]
    assert (alone["net"], alone["refunded"]) == (1000, 300)


def test_a_refund_row_takes_back_the_order_that_it_names(tmp_path: Path) -> None:
    text = "no,shop,at,paid,of\n1,S1,2024-01-05,10,\n9,S1,2024-01-08,-4,1\n"
    out = staged(tmp_path, 'returns = "negative"\n' + ORDERS + 'refund_of = "of"\n', text)
    order = out.orders()["1"]
    assert (order["net"], order["refunded"], order["status"]) == (1000, 400, "paid")
    assert order["business_date"] == date(2024, 1, 5)
    assert list(out.orders()) == ["1"]


def test_status_words_of_both_languages(tmp_path: Path) -> None:
    text = (
        "no,shop,at,paid,s\n"
        "1,S1,2024-01-05,1,已完成\n"
        "2,S1,2024-01-05,2,Refunded\n"
        "3,S1,2024-01-05,3,作废\n"
        "4,S1,2024-01-05,4,hm\n"
    )
    out = staged(tmp_path, ORDERS + 'status = "s"\n', text)
    assert [(o["status"], o["net"], o["refunded"]) for o in out.orders().values()] == [
        ("paid", 100, 0), ("refunded", 200, 200), ("cancelled", 0, 0),
    ]  # fmt: skip
    assert out.rejected() == [(5, "s", "hm", "is not a word the map or Regulars knows for it")]
    own = staged(tmp_path, ORDERS + 'status = "s"\n[values.status]\nhm = "paid"\n', text)
    assert own.orders()["4"]["status"] == "paid"
    assert own.staged.rejected == 0


def test_an_order_sent_twice_counts_once(tmp_path: Path) -> None:
    row = "1,S1,2024-01-05,5\n"
    out = staged(tmp_path, ORDERS, "no,shop,at,paid\n" + row * 3 + "2,S1,2024-01-05,1\n")
    assert (out.orders()["1"]["net"], out.staged.repeated, out.staged.read) == (500, 2, 4)


def test_an_order_that_says_two_things_keeps_the_first(tmp_path: Path) -> None:
    out = staged(tmp_path, ORDERS, "no,shop,at,paid\n1,S1,2024-01-05,5\n1,S1,2024-01-05,6\n")
    assert out.orders()["1"]["net"] == 500
    assert out.rejected() == [(3, "no", "1", "there is an earlier row of the same order that says otherwise")]
    assert (out.staged.read, out.staged.rejected, out.staged.taken["orders"]) == (2, 1, 1)


def test_two_beers_are_two_beers_but_a_line_sent_again_is_one(tmp_path: Path) -> None:
    head, beer = "no,shop,at,dish,qty,paid\n", "1,S1,2024-01-05,beer,1,3\n"
    assert staged(tmp_path, LINES, head + beer * 2).orders()["1"]["net"] == 600
    assert staged(tmp_path, 'repeated = "once"\n' + LINES, head + beer * 2).orders()["1"]["net"] == 300
    twice = staged(tmp_path, LINES, head + beer * 2, head + beer * 2)
    assert (twice.orders()["1"]["net"], twice.staged.repeated) == (600, 2)
    numbered = LINES + 'line = "pos"\n'
    rows = "1,S1,2024-01-05,beer,1,3,1\n" * 2 + "1,S1,2024-01-05,beer,1,3,2\n"
    again = staged(tmp_path, numbered, "no,shop,at,dish,qty,paid,pos\n" + rows)
    assert (again.orders()["1"]["net"], again.staged.repeated) == (600, 1)


def test_versions_stay_apart(tmp_path: Path) -> None:
    out = staged(
        tmp_path, ORDERS + 'version = "v"\n', "no,shop,at,paid,v\n1,S1,2024-01-05,5,1\n1,S1,2024-01-05,4,2\n"
    )
    assert sorted((row["version"], row["net"]) for row in out.rows("orders")) == [(1, 500), (2, 400)]
