"""A master that is there and gives nothing is told at once, not waited for while the lake is locked."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.cluster import cluster, configured
from tests import machine

pytestmark = [pytest.mark.spark, pytest.mark.slow]

ASK = """
import sys
from pathlib import Path
from regulars.core.refused import Refused
from regulars.lake import engine, spark

spark.WORKERS_WITHIN = 5
try:
    engine.connect(Path(sys.argv[1]), engine=sys.argv[2])
except Refused as refused:
    print(refused)
"""


def test_a_master_without_a_free_core_is_not_waited_for(tmp_path: Path) -> None:
    if machine.jre() is None or find_spec("pyspark") is None:
        pytest.skip("Java or PySpark is missing; `make test` says how to get it")
    environment = configured(tmp_path)
    with cluster(tmp_path, environment, workers=0) as made:
        command = [sys.executable, "-c", ASK, str(tmp_path), made.address]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert "had a free core and memory for 5 s" in done.stdout, done.stderr
