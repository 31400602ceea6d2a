"""Stages a few rows written in a test, and reads back what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from regulars.core.brand import BrandFacts
from regulars.gather.actions.stage import Staged, stage
from regulars.gather.map import read_map

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = b"a key of one installation, 32 by"
BRAND = BrandFacts()


@dataclass
class Outcome:
    """What was staged, with each part as a list of rows."""

    staged: Staged

    def rows(self, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = pq.read_table(self.staged.parts[name]).to_pylist()
        return rows

    def orders(self) -> dict[str, dict[str, Any]]:
        return {row["order_id"]: row for row in self.rows("orders")}

    def rejected(self) -> list[tuple[Any, ...]]:
        return [(row["row"], row["column"], row["value"], row["reason"]) for row in self.rows("rejected")]


def staged(
    folder: Path,
    map_text: str,
    *texts: str | bytes,
    brand: BrandFacts = BRAND,
    suffix: str = ".csv",
    paths: Sequence[Path] = (),
) -> Outcome:
    """Each text as a file of its own (or files that are there), staged through a map."""
    files = list(paths)
    for number, text in enumerate(texts):
        path = folder / f"sales-{number}{suffix}"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        files.append(path)
    return Outcome(
        stage(
            files=files,
            map=read_map(map_text),
            brand=brand,
            hash_key=KEY,
            scratch=folder / "scratch",
            now=NOW,
        )
    )
