"""Recency, frequency and money of every customer from a log of sales: ours, the best SQL, lifetimes and pymc-marketing.

python -m benchmarks.rfm [--orders 5000000] [--rounds 3] [--folder FOLDER] [--peer PYTHON]

Ours is `know.tables.summaries`, which the product reads too, composed with `customer_days` where the rows are sales.
DuckDB reads the sales from Parquet and gives Arrow, on all cores; lifetimes and pymc-marketing begin with the rows in
memory, in the environment of `--peer`. First all must agree on whole checksums, then they take turns.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from benchmarks._orders import LAST_DAY, build
from benchmarks._peer import Peer
from benchmarks._race import Run, Took, race, timed
from benchmarks._rfm import checksums
from regulars.know.tables import brought_back, customer_days
from regulars.know.tables.summaries import summaries
from regulars.lake.engine import Lake

TODAY = f"(DATE '{LAST_DAY}' - DATE '1970-01-01')"
SUMMARY = f"""
    SELECT customer_id, count(*) - 1 AS x, max(day) - min(day) AS t_x, {TODAY} - min(day) AS T,
        (sum(net) - arg_min(net, day))::BIGINT AS repeat_net FROM ({{days}}) GROUP BY ALL"""
PACKED = f"""
    SELECT customer_id, x, latest - (first >> 44) AS t_x, {TODAY} - (first >> 44) AS T,
        (net - (first & ((1::BIGINT << 44) - 1)) + (1::BIGINT << 43))::BIGINT AS repeat_net
    FROM (SELECT customer_id, count(*) - 1 AS x, max(day) AS latest, sum(net) AS net,
        min((day << 44) + (1::BIGINT << 43) + net) AS first FROM ({{days}}) GROUP BY ALL)"""
DAY = "(business_date - DATE '1970-01-01')"
PEERS = {"lifetimes": "lifetimes", "pymc-marketing": "pymc_marketing"}


def by_hand(sales: str) -> dict[str, str]:
    """The best SQL we could write, in two forms: which is the faster depends on the machine; the faster one counts."""
    plain = f"SELECT customer_id, {DAY} AS day, sum(revenue)::BIGINT AS net FROM {sales} GROUP BY ALL"
    packed = f"""SELECT key >> 16 AS customer_id, key & 65535 AS day, net FROM (
        SELECT (customer_id << 16) | {DAY} AS key, sum(revenue)::BIGINT AS net FROM {sales} GROUP BY ALL)"""
    return both_forms(plain, packed)


def both_forms(plain: str, packed: str) -> dict[str, str]:
    return {"SQL": SUMMARY.format(days=plain), "SQL, packed keys": PACKED.format(days=packed)}


def main() -> None:
    """Print one line a contender."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--orders", type=int, default=5_000_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--folder", type=Path, help="keeps the made-up sales for the next run")
    asked.add_argument("--peer", help="the Python of an environment with lifetimes and pymc-marketing")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (given.folder or Path(scratch)) / f"rfm-{given.orders}"
        lake = build(folder, Path(scratch), given.orders, known=1.0, lines=False, returns=False, states=False)
        compare(lake, given.rounds, Path(scratch), given.peer)


def compare(lake: Lake, rounds: int, scratch: Path, peer: str | None) -> None:
    """Race from the sales, with the other packages where they are, then from the lake's customer days."""
    lake.con.raw_sql(f"SET threads = {os.cpu_count()}")
    lake.con.raw_sql("SET memory_limit = '8GB'")
    sales, days = lake.table("sales"), lake.table("customer_days")
    contenders = {"ours": ours(lake, sales, customer_days(sales))}
    contenders |= {name: by_sql(lake, told) for name, told in by_hand(_files(lake, "sales")).items()}
    if peer is None:
        show(race(contenders, rounds), "from the sales")
    else:
        file = scratch / "log.parquet"
        log = sales.select("customer_id", "revenue", day=sales.business_date.cast("timestamp"))
        lake.con.raw_sql(f"COPY ({lake.con.compile(log)}) TO '{file}' (FORMAT parquet)").fetchall()
        with Peer(peer) as other:
            found = [name for name in PEERS if other.version(name)]
            best = race(contenders | {name: asking(other, PEERS[name], str(file)) for name in found}, rounds)
            show(best, "from the sales; the other packages with the rows in memory")
    plain = f"SELECT customer_id, {DAY} AS day, net FROM {_files(lake, 'customer_days')}"
    hand = {name: by_sql(lake, told) for name, told in both_forms(plain, plain).items()}
    laid = race({"ours": ours(lake, days, days)} | hand, rounds)
    show(laid, "from customer days, as the lake keeps them")


def _files(lake: Lake, name: str) -> str:
    return f"read_parquet({lake.files(name)})"


def ours(lake: Lake, rows: ir.Table, days: ir.Table) -> Run:
    """A contender as the product asks: whether anything was only brought back, then the summary."""
    returned = lake.con.compile(brought_back(rows))
    statements = {
        known: lake.con.compile(summaries(days, LAST_DAY, returns=known)) for known in (False, True)
    }

    def work() -> pa.Table:
        back = lake.con.con.sql(returned).fetchall()
        return lake.con.con.sql(statements[bool(back)]).to_arrow_table()

    return timed(work, told)


def by_sql(lake: Lake, statement: str) -> Run:
    """A contender that DuckDB runs into Arrow."""
    return timed(lambda: lake.con.con.sql(statement).to_arrow_table(), told)


def told(table: pa.Table) -> dict[str, Any]:
    return checksums(*(table[name].to_numpy() for name in ("customer_id", "x", "t_x", "T", "repeat_net")))


def asking(other: Peer, function: str, file: str) -> Run:
    """A contender in the other environment."""

    def run() -> tuple[Took, Any]:
        answer = other.run(f"benchmarks._rfm:{function}", file=file, last=LAST_DAY.isoformat())
        print(f"  {function}: {answer.seconds:.2f} s, peak {answer.peak:.2f} GiB", flush=True)
        return Took(answer.seconds, answer.processor), answer.told

    return run


def show(best: dict[str, Took], source: str) -> None:
    """Seconds, those of the processor, and what they are as a multiple of ours."""
    print(source)
    mine = best["ours"]
    for name, took in best.items():
        print(
            f"  {name:<18} {took.seconds:8.3f} s {took.seconds / mine.seconds:7.2f} times ours"
            f"   processor {took.processor:8.3f} s {took.processor / mine.processor:7.2f} times ours"
        )


if __name__ == "__main__":
    main()
