"""Ten measures as the best DuckDB SQL we could write, over the views sales, days, states and lines of one lake."""

from __future__ import annotations

from benchmarks._orders import LAST_DAY

NOW = f"(DATE '{LAST_DAY}' - DATE '1970-01-01')"
DAY = "(business_date - DATE '1970-01-01')"

REVENUE = """
    SELECT store_id AS store, month, sum(revenue)::BIGINT AS top, sum(orders)::BIGINT AS n
    FROM sales GROUP BY ALL"""

IDENTIFIED = """
    SELECT store_id AS store, sales_channel, month,
        coalesce(sum(orders) FILTER (customer_id IS NOT NULL), 0)::BIGINT AS top,
        sum(orders)::BIGINT AS bottom, sum(orders)::BIGINT AS n FROM sales GROUP BY ALL"""

REPEAT = """
    SELECT month, coalesce(sum(s.orders) FILTER (s.business_date > c.first_day), 0)::BIGINT AS top,
        sum(s.orders)::BIGINT AS bottom, sum(s.orders)::BIGINT AS n
    FROM sales s JOIN states c USING (customer_id) GROUP BY month"""

FREQUENCY = """
    SELECT *, bottom AS n FROM (
        SELECT store_id AS store, month, coalesce(sum(orders) FILTER (customer_id IS NOT NULL), 0)::BIGINT AS top,
            count(DISTINCT customer_id) FILTER (orders > 0) AS bottom FROM sales GROUP BY ALL)"""

TICKET = f"""
    SELECT traffic, {DAY} - ({DAY} + 3) % 7 AS week, sum(revenue)::BIGINT AS top, sum(orders)::BIGINT AS bottom,
        sum(revenue::DOUBLE * revenue) AS squares, sum(orders)::BIGINT AS n FROM sales GROUP BY ALL"""

SECOND = f"""
    SELECT year(first_day) * 12 + month(first_day) - 1 AS cohort, least(waited, 91) AS watched, count(*) AS ended,
        count(*) FILTER (second_day IS NOT NULL AND waited <= 90) AS events
    FROM (SELECT first_day, second_day, coalesce(second_day - first_day, DATE '{LAST_DAY}' - first_day) AS waited
        FROM states) GROUP BY ALL"""

TRIANGLE = """
    WITH months AS (
        SELECT customer_id, month, count(*) AS days FROM days WHERE orders > 0 GROUP BY ALL),
    placed AS (
        SELECT *, coalesce(sum(days) OVER (PARTITION BY customer_id, month // 3 ORDER BY month
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS earlier FROM months)
    SELECT month, year(first_day) * 12 + month(first_day) - 1 AS cohort, count(*) AS customers,
        count(*) FILTER (days >= 2) AS twice, count(*) FILTER (earlier = 0) AS of_quarter,
        count(*) FILTER (earlier < 2 AND earlier + days >= 2) AS twice_in_quarter
    FROM placed JOIN states USING (customer_id) GROUP BY ALL"""

GRADES = """
    WITH placed AS (
        SELECT (rank() OVER (ORDER BY recency DESC) - 1) * 5 // count(*) OVER () + 1 AS recency,
            (rank() OVER (ORDER BY visit_days) - 1) * 5 // count(*) OVER () + 1 AS frequency FROM states)
    SELECT recency, frequency, count(*) AS customers FROM placed GROUP BY ALL"""

GAPS = f"""
    WITH placed AS (
        SELECT {DAY} AS day, row_number() OVER w AS visit, lag({DAY}) OVER w AS previous FROM days
        WHERE orders > 0 WINDOW w AS (PARTITION BY customer_id ORDER BY business_date))
    SELECT least(visit, 6) AS visit, least(day - previous, 730) AS gap, count(*) AS gaps FROM placed
    WHERE previous IS NOT NULL AND day >= {NOW} - 364 GROUP BY ALL"""

SOLD = """
    SELECT store_id, l.product_id, count(DISTINCT l.order_id) AS baskets, sum(quantity) AS quantity
    FROM lines l JOIN sales s ON l.order_id = s.order_id AND l.source = s.source AND l.version = s.version
    WHERE s.orders > 0 AND NOT coalesce(returned, false) AND l.product_id <> '' AND coalesce(quantity, 1) > 0
    GROUP BY ALL"""
