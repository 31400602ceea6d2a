"""A map that nobody wrote yet: guessed from headers and first values, with how sure it is, for a person to mend."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from regulars.catalogue import SOURCES
from regulars.core.refused import Refused
from regulars.core.registry import load
from regulars.gather.map.fields import (
    BIRTHDAY,
    COST,
    COUNT,
    DATE,
    HOUR,
    IDENTIFIED,
    INSTANT,
    MONEY,
    NUMBER,
    REQUIRED,
    fields,
)
from regulars.gather.map.map import Map
from regulars.gather.map.text import write_map
from regulars.gather.rules.headers import NAMES, PEOPLE, TELLING, likeness, plain
from regulars.gather.rules.words import NOTHING

PHONE = re.compile(r"(\+?\d{1,3}[ -]?)?1[3-9]\d{9}")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
NUMERIC = re.compile(r"[-+(]?[¥￥$€£]?\s?\d[\d.,' ]*\)?-?(元)?")
DAY = re.compile(r"\d{4}[-/.年]?\d{1,2}[-/.月]?\d{1,2}|\d{1,2}[-/.](\d{1,2}|[A-Za-z]{3})[-/.]\d{2,4}")
SLASHED = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}")
KEYS = {
    "orders": "order_id",
    "records": "record_id",
    "products": "product_id",
    "stores": "store_id",
    "staff": "staff_id",
    "visits": "visit_id",
}
LEAST = 0.5  # below this a column is left out of the map


@dataclass(frozen=True)
class Guess:
    """``map`` is none where ``missing`` fields keep it from being one; ``text`` is TOML to save either way.

    ``confidence`` is field (or identifier) → header and how sure, 0 to 1; ``overall`` is that of the least sure field
    that the rows cannot do without, 0 where one is missing.
    """

    rows: str
    text: str
    map: Map | None
    confidence: Mapping[str, tuple[str, float]]
    overall: float
    missing: tuple[str, ...]


def guess(headers: Sequence[str], values: Mapping[str, Sequence[str | None]]) -> Guess:
    """The likeliest map for a file with these headers and first values (header → values); nothing is read here.

    The export of a known source has its own map. Refuses a file of which no column is like anything that is known.
    """
    for source in load(SOURCES):
        if source.wrote(headers):
            return _known(source.map(), source.text)
    seen = {
        each: [v.strip() for v in values.get(each, ()) if v and v.strip().lower() not in NOTHING]
        for each in headers
    }
    tried = [_assigned(rows, headers, seen) for rows in NAMES]
    best = max(tried, key=lambda each: each[0])
    if best[0] <= 0:
        raise Refused(
            "no column is like anything in a file of sales or customers: %(headers)s; write a map for it",
            headers=", ".join(headers[:30]),
        )
    return _guessed(best[1], best[2], headers, seen)


def _known(map: Map, text: str) -> Guess:
    columns = {**map.columns, **map.identifiers}
    sure = {field: (", ".join(headers), 1.0) for field, headers in columns.items()}
    return Guess(map.rows, text, map, sure, 1.0, ())


def _assigned(
    rows: str, headers: Sequence[str], seen: Mapping[str, list[str]]
) -> tuple[float, str, dict[str, tuple[str, float]]]:
    """How well a kind of row fits, and each field's header: the surest pair first, no header twice."""
    kinds = fields(rows)
    people = PEOPLE if rows in IDENTIFIED else {}
    pairs = []
    for place, header in enumerate(headers):
        for field, names in (*NAMES[rows].items(), *people.items()):
            sure = likeness(header, names) * _fits(kinds.get(field, field), seen[header])
            if field in ("phone", "email"):
                sure = max(sure, _share(PHONE if field == "phone" else MAIL, seen[header]) * 0.8)
            if field == KEYS.get(rows) or (rows == "records" and field in people):
                sure *= 1.0 if _differ(seen[header]) else 0.3
            if sure >= LEAST:
                pairs.append((-sure, place, field, header))
    taken: dict[str, tuple[str, float]] = {}
    for minus, _, field, header in sorted(pairs):
        shared = (
            rows == "records" and field in PEOPLE
        )  # a member's number is both the record's and the card's
        if field not in taken and (shared or all(header != used for used, _ in taken.values())):
            taken[field] = (header, -minus)
    if "ordered_at" in taken and "date" in taken and rows in ("orders", "lines"):
        del taken[min("ordered_at", "date", key=lambda each: taken[each][1])]
    if not any(each in taken for each in TELLING[rows]):
        return (0.0, rows, taken)
    needed = [
        max((taken[each][1] for each in choice if each in taken), default=0.0) for choice in _needed(rows)
    ]
    known = sum(sure for field, (_, sure) in taken.items() if field in NAMES[rows])
    return (
        2 * sum(needed) / len(needed) * (1 if min(needed) > 0 else 0.5) + known / max(6, len(headers)),
        rows,
        taken,
    )


def _must(rows: str) -> tuple[tuple[str, ...], ...]:
    """The choices of fields without which there is no map."""
    return ((("order_id",),) if rows in ("orders", "lines") else ()) + REQUIRED[rows]


def _needed(rows: str) -> tuple[tuple[str, ...], ...]:
    """The same, and what makes a line a line."""
    return (*_must(rows), *((("product_id", "line"),) if rows == "lines" else ()))


def _differ(values: Sequence[str]) -> bool:
    """Whether nearly every value is another one, as of a key; a few values prove nothing."""
    return len(values) < 5 or len(set(values)) > 0.8 * len(values)


def _share(pattern: re.Pattern[str], values: Sequence[str]) -> float:
    return sum(bool(pattern.fullmatch(each)) for each in values) / len(values) if values else 0.0


def _fits(kind: str, values: Sequence[str]) -> float:
    """How far the values can be of the field's type, 0 to 1; a column without a value proves nothing."""
    if not values:
        return 0.9
    if kind in (MONEY, COST, NUMBER, COUNT):
        return _share(NUMERIC, values)
    if kind in (DATE, INSTANT, BIRTHDAY):
        return sum(bool(DAY.match(each)) for each in values) / len(values)
    if kind == HOUR:
        return sum(each.isdigit() and int(each) < 24 for each in values) / len(values)
    if kind == "phone":
        return 1.0 if sum(len(re.sub(r"\D", "", each)) >= 7 for each in values) > len(values) / 2 else 0.3
    return 1.0


def _guessed(
    rows: str, taken: dict[str, tuple[str, float]], headers: Sequence[str], seen: Mapping[str, list[str]]
) -> Guess:
    columns = {field: (header,) for field, (header, _) in taken.items() if field in fields(rows)}
    identifiers = {field: (header,) for field, (header, _) in taken.items() if field in PEOPLE}
    missing = tuple(" or ".join(each) for each in _must(rows) if not set(each) & set(columns))
    needed = [
        max(taken[each][1] for each in choice if each in taken)
        for choice in _needed(rows)
        if set(choice) & set(taken)
    ]
    overall = 0.0 if missing else min(needed)
    map = None
    if not missing and not (rows == "consents" and not identifiers):
        map = _with_forms(Map(rows=rows, columns=columns, identifiers=identifiers), seen)
        if map.day_first is None and _slashed(map, seen):
            overall = min(overall, 0.5)
    text = write_map(map) if map else _unfinished(rows, columns, identifiers, missing)
    unused = [each for each in headers if all(each != header for header, _ in taken.values())]
    notes = [f"# {field}: {header}, {sure:.0%} sure" for field, (header, sure) in taken.items()]
    notes += [f"# not used: {', '.join(unused)}"] if unused else []
    # A header may hold a line end; a comment may not.
    said = "\n".join(re.sub(r"[\r\n\x00-\x08\x0b-\x1f\x7f]+", " ", each) for each in notes)
    head = f"# Guessed from the file; overall {overall:.0%} sure. Mend it and import with it."
    return Guess(rows, f"{head}\n{said}\n{text}", map, taken, overall, missing)


def _with_forms(map: Map, seen: Mapping[str, list[str]]) -> Map:
    """The map with what the values say of dates, decimal commas, unit prices and returns."""
    kinds = fields(map.rows)
    by_kind = {
        kind: [v for f, (h,) in map.columns.items() if kinds[f] == kind for v in seen[h]]
        for kind in kinds.values()
    }
    money = by_kind.get(MONEY, []) + by_kind.get(NUMBER, [])
    if any(re.search(r"\d,\d{1,2}$", each) for each in money) and not any(
        re.search(r"\.\d{1,2}$", each) for each in money
    ):
        map = replace(map, decimal=",", thousands=".")
    if map.rows in ("orders", "lines") and any(
        each.lstrip("¥￥$€£").startswith(("-", "(")) or each.endswith("-") for each in money
    ):
        map = replace(map, returns="negative")
    unit = {f: _of_one(map.columns.get(f, ())) for f in ("list_price", "paid_price") if f in map.columns}
    if "quantity" in map.columns and map.rows == "lines" and any(unit.values()):
        map = replace(map, amounts="unit" if all(unit.values()) else "unit_list")
    slashed = _slashed(map, seen)
    if any(first > 12 for first, _ in slashed) != any(second > 12 for _, second in slashed):
        map = replace(map, day_first=any(first > 12 for first, _ in slashed))
    return map


def _of_one(headers: Sequence[str]) -> bool:
    return any("unit" in plain(each) or "单价" in each for each in headers)


def _slashed(map: Map, seen: Mapping[str, list[str]]) -> list[tuple[int, int]]:
    dated = [h for f, (h,) in map.columns.items() if fields(map.rows)[f] in (DATE, INSTANT, BIRTHDAY)]
    found = [SLASHED.match(each) for header in dated for each in seen[header]]
    return [(int(each[1]), int(each[2])) for each in found if each]


def _unfinished(
    rows: str,
    columns: Mapping[str, tuple[str, ...]],
    identifiers: Mapping[str, tuple[str, ...]],
    missing: Sequence[str],
) -> str:
    """TOML of a guess that lacks something, each gap named where it is to be filled."""

    def part(name: str, content: Mapping[str, tuple[str, ...]]) -> list[str]:
        quoted = {
            field: header.replace("\\", "\\\\").replace('"', '\\"') for field, (header,) in content.items()
        }
        return ["", f"[{name}]", *(f'{field} = "{header}"' for field, header in quoted.items())]

    gaps = [f'# {each} = "…" # nothing like it was found; name its column' for each in missing]
    return (
        "\n".join([f'rows = "{rows}"', *part("columns", columns), *gaps, *part("identifiers", identifiers)])
        + "\n"
    )
