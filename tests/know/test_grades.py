"""Fixed grades: what stands on a bound, the brand's own file, and files that say nothing."""

from __future__ import annotations

from pathlib import Path

import ibis
import pyarrow as pa
import pytest

from regulars import settings
from regulars.core.refused import Refused
from regulars.know.grades.fixed import FILE, GRADE, FixedBounds, read


def graded(*states: tuple[int, int, int]) -> list[str]:
    """The grades of (recency, visit_days, net)."""
    table = pa.table(
        {
            "customer_id": list(range(len(states))),
            **dict(zip(("recency", "visit_days", "net"), map(list, zip(*states, strict=True)), strict=True)),
        }
    )
    found: list[str] = (
        GRADE.grades(ibis.memtable(table)).order_by("customer_id").grade.to_pyarrow().to_pylist()
    )
    return found


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return tmp_path


def test_a_bound_belongs_to_the_better_side() -> None:
    assert graded((30, 2, 100_00), (31, 1, 99_99), (0, 10, 3000_00), (241, 1, -500)) == [
        "522", "411", "555", "111",
    ]  # fmt: skip


def test_a_brand_sets_its_own_bounds(home: Path) -> None:
    (home / FILE).write_text("[fixed]\nrecency = [7]\nvisits = [4, 8]\n")
    assert graded((7, 8, 100_00), (8, 3, 0)) == ["232", "111"]
    (home / FILE).write_text("# nothing yet\n")
    assert graded((30, 2, 100_00)) == ["522"]


@pytest.mark.parametrize(
    "text",
    [
        "[fixed]\nvisits = []\n",
        "[fixed]\nvisits = [3, 2]\n",
        "[fixed]\nvisits = [0, 2]\n",
        "[fixed]\nvisits = [true]\n",
        "[fixed]\nvisits = 3\n",
        "[fixed]\nweekly = [3]\n",
        "[fixed\n",
    ],
)
def test_a_file_that_says_nothing_is_refused_with_its_name(home: Path, text: str) -> None:
    (home / FILE).write_text(text)
    with pytest.raises(Refused, match=FILE):
        read(home / FILE)


def test_what_a_file_leaves_out_is_as_it_comes(home: Path) -> None:
    (home / FILE).write_text("[fixed]\nspend = [5]\n")
    assert read(home / FILE) == FixedBounds(spend=(5,))
