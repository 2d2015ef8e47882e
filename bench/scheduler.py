"""What a poll costs the scheduler and the store while 100 to 100,000 feeds stand in `due`, and what grows with them.

    python bench/scheduler.py [--feeds 100 1000 10000 100000] [--polls 4000]

A real Valkey for each size, with what it holds of feeds that were polled for weeks. The scheduler is the real one; the
worker is this process, which takes its messages from the Celery queue, starts the work and reschedules it, and fetches
nothing. All feeds are due all the time, which is the worst that can be. CPU is that of each process, user and system;
wall is the time from lease to the next poll's place in `due`, one after the other, in the quickest tenth of the ticks,
and tells of a quiet machine alone.

Below that, for each size: reading the configuration, putting the feeds into `due` at the start, and what `teletipo
status` asks of the store; memory is what the process and the store hold more than before. Exits with 1 where the
CPU of a poll with the most feeds is GOAL times that with the fewest, or more.
"""

import argparse
import base64
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from redis import Redis

from ingest.settings import Settings, load
from ingest.store import EmbeddedServer, Heartbeat, Lease, Store, open_store
from workers.app import make_app
from workers.scheduler import Scheduler

GOAL = 1.3
WARM = 300
"""Polls that are not measured."""

HOUR = 3600.0

STATE: dict[Any, Any] = {
    "etag": '"5f2b8c9d0e1f2a3b"', "last_modified": "Tue, 03 Nov 2026 16:30:00 GMT", "body_hash": "0123456789abcdef" * 4,
    "polls": 1200, "last_poll": 1_795_000_000.123, "last_ok": 1_795_000_000.123, "status": 200, "outcome": "ok",
    "error": "",
    "failures": 0, "entries": 20, "claimed": "0123456789abcdef 1123456789abcdef", "interval": 1800.0, "why": "rhythm",
    "ttl": 0.0, "fresh_for": 0.0, "whole": 1_795_000_000.123, "lies": 0, "address": "", "moving_to": "", "moves": 0,
    "moving_since": 0.0,
    "rhythm": "[12.5,604800.0,1.2,0.8,[1,0,0,0,0,1,2,3,4,5,4,3,4,4,3,2,1,1,2,1,1,0,0,0],[9,8,8,7,8,3,2]]",
}  # fmt: skip
"""As `refresh_feed` saves it."""

ROLL = bytes(range(256)) * 4
"""Of 25 entries, about."""


class Cost(NamedTuple):
    """Of a poll, in microseconds. scheduler: leasing and sending; worker: starting and rescheduling; store: all of it;
    wall: the two one after the other."""

    scheduler: float
    worker: float
    store: float
    wall: float

    @property
    def cpu(self) -> float:
        return self.scheduler + self.worker + self.store


class Growing(NamedTuple):
    """What grows with the number of feeds: seconds of CPU of this process, and bytes a feed."""

    load: float
    sync: float
    sync_again: float
    states: float
    source_of: float
    process_bytes: float
    store_bytes: float


def measure(folder: Path, feeds: int, polls: int) -> tuple[Cost, Growing]:
    settings, load_seconds, held = configured(folder / "config", feeds)
    with EmbeddedServer(folder / "data", 0) as server:
        store = open_store(server.url)
        scheduler = Scheduler(settings, store, make_app(settings, server.url))
        empty = _used(store)
        sync = _seconds(scheduler.sync_feeds)
        remember(store, list(settings.feeds))
        full = _used(store)
        again = _seconds(scheduler.sync_feeds)
        states = _seconds(lambda: store.feed_states(list(settings.feeds)))
        hosts = [f"https://outlet-{number}.example/news/1" for number in range(0, feeds, max(1, feeds // 50))]
        settings.source_of(hosts[0])  # which makes the index
        asked = _seconds(lambda: [settings.source_of(url) for url in hosts]) / len(hosts)
        assert server.process
        cost = polled(scheduler, store, psutil.Process(server.process.pid), polls)
    return cost, Growing(load_seconds, sync, again, states, asked, held / feeds, (full - empty) / feeds)


def configured(folder: Path, feeds: int) -> tuple[Settings, float, int]:
    """Settings with so many sources of one feed each, read from files; the seconds that took, and the bytes."""
    (folder / "sources").mkdir(parents=True)
    (folder / "teletipo.toml").write_text("")
    for number in range(feeds):
        base = f"https://outlet-{number}.example"
        (folder / "sources" / f"outlet-{number}.toml").write_text(
            f'id = "outlet-{number}"\nname = "Outlet {number}"\nhomepage = "{base}/"\nlanguage = "en"\ncountry = "VE"\n'
            f'timezone = "America/Caracas"\nfeeds = ["{base}/feed"]\ntags = ["independent", "newspaper"]\n'
        )
    before, began = psutil.Process().memory_info().rss, time.process_time()
    settings = load(folder, folder.parent / "data", {})
    assert len(settings.feeds) == feeds
    return settings, time.process_time() - began, psutil.Process().memory_info().rss - before


def remember(store: Store, feed_ids: Sequence[str]) -> None:
    """The state of feeds that were polled before."""
    redis = Redis.from_url(store.url)
    with redis.pipeline(transaction=False) as pipeline:
        for number, feed_id in enumerate(feed_ids):
            pipeline.hset(store.keys.feed(feed_id), mapping=STATE)
            pipeline.set(store.keys.roll(feed_id), ROLL)
            if number % 1000 == 999:
                pipeline.execute()
        pipeline.execute()


def polled(scheduler: Scheduler, store: Store, server: psutil.Process, polls: int) -> Cost:
    """So many polls by the scheduler and a worker that fetches nothing."""
    heartbeat = Heartbeat(name="bench", kind="fetch", host="bench", pid=1, slots=16, started=time.time())
    redis, queue = Redis.from_url(store.url), f"{store.keys.celery}fetch"
    done, spent, walls, used = 0, [0.0, 0.0], list[float](), 0.0
    while done < WARM + polls:
        if done < WARM:
            spent, walls, used, warm = [0.0, 0.0], [], _cpu(server), done
        store.beat(heartbeat)
        began, before = time.perf_counter(), time.process_time()
        scheduler.tick()
        middle = time.process_time()
        messages: Any = redis.lpop(queue, 1000) or ()
        for message in messages:
            member, _, token = json.loads(base64.b64decode(json.loads(message)["body"]))[0]
            held = store.start(Lease(member=member, queue="fetch", token=token), 60.0)
            assert held
            store.finish_poll(held, 0.0, STATE)
        done += len(messages)
        spent[0] += middle - before
        spent[1] += time.process_time() - middle
        walls.append((time.perf_counter() - began) / max(len(messages), 1))
    measured, wall = done - warm, sorted(walls)[len(walls) // 10]
    stored = _cpu(server) - used
    scheduling, working, storing = (1e6 * seconds / measured for seconds in (*spent, stored))
    return Cost(scheduling, working, storing, 1e6 * wall)


def _used(store: Store) -> int:
    return int(store._redis.info("memory")["used_memory"])


def _cpu(process: psutil.Process) -> float:
    used = process.cpu_times()
    return used.user + used.system


def _seconds(call: Callable[[], object]) -> float:
    """Of CPU, as the machine may be busy otherwise."""
    began = time.process_time()
    call()
    return time.process_time() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--feeds", type=int, nargs="+", default=[100, 1000, 10_000, 100_000])
    parser.add_argument("--polls", type=int, default=4000)
    options = parser.parse_args()
    costs: list[Cost] = []
    print("   feeds  scheduler   worker    store  all CPU     wall  (microseconds a poll)", flush=True)
    table = []
    for feeds in options.feeds:
        with tempfile.TemporaryDirectory() as folder:
            cost, growing = measure(Path(folder), feeds, options.polls)
        costs.append(cost)
        table.append((feeds, growing))
        figures = (cost.scheduler, cost.worker, cost.store, cost.cpu, cost.wall)
        print(f"{feeds:8} " + "".join(f"{figure:9.0f}" for figure in figures), flush=True)
    print("\n   feeds    load s  sync s  again s  states s  source_of us  process B/feed  store B/feed")
    for feeds, each in table:
        print(
            f"{feeds:8}{each.load:10.2f}{each.sync:8.2f}{each.sync_again:9.2f}{each.states:10.2f}"
            f"{1e6 * each.source_of:14.1f}{each.process_bytes:16.0f}{each.store_bytes:14.0f}"
        )
    ratios = costs[-1].cpu / costs[0].cpu, costs[-1].wall / costs[0].wall
    holds = ratios[0] < GOAL
    said = f"{options.feeds[-1]:,} feeds against {options.feeds[0]:,}: CPU x {ratios[0]:.2f}, wall x {ratios[1]:.2f}"
    print(f"\n{'PASS' if holds else 'FAIL'}  a poll with {said} (goal for CPU: below {GOAL})")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
