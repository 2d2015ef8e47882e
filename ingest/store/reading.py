"""What can be asked of the store: entries, pages, articles, queues and feeds."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from ingest.baseline import Baseline
from ingest.models import Article, Entry, Page, Record, article_from_json
from ingest.silence import Silence
from ingest.store.base import batches
from ingest.store.baselines import read_baseline
from ingest.store.entries import QueueEntry, queue_entry, text
from ingest.store.pages import unpack_entry, unpack_page
from ingest.store.queues import Queues

BLOCK_SECONDS = 2.0
"""The longest that one command waits for an entry: redis-py 8 takes a server that is silent for five for gone."""


class EntryState(Record, frozen=True, kw_only=True):
    """Where one address stands. step: fetch, process or done; outcome: empty until done or dead; refetched: how often
    the page was fetched again because no article was in it."""

    id: str
    url: str
    source: str
    feed: str
    step: str
    attempt: int = 0
    refetched: int = 0
    outcome: str = ""
    article: str = ""
    error: str = ""

    @property
    def settled(self) -> bool:
        return bool(self.outcome)


class Known(NamedTuple):
    """What the feed said about an entry and its page, while kept; the figures of its source, and what was learned.
    looked: the id of the article for which a look had this entry processed again; empty where none did."""

    said: Entry | None
    page: Page | None = None
    baseline: Baseline = Baseline()
    learned: bytes = b""
    looked: str = ""


class Standing(NamedTuple):
    """How a published article stands. changes: in a row, with no fetch in between that found it unchanged; age: seconds
    since it was last revised; article: the latest revision, None where its text is no longer kept; queues: those that
    have it; addresses: those that were found after it was published, in order."""

    revision: int
    changes: int
    age: float
    article: Article | None
    queues: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


class FeedState(Record, frozen=True, kw_only=True):
    """What is remembered of a feed between polls. Times are Unix seconds, 0 for never; `claimed` holds the ids of the
    entries that the last poll found new or changed, separated by spaces; `next_poll` comes from `due`. whole:
    when the whole feed came last; lies: 1 where a 304 of it hid what was new; address: where it has moved to for good,
    if it has; moving_to, moves, moving_since: a permanent redirect that is not adopted yet. why: of the `interval`;
    ttl, fresh_for: what the feed and its server asked for, seconds; rhythm: see ingest/rhythm.py; gap, gaps: when
    entries of it were last missed, and how often in a row; silence: see ingest/silence.py. hub, topic: what it names to
    subscribe to its news with (WebSub); follows: the hub that was asked to tell of them; hub_since, hub_until: while it
    does; hub_error: why it does not; announced, missed: entries of which it told, and that it left out; proved: see
    ingest/websub; pinged: when it called last, told: when it last said that there is more than it told; refused:
    calls signed wrongly. unfinished: 1 for an index of sitemaps, and where one poll had
    no room for all news; changes: when an API was last asked for modified posts."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    polls: int = 0
    last_poll: float = 0.0
    last_ok: float = 0.0
    status: int = 0
    outcome: str = ""
    error: str = ""
    failures: int = 0
    interval: float = 0.0
    why: str = ""
    ttl: float = 0.0
    fresh_for: float = 0.0
    rhythm: str = ""
    gap: float = 0.0
    gaps: int = 0
    silence: str = ""
    entries: int = 0
    claimed: str = ""
    whole: float = 0.0
    lies: int = 0
    address: str = ""
    moving_to: str = ""
    moves: int = 0
    moving_since: float = 0.0
    hub: str = ""
    topic: str = ""
    unfinished: int = 0
    changes: float = 0.0
    follows: str = ""
    hub_since: float = 0.0
    hub_until: float = 0.0
    hub_error: str = ""
    announced: int = 0
    missed: int = 0
    proved: int = 0
    pinged: float = 0.0
    told: float = 0.0
    refused: int = 0
    next_poll: float | None = None


def silence_of(state: FeedState) -> Silence:
    """What is known of the feed's silences; one that cannot be read is learned anew."""
    try:
        return msgspec.json.decode(state.silence, type=Silence) if state.silence else Silence()
    except msgspec.MsgspecError:
        return Silence()


class Place(NamedTuple):
    """Where an article stands among all: by time, then by id."""

    ms: float
    id: str


def entry_state(entry_id: str, record: dict[str, str]) -> EntryState | None:
    """An entry's record as read, None where there is none."""
    return msgspec.convert({"id": entry_id, **record}, EntryState, strict=False) if record.get("url") else None


class Reading(Queues):
    """Questions about the store's content; nothing here changes what is published."""

    # ── entries and pages ──

    def entry_state(self, entry_id: str) -> EntryState | None:
        """Where this address stands, None where it was never heard of (or is forgotten)."""
        return self.entry_states([entry_id])[0]

    def entry_states(self, entry_ids: Sequence[str]) -> list[EntryState | None]:
        """The same for many, in one round trip."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for entry_id in entry_ids:
                pipeline.hgetall(self.keys.entry(entry_id))
            records = pipeline.execute()
        return [entry_state(entry_id, text(record)) for entry_id, record in zip(entry_ids, records, strict=True)]

    def known(self, entry_id: str, source: str) -> Known:
        """What it takes to process an entry of this source, in one round trip."""
        of_entry, of_source = (self.keys.said, self.keys.page), (self.keys.baseline, self.keys.learned)
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.mget(*(key(entry_id) for key in of_entry), *(key(source) for key in of_source))
            pipeline.hmget(self.keys.entry(entry_id), "looked", "claimed", "article")
            (said, page, figures, learned), (looked, claimed, article) = pipeline.execute()
        return Known(
            unpack_entry(said) if said else None,
            unpack_page(page) if page else None,
            read_baseline(figures),
            learned or b"",
            (article or b"").decode() if looked is not None and looked == (claimed or b"") else "",
        )

    def said(self, entry_id: str) -> Entry | None:
        """What the feed said about it, while that is kept."""
        kept = self._redis.get(self.keys.said(entry_id))
        return unpack_entry(kept) if kept else None

    def page(self, entry_id: str) -> Page | None:
        """The page's bytes as fetched, while they are kept."""
        kept = self._redis.get(self.keys.page(entry_id))
        return unpack_page(kept) if kept else None

    def dead(self, most: int = 1000) -> list[EntryState]:
        """What was set aside, the newest first."""
        members = self._redis.zrevrange(self.keys.dead, 0, most - 1)
        states = self.entry_states([member.decode().partition(":")[2] for member in members])
        return [state for state in states if state]

    # ── articles and queues ──

    def article(self, article_id: str) -> Article | None:
        """The article's latest revision, or None."""
        kept = self._redis.get(self.keys.article(article_id))
        return article_from_json(kept) if kept else None

    def articles_of(self, article_ids: Sequence[str]) -> list[Article]:
        """The latest revision of each of these articles that is still kept, in their order."""
        kept = self._redis.mget([self.keys.article(article_id) for article_id in article_ids]) if article_ids else []
        return [article_from_json(article) for article in kept if article]

    def revision(self, article_id: str) -> int:
        """The latest revision that was published; 0 for an article that never was. Outlives the text."""
        return int(self._redis.hget(self.keys.identity(article_id), "revision") or 0)

    def standing(self, article_id: str) -> Standing:
        """How the article stands, in one round trip; revision 0 where it never was published."""
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.hmget(self.keys.identity(article_id), "revision", "changes", "queues")
            pipeline.get(self.keys.article(article_id))
            pipeline.zscore(self.keys.revised, article_id)
            pipeline.time()
            pipeline.smembers(self.keys.addresses(article_id))
            (revision, changes, queues), kept, revised, (seconds, micros), addresses = pipeline.execute()
        article = article_from_json(kept) if kept else None
        age = seconds + micros / 1e6 - (revised or 0.0) / 1000
        return Standing(
            int(revision or 0),
            int(changes or 0),
            age,
            article,
            tuple((queues or b"").decode().split()),
            tuple(sorted(address.decode() for address in addresses)),
        )

    def revisions(self, article_id: str) -> list[Article]:
        """Every kept revision of the article, the oldest first, the latest one last."""
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.hvals(self.keys.revisions(article_id))
            pipeline.get(self.keys.article(article_id))
            replaced, latest = pipeline.execute()
        found = [article_from_json(kept) for kept in (*replaced, latest) if kept]
        return sorted(found, key=lambda article: article.revision)

    def articles_before(
        self, place: Place | None, most: int, *, source: str | None = None, since_ms: float | None = None
    ) -> list[tuple[Place, bytes]]:
        """Up to `most` articles as JSON, the newest first, after `place` in that order; each with its own place.

        An article keeps its place for good, so going on from one neither skips nor repeats what was there before.
        """
        key, found = self.keys.articles(source), list[Place]()
        high, low, offset = (place.ms if place else "+inf"), ("-inf" if since_ms is None else since_ms), 0
        while len(found) < most:
            answer = self._redis.zrange(
                key, high, low, desc=True, byscore=True, offset=offset, num=most, withscores=True
            )
            places = (Place(score, article_id.decode()) for article_id, score in answer)
            for each in places:
                if place is None or each < place:  # what arrives on top while we read would show the last one again
                    found.append(each)
                    place = each
            offset += len(answer)
            if len(answer) < most:
                break
        found = found[:most]
        kept = self._redis.mget([self.keys.article(each.id) for each in found]) if found else []
        return [(each, article or b"") for each, article in zip(found, kept, strict=True)]

    def articles(self, source: str | None = None, since: datetime | None = None, batch: int = 200) -> Iterator[Article]:
        """Articles by Article.sorted, the newest first, read in batches."""
        place, since_ms = None, since.timestamp() * 1000 if since else None
        while found := self.articles_before(place, batch, source=source, since_ms=since_ms):
            yield from (article_from_json(article) for _, article in found if article)
            place = found[-1][0]

    def count_articles(self, source: str | None, since_ms: float | None, until_ms: float | None) -> int:
        """Articles of this time, its end not included."""
        low = "-inf" if since_ms is None else since_ms
        high = "+inf" if until_ms is None else f"({until_ms}"
        return int(self._redis.zcount(self.keys.articles(source), low, high))

    def read_queue(self, name: str, after: str, most: int = 100, wait: float | None = None) -> list[QueueEntry]:
        """Entries of a queue after the stream id `after` ("0" is the beginning, "$" the end), waiting up to `wait`
        seconds for one."""
        after = self.last_entry(name) if after == "$" else after
        deadline = time.monotonic() + (wait or 0.0)
        while True:
            left = min(BLOCK_SECONDS, deadline - time.monotonic())
            block = None if wait is None else max(1, round(left * 1000))
            answer = self._redis.xread({self.keys.queue(name): after}, count=most, block=block)
            if answer or time.monotonic() >= deadline:
                return [queue_entry(entry_id, fields) for entry_id, fields in (answer[0][1] if answer else [])]

    def last_entry(self, name: str) -> str:
        """The stream id of the queue's newest entry, "0" for an empty one."""
        newest = self._redis.xrevrange(self.keys.queue(name), count=1)
        return newest[0][0].decode() if newest else "0"

    def queue_length(self, name: str) -> int:
        """Entries in the queue."""
        return int(self._redis.xlen(self.keys.queue(name)))

    # ── feeds ──

    def feed_states(self, feed_ids: Sequence[str]) -> dict[str, FeedState]:
        """The state of each of these feeds."""
        return {name: state for part in batches(feed_ids) for name, state in self._feed_states(part)}

    def _feed_states(self, feed_ids: Sequence[str]) -> Iterator[tuple[str, FeedState]]:
        with self._redis.pipeline(transaction=False) as pipeline:
            for feed_id in feed_ids:
                pipeline.hgetall(self.keys.feed(feed_id))
                pipeline.zscore(self.keys.due("fetch"), f"feed:{feed_id}")
            answers = pipeline.execute()
        for feed_id, record, score in zip(feed_ids, answers[::2], answers[1::2], strict=True):
            state = {**text(record), **({"next_poll": score / 1000} if score else {})}
            yield feed_id, msgspec.convert(state, FeedState, strict=False)
