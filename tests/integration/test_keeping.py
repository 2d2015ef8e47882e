"""What is kept and for how long: a queue is filled with what is there; what is too old goes, and does not come back."""

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.models import Article, article_id
from ingest.settings import Conditions, QueueSettings, RetentionSettings, Settings
from ingest.store import Claim, EmbeddedServer, FillProgress, Store, open_store
from ingest.wire import Wire
from tests.integration.making import (
    NOW,
    A,
    B,
    C,
    article,
    claimed,
    entry,
    published,
    started,
    text,
    through_commit,
    to_process,
)

DAY = 86_400_000


def wire(store: Store, **queues: QueueSettings) -> Wire:
    return Wire(Settings(config=Path(), data=Path(), queues={"all": QueueSettings(), **queues}), store)


def commit(store: Store, made: Article, *queues: str) -> None:
    assert store.commit(to_process(store, made.url), made, queues).outcome in {"created", "updated"}


def urls(store: Store, queue: str) -> list[str]:
    return [each.url for each in store.read_queue(queue, "0", 10_000)]


def written(filling: Iterable[FillProgress]) -> int:
    return list(filling)[-1].written


# ── filling ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_queue_is_filled_with_what_it_takes_the_oldest_first(store: Store) -> None:
    for number in (2, 0, 1, 3):
        taken = {"language": "es"} if number < 3 else {}
        commit(store, article(f"{A}/{number}", sorted=NOW + timedelta(hours=number), **taken), "all")
    filled = wire(store, spanish=QueueSettings(language=("es",)))
    assert written(filled.fill("spanish")) == 3
    assert urls(store, "spanish") == [f"{A}/0", f"{A}/1", f"{A}/2"]
    (first, *_) = store.read_queue("spanish", "0")
    assert (first.id, first.revision, first.event, first.source) == (article_id(f"{A}/0"), 1, "created", "outlet")
    assert (first.title, first.language, first.published) == (f"The news at {A}/0", "es", "")


def test_filling_again_writes_nothing(store: Store) -> None:
    published(store)
    published(store, B, queues=("all", "new"))
    filled = wire(store, new=QueueSettings())
    assert written(filled.fill("new")) == 1
    assert urls(store, "new") == [B, A]
    assert written(filled.fill("new")) == 0


def test_a_queue_is_filled_from_a_time_on(store: Store) -> None:
    for hours in (1, 2, 3):
        commit(store, article(f"{A}/{hours}", sorted=NOW + timedelta(hours=hours)))
    filled = wire(store, new=QueueSettings())
    assert written(filled.fill("new", NOW + timedelta(hours=2))) == 2
    assert urls(store, "new") == [f"{A}/2", f"{A}/3"]


def test_a_short_queue_is_filled_with_the_newest_that_it_keeps(store: Store) -> None:
    for number in range(8):
        commit(store, article(f"{A}/{number}", sorted=NOW + timedelta(hours=number)))
    assert written(wire(store, short=QueueSettings(keep_entries=3)).fill("short")) == 3
    assert urls(store, "short") == [f"{A}/{number}" for number in (5, 6, 7)]


def test_a_corrected_article_comes_in_as_it_is_now(store: Store) -> None:
    published(store, queues=())
    commit(store, article(title="Corrected", revision=2))
    assert written(wire(store, new=QueueSettings()).fill("new")) == 1
    (only,) = store.read_queue("new", "0")
    assert (only.revision, only.event, only.title) == (2, "updated", "Corrected")


def test_nothing_comes_in_twice_or_is_left_out_while_articles_are_committed(store: Store) -> None:
    """Old articles are corrected and new ones published while the queue is being filled."""
    before = [published(store, f"{A}/{number}", queues=()) for number in range(700)]
    filled = wire(store, new=QueueSettings())
    filling = filled.fill("new")
    assert next(filling) == FillProgress(0, 700, 0)
    stop = threading.Event()

    def publish() -> None:
        number = 0
        while not stop.is_set():
            again = before[699 - number]
            commit(store, article(again.url, title="Corrected", revision=2), "new")
            commit(store, article(f"{B}/{number}"), "new")
            number += 1

    publisher = threading.Thread(target=publish)
    publisher.start()
    list(filling)
    stop.set()
    publisher.join()
    entries = store.read_queue("new", "0", 10_000)
    pairs = [(each.id, each.revision) for each in entries]
    assert len(set(pairs)) == len(pairs)
    assert {each.url for each in entries} >= {each.url for each in before}


# ── queues ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_queue_keeps_as_many_entries_as_it_says_and_for_as_long(server: EmbeddedServer, store: Store) -> None:
    redis = store._redis
    now = store.now_ms()
    for name in ("default", "short", "brief", "lasting"):
        for days in range(10, 0, -1):
            redis.xadd(store.keys.queue(name), {"id": days}, id=f"{now - days * DAY + 1000}-0")
    kept = open_store(server.url, store.keys.prefix, RetentionSettings(queue_days=8, queue_length=7))
    kept.sweep(
        {
            "default": QueueSettings(),
            "short": QueueSettings(keep_entries=3),
            "brief": QueueSettings(keep_days=2),
            "lasting": QueueSettings(keep_days=0, keep_entries=100),
            "never-written": QueueSettings(keep_days=1),
        }
    )
    assert {name: kept.queue_length(name) for name in ("default", "short", "brief", "lasting", "never-written")} == {
        "default": 7, "short": 3, "brief": 2, "lasting": 10, "never-written": 0,
    }  # fmt: skip
    assert not redis.exists(store.keys.queue("never-written"))
    kept.close()


def test_a_queues_own_length_holds_from_the_commit_on(store: Store) -> None:
    """A stream drops whole nodes of a hundred entries: about as many as asked for, never fewer."""
    for number in range(260):
        made = article(f"{A}/{number}")
        store.commit(to_process(store, made.url), made, ["all", "short"], {"short": QueueSettings(keep_entries=20)})
    assert 20 <= store.queue_length("short") <= 120
    assert store.queue_length("all") == 260


# ── articles ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def keeping(server: EmbeddedServer, store: Store) -> Any:
    """The same store, which keeps articles for two days and tombstones for good unless said."""

    def opened(tombstone_days: float = 0.0) -> Store:
        retention = RetentionSettings(article_days=2, tombstone_days=tombstone_days)
        return open_store(server.url, store.keys.prefix, retention)

    return opened


def age(store: Store, made: Article, days: float) -> None:
    """As if it had been revised so long ago."""
    store._redis.zadd(store.keys.revised, {made.id: store.now_ms() - days * DAY}, xx=True)


def test_an_article_goes_with_its_revisions_when_it_was_not_revised_for_so_long(store: Store, keeping: Any) -> None:
    old, young, fresh = (published(store, url) for url in (A, B, C))
    commit(store, article(A, title="Corrected", revision=2))
    age(store, old, 2.1)
    age(store, young, 1.9)
    kept = keeping()
    assert kept.sweep({"all": QueueSettings()}) == 1
    assert kept.article(old.id) is None
    assert kept.revisions(old.id) == []
    assert [each.id for each in kept.articles()] == [each.id for each in kept.articles("outlet")]
    assert {each.id for each in kept.articles()} == {young.id, fresh.id}
    assert kept.sweep({"all": QueueSettings()}) == 0
    assert len(kept.read_queue("all", "0")) == 3, "a queue has its own time"
    kept.close()


def test_without_a_limit_nothing_goes(store: Store) -> None:
    old = published(store)
    age(store, old, 10_000)
    assert store.sweep({"all": QueueSettings()}) == 0
    assert store.article(old.id) == old


def test_an_article_that_was_revised_since_stays(store: Store, keeping: Any) -> None:
    old = published(store)
    age(store, old, 5)
    commit(store, article(title="Corrected", revision=2))
    assert keeping().sweep({}) == 0


def test_more_than_one_sweep_takes_as_many_as_there_are(store: Store, keeping: Any) -> None:
    for number in range(620):
        age(store, published(store, f"{A}/{number}"), 3)
    kept = keeping()
    taken = [kept.sweep({}) for _ in range(3)]
    assert (taken[0] > taken[1] > 0, sum(taken), taken[2]) == (True, 620, 0)
    kept.close()


def test_a_purged_article_does_not_come_back_as_new_when_its_feed_names_it_again(store: Store, keeping: Any) -> None:
    old = article()
    through_commit(store, old)
    age(store, old, 3)
    kept = keeping()
    assert kept.sweep({}) == 1
    assert kept.claim([Claim(entry(), "outlet", "outlet:feed")]) == ["seen"]
    kept._redis.delete(kept.keys.entry(old.id))  # what is remembered of the address may end sooner
    lease = started(kept, claimed(kept, step="process"))
    assert kept.commit(lease, article(), ["all"]).outcome == "unchanged"
    assert through_commit(kept, article(B, old.text)).outcome == "duplicate", "nor at another address"
    assert kept.article(old.id) is None
    assert len(kept.read_queue("all", "0")) == 1
    kept.close()


def test_a_purged_article_that_is_corrected_is_an_update(store: Store, keeping: Any) -> None:
    old = published(store)
    age(store, old, 3)
    kept = keeping(tombstone_days=1)
    assert kept.sweep({}) == 1
    made = article(A, text(4711), revision=2)
    assert kept.commit(to_process(kept), made, ["all"]).outcome == "updated"
    assert kept.article(old.id) == made
    assert kept._redis.pttl(kept.keys.identity(old.id)) == -1, "it lives again, for as long as it is not purged"
    kept.close()


def test_a_tombstone_has_a_time_of_its_own(store: Store, keeping: Any) -> None:
    old = published(store)
    age(store, old, 3)
    kept = keeping(tombstone_days=7)
    assert kept.sweep({}) == 1
    assert 6.99 * DAY < kept._redis.pttl(kept.keys.identity(old.id)) <= 7 * DAY
    kept.close()


def test_a_subscriber_that_comes_late_is_not_held_up_by_what_was_purged(store: Store, keeping: Any) -> None:
    old, young = published(store), published(store, B)
    age(store, old, 3)
    kept = keeping()
    kept.sweep({})
    found = list(wire(kept).subscribe("all", group="late", idle=0.05))
    assert [delivery.article for delivery in found] == [young]
    kept.close()


def test_what_not_refuses_is_not_filled_in(store: Store) -> None:
    for url, tags in ((A, ("wire",)), (B, ())):
        commit(store, article(url, tags=tags, published=datetime(2026, 1, 2, tzinfo=UTC)))
    queue = QueueSettings(refused=Conditions(tags=("wire",)))
    assert written(wire(store, own=queue).fill("own")) == 1
    assert [(each.url, each.published) for each in store.read_queue("own", "0")] == [(B, "2026-01-02T00:00:00Z")]
