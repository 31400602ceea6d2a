"""What goes out to a spreadsheet: every value comes back, and none is a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.desk.export import BEGINS_A_FORMULA, CHUNK, NEGATIVE, cell, csv_text


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x")', "+8613800000000", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1"]
)
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == "'" + text


@pytest.mark.parametrize(
    ("value", "written"), [(-5, -5), (-0.5, -0.5), (None, ""), ("Anna", "Anna"), ("-5.20", "-5.20")]
)
def test_numbers_and_plain_text_stay_as_they_are(value: object, written: object) -> None:
    assert cell(value) == written


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1))
def test_every_text_comes_back_and_none_begins_a_formula(texts: list[str]) -> None:
    written = "".join(csv_text(["head"], [texts])).removeprefix("\ufeff")
    _head, row = csv.reader(io.StringIO(written, newline=""))
    runs = [text.startswith(BEGINS_A_FORMULA) and not NEGATIVE.fullmatch(text) for text in texts]
    assert row == ["'" * run + text for run, text in zip(runs, texts, strict=True)]


def test_many_rows_leave_in_pieces_and_all_of_them() -> None:
    pieces = list(csv_text(["n"], ([n] for n in range(2 * CHUNK + 1))))
    assert len(pieces) == 3
    assert "".join(pieces).splitlines()[1:] == [str(n) for n in range(2 * CHUNK + 1)]
