"""Asked for an engine that is not there, a turn says what to install; a wrong name stops the start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from regulars.core.refused import Refused
from regulars.lake import spark
from regulars.lake.engine import connect


def test_without_pyspark_one_is_told_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "find_spec", lambda name: None)
    with pytest.raises(Refused, match=r"pip install 'regulars\[spark\]'"):
        connect(tmp_path, engine="spark")


def test_without_java_one_is_told_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "find_spec", lambda name: object())
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Refused, match="default-jre-headless"):
        connect(tmp_path, engine="spark")


def test_where_no_master_answers_one_is_told_so_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark, "find_spec", lambda name: object())
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").touch()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # held and not listened on
        with pytest.raises(Refused, match="nobody answers at spark://"):
            connect(tmp_path, engine=f"spark://127.0.0.1:{held.getsockname()[1]}")


@pytest.mark.parametrize(
    "engine", ["sparks", "spark://host", "spark://host:port", "spark://a:1 b", "local[2]"]
)
def test_another_name_stops_the_start(engine: str, tmp_path: Path) -> None:
    environment = {**os.environ, "REGULARS_ENGINE": engine, "REGULARS_HOME": str(tmp_path)}
    command = [sys.executable, "-c", "import regulars.settings"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "spark://host:7077" in done.stderr


@pytest.mark.parametrize("engine", ["duckdb", "spark", "spark://10.0.0.7:7077", "spark://master.lan:7077"])
def test_what_is_known_starts(engine: str, tmp_path: Path) -> None:
    environment = {**os.environ, "REGULARS_ENGINE": engine, "REGULARS_HOME": str(tmp_path)}
    command = [sys.executable, "-c", "import regulars.settings"]
    assert subprocess.run(command, env=environment, capture_output=True).returncode == 0
