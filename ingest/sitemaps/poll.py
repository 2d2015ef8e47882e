"""A poll of a sitemap, or of an index and the few of its sitemaps that changed -> what to claim.

    Fetch ─► sitemap ─sift─► Told that are new or changed
      └────► index ─wanted─► GET, in the host's turns, while the lease lasts ─► the same of each

What an index names and was not read in this poll is still wanted at the next one: what was read of a sitemap is kept
only when its entries are claimed, by `Poll.keep`.
"""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

from msgspec.structs import replace

from ingest import robots
from ingest.clean import read_date
from ingest.context import Context
from ingest.errors import FetchFailed, ParseFailed
from ingest.models import Feed, Fetch, Outcome
from ingest.parse import Map, Told, told_in
from ingest.schedule import FINAL, FINAL_STATUS
from ingest.sitemaps.noted import KnownMap, Noted
from ingest.sitemaps.sift import DAY, RECENT, day_of, sift, wanted
from ingest.store import FeedState

_log = logging.getLogger("teletipo.pipeline")

MAPS_A_POLL = 4
"""Sitemaps of an index that one poll asks for at most."""

DEEPEST = 3
"""An index may name indexes, and these others."""

MOST_MAPS = 50_000
"""Sitemaps that one index may name, by the protocol."""

_LASTING = {HTTPStatus.NOT_FOUND, *FINAL_STATUS}


class Read(NamedTuple):
    """What one sitemap brought. keep: to be called once it is claimed."""

    new: list[Told]
    changed: list[Told]
    keep: Callable[[], None]


class Poll:
    """One poll. until: when its lease runs out, by time.monotonic. What it found is known once `read` is through."""

    def __init__(self, context: Context, feed: Feed, state: FeedState, until: float) -> None:
        self._context, self._feed, self._state, self._until = context, feed, state, until
        self._known = context.store.maps(feed.id)
        self._noted = context.store.noted(feed.id)
        now = time.time()
        self._since = min(now - RECENT, state.last_ok - DAY) if state.last_ok else now - RECENT
        self._asked, self._failed = 0, 0
        self._read = {feed.url}
        self._failure: FetchFailed | ParseFailed | None = None
        self.unfinished = self.renewed = False

    @property
    def total(self) -> int:
        """Addresses in all sitemaps that were read so far."""
        return sum(each.entries for each in self._known.values())

    def read(self, fetch: Fetch) -> Iterator[Read]:
        """What the fetched sitemap or index brings. Raises ParseFailed; and for an index, where none of its sitemaps
        could be read, what went wrong with the first."""
        maps: list[Map] = []
        yield from self._sitemap(self._feed.url, fetch, "", maps)
        self.unfinished = self.unfinished or bool(maps)
        if maps:
            self._context.store.turn(fetch.url, self._delay, 0.0)  # that was one
            yield from self._index(maps, 1)
        if self._failure and self._failed == self._asked and not self._is_known_well(maps):
            # Not as it came: what is gone is the sitemap, not the index.
            raise ParseFailed(f"no sitemap that it names could be read: {self._failure}", wait=self._failure.wait)
        self._context.store.forget_old_maps(self._feed.id, self._known)

    # ── parts ──

    @property
    def _delay(self) -> float:
        return self._context.settings.delay(self._feed.source)

    def _is_known_well(self, maps: list[Map]) -> bool:
        """Whether one of these was read and has not changed since: the index is in order then, although another of its
        sitemaps is not."""
        known = ((each, self._known.get(each.url)) for each in maps)
        return any(was and not was.error and was.entries and was.changed == each.changed for each, was in known)

    def _index(self, maps: list[Map], depth: int) -> Iterator[Read]:
        """The sitemaps of an index that changed, and those of the indexes among them."""
        for each in wanted(maps, self._known, self._when, self._since):
            if each.url in self._read:
                continue
            seconds = self._seconds_for(each.url)
            if seconds is None:
                return
            self._read.add(each.url)
            inner: list[Map] = []
            try:
                yield from self._child(each, inner, seconds)
            except (FetchFailed, ParseFailed) as failure:
                self._fail(each, failure)
                if isinstance(failure, FetchFailed) and failure.fetch.slows_its_host:
                    raise  # the poll has failed, and its host is left alone
                continue
            if inner and depth < DEEPEST:
                yield from self._index(inner, depth + 1)

    def _child(self, each: Map, inner: list[Map], seconds: float) -> Iterator[Read]:
        known = self._known.get(each.url, KnownMap())
        self._asked += 1
        fetch = robots.get(self._context.asking, self._feed.source, each.url, known.validators, seconds=seconds)
        if fetch.outcome is Outcome.NOT_MODIFIED:
            self._keep(each.url, replace(known, changed=each.changed, read=time.time(), error=""), None)
            return
        if not fetch.ok:
            raise FetchFailed(f"{each.url}: {fetch.error}", fetch=fetch, wait=fetch.retry_after)
        yield from self._sitemap(each.url, fetch, each.changed, inner)

    def _sitemap(self, url: str, fetch: Fetch, changed: str, maps: list[Map]) -> Iterator[Read]:
        """What is new in it. The sitemaps that it names, if it is an index, go into `maps`."""
        noted = self._noted.get(url) or (Noted() if self._state.last_ok else None)
        others = [other for address, other in self._noted.items() if address != url]
        told = self._told(fetch, maps)
        sifted = sift(told, noted, others, self._when, self._since, day_of(url))
        now = time.time()
        if maps:
            # That an index changed is never remembered, for not all that it names may have been read; that it was
            # read is, so that the others that stand beside it have their turn.
            if url != self._feed.url:
                self._keep(url, KnownMap(read=now), None)
            return
        if url == self._feed.url:  # one of an index says nothing by itself: the next day's has nothing of today's
            self.renewed = bool(noted) and not sifted.known and sifted.total > 1
        known = KnownMap(changed=changed, read=now, entries=sifted.total, validators=fetch.validators)
        if sifted.total > len(sifted.noted):  # the rest is read as if it had changed
            self.unfinished, known = True, KnownMap(read=now, entries=sifted.total)
        yield Read(sifted.new, sifted.changed, lambda: self._keep(url, known, sifted.noted))

    def _told(self, fetch: Fetch, maps: list[Map]) -> Iterator[Told]:
        for told in told_in(self._feed, fetch):
            found = told.map() if told.is_map and len(maps) < MOST_MAPS else None
            if found:
                maps.append(found)
            yield told

    def _seconds_for(self, url: str) -> float | None:
        """Those that one more sitemap may take, once its host's turn has come; None where it is not asked for now."""
        return self._context.seconds_at(self._feed.source, url, self._until) if self._asked < MAPS_A_POLL else None

    def _fail(self, each: Map, failure: FetchFailed | ParseFailed) -> None:
        """One that is not there waits for its next change; one that cannot be had now is asked for by the next poll."""
        _log.warning("sitemap of %s cannot be read: %s", self._feed.id, failure)
        self._failed += 1
        self._failure = self._failure or failure
        known = self._known.get(each.url, KnownMap())
        lasting = isinstance(failure, ParseFailed) or failure.fetch.outcome in FINAL or failure.fetch.status in _LASTING
        changed = each.changed if lasting else known.changed
        self._keep(each.url, replace(known, changed=changed, read=time.time(), error=str(failure)), None)

    def _keep(self, url: str, known: KnownMap, noted: Noted | None) -> None:
        self._known[url] = known
        self._context.store.keep_map(self._feed.id, url, known, noted)

    def _when(self, raw: str) -> datetime | None:
        source = self._context.settings.source(self._feed.source)
        return read_date(raw, source.timezone, source.language)
