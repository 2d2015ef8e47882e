"""Deliveries per second of `subscribe`, decoded and acknowledged, beside a bare redis-py XREADGROUP loop.

    python bench/subscribe.py [--articles 4000]

Both read the same queue in groups of their own, in turn; the medians are told, that of the ratios of two neighbours
too, since a machine is not equally busy all the time. The bare loop reads entries in batches of the same size and
acknowledges each batch; it neither fetches nor decodes an article. Goal: at least half of its rate. The processor time
of the store is the other half of the price, which all who use the store share.
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
ROUNDS = 9
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


def store_seconds(url: str) -> float:
    """Processor time that the store has used so far."""
    redis: Any = Redis.from_url(url, protocol=2)
    used = redis.info("cpu")
    redis.close()
    return float(used["used_cpu_user"] + used["used_cpu_sys"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=4_000)
    count = parser.parse_args().articles
    rates: dict[str, list[float]] = {"bare": [], "subscribe": [], "store": []}
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder), 0) as server:
        store = open_store(server.url)
        publish(store, count)
        for number in range(ROUNDS):
            rates["bare"].append(bare(server.url, store.keys.queue("all"), f"bare{number}", count))
            before = store_seconds(server.url)
            rates["subscribe"].append(ours(store, f"ours{number}", count))
            rates["store"].append(1e6 * (store_seconds(server.url) - before) / count)
        store.close()
    plain, decoded, spent = (statistics.median(rates[name]) for name in ("bare", "subscribe", "store"))
    ratio = statistics.median(ours / bare for ours, bare in zip(rates["subscribe"], rates["bare"], strict=True))
    print(f"bare XREADGROUP loop   {plain:9,.0f} entries a second")
    print(f"subscribe              {decoded:9,.0f} deliveries a second, decoded and acknowledged")
    print(f"ratio                  {ratio:9.2f}   goal: over {GOAL}")
    print(f"the store's part       {spent:9.1f} us of processor time for each delivery")
    return 0


if __name__ == "__main__":
    sys.exit(main())
