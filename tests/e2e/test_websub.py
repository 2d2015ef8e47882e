"""A hub tells the whole newswire of an entry: published within seconds, though its feed is polled once an hour."""

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.conftest import config_folder
from tests.e2e.newswire import QUICK, Newswire, page, published, until
from tests.hub import Hub, names_hub
from workers.demo.outlet import Headline, Outlet, rss

pytestmark = pytest.mark.slow

OUTSIDE = "https://news.example/wire"
"""Where a reverse proxy would be; the hub of these tests is told what lies behind it."""

HOURLY = "[fetch]\nmin_interval = 3600.0\n"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as running:
        yield running


class Station:
    """A newswire, an outlet whose feed is polled once an hour, and the hub that it names."""

    def __init__(self, tmp_path: Path, outlet: Outlet, hub: Hub) -> None:
        self.outlet, self.hub, self.data = outlet, hub, tmp_path / "data"
        main = f'{QUICK}[websub]\ncallback = "{OUTSIDE}"\n'
        config = config_folder(tmp_path / "config", outlet.url, main=main, source=HOURLY)
        self.wire = Newswire(config, self.data)
        hub.called = self._behind_the_proxy
        outlet.publish("/", "<title>The Outlet</title>")
        outlet.publish("/feed", self.feed_of(self.publish(0)), "application/rss+xml")

    def publish(self, number: int, delay: float = 0.0) -> Headline:
        url = self.outlet.publish(f"/report/{number}", page(number), delay=delay)
        return Headline(url, f"Report {number} from the river")

    def feed_of(self, *headlines: Headline) -> bytes:
        return names_hub(rss("The Outlet", self.outlet.url, headlines), self.hub.url, f"{self.outlet.url}/feed")

    def _behind_the_proxy(self, callback: str) -> str:
        assert callback.startswith(f"{OUTSIDE}/websub/")
        return callback.replace(OUTSIDE, until((self.data / "api.url").read_text, 60).rstrip("/"))

    @property
    def polls(self) -> int:
        return self.outlet.paths().count("/feed")


@pytest.fixture
def station(tmp_path: Path, outlet: Outlet, hub: Hub) -> Iterator[Station]:
    made = Station(tmp_path, outlet, hub)
    with made.wire:
        yield made


def test_what_a_hub_tells_is_published_in_seconds_although_the_feed_is_polled_once_an_hour(station: Station) -> None:
    station.wire.start()
    store = station.wire.store()
    until(lambda: station.hub.subscribers)
    until(lambda: len(published(store)) == 1)
    told = station.publish(1)
    began = time.monotonic()
    assert station.hub.send(station.feed_of(told)) == 202
    until(lambda: published(store)[told.url] == 1, 20)
    assert time.monotonic() - began < 20
    assert station.polls == 1
    (feed,) = json.loads(station.wire.call("status", "--json").stdout)["sources"][0]["feeds"]
    assert (feed["follows"], feed["announced"], feed["refused"]) == (station.hub.url, 1, 0)
    assert feed["hub_until"] > time.time()
    assert f"the feed's hub told of it, before any poll: {station.hub.url}" in station.wire.call("why", told.url).stdout


def test_what_a_hub_heard_was_taken_outlives_the_end_of_every_process(station: Station) -> None:
    station.wire.start()
    store = station.wire.store()
    until(lambda: station.hub.subscribers)
    until(lambda: len(published(store)) == 1)
    told = [station.publish(number, delay=1.0) for number in range(1, 4)]
    assert station.hub.send(station.feed_of(*told)) == 202
    children = station.wire.children()
    station.wire.stop(signal.SIGKILL)
    psutil.wait_procs(children, 20)
    (station.data / "api.url").unlink(missing_ok=True)
    station.wire.start()
    store = until(station.wire.store)
    until(lambda: len(published(store)) == 4, 60)
    assert set(published(store).values()) == {1}
    later = station.publish(4)
    assert station.hub.send(station.feed_of(later)) == 202, "the subscription outlives it too"
    until(lambda: published(store)[later.url] == 1, 20)
