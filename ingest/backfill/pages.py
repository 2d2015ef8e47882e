"""One page of a way, asked for and read: what of it is wanted, and what it says about where the walk stands."""

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from msgspec.structs import replace

from ingest import robots
from ingest.backfill.dates import span_of
from ingest.backfill.ways import ORDERED, Answer, paged, posts_of, wanted_maps
from ingest.clean import clean_url
from ingest.context import Context
from ingest.errors import FetchFailed, ParseFailed
from ingest.models import Entry, Feed, Fetch, Source
from ingest.parse import Parsed, by_wordpress, older_page, parse
from ingest.schedule import FINAL, FINAL_STATUS
from ingest.store import Backfill, Cursor, Walk, Way, day_of

ENOUGH_OLDER = 3
"""Entries from before the time that is wanted which show that a sitemap goes back as far: one may be a page "about"."""

MOST_LOOKED_AT = 200
"""Entries of a page that are enough to tell its age by."""

NO_ARTICLES = re.compile(r"/(?:(?:tags?|categor(?:y|ies)|authors?)/.*)?", re.IGNORECASE)
"""Paths that sitemaps name and that are lists of articles."""


class Page(NamedTuple):
    """entries: those that are wanted; total: those that it had; oldest: Unix seconds, 0 where no date is known;
    reached: whether it comes back to before the time that is wanted; past: whether all of it is from before, and so is
    what comes after it; answer: see ways.py."""

    entries: list[Entry]
    total: int
    oldest: float
    reached: bool
    past: bool
    answer: Answer


def asked(context: Context, source: Source, way: Way, cursor: Cursor, state: Backfill) -> Page:
    """GET the page at the cursor and read it. Raises FetchFailed, ParseFailed."""
    fetch = robots.get(context.asking, source.id, cursor.url)
    if not fetch.ok and not _is_past_the_end(way, cursor, fetch):
        again = fetch.outcome not in FINAL and fetch.status not in {*FINAL_STATUS, 404}
        raise FetchFailed(fetch.error, again=again, wait=fetch.retry_after, fetch=fetch)
    feed = Feed(
        id=f"backfill:{way.kind}",
        source=source.id,
        url=cursor.url,
        kind=way.kind,
        listing=way.listing,
    )
    parsed = _read(feed, fetch, cursor) if fetch.ok else Parsed(entries=())
    return _judged(way, state, source, parsed, _older(feed, fetch, way, cursor, state, parsed))


def sitemaps(context: Context, source: Source) -> list[str]:
    """Those of its file and those that the robots.txt of its home page's host names; else where one mostly is."""
    named = robots.sitemaps(context.asking, source.id, source.homepage)
    return list(dict.fromkeys((*source.sitemaps, *named))) or [urljoin(source.homepage, "/sitemap.xml")]


def newest_of(context: Context, walk: Walk) -> tuple[float, bool]:
    """Of a page whose entries said no date: when the newest of its articles was published, Unix seconds, 0 where that
    is not known; and whether that is to be waited for."""
    entries = context.store.found(walk.state.source)
    source = context.settings.sources[walk.state.source]
    if any(span_of(entry, source).dated for entry in entries):
        return 0.0, False
    states = [state for state in context.store.entry_states([entry.id for entry in entries[:MOST_LOOKED_AT]]) if state]
    if 2 * sum(state.settled for state in states) < len(states):
        return 0.0, True
    articles = context.store.articles_of([state.article for state in states if state.article])
    return max((article.published.timestamp() for article in articles if article.published), default=0.0), False


# ── parts ──


def _is_past_the_end(way: Way, cursor: Cursor, fetch: Fetch) -> bool:
    """Whether there are no more pages than were asked for."""
    return way.kind in ORDERED and cursor.page > 1 and fetch.status in {400, 404, 410}


def _read(feed: Feed, fetch: Fetch, cursor: Cursor) -> Parsed:
    """What is in it. Where a listing's later page has no entries, nothing is: it may be a calendar's empty month."""
    try:
        return parse(feed, fetch)
    except ParseFailed as error:
        if feed.kind == "listing" and cursor.page > 1 and error.again:
            return Parsed(entries=())
        raise


def _older(feed: Feed, fetch: Fetch, way: Way, cursor: Cursor, state: Backfill, parsed: Parsed) -> str:
    """The address of the page before this one in time, empty where there is none."""
    if way.kind == "sitemap" or not fetch.ok:
        return ""
    if way.kind == "wordpress":
        last = len(parsed.listed) < max(cursor.size, 1)  # with those behind a password, which are no entries
        return "" if last else posts_of(way, state, cursor.page + 1)
    if older := older_page(feed, fetch):
        return older
    return paged(cursor.first, cursor.page + 1) if parsed.entries and by_wordpress(fetch) else ""


def _judged(way: Way, state: Backfill, source: Source, parsed: Parsed, older: str) -> Page:
    """What of the page is wanted, and how far back it comes."""
    entries = _tidy(parsed.entries, way)
    spans = [span_of(entry, source) for entry in entries]
    maps, older_maps = wanted_maps(
        [(each.url, each.changed) for each in parsed.maps], day_of(state.since), day_of(state.until)
    )
    older_entries, ordered = sum(span.last < state.since for span in spans), way.kind in ORDERED
    return Page(
        entries=[entry for entry, span in zip(entries, spans, strict=True) if span.meets(state.since, state.until)],
        total=len(parsed.entries),
        oldest=min((span.last for span in spans if span.dated), default=0.0),
        reached=older_maps or older_entries >= (1 if ordered else ENOUGH_OLDER),
        past=ordered and 0 < older_entries == len(spans),
        answer=Answer([entry.id for entry in entries], maps, older),
    )


def _tidy(entries: Iterable[Entry], way: Way) -> list[Entry]:
    """The entries under their clean addresses, each once, in their order, without what is no article."""
    found: dict[str, Entry] = {}
    for entry in entries:
        try:
            url = clean_url(entry.url, keep_fragment=bool(entry.content))
        except ValueError:
            continue
        if way.kind != "sitemap" or not NO_ARTICLES.fullmatch(urlsplit(url).path):
            found.setdefault(url, replace(entry, url=url))
    return list(found.values())
