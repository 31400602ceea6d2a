"""The contract of a step: what a play does with those who stand before it, and when.

To add one: a file in a stage's `steps/` (or its `steps.py`) with a frozen dataclass whose fields are `setting`s, and a
line in `catalogue.STEPS` that names the class. A step is done in the transaction that moves its people on, so whatever
it writes on the desk is done exactly once; what it writes beyond carries `Standing.key`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from typing import Any, ClassVar, Protocol

from regulars.core.refused import Refused


@dataclass(frozen=True)
class Standing:
    """Someone who stands before a step: what a step may know of them."""

    key: str  # of this person at this step: "play|entry|position"
    play: Any  # engage.models.Play
    entry: Any  # engage.models.Entry; None in a preview
    position: int
    customer: int  # the living number
    language: str = "en"
    zone: str = "UTC"
    first_day: date | None = None
    last_day: date | None = None
    late_after: int | None = None  # days after the last visit; None while the brand has no rhythm
    due_day: int | None = (
        None  # days after a first visit, of the brand's return curve; None while it has none
    )
    store_id: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)  # of message templates; earlier steps add theirs


@dataclass(frozen=True)
class Next:
    """What comes after a step: the step behind it (or ``skip`` further on), or the end with a reason.

    ``facts`` are kept with the entry: later steps may speak of them.
    """

    leave: str = ""
    skip: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


class Step(Protocol):
    """A step with its settings; raises `Refused` from `check` where they make no sense."""

    name: ClassVar[str]
    label: ClassVar[str]
    touches: ClassVar[bool]
    """Whether it reaches the customer: who has an open complaint is not touched, and leaves."""

    def check(self, kinds: Mapping[str, str]) -> None:
        """Refuse settings that cannot work; ``kinds`` are the fields that conditions may ask."""
        ...

    def due(self, standing: Standing, now: datetime) -> datetime:
        """When it is to be done for someone who comes to stand before it at ``now``."""
        ...

    def do(self, those: Sequence[Standing], now: datetime) -> Sequence[Next]:
        """Do it for up to 100 people at once; what comes next for each, in their order."""
        ...


def setting(
    label: str, default: Any = "", *, choices: tuple[str, ...] = (), long: bool = False, help: str = ""
) -> Any:
    """A field of a step: its label in the form, its default, what it may be, whether it is a text of many lines."""
    return field(default=default, metadata={"label": label, "choices": choices, "long": long, "help": help})


def made(step: type[Any], values: Mapping[str, Any]) -> Any:
    """A step out of stored or typed values; blanks take the default, unknown names are left out.

    Refuses a number that is none, and a choice that is not offered.
    """
    given: dict[str, Any] = {}
    for each in fields(step):
        default = each.default if each.default is not MISSING else ""
        value = values.get(each.name)
        label, choices = each.metadata.get("label", each.name), each.metadata.get("choices")
        if value is None or (value == "" and not isinstance(default, str)):
            value = default
        if isinstance(default, bool):
            value = value in (True, "on", "true", "1")
        elif isinstance(default, int | float):
            value = _number(label, value, type(default))
        else:
            value = str(value).replace("\r\n", "\n").strip()
        if choices and value not in choices:
            raise Refused("%(label)s is one of %(choices)s", label=label, choices=", ".join(choices))
        given[each.name] = value
    return step(**given)


def _number(label: str, value: Any, kind: type[Any]) -> Any:
    try:
        return kind(value)
    except (TypeError, ValueError):
        raise Refused("%(label)s is a number", label=label) from None
