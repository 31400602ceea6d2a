"""A map as a person writes it: read, refused by name where it says nothing, written back the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.core.refused import Refused
from regulars.gather.map import Join, Map, read_map, write_map
from regulars.gather.map.fields import FIELDS, REQUIRED
from regulars.lake.reading.form import Form

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
GOOD = 'rows = "orders"\n[columns]\norder_id = "no"\nstore_id = "shop"\ndate = "day"\nnet = "paid"\n'


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_example_is_a_map(path: Path) -> None:
    map = read_map(path.read_text())
    assert read_map(write_map(map)) == map


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", 'does not say what its rows are: begin it with rows = "lines"'),
        ("rows = ", "the map is not TOML"),
        ('rows = "sales"', 'rows = "sales" is not a kind of row; write one of orders, lines'),
        ('sauce = "till"\n' + GOOD, "the map has a key sauce that means nothing; allowed are rows, source"),
        (GOOD + '[dates]\nform = "%Y"\n', "has a key form that means nothing; allowed are formats, day_first"),
        (GOOD + 'price = "p"\n', r"\[columns\] names price, which rows of orders do not have; they have order_id"),
        (GOOD + '[identifiers]\nfax = "p"\n', "fax, which is not a type of identifier; they are phone, email"),
        (GOOD.replace('"paid"', "7"), "net must be text in quotes or a list of such, not 7"),
        ("source = 7\n" + GOOD, "source must be text in quotes, not 7"),
        (GOOD + "[dates]\nday_first = 1\n", "day_first must be true or false, not 1"),
        (GOOD + "[file]\nskip = -1\n", "skip must be a whole number, 0 or more, not -1"),
        ('rate = "x"\n' + GOOD, "rate must be a number above 0, not 'x'"),
        ("rate = 0\n" + GOOD, "rate must be a number above 0, not 0"),
        ('returns = "yes"\n' + GOOD, 'returns = "yes" is not known; write one of refused, negative'),
        (GOOD.replace('net = "paid"\n', ""), "a map of orders needs net: name its column under"),
        (GOOD.replace('date = "day"\n', ""), "a map of orders needs ordered_at or date"),
        (GOOD.replace('order_id = "no"\n', ""), "needs order_id under .columns., or key"),
        (GOOD + '[numbers]\ndecimal = ","\n', "decimal and thousands are both ,"),
        (GOOD + '[[joins]]\nfile = "t.csv"\n', "each ..joins.. needs file and on"),
        (
            'rows = "products"\n[columns]\nproduct_id = "p"\nname = "n"\n[identifiers]\nphone = "x"\n',
            "name no customer",
        ),
        ('time_zone = "Mars/Base"\n' + GOOD, "time_zone = Mars/Base is not known"),
        (GOOD + '[dates]\nformats = "%Q"\n', "formats has %Q, which is no form of a date; write such as %Y%m%d"),
        (GOOD + '[dates]\nformats = "%Y %z"\n', "which is no form of a date"),
        ("columns = 3\n" + 'rows = "orders"\n', "columns must be a table, not 3"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_by_name(text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read_map(text)


def test_refunds_that_name_an_order_need_its_own_number_as_key() -> None:
    with pytest.raises(Refused, match="refund_of"):
        read_map('key = ["shop", "no"]\n' + GOOD + 'refund_of = "of"\n')


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@given(
    rows=st.sampled_from(["orders", "lines"]),
    column=names,
    many=st.lists(names, min_size=1, max_size=3),
    raw=st.dictionaries(names, names, max_size=3),
    dates=st.lists(st.sampled_from(["%Y%m%d", "%d.%m.%y"]), max_size=2),
    first=st.sampled_from([None, True, False]),
    form=st.builds(
        Form, delimiter=st.sampled_from([None, ";", "\t"]), headers=st.lists(names, max_size=2).map(tuple)
    ),
)
def test_a_map_is_read_back_as_it_was_written(
    rows: str,
    column: str,
    many: list[str],
    raw: dict[str, str],
    dates: list[str],
    first: bool | None,
    form: Form,
) -> None:
    map = Map(
        rows=rows,
        columns={"order_id": (column,), "store_id": tuple(many), "date": ("d",), "net": ("n",)},
        values={"status": raw} if raw else {},
        joins=(Join("side.csv", {column: column}, tuple(many)),),
        dates=tuple(dates),
        day_first=first,
        form=form,
    )
    assert read_map(write_map(map)) == map


def test_what_rows_cannot_do_without_is_among_their_fields() -> None:
    assert set(REQUIRED) == set(FIELDS)
    assert all(
        field in FIELDS[rows] for rows, choices in REQUIRED.items() for choice in choices for field in choice
    )


def test_the_page_on_maps_names_every_field() -> None:
    page = (EXAMPLES.parent / "docs" / "maps.md").read_text(encoding="utf-8")
    missing = {field for known in FIELDS.values() for field in known if f"`{field}`" not in page}
    assert missing == set()
