"""The commands of the Makefile say what they do, and say what to install where a machine lacks it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.files import CHECKOUT

MAKE = shutil.which("make")
TARGETS = {"setup", "demo", "serve", "test", "test-fast", "lint", "types", "bench", "help"}
pytestmark = pytest.mark.skipif(MAKE is None, reason="make is missing")


def make(*arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(path)} if path else None
    command = [str(MAKE), "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=60)


def program(folder: Path, called: str, body: str) -> None:
    (folder / called).write_text(f"#!/bin/sh\n{body}\n")
    (folder / called).chmod(0o755)


def test_every_command_has_its_sentence() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    told = dict(re.findall(r"^make (\S+) +(\S.*\.)$", make("help").stdout, re.MULTILINE))
    assert set(told) == set(phony[1].split())
    assert set(told) >= TARGETS


def test_make_alone_prints_the_commands() -> None:
    assert make().stdout == make("help").stdout


def test_a_machine_without_a_new_enough_python_is_told_what_to_install(tmp_path: Path) -> None:
    program(tmp_path, "python3", "exit 1")
    made = make(f"VENV={tmp_path / 'environment'}", str(tmp_path / "environment/bin/python"), path=tmp_path)
    assert made.returncode != 0
    assert "Regulars needs Python 3.11 or newer" in made.stderr


def test_a_machine_without_venv_is_told_what_to_install_and_left_clean(tmp_path: Path) -> None:
    rm = shutil.which("rm")
    assert rm
    (tmp_path / "rm").symlink_to(rm)
    program(tmp_path, "python3", 'if [ "$1" = -m ]; then mkdir -p "$4"; exit 1; fi')
    made = make(f"VENV={tmp_path / 'environment'}", str(tmp_path / "environment/bin/python"), path=tmp_path)
    assert made.returncode != 0
    assert "sudo apt-get install python3-venv" in made.stderr
    assert not (tmp_path / "environment").exists()


def test_compiled_python_is_kept_in_the_environment_even_where_the_shell_forbids_to_keep_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin", "python", "exit 1")
    program(tmp_path / "bin", "mypy", 'echo "$PYTHONPYCACHEPREFIX ${PYTHONDONTWRITEBYTECODE-allowed}"')
    (tmp_path / "dev.stamp").touch()
    assert make("types", f"VENV={tmp_path}").stdout == f"{tmp_path}/pycache allowed\n"
