"""Templates of messages: Jinja cut down to what cannot run away, so that no clock, thread or signal has to stop it.

Time and size are bounded by what may be written at all. A syntax tree of at most ``NODES`` nodes and ``DEPTH`` levels
has no arithmetic, no call, no assignment, no macro and no include; a loop goes over a given list only and stands in
no other loop; facts are copied to plain values of bounded size; output is counted as it comes. So the steps are at
most NODES × ITEMS, and each handles at most one fact of FACT characters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache, wraps
from typing import Any

from jinja2 import Template, TemplateError, Undefined, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from regulars.core.refused import Refused

MOST_IN = 10_000  # bytes of a template
MOST_OUT = 20_000  # bytes of what it makes
NODES = 300  # of the syntax tree
DEPTH = 20
ITEMS = 20  # of a list among the facts
FACT = 2_000  # characters of one fact
FACTS = 50  # names
SEPARATOR = 10  # characters between joined items

# What each filter makes is no longer than a few times what it was given; a join takes a fact, never a result.
FILTERS = frozenset(
    ("capitalize", "default", "first", "join", "last", "length", "lower", "trim", "truncate", "upper")
)
OF_TEXT = frozenset(("capitalize", "lower", "trim", "truncate", "upper"))
OF_LOOP = frozenset(("first", "last", "index"))
ALLOWED: tuple[type[nodes.Node], ...] = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Filter),
    *(nodes.If, nodes.For, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Test, nodes.Keyword),
)
WRITTEN = {
    "Call": "name(…), a call",
    "Mul": "*",
    "Pow": "**",
    "Add": "+",
    "Concat": "~",
    "Include": "{% include %}",
    "Import": "{% import %}",
    "FromImport": "{% import %}",
    "Extends": "{% extends %}",
    "Block": "{% block %}",
    "Macro": "{% macro %}",
    "CallBlock": "{% call %}",
    "FilterBlock": "{% filter %}",
    "Assign": "{% set %}",
    "AssignBlock": "{% set %}",
    "With": "{% with %}",
    "Getitem": "[…]",
    "List": "a list",
    "Tuple": "a list",
    "Dict": "{…}",
}


class Missing(Undefined):
    """A fact that is not there: false in a condition, refused where it would be written."""

    __slots__ = ()
    __str__ = Undefined._fail_with_undefined_error


class _Environment(ImmutableSandboxedEnvironment):
    """A name after a dot is a key of a given fact, or one of three things a loop knows; nothing else has any."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in OF_LOOP:
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)


def _of_text(name: str, filter: Callable[..., str]) -> Callable[..., str]:
    """The filter for text alone: Jinja's own would first write out a whole list."""

    @wraps(filter)
    def on_text(*given: Any, **more: Any) -> str:
        if not all(isinstance(each, str | int | bool | Undefined | _Environment) for each in given):
            raise TypeError(f"|{name} takes text")
        return filter(*given, **more)

    return on_text


def _join(items: Any, between: str = "") -> str:
    """The items of a list, which are text or numbers, with something between them."""
    if not isinstance(items, list) or any(isinstance(each, list | dict) for each in items):
        raise TypeError("|join takes a list of texts")
    return between.join(str(each) for each in items)


def _environment() -> _Environment:
    made = _Environment(undefined=Missing, trim_blocks=True, lstrip_blocks=True, cache_size=0)
    made.globals.clear()
    made.filters = {
        name: _of_text(name, made.filters[name]) if name in OF_TEXT else made.filters[name]
        for name in FILTERS
    }
    made.filters["join"] = _join
    made.tests = {"defined": made.tests["defined"]}
    return made


ENVIRONMENT = _environment()


def render(text: str, facts: Mapping[str, Any], *, one_line: bool = False) -> str:
    """What a template makes of facts: plain text, at most 20 kB; with ``one_line`` no line ends (a subject).

    Facts are text, numbers, days, lists of these, and one level of names below (``store.name``). Refuses a template
    that ``check`` refuses, facts beyond the limits, and a fact that would be written and is not there.
    """
    template = _compiled(text)
    given = _plain_facts(facts)
    made: list[str] = []
    size = 0
    try:
        for piece in template.generate(given):
            size += len(piece.encode())
            if size > MOST_OUT:
                raise Refused("the message would be longer than %(most)s bytes", most=f"{MOST_OUT:,}")
            made.append(piece)
    except (TemplateError, TypeError, ValueError) as error:
        raise Refused("the template cannot be filled in: %(why)s", why=error) from error
    result = "".join(made)
    return " ".join(result.split()) if one_line else result


def check(text: str) -> None:
    """Refuse a template that is too long, is not Jinja, or uses anything but names, if, one loop and simple filters."""
    _compiled(text)


@lru_cache(maxsize=256)
def _compiled(text: str) -> Template:
    if len(text) > MOST_IN or len(text.encode()) > MOST_IN:
        raise Refused("the template is longer than %(most)s bytes", most=f"{MOST_IN:,}")
    if text.count("{{") + text.count("{%") > NODES:
        raise Refused("the template has more than %(most)d places to fill in", most=NODES)
    try:
        tree = ENVIRONMENT.parse(text)
    except RecursionError:
        raise Refused("the template is nested deeper than %(most)d levels", most=DEPTH) from None
    except (TemplateError, ValueError) as error:
        raise Refused("the template cannot be read: %(why)s", why=error) from error
    if sum(1 for _ in _walk(tree)) > NODES:
        raise Refused("the template has more than %(most)d places to fill in", most=NODES)
    for node in _walk(tree):
        _allow(node)
    return ENVIRONMENT.from_string(tree)


def _walk(tree: nodes.Node) -> Iterator[nodes.Node]:
    """Every node; refuses a tree that is too deep before anything follows it by recursion."""
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEPTH:
            raise Refused("the template is nested deeper than %(most)d levels", most=DEPTH)
        yield node
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]


def _allow(node: nodes.Node) -> None:
    if not isinstance(node, ALLOWED):
        kind = type(node).__name__
        raise Refused("a template may not use %(what)s", what=WRITTEN.get(kind, kind.lower()))
    match node:
        case nodes.Getattr():
            _allow_name(node)
        case nodes.Filter():
            _allow_filter(node)
        case nodes.For():
            _allow_loop(node)
        case nodes.Test() if node.name != "defined":
            raise Refused("a template may not use %(what)s", what=f"is {node.name}")
        case nodes.Name() if node.name.startswith("_") or node.name == "self":
            raise Refused("a template may not use %(what)s", what=node.name)
        case _:
            pass


def _allow_name(node: nodes.Getattr) -> None:
    if node.attr.startswith("_") or not isinstance(node.node, nodes.Name):
        raise Refused("a template may not use %(what)s", what=f".{node.attr}")


def _allow_filter(node: nodes.Filter) -> None:
    if node.name not in FILTERS or node.node is None:
        raise Refused("a template may not use %(what)s", what=f"|{node.name}")
    given = [*node.args, *(each.value for each in node.kwargs)]
    if node.dyn_args or node.dyn_kwargs or not all(isinstance(each, nodes.Const) for each in given):
        raise Refused("|%(name)s takes only what is written out", name=node.name)
    if node.name != "join":
        return
    long = any(isinstance(each, nodes.Const) and len(str(each.value)) > SEPARATOR for each in given)
    if not isinstance(node.node, nodes.Name | nodes.Getattr) or len(given) > 1 or node.kwargs or long:
        raise Refused("|join takes a given list and at most %(most)d signs between", most=SEPARATOR)


def _allow_loop(node: nodes.For) -> None:
    plain = isinstance(node.iter, nodes.Name) and isinstance(node.target, nodes.Name)
    if not plain or node.recursive or node.test or any(True for _ in _inner_loops(node)):
        raise Refused("a loop may go over one given list, and stand in no other loop")


def _inner_loops(node: nodes.For) -> Iterator[nodes.For]:
    for each in node.body + node.else_:
        if isinstance(each, nodes.For):
            yield each
        yield from each.find_all(nodes.For)


def _plain_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    if len(facts) > FACTS:
        raise Refused("more than %(most)d facts were given", most=FACTS)
    return {str(name): _plain(name, value, 2) for name, value in facts.items()}


def _plain(name: str, value: Any, levels: int) -> Any:
    """A copy in plain types, so that a template meets no object that could do anything."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) < 10**15:
        return value + 0
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, str) and len(value) <= FACT:
        return str.__str__(value)
    if levels and isinstance(value, list | tuple) and len(value) <= ITEMS:
        return [_plain(name, each, levels - 1) for each in value]
    if levels and isinstance(value, Mapping) and len(value) <= FACTS:
        return {str(key): _plain(name, each, levels - 1) for key, each in value.items()}
    raise Refused("the fact %(name)s is too long, or is not text, a number, a day or a list", name=name)
