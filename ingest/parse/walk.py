"""One pass of expat over a feed: where its entries stand, and whether any of them may be cut out.

skeleton ─► Walked(entries, first, last, top, context), or None where cutting might change what the feed says
"""

import re
from typing import NamedTuple
from xml.parsers.expat import ExpatError, ParserCreate

import feedparser.api

from ingest.parse.parsed import mark_of


class Found(NamedTuple):
    """An entry of the feed. mark: empty where it must not be cut out; seen: it was."""

    mark: bytes
    seen: bool


class Walked(NamedTuple):
    """first, last: where the first entry begins and the last one ends; top: where the tags around them end; mixed:
    whether anything else stands between entries; leans: whether an entry that is left is read by more of the head than
    those tags; context: what the XML of an entry takes from the head."""

    entries: tuple[Found, ...]
    first: int
    last: int
    top: int
    mixed: bool
    leans: bool
    context: str


TAG = re.compile(rb"<((?:[\w.-]+:)?(?:item|entry))(?=[\s/>])")


def walked(skeleton: bytes, places: dict[int, bytes]) -> Walked | None:
    """places: where empty elements stand for entries that were cut out -> their marks."""
    walk = _Walk(skeleton, places)
    try:
        walk.run()
    except (_Doubt, ExpatError):
        return None
    if len(places) != sum(found.seen for found in walk.found):
        return None  # one of them stood in a comment, in CDATA, or where no entry stands
    return Walked(tuple(walk.found), walk.first, walk.last, walk.top(), walk.mixed, walk.leans, walk.context())


class _Doubt(Exception):
    """Cutting might change what the feed says."""


_FEED_NAMESPACES = {address for address, prefix in feedparser.api.StrictFeedParser.namespaces.items() if not prefix}
_ENTRIES = {f"{address} {name}".strip() for address in _FEED_NAMESPACES for name in ("item", "entry")}
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_MEDIA = "http://search.yahoo.com/mrss"
_TEXTS = {
    *("title", "subtitle", "tagline", "summary", "description", "abstract", "content", "encoded", "fullitem", "body"),
    *("rights", "copyright", "info", "browserfriendly"),
}
"""Elements with words, by their local names: within them feedparser takes elements for markup, but still ends those
that it has a use for, such as <summary>, and does not end a <div> where the words were not said to be XHTML; it is
then wrong about where it is for the rest of the feed."""

_ENDED = {
    name.removeprefix("_end_").rpartition("_")[2]
    for name in dir(feedparser.api.StrictFeedParser)
    if name.startswith("_end_")
}
_HARMLESS = {
    (None, "http://www.w3.org/1999/xhtml"),
    ("media", "http://search.yahoo.com/mrss/"),
    ("media", "http://search.yahoo.com/mrss"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("dcterms", "http://purl.org/dc/terms/"),
    ("content", "http://purl.org/rss/1.0/modules/content/"),
    ("itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
    ("feedburner", "http://rssnamespace.org/feedburner/ext/1.0"),
    ("georss", "http://www.georss.org/georss"),
}
"""Declarations that may stand in an entry: feedparser knows these namespaces by their addresses. What it does not know,
it names by the first prefix that any entry gave to it."""

_BASES = {"http://www.w3.org/XML/1998/namespace base", "base"}
"""An element's own base stays feedparser's base for the rest of the feed, unless the root has one."""

TEXT_BASE = r"(<(?:\w+:)?(?:content|summary|title|subtitle|rights)\b[^<>]*?)\sxml:base\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*')"
"""The base of words, and their tag up to it. feedparser is not shown it: no link is looked for in them here."""

_TEXT_BASE = re.compile(TEXT_BASE.encode())

_DEEPEST, _MOST_NAMESPACES = 4, 100


_OWNED = {"image", "textinput"}
"""What is in these belongs to the feed where that has one too, even in an entry."""


class _Walk:
    """What is known so far. Raises _Doubt or ExpatError."""

    def __init__(self, document: bytes, places: dict[int, bytes]) -> None:
        self.found: list[Found] = []
        self.first = self.last = -1
        self.mixed = self.leans = False
        self._above: list[tuple[str, list[str]]] = []  # the open elements before the first entry
        self._tops: list[int] = []  # where the first child of each of them begins, and before these the root
        self._declared: set[tuple[str, str]] = set()
        self._declares: list[tuple[str | None, str]] = []
        self._document = document
        self._places = places
        self._depth = self._level = self._text = 0
        self._begin = -1
        self._whole = self._closed = self._other = self._based = self._xhtml = self._summed = False
        self._parser = ParserCreate("utf-8", " ")  # whatever the declaration says: the text was decoded before

    def run(self) -> None:
        self._parser.ordered_attributes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartNamespaceDeclHandler = lambda prefix, uri: self._declares.append((prefix, uri or ""))
        self._parser.StartDoctypeDeclHandler = _doubt
        self._parser.Parse(self._document, True)

    def top(self) -> int:
        return self._tops[self._level - 1] if self._level else 0

    def context(self) -> str:
        return repr((self._above[: self._level - 1], sorted(self._declared)))

    def _start(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        if self._begin < 0:
            if not self._level:
                self._remember(name, attributes)
            if name in _ENTRIES:
                self._enter()
            elif self._level:
                self._between(name)
        if self._declares:
            self._declare()
        namespace, _, local = name.rpartition(" ")
        local = local.lower()
        if attributes and not _BASES.isdisjoint(attributes[::2]):
            self._rebase(attributes)
        if self._text:
            if local in _ENDED or (local == "div" and not self._xhtml):
                raise _Doubt
        elif local in _TEXTS and not (local == "content" and namespace.startswith(_MEDIA)):
            self._text = self._depth
            if self._begin < 0:
                self._describe(local)
            kind = dict(zip(attributes[::2], attributes[1::2], strict=True)).get("type", "") if attributes else ""
            self._xhtml = kind.lower().endswith(("xml", "xhtml"))
        elif local in _OWNED and self._begin >= 0:
            self.leans |= namespace in _FEED_NAMESPACES

    def _remember(self, name: str, attributes: list[str]) -> None:
        index = self._parser.CurrentByteIndex
        if self._depth == 1:
            root = _ROOT.search(self._document)
            if not root or root.start() != index:
                raise _Doubt
        del self._above[self._depth - 1 :], self._tops[self._depth :]
        self._above.append((name, attributes))
        if len(self._tops) < self._depth:
            self._tops.append(index)

    def _enter(self) -> None:
        """An entry begins. All have to stand in the same element."""
        self._begin = self._parser.CurrentByteIndex
        if not self._level:
            self._level, self.first = self._depth, self._begin
        if self._depth != self._level or self._closed or not 1 < self._depth <= _DEEPEST:
            raise _Doubt
        self._whole = True
        self.mixed |= self._other

    def _between(self, name: str) -> None:
        """Something else after an entry. A second title of the feed counts there, but nowhere else."""
        self._other = True
        if self._depth <= self._level and name.endswith("title"):
            raise _Doubt

    def _describe(self, local: str) -> None:
        """Words of the feed. Some of them feedparser takes for a content, and then the next entry to have one."""
        if local in {"content", "encoded", "fullitem"} or (self._summed and local in {"summary", "description"}):
            raise _Doubt
        self._summed |= local == "summary"

    def _declare(self) -> None:
        for prefix, address in self._declares:
            if self._begin < 0:
                self._declared.add((prefix or "", address))
            elif (prefix, address) not in _HARMLESS:
                self._whole, self.leans = False, True
        self._declares.clear()
        if len(self._declared) > _MOST_NAMESPACES:
            raise _Doubt

    def _rebase(self, attributes: list[str]) -> None:
        bases = [value for name, value in zip(attributes[::2], attributes[1::2], strict=True) if name in _BASES]
        if self._depth == 1:
            self._based = all(bases)
        elif not self._based and not _TEXT_BASE.match(self._document, self._parser.CurrentByteIndex):
            raise _Doubt

    def _end(self, _: str) -> None:
        if self._depth == self._text:
            self._text = 0
        if self._depth == self._level and self._begin >= 0:
            self.found.append(self._leave(self._parser.CurrentByteIndex))
            self._begin = -1
        elif self._depth < self._level:
            self._closed = True
        self._depth -= 1

    def _leave(self, index: int) -> Found:
        """An entry ends with the tag at `index`; or there, where it is one empty element."""
        self.last = index
        if self._begin in self._places:
            return Found(self._places[self._begin], seen=True)
        name = TAG.match(self._document, self._begin)
        if not name or not self._document.startswith(b"</" + name[1], index):
            return Found(b"", seen=False)
        self.last = self._document.index(b">", index) + 1
        return Found(mark_of(self._document[self._begin : self.last]) if self._whole else b"", seen=False)


def _doubt(*_: object) -> None:
    raise _Doubt
