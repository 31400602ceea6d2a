"""What the played weeks come to: each play's effect beside what was planted, and the seven links of the dish."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regulars.web.commands.demo.making import Demo


def show(demo: Demo) -> None:
    """Print what was measured beside the truth; nothing where no play has run."""
    from regulars.measure.models import PlayResult

    for each in PlayResult.objects.filter(until=None).order_by("play"):
        print(each.play, each.decision, each.diff, each.low, each.high)
