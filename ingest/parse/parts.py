"""A feed in XML -> its head and those of its entries that were not read before.

    bytes ─cut out what has a known mark─► skeleton ─expat─► Parts: what is left, for feedparser; every entry in order

A feed changes by an entry or two, and reading the others again is nearly all that a poll costs. An entry's mark is a
hash of its bytes. One whose mark is known is cut out before anything looks at it, and an empty element of its name
takes its place; then expat reads what is left (see walk.py). It has to find each of these elements where entries stand,
all else well-formed, and nothing by which feedparser would carry something from one entry into the next. Any doubt, and
the feed is read whole. A head that says nothing but its dates anew is cut down to the tags that the entries stand in.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from ingest.parse.bounds import spans
from ingest.parse.parsed import context_of, mark_of
from ingest.parse.walk import TAG, Found, walked
from ingest.roll import NOTHING, Seen


class Parts(NamedTuple):
    """What is to be read: the feed without the entries that were seen.

    captions: whether those of pictures may be taken for an entry's words; cut: whether any entry was seen; known:
    whether the head was, too; head: its mark, empty where it is not to be told from the entries; top: bytes of it that
    are the tags around all entries; context: what the XML of an entry takes from a head that is there whole.
    """

    text: bytes
    entries: tuple[Found, ...]
    captions: bool
    cut: bool = False
    known: bool = False
    head: bytes = b""
    top: int = 0
    context: str = ""


def parts(document: bytes, outer: str, seen: Seen = NOTHING) -> Parts | None:
    """The feed (UTF-8) without what was seen of it; None where it is in doubt what that would say. outer: all besides
    the head that an entry is read by."""
    tag = TAG.search(document)
    places = spans(document)
    head, tail = (document[: places[0][0]], document[places[-1][1] :]) if places else (document, b"")
    captions = may_be_captioned(document)
    mark = mark_of(b"\0".join((context_of(outer, captions), _DATE.sub(b"", head), _DATE.sub(b"", tail))))
    known = seen.head is not None and seen.head.mark == mark
    top = seen.head.top if known and seen.head else len(head)
    cut = _cut(document, places, seen.marks, document[:top])
    element = b"<%b/>" % tag[1] if tag else b""
    skeleton = element.join(cut.pieces)
    found = walked(skeleton, cut.places(len(element)))
    if not found:
        return None
    if known and (found.leans or found.mixed):
        return parts(document, outer, seen._replace(head=None))
    apart = not found.mixed and (found.first, found.last) == (top, len(skeleton) - len(tail))
    return Parts(
        text=b"".join(cut.pieces),
        entries=found.entries,
        captions=captions,
        cut=bool(cut.marks),
        known=known,
        head=mark if apart else b"",
        top=top if known else found.top,
        context=repr((outer, captions, found.context)),
    )


def may_be_captioned(document: bytes) -> bool:
    """Whether the feed has words of its own beside the captions of its pictures."""
    return b"<description" in document or b"<summary" in document


_DATE = re.compile(rb"<((?:\w+:)?(?:lastBuildDate|pubDate|updated|modified|date))>[^<]*</\1>")


class _Cut(NamedTuple):
    """pieces: what is left, with a gap after each but the last; marks: of the entries that stood in the gaps."""

    pieces: list[bytes]
    marks: list[bytes]

    def places(self, length: int) -> dict[int, bytes]:
        """Where the elements in the gaps begin, each of this length -> mark."""
        places: dict[int, bytes] = {}
        at = 0
        for piece, mark in zip(self.pieces, self.marks, strict=False):
            at += len(piece)
            places[at] = mark
            at += length
        return places


def _cut(document: bytes, places: list[tuple[int, int]], marks: Collection[bytes], top: bytes) -> _Cut:
    """Without the entries of these marks; `top` stands for all that is before the first entry."""
    if not places:
        return _Cut([document], [])
    pieces, cut = [], []
    before, left = top, places[0][0]
    for begin, end in places if marks else ():
        mark = mark_of(document[begin:end])
        if mark in marks:
            pieces.append(before + document[left:begin])
            cut.append(mark)
            before, left = b"", end
    pieces.append(before + document[left:])
    return _Cut(pieces, cut)
