"""`make bench`: every benchmark in a process of its own, one after another, so that none warms the next."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path


def names() -> list[str]:
    """The benchmarks there are, by name."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def main(asked: list[str]) -> int:
    """Run those asked for, or all; give 1 when one fails or is not there."""
    unknown = [each for each in asked if each not in names()]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(names())}")
        return 1
    failed = []
    for each in asked or names():
        print(f"\n== {each}", flush=True)
        began = time.monotonic()
        if subprocess.run([sys.executable, "-m", f"benchmarks.{each}"]).returncode:
            failed.append(each)
        print(f"-- {each}: {time.monotonic() - began:.1f} s", flush=True)
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
