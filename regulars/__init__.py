"""Regulars: customer digital operations for brands with stores; the folders are one turn of the loop.

For whoever analyses: `regulars.open("path/to/home")` gives a brand's tables, metrics and measures (docs/analyst.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regulars.analyst import Brand

__version__ = "0.1.0"


def open(home: Any = None, **settings: Any) -> Brand:
    """The brand whose home lies there; see `regulars.analyst.open_brand`. Imported only here: every web worker imports
    this package, and Ibis costs it most of a second."""
    from regulars.analyst import open_brand

    return open_brand(home, **settings)
