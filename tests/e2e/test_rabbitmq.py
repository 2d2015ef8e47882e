"""The whole way with RabbitMQ as the broker: `due` is in the store as ever, messages go another way."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery

from tests.conftest import config_folder
from tests.e2e.newswire import QUICK, Newswire, kind_of, publish_articles, published, until
from tests.e2e.rabbitmq import RabbitMQ, binary
from workers.demo.outlet import Outlet

pytestmark = pytest.mark.slow

ARTICLES = 30

REACHABLE = os.environ.get("TELETIPO_TEST_AMQP", "")
"""The address of a RabbitMQ to use instead, whose queues of teletipo's names are the tests' own."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    if not binary():
        pytest.skip("no rabbitmq-server is installed here")
    with RabbitMQ(tmp_path_factory.mktemp("broker") / "rabbitmq") as running:
        yield running


@pytest.fixture(scope="module")
def broker_url(request: pytest.FixtureRequest) -> str:
    return REACHABLE or str(request.getfixturevalue("broker").url)


def start(tmp_path: Path, outlet: Outlet, broker_url: str) -> Newswire:
    config = config_folder(tmp_path / "config", outlet.url, main=QUICK)
    wire = Newswire(config, tmp_path / "data", environ={"TELETIPO_BROKER__URL": broker_url})
    wire.start()
    return wire


def test_every_article_is_published_once_though_workers_are_killed(
    tmp_path: Path, outlet: Outlet, broker_url: str
) -> None:
    urls = publish_articles(outlet, ARTICLES, delay=0.3)
    with start(tmp_path, outlet, broker_url) as wire:
        store = wire.store()
        until(lambda: len(store.alive()) == 5)
        until(lambda: published(store).total() >= 3)
        for kind in ("fetch", "process"):
            next(process for process in wire.children() if kind_of(process, store) == kind).kill()
        until(lambda: set(published(store)) == set(urls))
        until(lambda: store.due_counts() == {"fetch": 1, "process": 0})  # the feed alone
        assert published(store) == dict.fromkeys(urls, 1)
        assert store.dead_count() == 0
        assert wire.stop() == [0]
    with Celery(broker=broker_url, set_as_current=False).connection() as connection:  # others may use the broker too
        for name in ("teletipo:fetch", "teletipo:process"):
            assert connection.default_channel.queue_declare(name, passive=True).consumer_count == 0


def test_a_broker_that_is_restarted_on_the_way_costs_nothing(tmp_path: Path, outlet: Outlet, broker: RabbitMQ) -> None:
    urls = publish_articles(outlet, ARTICLES, delay=0.5)
    with start(tmp_path, outlet, broker.url) as wire:
        store = wire.store()
        until(lambda: published(store).total() >= 3)
        broker.stop()
        assert published(store).total() < ARTICLES
        broker.start()
        until(lambda: set(published(store)) == set(urls))
        assert published(store) == dict.fromkeys(urls, 1)
        assert wire.stop() == [0]
