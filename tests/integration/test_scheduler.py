"""What a scheduler hands to Celery, and in which order: looks at published pages come last."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.settings import Settings, load
from ingest.store import EmbeddedServer, Heartbeat, Store
from tests.conftest import config_folder
from tests.integration.making import claimed
from workers.app import make_app
from workers.scheduler import Scheduler

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
