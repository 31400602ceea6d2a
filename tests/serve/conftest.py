"""A brand's clock and a HEAD for every test of this stage; afterwards neither is left in the home."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from regulars import clock, settings
from regulars.brand.models import Store
from tests.serve import cast


@pytest.fixture
def store(db: None) -> Iterator[Store]:
    """Store S01 on a Saturday at 18:20, with its staff."""
    clock.stop_at(cast.NOW)
    yield cast.store()
    (settings.HOME / "clock").unlink(missing_ok=True)
    (settings.HOME / "lake" / "HEAD.json").unlink(missing_ok=True)
