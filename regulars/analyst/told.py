"""A result with what it means beside it: an Ibis, Arrow or pandas table on demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.metric import Definition


@dataclass(frozen=True, repr=False)
class Told:
    """Rows of a definition as of the brand's day. In a notebook it shows itself with its question and formula."""

    definition: Definition
    rows: pa.Table

    def to_pyarrow(self) -> pa.Table:
        """The rows as Arrow."""
        return self.rows

    def to_pandas(self) -> Any:
        """The rows as a pandas data frame."""
        return self.rows.to_pandas()

    def to_ibis(self) -> ir.Table:
        """The rows as an Ibis table, to be joined with others."""
        return ibis.memtable(self.rows)

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def __repr__(self) -> str:
        told = self.definition
        rows, columns = f"{len(self):,} rows", ", ".join(self.rows.column_names)
        return f"{told.name}: {told.question}\n  = {told.formula}\n  ({told.source})\n  {rows}: {columns}"

    def _repr_html_(self) -> str:
        from html import escape

        told = self.definition
        table: str = self.to_pandas()._repr_html_()
        return (
            f"<p><b>{escape(told.question)}</b><br>{escape(told.formula)}<br>{escape(told.source)}</p>{table}"
        )
