"""Two workers at once tell everybody once; a finding is decided once, and a voice is merged once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.improve.at_once import told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_what_many_do_at_once_happens_once(tmp_path: Path) -> None:
    found = told(tmp_path)
    assert found["told"] == {"done": 15, "messages": 15, "posted": 15}
    assert found["decided"] == 1
    assert found["merged"] == {"made": 1, "findings": 1, "voices": 3}
