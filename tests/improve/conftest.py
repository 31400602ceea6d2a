"""A brand with stores and a HEAD to read from, and nothing left in the home afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from regulars import settings
from tests.web import cast


@pytest.fixture
def brand(db: None) -> Iterator[None]:
    """Six stores and HEAD at 5."""
    cast.brand()
    yield
    (settings.HOME / "lake" / "HEAD.json").unlink(missing_ok=True)
