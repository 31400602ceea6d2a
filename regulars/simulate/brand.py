"""Every number a made-up brand is made of; an effect of size zero is written as a multiplier of 1 or a share of 0.

What they were fitted to stands in `docs/simulate.md`. Shares are between 0 and 1, times are days, money is fen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from regulars.core.refused import Refused

PLACES = ("community", "mall", "station")
SOURCES = ("passing", "platform", "friend", "paid", "own", "opening")


@dataclass(frozen=True)
class Returning:
    """How a household comes back: BG/NBD (Fader, Hardie and Lee, 2005) with a mass that never does.

    Visits come at a rate ~ Gamma(`shape`, rate `days`); after visit 2 and later a household drops out with its own
    p ~ Beta(`drop_a`, `drop_b`), after visit 1 with `first_drop` × p. A share `habitual` keeps Erlang-2 intervals,
    the rest exponential ones, of the same mean.
    """

    shape: float = 0.796
    days: float = 78.6
    drop_a: float = 0.969
    drop_b: float = 1.091
    first_drop: float = 0.3
    habitual: float = 0.5
    never: tuple[float, float, float] = (0.15, 0.35, 0.60)  # by place
    household_pays: float = 0.2  # of returns, another of the household pays
    other_store: float = 0.08  # of returns, to another store than the first


@dataclass(frozen=True)
class Source:
    """Where newcomers come from: their share, and what it does to the never-return mass and the rate of visits."""

    share: float
    never: float = 1.0
    rate: float = 1.0


@dataclass(frozen=True)
class Identity:
    """What the shop learns of who is there."""

    share_before: float = 0.30  # of orders identified, before the rise
    share_after: float = 0.60
    rise_week: int | None = 52
    delivery_share: float = 0.05  # of platform delivery orders that show who ordered
    second_identifier: float = 0.25
    shared_identifier: float = 0.04
    typing_error: float = 0.015
    typed_otherwise: float = 0.06  # of phones: with spaces, dashes or a country code
    blocked_value: float = 0.03  # of unidentified orders, a value typed only because the till demands one
    shop_device: float = 0.02  # of unidentified orders, paid by scanning with the shop's own device
    asked_not_recorded: float = 0.15
    email: float = 0.03
    sms_consent: float = 0.35
    wecom_friend: float = 0.20
    second_record: float = 0.5  # of members with a second identifier, registered twice
    acquired_by_recorded: float = 0.8


@dataclass(frozen=True)
class Effects:
    """Planted: what a visit does to the chance of another one. A multiplier of 1 plants nothing."""

    disliked_dish: float = 0.6
    fault: float = 0.07  # of visits in which something goes wrong
    mended_at_table: float = 0.25  # of faults; the rest is silent or waits for the next day
    mended_next_day: float = 0.10
    unmended_return: float = 0.55
    table_return: float = 0.95
    next_day_return: float = 0.8
    dish_share: float = 0.12  # of dine-in visits with the disliked dish


@dataclass(frozen=True)
class Decoys:
    """What an honest tool must not take for an effect. Weeks count from the start of the history; None is never."""

    noodles_alone: float = 0.6  # of guests alone at a station, eating the station noodles
    opening_store_week: int | None = 26
    opening_weeks: int = 4
    opening_coupon: float = 0.6  # of newcomers in those weeks
    opening_rush: float = 2.5  # times the usual newcomers in those weeks
    rival_week: int | None = 60
    rival_store: int = 0
    rival_takes: float = 0.12  # of footfall from then on
    price_rise_week: int | None = 70
    price_rise: float = 0.05
    comp_for_fans: float = 0.06  # of orders from the fifth visit on, given for having come often


@dataclass(frozen=True)
class Response:
    """Planted: how many more of a population are back within `days` of something done to them; 0 plants nothing."""

    gain: float
    days: int = 30


@dataclass(frozen=True)
class Responses:
    """What guests and staff do about what the brand does, in the weeks that are played."""

    second_visit: Response = Response(0.045)
    coupon: Response = Response(0.03)
    nothing: Response = Response(0.0)
    told: Response = Response(0.10)  # that what they raised is mended
    near: Response = Response(0.02, 60)  # near service that was truly done
    wish: Response = Response(0.05, 60)  # and that meets a stated wish
    mended_dish: float = 0.95  # instead of `Effects.disliked_dish`, where a new version is served
    tired_after: int = 2  # messages in 30 days, beyond which each next one counts `tired` times as much
    tired: float = 0.75
    answers: tuple[tuple[str, float], ...] = (
        *(("sms", 0.03), ("email", 0.03), ("mini_program", 0.07), ("wecom", 0.35)),
    )
    promise_answered: float = 0.6
    promise_yes: float = 0.9
    opts_out: tuple[tuple[str, float], ...] = (("sms", 0.005), ("email", 0.005), ("wecom", 0.02))
    task_done: float = 0.65
    false_tick: float = 0.15  # of what is ticked as done
    task_confirmed: float = 0.70
    tickets_a_store_week: int = 10  # parties known before they are seated, as the queue system posts them


@dataclass(frozen=True)
class Farming:
    """Who games the offers."""

    accounts: float = 0.02  # of known accounts
    newcomer_offer_week: int | None = 30
    newcomer_offer_weeks: int = 8
    newcomer_offer: float = 0.20  # of accounts opened in the open newcomer offer
    ring: tuple[int, int] = (5, 60)
    staff_stores: float = 0.2  # of stores where one of the staff collects guests' points
    staff_orders: float = 0.05  # of that store's unidentified orders


@dataclass(frozen=True)
class Calendar:
    """How days differ. Spring Festival is the range over the brand's stores."""

    weekend: float = 1.5
    rain_dine_in: float = -0.12
    rain_delivery: float = 0.20
    spring_festival: tuple[float, float] = (-0.5, 0.4)
    national_day: float = 0.3


@dataclass(frozen=True)
class Table:
    """The party and what it orders; weights of parties of 1, 2, 3 … by place."""

    parties: tuple[tuple[float, ...], ...] = (
        (0.13, 0.39, 0.22, 0.15, 0.06, 0.05),
        (0.17, 0.42, 0.20, 0.13, 0.04, 0.04),
        (0.36, 0.36, 0.14, 0.08, 0.03, 0.03),
    )
    dishes_a_head: float = 1.3
    dishes_a_table: float = 0.5
    delivery_heads: float = 1.3
    voucher_share: float = 0.25  # of dine-in bills
    voucher_off: float = 0.18
    member_off: float = 0.03
    mini_program: float = 0.08  # of orders not delivered
    pick_up: float = 0.05
    delivery_cost: float = 0.20
    voucher_cost: float = 0.06
    refunded: float = 0.003
    cancelled: float = 0.01
    line_returned: float = 0.006
    line_chased: float = 0.02
    sent_twice: float = 0.004
    hours: tuple[tuple[int, float], ...] = (
        *((11, 1.6), (12, 2.6), (13, 1.2), (14, 0.4), (15, 0.2), (16, 0.4)),
        *((17, 1.8), (18, 3.0), (19, 2.4), (20, 1.2), (21, 0.5)),
    )


SOURCES_BY_DEFAULT = (
    Source(0.40, never=0.95),
    Source(0.30, never=1.35, rate=0.75),
    Source(0.18, never=0.5, rate=1.4),
    Source(0.08, never=1.2),
    Source(0.04, never=0.7, rate=1.2),
    Source(0.0, never=3.6, rate=0.5),  # only in the opening weeks of a new store
)


@dataclass(frozen=True)
class Brand:
    """A brand to simulate; the same brand gives the same bytes. Presets by format: `formats.preset`."""

    format: str = "casual"
    seed: int = 1
    stores: int = 5
    weeks: int = 104
    warm_up_weeks: int = 104  # lived before the history begins: its first day is nobody's first visit
    future_days: int = 90
    last_day: date = date(2026, 10, 31)
    orders_per_store_day: float = 73.0
    delivery_share: float = 0.20
    returning: Returning = field(default_factory=Returning)
    sources: tuple[Source, ...] = SOURCES_BY_DEFAULT
    identity: Identity = field(default_factory=Identity)
    effects: Effects = field(default_factory=Effects)
    responses: Responses = field(default_factory=Responses)
    decoys: Decoys = field(default_factory=Decoys)
    farming: Farming = field(default_factory=Farming)
    calendar: Calendar = field(default_factory=Calendar)
    table: Table = field(default_factory=Table)

    def __post_init__(self) -> None:
        """Refuses a brand that cannot be lived through."""
        if self.stores < 1 or self.weeks < 1 or self.orders_per_store_day <= 0:
            raise Refused(
                "a brand needs a store, a week and orders every day, not %(stores)s, %(weeks)s and %(orders)s",
                stores=self.stores,
                weeks=self.weeks,
                orders=self.orders_per_store_day,
            )
        if len(self.sources) != len(SOURCES):
            raise Refused("sources are given for %(names)s, in this order", names=", ".join(SOURCES))
        if self.stores > 99:
            raise Refused("a made-up brand has at most 99 stores, not %(stores)s", stores=self.stores)
