"""A bar on a terminal, nothing in a pipe: what a command shows while a person waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, float | None], None]


@contextmanager
def shown(title: str) -> Iterator[Progress]:
    """Give a function that takes what is being done and the share done: 0 to 1, None where nobody knows."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda doing, share: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def show(doing: str, share: float | None) -> None:
            whole = None if share is None else 1.0
            bar.update(task, description=f"{title}: {doing}", completed=share or 0.0, total=whole)

        yield show
