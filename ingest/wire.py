"""The newswire from outside: subscribe, read, and fetch by hand.

wire = connect()
for delivery in wire.subscribe("all", group="archive"):
    print(delivery.article.title)
    delivery.ack()
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Unpack

import msgspec

from ingest import backfill
from ingest.clean import clean_url
from ingest.cluster import Cluster, cluster
from ingest.deliver import AsyncSubscription, Filter, Options, Subscription, position
from ingest.errors import ConfigError, ParseFailed, StoreUnavailable, UnknownName
from ingest.models import Article, Entry, Page, article_id
from ingest.parse import Imported, read_import
from ingest.settings import QueueSettings, Settings, load
from ingest.store import BY_HAND, IMPORT, Backfill, Claim, FillProgress, Store, open_store, running_url
from ingest.ticket import Ticket
from ingest.why import Life, why

FILL_BATCH = 200
"""Articles read and written at once when a queue is filled."""


class Wire:
    """A connection to a newswire."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store

    def subscribe(
        self,
        queue: str,
        *,
        group: str,
        consumer: str | None = None,
        from_: str | datetime = "0",
        **options: Unpack[Options],
    ) -> Subscription:
        """Iterate over the queue's articles as `group`; see ingest.deliver.Subscription for the options.

        from_: where a new group begins: "0" is the beginning, "$" what comes from now on, a time or an entry's id what
        came after; `rewind` moves a group that is there. Raises UnknownName where the configuration names no such
        queue, ValueError for a `from_` that is no place.
        """
        settings = self._queue(queue)
        start = position(from_)
        return Subscription(self.store, queue, group, consumer, settings=settings, start=start, **options)

    def asubscribe(
        self,
        queue: str,
        *,
        group: str,
        consumer: str | None = None,
        from_: str | datetime = "0",
        **options: Unpack[Options],
    ) -> AsyncSubscription:
        """The same for asyncio: `async for delivery in wire.asubscribe("all", group="g")`."""
        return AsyncSubscription(self.subscribe(queue, group=group, consumer=consumer, from_=from_, **options))

    def rewind(self, queue: str, group: str, to: str | datetime) -> None:
        """Set a group's place, to read again what came after `to` or to skip to the end ("$").

        Raises UnknownName where there is no such queue or group.
        """
        self._queue(queue)
        if not self.store.rewind_group(queue, group, position(to)):
            raise UnknownName("group", group, (state.name for state in self.store.groups(queue)))

    def fill(self, queue: str, since: datetime | None = None) -> Iterator[FillProgress]:
        """Put the articles of the store that the queue takes and does not have into it, the oldest first, as many as it
        keeps, those that are retracted left out. Articles may be committed meanwhile; none comes into the queue twice.

        since: only what was published after that. Yields how far it is."""
        settings = self._queue(queue)
        wanted, kept = Filter(settings), self.store.kept_entries(settings)
        last, held = self.store.queued(queue)
        found = (
            article.id
            for article in self.store.articles(None, since)
            if wanted.takes(article) and not article.retracted
        )
        missing = list(islice((article_id for article_id in found if article_id not in held), kept))[::-1]
        written = 0
        yield FillProgress(0, len(missing), 0)
        for done in range(0, len(missing), FILL_BATCH):
            ids = [article_id for article_id in missing[done : done + FILL_BATCH] if article_id not in held]
            last, more, committed = self.store.fill(queue, self.store.articles_of(ids), last, settings)
            held.update(committed)
            written += more
            yield FillProgress(min(done + FILL_BATCH, len(missing)), len(missing), written)

    def fetch(self, *names: str, since: datetime | None = None, until: datetime | None = None) -> Ticket:
        """Fetch now: a source's id polls its feeds, a feed's address that feed, any other address is an article.

        since: the past of these sources is walked instead, back to then, see docs/backfill.md; until: left out, from
        now on back. Both are aware. Raises UnknownName where a name is neither an address nor a source, ValueError
        where `until` stands without `since`, or before it.
        """
        if since:
            return self._fetch_past(names, since, until)
        if until:
            raise ValueError("until without since: say from when on")
        feeds: list[str] = []
        articles: dict[str, Claim] = {}
        for name in names:  # every one is understood before anything is asked for
            if known := self._feeds_of(name):
                feeds += known
            else:
                claim = self._claim_by_hand(name)
                articles[claim.entry.id] = claim
        before = {feed_id: state.polls for feed_id, state in self.store.feed_states(feeds).items()}
        self.store.claim(list(articles.values()))
        if feeds:
            self.store.poll_now(feeds)
        return Ticket(self.store, before, list(articles))

    def stop(self, source: str) -> Backfill | None:
        """Stop the walk into this source's past. Returns it as it stands, None where there is none under way; the next
        `fetch` with the same `since` goes on where it was. Raises UnknownName."""
        return backfill.stop(self.store, self.settings.source(source).id)

    def import_file(self, file: Path, source: str | None = None, url: str = "") -> Ticket:
        """Put the articles in a file through the pipeline: scraped plain text, JSON Lines or saved HTML.

        source: the id of the outlet; left out, it is told from each address. url: the address of a page that does not
        say its own. Raises ParseFailed where the file cannot be read, UnknownName for a source that is not there.
        """
        if source:
            self.settings.source(source)
        found = read_import(file.read_bytes(), file.name, url=url)
        claims = [self._import_claim(imported, source, file) for imported in found]
        verdicts = self.store.claim(claims)
        anew = (claim.entry.id for claim, verdict in zip(claims, verdicts, strict=True) if verdict != "seen")
        return Ticket(self.store, {}, list(dict.fromkeys(anew)))

    def article(self, article: str) -> Article | None:
        """The article of that id or canonical URL, or None."""
        if "://" not in article:
            return self.store.article(article)
        return next((found for url in _spellings(article) if (found := self.store.article(article_id(url)))), None)

    def cluster(self, article: str) -> Cluster:
        """The copies of the article of that id or canonical URL, itself among them, the first publisher first, and who
        published which paragraph first; without members where it has no copies."""
        known = self.article(article)
        return cluster(self.store, known.id if known else article)

    def articles(self, source: str | None = None, since: datetime | None = None) -> Iterator[Article]:
        """Articles, the newest first. since: an aware datetime."""
        return self.store.articles(source, since)

    def why(self, asked: str) -> Life:
        """The whole life of an address, or of the article with that id: every step in order, with times and reasons.

        Wrapped, AMP and tracked addresses are those that they lead to. Raises UnknownName for what is neither an
        address nor an id.
        """
        return why(self.settings, self.store, asked)

    def close(self) -> None:
        """Give the connections back."""
        self.store.close()

    def _fetch_past(self, names: Iterable[str], since: datetime, until: datetime | None) -> Ticket:
        if until and until <= since:
            raise ValueError(f"until {until.isoformat()} is not after since {since.isoformat()}")
        sources = [self.settings.source(name) for name in dict.fromkeys(names)]
        end = until.timestamp() if until else None
        begin = max(since.timestamp(), 0.0)
        walks = {each.id: backfill.begin(self.store, each, begin, end)[0].begun for each in sources}
        return Ticket(self.store, {}, [], walks)

    def _queue(self, queue: str) -> QueueSettings:
        try:
            return self.settings.queues[queue]
        except KeyError:
            raise UnknownName("queue", queue, self.settings.queues) from None

    def _feeds_of(self, name: str) -> list[str]:
        if "://" in name:
            return [feed.id for feed in self.settings.feeds.values() if feed.url == name]
        feeds = [feed.id for feed in self.settings.source(name).polled()]
        if not feeds:
            raise ConfigError(f"source {name!r} has no feeds, sitemaps, WordPress API or listings; add one to its file")
        return feeds

    def _claim_by_hand(self, address: str) -> Claim:
        """An article to fetch. One that a feed named keeps its source and what that feed said."""
        urls = _spellings(address)
        if not urls:
            raise UnknownName("source or address", address, self.settings.sources)
        known = next((state for url in urls if (state := self.store.entry_state(article_id(url)))), None)
        url, source = (known.url, known.source) if known else (urls[-1], self.settings.source_of(urls[-1]).id)
        entry = self.store.said(article_id(url)) or Entry(url=url)
        return Claim(entry, source, BY_HAND, believed="always")

    def _import_claim(self, imported: Imported, source: str | None, file: Path) -> Claim:
        try:
            url = clean_url(imported.entry.url, keep_fragment=imported.exact)
            entry = msgspec.structs.replace(imported.entry, url=url)
        except ValueError as error:
            fault = f"{file.name}: {imported.entry.url!r} is no http or https address; every article needs its own"
            raise ParseFailed(fault, again=False) from error
        page = imported.page and Page(url=entry.url, body=imported.page, fetched=datetime.now(UTC), imported=True)
        outlet = source or self.settings.source_of(entry.url).id
        return Claim(entry, outlet, IMPORT, step="process", page=page or None, believed="new words")


def _spellings(address: str) -> list[str]:
    """The clean address, before it the one with what follows "#", which tells entries without pages apart; none where
    it is no web address."""
    try:
        return list(dict.fromkeys((clean_url(address, keep_fragment=True), clean_url(address))))
    except ValueError:
        return []


def connect(url: str | None = None, *, config: Path | None = None, data: Path | None = None) -> Wire:
    """Connect to a running newswire.

    url: its store; left out, [store] url of the configuration, else the embedded store of the data folder. config,
    data: as `--config` and `--data`. Raises StoreUnavailable where none runs, ConfigError for a bad configuration.
    """
    settings = load(config, data)
    address = url or settings.store.url or running_url(settings.data)
    if not address:
        raise StoreUnavailable(f"no teletipo runs on {settings.data}; start one with `teletipo run`, or name its store")
    return Wire(settings, open_store(address, settings.store.prefix, settings.retention))
