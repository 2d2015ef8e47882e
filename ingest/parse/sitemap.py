"""A sitemap (sitemaps.org 0.9) with Google's news and image extensions, or an index of sitemaps -> Parsed.

    bytes ─unpacked, a piece at a time─► XML ─► Told, one for each address, and then forgotten ─► Entry or Map

A sitemap may have 50,000 addresses and 50 MB. `told_in` keeps neither its text, its tree nor a list of it, and what an
address makes of an entry is only worked out where somebody asks for it.
"""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from lxml import etree

from ingest.errors import ParseFailed
from ingest.models import Entry, Feed, Fetch
from ingest.parse.parsed import Map, Parsed, absolute, refusal
from ingest.parse.text import decoded, plain

MAX_ENTRIES = 50_000  # the protocol's own limit, as is the next one
MAX_BYTES = 50 * 1024 * 1024

_PIECE = 64 * 1024
_ROOTS = ("urlset", "sitemapindex")


def parse_sitemap(feed: Feed, fetch: Fetch) -> Parsed:
    """All that is in a sitemap or an index of sitemaps, gzipped or not. Raises ParseFailed."""
    entries: list[Entry] = []
    maps: list[Map] = []
    for told in told_in(feed, fetch):
        if told.is_map:
            maps += [found for found in [told.map()] if found]
        else:
            entries += [entry for entry in [told.entry()] if entry]
    return Parsed(entries=tuple(entries), maps=tuple(maps))


class Told(NamedTuple):
    """One address as a sitemap tells of it. said: texts by "parent/child"; base: what it is relative to."""

    is_map: bool
    said: dict[str, str]
    base: str

    @property
    def address(self) -> str:
        """As it was written."""
        return self.said.get("sitemap/loc" if self.is_map else "url/loc", "")

    @property
    def changed(self) -> str:
        """Its lastmod, as it was written."""
        return self.said.get("sitemap/lastmod" if self.is_map else "url/lastmod", "")

    @property
    def published(self) -> str:
        return self.said.get("news/publication_date", "")

    def entry(self) -> Entry | None:
        """The entry, None where its address is no address."""
        url = absolute(self.base, self.address)
        if not url:
            return None
        return Entry(
            url=url,
            title=plain(self.said.get("news/title", "")),
            published=self.published,
            updated=self.changed,
            language=self.said.get("publication/language", "") or self.said.get("news/language", ""),
            tags=tuple(tag.strip() for tag in self.said.get("news/keywords", "").split(",") if tag.strip()),
            image=absolute(self.base, self.said.get("image/loc", "")),
        )

    def map(self) -> Map | None:
        """The sitemap, None where its address is no address."""
        url = absolute(self.base, self.address)
        return Map(url=url, changed=self.changed) if url else None


def told_in(feed: Feed, fetch: Fetch) -> Iterator[Told]:
    """What is told of each address, as they stand there. Raises ParseFailed, perhaps after the first ones."""
    # By name, never by namespace: outlets write it with https, without the version or not at all.
    parser = etree.XMLPullParser(
        events=("end",),
        tag=tuple(f"{{*}}{name}" for name in (*_ROOTS, "url", "sitemap")),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
    )
    base, count, begun, head = fetch.url or feed.url, 0, False, b""
    for piece in _pieces(fetch.body):
        head = head or piece
        for element in _fed(parser, piece):
            begun = begun or _expect_root(element, head)
            if (name := _name(element)) in _ROOTS:
                continue
            yield Told(name == "sitemap", _said(element), base)
            count += 1
            _forget(element)
            if count >= MAX_ENTRIES:
                return
    if not count and (not begun or len(parser.error_log)):
        raise refusal(decoded(head[:20_000], fetch.content_type), "a sitemap")


def _pieces(body: bytes) -> Iterator[bytes]:
    """The document from its first character on. Raises ParseFailed for a gzip file that is none, or too large."""
    if not body.startswith(b"\x1f\x8b"):
        start = len(body) - len(body.lstrip())
        for first in range(start, len(body), _PIECE):
            yield body[first : first + _PIECE]
        return
    length, begun = 0, False
    try:
        for piece in _unpacked(body):
            length += len(piece)
            if length > MAX_BYTES:
                raise ParseFailed("a sitemap of more than 50 MB, which the protocol does not allow")
            rest = piece if begun else piece.lstrip()
            begun = begun or bool(rest)
            if rest:
                yield rest
    except zlib.error as error:
        raise ParseFailed(f"a gzip file that cannot be unpacked: {error}") from error


def _unpacked(body: bytes) -> Iterator[bytes]:
    gzip = zlib.decompressobj(wbits=31)
    for first in range(0, len(body), _PIECE):
        rest = body[first : first + _PIECE]
        while rest:
            yield gzip.decompress(rest, _PIECE)
            rest = gzip.unconsumed_tail


def _fed(parser: Any, piece: bytes) -> Iterator[Any]:
    with suppress(etree.XMLSyntaxError):  # what was read before the fault is there all the same
        parser.feed(piece)
    for _, element in parser.read_events():
        yield element


def _expect_root(element: Any, head: bytes) -> bool:
    if _name(element.getroottree().getroot()) not in _ROOTS:
        raise refusal(decoded(head[:20_000]), "a sitemap")
    return True


def _name(element: Any) -> str:
    """The name without its namespace; "" for comments and entities."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _forget(element: Any) -> None:
    """Nothing of this element and of those before it stays in the tree."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _said(element: Any) -> dict[str, str]:
    """The first text of each "parent/child" inside this element."""
    said: dict[str, str] = {}
    _say(said, element)
    return said


def _say(said: dict[str, str], element: Any) -> None:
    above = _name(element)
    for child in element:
        if text := (child.text or "").strip() if isinstance(child.tag, str) else "":
            said.setdefault(f"{above}/{_name(child)}", text)
        if len(child):
            _say(said, child)
