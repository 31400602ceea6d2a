"""The public chains as `computed.SALES` and `facts.ORDER_LINES`, for readings that look into baskets."""

from __future__ import annotations

from datetime import date

import duckdb
import ibis

from regulars.lake.computed import SALES
from regulars.lake.facts import ORDER_LINES
from regulars.measure.metric import Inputs
from tests.know.simulated import shaped
from tests.measure.worlds import world
from tests.shared_data import shared

LGSR = """
    select 'lgsr' as source, BASKET_ID::varchar as order_id, 1 as version, STORE_CODE as store_id, null as guests,
           try_cast(substr(CUST_CODE, 5) as bigint) as customer_id, 1 as orders, null as sales_channel,
           strptime(SHOP_DATE::varchar, '%Y%m%d')::date as business_date, SHOP_HOUR as hour,
           PROD_CODE as product_id, QUANTITY::double as quantity, round(SPEND * 100)::bigint as paid_price
    from '{path}'
"""
FOODMART = """
    select 'foodmart' as source, concat_ws('-', s.time_id, s.customer_id, s.store_id) as order_id, 1 as version,
           s.store_id::varchar as store_id, s.customer_id as customer_id, 1 as orders,
           t.the_date::timestamp::date as business_date, 12 as hour, s.product_id::varchar as product_id,
           s.unit_sales as quantity, round(s.store_sales * 100)::bigint as paid_price
    from '{path}' s join '{times}' t using (time_id)
"""


def lgsr() -> Inputs:
    """The grocery chain, a card number as the customer."""
    return _inputs(LGSR.format(path=shared("lgsr/transactions.parquet")), date(2008, 7, 6))


def foodmart() -> Inputs:
    """The supermarkets of 1997, whose baskets were drawn at random: a customer's purchases of a day are one."""
    times = shared("foodmart/time_by_day.parquet")
    path = shared("foodmart/sales_fact_1997.parquet")
    return _inputs(FOODMART.format(path=path, times=times), date(1997, 12, 31))


def _inputs(query: str, as_of: date) -> Inputs:
    con = duckdb.connect()
    con.execute(f"create table sold as {query}")
    orders = con.sql("""
        select source, order_id, version, any_value(store_id) as store_id, any_value(customer_id) as customer_id,
               1 as orders, any_value(business_date) as business_date, sum(paid_price)::bigint as revenue,
               any_value(business_date) + to_hours(any_value(hour)::bigint) as ordered_at,
               any_value(year(business_date) * 12 + month(business_date) - 1)::bigint as month
        from sold group by all
    """)
    lines = con.sql("""
        select source, order_id, version, row_number() over () as line, product_id, quantity, paid_price,
               false as returned from sold
    """)
    told = shaped(ibis.memtable(orders.to_arrow_table()), SALES.schema)
    lying = shaped(ibis.memtable(lines.to_arrow_table()), ORDER_LINES.schema)
    return world(told, as_of, lying)
