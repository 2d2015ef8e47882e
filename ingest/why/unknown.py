"""What may help with an address that nobody heard of: whose host it has, what its feeds say, and what is like it."""

import time
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice

from ingest.models import Source
from ingest.settings import Settings
from ingest.store import FeedState, Store
from ingest.why.span import span
from ingest.why.steps import plain

ALIKE = 0.92
"""Addresses with so much in common are likely to be one that was mistyped."""

LOOKED_AT = 300
"""The newest articles of its source."""

MOST_FEEDS = 5
"""Feeds of its source whose polls are told."""


def hints(settings: Settings, store: Store, entry_ids: tuple[str, ...], url: str) -> Iterator[str]:
    """Each a sentence or two. entry_ids: the ids of all addresses that may be meant; url: empty for an id alone."""
    if not url:
        yield "no address or article has this id; ask by its address"
        return
    if feed := next((feed for feed in settings.feeds.values() if feed.url == url), None):
        yield f"it is a feed of {feed.source}, not an article: `teletipo status` says how it stands"
        return
    if naming := _naming(settings, store, entry_ids):
        yield f"the last poll of {naming} named it, and what became of it is lost: the next poll brings it again"
    source = settings.source_of(url)
    if source.id not in settings.sources:
        yield f"no source has the host {source.id}: `teletipo fetch {url} --wait` fetches the article by hand"
        return
    yield f"its host is that of {source.name} ({source.id})"
    yield _polls(store, source)
    if near := _near(store, source, url):
        yield f"did you mean {near}?"
    yield f"`teletipo fetch {url} --wait` fetches it by hand"


def _naming(settings: Settings, store: Store, entry_ids: tuple[str, ...]) -> str:
    """The address of a feed that found it at its last poll, empty where none did."""
    states = store.feed_states(list(settings.feeds))
    found = (feed for feed, state in states.items() if not set(entry_ids).isdisjoint(state.claimed.split()))
    return next((settings.feeds[feed].url for feed in found), "")


def _polls(store: Store, source: Source) -> str:
    feeds = source.polled()
    states = store.feed_states([feed.id for feed in feeds])
    if not feeds:
        return "that source has no feeds, so its articles come by hand only"
    told = "; ".join(_poll(feed.url, states[feed.id]) for feed in feeds[:MOST_FEEDS])
    more = f"; and {len(feeds) - MOST_FEEDS} more" if len(feeds) > MOST_FEEDS else ""
    return f"no feed of that source named it: {told}{more}"


def _poll(url: str, state: FeedState) -> str:
    if not state.last_poll:
        return f"{url} was never polled"
    ago = f"{url} was polled {span(max(0.0, time.time() - state.last_poll))} ago"
    return f"{ago} and failed ({plain(state.error)})" if state.error else f"{ago} and had {_entries(state.entries)}"


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _near(store: Store, source: Source, url: str) -> str:
    newest = islice(store.articles(source.id), LOOKED_AT)
    return next(iter(get_close_matches(url, [article.url for article in newest], n=1, cutoff=ALIKE)), "")
