"""The example maps on the files they were written for: the totals that their publishers state."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from regulars.core.brand import BrandFacts
from tests.gather.staging_of import Outcome, staged
from tests.gather.test_map import EXAMPLES
from tests.shared_data import shared

pytestmark = pytest.mark.slow  # real files


def brought(tmp_path: Path, example: str, file: str, currency: str = "USD") -> Outcome:
    text = (EXAMPLES / f"{example}.toml").read_text()
    return staged(tmp_path, text, paths=[shared(file)], brand=BrandFacts(currency=currency, region="US"))


def revenue(out: Outcome) -> int:
    orders = pq.read_table(out.staged.parts["orders"], columns=["net", "refunded"])
    return int(pc.sum(orders["net"]).as_py() - pc.sum(orders["refunded"]).as_py())


@pytest.mark.slow
def test_a_grocery_chain(tmp_path: Path) -> None:
    out = brought(tmp_path, "lgsr", "lgsr/transactions.parquet", "GBP")
    assert (out.staged.read, out.staged.rejected, out.staged.repeated) == (3_034_288, 0, 0)
    assert out.staged.taken["orders"] == 473_028
    assert out.staged.taken["order_lines"] == 3_034_288
    assert out.staged.taken["identifiers"] == 4_965
    assert revenue(out) == 577_381_857
    orders = pq.read_table(out.staged.parts["orders"], columns=["order_id", "net", "business_date"])
    carded = pq.read_table(out.staged.parts["sightings"], columns=["ref_id"])["ref_id"]
    known = orders.filter(pc.is_in(orders["order_id"], carded.combine_chunks()))
    assert round(100 * pc.sum(known["net"]).as_py() / 577_381_857, 2) == 80.16
    assert pc.min(orders["business_date"]).as_py() == date(2006, 4, 10)
    assert pc.max(orders["business_date"]).as_py() == date(2008, 7, 6)


def test_supermarkets_whose_days_stand_in_another_file(tmp_path: Path) -> None:
    out = brought(tmp_path, "foodmart-sales", "foodmart/sales_fact_1997.parquet")
    assert (out.staged.read, out.staged.taken["orders"], out.staged.rejected) == (86_837, 20_530, 0)
    assert revenue(out) == 56_523_813
    orders = out.rows("orders")
    assert {row["business_date"].year for row in orders} == {1997}
    assert max(row["business_date"] for row in orders) == date(1997, 12, 30)
    december = brought(tmp_path, "foodmart-sales", "foodmart/sales_fact_dec_1998.parquet")
    assert (december.staged.taken["orders"], revenue(december)) == (3_781, 12_016_084)


def test_supermarket_card_holders_and_stores(tmp_path: Path) -> None:
    out = brought(tmp_path, "foodmart-customers", "foodmart/customer.parquet")
    assert (out.staged.taken["records"], out.staged.rejected) == (10_281, 0)
    stores = brought(tmp_path, "foodmart-stores", "foodmart/store.parquet")
    assert (stores.staged.taken["stores"], stores.staged.rejected) == (25, 0)


def test_a_grocers_sampled_lines(tmp_path: Path) -> None:
    out = brought(tmp_path, "complete-journey", "complete_journey/transactions_sample_100k.parquet")
    assert (out.staged.taken["orders"], out.staged.taken["order_lines"], out.staged.rejected) == (
        56_625,
        100_000,
        0,
    )
    assert revenue(out) == 31_275_323
    assert out.staged.taken["identifiers"] == 2_405
    orders = pq.read_table(out.staged.parts["orders"], columns=["gross", "discount", "net"])
    # The shelf price is rounded once as what was paid is, so their difference is the discount to the cent.
    assert pc.sum(orders["gross"]).as_py() - pc.sum(orders["discount"]).as_py() == 31_275_323


def test_a_messy_extract(tmp_path: Path) -> None:
    out = brought(tmp_path, "messy", "messy/400_transactions.parquet")
    assert (out.staged.read, out.staged.rejected, out.staged.taken["order_lines"]) == (9_999, 0, 9_999)
    orders = out.rows("orders")
    assert len(orders) == 8_041
    assert {row["store_id"] for row in orders} == {"EAST", "WEST", "SOUTH", "CENTRAL"}
    assert sum(line["returned"] for line in out.rows("order_lines")) == 4
    assert revenue(out) == 3_744_050
    people = brought(tmp_path, "messy-households", "messy/400_households.parquet")
    assert (people.staged.taken["records"], people.staged.rejected) == (400, 0)


def test_a_messy_extract_without_a_word_on_returns_refuses_them(tmp_path: Path) -> None:
    text = (EXAMPLES / "messy.toml").read_text().replace('returns = "negative"', "")
    out = staged(tmp_path, text, paths=[shared("messy/400_transactions.parquet")])
    assert out.staged.rejected == 4
    assert {row["column"] for row in out.rows("rejected")} == {"SPEND"}
