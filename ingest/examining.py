"""Every address of some sources is asked once -> what each of them answered, as it comes.

    feeds ─► by host ─► one at a time with the host's pause, many hosts at once ─► Examined, Examined ...

For people who want to know which of their feeds are well: nothing of it is kept, and no article comes of it. A host
that does not answer at all is not asked for everything that there is of it.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from queue import SimpleQueue
from urllib.parse import urlsplit

import msgspec

from ingest import robots
from ingest.clean.dates import read_date
from ingest.discover import child
from ingest.errors import ParseFailed
from ingest.fetch import Fetcher
from ingest.models import Entry, Feed, Fetch, Outcome, Record
from ingest.parse import Parsed, parse
from ingest.settings import Settings

AT_ONCE = 32
"""Hosts."""

MOST_PAUSE = 30.0
"""Seconds that a Crawl-delay is heard, with a person waiting."""

PATIENCE = 3
"""Addresses of a host in a row that may be without any answer; the others are not asked."""

_SILENT = {Outcome.TIMEOUT, Outcome.NAME_NOT_FOUND, Outcome.CONNECTION_ERROR}


class Examined(Record, frozen=True, kw_only=True):
    """What one address answered. problem: why it is no way in, empty where it is one; entries: how many; newest: the
    latest date that one of them states; maps: how many sitemaps an index names; ttl: seconds that it asks for between
    polls; bytes, seconds: of the answer; moved: where it is by now, `for_good` where it says so; article: the address
    of its first entry."""

    source: str
    feed: str
    kind: str
    url: str
    problem: str = ""
    status: int = 0
    entries: int = 0
    newest: datetime | None = None
    maps: int = 0
    ttl: float | None = None
    bytes: int = 0
    seconds: float = 0.0
    moved: str = ""
    for_good: bool = False
    article: str = ""


class Examination:
    """Asks; `asking` may be asked for more afterwards, as robots.txt is known then."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._heard = robots.Unkept()
        self.asking = robots.Asking(settings, Fetcher(settings.fetch), self._heard)
        self._stopped = threading.Event()

    def examine(self, feeds: Iterable[Feed]) -> Iterator[Examined]:
        """Each of them as it has answered. Whoever takes no more waits only for what is under way."""
        by_host: dict[str, list[Feed]] = defaultdict(list)
        for feed in feeds:
            by_host[_host(feed.url)].append(feed)
        found: SimpleQueue[Examined] = SimpleQueue()
        left = sum(map(len, by_host.values()))
        longest = sorted(by_host.values(), key=len, reverse=True)
        pool = ThreadPoolExecutor(AT_ONCE)
        try:
            futures = [pool.submit(self._ask_host, each, found) for each in longest]
            for _ in range(left):
                yield found.get()
            for future in as_completed(futures):
                future.result()
        finally:
            self._stopped.set()
            pool.shutdown(cancel_futures=True)

    def _ask_host(self, feeds: list[Feed], found: "SimpleQueue[Examined]") -> None:
        silent, pause = 0, False
        for number, feed in enumerate(feeds):
            if number and silent < PATIENCE and not pause:
                self._stopped.wait(self._pause(feed))
            if self._stopped.is_set():
                return
            if silent >= PATIENCE:
                found.put(_of(feed, problem=f"not asked: {PATIENCE} other addresses of its host gave no answer"))
                continue
            if pause:
                found.put(_of(feed, problem="not asked: its host asked to be left alone for a while"))
                continue
            fetch, examined = self._ask(feed)
            pause = bool(fetch and fetch.asks_for_a_pause)
            silent = silent + 1 if fetch and fetch.outcome in _SILENT else 0
            found.put(examined)

    def _ask(self, feed: Feed) -> tuple[Fetch | None, Examined]:
        try:
            fetch = robots.get(self.asking, feed.source, feed.address)
            return fetch, self._read(feed, fetch)
        except Exception as error:  # whatever one address does, the others are told
            return None, _of(feed, problem=f"unexpected: {error!r}")

    def _read(self, feed: Feed, fetch: Fetch) -> Examined:
        answer = _of(feed, fetch)
        if not fetch.ok:
            return msgspec.structs.replace(answer, problem=f"{fetch.outcome}: {fetch.error}")
        try:
            parsed = parse(feed, fetch)
            entries, maps = self._entries(feed, parsed)
        except ParseFailed as error:
            return msgspec.structs.replace(answer, problem=str(error))
        return msgspec.structs.replace(
            answer,
            problem="" if entries else "it has no entries",
            entries=len(entries),
            newest=max((date for each in entries if (date := self._date(feed, each))), default=None),
            maps=maps,
            ttl=max(parsed.ttl or 0.0, fetch.fresh_for or 0.0) or None,
            article=entries[0].url if entries else "",
        )

    def _entries(self, feed: Feed, parsed: Parsed) -> tuple[tuple[Entry, ...], int]:
        """Those of an index of sitemaps are in the one with the latest. Raises ParseFailed where it cannot be had."""
        if not parsed.maps:
            return parsed.entries, 0
        newest = child([(each.url, each.changed) for each in parsed.maps])
        self._stopped.wait(self._pause(feed))
        fetch = robots.get(self.asking, feed.source, newest)
        if not fetch.ok:
            raise ParseFailed(f"an index of {len(parsed.maps)} sitemaps, of which {newest} gives {fetch.outcome}")
        return parse(feed, fetch).entries, len(parsed.maps)

    def _date(self, feed: Feed, entry: Entry) -> datetime | None:
        source = self._settings.sources[feed.source]
        said = (read_date(raw, source.timezone, source.language) for raw in (entry.published, entry.updated) if raw)
        now = datetime.now(UTC)
        return next((date for date in said if date and date <= now), None)

    def _pause(self, feed: Feed) -> float:
        asked = min(self._heard.delays.get(_host(feed.url), 0.0), MOST_PAUSE)
        return max(self._settings.delay(feed.source), asked)


def _of(feed: Feed, fetch: Fetch | None = None, problem: str = "") -> Examined:
    elsewhere = fetch.url if fetch and fetch.url != feed.address else ""
    return Examined(
        source=feed.source,
        feed=feed.id,
        kind=feed.kind,
        url=feed.url,
        problem=problem,
        status=fetch.status if fetch else 0,
        bytes=len(fetch.body) if fetch else 0,
        seconds=round(fetch.elapsed, 3) if fetch else 0.0,
        moved=(fetch.moved if fetch else "") or elsewhere,
        for_good=bool(fetch and fetch.moved),
    )


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
