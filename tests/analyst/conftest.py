"""The brand that these tests ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import regulars
from regulars.analyst import Brand
from tests.analyst.home import made_up


@pytest.fixture(scope="session")
def brand() -> Iterator[Brand]:
    opened = regulars.open(made_up())
    yield opened
    opened.close()
