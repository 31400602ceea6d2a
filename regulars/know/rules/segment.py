"""A segment's expression: read by Python's own parser, kept to a short list of forms, and never run as code.

`orders >= 2 and days_since_last <= 60 and has_tag("spicy")`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from regulars.core.refused import Refused
from regulars.know.rules.conditions import (
    OPERATORS,
    Among,
    Both,
    Columns,
    Compare,
    Either,
    Flags,
    Has,
    Name,
    Node,
    Not,
    Value,
    holds,
    mask,
)

LONGEST = 2_000  # characters
DEEPEST = 50  # levels
LARGEST = 1e15  # beyond, floats skip whole numbers


@dataclass(frozen=True)
class Segment:
    """A checked expression and the fields it asks."""

    text: str
    root: Node
    names: tuple[str, ...]

    def holds(self, person: Mapping[str, Value]) -> bool:
        """Whether it is true of one customer, given the value of each field it asks (None: not known)."""
        return holds(self.root, person)

    def mask(self, columns: Columns) -> Flags:
        """Of which customers it is true; ``columns`` as ``column`` makes them, all of one length."""
        return mask(self.root, columns)


def parse(text: str, kinds: Mapping[str, str]) -> Segment:
    """Read an expression over fields, given the kind of each by name (number, flag, text, date, words).

    Refuses, saying where (counted in characters from 1), what is too long or too deep, what is not an expression, any
    form outside the list (comparisons, and, or, not, in, has_tag("…")), a name that is no field, and values that do not
    go together.
    """
    plain = re.sub(r"\s", " ", text).strip()
    if not plain:
        raise Refused("an audience needs a condition, such as visits == 1")
    if len(text) > LONGEST:
        many = {"length": len(text), "most": LONGEST}
        raise Refused("the condition has %(length)d characters; at most %(most)d are read", **many)
    try:
        tree = ast.parse(plain, mode="eval").body
    except SyntaxError as error:
        raise Refused("the condition cannot be read at character %(at)d", at=error.offset or 1) from error
    except (MemoryError, RecursionError, ValueError) as error:
        raise Refused(
            "the condition is nested too deeply; at most %(most)d levels are read", most=DEEPEST
        ) from error
    if _depth(tree) > DEEPEST:
        raise Refused("the condition is nested too deeply; at most %(most)d levels are read", most=DEEPEST)
    reading = _Reading(plain, dict(kinds))
    root = reading.truth(tree)
    return Segment(plain, root, tuple(sorted(reading.asked)))


def _depth(tree: ast.AST) -> int:
    """Levels of a syntax tree, counted without recursion."""
    level, deepest = [tree], 0
    while level:
        deepest += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return deepest


class _Reading:
    """One pass over a syntax tree: what is on the list becomes a node, the rest is refused with its place."""

    def __init__(self, text: str, kinds: dict[str, str]) -> None:
        self.text, self.kinds, self.asked = text, kinds, set[str]()

    def at(self, node: ast.AST) -> int:
        """The character at which a node begins, from 1; the parser counts bytes."""
        return len(self.text.encode()[: getattr(node, "col_offset", 0)].decode(errors="ignore")) + 1

    def truth(self, node: ast.expr) -> Node:
        """A part that is true or false."""
        if isinstance(node, ast.BoolOp):
            parts = tuple(self.truth(each) for each in node.values)
            return Both(parts) if isinstance(node.op, ast.And) else Either(parts)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return Not(self.truth(node.operand))
        if isinstance(node, ast.Compare):
            return self.comparison(node)
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Name):
            name = self.name(node)
            if name.kind != "flag":
                where = {"name": name.name, "at": self.at(node)}
                raise Refused(
                    "%(name)s at character %(at)d is no yes or no: compare it with a value", **where
                )
            return name
        raise Refused("what stands at character %(at)d is no condition", at=self.at(node))

    def name(self, node: ast.Name) -> Name:
        kind = self.kinds.get(node.id)
        if kind is None:
            raise Refused("nothing is called %(name)s (character %(at)d)", name=node.id, at=self.at(node))
        self.asked.add(node.id)
        return Name(node.id, kind)

    def call(self, node: ast.Call) -> Node:
        named = (
            isinstance(node.func, ast.Name)
            and node.func.id == "has_tag"
            and self.kinds.get("tags") == "words"
        )
        word = node.args[0] if len(node.args) == 1 and not node.keywords else None
        if not named or not isinstance(word, ast.Constant) or not isinstance(word.value, str):
            raise Refused('at character %(at)d only has_tag("…") can be asked', at=self.at(node))
        self.asked.add("tags")
        return Has(Name("tags", "words"), word.value)

    def comparison(self, node: ast.Compare) -> Node:
        sides = [node.left, *node.comparators]
        parts = [self.pair(*each) for each in zip(sides, node.ops, sides[1:], strict=False)]
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def pair(self, left: ast.expr, by: ast.cmpop, right: ast.expr) -> Node:
        if isinstance(by, ast.In | ast.NotIn):
            among = self.among(left, right)
            return Not(among) if isinstance(by, ast.NotIn) else among
        if type(by) not in OPERATORS:
            raise Refused("the comparison at character %(at)d cannot be asked", at=self.at(left))
        kind = self.kind_of(left, right)
        if kind == "text" and not isinstance(by, ast.Eq | ast.NotEq):
            raise Refused(
                "texts are equal or not; at character %(at)d they are put in order", at=self.at(left)
            )
        return Compare(self.side(left, kind), type(by), self.side(right, kind))

    def kind_of(self, left: ast.expr, right: ast.expr) -> str:
        """What kind of values are compared: that of the field, or of the two fields."""
        names = [self.name(each) for each in (left, right) if isinstance(each, ast.Name)]
        found = {name.kind for name in names}
        if not names:
            raise Refused("the comparison at character %(at)d asks nothing of a customer", at=self.at(left))
        if len(found) > 1 or found & {"flag", "words"}:
            raise Refused("what is compared at character %(at)d does not go together", at=self.at(left))
        return found.pop()

    def side(self, node: ast.expr, kind: str) -> Name | float | str:
        return self.name(node) if isinstance(node, ast.Name) else self.constant(node, kind)

    def among(self, left: ast.expr, right: ast.expr) -> Node:
        if isinstance(right, ast.Name):
            field = self.name(right)
            if field.kind == "words" and isinstance(left, ast.Constant) and isinstance(left.value, str):
                return Has(field, left.value)
        elif isinstance(left, ast.Name) and isinstance(right, ast.Tuple | ast.List | ast.Set):
            field = self.name(left)
            if field.kind in ("text", "number", "date"):
                return Among(field, tuple(self.constant(each, field.kind) for each in right.elts))
        raise Refused(
            "at character %(at)d, in needs a field before it and a list behind it", at=self.at(left)
        )

    def constant(self, node: ast.expr, kind: str) -> float | str:
        """A written value of a kind."""
        sign, inner = 1.0, node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and kind == "number":
            sign, inner = -1.0, node.operand
        value = inner.value if isinstance(inner, ast.Constant) else None
        if kind == "text" and isinstance(value, str):
            return value
        if kind == "number" and isinstance(value, int | float) and not isinstance(value, bool):
            if abs(value) <= LARGEST:
                return sign * value
        elif kind == "date" and isinstance(value, str):
            try:
                return float(date.fromisoformat(value).toordinal())
            except ValueError:
                pass
        raise Refused("at character %(at)d stands no %(kind)s", at=self.at(node), kind=_ASKED[kind])


_ASKED = {"number": "number", "text": "text in quotes", "date": 'day in quotes, such as "2026-03-01"'}
