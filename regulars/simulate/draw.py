"""Chance, kept apart by part: each part of a brand draws from a stream of its own, so that changing one part
(a planted effect, a new column) leaves the draws of all others as they were."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def stream(seed: int, part: str) -> np.random.Generator:
    """The generator of one named part of the brand of this seed."""
    return np.random.default_rng([seed, crc32(part.encode())])


def chances(chance: np.random.Generator, size: int, probability: ArrayLike) -> Flags:
    """`size` coin tosses, each true with its own probability; always draws `size` numbers, also for zero."""
    drawn: Flags = chance.random(size) < np.asarray(probability)
    return drawn


def luck(seed: int, part: str, numbers: ArrayLike) -> Floats:
    """One uniform number in [0, 1) for each integer, a function of seed, part and that integer alone.

    Whoever asks, and in whatever company, hears the same: so a person has one fate under each thing done to them.
    The mixing is SplitMix64's (Steele, Lea and Flood, 2014).
    """
    mixed = np.asarray(numbers, dtype=np.int64).astype(np.uint64)
    with np.errstate(over="ignore"):
        for salt in (seed & 0xFFFF_FFFF, crc32(part.encode())):
            mixed = (mixed + np.uint64(salt)) * np.uint64(0x9E37_79B9_7F4A_7C15)
            mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
            mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
            mixed = mixed ^ (mixed >> np.uint64(31))
    drawn: Floats = (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
    return drawn


def pick(chance: np.random.Generator, size: int, weights: ArrayLike) -> Ints:
    """`size` indices into `weights`, each as often as its weight says."""
    heights = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(heights, chance.random(size) * heights[-1], side="right")
    picked: Ints = np.minimum(found, len(heights) - 1).astype(np.int64)
    return picked


def pick_by_row(chance: np.random.Generator, weights: Floats) -> Ints:
    """One index into each row of `weights` (rows × choices)."""
    heights = np.cumsum(weights, axis=1)
    thrown = chance.random(len(weights)) * heights[:, -1]
    picked: Ints = np.minimum((heights <= thrown[:, None]).sum(axis=1), weights.shape[1] - 1).astype(np.int64)
    return picked


def digits(numbers: Ints, width: int) -> pa.Array:
    """Numbers as text of exactly `width` digits with leading zeros; higher digits are cut off."""
    rest = numbers.copy()
    shown = np.empty((len(rest), width), dtype=np.uint8)
    for place in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        shown[:, place] = digit + ord("0")
    flat = pa.py_buffer(np.ascontiguousarray(shown))
    ends = pa.py_buffer(np.arange(0, (len(rest) + 1) * width, width, dtype=np.int32))
    return pa.StringArray.from_buffers(len(rest), ends, flat)


def words(choices: list[str], index: Ints, shown: Flags | None = None) -> pa.Array:
    """The text at each index; null where `shown` is given and false."""
    where = pa.array(index, mask=None if shown is None else ~shown)
    return pa.array(choices, pa.string()).take(where)


def joined(*parts: pa.Array | str) -> pa.Array:
    """The parts of each row put together as one text; null where any part is."""
    return pc.binary_join_element_wise(*parts, "")


def one_of(where: Flags, there: pa.Array | str | None, elsewhere: pa.Array | str | None) -> pa.Array:
    """`there` where true, `elsewhere` where not, as text; None is a null."""
    there = pa.scalar(there, pa.string()) if not isinstance(there, pa.Array) else there
    elsewhere = pa.scalar(elsewhere, pa.string()) if not isinstance(elsewhere, pa.Array) else elsewhere
    chosen = pc.if_else(pa.array(where), there, elsewhere)
    return chosen if isinstance(chosen, pa.Array) else pa.array([chosen] * len(where), pa.string())
