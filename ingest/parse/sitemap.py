"""A sitemap (sitemaps.org 0.9) with Google's news and image extensions -> Parsed."""

import io
import zlib
from typing import Any

from lxml import etree

from ingest.errors import ParseFailed
from ingest.models import Entry, Feed, Fetch
from ingest.parse.parsed import Map, Parsed, absolute, refusal
from ingest.parse.text import decoded, plain

MAX_ENTRIES = 50_000  # the protocol's own limit, as is the next one
MAX_BYTES = 50 * 1024 * 1024


def parse_sitemap(feed: Feed, fetch: Fetch) -> Parsed:
    """Read a sitemap or an index of sitemaps, gzipped or not. Raises ParseFailed."""
    body = _unpacked(fetch.body)
    base = fetch.url or feed.url
    entries: list[Entry] = []
    maps: list[Map] = []
    # By name, never by namespace: outlets write it with https, without the version or not at all.
    walk = etree.iterparse(
        io.BytesIO(body.lstrip()),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
    )
    try:
        for event, element in walk:
            if element.getparent() is None and event == "start":
                _check_root(element, body)
            elif event == "end" and _name(element) in {"url", "sitemap"}:
                entries.extend(_entries(element, base) if _name(element) == "url" else [])
                maps.extend(_maps(element, base) if _name(element) == "sitemap" else [])
                element.clear()
                if max(len(entries), len(maps)) >= MAX_ENTRIES:
                    break
    except etree.XMLSyntaxError as error:
        if not entries and not maps:
            raise refusal(decoded(body[:20_000], fetch.content_type), "a sitemap") from error
    if not entries and not maps and (walk.root is None or len(walk.error_log)):
        raise refusal(decoded(body[:20_000], fetch.content_type), "a sitemap")
    return Parsed(entries=tuple(entries), maps=tuple(maps))


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    gzip = zlib.decompressobj(wbits=31)
    try:
        unpacked = gzip.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise ParseFailed(f"a gzip file that cannot be unpacked: {error}") from error
    if gzip.unconsumed_tail:
        raise ParseFailed("a sitemap of more than 50 MB, which the protocol does not allow")
    return unpacked


def _check_root(root: Any, body: bytes) -> None:
    if _name(root) not in {"urlset", "sitemapindex"}:
        raise refusal(decoded(body[:20_000]), "a sitemap")


def _name(element: Any) -> str:
    """The name without its namespace; "" for comments and entities."""
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def _entries(element: Any, base: str) -> list[Entry]:
    """The one entry of a <url>, or none where its address is no address."""
    said = _said(element)
    url = absolute(base, said.get("url/loc", ""))
    if not url:
        return []
    entry = Entry(
        url=url,
        title=plain(said.get("news/title", "")),
        published=said.get("news/publication_date", ""),
        updated=said.get("url/lastmod", ""),
        language=said.get("publication/language", "") or said.get("news/language", ""),
        tags=tuple(tag.strip() for tag in said.get("news/keywords", "").split(",") if tag.strip()),
        image=absolute(base, said.get("image/loc", "")),
    )
    return [entry]


def _maps(element: Any, base: str) -> list[Map]:
    """The one sitemap of a <sitemap>, or none where its address is no address."""
    said = _said(element)
    url = absolute(base, said.get("sitemap/loc", ""))
    return [Map(url=url, changed=said.get("sitemap/lastmod", ""))] if url else []


def _said(element: Any) -> dict[str, str]:
    """The first text of each "parent/child" inside this <url>."""
    said: dict[str, str] = {}
    for child in element.iterdescendants():
        text = (child.text or "").strip() if isinstance(child.tag, str) else ""
        if text:
            said.setdefault(f"{_name(child.getparent())}/{_name(child)}", text)
    return said
