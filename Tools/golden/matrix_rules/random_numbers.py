"""Numbers by counter: Philox4x32-10 of Salmon, Moraes, Dror, Shaw, SC 2011, with the package's layout of counters.

The seed is the key, low word first; the counter holds the block's number and the stream, each low word first. Blocks
from 2⁶³ up give normal numbers, two a block, by Box and Muller; `Sources/DownhillBase/Random/CounterRandom.swift`
documents the same.
"""

import math

import numpy as np

from reference import Array

MASK = 0xFFFF_FFFF


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Ten rounds."""
    (a, b, c, d), (k, m) = counter, key
    for _ in range(10):
        p, q = a * 0xD2511F53, c * 0xCD9E8D57
        a, b, c, d = (q >> 32) ^ b ^ k, q & MASK, (p >> 32) ^ d ^ m, p & MASK
        k, m = (k + 0x9E3779B9) & MASK, (m + 0xBB67AE85) & MASK
    return a, b, c, d


def normal(seed: int, stream: int, index: int) -> float:
    """One number of the standard normal distribution."""
    block = index >> 1 | 1 << 63
    a, b, c, d = philox((block & MASK, block >> 32, stream & MASK, stream >> 32), (seed & MASK, seed >> 32))
    u, v = ((high << 32 | low) >> 11 | 1 for low, high in ((a, b), (c, d)))
    radius = math.sqrt(-2 * math.log(u * 2.0**-53))
    angle = 6.283185307179586 * (v * 2.0**-53)
    return radius * (math.cos(angle) if index % 2 == 0 else math.sin(angle))


def normals(seed: int, stream: int, count: int) -> Array:
    """The first numbers of a stream."""
    return np.array([normal(seed, stream, index) for index in range(count)])


def check() -> None:
    """The authors' known answers (Random123, kat_vectors)."""
    known = {
        ((0, 0, 0, 0), (0, 0)): (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8),
        ((MASK, MASK, MASK, MASK), (MASK, MASK)): (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    }
    for (counter, key), answer in known.items():
        if philox(counter, key) != answer:
            raise AssertionError("Philox4x32-10 differs from its authors' answers")
