"""A subscription delivers each article at least once to its group, whatever becomes of the group's consumers."""

import os
import signal
import subprocess
import sys
import threading
import time
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from ingest.deliver import Delivery, Subscription
from ingest.models import article_id
from ingest.settings import RetentionSettings
from ingest.store import EmbeddedServer, Store, open_store
from tests.e2e.newswire import until
from tests.integration.making import A, B, article, published, to_process

pytestmark = pytest.mark.timeout(60)  # a subscription that misses something would wait for ever


def subscription(store: Store, consumer: str = "one", **more: Any) -> Subscription:
    return Subscription(store, "all", "archive", consumer, **{"idle": 0.05, **more})


def urls(deliveries: list[Delivery]) -> list[str]:
    return [delivery.article.url for delivery in deliveries]


def acked(subscribed: Subscription) -> list[str]:
    """Read until nothing comes, acknowledging everything."""
    found = []
    for delivery in subscribed:
        delivery.ack()
        found.append(delivery.article.url)
    return found


def publish(store: Store, count: int) -> list[str]:
    return [published(store, f"{A}/{number}").url for number in range(count)]


def pending(store: Store) -> int:
    (group,) = store.groups("all")
    return int(group["pending"])


# ── what is delivered ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_group_is_given_everything_from_the_beginning_in_order(store: Store) -> None:
    expected = publish(store, 70)  # more than two reads
    assert acked(subscription(store)) == expected
    assert acked(subscription(store)) == []


def test_a_delivery_carries_the_whole_article_and_what_happened(store: Store) -> None:
    first = published(store)
    corrected = article(A, title="Corrected", revision=2)
    store.commit(to_process(store), corrected, ["all"])
    created, updated = subscription(store)
    assert (created.event, updated.event) == ("created", "updated")
    assert updated.article == corrected
    assert created.article == corrected, "an entry leads to the article as it is now"
    assert created.article.id == first.id
    assert created.entry < updated.entry


def test_a_group_that_starts_at_the_end_is_given_what_comes_from_now_on(store: Store) -> None:
    publish(store, 2)
    subscribed = subscription(store, start="$")
    published(store, B)
    assert acked(subscribed) == [B]


def test_a_group_keeps_its_place_whatever_start_is_said_later(store: Store) -> None:
    expected = publish(store, 2)
    (first,) = islice(subscription(store), 1)
    first.ack()
    published(store, B)
    assert acked(subscription(store, start="$")) == [expected[1], B]


def test_groups_do_not_share(store: Store) -> None:
    expected = publish(store, 3)
    assert acked(subscription(store)) == expected
    other = Subscription(store, "all", "mailer", idle=0.05)
    assert acked(other) == expected


def test_a_subscriber_of_an_empty_queue_is_given_the_first_article_as_it_comes(store: Store) -> None:
    found: list[str] = []

    def read() -> None:
        for delivery in subscription(store, idle=None):
            found.append(delivery.article.url)
            return

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    time.sleep(0.1)
    published(store, B)
    reader.join(5)
    assert found == [B]


@pytest.mark.parametrize("idle", [0.2, 2.5])
def test_it_ends_after_so_many_seconds_without_a_delivery(store: Store, idle: float) -> None:
    publish(store, 1)
    began = time.monotonic()
    assert len(list(subscription(store, idle=idle))) == 1
    assert idle <= time.monotonic() - began < idle + 0.5


# ── at least once ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_not_acknowledged_is_delivered_to_the_same_consumer_after_its_restart_first(store: Store) -> None:
    expected = publish(store, 40)
    crashed = list(subscription(store))
    for delivery in crashed[1:38]:
        delivery.ack()
    published(store, B)
    assert acked(subscription(store)) == [expected[0], *expected[38:], B]
    assert pending(store) == 0


def test_acknowledging_twice_is_no_error(store: Store) -> None:
    publish(store, 1)
    (delivery,) = subscription(store)
    delivery.ack()
    delivery.ack()
    assert list(subscription(store)) == []


def test_a_retried_delivery_comes_again_at_once(store: Store) -> None:
    publish(store, 1)
    seen = 0
    for delivery in subscription(store, take_over_after=3600):
        seen += 1
        delivery.ack() if seen == 3 else delivery.retry()
    assert seen == 3


def test_a_retried_delivery_goes_to_whichever_consumer_reads_next(store: Store) -> None:
    publish(store, 1)
    (delivery,) = islice(subscription(store, "one", take_over_after=3600), 1)
    delivery.retry()
    assert acked(subscription(store, "two", take_over_after=3600)) == urls([delivery])


def test_a_retried_delivery_is_found_behind_many_that_are_being_worked_on(store: Store, redis: Any) -> None:
    publish(store, 1)
    ((_, fields),) = redis.xrange(store.keys.queue("all"))
    with redis.pipeline() as many:
        for _ in range(400):
            many.xadd(store.keys.queue("all"), fields)
        many.execute()
    held = list(islice(subscription(store, take_over_after=3600), 401))
    held[-1].retry()
    assert [found.entry for found in subscription(store, "two", take_over_after=3600)] == [held[-1].entry]


def test_a_delivery_that_is_retried_for_ever_holds_up_no_other(store: Store) -> None:
    publish(store, 1)
    found: set[str] = set()
    for turn, delivery in enumerate(subscription(store, take_over_after=3600)):
        if turn == 2:
            published(store, B)
        found.add(delivery.article.url)
        if delivery.article.url != B:
            delivery.retry()
        if B in found or turn > 50:
            break
    assert B in found


def test_the_deliveries_of_a_dead_consumer_are_taken_over(store: Store) -> None:
    expected = publish(store, 3)
    list(subscription(store, "dead"))
    assert acked(subscription(store, "two", take_over_after=3600)) == [], "it may be alive and busy"
    time.sleep(0.15)
    assert acked(subscription(store, "two", take_over_after=0.1)) == expected
    assert acked(subscription(store, "dead")) == [], "no longer its own"


def test_one_that_waits_takes_over_without_anything_new_coming(store: Store) -> None:
    publish(store, 1)
    list(subscription(store, "dead"))
    began = time.monotonic()
    (delivery,) = islice(subscription(store, "two", take_over_after=0.5, idle=10), 1)
    assert delivery.article.url == f"{A}/0"
    assert time.monotonic() - began < 4, "between two reads of two seconds"


CONSUMER = """
import sys
from ingest.deliver import Subscription
from ingest.store import open_store
url, prefix, consumer, gap = sys.argv[1:]
for number, delivery in enumerate(Subscription(open_store(url, prefix), "all", "archive", consumer, take_over_after=1)):
    print(delivery.article.url, flush=True)
    if number % int(gap) == 0:
        continue  # the one that it is at work on when it dies
    delivery.ack()
"""


def test_a_consumer_that_is_killed_loses_nothing(server: EmbeddedServer, store: Store) -> None:
    expected = publish(store, 30)
    command = [sys.executable, "-c", CONSUMER, server.url, store.keys.prefix, "killed", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        seen = [process.stdout.readline().strip() for _ in range(20)]
        os.kill(process.pid, signal.SIGKILL)
        seen += process.stdout.read().split()
    time.sleep(0.3)
    rest = acked(subscription(store, "two", take_over_after=0.2))
    assert set(seen) | set(rest) == set(expected)
    assert set(seen[::3]) <= set(rest), "what it was at work on is delivered again"
    assert pending(store) == 0


# ── many consumers ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_consumers_of_one_group_share_the_work_and_nothing_is_done_twice(store: Store) -> None:
    expected = publish(store, 200)
    done: dict[str, list[str]] = {f"consumer {n}": [] for n in range(4)}

    def read(name: str) -> None:
        for delivery in subscription(store, name, idle=0.3):
            time.sleep(0.001)
            done[name].append(delivery.article.url)
            delivery.ack()

    threads = [threading.Thread(target=read, args=(name,)) for name in done]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(url for urls in done.values() for url in urls) == sorted(expected)
    assert sum(bool(urls) for urls in done.values()) >= 2


def test_a_consumers_name_is_its_host_and_process_unless_said(store: Store) -> None:
    publish(store, 1)
    unnamed = Subscription(store, "all", "archive", idle=0.05)
    assert len(list(unnamed)) == 1
    again = Subscription(store, "all", "archive", idle=0.05)
    assert len(acked(again)) == 1, "the same process finds its own"


# ── what is no longer there ──────────────────────────────────────────────────────────────────────────────────────────


def test_an_article_that_was_purged_is_passed_over_and_owed_no_more(store: Store, redis: Any) -> None:
    expected = publish(store, 3)
    redis.delete(store.keys.article(article_id(expected[1])))
    assert acked(subscription(store)) == [expected[0], expected[2]]
    assert pending(store) == 0


def test_entries_that_the_queue_dropped_do_not_hide_those_that_were_left_over(store: Store, redis: Any) -> None:
    expected = publish(store, 40)
    list(subscription(store))
    redis.xtrim(store.keys.queue("all"), maxlen=2, approximate=False)
    assert acked(subscription(store)) == expected[-2:]
    assert pending(store) == 0


def test_a_group_that_fell_far_behind_goes_on_with_what_is_kept(server: EmbeddedServer, store: Store) -> None:
    short = open_store(server.url, store.keys.prefix, RetentionSettings(queue_length=10))
    subscribed = subscription(short)
    expected = publish(short, 250)
    kept = short.queue_length("all")
    assert acked(subscribed) == expected[-kept:]
    short.close()


def test_a_subscription_goes_on_after_the_store_was_away(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path, 0) as server:
        store = open_store(server.url)
        expected = publish(store, 1)
        found: list[str] = []

        def read() -> None:
            for delivery in islice(subscription(store, idle=None), 2):
                delivery.ack()
                found.append(delivery.article.url)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        until(lambda: found == expected, 5)
        assert server.process
        server.process.kill()
        server.process.wait()
        time.sleep(0.3)
        server.start()
        published(store, B)
        reader.join(10)
        assert found == [*expected, B]
        store.close()
