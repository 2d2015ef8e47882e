"""What a text is found again by, when another outlet publishes it as well.

    text ─► 16 minima       of the hashes of its runs of five words: a pair agrees in each with the share of runs that
                            it has in common, so that half in common is found by two of them in all but 0.03 %
         ─► its paragraphs  hashes of those of eight words or more: they find a text inside a much longer one

Eight bytes each. The store keeps who had which first; who shares a paragraph or two minima is worth comparing (see
likeness.py), so these decide what is found, and never what is a copy.
"""

from collections.abc import Sequence
from hashlib import blake2b, shake_256
from itertools import chain
from typing import NamedTuple

import numpy as np
from rensa import RMinHash

from ingest.dedupe.fingerprint import LEAST_WORDS
from ingest.dedupe.tokens import Hashes, has_words, hashes, paragraphs, shingles, spread

VERSION = f"1.{RMinHash.ALGORITHM_VERSION}"
"""Features of different versions have nothing in common: an index is of one."""

MINIMA = 16
LEAST_PARAGRAPH = 8
"""Words; shorter paragraphs ("Read more", "he said on Monday") are in many texts that have nothing else in common."""
MOST_PARAGRAPHS = 64

_SIZE = 8
_ROWS = np.frombuffer(shake_256(b"teletipo").digest(_SIZE * MINIMA), dtype="<u8") | np.uint64(1)
_BLOCK = 4096  # half a megabyte at a time for a text of any length
_NUMBERS = np.arange(1, MINIMA + 1, dtype=np.uint64) << np.uint64(59)


class Features(NamedTuple):
    """minima: MINIMA of them, or none of a text of fewer than LEAST_WORDS words. paragraphs: those with the smallest
    hashes where there are many, so that two texts keep the same ones; without repetition, in order of their hashes."""

    minima: tuple[bytes, ...] = ()
    paragraphs: tuple[bytes, ...] = ()


def features(text: str) -> Features:
    """The features of a text; equal for texts that differ in case, punctuation, spaces or Unicode form alone. The
    minima are the same however a text is divided into paragraphs."""
    divided = paragraphs(text)
    everything = list(chain.from_iterable(divided))
    if not has_words(everything, LEAST_WORDS):
        return Features()
    found = {_digest(paragraph) for paragraph in divided if has_words(paragraph, LEAST_PARAGRAPH)}
    return Features(_minima(shingles(hashes(everything))), tuple(sorted(found)[:MOST_PARAGRAPHS]))


def _digest(paragraph: Sequence[str]) -> bytes:
    return blake2b(" ".join(paragraph).encode(), digest_size=_SIZE).digest()


def _minima(hashed: Hashes) -> tuple[bytes, ...]:
    """The smallest hash in each of the rows, which put the same hashes into different orders, marked by its row."""
    blocks = (hashed[start : start + _BLOCK] for start in range(0, len(hashed), _BLOCK))
    smallest = np.min([np.multiply.outer(_ROWS, block).min(axis=1) for block in blocks], axis=0)
    joined = spread(smallest ^ _NUMBERS).astype("<u8").tobytes()
    return tuple(joined[start : start + _SIZE] for start in range(0, len(joined), _SIZE))
