"""Reviews and delivery notes from a platform's file become voices; what cannot be read is told row by row."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HELP = "bring public reviews or delivery notes from a platform's file as voices"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The file, where it comes from, and what its scores are out of."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="CSV, Parquet or JSON lines: review_id, at, text, score …"
    )
    parser.add_argument("--platform", required=True, help="where the reviews were written, such as dianping")
    parser.add_argument(
        "--out-of", type=int, default=5, metavar="N", help="the best score (default: %(default)s)"
    )


def run(options: argparse.Namespace) -> None:
    """Bring the file and say what was new, known, named and rejected."""
    from regulars import clock, settings
    from regulars.core.refused import Refused
    from regulars.listen.actions import bring_reviews

    if not options.file.is_file():
        raise Refused("%(path)s is not a file", path=options.file)
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as scratch:
        torn: list[Any] = []
        rows = rows_of(options.file, Path(scratch), torn)
        brought = bring_reviews(rows=rows, platform=options.platform, out_of=options.out_of, now=clock.now())
    print(
        f"{options.file.name}: {brought.new:,} new voices ({brought.named:,} of known customers) from {brought.read:,}"
        f" rows, {brought.known:,} known already, {len(brought.rejected) + len(torn):,} rejected"
    )
    for fault in torn:
        print(f"  row {fault.row}: {fault.reason}")
    for each in brought.rejected:
        print(f"  row {each.row}, {each.column} {each.value!r}: {each.reason}")


def rows_of(file: Path, scratch: Path, torn: list[Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row of a file with its number as a spreadsheet counts it; what cannot be divided goes to ``torn``."""
    import pyarrow.parquet as pq

    from regulars.lake.reading.files import FILE, ROW, SEQ, read, reader
    from regulars.lake.reading.form import Form

    con = reader(scratch)
    found = read(con, [file], Form(), scratch)
    torn += found.faults
    kept = scratch / "reviews.parquet"
    con.to_parquet(found.table.order_by(SEQ), kept)
    for batch in pq.ParquetFile(kept).iter_batches(batch_size=10_000):
        for row in batch.to_pylist():
            number = row.pop(ROW)
            yield number, {name: value for name, value in row.items() if name not in (FILE, SEQ)}
