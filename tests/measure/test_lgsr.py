"""The grocery chain in ../shared/data: what is known of it from outside must come out of the metrics."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest

from regulars.measure.metrics.cohort_second_visit import METRIC as COHORT
from regulars.measure.metrics.identified_share import METRIC as IDENTIFIED
from regulars.measure.metrics.revenue_factors import METRIC as FACTORS
from regulars.measure.metrics.second_purchase_stock import METRIC as STOCK
from tests.measure.inputs import SALES, figures, inputs_of, told
from tests.shared_data import shared


@pytest.fixture(scope="module")
def sales() -> pa.Table:
    """Its 473,028 baskets as sales, a card number as the customer."""
    path = shared("lgsr/transactions.parquet")
    con = ibis.duckdb.connect()
    lines = con.read_parquet(path)
    day = lines.SHOP_DATE.cast("string")
    text = day.substr(0, 4) + "-" + day.substr(4, 2) + "-" + day.substr(6, 2)
    lines = lines.mutate(business_date=text.cast("date"), minor=(lines.SPEND * 100).round().cast("int64"))
    orders = lines.group_by("BASKET_ID").aggregate(
        revenue=lines.minor.sum().cast("int64"),
        store_id=lines.STORE_CODE.min(),
        card=lines.CUST_CODE.min(),
        business_date=lines.business_date.min(),
    )
    customer = orders.card.substr(4, 20).cast("int64")
    table = orders.select(
        "revenue",
        "store_id",
        "business_date",
        net="revenue",
        orders=ibis.literal(1),
        order_id=orders.BASKET_ID.cast("string"),
        customer_id=customer,
        ordered_at=orders.business_date.cast("timestamp('UTC')"),
        cause=customer.isnull().ifelse(ibis.literal("not_recorded"), ibis.null("string")),
    ).to_pyarrow()
    columns = [
        table[name].cast(field.type) if name in table.column_names else pa.nulls(len(table), field.type)
        for name, field in zip(SALES.names, SALES, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=SALES)


@pytest.mark.slow
def test_the_chain_is_as_its_publisher_says(sales: pa.Table) -> None:
    inputs = inputs_of(sales, "2008-07-06")
    identified = figures(IDENTIFIED, inputs)
    assert told(identified).n == 473_028
    assert told(identified, "revenue").value == pytest.approx(0.8016, abs=5e-5)
    stock = figures(STOCK, inputs)
    assert told(stock).n == 4_965
    factors = figures(FACTORS, inputs)
    months = [row.value or 0 for row in factors if row.part == "whole:revenue" and row.slice_kind == ""]
    assert sum(months) == pytest.approx(577_381_857, abs=3000)  # each line was rounded to the minor unit
    cohort = figures(COHORT, inputs)
    shares = [told(cohort, window).value or 0 for window in ("30", "90", "180", "365")]
    assert 0 < shares[0] < shares[1] < shares[2] < shares[3] < 1
