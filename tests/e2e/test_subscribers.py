"""Subscribers as processes, killed while a newswire publishes: nothing is lost, and all of it comes again in time."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.settings import QueueSettings
from ingest.store import Store
from tests.conftest import config_folder
from tests.e2e.newswire import QUICK, Newswire, kind_of, publish_articles, published, until
from workers.demo.outlet import Outlet

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

TAKE_OVER = 2.0
POLL = 2.0
"""How long one read waits; so long after the take-over time may what a dead consumer had in hand come again."""

CONSUMER = """
import os, sys, time
from pathlib import Path
from ingest import connect
data, config, seconds, done = sys.argv[1:]
wire = connect(data=Path(data), config=Path(config))
for delivery in wire.subscribe("all", group="archive", batch=5, take_over_after=float(seconds), max_failures=1000):
    with open(done, "a") as file:
        file.write(f"{time.time()} {os.getpid()} {delivery.failures} {delivery.article.url}\\n")
    time.sleep(0.02)
    delivery.ack()
"""


class Consumers:
    """Processes of one group, each writing down what it is given before it acknowledges it."""

    def __init__(self, folder: Path, wire_config: Path, data: Path) -> None:
        self.done = folder / "done"
        self.done.touch()
        self._arguments = [str(data), str(wire_config), str(TAKE_OVER), str(self.done)]
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", CONSUMER, *self._arguments])
        self.processes.append(process)
        return process

    def stop(self, number: int = signal.SIGTERM) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(number)
            process.wait(20)
        self.processes.clear()

    def told(self) -> list[tuple[float, int, str]]:
        """When, to whom and which article."""
        lines = [line.split() for line in self.done.read_text().splitlines()]
        return [(float(when), int(who), url) for when, who, _, url in lines]

    def counts(self) -> Counter[str]:
        return Counter(url for _, _, url in self.told())


@pytest.fixture
def newswire(outlet: Outlet, tmp_path: Path) -> Iterator[Newswire]:
    config = config_folder(tmp_path / "config", outlet.url, main=QUICK, queues="[queues.all]\n")
    with Newswire(config, tmp_path / "data") as running:
        yield running


@pytest.fixture
def consumers(newswire: Newswire, tmp_path: Path) -> Iterator[Consumers]:
    started = Consumers(tmp_path, tmp_path / "config", tmp_path / "data")
    yield started
    started.stop(signal.SIGKILL)


def owed(store: Store) -> int:
    (group,) = store.groups("all")
    return group.in_hand + group.later + (group.lag or 0)


def test_consumers_that_are_killed_again_and_again_lose_nothing(
    outlet: Outlet, newswire: Newswire, consumers: Consumers
) -> None:
    """The store is killed once as well, while they read."""
    chance = random.Random(4)
    urls = publish_articles(outlet, 150)
    newswire.start()
    store = newswire.store()
    until(lambda: len(store.alive()) == 5)  # from then on there is somebody who starts a store that is killed again
    for _ in range(3):
        consumers.start()
    for turn in range(8):
        time.sleep(0.6)
        victim = chance.choice([process for process in consumers.processes if process.poll() is None])
        victim.kill()
        consumers.start()
        if turn == 4:
            (server,) = (child for child in newswire.children() if kind_of(child, store) == "store")
            os.kill(server.pid, signal.SIGKILL)
    until(lambda: set(published(store)) == set(urls), 90)
    until(lambda: set(consumers.counts()) == set(urls) and owed(store) == 0, 60)
    assert sum(consumers.counts().values()) - len(urls) <= 8 * 5 + 15, "again comes what was in hand, and no more"
    assert store.dead_letters("all", "archive") == []


def test_what_a_killed_consumer_had_in_hand_comes_again_within_the_take_over_time(
    outlet: Outlet, newswire: Newswire, consumers: Consumers
) -> None:
    publish_articles(outlet, 30)
    newswire.start()
    store = newswire.store()
    until(lambda: len(published(store)) == 30, 60)
    victim = consumers.start()
    until(lambda: len(consumers.told()) >= 3)
    victim.kill()
    died = time.time()
    had = [url for _, _, url in consumers.told()]
    consumers.start()
    until(lambda: len(consumers.counts()) == 30 and owed(store) == 0, 60)
    again = [when for when, who, url in consumers.told() if who != victim.pid and url in had[-1:]]
    assert again, "it was at work on this one"
    assert max(again) - died < TAKE_OVER + POLL + 1.5


def test_a_group_that_was_away_while_the_newswire_ran_and_was_restarted_is_given_all_of_it_once(
    outlet: Outlet, newswire: Newswire, consumers: Consumers
) -> None:
    early = publish_articles(outlet, 10)
    newswire.start()
    store = newswire.store()
    consumers.start()
    until(lambda: set(consumers.counts()) == set(early) and owed(store) == 0, 60)
    consumers.stop()
    urls = publish_articles(outlet, 80)
    assert newswire.call("fetch", "outlet").returncode == 0
    until(lambda: len(published(store)) == 80, 90)
    newswire.stop()
    newswire.start()
    store = newswire.store()
    consumers.start()
    until(lambda: set(consumers.counts()) == set(urls) and owed(store) == 0, 60)
    assert max(consumers.counts().values()) == 1, "nothing was in hand when it left, so nothing comes twice"


def test_a_group_that_comes_back_after_the_queue_was_trimmed_is_given_the_rest_from_the_store(
    outlet: Outlet, newswire: Newswire, consumers: Consumers
) -> None:
    """As after a week away from a queue that keeps a day."""
    early = publish_articles(outlet, 10)
    newswire.start()
    store = newswire.store()
    consumers.start()
    until(lambda: set(consumers.counts()) == set(early) and owed(store) == 0, 60)
    consumers.stop()
    urls = publish_articles(outlet, 60)
    assert newswire.call("fetch", "outlet").returncode == 0
    until(lambda: len(published(store)) == 60, 90)
    store.sweep({"all": QueueSettings(keep_entries=7)})
    assert store.queue_length("all") == 7
    consumers.start()
    until(lambda: set(consumers.counts()) == set(urls) and owed(store) == 0, 60)
