"""64 at once never overspend, and none of them waits for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.reward.at_once import told

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_64_at_once_never_overspend(tmp_path: Path) -> None:
    found: dict[str, Any] = told(tmp_path)
    spenders = found["spenders"]
    assert (spenders["won"], [tuple(each) for each in spenders["left"]], spenders["off"]) == (
        11,
        [(0, 0), (0, 0)],
        0,
    )
    assert found["same"] == {"entries": 1, "left": 495}
    assert found["users"] == 1
    assert found["given"] == {"won": 10, "kept": 10}
    assert found["booked"] == {"made": 40, "entries": 40, "off": 0}
    assert found["landed"] == {"made": 1200, "entries": 1200, "coupons": 120, "off": 0}
