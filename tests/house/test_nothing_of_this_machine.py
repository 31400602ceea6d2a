"""No file carries an address of a package index, a lock file with such addresses, or a path of a machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.files import CHECKOUT, name, tracked

INDEX = re.compile(
    r"pythonhosted|/simple/|(?:extra-)?index-url|find-links|://[^\s/]*(?:pypi|artifact|nexus)", re.IGNORECASE
)
HOMES = re.compile(r"/(?:home|Users|root)/[\w.]")
LOCKS = {
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
}
# This file says what is looked for.
SAYS_IT = {"tests/house/test_nothing_of_this_machine.py"}


def lines() -> list[tuple[Path, int, str]]:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            (path, number, line)
            for number, line in enumerate(text.splitlines(), 1)
            if name(path) not in SAYS_IT
        ]
    return found


def test_no_file_names_a_package_index() -> None:
    named = [
        f"{name(path)}:{number}"
        for path, number, line in lines()
        if INDEX.search(line.replace("--no-emit-index-url", ""))
    ]
    assert not named, f"an index's address belongs to the machine, not to the project: {named}"


def test_no_file_names_a_folder_of_this_machine() -> None:
    here = str(CHECKOUT)
    named = [f"{name(path)}:{number}" for path, number, line in lines() if here in line or HOMES.search(line)]
    assert not named, f"a path of one machine: {named}"


def test_no_lock_file_is_tracked() -> None:
    locks = [name(path) for path in tracked() if path.name in LOCKS]
    assert not locks, f"pins stand in requirements/, with hashes and without addresses: {locks}"


@pytest.mark.parametrize("folder", ["var", ".venv"])
def test_what_a_run_makes_is_not_tracked(folder: str) -> None:
    assert not tracked(folder)
