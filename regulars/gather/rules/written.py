"""How a file writes its values, told from a few of them: what a map says beside its columns."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from regulars.gather.map.fields import BIRTHDAY, DATE, INSTANT, MONEY, NUMBER, fields
from regulars.gather.rules.headers import plain

SLASHED = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}")
DAY = re.compile(r"\d{1,4}[-/.年]\w{1,3}[-/.月]\d{1,4}|\d{8}(?!\d)")
SIGNS = "¥￥$€£"
STARTS_AGAIN = 0.3  # of the order numbers seen stand in two stores or on two days; refunds come to far less
Columns = Mapping[str, tuple[str, ...]]
Values = Mapping[str, Sequence[str | None]]


def written(rows: str, columns: Columns, seen: Mapping[str, Sequence[str]], values: Values) -> dict[str, Any]:
    """What of a ``Map`` the values tell: decimal, thousands, returns, amounts, day_first, key; none that is as usual.

    ``seen``: header → its values, blanks gone; ``values``: the same with blanks, so that places are rows.
    """
    kinds = fields(rows)
    money = [v for f, (h, *_) in columns.items() if kinds[f] in (MONEY, NUMBER) for v in seen[h]]
    found: dict[str, Any] = {}
    numbers = [re.sub(rf"\s?[元{SIGNS}]$", "", each) for each in money]
    if any(re.search(r"\d,\d{1,2}$", each) for each in numbers) and not any(
        re.search(r"\.\d{1,2}$", each) for each in numbers
    ):
        found |= {"decimal": ",", "thousands": "."}
    if rows in ("orders", "lines"):
        if any(each.lstrip(SIGNS).startswith(("-", "(")) or each.endswith("-") for each in numbers):
            found["returns"] = "negative"
        if "refund_of" not in columns and (key := _key(columns, values)):
            found["key"] = key
    unit = {f: _of_one(columns[f]) for f in ("list_price", "paid_price") if f in columns}
    if "quantity" in columns and rows == "lines" and any(unit.values()):
        found["amounts"] = "unit" if all(unit.values()) else "unit_list"
    days = slashed(rows, columns, seen)
    if any(first > 12 for first, _ in days) != any(second > 12 for _, second in days):
        found["day_first"] = any(first > 12 for first, _ in days)
    return found


def slashed(rows: str, columns: Columns, seen: Mapping[str, Sequence[str]]) -> list[tuple[int, int]]:
    """The first two numbers of dates such as 3/4/2024, of which either may be the day; 3.4.2024 is no such date."""
    dated = [h for f, (h, *_) in columns.items() if fields(rows)[f] in (DATE, INSTANT, BIRTHDAY)]
    sure = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
    found = [SLASHED.match(each) for header in dated for each in seen[header] if not sure.match(each)]
    return [(int(each[1]), int(each[2])) for each in found if each]


def _of_one(headers: Sequence[str]) -> bool:
    return any("unit" in plain(each) or "单价" in each for each in headers)


def _key(columns: Columns, values: Values) -> tuple[str, ...]:
    """What makes an order where its number stands in several stores or starts again each day; none where it will do."""
    rows = zip(*(_column(columns, values, each) for each in ("order_id", "store_id", "day")), strict=False)
    stores: dict[str, set[str]] = defaultdict(set)
    days: dict[tuple[str, str], set[str]] = defaultdict(set)
    for number, store, day in rows:
        if number:
            stores[number].add(store)
            days[number, store].add(day)
    by_store = sum(len(each) > 1 for each in stores.values()) > STARTS_AGAIN * len(stores)
    by_day = sum(len(each) > 1 for each in days.values()) > STARTS_AGAIN * len(days)
    parts = (["store_id"] if "store_id" in columns else []) + (["business_date"] if by_day else [])
    return (*parts, "order_id") if by_store or by_day else ()


def _column(columns: Columns, values: Values, field: str) -> list[str]:
    """A field's values row by row, blanks as empty text; of an instant its day."""
    header = columns.get(
        field, columns.get("ordered_at", columns.get("date", ("",))) if field == "day" else ("",)
    )
    long = max(map(len, values.values()), default=0)
    said = [(each or "").strip() for each in values.get(header[0], ())] or [""] * long
    if field != "day":
        return said
    found = [DAY.match(each) for each in said]
    return [each[0] if each else "" for each in found]
