"""The pins: whole, hashed, within the ranges of pyproject.toml, and no library that nothing imports."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.files import CHECKOUT, name, tracked

PYPROJECT: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+?))? \\$", re.MULTILINE
)
# Asked for by name in a setting, in a template or by another library (Ibis asks for DuckDB), so no import shows them.
NOT_IMPORTED = {"duckdb", "django-htmx", "heroicons", "psycopg", "tzdata", "whitenoise"}


def pins(which: str) -> dict[str, list[Requirement]]:
    text = (CHECKOUT / "requirements" / f"{which}.txt").read_text()
    found: dict[str, list[Requirement]] = {}
    for match in PIN.finditer(text):
        pin = Requirement(
            f"{match['name']}=={match['version']}" + (f"; {match['marker']}" if match["marker"] else "")
        )
        found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


def declared() -> list[Requirement]:
    extras = [each for group in PYPROJECT["project"]["optional-dependencies"].values() for each in group]
    return [Requirement(each) for each in PYPROJECT["project"]["dependencies"] + extras]


@pytest.mark.parametrize("which", ["run", "spark", "dev"])
def test_every_pin_carries_a_hash(which: str) -> None:
    blocks = re.split(r"\n(?=\S)", (CHECKOUT / "requirements" / f"{which}.txt").read_text().strip())
    bare = [
        block.split()[0] for block in blocks if not block.startswith("#") and "--hash=sha256:" not in block
    ]
    assert len(blocks) > 10
    assert not bare


@pytest.mark.parametrize(("fewer", "more"), [("run", "spark"), ("spark", "dev")])
def test_what_is_added_leaves_the_rest_as_it_is(fewer: str, more: str) -> None:
    few, many = pins(fewer), pins(more)
    assert {package: sorted(map(str, each)) for package, each in few.items()} == {
        package: sorted(map(str, many.get(package, []))) for package in few
    }
    assert set(many) > set(few)


def test_every_pin_lies_within_its_range() -> None:
    spark, dev = pins("spark"), pins("dev")
    group = [Requirement(each) for each in PYPROJECT["dependency-groups"]["dev"] if isinstance(each, str)]
    for wanted, where in [(each, spark) for each in declared()] + [(each, dev) for each in group]:
        found = where[canonicalize_name(wanted.name)]
        for pin in found:
            (version,) = [specifier.version for specifier in pin.specifier]
            assert wanted.specifier.contains(version, prereleases=True), f"{pin} is outside {wanted}"


def imported(patterns: Iterable[str]) -> dict[str, str]:
    """Packages that files import, each with one file that does; neither the standard library nor our own."""
    own = {"regulars", "tests", "benchmarks"} | set(sys.stdlib_module_names)
    found: dict[str, str] = {}
    for path in tracked(*patterns):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            found.update({top: name(path) for each in names if (top := each.split(".")[0]) not in own})
    return found


def test_what_the_package_imports_is_declared() -> None:
    distributions = packages_distributions()
    names = {canonicalize_name(each.name) for each in declared()}
    for top, path in imported(["regulars/*.py"]).items():
        brought = {canonicalize_name(each) for each in distributions.get(top, [top])}
        assert brought & names, f"{path} imports {top}, which pyproject.toml does not declare"


def test_what_is_declared_is_imported() -> None:
    distributions = packages_distributions()
    used = {
        canonicalize_name(each) for top in imported(["regulars/*.py"]) for each in distributions.get(top, [])
    }
    names = {canonicalize_name(each.name) for each in declared()}
    assert not names - used - NOT_IMPORTED, "declared, and nothing imports it"
