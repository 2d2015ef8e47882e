"""The index of fingerprints as it grows: what a lookup takes and an article costs, beside datasketch in the same run.

    python bench/fingerprints.py [--articles 100000] [--peer 30000] [--commits 200]

For each of SIZES a store of its own is filled with so many articles of bench/made_up.py, as if they had come evenly
over the ninety days that fingerprints are kept, and real commits are made on top. A line for each size:

    lookup      ms: what finding candidates takes the server in a commit, here of features that nobody has, which takes
                longest: median and 99th percentile
    commit      ms: the same for all of a commit, median: without features; of an article like no other; of a copy when
                its candidates are asked for, and when it is published
    caller      ms: an article like no other, as its caller sees it, median; and the server's CPU for it, with all that
                it does for a round trip
    an article  bytes: fingerprints; what copies need beside them (fields of identities, links, clusters); their sum;
                and what its identity takes anyway

datasketch's MinHashLSH with its Redis storage, as it comes, for a Jaccard of a half: `query` finds, `insert` adds, and
what commit does is both. It needs a round trip for each band and 5.6 kB an article, so it is measured up to --peer;
where it is not installed (requirements-peers.lock has it) that is said. A million articles (--articles 1000000) take
eight minutes of the server's CPU and 0.9 GB.
"""

import argparse
import sys
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
from redis import Redis

from bench.indexing import BATCH, Commits, Index, Took, empty_server, timed, used
from bench.made_up import ids, values
from ingest.store import EmbeddedServer

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
LOOKUP_MS, BYTES = 1.0, 1000
"""The goals."""

HEAD = """
           ------ lookup -------  ---------- commit ----------  ----- new -----  ---- bytes an article -----
 articles  tables  median    p99   plain    new  asked    copy   caller     cpu   prints copies   sum   else"""
PEERS_HEAD = """
datasketch           query: server  caller     cpu  insert: server  caller     cpu  bytes an article"""


class Figures(NamedTuple):
    """lookup, caller: ms, see above. size: bytes an article."""

    lookup: float
    caller: float
    size: float


def ours(articles: int, times: int) -> Figures:
    """Measure at this size and print its line."""
    with empty_server() as running:
        index = Index(running.url, articles)
        cost, commits = index.fill(), Commits(index, times)
        tables, lookup, plain, new = index.tables(), commits.lookup(), commits.without_features(), commits.new()
        asked, copy = commits.copies()
    size = cost.fingerprints + cost.for_copies
    print(
        f"{articles:9,}{tables:8}{lookup.server:8.2f}{lookup.most:7.2f}{plain.server:8.2f}{new.server:7.2f}"
        f"{asked.server:7.2f}{copy.server:8.2f}{new.caller:9.2f}{new.cpu:8.2f}"
        f"{cost.fingerprints:8.0f}{cost.for_copies:7.0f}{size:6.0f}{cost.identities:7.0f}",
        flush=True,
    )
    return Figures(lookup.server, new.caller, size)


# ── datasketch ──


class Peer:
    """MinHashLSH of datasketch as it comes, with its Redis storage, for a Jaccard of a half."""

    def __init__(self, server: EmbeddedServer) -> None:
        from datasketch import MinHash, MinHashLSH

        self._blank = MinHash()
        self._redis: Any = Redis.from_url(server.url)
        where = {"type": "redis", "basename": b"bench", "redis": {"host": "127.0.0.1", "port": server.port}}
        self._index = MinHashLSH(threshold=0.5, storage_config=where)

    def fill(self, articles: int) -> float:
        """Bytes an article."""
        before = used(self._redis)
        for start in range(0, articles, 10 * BATCH):
            with self._index.insertion_session(buffer_size=BATCH) as session:
                for name, signature in self._signatures(start, min(10 * BATCH, articles - start)):
                    session.insert(name, signature, check_duplication=False)
        return (used(self._redis) - before) / articles

    def _signatures(self, start: int, count: int) -> Iterator[tuple[str, Any]]:
        numbers = np.arange(start, start + count, dtype=np.uint64)
        found = (values(numbers, self._blank.num_perm) >> np.uint64(32)).astype(self._blank.hashvalues.dtype)
        for name, row in zip(ids(numbers), found, strict=True):
            signature = self._blank.copy()
            signature.hashvalues = row
            yield name, signature

    def query(self, start: int, times: int) -> Took:
        return timed(self._redis, [partial(self._index.query, each) for _, each in self._signatures(start, times)])

    def insert(self, start: int, times: int) -> Took:
        pairs = self._signatures(start, times)
        return timed(self._redis, [partial(self._index.insert, name, each) for name, each in pairs])


def theirs(articles: int, times: int) -> Figures:
    """Measure datasketch at this size and print its line."""
    with empty_server() as running:
        peer = Peer(running)
        size = peer.fill(articles)
        query, insert = (call(10 * articles, times) for call in (peer.query, peer.insert))
    print(f"{articles:9,}{_line(query):>33}{_line(insert):>30}{size:18.0f}", flush=True)
    return Figures(query.server, query.caller + insert.caller, size)


def _line(took: Took) -> str:
    return f"{took.server:.2f}{took.caller:8.2f}{took.cpu:8.2f}"


def sizes(most: int) -> list[int]:
    return [size for size in SIZES if size <= most] or [most]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000, help="the largest size")
    parser.add_argument("--peer", type=int, default=30_000, help="the largest size for datasketch")
    parser.add_argument("--commits", type=int, default=200, help="how many are timed of each kind")
    asked = parser.parse_args()
    print(HEAD)
    found = {size: ours(size, asked.commits) for size in sizes(asked.articles)}
    last = found[max(found)]
    print(
        f"lookup {last.lookup:.2f} ms, goal: under {LOOKUP_MS}; {last.size:.0f} bytes an article, goal: under {BYTES}"
    )
    if find_spec("datasketch") is None:
        print("datasketch is not installed: requirements-peers.lock has it")
    else:
        print(PEERS_HEAD)
        peer = {size: theirs(size, asked.commits) for size in sizes(asked.peer)}
        both = max(found.keys() & peer.keys())
        ratio = [their / our for their, our in zip(peer[both], found[both], strict=True)]
        print(f"to ours at {both:,}: {ratio[0]:.1f} of the server's time to find, ", end="")
        print(f"{ratio[1]:.1f} of the caller's to find and add, {ratio[2]:.1f} of the bytes")
    return 0 if last.lookup < LOOKUP_MS and last.size < BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
