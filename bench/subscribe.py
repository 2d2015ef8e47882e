"""Deliveries per second of `subscribe`, decoded and acknowledged, beside a bare redis-py XREADGROUP loop.

    python bench/subscribe.py [--articles 4000]

Both read the same queue in groups of their own, in turn, three times; the median of each is told. The bare loop reads
entries in batches of the same size and acknowledges each batch; it neither fetches nor decodes an article. Goal: at
least half of its rate.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from redis import Redis

from bench.filters import article, leased
from ingest.deliver import Subscription
from ingest.store import EmbeddedServer, Store, open_store

BATCH = 100
ROUNDS = 3
GOAL = 0.5


def publish(store: Store, count: int) -> None:
    """So many articles in the queue `all`."""
    for number in range(count):
        each = article(number)
        assert store.commit(leased(store, each), each, ["all"]).outcome == "created"


def bare(url: str, queue: str, group: str, count: int) -> float:
    """Entries per second of the plain loop."""
    redis: Any = Redis.from_url(url, protocol=2)
    redis.xgroup_create(queue, group, id="0")
    start, seen = time.perf_counter(), 0
    while seen < count:
        answer = redis.xreadgroup(group, "bare", {queue: ">"}, count=BATCH)
        entries = answer[0][1]
        redis.xack(queue, group, *(entry for entry, _ in entries))
        seen += len(entries)
    return count / (time.perf_counter() - start)


def ours(store: Store, group: str, count: int) -> float:
    """Deliveries per second of `subscribe`."""
    start = time.perf_counter()
    for seen, delivery in enumerate(Subscription(store, "all", group, batch=BATCH), start=1):
        assert delivery.article.text
        delivery.ack()
        if seen == count:
            break
    return count / (time.perf_counter() - start)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=4_000)
    count = parser.parse_args().articles
    rates: dict[str, list[float]] = {"bare": [], "subscribe": []}
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder), 0) as server:
        store = open_store(server.url)
        publish(store, count)
        for number in range(ROUNDS):
            rates["bare"].append(bare(server.url, store.keys.queue("all"), f"bare{number}", count))
            rates["subscribe"].append(ours(store, f"ours{number}", count))
    plain, decoded = (statistics.median(rates[name]) for name in ("bare", "subscribe"))
    print(f"bare XREADGROUP loop   {plain:9,.0f} entries a second")
    print(f"subscribe              {decoded:9,.0f} deliveries a second, decoded and acknowledged")
    print(f"ratio                  {decoded / plain:9.2f}   goal: over {GOAL}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
