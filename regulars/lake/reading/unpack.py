"""A plain UTF-8 copy in the scratch folder of what came packed or in another encoding, made a block at a time."""

from __future__ import annotations

import codecs
import itertools
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

from regulars.core.refused import Refused
from regulars.lake.reading.form import Form
from regulars.lake.reading.sniff import MOST_COLUMNS, SAMPLE, Sniffed, is_text, legacy_encoding, sniff

BLOCK = 1 << 20
MOST_TIMES = 150  # sales packed by gzip shrink to a fifth or a twentieth; a bomb a thousand times
FREE_OF_DOUBT = 64 << 20
MOST_BYTES = 32 << 30
LONGEST_LINE = 8 * SAMPLE  # half of DuckDB's buffer; lines beyond a mebibyte are rejected one by one
_copies = itertools.count()  # two files of one name may come from two folders


def plain(path: Path, scratch: Path, form: Form) -> tuple[Path, Sniffed]:
    """A path whose bytes are Parquet or UTF-8 text, and what they are; the file itself where it already is that.

    Refuses what ``sniff`` refuses, a broken gzip, and one that grows beyond reason.
    """
    name = path.name
    if not path.is_file():
        raise Refused("there is no file %(file)s", file=name)
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if packed:
        path = _written(path, scratch, ".plain", _unpacked(path, scratch), form)
    found = sniff(path, name, form)
    if found.kind == "parquet":
        return path, found
    encoding = found.encoding
    if encoding == "utf-8" and not form.encoding and (late := _late_encoding(path)):
        encoding = late
    if encoding.lower().replace("_", "-") not in ("utf-8", "utf8", "utf-8-sig", "ascii"):
        path = _written(path, scratch, ".utf8", _transcoded(path, encoding), form)
    sign = found.delimiter.encode() if found.kind == "csv" else b""
    if what := _unreadable_line(path, sign):
        raise Refused(
            "%(file)s has a row of more than %(what)s: it is not a table of sales", file=name, what=what
        )
    return path, found


def _unreadable_line(path: Path, delimiter: bytes) -> str | None:
    """What some line has too much of, if one has: DuckDB passes over a line longer than its buffer without a word, and
    keeps a copy of one for each column too many."""
    cuts = length = 0
    for block in _blocks(path):
        at = 0
        while at < len(block):
            end = block.rfind(b"\n", at, at + MOST_COLUMNS)
            if end >= 0:
                cuts, length, at = 0, 0, end + 1
                continue
            cuts += block.count(delimiter, at, at + MOST_COLUMNS) if delimiter else 0
            length += MOST_COLUMNS
            if cuts > 2 * MOST_COLUMNS:
                return f"{MOST_COLUMNS} columns"
            if length > LONGEST_LINE:
                return f"{LONGEST_LINE >> 20} mebibytes"
            at += MOST_COLUMNS
    return None


def _written(path: Path, scratch: Path, suffix: str, blocks: Iterator[bytes], form: Form) -> Path:
    target = scratch / f"copy-{next(_copies)}{suffix}"
    with target.open("wb") as out:
        for number, block in enumerate(blocks):
            out.write(block)
            if number == 0 and suffix == ".plain" and len(block) >= SAMPLE:
                out.flush()
                sniff(target, path.name, form)  # a bomb of zeros ends here
    return target


def _unpacked(path: Path, scratch: Path) -> Iterator[bytes]:
    size, grown, left = path.stat().st_size, 0, shutil.disk_usage(scratch).free // 2
    with path.open("rb") as file:
        unpacking = zlib.decompressobj(wbits=31)
        waiting = b""
        while block := waiting or file.read(BLOCK):
            try:
                out = unpacking.decompress(block, BLOCK)
            except zlib.error as error:
                raise Refused("%(file)s is a broken gzip file: %(why)s", file=path.name, why=error) from error
            grown += len(out)
            if grown > min(MOST_BYTES, left) or (grown > FREE_OF_DOUBT and grown > MOST_TIMES * size):
                raise Refused(
                    "%(file)s unpacks to over %(times)s times its size, or beyond the room there is: is it sales?",
                    file=path.name, times=MOST_TIMES,
                )  # fmt: skip
            yield out
            waiting = unpacking.unconsumed_tail
            if unpacking.eof:
                waiting = unpacking.unused_data.lstrip(b"\0") or file.read(BLOCK)
                if waiting:
                    unpacking = zlib.decompressobj(wbits=31)
        if not unpacking.eof and not waiting:
            raise Refused("%(file)s is a gzip file cut short", file=path.name)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(4 * BLOCK):
            yield block


def _late_encoding(path: Path) -> str | None:
    """Another encoding than UTF-8 where bytes beyond the sample say so, or none."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    for block in _blocks(path):
        if block.isascii() and not decoder.getstate()[0]:
            continue
        try:
            decoder.decode(block)
        except UnicodeDecodeError:
            broken = sum(not is_text(line, "utf-8") for line in block.splitlines()[:-1])
            # A few damaged rows among good ones are rejected one by one; a file in another encoding is read in it.
            return legacy_encoding(block) if broken > 20 else None
    return None


def _transcoded(path: Path, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for block in _blocks(path):
        yield decoder.decode(block).encode()
    yield decoder.decode(b"", final=True).encode()
