"""One lake, both engines, one JVM for all of it: Spark takes seconds to start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from regulars.lake.engine import Lake, open_lake
from tests import machine
from tests.engines.boundaries import build
from tests.engines.given import Given

# A master's address in place of a JVM of the tests' own: benchmarks.cluster says it.
ENGINE = os.environ.get("REGULARS_TEST_ENGINE", "spark")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("engines") / "lake"
    build(path)
    return path


def _lake(folder: Path, engine: str) -> Lake:
    scratch = folder.parent / engine.split(":")[0]
    scratch.mkdir(exist_ok=True)
    return open_lake(folder, scratch, engine=engine)


@pytest.fixture(scope="session")
def duck(folder: Path) -> Iterator[Given]:
    lake = _lake(folder, "duckdb")
    yield Given(lake)
    lake.close()


@pytest.fixture(scope="session")
def spark(folder: Path) -> Iterator[Given]:
    if machine.jre() is None or find_spec("pyspark") is None:
        pytest.skip("Java or PySpark is missing; `make test` says how to get it")
    lake = _lake(folder, ENGINE)
    yield Given(lake)
    lake.close()
