"""How much of a feed is read: bytes in, as many whole entries out as are read in seconds, from the top. Pure.

feedparser's time is that of the tags it meets, some 30 µs each, and its memory that of the bytes. A fetch worker's
threads share one interpreter and none of them can be ended from outside, so what is too much for them is cut off before
they begin. Outlets have their new entries on top; real feeds have a hundredth of what is allowed here.
"""

from typing import NamedTuple

from ingest.errors import ParseFailed
from ingest.parse.walk import TAG

MAX_ENTRIES, MAX_BYTES, MAX_TAGS = 5_000, 5_000_000, 200_000
"""Of all that is read of a feed; a tag is whatever begins with "<". They take seconds, and 100 MB while it lasts."""

MAX_ENTRY = 2_000_000
"""Bytes of one entry. What is longer carries pictures as text, and would leave no room for the others."""

_ALWAYS_READ = 50_000
"""Bytes: what is shorter has less of everything."""

_AFTER_NAME = b" >\t\r\n"


class Bounded(NamedTuple):
    """The feed, and how many entries were cut out of it."""

    document: bytes
    left_out: int = 0


def bounded(document: bytes) -> Bounded:
    """As much of a feed (UTF-8, XML) as may be read. Raises ParseFailed where too much stands around its entries."""
    if len(document) <= _ALWAYS_READ:
        return Bounded(document)
    entries, room = spans(document), _Room()
    if len(entries) <= MAX_ENTRIES and all(end - begin <= MAX_ENTRY for begin, end in entries) and room.takes(document):
        return Bounded(document)
    head, tail = (document[: entries[0][0]], document[entries[-1][1] :]) if entries else (document, b"")
    if not room.takes(head + tail):
        raise ParseFailed(
            f"a feed of more than {MAX_BYTES // 1_000_000} megabytes or {MAX_TAGS:,} tags around its entries; refused, "
            "as it could take minutes to read"
        )
    kept = _first(document, entries, room)
    return Bounded(b"".join((head, *kept, tail)), len(entries) - len(kept))


class _Room:
    """What may still be read."""

    def __init__(self) -> None:
        self._bytes, self._tags = MAX_BYTES, MAX_TAGS

    def takes(self, piece: bytes) -> bool:
        """Whether there is room for this too; then there is so much less."""
        length, tags = len(piece), piece.count(b"<")
        if length > self._bytes or tags > self._tags:
            return False
        self._bytes -= length
        self._tags -= tags
        return True


def _first(document: bytes, entries: list[tuple[int, int]], room: _Room) -> list[bytes]:
    """Those from the top for which there is room."""
    kept: list[bytes] = []
    for begin, end in entries:
        if end - begin > MAX_ENTRY:
            continue
        entry = document[begin:end]
        if len(kept) == MAX_ENTRIES or not room.takes(entry):
            break
        kept.append(entry)
    return kept


def spans(document: bytes) -> list[tuple[int, int]]:
    """Where entries stand, as far as a search for tags can tell. Linear: each goes on where the last one ended."""
    found = TAG.search(document)
    if not found:
        return []
    opening, closing = b"<" + found[1], b"</" + found[1] + b">"
    places: list[tuple[int, int]] = []
    at = 0
    while (begin := document.find(opening, at)) >= 0:
        at = begin + len(opening)
        if document[at : at + 1] not in _AFTER_NAME:  # <items> of RDF
            continue
        at = document.find(closing, at) + len(closing)
        if at < begin:
            break
        places.append((begin, at))
    return places
