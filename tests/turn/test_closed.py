"""What may happen to a closed month, one by one: each is laid over it, and a rebuild says the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from regulars.lake.engine import open_lake
from tests.turn.world import Excludes, Identifier, Registered, Step, Turn, Version, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.lake]

C0, C1, C2, C3 = (("member_card", f"c{n}") for n in range(4))
PHONE, TOKEN = ("phone", "p0"), ("payment_token", "t0")


def order(
    number: int, day: int, *seen: Identifier, version: int = 1, status: str = "paid", net: int = 500
) -> Version:
    return Version(number, version, day, 12, "A", net, status, tuple(sorted(seen)))


OPEN = order(99, 74, C3)  # the last day: months before April are closed
HAPPENED: dict[str, tuple[list[Step], list[Step]]] = {
    "late, in a month of its own, and nobody's": ([order(1, 5, C0)], [order(2, 30)]),
    "late": ([order(1, 5, C0)], [order(2, 3, C0)]),
    "corrected": ([order(1, 5, C0)], [order(1, 5, C0, version=2, net=300)]),
    "another's now": ([order(1, 5, C0), order(2, 6, C1)], [order(1, 5, C1, version=2)]),
    "cancelled": ([order(1, 5, C0)], [order(1, 5, C0, version=2, status="cancelled")]),
    "moved to another closed month": ([order(1, 5, C0)], [order(1, 30, C0, version=2)]),
    "moved to the open month": ([order(1, 5, C0)], [order(1, 74, C0, version=2)]),
    "moved out of the open month": ([order(1, 74, C0)], [order(1, 5, C0, version=2)]),
    "an old version late": ([order(1, 5, C0, version=3)], [order(1, 6, C0, version=2)]),
    "an old version late, of one cancelled": (
        [order(1, 5, C0, version=3, status="cancelled")],
        [order(1, 6, C0, version=1)],
    ),
    "merged": ([order(1, 5, C0), order(2, 6, PHONE)], [order(3, 74, C0, PHONE)]),
    "merged by a record": ([order(1, 5, C0), order(2, 6, PHONE)], [Registered(1, (C0, PHONE))]),
    "merged where two cards lie on one order": (
        [order(1, 3, PHONE), order(2, 4, C0), order(3, 5, C0, C1), order(4, 6, C1)],
        [order(5, 74, C1, PHONE)],
    ),
    "split": (
        [order(1, 5, C0, PHONE), order(2, 6, PHONE), order(3, 7, PHONE, TOKEN)],
        [order(4, 74, C1, PHONE), order(5, 74, C2, PHONE)],
    ),
    "split beyond its limit": (
        [order(1, 5, PHONE), order(2, 6, C0), order(3, 7, TOKEN)],
        [order(number, 74, card, PHONE) for number, card in enumerate((C0, C1, C2, C3), 4)],
    ),
    "excluded": ([order(1, 5, C0, PHONE), order(2, 6, PHONE), order(3, 7, C1)], [Excludes(PHONE)]),
    "joins somebody again": (
        [order(1, 5, C0, PHONE), order(2, 6, C1, PHONE), order(3, 7, PHONE)],
        [order(2, 6, C1, version=2)],
    ),
}


@pytest.mark.parametrize("what", HAPPENED)
def test_a_closed_month_takes_what_happened(what: str, tmp_path: Path) -> None:
    before, after = HAPPENED[what]
    world = World(tmp_path / "lake")
    world.play([*before, OPEN, Turn()])
    was = world.told()
    world.play([*after, Turn()])
    found = world.told()
    assert laid(world) or what.startswith("an old version")
    assert (found["sales"] != was["sales"]) != what.startswith("an old version")
    world.turn(rebuild=True)
    right = world.told()
    for name, rows in right.items():
        assert found[name] == rows, name
    assert not laid(world)


def laid(world: World) -> int:
    """Patches that lie over closed months."""
    scratch = world.folder.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    lake = open_lake(world.folder, scratch)
    try:
        return lake.size("sales_patches")
    finally:
        lake.close()
