"""What is planted is what comes: over a population, at several sizes and at none, and the same under both arms."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from regulars.core.refused import Refused
from regulars.simulate.brand import Brand, Response
from regulars.simulate.draw import luck
from regulars.simulate.formats import preset, small, textbook
from regulars.simulate.history import lived
from regulars.simulate.live.added import between
from regulars.simulate.live.play import Live
from regulars.simulate.live.respond import DUE, Fates
from regulars.simulate.live.revive import revived

pytestmark = pytest.mark.slow

LARGE = preset(seed=8, stores=3, weeks=52, warm_up_weeks=40, orders_per_store_day=120.0)


def planting(brand: Brand, gain: float) -> Brand:
    return replace(brand, responses=replace(brand.responses, second_visit=Response(gain)))


def due(fates: Fates) -> tuple[np.ndarray, np.ndarray]:
    """Who came once, 30 days ago, and was not back: an identity each, and the day."""
    visits, days = fates.life.visits, fates.life.days
    ones = (visits.number == 1) & (visits.time >= days.opens) & (visits.time < days.closes - 2 * DUE)
    who, day = visits.household[ones], visits.time[ones].astype(np.int64) + DUE
    away = between(fates.came, who, day - DUE, DUE, fates.horizon) == 0
    return 2 * who[away], day[away]


@pytest.mark.parametrize("gain", [0.0, 0.02, 0.045, 0.10])
def test_the_population_effect_is_the_planted_one(gain: float) -> None:
    fates = Fates(lived(planting(LARGE, gain)))
    who, day = due(fates)
    found = fates.outcomes(who, day, "second_visit")
    assert len(who) > 10_000
    assert found.effect == pytest.approx(gain, abs=3.5 * (gain / len(who)) ** 0.5)
    assert found.effect_seen <= found.effect
    assert found.effect_seen == pytest.approx(0.72 * gain, abs=0.005)
    assert (found.y1 >= found.y0).all()


def test_a_person_has_one_fate_whoever_else_is_asked_about() -> None:
    fates = Fates(lived(small(4, weeks=30, warm_up_weeks=20)))
    who, day = due(fates)
    whole = fates.outcomes(who, day, "told")
    some = fates.outcomes(who[::7], day[::7], "told")
    assert (whole.y1[::7] == some.y1).all()
    assert (whole.seen1[::7] == some.seen1).all()


def test_luck_is_uniform_and_its_parts_know_nothing_of_each_other() -> None:
    one, two = (luck(7, part, np.arange(50_000)) for part in ("one", "two"))
    for drawn in (one, two):
        assert np.histogram(drawn, 10, (0, 1))[0] == pytest.approx(np.full(10, 5000), abs=350)
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.02
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.02


def test_the_treated_of_played_weeks_do_what_was_said_of_them_before(tmp_path: Path) -> None:
    """Both outcomes are asked for first; then half are written to, and the tills show just these outcomes."""
    brand = small(5, weeks=30, warm_up_weeks=30, orders_per_store_day=30.0)
    live = Live(planting(brand, 0.3), tmp_path, since=20)
    at = datetime.combine(live.begins, datetime.min.time(), ZoneInfo("Asia/Shanghai")) + timedelta(hours=10)
    visits = live.life.visits
    once = np.unique(visits.household[(visits.time < live.life.days.opens + 130) & (visits.number == 1)])[
        -1500:
    ]
    people = [(f"guest{2 * who:08d}@example.com", at) for who in once.tolist()]
    said = live.truth(people, "second_visit")
    treated = np.arange(len(people)) % 2 == 0
    live.hear(
        {"key": address, "channel": "email", "address": address, "kind": "second_visit", "at": at}
        for (address, at), now in zip(people, treated, strict=True)
        if now
    )
    came = np.asarray([False] * len(people))
    begins = (live.begins - live.life.days.first).days
    more = {each.household for each in live.added if begins < each.day <= begins + 30}
    alone = between(live.fates.came, once, np.full(len(once), begins), 30, live.fates.horizon) > 0
    came = alone | np.asarray([who in more for who in once.tolist()])
    assert (came == np.where(treated, said.y1, said.y0)).all()
    again = live.truth(people, "second_visit")
    assert (again.y0 == said.y0).all()
    assert (again.y1 == said.y1).all()


@pytest.mark.parametrize("size", [0.6, 0.8, 0.95])
def test_a_mended_dish_keeps_those_whom_the_same_luck_lost(size: float) -> None:
    """Under a multiplier of 0.6 a share 0.6 s stays, under 0.95 a share 0.95 s: the difference lives on, each once."""
    plain = textbook(preset(seed=9, stores=3, weeks=60, orders_per_store_day=90))
    brand = replace(
        plain,
        effects=replace(plain.effects, disliked_dish=0.6),
        responses=replace(plain.responses, mended_dish=size),
    )
    fates = Fates(lived(brand))
    visits = fates.life.visits
    dish = visits.dish
    stayed, kept = ~visits.last[dish], visits.spared[dish]
    assert not (stayed & kept).any()
    assert (stayed.mean() + kept.mean()) / stayed.mean() == pytest.approx(size / 0.6, abs=0.03)
    begins = fates.life.days.closes - 14
    lives = revived(fates, begins, begins + 7, lambda store, day: True)
    assert bool(lives) == (size > 0.6)
    assert all(each.time > begins and each.cause == "revived" for each in lives)
    assert not revived(fates, begins, begins + 7, lambda store, day: False)


def test_a_gain_that_cannot_be_is_refused() -> None:
    fates = Fates(lived(planting(small(4, weeks=10, warm_up_weeks=10), 0.99)))
    with pytest.raises(Refused, match="cannot be planted"):
        fates.moved(np.arange(4), "second_visit")
    with pytest.raises(Refused, match="nothing called prayer"):
        fates.moved(np.arange(4), "prayer")
