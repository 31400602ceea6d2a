"""What one engine lacks, done another way: the same answer from both, and the right one."""

from __future__ import annotations

from datetime import UTC, datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from regulars.lake import portable
from regulars.lake.engine import Lake
from tests.engines.given import Given

ASKED = pa.table({"store": ["A", "A", "A", "B", None], "at": [0, 5, 9, 9, 9], "n": [1, 2, 3, 4, 5]})
STOOD = pa.table({"store": ["A", "A", "B"], "at": [5, 8, 10], "price": [10, None, 30]})
SAID = pa.table({"who": [1, 1, 1, 2, 2], "at": [3, 1, 2, 1, 2], "what": ["c", "a", "a", "z", "y"]})
TELLING = [datetime(2026, 3, 29, 0, 59, 59, 999999, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)]


def _as_of(lake: Lake) -> list[tuple[int, int | None, int | None]]:
    rows = portable.as_of(lake.keep("asked", ASKED), lake.keep("stood", STOOD), at="at", by=["store"])
    told = lake.rows(rows.select("n", "since", "price").order_by("n"))
    return [tuple(row.values()) for row in told.to_pylist()]


def _told(lake: Lake, table: ir.Table) -> dict[int, object]:
    return {row["who"]: row["what"] for row in lake.rows(table).to_pylist()}


def expect(lake: Lake) -> None:
    """Every function of `portable` on one engine, against what a reader counts by hand."""
    # The very instant counts; a null that stood is told as one; before the first, and of no store, nothing stood.
    assert _as_of(lake) == [(1, None, None), (2, 5, 10), (3, 8, None), (4, None, None), (5, None, None)]
    said = lake.keep("said", SAID)
    assert _told(lake, portable.in_order(said, by=["who"], order=["at"], value="what")) == {
        1: ["a", "a", "c"],
        2: ["z", "y"],
    }
    assert _told(lake, portable.most_common(said, by=["who"], value="what")) == {1: "a", 2: "y"}
    prints = lake.rows(said.select(print=portable.fingerprint(said.what)).order_by("print"))["print"]
    # MD5 of "a" is 0cc175b9c0f1b6a831c399e269772661: its first fifteen digits.
    assert int("0cc175b9c0f1b6a", 16) in prints.to_pylist()
    instants = lake.keep("instants", pa.table({"at": pa.array(TELLING, pa.timestamp("us", "UTC"))}))
    clock = portable.clock_in(ibis.literal("Europe/Berlin"), instants["at"])
    shown = lake.rows(instants.select(clock=clock).order_by("clock"))["clock"].to_pylist()
    assert shown == [datetime(2026, 3, 29, 1, 59, 59, 999999), datetime(2026, 3, 29, 3)]  # noqa: DTZ001
    text = lake.rows(instants.select(text=instants["at"].cast("string")).order_by("text"))["text"].to_pylist()
    assert text == ["2026-03-29 00:59:59.999999+00", "2026-03-29 01:00:00+00"]
    parted = lake.keep("parted", pa.table({"text": ["|a|.b||", "", None]}))
    by = parted.select("text", edge=parted.text.split("|"), dot=parted.text.split("."))
    assert sorted(map(str, lake.rows(by).to_pylist())) == [
        "{'text': '', 'edge': [''], 'dot': ['']}",
        "{'text': '|a|.b||', 'edge': ['', 'a', '.b', '', ''], 'dot': ['|a|', 'b||']}",
        "{'text': None, 'edge': None, 'dot': None}",
    ]
    thirds = said.select(
        third=(said["at"] / 86400.0), parts=ibis.struct({"a": said["at"], "b": ibis.null("string")})
    )
    row = lake.rows(
        thirds.mutate(parts=thirds.parts.cast("json").cast("string")).order_by("third")
    ).to_pylist()[0]
    assert row == {"third": 1 / 86400, "parts": '{"a":1,"b":null}'}


def test_on_duckdb(duck: Given) -> None:
    expect(duck.lake)


@pytest.mark.spark
@pytest.mark.slow
def test_on_spark(spark: Given) -> None:
    expect(spark.lake)
