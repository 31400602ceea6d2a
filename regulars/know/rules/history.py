"""A customer's stages as the lake keeps them, a line of text, and as the desk shows them, periods in JSON."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc


def periods(histories: Any) -> Any:
    """``2025-01-03 new;2025-02-01 regular`` as JSON text, the oldest first: since, stage, and until, the day on which
    the next one began (null while it lasts). An Arrow array in, an Arrow array out.
    """
    opened = pc.replace_substring_regex(histories, r"^([0-9-]+) ", r'[{"since":"\1","stage":"')
    next_ones = pc.replace_substring_regex(opened, r";([0-9-]+) ", r'","until":"\1"},{"since":"\1","stage":"')
    return pc.replace_substring_regex(next_ones, "$", '","until":null}]')
