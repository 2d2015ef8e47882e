"""Older posts that WordPress says were modified -> claims of those that are published here.

    a poll of a WordPress API, once an hour ─► the posts that were modified last ─► modified since? ours? ─► claim

A poll asks for the newest posts by publication, and sees no change of an older one. By modification alone it would miss
posts that the clock publishes; see docs/decisions/ways.md.
"""

import logging
import time
from typing import NamedTuple

from ingest import robots
from ingest.claiming import tidy
from ingest.context import PATIENCE, Context
from ingest.errors import FetchFailed, ParseFailed
from ingest.models import Entry, Feed
from ingest.parse import parse
from ingest.sitemaps.noted import KnownMap, address_hash, change_hash, noted_of
from ingest.store import Claim, FeedState
from ingest.wordpress import POLLED, posts_url

_log = logging.getLogger("teletipo.pipeline")

HOUR = 3600.0


class Changed(NamedTuple):
    """ids: of the entries that are fetched again; asked: Unix seconds of the last time, 0 for never."""

    ids: tuple[str, ...]
    asked: float


def changed_posts(context: Context, feed: Feed, state: FeedState, until: float, now: float) -> Changed:
    """Ask for them, where an hour is over and there is time. until: when the lease runs out, by time.monotonic.

    Raises FetchFailed where the host asks to be left alone; other failures wait for the next hour.
    """
    if feed.kind != "wordpress" or now - state.changes < HOUR:
        return Changed((), state.changes)
    url = posts_url(feed.url, per_page=POLLED, changed=True)
    seconds = context.seconds_at(feed.source, url, until, least=2 * PATIENCE)
    if seconds is None:
        return Changed((), state.changes)
    fetch = robots.get(context.asking, feed.source, url, seconds=seconds)
    if fetch.slows_its_host:
        raise FetchFailed(fetch.error, fetch=fetch, wait=fetch.retry_after)
    try:
        posts = parse(feed, fetch).entries if fetch.ok else None
    except ParseFailed as failure:
        posts = None
        _log.warning("changes of %s cannot be read: %s", feed.id, failure)
    if posts is None:
        return Changed((), now)
    return Changed(
        _claimed(context, feed, url, [entry for entry in (tidy(post, feed) for post in posts) if entry]), now
    )


def _claimed(context: Context, feed: Feed, url: str, posts: list[Entry]) -> tuple[str, ...]:
    """Those that were modified since they were noted, and are published here. The first time none is."""
    before = context.store.noted(feed.id).get(url)
    said = {address_hash(post.url): change_hash(post.updated) for post in posts}
    modified = [
        post for post in posts if before and before.change_of(address_hash(post.url)) != said[address_hash(post.url)]
    ]
    states = context.store.entry_states([post.id for post in modified])
    ours = [post for post, known in zip(modified, states, strict=True) if known and known.settled and known.article]
    delay = context.settings.delay(feed.source)
    claims = [Claim(post, feed.source, feed.id, delay, believed="new words") for post in ours]
    verdicts = context.store.claim(claims) if claims else []
    context.store.keep_map(feed.id, url, KnownMap(read=time.time(), entries=len(posts)), noted_of(said))
    return tuple(post.id for post, verdict in zip(ours, verdicts, strict=True) if verdict != "seen")
