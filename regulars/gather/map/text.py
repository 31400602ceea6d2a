"""Between a map and the TOML a person edits: a key that is not known is refused by name, never passed over."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING
from dataclasses import fields as attributes
from typing import Any

from regulars.core.refused import Refused
from regulars.gather.map.map import Join, Map
from regulars.lake.reading.form import Form

TOP = ("rows", "source", "key", "time_zone", "amounts", "returns", "repeated", "blank", "rate", "rate_column")
PARTS: dict[str, tuple[str, ...]] = {
    "file": ("delimiter", "encoding", "quote", "headers", "skip"),
    "numbers": ("decimal", "thousands"),
    "dates": ("formats", "day_first"),
}
FREE = ("columns", "identifiers", "constants", "values", "joins")


def read_map(text: str) -> Map:
    """The map that TOML text says; refuses what TOML refuses, an unknown key (naming the known) and a wrong type."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused("the map is not TOML: %(why)s", why=error) from error
    _known("the map", given, (*TOP, *PARTS, *FREE))
    if "rows" not in given:
        raise Refused(
            'the map does not say what its rows are: begin it with rows = "lines", "orders", "records" …'
        )
    for part, keys in PARTS.items():
        _known(f"[{part}]", _table(given, part), keys)
    file, numbers, dates = (_table(given, part) for part in PARTS)
    said = {
        key: _text(given, key)
        for key in ("rows", "source", "time_zone", "amounts", "returns", "repeated", "rate_column")
    }
    said |= {key: _text(numbers, key) for key in PARTS["numbers"]}
    rest: dict[str, Any] = {key: value for key, value in said.items() if value is not None}
    return Map(
        **rest,
        key=_texts(given, "key"),
        blank=_texts(given, "blank"),
        rate=_rate(given),
        dates=_texts(dates, "formats"),
        day_first=_flag(dates, "day_first"),
        columns={name: _texts(_table(given, "columns"), name) for name in _table(given, "columns")},
        identifiers={
            name: _texts(_table(given, "identifiers"), name) for name in _table(given, "identifiers")
        },
        constants={name: _plain(value, name) for name, value in _table(given, "constants").items()},
        values={
            name: {raw: _plain(value, name) for raw, value in _table(_table(given, "values"), name).items()}
            for name in _table(given, "values")
        },
        joins=tuple(_join(each) for each in _list(given, "joins")),
        form=Form(
            delimiter=_text(file, "delimiter"),
            encoding=_text(file, "encoding"),
            quote=_text(file, "quote") or '"',
            headers=_texts(file, "headers"),
            skip=_count(file, "skip"),
        ),
    )


def write_map(map: Map) -> str:
    """The map as TOML text that ``read_map`` reads back to an equal map; what is as by default is left out."""
    plain = {each.name: each.default for each in attributes(Map) if each.default is not MISSING}
    lines = [f"rows = {_toml(map.rows)}"]
    for key in TOP[1:]:
        value = getattr(map, key)
        if value != plain.get(key, ()):
            lines.append(f"{key} = {_toml(value)}")
    form = {
        key: getattr(map.form, key) for key in PARTS["file"] if getattr(map.form, key) != getattr(Form(), key)
    }
    numbers = {key: getattr(map, key) for key in PARTS["numbers"] if getattr(map, key) != plain[key]}
    dates = {"formats": map.dates or None, "day_first": map.day_first}
    for part, content in (
        ("file", form), ("numbers", numbers), ("dates", dates), ("columns", map.columns),
        ("identifiers", map.identifiers), ("constants", map.constants),
        *((f"values.{_toml_key(name)}", given) for name, given in map.values.items()),
    ):  # fmt: skip
        lines += _section(f"[{part}]", content)
    for join in map.joins:
        on = ", ".join(f"{_toml_key(left)} = {_toml(right)}" for left, right in join.on.items())
        lines += [
            "",
            "[[joins]]",
            f"file = {_toml(join.file)}",
            f"on = {{ {on} }}",
            f"columns = {_toml(join.columns)}",
        ]
    return "\n".join(lines) + "\n"


def _section(head: str, content: Mapping[str, Any]) -> list[str]:
    said = {key: value for key, value in content.items() if value is not None}
    return (
        ["", head, *(f"{_toml_key(key)} = {_toml(_single(value))}" for key, value in said.items())]
        if said
        else []
    )


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml_key(key: str) -> str:
    return key if key and all(c.isascii() and (c.isalnum() or c in "_-") for c in key) else _toml(key)


def _known(where: str, given: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    for key in given:
        if key not in allowed:
            raise Refused(
                "%(where)s has a key %(key)s that means nothing; allowed are %(allowed)s",
                where=where, key=key, allowed=", ".join(allowed),
            )  # fmt: skip


def _wrong(key: str, wanted: str, value: Any) -> Refused:
    return Refused("%(key)s must be %(wanted)s, not %(value)s", key=key, wanted=wanted, value=repr(value))


def _table(given: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = given.get(key, {})
    if not isinstance(value, dict):
        raise _wrong(key, "a table", value)
    return value


def _list(given: Mapping[str, Any], key: str) -> list[Any]:
    value = given.get(key, [])
    if not isinstance(value, list):
        raise _wrong(key, "a list of tables, each under [[joins]]", value)
    return value


def _text(given: Mapping[str, Any], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise _wrong(key, "text in quotes", value)
    return value


def _texts(given: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = given.get(key, [])
    many = [value] if isinstance(value, str) else value
    if not isinstance(many, list) or not all(isinstance(each, str) for each in many):
        raise _wrong(key, "text in quotes or a list of such", value)
    return tuple(many)


def _flag(given: Mapping[str, Any], key: str) -> bool | None:
    value = given.get(key)
    if value is not None and not isinstance(value, bool):
        raise _wrong(key, "true or false", value)
    return value


def _count(given: Mapping[str, Any], key: str) -> int:
    value = given.get(key, 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _wrong(key, "a whole number, 0 or more", value)
    return value


def _rate(given: Mapping[str, Any]) -> str | None:
    value = given.get("rate")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _wrong("rate", "a number above 0", value)
    try:
        good = 0 < float(value) < 1e6
    except ValueError:
        good = False
    if not good:
        raise _wrong("rate", "a number above 0", value)
    return str(value)


def _plain(value: Any, key: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise _wrong(key, "text or a number", value)
    return str(value)


def _join(given: Any) -> Join:
    if not isinstance(given, dict):
        raise _wrong("joins", "a list of tables, each under [[joins]]", given)
    _known("[[joins]]", given, ("file", "on", "columns"))
    file, on = _text(given, "file"), {key: _plain(value, key) for key, value in _table(given, "on").items()}
    if not file or not on:
        raise Refused("each [[joins]] needs file and on = { column here = column there }")
    return Join(file, on, _texts(given, "columns"))
