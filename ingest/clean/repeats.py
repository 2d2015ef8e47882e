"""The texts of a body's blocks -> which of them stay: what was captured twice, or is shown twice, is said once.

    A  B  C  A  B  C           the body was captured twice                  ─►  A  B  C
    A  B  C  ABC               once by paragraphs, and once in one piece    ─►  A  B  C
    ABC  A  B  ·               the same, but something is only in the piece ─►  ABC  ·
    A  “b”  B (that says “b”)  a pull quote                                 ─►  A  B

Texts are compared without white space, punctuation and case.
"""

import string
from collections.abc import Collection, Sequence
from itertools import accumulate, pairwise

from ingest.words import word_count

LONG = 8
"""Words from which a text that is repeated word for word was captured twice rather than written twice."""
MOST_CHARACTERS = 50_000_000
"""To be compared, at 1 GB/s; above it nobody looks for texts inside others, and only a page built for it is there."""
MOST_ROUNDS = 50
"""Rounds of looking, each of which may find one text of many; only a page built for it needs more."""

_MARKS = string.punctuation.encode() + string.whitespace.encode()
_TYPESET = ["“", "”", "„", "‘", "’", "–", "—", "…", "«", "»", "·", "•"]

Places = tuple[int, ...]


def unrepeated(texts: Sequence[str], quotes: Collection[int] = ()) -> Places:
    """The places of the texts that stay, in the order they were first read. Idempotent, within MOST_ROUNDS.

    A text that was there before goes if it is LONG, or if the one beside it is repeated with it; a short one alone
    ("Yes.", "* * *") is how people write, and stays. A LONG text that is a whole run of others goes (one of them LONG
    too). LONG ones that others have inside go where two of them stand together, or where it is a quote. `quotes`: the
    places of those.
    """
    keys = [_key(text) for text in texts]
    long = {place for place, text in enumerate(texts) if _is_long(text)}
    kept = tuple(range(len(texts)))
    for _ in range(MOST_ROUNDS):
        if not (gone := _repeated(kept, keys, long) or _nested(kept, keys, long, quotes)):
            break
        kept = tuple(place for place in kept if place not in gone)
    return kept


def _repeated(places: Places, keys: list[bytes], long: set[int]) -> set[int]:
    repeated: set[int] = set()
    seen: set[bytes] = set()
    pairs: set[tuple[bytes, bytes]] = set()
    before = -1
    for place in places:
        key = keys[place]
        if key in seen and place in long:
            repeated.add(place)
        pair = (keys[before], key) if before >= 0 else (b"", b"")
        if pair in pairs:
            repeated.update((before, place))
        elif pair[0] != key:  # "Yes." "Yes." "Yes." is no run of anything
            pairs.add(pair)
        seen.add(key)
        before = place
    return repeated


def _nested(places: Places, keys: list[bytes], long: set[int], quotes: Collection[int]) -> set[int]:
    """Of the texts that are in others or are made of others those that go; none is a repeat of another."""
    lines = b"\n".join(keys[place] for place in places)
    candidates = [place for place in places if place in long]
    if len(lines) * len(candidates) > MOST_CHARACTERS:
        return set()
    inside = {place for place in candidates if lines.count(keys[place]) > 1}
    if inside and (runs := _runs(places, keys, candidates)):
        return runs
    together = {place for pair in pairwise(places) if inside.issuperset(pair) for place in pair}
    return together | inside.intersection(quotes)


def _runs(places: Places, keys: list[bytes], candidates: list[int]) -> set[int]:
    """The first text that is a whole run of the others, as they stand without it."""
    whole = b"".join(keys[place] for place in places)
    ending = dict(zip(places, accumulate(len(keys[place]) for place in places), strict=True))
    ends = {0, *ending.values()}
    for place in candidates:
        key, end = keys[place], ending[place]
        start = end - len(key)
        others = whole[:start] + whole[end:]
        at = others.find(key)
        while at >= 0:
            borders = (border + len(key) * (border > start) for border in (at, at + len(key)))
            if ends.issuperset(borders):
                return {place}
            at = others.find(key, at + 1)
    return set()


def _key(text: str) -> bytes:
    """In bytes, as these come apart from their punctuation ten times as quickly."""
    folded = text.casefold()
    if not folded.isascii():
        for mark in _TYPESET:
            folded = folded.replace(mark, "")
    return folded.encode("utf-8", "surrogatepass").translate(None, _MARKS) or text.encode("utf-8", "surrogatepass")


def _is_long(text: str) -> bool:
    """Of LONG words or more; mostly that is known after so many."""
    return len(text.split(None, LONG)) >= LONG or word_count(text) >= LONG
