"""How a text file is written, where its own first lines do not tell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """What is given overrides what is found; ``headers`` names the columns of a file without a header line.

    ``skip`` is the number of lines before the header.
    """

    delimiter: str | None = None
    encoding: str | None = None
    quote: str = '"'
    headers: tuple[str, ...] = ()
    skip: int = 0
