"""Whether somebody may be written to, and on which channel: no word of theirs means no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Word:
    """The last word of an address on one channel for one purpose."""

    state: str  # given, withdrawn
    expires_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it is a yes that has not run out at ``now``."""
        return self.state == "given" and (self.expires_at is None or self.expires_at > now)


@dataclass(frozen=True)
class Way:
    """A channel as far as consent is concerned: the kinds of address it reaches, and whether a tap pays for each."""

    name: str
    reaches: tuple[str, ...]  # the first is preferred
    by_permission: bool = False


@dataclass(frozen=True)
class Choice:
    """The channel and address to write to, and the channels left to try; or why there is none."""

    channel: str = ""
    address_hash: str = ""
    others: tuple[str, ...] = ()
    reason: str = ""


def choose(
    ways: Sequence[Way],
    addresses: Sequence[tuple[str, str]],
    words: Mapping[tuple[str, str], Word],
    permitted: frozenset[str],
    now: datetime,
) -> Choice:
    """The first of ``ways`` that has an address with a standing consent.

    ``addresses``: (kind, hash) of the person; ``words``: by (hash, channel), for the purpose asked; ``permitted``:
    hashes with an unused tap. Where there is none, the reason is the nearest miss: no_permission, unsubscribed,
    no_consent, no_address.
    """
    found: list[tuple[str, str]] = []
    misses: set[str] = set()
    for way in ways:
        for address in (hash for kind in way.reaches for type, hash in addresses if type == kind):
            word = words.get((address, way.name))
            if word is None or (word.state == "given" and not word.holds(now)):
                misses.add("no_consent")
            elif word.state != "given":
                misses.add("unsubscribed")
            elif way.by_permission and address not in permitted:
                misses.add("no_permission")
            else:
                found.append((way.name, address))
                break
    if found:
        channel, address = found[0]
        return Choice(channel, address, tuple(name for name, _ in found[1:]))
    for miss in ("no_permission", "unsubscribed", "no_consent"):
        if miss in misses:
            return Choice(reason=miss)
    return Choice(reason="no_address")
