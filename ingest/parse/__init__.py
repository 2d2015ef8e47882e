"""What an outlet sent -> what it said, believing none of it yet.

    Fetch ─parse─► Parsed(entries, title, language, ttl)       feed: RSS 0.9x/1.0/2.0, Atom, JSON Feed; WordPress;
      Seen ──┘     of these only what is new is read                sitemap, index of sitemaps; listing
    file  ─read_import─► Imported(entry, page)                 scraped text, JSON Lines, a saved page

Pure: bytes come in, records go out, nothing is fetched. Dates, guids and summaries stay as they were written, addresses
become absolute, titles become plain text. Whatever cannot be read is a ParseFailed that says what came instead.
"""

from ingest.errors import ParseFailed
from ingest.models import Feed, Fetch
from ingest.parse.feed import parse_feed
from ingest.parse.imports import Imported, read_import
from ingest.parse.listing import parse_listing
from ingest.parse.older import by_wordpress, older_page
from ingest.parse.parsed import Listed, Map, Parsed
from ingest.parse.sitemap import Told, parse_sitemap, told_in
from ingest.parse.wordpress import parse_wordpress
from ingest.roll import NOTHING, Seen

__all__ = [
    "Imported",
    "Listed",
    "Map",
    "Parsed",
    "Told",
    "by_wordpress",
    "older_page",
    "parse",
    "read_import",
    "told_in",
]

_OF_NEW = {"feed": parse_feed, "wordpress": parse_wordpress}
_WHOLE = {"sitemap": parse_sitemap, "listing": parse_listing}


def parse(feed: Feed, fetch: Fetch, seen: Seen = NOTHING) -> Parsed:
    """Read the body of a fetch as what the feed's `kind` says it is. seen: entries not to be read again.

    Raises ParseFailed with what came instead and, where it is known, the remedy.
    """
    if not fetch.body.strip():
        raise ParseFailed("empty answer")
    if feed.kind in _OF_NEW:
        return _OF_NEW[feed.kind](feed, fetch, seen)
    return _WHOLE[feed.kind](feed, fetch)
