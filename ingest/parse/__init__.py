"""What an outlet sent -> what it said, believing none of it yet.

    Fetch ─parse─► Parsed(entries, title, language, ttl)       feed: RSS 0.9x/1.0/2.0, Atom, JSON Feed; sitemap; listing
      Seen ──┘     of a feed only what is new is read
    file  ─read_import─► Imported(entry, page)                 scraped text, JSON Lines, a saved page

Pure: bytes come in, records go out, nothing is fetched. Dates, guids and summaries stay as they were written, addresses
become absolute, titles become plain text. Whatever cannot be read is a ParseFailed that says what came instead.
"""

from ingest.errors import ParseFailed
from ingest.models import Feed, Fetch
from ingest.parse.feed import parse_feed
from ingest.parse.imports import Imported, read_import
from ingest.parse.listing import parse_listing
from ingest.parse.parsed import Listed, Parsed
from ingest.parse.sitemap import parse_sitemap
from ingest.roll import NOTHING, Seen

__all__ = ["Imported", "Listed", "Parsed", "parse", "read_import"]

_READERS = {"sitemap": parse_sitemap, "listing": parse_listing}


def parse(feed: Feed, fetch: Fetch, seen: Seen = NOTHING) -> Parsed:
    """Read the body of a fetch as what the feed's `kind` says it is. seen: entries of a feed not to be read again.

    Raises ParseFailed with what came instead and, where it is known, the remedy.
    """
    if not fetch.body.strip():
        raise ParseFailed("empty answer")
    return parse_feed(feed, fetch, seen) if feed.kind == "feed" else _READERS[feed.kind](feed, fetch)
