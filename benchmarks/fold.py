"""What a night's fold costs: the open month's days onto everybody's state at the end of the last closed one.

python -m benchmarks.fold [--customers 1000000] [--days 1500000]

First an equality check: closed months and the open one folded one after the other give what all days at once give.
Made-up guests, seven of ten of whom keep to one store. Seconds are the best of three, on cores − 1 threads.
"""

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from regulars.know import tables
from regulars.know.rules.rhythm import Credibility, Patience, Rhythm
from regulars.lake.engine import connect

RHYTHM = Rhythm(
    Credibility(20.0, 2.0),
    (
        Patience(1, 1.5, 3.0, 500),
        Patience(2, 1.6, 3.3, 500),
        Patience(3, 2.0, 4.0, 500),
        Patience(5, 2.5, 4.5, 500),
    ),
)
BEGINS = date(2024, 1, 1)


def days(con: Any, name: str, customers: int, rows: int, first: int, last: int) -> ir.Table:
    """About so many customer days between two days, of which one in 200 is a return; made in DuckDB."""
    who = f"(hash(i * 7 + {first}) % {customers})"
    con.raw_sql(f"""create temp table {name} as select distinct on (customer_id, business_date) * from (
        select {who}::bigint as customer_id,
        date '{BEGINS}' + ((hash(i * 13 + {first}) % {last - first}) + {first})::int as business_date,
        (i % 200 > 0)::bigint as orders, if(i % 200 > 0, hash(i * 3) % 9000 + 500, -50)::bigint as net,
        1000::bigint as gross, (i % 3 * 100)::bigint as discount, 0::bigint as platform_subsidy, 0::bigint as refunded,
        'STORE' || if({who} % 10 < 7 or i % 5 > 0, {who} % 40, i % 40) as store_id, 'dine_in' as sales_channel,
        if(i % 4 > 0, 'own', null) as traffic, if(i % 7 > 0, null, 'opening') as offer from range({rows}) as t(i))""")
    found: ir.Table = con.table(name)
    return found


def best(con: Any, table: ir.Table, times: int = 3) -> float:
    """The least seconds that computing a table took."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        con.create_table("computed", table, temp=True)
        found.append(time.perf_counter() - begun)
        con.raw_sql("drop table computed")
    return min(found)


def main() -> None:
    """Print the seconds of the fold and of telling the states, and of folding all days from nothing."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=1_000_000)
    asked.add_argument("--days", type=int, default=1_500_000, help="of the open month")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        con = connect(Path(scratch))
        old = days(con, "old", given.customers, 4 * given.customers, 0, 330)
        new = days(con, "new", given.customers, given.days, 330, 360)
        closed = con.create_table("closed", tables.fold(None, old, RHYTHM), temp=True)
        now = con.create_table("now", tables.fold(closed, new, RHYTHM), temp=True)
        whole = con.create_table("whole", tables.fold(None, old.union(new), RHYTHM), temp=True)
        if any(con.to_pyarrow(a.difference(b).count()).as_py() for a, b in ((now, whole), (whole, now))):
            raise SystemExit("folded in two steps and at once are not equal")
        con.raw_sql("drop table whole")
        print(
            f"{con.to_pyarrow(closed.count()).as_py():,} states, {con.to_pyarrow(new.count()).as_py():,} days onto them"
        )
        print(f"fold of the open month {best(con, tables.fold(closed, new, RHYTHM)):.2f} s")
        print(f"states told            {best(con, tables.told(now, date(2025, 1, 1), RHYTHM)):.2f} s")
        changes = tables.stage_changes(
            con.create_table("states", tables.told(now, date(2025, 1, 1), RHYTHM)), 24299
        )
        print(f"flows of one month     {best(con, tables.stage_flows(changes)):.2f} s")
        seconds, rows = best(con, tables.fold(None, old, RHYTHM), 1), con.to_pyarrow(old.count()).as_py()
        print(f"fold of all from nothing {seconds:.2f} s, {rows:,} days")


if __name__ == "__main__":
    main()
