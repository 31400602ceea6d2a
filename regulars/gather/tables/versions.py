"""Which staged orders are new, which are the next version of one, and which another import brought already."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

# What makes two versions of an order differ; when all of these agree the later one says nothing new.
CONTENT = ("store_id", "ordered_at", "gross", "discount", "net", "status", "refunded", "guests", "offer")


def latest(orders: ir.Table) -> ir.Table:
    """Orders at their highest version."""
    told = several(orders)
    newest = _highest(told)
    once = orders.anti_join(told, ("source", "order_id"))
    return once.union(orders.semi_join(newest, ("source", "order_id", "version")))


def several(orders: ir.Table, among: ir.Table | None = None, *, from_one: bool = False) -> ir.Table:
    """What tells which version of an order counts, of orders that may have more than one (or of these ``among`` the
    keys source, order_id): source, order_id, version, batch of those of their versions that matter.

    Nearly every order is told once, as version 1, so only the others are grouped; nothing ever groups all orders.
    ``from_one``: the caller has seen that no version is below 1, so that first versions need not even be looked at.
    """
    columns = orders.select("source", "order_id", "version", "batch")
    other = columns.filter(columns.version != 1)
    if among is not None:
        other = other.semi_join(among, ("source", "order_id"))
    if from_one:
        return other
    # A first version matters beside another only where a source counts from 0.
    low = _highest(other).filter(lambda top: top.version < 1)
    first = columns.filter(columns.version == 1).semi_join(low, ("source", "order_id"))
    return other.union(first)


def current(told: ir.Table) -> ir.Table:
    """kind, source, ref_id, batch of the landings whose sightings speak for the orders that ``several`` gave."""
    top = told.semi_join(_highest(told), ("source", "order_id", "version"))
    return top.select("source", "batch", ref_id="order_id", kind=ibis.literal("order")).distinct()


def standing(
    sightings: ir.Table, orders: ir.Table, among: ir.Table | None = None, *, from_one: bool = False
) -> ir.Table:
    """Sightings less those on versions of an order that a later one replaced: a mended card joins nobody any more.

    With ``among`` (source, order_id) only these orders are looked at: all that ``sightings`` may lie on.
    """
    return stand(sightings, several(orders, among, from_one=from_one))


def stand(seen: ir.Table, told: ir.Table) -> ir.Table:
    """Of rows with kind, source, ref_id, batch those that count, by what ``several`` told of their orders."""
    both = _spoken(seen, told)
    return both.filter(both.again.isnull() | both.speaks.notnull()).select(seen.columns)


def fallen(seen: ir.Table, told: ir.Table) -> ir.Table:
    """The other rows: those of an order that a later version replaced."""
    both = _spoken(seen, told)
    return both.filter(both.again.notnull() & both.speaks.isnull()).select(seen.columns)


def _spoken(seen: ir.Table, told: ir.Table) -> ir.Table:
    keys = told.select("source", ref_id="order_id", kind=ibis.literal("order")).distinct()
    again = keys.mutate(again=ibis.literal(True))
    speaks = current(told).mutate(speaks=ibis.literal(True))
    both = seen.left_join(again, ("kind", "source", "ref_id")).select(*seen.columns, "again")
    at = ("kind", "source", "ref_id", "batch")
    return both.left_join(speaks, at).select(*both.columns, "speaks")


def _highest(orders: ir.Table) -> ir.Table:
    return orders.group_by("source", "order_id").agg(version=orders.version.max())


def judged(staged: ir.Table, orders: ir.Table, own: ir.ArrayValue) -> ir.Table:
    """Staged orders with ``version`` filled in and ``verdict``: new, next, same (nothing changed), foreign or otherwise
    (this version is there and says something else).

    ``orders`` is the lake's table less what this import replaces; ``own`` the landings that brought the same name
    before. ``foreign_batch`` is the landing that brought a foreign order. A version that the file itself gives stands.
    """
    keys = staged.select("source", "order_id").distinct()
    there = orders.semi_join(keys, ("source", "order_id"))
    there = there.mutate(mine=own.contains(there.batch), content=_content(there))
    known = there.group_by("source", "order_id").agg(
        had=there.version.max(),
        had_content=there.content.argmax(there.version),
        foreign_batch=there.batch.max(where=~there.mine),
    )
    told = there.group_by("source", "order_id", "version").agg(told=there.content.max())
    joined = staged.mutate(content=_content(staged)).left_join(known, ("source", "order_id"))
    joined = joined.drop("source_right", "order_id_right").left_join(told, ("source", "order_id", "version"))
    joined = joined.drop("source_right", "order_id_right", "version_right")
    verdict = ibis.cases(
        (joined.foreign_batch.notnull(), "foreign"),
        (joined.had.isnull(), "new"),
        (joined.content == joined.told, "same"),
        (joined.told.notnull(), "otherwise"),
        (joined.content == joined.had_content, "same"),
        else_="next",
    )
    version = ibis.coalesce(joined.version, joined.had + 1, ibis.literal(1, type="int64"))
    return joined.mutate(verdict=verdict, version=version).drop("content", "had_content", "had", "told")


def _content(orders: ir.Table) -> ir.StringValue:
    return ibis.literal("\x1f").join([orders[name].cast("string").fill_null("") for name in CONTENT])
