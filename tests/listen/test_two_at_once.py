"""Two workers share the questions and promises and do none twice; eight answers at once are one voice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.listen.at_once import told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_two_workers_do_nothing_twice_and_eight_answers_are_one(tmp_path: Path) -> None:
    found = told(tmp_path)
    assert found["asked"] == {"done": 20, "asks": 20, "most": 1, "same": True}
    assert found["answered"] == {"kept": 1, "voices": 1}
    assert found["crossed"] == 1
    assert found["promised"] == {"done": 15, "promises": 15, "messages": 15}
