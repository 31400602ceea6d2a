"""What changed customer equity adds up to the change, whoever came, left or vanished."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.know.rules.equity import KINDS, Valued, changed

SIDE = st.dictionaries(
    st.integers(1, 30), st.tuples(st.floats(0, 1e6), st.floats(0, 1), st.booleans()), max_size=25
)


def side(people: dict[int, tuple[float, float, bool]]) -> Valued:
    rows = [(number, *people[number]) for number in sorted(people)]
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    return Valued(
        *(np.array(c, dtype=t) for c, t in zip(columns, (np.int64, float, float, bool), strict=True))
    )


@given(SIDE, SIDE)
def test_then_and_the_five_kinds_make_now(
    then: dict[int, tuple[float, float, bool]], now: dict[int, tuple[float, float, bool]]
) -> None:
    found = changed(side(then), side(now))
    assert found.then + sum(found.moved.values()) == pytest.approx(found.now, abs=1e-3)
    assert sum(found.customers.values()) == len(then.keys() | now.keys())
    assert found.customers["new"] == len(now.keys() - then.keys())
    assert found.customers["gone"] == len(then.keys() - now.keys())
    assert found.moved["more"] >= 0 >= found.moved["less"]


def test_each_kind_is_what_it_says() -> None:
    then = {1: (100.0, 0.9, False), 2: (50.0, 0.8, False), 3: (40.0, 0.9, False), 4: (30.0, 0.9, False)}
    then |= {5: (20.0, 0.9, False), 7: (5.0, 0.2, False)}
    now = {1: (120.0, 0.9, False), 2: (10.0, 0.3, False), 3: (8.0, 0.7, True), 4: (25.0, 0.9, False)}
    now |= {6: (15.0, 1.0, False), 7: (4.0, 0.1, False)}
    found = changed(side(then), side(now))
    assert found.moved == {"new": 15.0, "lost": -72.0, "more": 20.0, "less": -6.0, "gone": -20.0}
    assert found.customers == {"new": 1, "lost": 2, "more": 1, "less": 2, "gone": 1}
    assert (found.then, found.now, found.known_then) == (245.0, 182.0, 6)
    assert set(found.moved) == set(KINDS)
