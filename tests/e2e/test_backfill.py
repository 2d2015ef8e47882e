"""A walk into the past by real processes, which are killed on the way, while fresh news goes on."""

import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from ingest.store import Backfill, Store
from tests.conftest import config_folder
from tests.e2e.newswire import QUICK, Newswire, kind_of, page, published, until
from workers.demo.outlet import Headline, Outlet, rss

pytestmark = pytest.mark.slow

PAGES, PER_PAGE = 25, 8
ARCHIVE = """
[[listings]]
url = "{url}/archive"
entry = "article"
next = "a.older"
[fetch]
min_interval = 1.0
max_interval = 2.0
"""

FRESH_WITHIN = 12.0
"""Seconds from the moment at which a feed shows an entry until it is published, polling every two seconds or so on a
machine that does other things too, while workers are killed."""


def publish_archive(outlet: Outlet) -> list[str]:
    """An outlet with an archive of so many pages, the newest article first. Returns the articles' addresses."""
    urls = []
    for number in range(PAGES):
        numbers = range(number * PER_PAGE, (number + 1) * PER_PAGE)
        for n in numbers:
            came = datetime(2026, 6, 1, tzinfo=UTC) - timedelta(days=n)
            meta = f'<head><meta property="article:published_time" content="{came.isoformat()}">'
            urls.append(outlet.publish(f"/report/{n}", page(n).replace("<head>", meta)))
        entries = "".join(f'<article><a href="/report/{n}">Report {n} from the river</a></article>' for n in numbers)
        older = f'<a class="older" href="/archive?page={number + 1}">Older</a>' if number + 1 < PAGES else ""
        outlet.publish(f"/archive?page={number}" if number else "/archive", f"<body>{entries}{older}</body>", delay=0.1)
    return urls


class Fresh:
    """The outlet goes on: every other second its feed has a new article; `delays` is how long each took."""

    def __init__(self, outlet: Outlet, store: Store) -> None:
        self._outlet, self._store = outlet, store
        self._shown: dict[str, float] = {}
        self._numbers = iter(range(10_000, 20_000))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._publish, daemon=True)
        self.delays: dict[str, float] = {}

    def __enter__(self) -> "Fresh":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def urls(self) -> list[str]:
        return list(self._shown)

    def _publish(self) -> None:
        while not self._stop.is_set():
            number = next(self._numbers)
            url = self._outlet.publish(f"/report/{number}", page(number))
            self._shown[url] = time.time()
            headlines = [Headline(each, f"News {each}") for each in list(self._shown)[-10:]]
            self._outlet.publish("/feed", rss("The Outlet", self._outlet.url, headlines), "application/rss+xml")
            self._stop.wait(2.0)

    def look(self) -> int:
        """How many were published so far."""
        for entry in self._store.read_queue("all", "0", 100_000):
            if entry.url in self._shown and entry.url not in self.delays:
                self.delays[entry.url] = int(entry.entry.partition("-")[0]) / 1000 - self._shown[entry.url]
        return len(self.delays)


def test_a_walk_whose_workers_are_killed_and_that_is_stopped_publishes_each_article_once_behind_fresh_news(
    tmp_path: Path, outlet: Outlet
) -> None:
    outlet.publish("/", "<title>The Outlet</title>")
    outlet.publish("/feed", rss("The Outlet", outlet.url, []), "application/rss+xml")
    urls = publish_archive(outlet)
    config = config_folder(tmp_path / "config", outlet.url, main=QUICK, source=ARCHIVE.format(url=outlet.url))
    with Newswire(config, tmp_path / "data") as wire:
        wire.start()
        store = wire.store()
        until(lambda: {"fetch", "process", "scheduler"} <= {beat.kind for beat in store.alive()})
        with Fresh(outlet, store) as fresh:
            assert wire.call("fetch", "outlet", "--since", "2024-01-01").returncode == 0
            for _ in range(3):
                kill_a_worker(wire, store)
                time.sleep(2.0)
            until(lambda: fresh.look() >= 4)
            assert state(store).running, "it is to be killed on its way"
            children = wire.children()
            wire.stop(signal.SIGKILL)
            psutil.wait_procs(children, 20)  # they die with it, and hold its folder until they are dead
        wire.start()
        store = until(wire.store)
        until(lambda: not state(store).running, 120)
        fresh_urls = fresh.urls
        until(lambda: set(published(store)) >= {*urls, *fresh_urls[-10:]})
        time.sleep(2.5)  # longer than a lease: whatever would come twice comes now
        ended, counts = state(store), published(store)
        assert {url: counts[url] for url in urls} == dict.fromkeys(urls, 1)
        assert set(counts.values()) == {1}
        assert store.dead_count() == 0
        # The first page is one of its feeds too, and its poll may have been there before.
        assert ended.claimed == ended.published >= (PAGES - 1) * PER_PAGE
        older = [path for path in outlet.paths() if path.startswith("/archive?")]
        assert len(older) <= PAGES - 1 + 4, "a kill costs a page asked for twice, no more"
        delays = sorted(fresh.delays.values())
        assert delays[len(delays) // 2] < FRESH_WITHIN, delays


def kill_a_worker(wire: Newswire, store: Store) -> None:
    victims = [each for each in wire.children() if kind_of(each, store) in {"fetch", "process"}]
    if victims:
        victims[int(time.time()) % len(victims)].kill()


def state(store: Store) -> Backfill:
    known = store.backfill("outlet")
    assert known
    return known
