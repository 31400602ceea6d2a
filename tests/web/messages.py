"""Every text of the pages that a person reads, taken out of templates and code; no gettext is needed for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[2] / "regulars"
PO = PACKAGE / "web" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS = {"gettext": None, "gettext_lazy": None, "_": None, "ngettext": (1, 2)}
CALL = re.compile(
    r"""\b(n?gettext)\(\s*u?((?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))(?:\s*,\s*u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))?"""
)
UNDERSCORE = re.compile(r"""_\(("(?:[^"\\]|\\.)*")\)""")


def _text(literal: str) -> str:
    return str(eval(literal, {"__builtins__": {}}))  # noqa: S307 - a string literal of our own template


def _of_template(path: Path) -> Iterator[tuple[str, str]]:
    written = path.read_text(encoding="utf-8")
    for _kind, first, second in CALL.findall(templatize(written)):
        yield _text(first), _text(second) if second else ""
    yield from ((_text(literal), "") for literal in UNDERSCORE.findall(written))


def _of_code(path: Path) -> Iterator[tuple[str, str]]:
    source = BytesIO(path.read_bytes())
    keywords = KEYWORDS | ({"Refused": None} if "pages" in path.parts else {})
    for _line, message, _comments, _context in extract("python", source, keywords):
        yield (message[0], message[1]) if isinstance(message, tuple) else (message, "")


def used() -> dict[str, tuple[str, str]]:
    """Each message with its plural (or nothing) and the first file it is used in."""
    found: dict[str, tuple[str, str]] = {}
    paths = [*sorted((PACKAGE / "web").rglob("*.py")), *sorted(PACKAGE.glob("*/models.py"))]
    sources = [(path, _of_template) for path in sorted((PACKAGE / "web" / "templates").rglob("*.html"))]
    # The command line speaks English.
    sources += [(path, _of_code) for path in paths if "commands" not in path.parts]
    for path, messages in sources:
        for message, plural in messages(path):
            found.setdefault(message, (plural, path.relative_to(PACKAGE).as_posix()))
    return found


def translated() -> dict[str, str | tuple[str, ...]]:
    """The Chinese text of each message in the catalogue."""
    with PO.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans")
    return {
        (each.id if isinstance(each.id, str) else each.id[0]): (
            each.string if isinstance(each.string, str) else tuple(each.string or ())
        )
        for each in catalogue
        if each.id and not each.fuzzy
    }
