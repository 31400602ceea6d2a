"""A history as text and as the periods that the desk shows."""

import json

import pyarrow as pa

from regulars.know.rules.history import periods


def test_each_period_ends_where_the_next_begins_and_the_last_one_lasts() -> None:
    told = periods(
        pa.chunked_array([["2025-01-03 new", "2025-01-03 new;2025-02-01 second_timer;2025-03-01 cooling"]])
    )
    first, second = map(json.loads, told.to_pylist())
    assert first == [{"since": "2025-01-03", "stage": "new", "until": None}]
    assert [(each["since"], each["stage"], each["until"]) for each in second] == [
        ("2025-01-03", "new", "2025-02-01"),
        ("2025-02-01", "second_timer", "2025-03-01"),
        ("2025-03-01", "cooling", None),
    ]
