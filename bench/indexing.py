"""A store filled with made-up articles as commit fills it, by the scripts' own functions, and real commits on top.

    empty_server ─► Index.fill: bytes an article ─► Index.lookup, Commits: what each takes the server and its caller

The server is the bench's own. Its append-only file is off, and so is all that it does on its own.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import psutil
from redis import Redis

import ingest.store
from bench.made_up import Made, made
from ingest.dedupe import VERSION
from ingest.models import Article
from ingest.store import Case, Committed, EmbeddedServer, Lease, Verdict, open_store
from ingest.store.base import days_ms
from tests.integration.making import article, text, to_process

KEPT_DAYS = 90.0
BATCH = 500
WORDS = 600

# What commit does with features, of many articles at once, and nothing else.
IDENTITIES = """
for index = 2, #ARGV do
  redis.call('HSET', ARGV[1] .. 'identity:' .. ARGV[index], 'revision', 1, 'content', ARGV[index], 'owner', ARGV[index])
end
"""
FOR_COPIES = """
for index = 2, #ARGV, 4 do
  local id, source, sorted, original = ARGV[index], ARGV[index + 1], ARGV[index + 2], ARGV[index + 3]
  redis.call('HSET', ARGV[1] .. 'identity:' .. id, 'source', source, 'sorted', sorted, 'guid', id, 'queues', 'all')
  if original ~= '' then link(ARGV[1], id, {[original] = 'same'}) end
end
"""
FINGERPRINTS = """
local prefix, life = ARGV[1], tonumber(ARGV[2])
local tables = tables_of(KEYS[1], life, tonumber(ARGV[3]))
for index = 3, #ARGV, 4 do
  local now, id, alike, features, owners = tonumber(ARGV[index]), ARGV[index + 1], ARGV[index + 2], {}, {}
  for start = 1, #ARGV[index + 3], 8 do
    table.insert(features, string.sub(ARGV[index + 3], start, start + 7))
    table.insert(owners, {})
  end
  if alike == '1' then owners = owners_of(tables, features) end
  local copied = cluster_of(prefix, id)
  local function is_mate(other) return copied and cluster_of(prefix, other) == copied end
  remember(KEYS[1], tables, features, owners, id, is_mate, life, now)
end
"""
LOOKUP = """
local time = redis.call('TIME')
owners_of(tables_of(KEYS[1], tonumber(ARGV[1]), time[1] * 1000), {unpack(ARGV, 2)})
"""


@contextmanager
def empty_server() -> Iterator[EmbeddedServer]:
    """A server that does nothing on its own."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder), 0) as running:
        redis = Redis.from_url(running.url)
        redis.config_set("appendonly", "no")
        redis.config_set("activedefrag", "no")
        redis.close()
        yield running


def used(redis: Any) -> int:
    """Bytes that the server holds, without the buffers of any connection."""
    redis.client_kill_filter(_type="normal", skipme=True)
    redis.connection_pool.disconnect()
    time.sleep(0.3)
    return int(redis.info("memory")["used_memory"])


class Took(NamedTuple):
    """Milliseconds a call: the server's at its commands, median and 99th percentile; the caller's, median; the CPU of
    the server, reading, answering and all."""

    server: float
    most: float
    caller: float
    cpu: float


def timed(redis: Any, calls: Sequence[Callable[[], object]], command: str = "") -> Took:
    """Make these calls. Counted is what the server spends on this command; on each, where a call is many commands: then
    it is the sum of their medians, as a machine that is busy otherwise spoils an average."""
    server = psutil.Process(int(redis.info("server")["process_id"]))
    redis.config_resetstat()
    before, taken = _cpu(server), []
    for call in calls:
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    cpu = _cpu(server) - before
    times = {name.removeprefix("cmdstat_"): each["calls"] for name, each in redis.info("commandstats").items()}
    spent = [
        (each["p50"] * times[name], each["p99"] * times[name])
        for name, each in _percentiles(redis.info("latencystats"))
        if name == command or not (command or name in {"config|resetstat", "info"})
    ]
    middle, most = (sum(column) / len(calls) / 1000 for column in zip(*spent, strict=True))
    return Took(middle, most, median(taken) * 1000, cpu / len(calls) * 1000)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _percentiles(stats: dict[str, Any]) -> Iterator[tuple[str, dict[str, float]]]:
    start = "latency_percentiles_usec_"
    return ((name.removeprefix(start), each) for name, each in stats.items() if name.startswith(start))


class Cost(NamedTuple):
    """Bytes an article."""

    fingerprints: float
    for_copies: float
    identities: float


class Index:
    """A store that is filled with so many articles, as commit fills it, in the ninety days before now."""

    def __init__(self, url: str, articles: int) -> None:
        self.redis: Any = Redis.from_url(url)
        self.store = open_store(url, "bench:")
        self.articles = articles
        self._began = self.store.now_ms() - days_ms(KEPT_DAYS)
        self._registry = self.store.keys.fingerprints(VERSION)

    def fill(self) -> Cost:
        for_each = partial(self._cost, self._script(FINGERPRINTS))
        identities = self._cost(self._script(IDENTITIES), lambda _, one: (one.id,))
        for_copies = self._cost(self._script(FOR_COPIES), lambda now, one: (one.id, one.source, now, one.original))
        fingerprints = for_each(lambda now, one: (now, one.id, int(one.alike), one.features), days_ms(KEPT_DAYS))
        return Cost(fingerprints, for_copies, identities)

    def _script(self, body: str) -> Any:
        """This script, with all that commit has."""
        folder = Path(ingest.store.__file__).parent
        parts = [(folder / f"lib_{name}.lua").read_text() for name in ("fingerprints", "clusters")]
        return self.redis.register_script("\n".join((*parts, body)))

    def _cost(self, script: Any, of: Callable[[int, Made], Sequence[object]], *first: object) -> float:
        """Run the script for every article, many at a time, with what it needs of each."""
        before = used(self.redis)
        for start in range(0, self.articles, BATCH):
            batch = enumerate(made(start, min(BATCH, self.articles - start)), start)
            needed = [part for number, one in batch for part in of(self._moment(number), one)]
            script([self._registry], [self.store.keys.prefix, *first, *needed])
        return (used(self.redis) - before) / self.articles

    def _moment(self, number: int) -> int:
        return self._began + days_ms(KEPT_DAYS) * number // self.articles

    def lookup(self, cases: Sequence[Case]) -> Took:
        """What commit does to find candidates, and nothing else."""
        script = self._script(LOOKUP)
        calls = [[days_ms(KEPT_DAYS), *case.minima, *case.paragraphs] for case in cases]
        return timed(self.redis, [partial(script, [self._registry], arguments) for arguments in calls], "evalsha")

    def tables(self) -> int:
        return int(self.redis.hlen(self._registry)) // 2


class Work(NamedTuple):
    """An article that is about to be committed."""

    lease: Lease
    article: Article
    case: Case


def _judged(work: Work, committed: Committed) -> Work:
    verdicts: dict[str, tuple[Verdict, int]] = {
        each.id: ("same" if each.minima > 3 else "", each.revision) for each in committed.candidates
    }
    return work._replace(case=work.case._replace(judged=verdicts))


class Commits:
    """Real commits on top of what an index is filled with."""

    def __init__(self, index: Index, times: int) -> None:
        self._index, self._times, self._last = index, times, 10 * index.articles

    def lookup(self) -> Took:
        """Of articles like no other: all tables are looked into, which takes longest. The quickest of five rounds."""
        return min(self._index.lookup(self._new()) for _ in range(5))

    def without_features(self) -> Took:
        return self._timed(self._works([Case()] * self._times), "created")[0]

    def new(self) -> Took:
        return self._timed(self._works(self._new()), "created")[0]

    def copies(self) -> tuple[Took, Took]:
        """Of what was filled in last: asked for candidates, and published."""
        works = self._works(self._cases(self._index.articles - 2 * self._times))
        asked, found = self._timed(works, "candidates")
        judged = [_judged(work, committed) for work, committed in zip(works, found, strict=True)]
        return asked, self._timed(judged, "copy")[0]

    def _new(self) -> list[Case]:
        """Features that nobody has."""
        self._last += 2 * self._times
        return self._cases(self._last)

    def _cases(self, start: int) -> list[Case]:
        return [one.case() for one in made(start, 2 * self._times) if not one.original][: self._times]

    def _works(self, cases: Sequence[Case]) -> list[Work]:
        self._last += 2 * self._times
        works = []
        for number, case in enumerate(cases, self._last):
            of = article(f"https://outlet.example/{number}", text(number, WORDS))
            works.append(Work(to_process(self._index.store, of.url), of, case))
        return works

    def _timed(self, works: Sequence[Work], expected: str) -> tuple[Took, list[Committed]]:
        found: list[Committed] = []

        def commit(work: Work) -> None:
            found.append(self._index.store.commit(work.lease, work.article, ["all"], case=work.case))

        took = timed(self._index.redis, [partial(commit, work) for work in works], "evalsha")
        if wrong := {each.outcome for each in found} - {expected}:
            raise SystemExit(f"broken: instead of {expected} came {wrong}")
        return took, found
