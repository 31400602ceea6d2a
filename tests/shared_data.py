"""Where the public data sets lie that tests and benchmarks are tried on; they are no part of the project."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared(path: str) -> Path:
    """The file at `path` in the shared data; the test that asks for an absent one is skipped with a sentence."""
    found = Path(os.environ.get("REGULARS_SHARED_DATA", BESIDE)) / path
    if not found.exists():
        pytest.skip(
            f"{path} is not in the shared data (REGULARS_SHARED_DATA, or ../shared/data beside the checkout)"
        )
    return found
