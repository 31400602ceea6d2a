"""Side tables: what a file leaves to another one, as the day of a time_id, found there by key."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir

from regulars.core.refused import Refused
from regulars.gather.map.map import Join, Map
from regulars.gather.tables import values
from regulars.gather.tables.rejects import FILE, ROW, SEQ, find


def side(other: ir.Table, headers: Sequence[str], join: Join, map: Map) -> ir.Table:
    """A side table as it is joined: its keys as text (_on0 …) and the columns asked for, each different row once.

    Refuses keys and columns that are not there, and a column that the data have too.
    """
    theirs = [each for each in other.columns if each not in (FILE, ROW, SEQ)]
    keys = {here: find(theirs, there) for here, there in join.on.items()}
    take = [find(theirs, each) for each in join.columns]
    if None in take or None in keys.values() or any(find(headers, here) is None for here in keys):
        raise Refused(
            "the map joins %(file)s on %(on)s for %(take)s; the data have %(here)s and %(file)s has %(there)s",
            file=join.file, on=", ".join(f"{a} = {b}" for a, b in join.on.items()), take=", ".join(join.columns),
            here=", ".join(headers), there=", ".join(theirs),
        )  # fmt: skip
    if both := [str(each) for each in take if find(headers, str(each))]:
        raise Refused(
            "%(columns)s stands both in the data and in %(file)s; take it out of the columns of the join",
            columns=", ".join(both), file=join.file,
        )  # fmt: skip
    on = {f"_on{n}": values.text(values.said(other[str(there)])) for n, there in enumerate(keys.values())}
    return other.select(
        **on, **{str(each): values.said(other[str(each)], map.blank) for each in take}
    ).distinct()


def joined(
    raw: ir.Table, headers: Sequence[str], map: Map, sides: Sequence[ir.Table]
) -> tuple[ir.Table, tuple[str, ...]]:
    """The file with the columns of its side tables, matched as trimmed text; a row without a match has nulls."""
    for join, narrow in zip(map.joins, sides, strict=True):
        on = [name for name in narrow.columns if name.startswith("_on")]
        here = [values.text(values.said(raw[str(find(headers, each))])) for each in join.on]
        at = {f"_at{n}": each for n, each in enumerate(here)}
        raw = raw.mutate(**at)
        raw = raw.left_join(narrow, [raw[a] == narrow[b] for a, b in zip(at, on, strict=True)]).drop(*at, *on)
        headers = (*headers, *(each for each in narrow.columns if each not in on))
    return raw, tuple(headers)
