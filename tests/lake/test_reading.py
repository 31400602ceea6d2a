"""Files as they come: any encoding, packed or not, torn or hostile; refused before an engine opens them."""

from __future__ import annotations

import gzip
import io
import resource
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regulars.core.refused import Refused
from regulars.lake.reading.files import Read, clean_headers, read, reader
from regulars.lake.reading.form import Form
from regulars.lake.reading.sample import sample
from regulars.lake.reading.sniff import SAMPLE


def opened(
    folder: Path, *contents: bytes, form: Form | None = None, name: str = "f{}.csv"
) -> tuple[Any, Read]:
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    paths = []
    for number, content in enumerate(contents):
        paths.append(folder / name.format(number))
        paths[-1].write_bytes(content)
    con = reader(scratch)
    return con, read(con, paths, form or Form(), scratch)


def rows(con: Any, came: Read) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = con.to_pyarrow(came.table.order_by("_seq")).to_pylist()
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_chinese_text_is_read_in_every_encoding_a_till_writes(tmp_path: Path, encoding: str) -> None:
    text = "订单号,门店\n1,人民广场店\n2,五角场店\n"
    con, came = opened(tmp_path, text.encode(encoding))
    assert came.headers == ("订单号", "门店")
    assert [row["门店"] for row in rows(con, came)] == ["人民广场店", "五角场店"]


def test_latin_text_of_an_old_till_is_read(tmp_path: Path) -> None:
    con, came = opened(tmp_path, "no;café\n1;Münchner Straße\n2;Crème brûlée\n".encode("cp1252"))
    assert [row["café"] for row in rows(con, came)] == ["Münchner Straße", "Crème brûlée"]


def test_another_encoding_that_shows_late_is_found(tmp_path: Path) -> None:
    plain = b"no,shop\n" + b"1,S1\n" * 400_000
    con, came = opened(tmp_path, plain + "2,门店\n".encode("gb18030") * 1000)
    assert len(plain) > SAMPLE
    assert not came.faults
    assert con.to_pyarrow(came.table.filter(came.table.shop == "门店").count()).as_py() == 1000


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_delimiter_is_found(tmp_path: Path, sign: str, end: str) -> None:
    text = sign.join(["a", "b c", "d"]) + end + sign.join(["1", '"x,;|y"', "3"])
    con, came = opened(tmp_path, text.encode())
    assert [(row["a"], row["b c"], row["d"]) for row in rows(con, came)] == [("1", "x,;|y", "3")]


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    con, came = opened(tmp_path, b'a,b\n1,2\n3\n4,"x\ny"\n5,6,7\n8,9\n')
    assert [(row["a"], row["_row"]) for row in rows(con, came)] == [("1", 2), ("4", 4), ("8", 6)]
    assert [(each.row, each.reason, each.raw) for each in came.faults] == [
        (3, "has fewer columns than the header", "3"),
        (5, "has more columns than the header", "5,6,7"),
    ]


def test_many_torn_rows_shift_no_number(tmp_path: Path) -> None:
    lines = ["a,b"] + [f"{n},x" if n % 7 else f"{n}" for n in range(2, 5002)]
    con, came = opened(tmp_path, "\n".join(lines).encode())
    found = rows(con, came)
    assert all(int(row["a"]) == row["_row"] for row in found)
    assert [each.row for each in came.faults] == [n for n in range(2, 5002) if n % 7 == 0]


def test_files_of_different_columns_stand_as_one_table(tmp_path: Path) -> None:
    con, came = opened(tmp_path, b"a, B \n1,2\n", b"B,c\n3,4\n")
    assert [(row["a"], row["B"], row["c"], row["_file"], row["_row"]) for row in rows(con, came)] == [
        ("1", "2", None, "f0.csv", 2),
        (None, "3", "4", "f1.csv", 2),
    ]


def test_a_file_without_headers_gets_those_of_its_form(tmp_path: Path) -> None:
    con, came = opened(tmp_path, b"report\n1,2\n3,4\n", form=Form(headers=("a", "b"), skip=1))
    assert [(row["a"], row["b"], row["_row"]) for row in rows(con, came)] == [("1", "2", 2), ("3", "4", 3)]


def test_headers_are_trimmed_and_made_different() -> None:
    given = ["\ufeff  HSHD_NUM   ", "a\n b", "", "A B", "_row"]
    assert clean_headers(given) == ["HSHD_NUM", "a b", "column_3", "A B_2", "_row_2"]


def test_parquet_keeps_its_types_and_json_lines_are_text(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    pq.write_table(pa.table({" n ": [1, 2], "s": ["x", None]}), buffer)
    con, came = opened(tmp_path, buffer.getvalue(), name="f{}.csv")  # what a file is, not how it is called
    assert [(row["n"], row["s"], row["_row"]) for row in rows(con, came)] == [(1, "x", 1), (2, None, 2)]
    con, came = opened(tmp_path, b'{"a":1,"b":{"x":[2]}}\nnonsense\n[1]\n{"c d":"y"}\n', name="g{}.jsonl")
    assert [(row["a"], row["b.x"], row["c d"], row["_row"]) for row in rows(con, came)] == [
        ("1", "[2]", None, 1),
        (None, None, "y", 4),
    ]
    assert [(each.row, each.reason) for each in came.faults] == [
        (row, "is not a JSON object") for row in (2, 3)
    ]


def test_objects_within_json_objects_are_columns_of_their_own(tmp_path: Path) -> None:
    written = (
        b'{"id":1,"who":{"mail":"A@b.c","a/b":{"~":2}},"gone":null}\n{"id":2,"who":null,"items":[{"s":1}]}\n'
    )
    con, came = opened(tmp_path, written, name="g{}.jsonl")
    assert came.headers == ("id", "who.mail", "who.a/b.~", "gone", "items")
    assert [(row["who.mail"], row["who.a/b.~"], row["items"]) for row in rows(con, came)] == [
        ("A@b.c", "2", None),
        (None, None, '[{"s":1}]'),
    ]
    assert sample(tmp_path / "g0.jsonl", tmp_path / "s").headers == came.headers


def test_parquet_from_other_programs_is_read_to_the_microsecond_and_as_text(tmp_path: Path) -> None:
    at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    table = {
        "at": pa.array([at], pa.timestamp("ns", "Europe/Berlin")),
        "who": pa.array([b"K\xc3\xb6ln"], pa.binary()),
    }
    buffer = io.BytesIO()
    pq.write_table(pa.table(table), buffer)
    con, came = opened(tmp_path, buffer.getvalue())
    assert [(row["at"], row["who"]) for row in rows(con, came)] == [(at, "Köln")]


def test_a_row_of_a_million_columns_far_down_is_refused_at_once(tmp_path: Path) -> None:
    content = b"a,b\n" + b"1,2\n" * 400_000 + b"x," * 1_000_000 + b"\n3,4\n"
    with pytest.raises(Refused, match="a row of more than 2000 columns"):
        opened(tmp_path, content)
    _, came = opened(tmp_path, b"a,b\n" + b"1,2\n" * 1000 + b"x," * 1500 + b"\n3,4\n", name="g{}.csv")
    assert [(each.row, each.reason) for each in came.faults] == [(1002, "has more columns than the header")]


@pytest.mark.parametrize("tail", [b"", b"\n3,4\n"])
def test_a_line_that_would_be_passed_over_without_a_word_is_refused(tmp_path: Path, tail: bytes) -> None:
    with pytest.raises(Refused, match="a row of more than 8 mebibytes"):
        opened(tmp_path, b"a,b\n1,2\n" + b"x" * (20 * SAMPLE) + tail)


def test_a_sample_of_a_long_file_shows_rows_from_all_over_it(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("day,n\n" + "".join(f"{1 + n // 10_000}/12/2024,{n:030d}\n" for n in range(300_000)))
    days = {row[0] for row in sample(path, tmp_path / "s").rows}
    assert {"1/12/2024", "16/12/2024", "30/12/2024"} <= days


def test_gzip_is_told_by_its_bytes_and_read_member_by_member(tmp_path: Path) -> None:
    con, came = opened(tmp_path, gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n"))
    assert [(row["a"], row["b"]) for row in rows(con, came)] == [("1", "2"), ("3", "4")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: b"", "f0.csv is empty"),
        (lambda: b" \n\n", "f0.csv is empty"),
        (lambda: bytes(range(256)) * 100, "not text"),
        (lambda: b"\x7fELF" + bytes(100), "not text"),
        (lambda: b"PK\x03\x04" + bytes(100), "Excel workbook"),
        (lambda: b"%PDF-1.7\n", "a PDF"),
        (lambda: b"x" * (SAMPLE + 1), "no line end in its first mebibyte"),
        (lambda: b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n1\n", "more than 2000 columns"),
        (lambda: gzip.compress(b"a,b\n1,2\n")[:-6], "cut short"),
        (lambda: b"\x1f\x8b" + b"nonsense" * 9, "broken gzip"),
        (lambda: b"PAR1" + b"nonsense" * 9, "cannot be read"),
        (lambda: gzip.compress(bytes(40 << 20), 9), "not text"),
        (lambda: gzip.compress(b"a,b\n" * (40 << 20), 9), "150 times its size"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(
    tmp_path: Path, content: Callable[[], bytes], sentence: str
) -> None:
    given = content()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refused, match=sentence):
        opened(tmp_path, given)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # kibibytes
    assert sum(each.stat().st_size for each in (tmp_path / "scratch").iterdir()) < 100 << 20


def test_two_gigabytes_without_a_line_end_cost_nothing(tmp_path: Path) -> None:
    path = tmp_path / "f0.csv"
    with path.open("wb") as file:
        file.write(b"x" * 1000)
        file.seek(2 << 30)
        file.write(b"x")
    with pytest.raises(Refused, match="not text"):  # a sparse file's holes are zero bytes
        sample(path, tmp_path / "scratch")


def test_one_endless_line_among_good_ones_is_one_rejected_row(tmp_path: Path) -> None:
    con, came = opened(tmp_path, b"a,b\n1,2\n3," + b"x" * (3 * SAMPLE) + b"\n4,5\n")
    assert [row["a"] for row in rows(con, came)] == ["1", "4"]
    assert [each.reason for each in came.faults] == ["is longer than a mebibyte"]
    assert len(came.faults[0].raw) <= 10_000


def test_a_sample_shows_the_first_rows_without_an_engine(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes(b"a;b\n1;x\n2;\n")
    shown = sample(tmp_path / "f.csv", tmp_path / "scratch")
    assert (shown.headers, shown.rows) == (("a", "b"), (("1", "x"), ("2", "")))
    (tmp_path / "f.jsonl").write_bytes(b'{"a":1}\n{"b":null}\n')
    assert sample(tmp_path / "f.jsonl", tmp_path / "scratch").values() == {
        "a": ["1", None],
        "b": [None, None],
    }


@pytest.mark.slow
def test_a_file_read_the_wrong_way_is_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="are its delimiter and quote right"):
        opened(tmp_path, b"a,b\n1,2\n" + b"3\n" * 100_001)
    with pytest.raises(Refused, match="are its delimiter and quote right"):
        opened(tmp_path, b'{"a":1}\n' + b"3\n" * 100_001, name="f{}.jsonl")
    con, came = opened(tmp_path, b"a,b\n" + b"3\n" * 99_000 + b"1,2\n")
    assert [row["_row"] for row in rows(con, came)] == [99_002]
