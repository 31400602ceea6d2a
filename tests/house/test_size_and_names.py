"""The house rules a machine can see: size, names, a sentence on top of every module, no signals, no mocks."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.files import name, tracked

FILE_LINES = 320
FUNCTION_LINES = 60
EMPTY_NAMES = {"services", "managers", "helpers", "utils", "common", "service", "manager", "helper", "util"}
ROLES = ("Service", "Manager", "Helper", "Util", "Utils")

SOURCES = [path for path in tracked("*.py") if "migrations" not in path.parts]


@pytest.fixture(params=SOURCES, ids=name)
def source(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_a_file_is_one_reading(source: Path) -> None:
    count = len(source.read_text(encoding="utf-8").splitlines())
    assert count <= FILE_LINES, f"{name(source)} has {count} lines; split it by noun"


def test_a_function_is_one_screen(source: Path) -> None:
    functions = [
        node for node in ast.walk(tree(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    sizes = {
        f"{node.name} ({node.lineno})": (node.end_lineno or node.lineno) - node.lineno + 1
        for node in functions
    }
    long = {which: size for which, size in sizes.items() if size > FUNCTION_LINES}
    assert not long, f"{name(source)}: {long}"


def test_a_module_says_what_it_is_for(source: Path) -> None:
    module = tree(source)
    assert not module.body or ast.get_docstring(module), f"{name(source)} has no sentence on top"


def test_a_name_says_what_a_thing_is(source: Path) -> None:
    assert not EMPTY_NAMES & set(source.with_suffix("").parts), f"{name(source)} could hold anything"
    classes = [node.name for node in ast.walk(tree(source)) if isinstance(node, ast.ClassDef)]
    assert not [each for each in classes if each.endswith(ROLES)], f"{name(source)}: {classes}"


def test_nothing_is_mocked_and_nothing_is_signalled(source: Path) -> None:
    imported = {
        alias.name for node in ast.walk(tree(source)) if isinstance(node, ast.Import) for alias in node.names
    }
    imported |= {node.module or "" for node in ast.walk(tree(source)) if isinstance(node, ast.ImportFrom)}
    refused = {
        each
        for each in imported
        if each.startswith(("unittest.mock", "django.dispatch", "django.db.models.signals"))
    }
    assert not refused, f"{name(source)} imports {refused}"
