"""The contract of a source: an export that a known program writes, told by its headers, with its map.

To add one: a file in `sources/` with a `Source`, and a line in `catalogue.SOURCES`. A file of no known source is
guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.gather.map import Map, read_map


@dataclass(frozen=True)
class Source:
    """``name`` for people; ``headers`` that together only this export has; ``text`` its map as TOML."""

    name: str
    headers: tuple[str, ...]
    text: str

    def wrote(self, headers: Sequence[str]) -> bool:
        """Whether a file with these headers is this export; columns it has beyond ``headers`` do not matter."""
        there = {header.strip().lower() for header in headers}
        return all(header.lower() in there for header in self.headers)

    def map(self) -> Map:
        """The map, checked."""
        return read_map(self.text)
