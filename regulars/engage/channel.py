"""What a channel is: one file that says whom it reaches, how it is set up, and how messages leave by it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Protocol

from regulars.core.refused import Refused

SECONDS = 15.0  # how long a channel waits for the far end before it is a failure that may pass


@dataclass(frozen=True)
class Outgoing:
    """One message as a channel is given it; ``id`` is the same at each try, so that the far end can know it again."""

    id: str
    to: str  # the address in plain text
    subject: str
    body: str  # as it is read, the way out included
    way_out: str = ""  # the link that unsubscribes; empty for service


class Failed(Exception):
    """Why a message did not leave: for good (``permanent``), for now, or nobody can tell whether it did (``unknown``).

    A channel yields it for one message, and raises it when nothing more can leave at all.
    """

    def __init__(self, why: str, *, permanent: bool = False, unknown: bool = False) -> None:
        self.permanent = permanent
        self.unknown = unknown
        super().__init__(why)


Outcome = str | Failed  # the channel's word for what left ("smtp"), or why it did not


class Channel(Protocol):
    """A channel; ``send`` yields one outcome for each message, in their order.

    ``send`` begins a message only when the next outcome is asked for: closing it leaves all later ones unsent.
    """

    name: str
    label: str
    reaches: tuple[str, ...]  # types of identifier, the first preferred
    by_permission: bool  # one tap of the guest pays for one message
    by_staff: bool  # a colleague sends it by hand and confirms it; ``send`` is never called
    same_by_id: bool  # the far end takes the same id once, so a lost answer may be asked for again
    at_once: (
        int  # messages of one claim: as many may stay unknown when a worker dies and the far end cannot tell
    )
    setup: type[Any]  # a dataclass whose fields are ``setting``s

    def send(self, messages: Sequence[Outgoing], settings: Any) -> Generator[Outcome, None, None]: ...


def setting(
    label: str,
    default: Any = "",
    *,
    secret: bool = False,
    needed: bool = False,
    choices: tuple[str, ...] = (),
) -> Any:
    """A field of a channel's ``setup``: its label in the form, whether it is kept from sight or needed, its choices."""
    told = {"label": label, "secret": secret, "needed": needed, "choices": choices}
    return field(default=default, metadata=told)


def filled(channel: Channel, values: dict[str, Any]) -> Any:
    """The channel's settings out of stored or typed values; unknown names are left out, blanks take the default.

    Refuses a number that is none and a choice that is not offered.
    """
    given: dict[str, Any] = {}
    for each in fields(channel.setup):
        value = values.get(each.name)
        default = each.default if each.default is not MISSING else ""
        if value in (None, ""):
            given[each.name] = default
        elif isinstance(default, bool):
            given[each.name] = value in (True, "on", "true", "1")
        elif isinstance(default, int):
            given[each.name] = _number(each.metadata["label"], value)
        else:
            given[each.name] = str(value).strip()
        choices = each.metadata.get("choices")
        if choices and given[each.name] not in choices:
            raise Refused(
                "%(label)s is one of %(choices)s", label=each.metadata["label"], choices=", ".join(choices)
            )
    return channel.setup(**given)


def _number(label: str, value: Any) -> int:
    try:
        return int(value)
    except ValueError:
        raise Refused("%(label)s is a number", label=label) from None
