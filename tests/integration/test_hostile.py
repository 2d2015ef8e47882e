"""A newswire among outlets that misbehave: each way ends as it is named, in little time, and nothing is lost by it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import msgspec
import pytest
from redis import Redis

from ingest.context import Context
from ingest.fetch import Fetcher
from ingest.models import Outcome, article_id
from ingest.pipeline import run
from ingest.settings import RetentionSettings, load
from ingest.store import EmbeddedServer, Store, open_store
from tests.hostile import WAYS, Hostile, feeds, robots
from tests.hostile.large import bomb
from tests.hostile.outlet import NETWORK, available

pytestmark = [
    pytest.mark.timeout(150),
    pytest.mark.skipif(not available(), reason="these outlets need Linux, which answers at all of 127.0.0.0/8"),
]

MAIN = f"""
[fetch]
allow_addresses = ["{NETWORK}"]
delay = 0.0
timeout = 2.0
deadline = 4.0
max_redirects = 5
[schedule]
attempts = 3
"""

SECONDS = 25.0
"""For a poll, robots.txt and all, on a machine that is busy with others; the limits above leave it eight."""

FEEDS = {name: way for name, way in WAYS.items() if way.at != "/article/"}
PAGES = {name: way for name, way in WAYS.items() if way.at == "/article/"}

each_feed = pytest.mark.parametrize("name", FEEDS)
each_page = pytest.mark.parametrize("name", PAGES)


class Ended(NamedTuple):
    """How a poll, or a page's fetch, ended: by the state that it left, in so many seconds."""

    outcome: str
    error: str
    seconds: float
    due: bool
    entries: set[str]


class Polled(NamedTuple):
    badly: dict[str, Ended]
    well: dict[str, Ended]


class Wire:
    """The pipeline on all hostile outlets."""

    def __init__(self, context: Context, outlets: Hostile, redis: Any) -> None:
        self.context, self.outlets, self.redis = context, outlets, redis
        self.store: Store = context.store
        self.feeds = {feed.source: feed.id for feed in context.settings.feeds.values()}
        self.store.add_feeds(self.feeds.values())

    def poll(self, name: str) -> Ended:
        feed, began = self.feeds[name], time.monotonic()
        self.store.poll_now([feed])
        run(self.context, self._lease(f"feed:{feed}"))
        seconds = time.monotonic() - began
        state = self.store.feed_states([feed])[feed]
        entries = {url for url in self.outlets.articles(name) if self.store.waiting(f"entry:{article_id(url)}")}
        return Ended(state.outcome, state.error, seconds, bool(self.store.waiting(f"feed:{feed}")), entries)

    def page(self, name: str, number: int) -> str:
        """What becomes of an article's page: its last step, in a word or two."""
        member = f"entry:{article_id(self.outlets.articles(name)[number])}"
        said = run(self.context, self._lease(member))
        while said.endswith(" bytes"):
            said = run(self.context, self._lease(member))
        return said

    def all(self, threads: int) -> dict[str, Ended]:
        """Every feed, many at once; but those that are work to read first, as the others count in seconds."""
        reading = [name for name in FEEDS if WAYS[name].call.__module__ in {feeds.__name__, robots.__name__}]
        ended = {name: self.poll(name) for name in reading}
        others = [name for name in FEEDS if name not in ended]
        with ThreadPoolExecutor(threads) as pool:
            return ended | dict(zip(others, pool.map(self.poll, others), strict=True))

    def forget_hosts(self) -> None:
        """Pauses that hosts asked for are over, and robots.txt are asked for anew."""
        for name in self.feeds:
            known = self.store.robots(self.outlets.url(name))
            if known:
                self.store.keep_robots(self.outlets.url(name), msgspec.structs.replace(known, until=0.0))
            host = self.outlets.url(name).partition("://")[2]
            self.redis.delete(self.store.keys.host(host), self.store.keys.pause(host), self.store.keys.pace(host))

    def _lease(self, member: str) -> Any:
        waiting = self.store.waiting(member)
        assert waiting, f"{member} is in no due"
        return waiting[0]


@pytest.fixture(scope="module")
def wire(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    folder = tmp_path_factory.mktemp("hostile")
    with Hostile(WAYS.values(), folder / "tls") as outlets, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(outlets.authorities))
        (folder / "sources").mkdir()
        (folder / "teletipo.toml").write_text(MAIN)
        for name in WAYS:
            (folder / "sources" / f"{name}.toml").write_text(outlets.source(name))
        settings = load(folder, folder / "data")
        store, fetcher = open_store(server.url, "hostile:", RetentionSettings()), Fetcher(settings.fetch)
        with Redis.from_url(server.url, protocol=2) as redis:
            yield Wire(Context(settings, store, fetcher, random=lambda: 0.0), outlets, redis)
        fetcher.close()
        store.close()


@pytest.fixture(scope="module")
def polled(wire: Wire) -> Polled:
    """Every feed polled while it misbehaves, and then once more after its outlet has come to its senses."""
    for coding in ("gzip", "deflate", "br", "zstd"):
        bomb(coding)
    badly = wire.all(16)
    wire.outlets.good = True
    wire.forget_hosts()
    well = wire.all(4)
    return Polled(badly, well)


@each_feed
def test_each_way_ends_in_its_own_outcome(polled: Polled, name: str) -> None:
    way, ended = WAYS[name], polled.badly[name]
    late = way.ends == Outcome.TOO_LARGE and ended.outcome == Outcome.TIMEOUT  # on a machine with much else to do
    if not late:
        assert (ended.outcome, way.says in ended.error) == (way.ends, True), ended.error
    assert ended.error.isprintable()
    assert len(ended.error) < 500
    assert bool(ended.error) == (way.ends != "ok")
    assert ended.seconds < SECONDS


@each_feed
def test_good_entries_beside_bad_ones_are_found(polled: Polled, name: str) -> None:
    assert len(polled.badly[name].entries) >= WAYS[name].entries


@each_feed
def test_the_feed_stays_in_due_and_its_entries_come_once_it_answers_well(wire: Wire, polled: Polled, name: str) -> None:
    assert polled.badly[name].due
    well = polled.well[name]
    assert (well.outcome, well.error, well.due) == ("ok", "", True)
    assert well.entries == set(wire.outlets.articles(name))


@each_page
def test_a_page_that_is_none_is_told_and_tried_again_and_then_published(wire: Wire, polled: Polled, name: str) -> None:
    way = WAYS[name]
    assert wire.poll(name).outcome == "ok"
    wire.outlets.good = False
    try:
        said = wire.page(name, 0)
    finally:
        wire.outlets.good = True
    assert way.says in said
    assert said.startswith(("again in", "to be fetched again", "dead"))
    entry = article_id(wire.outlets.articles(name)[0])
    if said.startswith("dead: ExtractFailed"):
        assert wire.store.is_dead(entry), "the same bytes give the same answer: kept with its reason for a person"
        return
    if said.startswith("dead"):
        wire.store.revive([entry])
    wire.forget_hosts()
    assert wire.page(name, 0).startswith("created")
