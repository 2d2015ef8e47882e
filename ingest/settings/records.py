"""What the configuration says: frozen records with their defaults. Durations are seconds unless a name says else."""

import os
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from ingest.errors import ConfigError, UnknownName
from ingest.models import Feed, Source, Strict
from ingest.settings.secrets import keys_of


class StoreSettings(Strict, frozen=True, kw_only=True):
    """url: a Redis >= 7 or Valkey >= 8; empty means the embedded server on loopback `port` (0 takes a free one)."""

    url: str = ""
    port: int = 7379
    prefix: str = "teletipo:"


class BrokerSettings(Strict, frozen=True, kw_only=True):
    """url: any Celery broker; empty means the store."""

    url: str = ""


class FetchSettings(Strict, frozen=True, kw_only=True):
    """Limits of one GET. timeout: seconds without a byte; deadline: seconds for the whole of it, redirects included;
    delay: seconds between two page fetches from one host; robots: whether robots.txt is heard; allow_addresses:
    networks exempt from the address guard."""

    user_agent: str = "teletipo/0.1 (newswire)"
    timeout: float = 15.0
    deadline: float = 45.0
    max_bytes: int = 15_000_000
    max_redirects: int = 10
    delay: float = 1.0
    robots: Literal["obey", "ignore"] = "obey"
    allow_addresses: tuple[str, ...] = ()


class ScheduleSettings(Strict, frozen=True, kw_only=True):
    """When work is due, in seconds. lease: how long a leased piece of work may wait in a Celery queue, and how much
    longer than its own limit it may run, before it is found again in `due`. attempts: tries before it is dead. pace:
    between two polls of a feed that has an entry an hour, see ingest/rhythm.py."""

    min_interval: float = 300.0
    max_interval: float = 86_400.0
    pace: float = 1_800.0
    lease: float = 30.0
    attempts: int = 6
    retry_first: float = 30.0
    retry_cap: float = 21_600.0


class WorkerSettings(Strict, frozen=True, kw_only=True):
    """fetch_threads: fetches at once in one worker; processes: extractors under `teletipo run`, 0 means one per core;
    process_seconds, process_megabytes: the hard limits of one page's extraction."""

    fetch_threads: int = 16
    processes: int = 0
    process_seconds: float = 30.0
    process_megabytes: int = 1024


class RetentionSettings(Strict, frozen=True, kw_only=True):
    """How long what is kept. page_days: a page's bytes; entry_days: an entry after a feed last named it; queue_length,
    queue_days: entries in a queue, oldest dropped first; article_days: an article's text and revisions after it was
    last revised; tombstone_days: that an article was there, so that it does not come back as new; fingerprint_days:
    what a text was like after it was last seen, so that copies of it are found. 0 days: for ever."""

    page_days: float = 7.0
    entry_days: float = 90.0
    queue_length: int = 100_000
    queue_days: float = 0.0
    article_days: float = 0.0
    tombstone_days: float = 0.0
    fingerprint_days: float = 90.0
    revisions: int = 20


class Conditions(Strict, frozen=True, kw_only=True):
    """What a queue's filter asks of an article: any of the values within a field, all of the fields; an empty field
    takes everything. words: words or phrases of title or text, `sancion*` for all that begin so; min_words: a least
    length. Case and accents do not matter in keywords, authors and words."""

    source: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    min_words: int = 0


class QueueSettings(Conditions, frozen=True, kw_only=True):
    """A queue: its filter, what it refuses although the filter takes it (`[queues.NAME.not]`, any field is enough), and
    how long it keeps its entries, None for what [retention] says. duplicates: of copies of one text that its filter
    takes, the `first` to arrive, the first of each `outlet`, or `all`."""

    duplicates: Literal["first", "outlet", "all"] = "first"
    refused: Conditions = msgspec.field(name="not", default=Conditions())
    keep_days: float | None = None
    keep_entries: int | None = None


class WatchSettings(Strict, frozen=True, kw_only=True):
    """When a published article's page is looked at again. after: seconds since it was first fetched, rising, empty for
    never; confirm: seconds after which a page that is gone is asked for once more before the article is retracted."""

    after: tuple[float, ...] = (3600.0, 21_600.0, 86_400.0, 604_800.0)
    confirm: float = 3600.0


class RevisionSettings(Strict, frozen=True, kw_only=True):
    """When a change of a published article is its next revision. most: revisions of one article; restless_after:
    changes in a row, with no fetch in between that found it unchanged, after which it is restless;
    restless_seconds: from one revision to the next while it is, 0 for no wait."""

    most: int = 50
    restless_after: int = 4
    restless_seconds: float = 86_400.0


class ApiSettings(Strict, frozen=True, kw_only=True):
    """The HTTP interface and its page. host, port: where it listens (port 0 takes a free one); tokens: any of these is
    asked for as `Authorization: Bearer ...`; none are needed on loopback, and it listens nowhere else without them."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = 7380
    tokens: tuple[str, ...] = ()


class WebSubSettings(Strict, frozen=True, kw_only=True):
    """Subscriptions at the hubs that feeds name. callback: the address under which the HTTP interface is reached from
    outside, empty for no subscriptions; lease_days: for how long a hub is asked to tell of news, before it is again."""

    callback: str = ""
    lease_days: float = 10.0


class WebhookSettings(Strict, frozen=True, kw_only=True):
    """A receiver that is told of each article of a queue (webhooks.toml). secret: `whsec_` and base64, or `env:NAME`
    for the environment variable that holds it (see secrets.py); timeout: seconds for one delivery; give_up_days: tries
    go on for so long after the first one before a delivery is a dead letter; start: where a new webhook begins, "$" for
    what comes from now on, "0" for the beginning of the queue."""

    queue: str
    url: str
    secret: str
    timeout: float = 15.0
    give_up_days: float = 3.0
    start: Literal["0", "$"] = "$"

    def __repr__(self) -> str:
        """Without what only the two sides may know: receivers' addresses often hold a password of their own."""
        return f"WebhookSettings(queue={self.queue!r}, receiver={urlsplit(self.url).hostname!r})"


class Tables(Strict, frozen=True, kw_only=True):
    """The tables of teletipo.toml."""

    store: StoreSettings = StoreSettings()
    broker: BrokerSettings = BrokerSettings()
    fetch: FetchSettings = FetchSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    workers: WorkerSettings = WorkerSettings()
    retention: RetentionSettings = RetentionSettings()
    watch: WatchSettings = WatchSettings()
    revisions: RevisionSettings = RevisionSettings()
    api: ApiSettings = ApiSettings()
    websub: WebSubSettings = WebSubSettings()


class Settings(Tables, frozen=True, kw_only=True, dict=True):
    """All that the configuration says. `config` is the folder it was read from, `data` the data folder."""

    config: Path
    data: Path
    queues: dict[str, QueueSettings] = msgspec.field(default_factory=dict)
    webhooks: dict[str, WebhookSettings] = msgspec.field(default_factory=dict)
    sources: dict[str, Source] = msgspec.field(default_factory=dict)

    def source(self, name: str) -> Source:
        """The source of that id. Raises UnknownName with the nearest right one."""
        try:
            return self.sources[name]
        except KeyError:
            raise UnknownName("source", name, self.sources) from None

    def delay(self, source: str) -> float:
        """Seconds between two pages of one of this source's hosts."""
        delay = self.source_or_host(source).fetch.delay
        return self.fetch.delay if delay is None else delay

    def obeys_robots(self, source: str) -> bool:
        """Whether the robots.txt of this source's hosts is heard."""
        return (self.source_or_host(source).fetch.robots or self.fetch.robots) == "obey"

    def looks(self, source: str) -> tuple[float, ...]:
        """Seconds after which a page of this source is looked at again; empty for never."""
        policy = self.source_or_host(source).fetch
        return self.watch.after if policy.watch and policy.full_text != "never" else ()

    @cached_property
    def feeds(self) -> dict[str, Feed]:
        """Every feed of every source by its id."""
        return {feed.id: feed for source in self.sources.values() for feed in source.polled()}

    def webhook(self, name: str) -> WebhookSettings:
        """The webhook of that name. Raises UnknownName with the nearest right one."""
        try:
            return self.webhooks[name]
        except KeyError:
            raise UnknownName("webhook", name, self.webhooks) from None

    def webhook_keys(self, name: str) -> tuple[bytes, ...]:
        """What this webhook's deliveries are signed with. Raises ConfigError where they cannot be had here."""
        try:
            return keys_of(self.webhook(name).secret, os.environ)
        except ValueError as error:
            raise ConfigError(f"{self.config / 'webhooks.toml'}: webhooks.{name}.secret: {error}") from None

    def source_of(self, url: str) -> Source:
        """The source whose homepage has the URL's host; for any other host a source made up of the host alone."""
        host = _host(url)
        return self._by_host.get(host) or Source(
            id=host, name=host, homepage=f"https://{host}/", language="", country="", timezone="UTC"
        )

    @cached_property
    def _by_host(self) -> dict[str, Source]:
        """The first source with each host: every article of a host without a source asks for it."""
        found: dict[str, Source] = {}
        for source in self.sources.values():
            found.setdefault(_host(source.homepage), source)
        return found

    def source_or_host(self, name: str) -> Source:
        """The source of that id, or the made-up one whose id is a host name (see `source_of`)."""
        return self.sources.get(name) or self.source_of(f"https://{name}/")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
