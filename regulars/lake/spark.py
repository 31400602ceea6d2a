"""Apache Spark as the engine: a JVM beside this process, or a master's workers, over the same files of the same lake.

No jar is needed: the file list comes from the Delta log, and what Spark writes is committed by the landing. Workers
must see the installation's folder under the same path as this machine does.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from regulars.core.refused import Refused
from regulars.lake.contract import Written, month_of
from regulars.lake.facts import Fact

LOCAL_PARTITIONS = 4  # of a shuffle in one JVM; a master's own `spark-defaults.conf` says how many there
ANSWERS_WITHIN = 10  # seconds, a master
WORKERS_WITHIN = (
    180  # seconds: a first row from a core of a master's; the turn holds the lake's lock meanwhile
)
# A turn plans hundreds of queries and plans each once: the JVM's second compiler took a third of all processor time
# and earned nothing back. Rows are counted by executors, whose options are the cluster's own.
PLANS = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m"
_numbers = count()
_open: set[int] = set()  # connections of this process; the JVM goes with the last


def connect(scratch: Path, memory: str, engine: str) -> Any:
    """An Ibis backend on Spark, its instants in UTC; ``memory`` bounds the JVM where it computes by itself.

    Views and names are this connection's own; the JVM is the process's and goes with `Spark.close`.
    """
    _refuse_without(engine)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    if engine == "spark":
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of pandas 3, which nothing here goes through
        from pyspark.sql import SparkSession

        from regulars.lake.spark_backend import Backend

    builder = SparkSession.builder.appName("regulars")
    for name, value in _settings(scratch, memory, engine).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate().newSession()
        _ask_for_a_row(session, engine)
    except Refused:
        _stop()
        raise
    except (
        Exception
    ) as error:  # a JVM that did not start, or a master that did not answer: both say so in Java
        _stop()
        raise Refused("Spark did not start on %(engine)s: %(why)s", engine=engine, why=_why(error)) from error
    for name, value in _session_settings(engine).items():
        session.conf.set(name, value)
    con = Backend()
    con.scratch = scratch
    con.do_connect(session)
    _open.add(id(con))
    return con


def _refuse_without(engine: str) -> None:
    if find_spec("pyspark") is None:
        raise Refused(
            "REGULARS_ENGINE asks for Spark, and PySpark is not installed; pip install 'regulars[spark]'"
        )
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and (Path(home) / "bin" / "java").exists())):
        raise Refused(
            "REGULARS_ENGINE asks for Spark, and Java is not installed; install a Java runtime from 17 on, on Debian "
            "and Ubuntu: sudo apt-get install default-jre-headless"
        )
    if engine != "spark":
        host, _, port = engine.removeprefix("spark://").partition(":")
        try:
            socket.create_connection((host, int(port)), ANSWERS_WITHIN).close()
        except (OSError, ValueError) as error:  # Spark itself would try for two minutes and say less
            raise Refused(
                "nobody answers at %(engine)s, which REGULARS_ENGINE names; start the master, or write duckdb",
                engine=engine,
            ) from error


def _ask_for_a_row(session: Any, engine: str) -> None:
    """Compute one, so that what does not work is said here; where no core is free Spark itself waits for ever."""
    waited = threading.Event()

    def give_up() -> None:
        waited.set()
        session.sparkContext.cancelAllJobs()

    patience = threading.Timer(WORKERS_WITHIN, give_up)
    patience.daemon = True
    patience.start()
    try:
        session.range(1).count()
    except Exception as error:
        if waited.is_set():
            raise Refused(
                "%(engine)s answers, but no worker of it had a free core and memory for %(seconds)s s; start one, or "
                "bound what others take there (spark.cores.max), or write duckdb in REGULARS_ENGINE",
                engine=engine,
                seconds=WORKERS_WITHIN,
            ) from error
        raise
    finally:
        patience.cancel()


def _why(error: Exception) -> str:
    """What Java said, of the lines that say where it was said."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return next((line for line in lines if line.startswith(": ")), lines[0]).removeprefix(": ")[:200]


def _settings(scratch: Path, memory: str, engine: str) -> dict[str, str]:
    """What must be said before the JVM starts."""
    told = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        # Not extraJavaOptions: those are the cluster's own, and come after these.
        "spark.driver.defaultJavaOptions": f"-Duser.timezone=UTC {PLANS}",
        "spark.executor.defaultJavaOptions": "-Duser.timezone=UTC",
        "spark.hadoop.fs.defaultFS": "file:///",  # the lake's files are files, whatever else the machine reads
        "spark.driver.maxResultSize": "0",
        "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(scratch.parent / "spark-warehouse"),  # nothing is ever put there
    }
    if engine == "spark":
        alone = {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": memory.removesuffix("B").lower(),
            "spark.local.dir": str(scratch.parent),
        }
        return {**told, **alone, "spark.master": f"local[{max(1, (os.cpu_count() or 2) - 1)}]"}
    return {**told, "spark.master": engine}


def _session_settings(engine: str) -> dict[str, str]:
    told = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.caseSensitive": "true",  # T is not t
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.ansi.enabled": "true",  # what overflows or cannot be cast is an error, as on DuckDB
        # A table by month has a file or two a month: looking at a thousand files takes no job of its own.
        "spark.sql.sources.parallelPartitionDiscovery.threshold": "1000",
    }
    if engine == "spark":
        told["spark.sql.shuffle.partitions"] = str(LOCAL_PARTITIONS)
    return told


def _stop() -> None:
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    if session is not None:
        session.stop()


@dataclass
class Spark:
    """The contract on a connection made here. What is kept lies as Parquet in the scratch folder and is read back: it
    is computed once, fits any memory, and cuts the plan short."""

    con: Any

    def read(self, files: Sequence[str], fact: Fact, folder: Path) -> ir.Table:
        found: ir.Table = self.con.view(files, fact.schema, base=folder)
        return found

    def read_parquet(self, path: Path | str) -> ir.Table:
        found: ir.Table = self.con.view([str(path)], pq.read_schema(path))
        return found

    def keep(self, name: str, rows: ir.Table | pa.Table) -> ir.Table:
        path = self.con.scratch / f"{name}-{next(_numbers)}"
        if isinstance(rows, pa.Table):
            path.mkdir(parents=True)
            pq.write_table(rows, path / "rows.parquet")
            schema = rows.schema
        else:
            schema = rows.schema().to_pyarrow()
            self.con.frame(rows).write.parquet(str(path))
        kept: ir.Table = self.con.view([str(path)], schema, name=name)
        return kept

    def rows(self, expression: ir.Expr) -> Any:
        return self.con.to_pyarrow(expression)

    def write(self, rows: ir.Table, fact: Fact, folder: Path, stem: str) -> list[Written]:
        folder.mkdir(parents=True, exist_ok=True)
        apart = (
            folder / f"_{stem}"
        )  # a name that readers of Delta pass over, and a landing that died leaves behind
        shutil.rmtree(apart, ignore_errors=True)
        frame = self.con.frame(rows)
        if fact.by_month:
            frame = frame.hint("rebalance", "month")
        elif not _ordered(rows):
            frame = frame.hint("rebalance")
        writer = frame.write.partitionBy("month") if fact.by_month else frame.write
        try:
            writer.parquet(str(apart))
            return [
                _moved(path, apart, folder, f"{stem}-{place}")
                for place, path in enumerate(sorted(apart.rglob("*.parquet")))
            ]
        finally:
            shutil.rmtree(apart, ignore_errors=True)

    def close(self) -> None:
        _open.discard(id(self.con))
        if not _open:
            self.con.disconnect()


def _ordered(rows: ir.Table) -> bool:
    """Whether rows come in an order that somebody asked for: evening out the files would lose it."""
    node: Any = rows.op()
    while isinstance(node, ops.Project):
        node = node.parent
    return isinstance(node, ops.Sort)


def _moved(path: Path, apart: Path, folder: Path, stem: str) -> Written:
    target = folder / path.relative_to(apart).parent / f"{stem}.parquet"
    target.parent.mkdir(exist_ok=True)
    path.replace(target)
    rows = pq.read_metadata(target).num_rows
    return Written(target.relative_to(folder), rows, target.stat().st_size, month_of(target))
