"""Made-up articles as an index of fingerprints sees them, by the million: an id, an outlet, features or other values.

One in ten copies an earlier one, with a fifth of its values changed. Outlets are by Zipf, and so are the recurring
lines of each: one article of four has one that was left in. Twelve paragraphs on average. The same number is always the
same article, so nothing is kept to copy from.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ingest.dedupe import VERSION
from ingest.dedupe.features import MINIMA
from ingest.store import Case

COPIES_END_IN, CHANGED_OF = 9, 5
OUTLETS, LINES, WITH_LINE_OF = 300, 8, 4
FEWEST, MOST = 4, 20
"""Paragraphs."""
LOOK_BACK = 5000
"""A copy is of one of so many articles before it."""

Numbers = npt.NDArray[np.uint64]


class Made(NamedTuple):
    """An article. original: id of the one that it copies, or empty. alike: whether one before it has a feature of it.
    features: one after the other, 8 bytes each, the minima first."""

    id: str
    source: str
    original: str
    alike: bool
    features: bytes

    def case(self) -> Case:
        """Without the first paragraph: it may be a recurring line, which would make candidates of strangers."""
        divided = [self.features[at : at + 8] for at in range(0, len(self.features), 8)]
        return Case(VERSION, divided[:MINIMA], divided[MINIMA + 1 :])


def made(start: int, count: int) -> Iterator[Made]:
    """The articles of these numbers."""
    numbers = np.arange(start, start + count, dtype=np.uint64)
    found, outlets = values(numbers, MINIMA + MOST), _zipf(numbers + np.uint64(1 << 40), OUTLETS)
    lines = _mixed(outlets * np.uint64(LINES + 1) + _zipf(numbers + np.uint64(1 << 41), LINES) + np.uint64(1 << 42))
    with_line = _mixed(numbers + np.uint64(1 << 43)) % np.uint64(WITH_LINE_OF) == 0
    found[:, MINIMA] = np.where(with_line, lines, found[:, MINIMA])
    texts = _texts(numbers)
    sizes = MINIMA + FEWEST + (_mixed(texts + np.uint64(1 << 44)) % np.uint64(MOST - FEWEST + 1)).astype(int)
    columns = (ids(numbers), ids(texts), outlets.tolist(), with_line.tolist(), sizes.tolist(), found.astype(">u8"))
    for one, text, outlet, line, size, row in zip(*columns, strict=True):
        yield Made(one, f"outlet{outlet}", text if text != one else "", line or text != one, row[:size].tobytes())


def values(numbers: Numbers, width: int) -> Numbers:
    """So many values of each article; a copy has most of its original's."""
    places = np.arange(width, dtype=np.uint64)
    texts = _texts(numbers)
    own = _mixed(numbers[:, None] * np.uint64(256) + places)
    changed = (own % np.uint64(CHANGED_OF) == 0) | (texts == numbers)[:, None]
    return np.where(changed, own, _mixed(texts[:, None] * np.uint64(256) + places))


def ids(numbers: Numbers) -> list[str]:
    return [f"{number:016x}" for number in _mixed(numbers + np.uint64(1 << 45)).tolist()]


def _texts(numbers: Numbers) -> Numbers:
    """The article whose text each has: its own, or of a copy an earlier one that is none."""
    earlier = numbers - np.uint64(1) - _mixed(numbers) % np.clip(numbers, np.uint64(1), np.uint64(LOOK_BACK))
    earlier -= (earlier % np.uint64(10) == COPIES_END_IN).astype(np.uint64)
    return np.where((numbers % np.uint64(10) == COPIES_END_IN) & (numbers > 10), earlier, numbers)


def _mixed(numbers: Numbers) -> Numbers:
    """A number without order for each (splitmix64)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _zipf(numbers: Numbers, most: int) -> Numbers:
    """One of the first so many numbers for each, by 1/n."""
    return np.exp((_mixed(numbers) / 2.0**64) * math.log(most)).astype(np.uint64)
