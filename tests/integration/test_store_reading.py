"""What can be asked of the store, and whether a server that was not made for a newswire is told from one that was."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import StoreError, StoreUnavailable
from ingest.models import Page, article_id, to_json
from ingest.store import EmbeddedServer, Heartbeat, Store, open_store
from tests.e2e.newswire import until
from tests.integration.making import (
    LONG_LEASE,
    NOW,
    A,
    B,
    article,
    claimed,
    entry,
    kept_for,
    published,
    started,
    text,
    through_commit,
    to_process,
)

# ── entries and pages ────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_entry_is_read_back_as_the_feed_said_it(store: Store) -> None:
    said = entry(
        A, guid="7", authors=("Ana Peña",), published="Feb 30", content="<p>“¡Olé!” 船</p>", tags=("a", "b"), image=B
    )
    claimed(store, said=said)
    assert store.said(article_id(A)) == said


def test_a_page_is_read_back_byte_for_byte_and_kept_in_a_fraction_of_its_size(store: Store, redis: Any) -> None:
    body = bytes(range(256)) * 4 + text(1, 5000).encode()
    page = Page(url=A, body=body, content_type="text/html; charset=latin-1", fetched=NOW)
    store.advance(started(store, claimed(store)), page)
    assert store.page(article_id(A)) == page
    assert redis.strlen(store.keys.page(article_id(A))) < len(body) / 3


def test_pages_and_entries_of_many_threads_do_not_mix(store: Store) -> None:
    def keep(number: int) -> None:
        url = f"{A}/{number}"
        page = Page(url=url, body=text(number, 900).encode(), fetched=NOW)
        store.advance(started(store, claimed(store, url)), page)

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(16):
        page, said = store.page(article_id(f"{A}/{number}")), store.said(article_id(f"{A}/{number}"))
        assert page
        assert page.body == text(number, 900).encode()
        assert said
        assert said.url == f"{A}/{number}"


def test_a_page_and_what_the_feed_said_expire_and_where_the_entry_stands_does_not(
    server: EmbeddedServer, store: Store
) -> None:
    brief = open_store(server.url, store.keys.prefix, kept_for(1e-6))  # 86 ms
    brief.advance(started(brief, claimed(brief)), Page(url=A, body=b"x", fetched=NOW))
    time.sleep(0.1)
    assert (brief.page(article_id(A)), brief.said(article_id(A))) == (None, None)
    state = brief.entry_state(article_id(A))
    assert state
    assert state.step == "process", "unfinished work is not forgotten"
    brief.close()


def test_what_was_never_heard_of_is_none(store: Store) -> None:
    nothing = article_id(A)
    found = (store.entry_state(nothing), store.said(nothing), store.page(nothing), store.article(nothing))
    assert found == (None, None, None, None)
    assert store.revision(nothing) == 0
    assert store.waiting(f"entry:{nothing}") is None
    assert (list(store.articles()), store.dead(), store.alive(), store.day("outlet")) == ([], [], [], {})


def test_states_of_many_entries_come_in_the_order_asked_for(store: Store) -> None:
    claimed(store, A)
    published(store, B)
    states = store.entry_states([article_id(url) for url in (B, "https://outlet.example/none", A)])
    assert [state and (state.url, state.outcome, state.settled) for state in states] == [
        (B, "created", True),
        None,
        (A, "", False),
    ]


# ── articles ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def at(store: Store, minute: int, number: int = 0, source: str = "outlet") -> str:
    """Publish an article sorted at that minute. Returns its URL."""
    url = f"https://{source}.example/{minute}/{number}"
    made = article(url, sorted=NOW + timedelta(minutes=minute), source=source)
    assert store.commit(to_process(store, url), made, []).outcome == "created"
    return url


def urls(found: Iterator[Any]) -> list[str]:
    return [one.url for one in found]


def test_articles_come_newest_first_whenever_they_arrived(store: Store) -> None:
    second, first, third = at(store, 2), at(store, 1), at(store, 3)
    assert urls(store.articles()) == [third, second, first]


def test_articles_of_one_source(store: Store) -> None:
    ours, _theirs = at(store, 1), at(store, 2, source="other")
    assert urls(store.articles("outlet")) == [ours]
    assert urls(store.articles("nobody")) == []


def test_articles_since_a_moment_include_that_moment_in_any_time_zone(store: Store) -> None:
    at(store, 1)
    second, third = at(store, 2), at(store, 3)
    moment = NOW + timedelta(minutes=2)
    assert urls(store.articles(since=moment)) == [third, second]
    caracas = moment.astimezone(timezone(timedelta(hours=-4)))
    assert urls(store.articles("outlet", caracas)) == [third, second]
    assert urls(store.articles(since=NOW + timedelta(minutes=4))) == []


def test_articles_are_read_in_batches_and_each_comes_once_though_many_share_a_moment(store: Store) -> None:
    published_urls = [
        at(store, minute, number) for minute, count in ((1, 1), (2, 7), (3, 2)) for number in range(count)
    ]
    for batch in (1, 2, 3, 7, 100):
        found = urls(store.articles(batch=batch))
        assert sorted(found) == sorted(published_urls), f"batches of {batch}"
        minutes = [int(url.split("/")[3]) for url in found]
        assert minutes == sorted(minutes, reverse=True)


def test_articles_that_arrive_while_they_are_read_repeat_none(store: Store) -> None:
    before = [at(store, minute) for minute in range(6)]
    reading = store.articles(batch=2)
    found = [next(reading).url]
    for minute in range(10, 15):
        at(store, minute)
    found += urls(reading)
    assert found == before[::-1]


def test_an_article_whose_text_was_purged_is_passed_over(store: Store, redis: Any) -> None:
    kept, purged = at(store, 1), at(store, 2)
    redis.delete(store.keys.article(article_id(purged)))
    assert urls(store.articles(batch=1)) == [kept]


def test_other_programs_find_the_articles_json_where_the_contract_says(store: Store, redis: Any) -> None:
    made = published(store)
    assert redis.get(f"{store.keys.prefix}article:{made.id}") == to_json(made)
    ((_, fields),) = redis.xrange(f"{store.keys.prefix}queue:all")
    assert sorted(fields) == sorted(b"id revision event source url title language published".split())


# ── queues ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_queue_is_read_on_from_any_entry_in_parts(store: Store) -> None:
    for number in range(5):
        published(store, f"{A}/{number}")
    first = store.read_queue("all", "0", most=2)
    rest = store.read_queue("all", first[-1].entry)
    assert [found.url for found in first + rest] == [f"{A}/{number}" for number in range(5)]
    assert store.last_entry("all") == rest[-1].entry
    assert store.queue_length("all") == 5
    assert store.read_queue("all", rest[-1].entry) == []


def test_an_empty_queue_has_nothing_to_read(store: Store) -> None:
    assert store.read_queue("all", "0") == []
    assert store.read_queue("all", "$", wait=0.05) == []
    assert (store.last_entry("all"), store.queue_length("all"), store.groups("all")) == ("0", 0, [])


def later(seconds: float, call: Callable[[], object]) -> threading.Timer:
    timer = threading.Timer(seconds, call)
    timer.start()
    return timer


@pytest.mark.parametrize("earlier", [0, 1])
def test_waiting_at_the_end_of_a_queue_gives_what_comes_next_as_it_comes(store: Store, earlier: int) -> None:
    for number in range(earlier):
        published(store, f"{A}/{number}")
    timer = later(0.2, lambda: published(store, B))
    began = time.monotonic()
    (found,) = store.read_queue("all", "$", wait=10)
    assert found.url == B
    assert time.monotonic() - began < 5
    timer.join()


def test_a_wait_may_be_longer_than_a_client_gives_a_silent_server(store: Store) -> None:
    """redis-py gives up on a silent server after five seconds, and asks again eight times."""
    began = time.monotonic()
    assert store.read_queue("all", "$", wait=5.3) == []
    assert 5.2 < time.monotonic() - began < 8


# ── how things stand ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_feed_states_tell_what_was_saved_and_when_each_is_due(store: Store) -> None:
    store.add_feeds(["a", "b"])
    saved: dict[str, str | int | float] = {
        "last_modified": "Mon",
        "last_poll": 1.5,
        "status": 304,
        "failures": 2,
        "error": "é",
        "entries": 7,
    }
    store.finish_poll(started(store, "feed:a"), 60, saved)
    states = store.feed_states(["a", "b", "never"])
    a, b, never = states["a"], states["b"], states["never"]
    assert (a.last_modified, a.last_poll, a.status, a.failures, a.error, a.entries) == tuple(saved.values())
    assert (b.polls, never.polls, never.next_poll) == (0, 0, None)
    assert a.next_poll
    assert b.next_poll
    assert 59 < a.next_poll - b.next_poll < 62
    assert store.feed_states([]) == {}


def test_a_field_that_is_not_saved_again_stays(store: Store) -> None:
    """A failed poll must not forget the validators of the last good one."""
    store.add_feeds(["a"])
    store.finish_poll(started(store, "feed:a"), 60, {"etag": '"1"', "polls": 1})
    store.finish_poll(started(store, "feed:a"), 60, {"polls": 2, "error": "answered 500"})
    state = store.feed_states(["a"])["a"]
    assert (state.etag, state.polls, state.error) == ('"1"', 2, "answered 500")


def test_the_counts_of_a_day_are_kept_by_source(store: Store) -> None:
    through_commit(store, article(A, text(1)))
    through_commit(store, article(B, text(1), title=f"The news at {A}"))
    store.set_aside(started(store, claimed(store, f"{A}/dead")), "outlet", "gone")
    assert store.day("outlet") == {"created": 1, "duplicate": 1, "dead": 1}
    assert store.days(["outlet", "other"]) == {"outlet": store.day("outlet"), "other": {}}
    assert store.day("outlet", "1999-12-31") == {}


def test_due_counts_hold_what_is_leased_too(store: Store) -> None:
    store.add_feeds(["a", "b"])
    claimed(store, step="process")
    store.lease("fetch", LONG_LEASE, 1)
    assert store.due_counts() == {"fetch": 2, "process": 1}


def beat_of(name: str, kind: Any = "fetch") -> Heartbeat:
    return Heartbeat(name=name, kind=kind, host="here", pid=7, slots=16, started=1.0)


def test_who_beats_is_alive_by_the_stores_clock_and_who_stops_cleanly_is_not(store: Store) -> None:
    store.beat(beat_of("b"))
    store.beat(beat_of("a", "scheduler"))
    alive = store.alive()
    assert [(beat.name, beat.kind, beat.slots) for beat in alive] == [("a", "scheduler", 16), ("b", "fetch", 16)]
    assert all(abs(beat.beat - store.now_ms() / 1000) < 2 for beat in alive)
    store.silence("b")
    assert [beat.name for beat in store.alive()] == ["a"]


def test_who_missed_five_beats_is_dead_and_swept_out_after_ten_minutes(store: Store, redis: Any) -> None:
    now = store.now_ms() / 1000
    for name, age in (("alive", 8), ("dead", 12), ("long gone", 700)):
        record = Heartbeat(name=name, kind="fetch", host="", pid=1, slots=1, started=0, beat=now - age)
        redis.hset(store.keys.workers, name, to_json(record))
    assert [beat.name for beat in store.alive()] == ["alive"]
    assert sorted(redis.hkeys(store.keys.workers)) == [b"alive", b"dead"]
    store.beat(beat_of("dead"))
    assert [beat.name for beat in store.alive()] == ["alive", "dead"]


# ── whether a server can be trusted ──────────────────────────────────────────────────────────────────────────────────


def test_the_embedded_server_is_fit_for_a_newswire(store: Store) -> None:
    assert store.warnings() == []


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Start a Redis of the test's own with these arguments: `redis_server("--save", "")`. Returns its address."""
    binary = shutil.which("redis-server")
    if not binary:
        why = "no redis-server on PATH: install Redis >= 7 to run the tests against it"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)
    running: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> str:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        where = [
            "--bind",
            "127.0.0.1",
            "--port",
            str(port),
            "--unixsocket",
            str(tmp_path / "s"),
            "--dir",
            str(tmp_path),
        ]
        running.append(
            subprocess.Popen(
                [str(binary), *where, *arguments], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        )
        until((tmp_path / "s").exists, 10)
        return f"redis://127.0.0.1:{port}/0"

    yield start
    for process in running:
        process.terminate()
        process.wait(10)


def test_a_redis_that_may_throw_articles_away_or_forgets_them_is_warned_of(
    redis_server: Callable[..., str],
) -> None:
    with_faults = redis_server("--save", "", "--appendonly", "no", "--maxmemory-policy", "allkeys-lru")
    found = open_store(with_faults).warnings()
    assert len(found) == 2
    assert "maxmemory-policy is allkeys-lru; set it to noeviction" in found[0]
    assert "does not persist" in found[1]
    assert "appendonly yes" in found[1]


@pytest.mark.parametrize("persistence", [("--appendonly", "yes"), ("--save", "60 1")])
def test_a_redis_that_persists_and_never_evicts_is_fit_too(
    redis_server: Callable[..., str], persistence: tuple[str, str]
) -> None:
    assert open_store(redis_server("--maxmemory-policy", "noeviction", *persistence)).warnings() == []


def test_a_redis_does_the_newswires_work_as_valkey_does(redis_server: Callable[..., str]) -> None:
    redis = open_store(redis_server("--save", ""))
    redis.add_feeds(["a"])
    (lease,) = redis.lease("fetch", LONG_LEASE, 10)
    held = redis.start(lease, LONG_LEASE)
    assert held
    redis.finish_poll(held, 60, {"polls": 1})
    published(redis)
    assert redis.commit(to_process(redis), article(revision=3, title="New"), []).outcome == "conflict"
    dead = started(redis, claimed(redis, B))
    redis.set_aside(dead, "outlet", "gone")
    assert redis.revive([dead.id]) == 1
    redis.host_pause(B, 60)
    assert redis.postpone(started(redis, dead.member), B, 1).waits
    assert urls(redis.articles(since=datetime(2020, 1, 1, tzinfo=UTC))) == [A]
    redis.close()


def test_where_nothing_answers_the_error_says_where_and_what_to_do() -> None:
    with pytest.raises(StoreUnavailable, match=r"no store answers at redis://127.0.0.1:1/0 .*TELETIPO_STORE__URL"):
        open_store("redis://127.0.0.1:1/0")


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(StoreError, match=r"\[store\] url 'localhost:6379' cannot be used"):
        open_store("localhost:6379")


def test_a_store_may_be_reached_by_its_socket(redis_server: Callable[..., str], tmp_path: Path) -> None:
    redis_server("--save", "")
    store = open_store(f"unix://{tmp_path / 's'}?db=0")
    assert store.add_feeds(["a"]) == 1
    store.close()
