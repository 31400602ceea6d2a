"""Ibis's backend of Spark with Arrow both ways: by way of pandas a whole number beside a null would lose its digits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.pyspark import Backend as Plain
from ibis.backends.pyspark.datatypes import PySparkSchema
from ibis.util import gen_name

from regulars.lake.spark_sql import COMPILER

REGISTERED = ibis.pyspark  # asking for it makes Ibis know its options


class Backend(Plain):  # type: ignore[misc]
    """One session: names of its own in a JVM that it may share with others of this process."""

    compiler = COMPILER
    scratch: Path

    def view(
        self, files: Sequence[str], schema: pa.Schema, *, base: Path | None = None, name: str | None = None
    ) -> ir.Table:
        """Parquet files under a name, with the columns and types of ``schema``, whose folders are below ``base``."""
        known = name or gen_name("parquet")
        told = ibis.Schema.from_pyarrow(schema)
        reader = self._session.read.schema(PySparkSchema.from_ibis(told))
        if base is not None:
            reader = reader.option("basePath", str(base))
        reader.parquet(*files).select(*schema.names).createOrReplaceTempView(known)
        # Not self.table(): asked what an instant is, Spark's types forget its zone and its scale.
        found: ir.Table = ops.DatabaseTable(known, told, self, ops.Namespace()).to_expr()
        return found

    def frame(self, rows: ir.Expr) -> Any:
        """Spark's own frame of a table, not computed, its columns in the types of the table's schema."""
        table = rows.as_table()
        self._run_pre_execute_hooks(table)
        frame = self._session.sql(self.compile(table))
        wanted = PySparkSchema.from_ibis(table.schema())
        named = [
            frame[have.name] if have.dataType == want.dataType else frame[have.name].cast(want.dataType)
            for have, want in zip(frame.schema.fields, wanted.fields, strict=True)
        ]
        return frame.select(
            *(column.alias(field.name) for column, field in zip(named, wanted.fields, strict=True))
        )

    def to_pyarrow(self, expr: ir.Expr, /, *, params: Any = None, limit: Any = None, **kwargs: Any) -> Any:
        """As `Plain.to_pyarrow`, by Arrow alone."""
        found: pa.Table = self.frame(expr).toArrow()
        return expr.__pyarrow_result__(found.cast(expr.as_table().schema().to_pyarrow()))

    def execute(self, expr: ir.Expr, /, *, params: Any = None, limit: Any = None, **kwargs: Any) -> Any:
        """As `Plain.execute`, by Arrow."""
        return expr.__pandas_result__(self.to_pyarrow(expr.as_table()).to_pandas())

    def _register_in_memory_table(self, op: Any) -> None:
        path = self.scratch / f"{op.name}.parquet"
        table = op.data.to_pyarrow(op.schema)
        pq.write_table(table, path)
        self.view([str(path)], table.schema, name=op.name)
