"""What a scheduler hands to Celery, and in which order: looks at published pages come last."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from kombu.exceptions import KombuError
from redis import Redis

from ingest.settings import Settings, load
from ingest.store import EmbeddedServer, Heartbeat, Keys, Lease, Store
from tests.conftest import config_folder
from tests.integration.making import claimed
from workers.app import make_app
from workers.scheduler import Scheduler
from workers.tasks import send

SLOTS = 4


@pytest.fixture
def settings(tmp_path: Path, store: Store) -> Settings:
    main = f'[store]\nprefix = "{store.keys.prefix}"\n'
    return load(config_folder(tmp_path / "config", "https://outlet.example", main=main), tmp_path / "data")


@pytest.fixture
def scheduler(settings: Settings, server: EmbeddedServer, store: Store) -> Iterator[Scheduler]:
    """One that knows of a fetch worker with four threads, which takes nothing."""
    store.beat(Heartbeat(name="fetch-1", kind="fetch", host="here", pid=1, slots=SLOTS, started=0.0))
    app = make_app(settings, server.url)
    yield Scheduler(settings, store, app)
    app.close()


def plan_looks(store: Store, redis: Any, count: int) -> None:
    """So many looks are due."""
    redis.zadd(store.keys.due("watch"), {f"watch:{n:016x}": 1 for n in range(count)})


def claim_pages(store: Store, count: int) -> None:
    """So many pages are due to be fetched."""
    for n in range(count):
        claimed(store, f"https://outlet.example/{n}")


def test_no_more_looks_wait_than_there_are_threads(scheduler: Scheduler, store: Store, redis: Any) -> None:
    plan_looks(store, redis, 3 * SLOTS)
    assert scheduler.tick() == SLOTS
    assert scheduler.depth("fetch") == SLOTS
    assert scheduler.tick() == 0, "nobody took one of them"
    assert store.looks() == (3 * SLOTS, 2 * SLOTS)


def test_looks_wait_where_feeds_and_pages_do(scheduler: Scheduler, store: Store, redis: Any) -> None:
    plan_looks(store, redis, 3 * SLOTS)
    claim_pages(store, SLOTS + 1)
    assert scheduler.tick() == SLOTS + 1
    assert store.looks().due == 3 * SLOTS


def test_looks_never_keep_a_page_from_being_handed_out(scheduler: Scheduler, store: Store, redis: Any) -> None:
    plan_looks(store, redis, 3 * SLOTS)
    scheduler.tick()
    claim_pages(store, 2 * SLOTS)
    assert scheduler.tick() == 2 * SLOTS
    assert scheduler.depth("fetch") == 3 * SLOTS


def leases(count: int) -> list[Lease]:
    return [Lease(member=f"entry:{n:016x}", queue="process", token=str(n)) for n in range(count)]


def test_leases_go_to_the_broker_in_one_piece(server: EmbeddedServer, settings: Settings, sent: list[object]) -> None:
    app = make_app(settings, server.url)
    send(app, leases(1), 60.0)  # declares the queue
    asked = []
    for count in (1, 50):
        sent.clear()
        send(app, leases(count), 60.0)
        asked.append(len(sent))
    app.close()
    assert asked[0] == asked[1]


def test_leases_go_out_again_once_a_broker_that_was_away_is_back(tmp_path: Path, settings: Settings) -> None:
    with EmbeddedServer(tmp_path, 0) as broker:
        url, port = broker.url, urlsplit(broker.url).port or 0
        app = make_app(settings, url)
        send(app, leases(2), 60.0)
    with pytest.raises(KombuError):
        send(app, leases(2), 60.0)
    with EmbeddedServer(tmp_path, port), Redis.from_url(url) as redis:
        before = redis.llen(Keys(settings.store.prefix).celery + "process")
        send(app, leases(3), 60.0)
        assert redis.llen(Keys(settings.store.prefix).celery + "process") == before + 3
    app.close()
