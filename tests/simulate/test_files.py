"""What is written: the same bytes for the same brand, money in yuan with two places, some rows twice."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest

from regulars.simulate.files import write
from regulars.simulate.formats import small
from regulars.simulate.history import History, simulate

AS_TEXT = pa.csv.ConvertOptions(column_types={"phone": pa.string(), "member_card": pa.string()})


@pytest.fixture(scope="module")
def history() -> History:
    return simulate(small(7, stores=2, weeks=60))


@pytest.fixture(scope="module")
def folder(history: History, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    write(history, folder)
    return folder


def sums(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_brand_gives_the_same_bytes_and_another_seed_others(folder: Path, tmp_path: Path) -> None:
    write(simulate(small(7, stores=2, weeks=60)), tmp_path / "again")
    write(simulate(small(8, stores=2, weeks=60)), tmp_path / "other")
    here, again, other = sums(folder), sums(tmp_path / "again"), sums(tmp_path / "other")
    assert here == again
    assert len(here) > 30
    same = {name for name in here if here[name] == other.get(name)}
    assert same <= {"products.csv", "stores.csv"}, "only what no chance touches may be equal"


def test_what_a_shop_hands_over_is_listed_and_the_truth_is_not(history: History, tmp_path: Path) -> None:
    paths = write(history, tmp_path)
    assert {path.parent for path in paths} == {tmp_path}
    assert {path for path in tmp_path.iterdir() if path.is_file()} == set(paths)
    assert {path.name for path in (tmp_path / "truth").iterdir()} == {
        f"{name}.parquet" for name in ("households", "orders", "members", "future", "planted")
    }


def test_older_months_are_compressed(folder: Path) -> None:
    names = sorted(path.name for path in folder.glob("orders-*"))
    packed = [name for name in names if name.endswith(".gz")]
    assert packed == names[: len(packed)]
    assert len(names) - len(packed) == 12
    with gzip.open(folder / packed[0], "rt", encoding="utf-8") as text:
        assert text.readline().startswith('"order_no","store","till"')


def test_money_is_written_in_yuan_with_two_places(history: History, folder: Path) -> None:
    path = sorted(folder.glob("orders-*.csv"))[-1]
    text = pa.csv.read_csv(
        path, convert_options=pa.csv.ConvertOptions(column_types={"net": pa.string(), "phone": pa.string()})
    )
    assert pc.all(pc.match_substring_regex(text["net"], r"^\d+\.\d\d$")).as_py()
    fen = pc.cast(pc.replace_substring(text["net"], ".", ""), pa.int64())
    written = dict(zip(text["order_no"].to_pylist(), fen.to_pylist(), strict=True))
    known = dict(zip(history.orders["order_no"].to_pylist(), history.orders["net"].to_pylist(), strict=True))
    assert written.items() <= known.items()


def test_rows_sent_twice_are_the_only_difference_to_the_history(history: History, folder: Path) -> None:
    for name, table in (("orders", history.orders), ("lines", history.lines)):
        files = [pa.csv.read_csv(path, convert_options=AS_TEXT) for path in sorted(folder.glob(f"{name}-*"))]
        numbers = pa.chunked_array([chunk for file in files for chunk in file["order_no"].chunks])
        key = pc.value_counts(numbers)
        twice = history.truth.orders.filter(history.truth.orders["sent_twice"])["order_no"]
        assert 0 < len(twice) < 0.02 * len(history.orders)
        expected = len(table) + len(table.filter(pc.is_in(table["order_no"], twice)))
        assert len(numbers) == expected
        assert len(key) == len(history.orders)


def test_times_are_the_stores_own_without_a_zone(folder: Path) -> None:
    path = sorted(folder.glob("orders-*.csv"))[-1]
    line = path.read_text(encoding="utf-8").splitlines()[1]
    assert pc.match_substring_regex(pa.array([line]), r",20\d\d-\d\d-\d\d \d\d:\d\d:\d\d,")[0].as_py()
