"""Brands by format: casual dining is the default, the others are its numbers replaced where a format differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from regulars.core.refused import Refused
from regulars.simulate.brand import (
    Brand,
    Calendar,
    Decoys,
    Effects,
    Farming,
    Identity,
    Returning,
    Source,
    Table,
)

# Share of first-time households back within 30, 90 and 365 days that each format's process was fitted to.
SECOND_VISIT = {
    "casual": (0.11, 0.23, 0.41),
    "hot_pot": (0.09, 0.21, 0.40),
    "tea": (0.27, 0.42, 0.56),
    "fast_food": (0.25, 0.42, 0.58),
    "retail": (0.094, 0.21, 0.39),
}
# Yuan paid an order that is not delivered, all stores together; hot pot ¥97 a head, three to a table.
TICKET = {"casual": 210, "hot_pot": 291, "tea": 15, "fast_food": 30, "retail": 180}
# The same process without a never-return mass: r, α, a, b of a BG/NBD with drop-out also after visit 1.
PROCESS = {
    "casual": (0.5, 75.0, 0.8, 1.9),
    "hot_pot": (0.55, 110.0, 0.7, 1.9),
    "tea": (0.55, 22.0, 0.9, 2.2),
    "fast_food": (0.6, 30.0, 0.8, 2.2),
    "retail": (0.5, 90.0, 0.8, 1.9),
}
FEW_PASS = (0.09, 0.21, 0.36)  # never-return mass by place, where people live or work nearby
ALONE = ((0.70, 0.22, 0.08), (0.66, 0.25, 0.09), (0.80, 0.16, 0.04))


def _casual() -> Brand:
    return Brand()


def _hot_pot() -> Brand:
    parties = (
        (0.05, 0.34, 0.28, 0.20, 0.08, 0.05),
        (0.05, 0.38, 0.27, 0.19, 0.07, 0.04),
        (0.15, 0.40, 0.22, 0.14, 0.05, 0.04),
    )
    evening = (
        (11, 1.2),
        (12, 2.0),
        (13, 1.0),
        (17, 2.0),
        (18, 3.2),
        (19, 3.0),
        (20, 2.2),
        (21, 1.6),
        (22, 1.0),
    )
    return Brand(
        format="hot_pot",
        orders_per_store_day=180,
        delivery_share=0.03,
        returning=Returning(0.911, 111.0, 0.853, 0.985),
        table=Table(
            parties, 1.9, 1.0, 1.5, voucher_share=0.2, hours=(*evening, (23, 0.6), (24, 0.3), (25, 0.15))
        ),
    )


def _tea() -> Brand:
    return Brand(
        format="tea",
        orders_per_store_day=450,
        delivery_share=0.45,
        returning=Returning(0.681, 23.3, 1.009, 1.158, habitual=0.5, never=FEW_PASS, household_pays=0.1),
        identity=Identity(share_before=0.35, share_after=0.50),
        effects=Effects(dish_share=0.08),
        table=Table(ALONE, 0.3, 0.2, 1.0, voucher_share=0.10, mini_program=0.30, pick_up=0.15),
    )


def _fast_food() -> Brand:
    return Brand(
        format="fast_food",
        orders_per_store_day=400,
        delivery_share=0.40,
        returning=Returning(0.929, 39.7, 0.739, 0.801, never=FEW_PASS, household_pays=0.1),
        identity=Identity(share_before=0.25, share_after=0.40),
        effects=Effects(dish_share=0.10),
        table=Table(ALONE, 0.6, 0.45, 1.1, voucher_share=0.12, mini_program=0.20, pick_up=0.12),
    )


def _retail() -> Brand:
    return Brand(
        format="retail",
        orders_per_store_day=80,
        delivery_share=0.10,
        returning=Returning(0.496, 67.1, 0.694, 0.773, never=FEW_PASS),
        effects=Effects(dish_share=0.06),
        table=Table(ALONE, 0.7, 0.85, 1.0, voucher_share=0.08, pick_up=0.03, line_chased=0.0),
    )


PRESETS: dict[str, Callable[[], Brand]] = {
    "casual": _casual,
    "hot_pot": _hot_pot,
    "tea": _tea,
    "fast_food": _fast_food,
    "retail": _retail,
}


def preset(format: str = "casual", **changes: Any) -> Brand:
    """The brand of a format (casual, hot_pot, tea, fast_food, retail) with the given fields changed.

    Refuses a format that is not among them.
    """
    if format not in PRESETS:
        raise Refused(
            "there is no format %(name)s to make a brand of; write one of %(all)s",
            name=format,
            all=", ".join(PRESETS),
        )
    return replace(PRESETS[format](), **changes)


def small(seed: int, format: str = "casual", **changes: Any) -> Brand:
    """A brand a tenth of the demo's orders, for benchmarks over many seeds; generated in a fraction of a second."""
    base = PRESETS[format]() if format in PRESETS else preset(format)
    fewer: dict[str, Any] = {"orders_per_store_day": base.orders_per_store_day / 10} | changes
    return replace(base, seed=seed, **fewer)


def seen_clearly(brand: Brand) -> Brand:
    """The brand with every order identified by an identifier of its own: what is left is the process alone."""
    clear = Identity(
        share_before=1.0,
        share_after=1.0,
        delivery_share=1.0,
        second_identifier=0.0,
        shared_identifier=0.0,
        typing_error=0.0,
        typed_otherwise=0.0,
        blocked_value=0.0,
        shop_device=0.0,
        second_record=0.0,
        acquired_by_recorded=1.0,
    )
    farming = Farming(accounts=0.0, newcomer_offer_week=None, staff_stores=0.0)
    returning = replace(brand.returning, household_pays=0.0)
    return replace(brand, identity=clear, farming=farming, returning=returning)


def textbook(brand: Brand, first_drop: float = 1.0) -> Brand:
    """The brand as the textbook has it: BG/NBD with the format's r, α, a, b, every day and every newcomer alike,
    nothing planted, no decoy.

    With `first_drop` 1 households drop out after visit 1 like after any other (Batislam, Denizel and Filiztekin, 2007),
    with 0 never before visit 2 (Fader, Hardie and Lee, 2005).
    """
    r, alpha, a, b = PROCESS[brand.format]
    returning = Returning(r, alpha, a, b, first_drop, 0.0, (0.0, 0.0, 0.0), brand.returning.household_pays)
    effects = Effects(disliked_dish=1.0, unmended_return=1.0, table_return=1.0, next_day_return=1.0)
    decoys = Decoys(
        noodles_alone=0.02, opening_store_week=None, rival_week=None, price_rise_week=None, comp_for_fans=0
    )
    return replace(
        brand,
        returning=returning,
        effects=effects,
        decoys=decoys,
        calendar=Calendar(1.0, 0.0, 0.0, (0.0, 0.0), 0.0),
        sources=tuple(Source(origin.share) for origin in brand.sources),
    )
