"""The house rules a machine can see: size, names, a sentence on top of every module, no signals, no mocks."""

from __future__ import annotations

import ast
from functools import cache

from tests.house.files import name, tracked

FILE_LINES = 320
FUNCTION_LINES = 60
EMPTY_NAMES = {"services", "managers", "helpers", "utils", "common", "service", "manager", "helper", "util"}
ROLES = ("Service", "Manager", "Helper", "Util", "Utils")
NEVER_IMPORTED = ("unittest.mock", "django.dispatch", "django.db.models.signals")

SOURCES = [path for path in tracked("*.py") if "migrations" not in path.parts]


@cache
def trees() -> dict[str, ast.Module]:
    """Every module, parsed when the first test asks: workers collect these tests that run none of them."""
    return {name(path): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def test_a_file_is_one_reading() -> None:
    lines = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    long = {which: count for which, count in lines.items() if count > FILE_LINES}
    assert not long, "split them by noun"
    assert lines, "no file was found, so none was measured"


def test_a_function_is_one_screen() -> None:
    long = {
        f"{which}:{node.lineno} {node.name}": size
        for which, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }
    assert not long


def test_a_module_says_what_it_is_for() -> None:
    silent = [which for which, tree in trees().items() if tree.body and not ast.get_docstring(tree)]
    assert not silent, "no sentence on top"


def test_a_name_says_what_a_thing_is() -> None:
    could_hold_anything = [name(path) for path in SOURCES if EMPTY_NAMES & set(path.with_suffix("").parts)]
    assert not could_hold_anything
    classes = [
        f"{which} {node.name}"
        for which, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith(ROLES)
    ]
    assert not classes, "a role is not a name"


def test_nothing_is_mocked_and_nothing_is_signalled() -> None:
    found = [
        f"{which}:{node.lineno} {each}"
        for which, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for each in imported(node)
        if each.startswith(NEVER_IMPORTED)
    ]
    assert not found


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The dotted names that a statement imports: `from a import b` may mean the module a.b as well as a."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]
