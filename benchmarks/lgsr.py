"""A real chain's size: 3,034,288 lines of LGSR through its map, one turn and every measure, with times, peak memory,
known totals and three findings.

`python -m benchmarks.lgsr` reads `lgsr/transactions.parquet` in the shared data (REGULARS_SHARED_DATA); every command
is a process of its own in an empty home.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("REGULARS_SHARED_DATA") or CHECKOUT.parent / "shared" / "data")


def main() -> None:
    file = DATA / "lgsr" / "transactions.parquet"
    if not file.exists():
        print(f"{file.name} is not in the shared data; nothing measured")
        return
    with tempfile.TemporaryDirectory() as home:
        os.environ["REGULARS_HOME"] = home
        timed("brand", "brand", "--currency", "GBP", "--time-zone", "Europe/London", "--region", "GB")
        timed("import", "import", str(file), "--map", str(CHECKOUT / "examples" / "lgsr.toml"))
        timed("turn", "turn")
        report = json.loads(timed("report", "report", "--json"))["metrics"]
        share = {
            row["part"]: row
            for row in report["identified_share"]["rows"]
            if not row["slice"] and not row["period"]
        }
        total = sum(
            row["value"]
            for row in report["revenue_factors"]["rows"]
            if row["part"] == "whole:revenue" and not row["slice_kind"]
        )
        print(
            f"orders {share['']['n']:,} (473,028), spend with a card {share['revenue']['value']:.4f} (.8016)"
        )
        print(f"total by months {total / 100:,.2f} (5,773,818.57)")
        print(timed("all measures", home, module="benchmarks._lgsr"), end="")


def timed(name: str, *arguments: str, module: str = "regulars") -> str:
    """Run a command, print its seconds and peak memory as the system counted them, give its output."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{name} failed:\n{output}")
    peak = used.ru_maxrss / (1 << 20 if sys.platform != "darwin" else 1 << 30)
    took, processor = time.monotonic() - began, used.ru_utime + used.ru_stime
    print(f"{name}: {took:.1f} s, {processor:.1f} s of processor, peak {peak:.2f} GiB")
    return output


if __name__ == "__main__":
    main()
