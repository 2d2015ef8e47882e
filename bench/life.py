"""What it costs to write down an article's life: memory in the store, and time of claim + advance + commit.

    python bench/life.py [--articles 4000]

Its peer is the same store, whose scripts write no life, in the same run and in turns. The time is that of the calls as
a worker sees them; what the store's own statistics say of the scripts alone is told beside it.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from redis import Redis

from bench.filters import article
from ingest.models import Article, Entry, Page
from ingest.store import Claim, EmbeddedServer, Lease, QueueName, Store, open_store

GOAL_BYTES, GOAL_SHARE = 500, 0.05
BLOCK = 20
"""Articles between two turns."""
BODY = b"<html>" + bytes(range(256)) * 100
FEED = "outlet:5d41402a"

Spent = dict[str, float]


def without_life(store: Store) -> Store:
    """The same store, whose scripts tell nothing."""
    redis, kept = store._redis, Path(sys.modules[Store.__module__].__file__ or "").parent / "lib_life.lua"
    told, silent = kept.read_text(), "local function tell() end"
    for name, script in store._scripts.items():
        source = script.script.decode() if isinstance(script.script, bytes) else script.script
        if told in source and name != kept.stem:
            store._scripts[name] = redis.register_script(_quiet(source.replace(told, silent)))
    return store


def _quiet(source: str) -> str:
    """Without the lines that only give a life its end."""
    return "\n".join(
        line for line in source.split("\n") if "PERSIST', KEYS[8]" not in line and "EXPIRE', life" not in line
    )


class Bench:
    """One store, and what it took in each block: seconds of its calls, and of its scripts alone."""

    def __init__(self, store: Store, redis: Any) -> None:
        self.store, self._redis = store, redis
        self.calls: list[float] = []
        self.scripts: list[float] = []

    def take(self, articles: Sequence[Article]) -> None:
        """Claim, advance and commit these articles; only these three are measured."""
        spent: Spent = defaultdict(float)
        entries = [Entry(url=each.url, title=each.title, summary=each.title * 3) for each in articles]
        claims = [Claim(entry, each.source, FEED) for entry, each in zip(entries, articles, strict=True)]
        self._measured(spent, lambda: self.store.claim(claims))
        held, now = self._started("fetch", entries), datetime.now(UTC)
        pages = [Page(url=each.url, body=BODY, fetched=now, status=200, elapsed=0.4) for each in articles]
        self._measured(spent, lambda: self._advance(held, pages))
        held = self._started("process", entries)
        self._measured(
            spent, lambda: [self.store.commit(lease, each, ["all"]) for lease, each in zip(held, articles, strict=True)]
        )
        self.calls.append(spent["calls"] / len(articles))
        self.scripts.append(spent["scripts"] / len(articles))

    def _started(self, queue: QueueName, entries: Sequence[Entry]) -> list[Lease]:
        leases = {lease.id: lease for lease in self.store.lease(queue, 60, 2 * len(entries))}
        found = [self.store.start(leases[entry.id], 60) for entry in entries]
        return [lease for lease in found if lease]

    def _advance(self, held: Sequence[Lease], pages: Sequence[Page]) -> None:
        for lease, page in zip(held, pages, strict=True):
            self.store.advance(lease, page)

    def _measured(self, spent: Spent, call: Callable[[], object]) -> None:
        before, start = self._script_seconds(), time.perf_counter()
        call()
        spent["calls"] += time.perf_counter() - start
        spent["scripts"] += self._script_seconds() - before

    def _script_seconds(self) -> float:
        return float(self._redis.info("commandstats").get("cmdstat_evalsha", {}).get("usec", 0)) / 1e6


def memory(redis: Any, prefix: str, articles: int) -> float:
    """Bytes that the store gives back for each article when its lives are taken away."""
    before = redis.info("memory")["used_memory"]
    keys = list(redis.scan_iter(f"{prefix}life:*", count=10_000))
    for start in range(0, len(keys), 1000):
        redis.delete(*keys[start : start + 1000])
    return float(before - redis.info("memory")["used_memory"]) / articles


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--articles", type=int, default=4000)
    count = asked.parse_args().articles
    made = [article(number) for number in range(count)]
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder), 0) as server:
        redis = Redis.from_url(server.url, protocol=2)
        told = Bench(open_store(server.url, "told:"), redis)
        silent = Bench(without_life(open_store(server.url, "silent:")), redis)
        for number, start in enumerate(range(0, count, BLOCK)):
            for bench in (told, silent) if number % 2 else (silent, told):
                bench.take(made[start : start + BLOCK])
        life = redis.lrange(f"told:life:{made[0].id}", 0, -1)
        bytes_each = memory(redis, "told:", count)
        left = list(redis.scan_iter("silent:life:*"))
    assert len(life) == 3 and not left, (life, left[:1])
    return _report(told, silent, bytes_each, sum(map(len, life)))


def _more(told: Sequence[float], silent: Sequence[float]) -> float:
    """How much more it took, by blocks that came one after the other: other programs disturb both alike."""
    return statistics.median(one / other for one, other in zip(told, silent, strict=True)) - 1


def _report(told: Bench, silent: Bench, bytes_each: float, written: int) -> int:
    share, in_store = _more(told.calls, silent.calls), _more(told.scripts, silent.scripts)
    calls, scripts = (1e6 * statistics.median(each) for each in (told.calls, told.scripts))
    good = bytes_each < GOAL_BYTES and share < GOAL_SHARE
    print(
        f"memory of a life         {bytes_each:5.0f} B an article, {written} B of them its words (goal: {GOAL_BYTES} B)"
    )
    print(f"claim + advance + commit {calls:5.0f} µs an article, {share:+.1%} for its life (goal: +{GOAL_SHARE:.0%})")
    print(f"of which in the store    {scripts:5.0f} µs an article, {in_store:+.1%} for its life")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
