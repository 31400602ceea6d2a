"""A map that nobody wrote yet: guessed from headers and first values, with how sure it is, for a person to mend."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
from regulars.gather.rules.written import Values, slashed, written

PHONE = re.compile(r"(\+?\d{1,3}[ -]?)?1[3-9]\d{9}")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
NUMERIC = re.compile(r"[-+(]?[¥￥$€£]?\s?-?\d[\d.,' \u00a0]*\)?-?[元¥￥$€£]?")
DAY = re.compile(r"\d{4}[-/.年]?\d{1,2}[-/.月]?\d{1,2}|\d{1,2}[-/.](\d{1,2}|[A-Za-z]{3})[-/.]\d{2,4}")
KEYS = {
    "orders": "order_id",
    "records": "record_id",
    "products": "product_id",
    "stores": "store_id",
    "staff": "staff_id",
    "visits": "visit_id",
}
CURRENCY = ("currency", "currencycode", "币种", "货币")
ONE_STORE = "the store"  # of a file that names none; mended before the first import, since it stays
UNSURE = 0.5  # at most, where a person has to say something first
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
    return _guessed(best[1], best[2], seen, values)


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
                # Order numbers may start again each day; members' do not.
                sure *= 1.0 if _differ(seen[header]) else 0.6 if rows == "orders" else 0.3
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
    # A file of one store need not name it.
    gap: dict[tuple[str, ...], float] = {("store_id",): LEAST} if rows in ("orders", "lines") else {}
    needed = [
        max((taken[each][1] for each in choice if each in taken), default=gap.get(choice, 0.0))
        for choice in _needed(rows)
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
    rows: str, taken: dict[str, tuple[str, float]], seen: Mapping[str, list[str]], values: Values
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
    constants: dict[str, str] = {}
    if missing == ("store_id",) and rows in ("orders", "lines"):
        missing, overall, constants = (), min(UNSURE, *needed), {"store_id": ONE_STORE}
    how = written(rows, columns, seen, values)
    map = None
    if not missing and not (rows == "consents" and not identifiers):
        map = Map(rows=rows, columns=columns, identifiers=identifiers, constants=constants, **how)
        if map.day_first is None and slashed(rows, columns, seen):
            overall = min(overall, UNSURE)
    text = write_map(map) if map else _unfinished(rows, columns, identifiers, missing, how)
    said = "\n".join(_notes(taken, seen, map))
    head = f"# Guessed from the file; overall {overall:.0%} sure. Mend it and import with it."
    return Guess(rows, f"{head}\n{said}\n{text}", map, taken, overall, missing)


def _notes(
    taken: Mapping[str, tuple[str, float]], seen: Mapping[str, list[str]], map: Map | None
) -> list[str]:
    """What a person should look at before importing, each a comment of one line."""
    notes = [f"{field}: {header}, {sure:.0%} sure" for field, (header, sure) in taken.items()]
    unused = [each for each in seen if all(each != header for header, _ in taken.values())]
    notes += [f"not used: {', '.join(unused)}"] if unused else []
    if map and "store_id" in map.constants:
        notes.append("no column names a store, so all rows are of one; write its name under [constants]")
    if map and map.day_first is None and slashed(map.rows, map.columns, seen):
        notes.append("day and month cannot be told apart; write day_first = true or false under [dates]")
    for each in seen:
        if plain(each) in CURRENCY and seen[each]:
            many = ", ".join(sorted(set(seen[each]))[:5])
            notes.append(
                f"{each} says {many}: amounts count as the brand's currency; else give rate or rate_column"
            )
    # A header may hold a line end; a comment may not.
    return ["# " + re.sub(r"[\r\n\x00-\x08\x0b-\x1f\x7f]+", " ", each) for each in notes]


def _unfinished(
    rows: str,
    columns: Mapping[str, tuple[str, ...]],
    identifiers: Mapping[str, tuple[str, ...]],
    missing: Sequence[str],
    how: Mapping[str, Any],
) -> str:
    """TOML of a guess that lacks something, each gap named where it is to be filled."""

    def quoted(value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, tuple) and len(value) != 1:
            return f"[{', '.join(map(quoted, value))}]"
        text = str(value[0] if isinstance(value, tuple) else value)
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def part(name: str, content: Mapping[str, Any]) -> list[str]:
        return ["", f"[{name}]", *(f"{field} = {quoted(value)}" for field, value in content.items())]

    top = [f"{key} = {quoted(how[key])}" for key in ("key", "amounts", "returns") if key in how]
    lines = [f'rows = "{rows}"', *top]
    for name, keys in (("numbers", ("decimal", "thousands")), ("dates", ("day_first",))):
        said = {key: how[key] for key in keys if key in how}
        lines += part(name, said) if said else []
    gaps = [f'# {each} = "…" # nothing like it was found; name its column' for each in missing]
    return "\n".join([*lines, *part("columns", columns), *gaps, *part("identifiers", identifiers)]) + "\n"
