"""The measures as the best DuckDB SQL we could write, over the views sales, days, states and lines of one lake.

Two forms where it depends on the size which is the faster: the faster one counts. What a program must leave to the
data is used here: customers, months and stores packed into one number, orders numbered as they are read.
"""

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

FREQUENCY_PACKED = """
    SELECT store, key & 65535 AS month, coalesce(sum(o) FILTER (key >= 65536), 0)::BIGINT AS top,
        count(*) FILTER (key >= 65536 AND o > 0) AS bottom, bottom AS n
    FROM (SELECT store_id AS store, (coalesce(customer_id, 0) << 16) | month AS key, sum(orders) AS o
        FROM sales GROUP BY ALL) GROUP BY ALL"""

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

SAME = "l.order_id = s.order_id AND l.source = s.source AND l.version = s.version"
KEPT = "NOT coalesce(returned, false) AND l.product_id <> '' AND coalesce(quantity, 1) > 0"
SOLD = f"""
    SELECT store_id, l.product_id, count(DISTINCT l.order_id) AS baskets, sum(coalesce(quantity, 1)) AS quantity
    FROM lines l JOIN sales s ON {SAME} WHERE s.orders > 0 AND {KEPT} GROUP BY ALL"""

SOLD_NUMBERED = f"""
    SELECT store_id, product_id, count(*) AS baskets, sum(q) AS quantity FROM (
        SELECT basket, product_id, any_value(store_id) AS store_id, sum(coalesce(quantity, 1)) AS q
        FROM lines l JOIN (SELECT *, row_number() OVER () AS basket FROM sales WHERE orders > 0) s ON {SAME}
        WHERE {KEPT} GROUP BY basket, product_id) GROUP BY ALL"""

SINCE = LAST_DAY.year * 12 + LAST_DAY.month - 1 - 11
AFFINITY = f"""
    WITH s AS MATERIALIZED (
        SELECT source, order_id, version, coalesce(store_id, '') AS store, row_number() OVER () AS basket
        FROM sales WHERE orders > 0 AND month >= {SINCE}),
    stores AS MATERIALIZED (SELECT store, row_number() OVER () AS code FROM (SELECT DISTINCT store FROM s)),
    held AS MATERIALIZED (SELECT basket, code AS store, product_id AS product
        FROM lines l JOIN s ON {SAME} JOIN stores USING (store)
        WHERE {KEPT} GROUP BY ALL),
    sizes AS (SELECT basket, count(*) AS size FROM held GROUP BY basket),
    ranked AS MATERIALIZED (SELECT product, row_number() OVER (ORDER BY product) AS k FROM (
        SELECT product FROM held GROUP BY product ORDER BY count(*) DESC, product LIMIT 200)),
    sized AS MATERIALIZED (SELECT basket, store, size, product, k
        FROM held JOIN sizes USING (basket) LEFT JOIN ranked USING (product)),
    cells AS MATERIALIZED (SELECT store, size, product, any_value(k) AS k, count(*)::DOUBLE AS times
        FROM sized GROUP BY store, size, product),
    together AS MATERIALIZED (SELECT l.store, l.size, l.k AS a, r.k AS b, count(*)::DOUBLE AS together
        FROM sized l JOIN sized r ON l.basket = r.basket AND l.k < r.k GROUP BY ALL),
    kept AS MATERIALIZED (SELECT a, b FROM together GROUP BY ALL HAVING sum(together) >= 30),
    of_store AS (SELECT store, sum(n) AS n
        FROM (SELECT store, size, sum(times) / size AS n FROM cells GROUP BY store, size) GROUP BY store),
    in_store AS MATERIALIZED (SELECT c.store, k, sum(times) AS times, any_value(n) AS n
        FROM cells c JOIN of_store USING (store) WHERE k IS NOT NULL GROUP BY ALL),
    both_there AS (SELECT a.store, kept.a, kept.b, a.times AS with_a, b.times AS with_b, a.n
        FROM kept JOIN in_store a ON kept.a = a.k JOIN in_store b ON kept.b = b.k AND a.store = b.store),
    summed AS (SELECT store, a, b, sum(together) AS together FROM together GROUP BY ALL),
    plain AS (SELECT a, b, n, with_a, with_b, coalesce(together, 0) AS o, with_a / n AS p, with_b / n AS q, o / n AS pq
        FROM both_there LEFT JOIN summed USING (store, a, b)),
    independent AS (SELECT a, b, sum(n)::BIGINT AS baskets, sum(with_a)::BIGINT AS with_a,
        sum(with_b)::BIGINT AS with_b, sum(o)::BIGINT AS both, sum(with_a * q) AS expected,
        sum(n * (pq - pq * pq)) AS none,
        sum(n * (4 * pq * p * q - 2 * pq * (p + q))) AS one,
        sum(n * (pq * (p + q) * (p + q) + (p - pq) * q * q + (q - pq) * p * p - 4 * p * p * q * q)) AS two
        FROM plain GROUP BY ALL),
    strata AS (SELECT store, size, sum(times) / size AS n, sum(times * times) / (sum(times) * sum(times)) AS crowd
        FROM cells WHERE size <= 30 GROUP BY store, size),
    alone AS MATERIALIZED (SELECT store, size, k, times, n, crowd
        FROM cells JOIN strata USING (store, size) WHERE k IS NOT NULL),
    placed AS (SELECT kept.a, kept.b, a.size AS k, a.n, a.crowd, a.times / a.n AS p, b.times / b.n AS q,
        coalesce(together, 0) AS o
        FROM kept JOIN alone a ON kept.a = a.k JOIN alone b ON kept.b = b.k AND a.store = b.store AND a.size = b.size
        LEFT JOIN together t ON t.store = a.store AND t.size = a.size AND t.a = kept.a AND t.b = kept.b),
    chance AS (SELECT *, greatest(least(p * q * ((k - 1) / k * (1 + p / k + q / k - crowd)), p, q), p + q - 1) AS c,
        c * (1 - p) AS to_a, c * (1 - q) AS to_b, p * (1 - p) AS v_a, q * (1 - q) AS v_b,
        c - p * q AS v_ab FROM placed),
    alike AS (SELECT a, b, sum(o)::BIGINT AS held, sum(n * c) AS alike,
        sum(n * greatest(coalesce(c * (1 - c) - (to_a * to_a * v_b - 2 * to_a * to_b * v_ab + to_b * to_b * v_a)
            / nullif(v_a * v_b - v_ab * v_ab, 0), 0), 0)) AS variance FROM chance GROUP BY ALL)
    SELECT x.product AS product_a, y.product AS product_b, i.* EXCLUDE (a, b), held, alike, variance
    FROM independent i JOIN alike USING (a, b) JOIN ranked x ON x.k = i.a JOIN ranked y ON y.k = i.b
    ORDER BY product_a, product_b"""

_WAIT = """
    watched_{v} AS (SELECT customer_id, stratum, least(coalesce({v}, seen), {w}) // 7 AS period,
        coalesce({v} <= {w}, false) AS back FROM newcomers),
    at_risk_{v} AS (SELECT stratum, period, returned AS d,
        sum(ended) OVER (PARTITION BY stratum ORDER BY period DESC) AS n
        FROM (SELECT stratum, period, count(*) AS ended, count(*) FILTER (back) AS returned
            FROM watched_{v} GROUP BY ALL)),
    exits_{v} AS (SELECT product, stratum, period AS until, count(*) AS ended, count(*) FILTER (back) AS back
        FROM had JOIN watched_{v} USING (customer_id) GROUP BY ALL),
    having_{v} AS (SELECT product, e.stratum, period, any_value(n) AS n, any_value(d) AS d, sum(ended) AS n1,
        coalesce(sum(back) FILTER (until = period), 0) AS d1
        FROM exits_{v} e JOIN at_risk_{v} r ON e.stratum = r.stratum AND until >= period AND d > 0
        GROUP BY product, e.stratum, period),
    told_{v} AS (SELECT '{v}' AS wait, product, sum(d1)::BIGINT AS observed, sum(d * n1 / n) AS expected,
        sum(d * (n1 / n) * (1 - n1 / n) * (n - d) / (n - 1)) AS variance
        FROM having_{v} WHERE n1 < n GROUP BY product),"""
FIRST = f"""
    WITH firsts AS (
        SELECT customer_id, first_day, second_day - first_day AS second, third_day - first_day AS third,
            DATE '{LAST_DAY}' - first_day AS seen FROM states WHERE first_day > DATE '{LAST_DAY}' - 730),
    since AS (SELECT store_id, min(business_date) AS since FROM sales WHERE customer_id IS NOT NULL AND orders > 0
        GROUP BY store_id),
    day_one AS MATERIALIZED (SELECT f.*, source, order_id, version, ordered_at, store_id, sales_channel, guests
        FROM sales s JOIN firsts f ON s.customer_id = f.customer_id AND s.business_date = f.first_day WHERE orders > 0),
    opening AS (SELECT * FROM day_one
        QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY ordered_at, source, order_id) = 1),
    placed AS MATERIALIZED (SELECT customer_id, second, third, seen, coalesce(o.store_id, '') AS store,
        coalesce(sales_channel, '') AS channel, year(first_day) * 4 + quarter(first_day) AS quarter,
        CASE WHEN guests IS NULL THEN 0 WHEN guests <= 1 THEN 1 WHEN guests = 2 THEN 2 WHEN guests <= 4 THEN 4
            ELSE 5 END AS party
        FROM opening o JOIN since ON o.store_id IS NOT DISTINCT FROM since.store_id AND first_day >= since + 90),
    strata AS (SELECT *, row_number() OVER () AS stratum
        FROM (SELECT DISTINCT store, channel, party, quarter FROM placed)),
    newcomers AS MATERIALIZED (SELECT customer_id, second, third, seen, stratum
        FROM placed JOIN strata USING (store, channel, party, quarter)),
    bought AS MATERIALIZED (SELECT DISTINCT customer_id, product_id FROM lines l JOIN (
            SELECT source, order_id, version, customer_id FROM day_one SEMI JOIN newcomers USING (customer_id)) s
        ON {SAME}
        WHERE {KEPT}),
    many AS MATERIALIZED (SELECT product_id, count(*) AS people, row_number() OVER () AS product
        FROM bought GROUP BY product_id HAVING count(*) >= 30),
    had AS MATERIALIZED (SELECT customer_id, product FROM bought JOIN many USING (product_id)),
    {_WAIT.format(v="second", w=180)} {_WAIT.format(v="third", w=365)}
    told AS (SELECT * FROM told_second UNION ALL SELECT * FROM told_third)
    SELECT wait, product_id, people, observed, expected, variance FROM told JOIN many USING (product)
    UNION ALL SELECT '', '', count(*), 0, 0.0, 0.0 FROM newcomers ORDER BY ALL"""
