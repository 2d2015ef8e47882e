"""What every reader of this room hands back, and how it says that it cannot."""

import re
from hashlib import blake2b
from urllib.parse import urljoin, urlsplit

from ingest.errors import ParseFailed
from ingest.models import Entry, Record
from ingest.roll import Head


class Listed(Record, frozen=True, kw_only=True):
    """One entry's place in a feed. mark: of the bytes it stands in, empty where there is none; entry: None where it was
    seen before, or is left out."""

    mark: bytes = b""
    entry: Entry | None = None


class Map(Record, frozen=True, kw_only=True):
    """A sitemap that an index of sitemaps names. changed: its lastmod, as it was written."""

    url: str
    changed: str = ""


class Parsed(Record, frozen=True, kw_only=True):
    """One feed, sitemap, page of posts or listing as read.

    entries: those that were read. ttl: seconds that it asks us to wait between polls, None where it says nothing that
    makes sense. hub, topic: where news of it may be subscribed to, and under which address (WebSub). context, listed,
    head: what the next poll need not read again, see ingest/roll.py, with every entry in the order of the feed; empty
    where nothing can be cut out of it. maps: of an index of sitemaps, which has no entries. left_out: entries
    that were too long or too many.
    """

    entries: tuple[Entry, ...]
    title: str = ""
    language: str = ""
    ttl: float | None = None
    hub: str = ""
    topic: str = ""
    context: bytes = b""
    listed: tuple[Listed, ...] = ()
    head: Head | None = None
    maps: tuple[Map, ...] = ()
    left_out: int = 0


RULES = 2
"""To be raised by each change of what an entry is read as: every feed is read whole once more."""


def context_of(*taken: object) -> bytes:
    """A hash of all that an entry takes from elsewhere."""
    return mark_of(repr((RULES, *taken)).encode("utf-8", "surrogatepass"))


def mark_of(piece: bytes) -> bytes:
    return blake2b(piece, digest_size=8).digest()


MAX_ADDRESS = 8_000
"""Letters: what servers take in a request's first line, and none would answer beyond."""


def absolute(base: str, link: str) -> str:
    """The link as an absolute http(s) URL, "" where it is none (blank, `javascript:`, `urn:`, a broken host)."""
    if not 0 < len(link.strip()) <= MAX_ADDRESS:
        return ""
    try:
        url = urljoin(base, link.strip())
        parts = urlsplit(url)
        return url if parts.scheme in {"http", "https"} and parts.hostname else ""
    except ValueError:  # "http://[oops" and the like
        return ""


_KINDS = (
    (r"<(?:\w+:)?urlset\b", "a sitemap", "list it under `sitemaps`"),
    (r"<(?:\w+:)?sitemapindex\b", "an index of sitemaps", "list it under `sitemaps`"),
    (r"<(?:!doctype html|html|head|body)\b", "an HTML page", "is the address still right?"),
    (r"<(?:\w+:)?(?:rss|feed|rdf)\b", "a feed", "list it under `feeds`"),
    (r"<opml\b", "a list of feeds (OPML)", "`teletipo sources import` reads it"),
    (r"^\s*[\[{]", "JSON of another kind", "is the address still right?"),
)


def refusal(text: str, wanted: str) -> ParseFailed:
    """The error for a text that is not the `wanted` kind: it names what came instead, and a remedy."""
    head = text[:20_000]
    for pattern, came, remedy in _KINDS:
        if re.search(pattern, head, re.IGNORECASE):
            return ParseFailed(f"{wanted} that cannot be read" if came == wanted else f"{came}, not {wanted}; {remedy}")
    beginning = " ".join(head.split())[:40]
    return ParseFailed(f"neither {wanted} nor anything known; it begins with {beginning!r}")
