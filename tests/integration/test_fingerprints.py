"""The index of fingerprints: tables that fill, age and expire, and what they cost.

Most tests ask the scripts' own functions with a clock of the test's own, as ninety days are long.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

import ingest.store
from bench.indexing import Index, empty_server
from ingest.dedupe import VERSION
from ingest.models import article_id
from ingest.store import Case, Store
from tests.integration.making import article, to_process

FUNCTIONS = (Path(ingest.store.__file__).parent / "lib_fingerprints.lua").read_text()
REMEMBER = """
local id, life, now, features = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), {unpack(ARGV, 4)}
local tables = tables_of(KEYS[1], life, now)
local function is_known() return false end
remember(KEYS[1], tables, features, owners_of(tables, features), id, is_known, life, now)
"""
OWNERS = """
return owners_of(tables_of(KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])), {unpack(ARGV, 3)})
"""
FULL, LIFE, DAY = 96, 90, 86_400_000
"""Entries of a shard in a table that is full; days that a feature is kept."""
A, B, C = (article_id(f"https://outlet.example/{name}") for name in "abc")


class Fingerprints:
    """An index of the test's own and its clock, which starts now and goes by days."""

    def __init__(self, redis: Any, key: str) -> None:
        self.key, self._redis = key, redis
        self._remember, self._owners = (redis.register_script(FUNCTIONS + body) for body in (REMEMBER, OWNERS))
        self._began = int(redis.time()[0]) * 1000

    def remember(self, owner: str, features: Iterable[bytes], day: float = 0, life: float = LIFE) -> None:
        self._remember([self.key], [owner, round(life * DAY), self.moment(day), *features])

    def owners(self, features: Iterable[bytes], day: float = 0, life: float = LIFE) -> list[list[str]]:
        found = self._owners([self.key], [round(life * DAY), self.moment(day), *features])
        return [[owner.decode() for owner in owners] for owners in found]

    def moment(self, day: float) -> int:
        return self._began + round(day * DAY)

    def bits(self) -> list[int]:
        """Of each table, the oldest first: it has 2^bits shards."""
        said = {int(number): value for number, value in self._said().items() if not number.endswith(b"#")}
        return [int(said[number].split()[0]) for number in sorted(said)]

    def entries(self) -> list[int]:
        said = self._said()
        return [int(said.get(b"%d#" % number, 0)) for number in sorted(int(n) for n in said if not n.endswith(b"#"))]

    def has(self, entries: int) -> None:
        """Have the newest table believe that it has so many."""
        self._redis.hset(self.key, f"{len(self.bits())}#", entries)

    def shards(self, table: int) -> list[bytes]:
        found: list[bytes] = self._redis.keys(f"{self.key}:{table}:*")
        return found

    def _said(self) -> dict[bytes, bytes]:
        said: dict[bytes, bytes] = self._redis.hgetall(self.key)
        return said


@pytest.fixture
def index(store: Store, redis: Any) -> Fingerprints:
    return Fingerprints(redis, store.keys.fingerprints(VERSION))


def features(seed: int, count: int = 28) -> list[bytes]:
    """Features that no other seed has."""
    mixed = ((seed * 10_000 + number) * 0x9E3779B97F4A7C15 % 2**64 for number in range(count))
    return [number.to_bytes(8, "big") for number in mixed]


def commit(store: Store, url: str, of: Sequence[bytes]) -> str:
    case = Case(VERSION, minima=of[:16], paragraphs=of[16:])
    return store.commit(to_process(store, url), article(url), ["all"], case=case).outcome


# ── what is found ──


def test_a_feature_has_the_articles_that_had_it_and_others_have_none(index: Fingerprints) -> None:
    index.remember(A, features(1))
    index.remember(B, [*features(1, 2), *features(2)])
    assert index.owners([*features(1, 3), *features(2, 1), *features(3, 1)]) == [[A, B], [A, B], [A], [B], []]


def test_features_that_differ_by_a_bit_are_two(index: Fingerprints) -> None:
    """In what says which shard, or in what is kept there: the first bytes count only where there are so many shards."""
    feature = features(1, 1)[0]
    others = [bytes((*feature[:at], feature[at] ^ 1, *feature[at + 1 :])) for at in range(3, 8)]
    index.remember(A, [feature])
    index.remember(B, others)
    assert index.owners([feature, *others]) == [[A], *([[B]] * 5)]


def test_any_bytes_are_a_feature_and_any_id_comes_back(index: Fingerprints) -> None:
    ids = ["0" * 16, "f" * 16, "00000000ffffffff", "80000000000000ff"]
    for number, owner in enumerate(ids):
        index.remember(owner, [bytes([number] * 8), b"12345678", b"\xff" * 8])
    assert index.owners([bytes([number] * 8) for number in range(4)]) == [[owner] for owner in ids]
    assert index.owners([b"12345678", b"\xff" * 8]) == [ids, ids]


def test_of_a_line_that_everybody_has_the_last_eight_are_kept(index: Fingerprints) -> None:
    everybody = [article_id(f"https://outlet.example/{number}") for number in range(20)]
    for owner in everybody:
        index.remember(owner, features(1, 1))
    assert index.owners(features(1, 1)) == [everybody[-8:]]


# ── tables ──


def test_a_table_that_is_full_is_followed_by_a_larger_one_and_both_are_looked_into(index: Fingerprints) -> None:
    index.remember(A, features(1))
    (bits,) = index.bits()
    index.has(FULL * 2**bits - 1)
    index.remember(B, features(2))
    assert index.bits() == [bits], "it has room for one more"
    index.remember(C, features(3))
    assert index.bits() == [bits, bits + 3]
    assert index.entries()[1] == len(features(3))
    assert index.owners([*features(1, 1), *features(2, 1), *features(3, 1)]) == [[A], [B], [C]]


def test_a_table_that_was_open_for_a_third_of_the_life_is_followed_by_one_sized_by_it(index: Fingerprints) -> None:
    """With room for half as much again, and no smaller than the first of all."""
    index.remember(A, features(1))
    (smallest,) = index.bits()
    index.remember(B, features(2), day=29)
    assert index.bits() == [smallest], "it is neither old nor full"
    index.has(round(0.9 * FULL * 2**smallest))
    index.remember(B, features(3), day=31)
    assert index.bits() == [smallest, smallest + 1]
    index.has(10)
    index.remember(B, features(4), day=62)
    assert index.bits() == [smallest, smallest + 1, smallest]


def test_what_is_kept_for_good_has_no_age(index: Fingerprints, redis: Any) -> None:
    index.remember(A, features(1), life=0)
    index.remember(B, features(2), day=5000, life=0)
    assert len(index.bits()) == 1
    assert {redis.pttl(shard) for shard in index.shards(1)} == {-1}
    assert index.owners(features(1, 1), day=5000, life=0) == [[A]]


# ── age ──


def test_a_feature_is_found_for_its_life_and_forgotten_with_its_table(index: Fingerprints) -> None:
    index.remember(A, features(1))
    index.remember(B, features(2), day=29.9)
    for day in (60, 90, 119):
        assert index.owners([*features(1, 1), *features(2, 1)], day) == [[A], [B]]
    index.remember(C, features(3), day=119)
    assert index.owners([*features(1, 1), *features(2, 1), *features(3, 1)], day=120) == [[], [], [C]]
    assert len(index.bits()) == 1, "nothing is said of the table that is gone"


def test_shards_expire_when_their_table_does(index: Fingerprints, redis: Any) -> None:
    index.remember(A, features(1))
    index.remember(B, features(2), day=20)
    ends = {redis.pexpiretime(shard) for shard in index.shards(1)}
    assert ends == {index.moment(120)}
    assert len(index.shards(1)) > 28


def test_what_is_seen_again_is_carried_into_the_open_table(index: Fingerprints) -> None:
    """A text that goes on being copied is remembered, with who had it first."""
    index.remember(A, features(1))
    for day in (50, 100, 150, 200):
        index.remember(B, features(1, 10), day)
    assert index.owners(features(1), day=200) == [[A, B]] * 10 + [[]] * 18


# ── in a newswire ──


def test_a_commit_finds_copies_in_every_table(index: Fingerprints, store: Store) -> None:
    for number in range(3):
        assert commit(store, f"https://outlet.example/{number}", features(number)) == "created"
        index.has(FULL * 2 ** index.bits()[-1])
    assert len(index.bits()) == 3
    for number in range(3):
        assert commit(store, f"https://copy.example/{number}", features(number)) == "candidates"
    assert commit(store, "https://copy.example/none", features(9)) == "created"


@pytest.mark.slow
def test_twenty_thousand_articles_take_less_than_a_kilobyte_each() -> None:
    with empty_server() as running:
        cost = Index(running.url, 20_000).fill()
    assert 28 * 8 < cost.fingerprints + cost.for_copies < 1000
