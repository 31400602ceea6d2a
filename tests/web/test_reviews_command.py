"""`regulars reviews` reads a platform's file in whatever it is written in, and says what it did not take."""

from __future__ import annotations

from pathlib import Path

import pytest

from regulars.core.refused import Refused
from regulars.listen.models import Voice
from regulars.web.commands import _parser
from tests.web import cast_voices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_brand")]


def bring(file: Path, *more: str) -> None:
    options = _parser().parse_args(["reviews", str(file), "--platform", "dianping", *more])
    options.run(options)


def test_a_file_of_reviews_becomes_voices_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cast_voices.products()
    file = tmp_path / "reviews.csv"
    lines = (
        "评价编号,门店,评分,评价内容,评价时间",
        'R1,S01,2,"番茄汤太甜,\n不会再点",2026-11-20 18:30',
        "R2,S77,5,好,2026-11-20",
        "R3,S02,,外卖汤洒了,2026-11-19",
    )
    file.write_text("\n".join(lines), encoding="gb18030")
    bring(file)
    said = capsys.readouterr().out
    assert "2 new voices (0 of known customers) from 3 rows, 0 known already, 1 rejected" in said
    assert "row 3, store_id 'S77': is not a store of this brand" in said
    assert set(Voice.objects.values_list("key", "product_id", "score")) == {
        ("dianping R1", "P1", 4),
        ("dianping R3", "", None),
    }
    bring(file)
    assert "0 new voices (0 of known customers) from 3 rows, 2 known already" in capsys.readouterr().out


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is not a file"):
        bring(tmp_path / "nowhere.csv")
    sales = tmp_path / "sales.csv"
    sales.write_text("order,amount\n1,2\n")
    with pytest.raises(Refused, match="needs a column review_id"):
        bring(sales)
