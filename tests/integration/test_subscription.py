"""A subscription delivers each article at least once to its group, whatever becomes of the group's consumers."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from ingest.deliver import Delivery, Subscription
from ingest.errors import QueueGap, UnknownName
from ingest.models import article_id
from ingest.settings import QueueSettings, Settings
from ingest.store import EmbeddedServer, Limits, Store, open_store
from ingest.wire import Wire
from tests.e2e.newswire import until
from tests.integration.making import A, B, article, published, text, to_process

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


def dies(store: Store, consumer: str = "dead", **more: Any) -> list[str]:
    """A consumer takes a batch and is never heard of again."""
    return urls(subscription(store, consumer, **more).take(0))


def ack_all(deliveries: list[Delivery]) -> int:
    for delivery in deliveries:
        delivery.ack()
    return len(deliveries)


def publish(store: Store, count: int) -> list[str]:
    return [published(store, f"{A}/{number}").url for number in range(count)]


def owed(store: Store) -> int:
    """What the group was given and is not done with."""
    (group,) = store.groups("all")
    return group.in_hand + group.later


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
    assert created.article == first, "the revision of which the entry tells, as long as it is kept"
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


def test_entries_that_somebody_else_wrote_into_the_queue_are_passed_over(store: Store, redis: Any) -> None:
    expected = publish(store, 4)
    for fields in ({"a": "b"}, {"id": "0", "revision": "1"}):
        redis.xadd(store.keys.queue("all"), fields)
    expected.append(published(store, B).url)
    subscribed = subscription(store, batch=2)  # the strange ones are asked for ahead
    assert acked(subscribed) == expected
    assert owed(store) == 0


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
    assert idle <= time.monotonic() - began < idle + 1.5, "and not only when a read of two seconds ends"


# ── at least once ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_not_acknowledged_is_delivered_to_the_same_consumer_after_its_restart_first(store: Store) -> None:
    expected = publish(store, 40)
    crashed = list(subscription(store))
    for delivery in crashed[1:38]:
        delivery.ack()
    published(store, B)
    assert acked(subscription(store)) == [expected[0], *expected[38:], B]
    assert owed(store) == 0


def test_only_the_first_answer_counts(store: Store) -> None:
    publish(store, 2)
    first, second = subscription(store)
    first.ack()
    first.ack()
    first.retry()
    second.retry(after=3600)
    second.ack()
    assert list(subscription(store)) == []
    assert owed(store) == 1


def test_a_delivery_is_acknowledged_after_the_loop_that_gave_it_has_ended(store: Store) -> None:
    publish(store, 3)
    for delivery in list(subscription(store, batch=2)):
        delivery.ack()
    assert list(subscription(store)) == []
    assert owed(store) == 0


def test_many_are_acknowledged_together_over_several_batches(store: Store) -> None:
    """As who writes a thousand articles in one transaction does."""
    publish(store, 25)
    found = []
    for delivery in subscription(store, batch=10):
        found.append(delivery)
        if len(found) == 25:
            for each in found:
                each.ack()
    assert owed(store) == 0
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


def crowd(store: Store, redis: Any, count: int) -> None:
    """Entries without number, of one article: what each consumer has in hand."""
    ((_, fields),) = redis.xrange(store.keys.queue("all"), count=1)
    with redis.pipeline() as many:
        for _ in range(count):
            many.xadd(store.keys.queue("all"), fields)
        many.execute()


def test_a_retried_delivery_is_found_behind_many_that_are_being_worked_on(store: Store, redis: Any) -> None:
    publish(store, 1)
    crowd(store, redis, 400)
    busy = subscription(store, take_over_after=3600)
    held = [delivery for _ in range(5) for delivery in busy.take(0)]
    assert len(held) == 401
    held[-1].retry()
    assert [found.entry for found in subscription(store, "two", take_over_after=3600)] == [held[-1].entry]


@pytest.mark.parametrize("batch", [1, 100])
def test_what_a_dead_consumer_left_is_found_behind_many_that_are_being_worked_on(
    store: Store, redis: Any, batch: int
) -> None:
    publish(store, 1)
    crowd(store, redis, 1500)
    busy = subscription(store, "busy", batch=1501)
    assert len(busy.take(0)) == 1501
    published(store, B)
    dies(store)
    key = store.keys.queue("all")
    (left,) = redis.xpending_range(key, "archive", "-", "+", 1, "dead")
    redis.xclaim(key, "archive", "dead", 0, [left["message_id"]], idle=120_000)  # and that is long ago
    assert acked(subscription(store, "two", batch=batch)) == [B]


def test_a_delivery_that_is_retried_for_ever_holds_up_no_other(store: Store) -> None:
    publish(store, 1)
    found: set[str] = set()
    for turn, delivery in enumerate(subscription(store, take_over_after=3600, max_failures=10**9)):
        if turn == 2:
            published(store, B)
        found.add(delivery.article.url)
        if delivery.article.url != B:
            delivery.retry()
        if B in found or turn > 50:
            break
    assert B in found


def test_a_retried_delivery_comes_again_when_its_time_has_come_and_not_before(store: Store) -> None:
    publish(store, 1)
    (delivery,) = islice(subscription(store), 1)
    began = time.monotonic()
    delivery.retry(after=0.4)
    (again,) = islice(subscription(store, idle=5), 1)
    assert 0.4 <= time.monotonic() - began < 1.8, (
        "whoever waits is woken by the clock, not when a read of two seconds ends"
    )
    assert (again.article, again.failures) == (delivery.article, 1)


def test_the_deliveries_of_a_dead_consumer_are_taken_over(store: Store) -> None:
    expected = publish(store, 3)
    dies(store)
    assert acked(subscription(store, "two", take_over_after=3600)) == [], "it may be alive and busy"
    time.sleep(0.15)
    assert acked(subscription(store, "two", take_over_after=0.1)) == expected
    assert acked(subscription(store, "dead")) == [], "no longer its own"


def test_one_that_waits_takes_over_without_anything_new_coming(store: Store) -> None:
    publish(store, 1)
    dies(store)
    began = time.monotonic()
    (delivery,) = islice(subscription(store, "two", take_over_after=0.5, idle=10), 1)
    assert delivery.article.url == f"{A}/0"
    assert time.monotonic() - began < 4, "between two reads of two seconds"


def test_a_slow_consumer_keeps_what_it_has_in_hand(store: Store) -> None:
    """Each article takes long, all of them longer than anybody waits for a dead consumer."""
    expected = publish(store, 4)
    others: list[str] = []
    done: list[str] = []
    for delivery in subscription(store, take_over_after=0.6):
        time.sleep(0.3)
        others += acked(subscription(store, "two", take_over_after=0.6))
        delivery.ack()
        done.append(delivery.article.url)
    assert (done, others) == (expected, [])


def test_what_was_taken_from_a_consumer_that_was_silent_too_long_is_not_given_to_it_too(store: Store) -> None:
    expected = publish(store, 3)
    slow = iter(subscription(store, "slow", take_over_after=0.2))
    first = next(slow)
    time.sleep(0.3)
    assert acked(subscription(store, "two", take_over_after=0.2)) == expected
    first.ack()
    assert list(slow) == []
    assert owed(store) == 0


# ── failures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_after_so_many_failures_it_is_a_dead_letter_of_its_group_with_the_last_reason(store: Store) -> None:
    expected = publish(store, 2)
    failures = []
    for delivery in subscription(store, max_failures=3):
        if delivery.article.url == expected[0]:
            failures.append(delivery.failures)
            alive = delivery.retry(reason=f"no room, said {len(failures)} times")
            assert alive == (len(failures) < 3)
        else:
            delivery.ack()
    assert failures == [0, 1, 2]
    (letter,) = store.dead_letters("all", "archive")
    assert (letter.delivery, letter.reason) == (store_name(store, 0), "no room, said 3 times")
    assert abs(letter.at - time.time()) < 10
    assert acked(subscription(store)) == []
    assert acked(Subscription(store, "all", "another", idle=0.05)) == expected


def test_a_dead_letter_is_delivered_again_with_its_failures_forgotten_or_dropped(store: Store) -> None:
    expected = publish(store, 2)
    for delivery in subscription(store, max_failures=1):
        delivery.retry(reason="full")
    names = [letter.delivery for letter in store.dead_letters("all", "archive")]
    assert len(names) == 2
    assert store.drop_letters("all", "archive", names[:1]) == 1
    assert store.revive_letters("all", "archive", [*names, "of no such name"]) == 1
    (again,) = subscription(store)
    assert (again.article.url, again.failures) == (expected[0], 0), "the newest letter was the first that we dropped"


def test_only_dead_letters_are_delivered_again_or_dropped_whatever_is_named(store: Store) -> None:
    publish(store, 1)
    (delivery,) = islice(subscription(store, max_failures=2), 1)  # leaving the loop counts as a failure
    for name in (delivery.name, "of no such name", "", "1-1|2-2|7|gap"):
        assert store.revive_letters("all", "archive", [name]) == 0
        assert store.drop_letters("all", "archive", [name]) == 0
    assert owed(store) == 1
    (again,) = islice(subscription(store, max_failures=2), 1)
    assert (again.name, again.failures) == (delivery.name, 1)


def test_a_subscriber_that_raises_fails_at_that_article_alone(store: Store) -> None:
    expected = publish(store, 3)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            for delivery in subscription(store, max_failures=2):
                if delivery.article.url == expected[1]:
                    raise ZeroDivisionError
                delivery.ack()
    assert acked(subscription(store)) == [expected[2]]
    (letter,) = store.dead_letters("all", "archive")
    assert letter.delivery == store_name(store, 1)
    assert "without an answer" in letter.reason


@pytest.mark.parametrize("retried", [False, True])
def test_an_article_that_kills_its_consumer_each_time_ends_as_a_dead_letter_and_takes_no_other_with_it(
    store: Store, retried: bool
) -> None:
    """retried: it was put off before it began to kill, so it is not in the stream's hands any more."""
    expected = publish(store, 5)
    if retried:
        first = next(iter(subscription(store)))
        assert first.article.url == expected[0]
        first.retry()
    done = []
    for life in range(20):
        victim = subscription(store, f"life {life}", take_over_after=0.02, max_failures=4)
        while deliveries := victim.take(0.05):
            if any(delivery.article.url == expected[0] for delivery in deliveries):
                break  # it dies: no answer, no goodbye
            for delivery in deliveries:
                delivery.ack()
                done.append(delivery.article.url)
        time.sleep(0.03)
    assert sorted(done) == expected[1:]
    (letter,) = store.dead_letters("all", "archive")
    assert letter.delivery == store_name(store, 0)
    assert "life" in letter.reason
    assert owed(store) == 0


def store_name(store: Store, place: int) -> str:
    """What the store calls the delivery of the queue's nth entry."""
    return store.read_queue("all", "0")[place].delivery


# ── back in time ─────────────────────────────────────────────────────────────────────────────────────────────────────


def wire_of(store: Store) -> Wire:
    return Wire(Settings(config=Path(), data=Path(), queues={"all": QueueSettings()}), store)


def test_a_new_group_may_begin_at_an_entry_at_a_time_or_at_the_end(store: Store) -> None:
    expected = publish(store, 2)
    time.sleep(0.01)
    moment = datetime.now(UTC)
    time.sleep(0.01)
    published(store, B)
    entries = [entry.entry for entry in store.read_queue("all", "0")]
    wire = wire_of(store)
    places: list[tuple[str | datetime, list[str]]] = [
        ("0", [*expected, B]),
        (entries[0], [expected[1], B]),
        (moment, [B]),
        (moment.isoformat(), [B]),
        ("$", []),
    ]
    for number, (place, wanted) in enumerate(places):
        subscribed = wire.subscribe("all", group=f"g{number}", from_=place, idle=0.05)
        assert next(group.lag for group in store.groups("all") if group.name == f"g{number}") == len(wanted)
        assert acked(subscribed) == wanted


def test_a_group_is_moved_back_to_read_again_and_forward_to_skip(store: Store) -> None:
    expected = publish(store, 3)
    wire = wire_of(store)
    assert acked(subscription(store)) == expected
    wire.rewind("all", "archive", store.read_queue("all", "0")[0].entry)
    assert store.groups("all")[0].lag == 2
    assert acked(subscription(store)) == expected[1:]
    wire.rewind("all", "archive", "0")
    wire.rewind("all", "archive", "$")
    assert acked(subscription(store)) == []
    with pytest.raises(UnknownName, match="did you mean 'archive'"):
        wire.rewind("all", "archiv", "0")
    with pytest.raises(ValueError, match="no time, no entry's id"):
        wire.rewind("all", "archive", "yesterday")


def test_who_subscribes_to_a_queue_that_is_not_there_is_told_the_nearest(store: Store) -> None:
    with pytest.raises(UnknownName, match="did you mean 'all'"):
        wire_of(store).subscribe("al", group="g")


def test_a_group_that_is_dropped_under_its_subscriber_ends_it_with_a_word(store: Store) -> None:
    publish(store, 1)
    subscribed = subscription(store)
    assert acked(subscribed) == [f"{A}/0"]
    store.drop_group("all", "archive")
    with pytest.raises(UnknownName, match="no group is called 'archive'"):
        acked(subscribed)
    assert store.groups("all") == []


# ── a clean stop ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_leaving_the_loop_gives_back_at_once_what_was_not_worked_on(store: Store) -> None:
    expected = publish(store, 3)
    for delivery in subscription(store, "one", take_over_after=3600):
        delivery.ack()
        break
    rest = list(subscription(store, "two", take_over_after=3600))
    assert [(each.article.url, each.failures) for each in rest] == [(url, 0) for url in expected[1:]]


def test_a_quick_consumer_has_its_next_batch_asked_for_ahead_and_gives_it_back(store: Store) -> None:
    expected = publish(store, 14)
    subscribed = subscription(store, batch=4, take_over_after=3600)
    assert urls(subscribed.take(0) + subscribed.take(0)) == expected[:8]
    until(lambda: owed(store) == 12)
    subscribed.close()
    assert store.groups("all")[0].in_hand == 0
    rest = list(subscription(store, "two", take_over_after=3600))
    assert sorted(urls(rest)) == sorted(expected)
    assert [each.failures for each in rest if each.article.url in expected[8:]] == [0] * 6


def test_a_slow_consumer_leaves_what_is_new_to_the_others_of_its_group(store: Store) -> None:
    expected = publish(store, 14)
    subscribed = subscription(store, batch=4, take_over_after=3600)
    assert urls(subscribed.take(0)) == expected[:4]
    time.sleep(0.25)
    assert urls(subscribed.take(0)) == expected[4:8]
    assert acked(subscription(store, "two", take_over_after=3600)) == expected[8:]


def test_what_was_asked_for_ahead_stays_in_hand_while_the_consumer_is_slow(store: Store) -> None:
    expected = publish(store, 12)
    done, others = list[str](), list[str]()
    for delivery in subscription(store, batch=4, take_over_after=0.6):
        if len(done) >= 4:  # quick at first, so that the last four are asked for ahead; then slow
            time.sleep(0.3)
            others += acked(subscription(store, "two", take_over_after=0.6))
        delivery.ack()
        done.append(delivery.article.url)
    assert (done, others) == (expected, [])


def test_what_was_asked_for_ahead_by_a_consumer_that_fell_silent_is_not_delivered_twice(store: Store) -> None:
    expected = publish(store, 12)
    silent = subscription(store, batch=4, take_over_after=0.2)
    assert ack_all(silent.take(0)) + ack_all(silent.take(0)) == 8
    until(lambda: owed(store) == 4)
    time.sleep(0.3)
    assert sorted(acked(subscription(store, "two", take_over_after=0.2))) == sorted(expected[8:])
    assert silent.take(0) == []


def test_stop_ends_the_loop_after_the_delivery_in_hand(store: Store) -> None:
    expected = publish(store, 3)
    subscribed = subscription(store, idle=None)
    done = []
    for delivery in subscribed:
        subscribed.stop()
        delivery.ack()
        done.append(delivery.article.url)
    assert done == expected[:1]
    assert acked(subscription(store, "two", take_over_after=3600)) == expected[1:]


def test_a_subscriber_that_waits_is_stopped_by_another_thread(store: Store) -> None:
    subscribed = subscription(store, idle=None)
    threading.Timer(0.2, subscribed.stop).start()
    began = time.monotonic()
    assert list(subscribed) == []
    assert time.monotonic() - began < 3


CONSUMER = """
import sys
from ingest.deliver import Subscription
from ingest.store import open_store
url, prefix, consumer, gap = sys.argv[1:]
store = open_store(url, prefix)
for number, delivery in enumerate(Subscription(store, "all", "archive", consumer, take_over_after=1, batch=5)):
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
    assert set(seen[:10:3]) <= set(rest), "what it had not acknowledged is delivered again"
    assert owed(store) == 0


@pytest.mark.parametrize("waiting", [False, True])
def test_ctrl_c_gives_back_what_was_in_hand(server: EmbeddedServer, store: Store, waiting: bool) -> None:
    """In the middle of its work, and while it waits for more."""
    expected = publish(store, 6)
    script = CONSUMER.replace("continue  #", "time.sleep(60)  #").replace("import sys", "import sys, time")
    gap = "1000" if waiting else "3"  # the first one is never answered: it sleeps over it
    if waiting:
        script = script.replace("if number % int(gap) == 0", "if number < 0")
    command = [sys.executable, "-c", script, server.url, store.keys.prefix, "interrupted", gap]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        seen = [process.stdout.readline().strip() for _ in range(6 if waiting else 1)]
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) != 0
    assert seen == expected[: len(seen)]
    assert store.groups("all")[0].in_hand == 0
    rest = acked(subscription(store, "two", take_over_after=3600))
    assert sorted(rest) == ([] if waiting else sorted(expected))


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


def test_a_consumer_without_a_name_leaves_none_behind(store: Store) -> None:
    publish(store, 1)
    unnamed = Subscription(store, "all", "archive", idle=0.05)
    assert len(acked(unnamed)) == 1
    assert unnamed.consumer
    assert store.groups("all")[0].consumers == 0


# ── what is no longer there ──────────────────────────────────────────────────────────────────────────────────────────


def test_an_article_that_was_purged_is_passed_over_and_owed_no_more(store: Store, redis: Any) -> None:
    expected = publish(store, 3)
    redis.delete(store.keys.article(article_id(expected[1])))
    assert acked(subscription(store)) == [expected[0], expected[2]]
    assert owed(store) == 0


def trim(store: Store, redis: Any, keep: int) -> None:
    """What retention does to the queue."""
    redis.xtrim(store.keys.queue("all"), maxlen=keep, approximate=False)


def test_what_retention_dropped_unread_is_delivered_from_the_store_before_anything_new(
    store: Store, redis: Any, caplog: pytest.LogCaptureFixture
) -> None:
    (last,) = publish(store, 1)
    assert acked(subscription(store)) == [last]
    more = [published(store, f"{B}/{number}").url for number in range(20)]
    trim(store, redis, 5)
    found = list(subscription(store))
    if found[0].article.url == last:  # it has the time at which the gap begins, so it may have been in it
        del found[0]
    assert urls(found) == more
    assert [bool(delivery.entry) for delivery in found] == [False] * 15 + [True] * 5
    assert {delivery.event for delivery in found} == {"created"}
    assert "missed 15 entries" in caplog.text
    assert "are delivered from the store" in caplog.text


def test_a_gap_is_raised_with_the_exact_number_and_can_be_refilled(store: Store, redis: Any) -> None:
    expected = publish(store, 10)
    subscribed = subscription(store, gaps="raise")
    before = datetime.now(UTC)
    assert ack_all(subscribed.take(0)) == 10
    more = [published(store, f"{B}/{number}").url for number in range(10)]
    trim(store, redis, 3)
    with pytest.raises(QueueGap, match="missed 7 entries of queue 'all'") as caught:
        list(subscribed)
    gap = caught.value
    assert (gap.queue, gap.group, gap.missed) == ("all", "archive", 7)
    assert before.timestamp() - 10 < gap.after.timestamp() <= gap.until.timestamp() <= time.time()
    assert acked(subscription(store, gaps="raise")) == more[7:], "told once; the group goes on behind the gap"
    subscribed.refill(gap)
    assert set(acked(subscription(store))) - set(expected) == set(more[:7])


def test_a_gap_is_only_logged_where_that_is_asked_for(
    store: Store, redis: Any, caplog: pytest.LogCaptureFixture
) -> None:
    subscription(store).close()
    expected = publish(store, 10)
    trim(store, redis, 4)
    assert acked(subscription(store, gaps="log")) == expected[6:]
    assert "missed 6 entries" in caplog.text
    assert "delivered from the store" not in caplog.text


def test_gaps_are_counted_exactly_while_the_group_reads_on_at_the_edge(store: Store, redis: Any) -> None:
    """Between two reads entries are dropped, every time: none of them is counted as read."""
    missed, read = 0, 0
    subscribed = subscription(store, gaps="raise", batch=3)
    for turn in range(12):
        crowd_of(store, redis, 7, turn)
        trim(store, redis, 5)
        try:
            read += ack_all(subscribed.take(0))
        except QueueGap as gap:
            missed += gap.missed
    while taken := ack_all(subscribed.take(0)):
        read += taken
    assert (missed > 40, missed + read) == (True, 84)


def crowd_of(store: Store, redis: Any, count: int, turn: int) -> None:
    if not turn:
        published(store)
        count -= 1
    crowd(store, redis, count)


def test_a_group_that_plain_redis_made_is_told_what_it_missed(store: Store, redis: Any) -> None:
    """XGROUP CREATE without ENTRIESREAD leaves the store without a count."""
    expected = publish(store, 6)
    redis.xgroup_create(store.keys.queue("all"), "archive", "0")
    trim(store, redis, 4)
    with pytest.raises(QueueGap, match="missed 2 entries"):
        list(subscription(store, gaps="raise"))
    assert acked(subscription(store)) == expected[2:]
    redis.xgroup_create(store.keys.queue("all"), "middle", store.read_queue("all", "0")[1].entry)
    assert acked(Subscription(store, "all", "middle", idle=0.05, gaps="raise")) == expected[4:]


def test_entries_that_are_dropped_out_of_a_dead_consumers_hands_are_delivered_from_the_store(
    store: Store, redis: Any, caplog: pytest.LogCaptureFixture
) -> None:
    expected = publish(store, 10)
    assert len(dies(store)) == 10
    trim(store, redis, 2)
    time.sleep(0.1)
    assert sorted(acked(subscription(store, "two", take_over_after=0.05))) == expected
    assert "entries of queue 'all'" in caplog.text
    assert owed(store) == 0


def test_entries_that_are_dropped_while_a_living_consumer_works_on_them_are_its_own_all_the_same(
    store: Store, redis: Any
) -> None:
    expected = publish(store, 4)
    working = iter(subscription(store, take_over_after=3600))
    done = [next(working)]
    trim(store, redis, 1)
    assert acked(subscription(store, "two", take_over_after=3600, gaps="raise")) == []
    done += working
    assert urls(done) == expected
    for delivery in done:
        delivery.ack()
    assert acked(subscription(store)) == []


def test_what_was_dropped_while_a_consumer_said_that_it_works_on_it_outlives_that_consumer(
    store: Store, redis: Any
) -> None:
    expected = publish(store, 4)
    working = subscription(store, "dies")
    assert len(working.take(0)) == 4
    trim(store, redis, 1)
    working._renewed = -60.0  # long ago
    working._stay_alive()
    assert sorted(acked(subscription(store, "dies"))) == expected
    assert owed(store) == 0


def test_an_answer_finds_what_was_dropped_while_its_consumer_said_that_it_works_on_it(store: Store, redis: Any) -> None:
    publish(store, 4)
    working = subscription(store)
    taken = working.take(0)
    trim(store, redis, 1)
    working._renewed = -60.0  # long ago
    working._stay_alive()
    assert ack_all(taken) == 4
    assert owed(store) == 0


def test_a_gap_in_front_of_what_is_asked_for_ahead_is_told_next(store: Store, redis: Any) -> None:
    expected = publish(store, 6)
    subscription(store).close()
    trim(store, redis, 2)
    batch = store.take_early("all", "archive", "one", 10)()
    articles = store.articles_at([each.delivery for each in batch.handed])
    assert [article.url for article in articles if article] == expected[4:]
    assert batch.due_in == 0
    again = store.take("all", "archive", "one", most=10, idle=60, limits=Limits(5, None))
    assert [missed.entries for missed in again.missed] == [4]


def test_a_gap_outlives_the_consumer_that_was_told_of_it(store: Store, redis: Any) -> None:
    subscription(store).close()
    expected = publish(store, 5)
    trim(store, redis, 2)
    batch = store.take("all", "archive", "dies", most=10, idle=0.05, limits=Limits(5, None))
    assert [missed.entries for missed in batch.missed] == [3]
    time.sleep(0.06)
    assert sorted(acked(subscription(store, "two"))) == expected


def test_the_next_revision_is_no_loss_where_its_own_entry_is_still_there(store: Store, redis: Any) -> None:
    published(store)
    subscription(store, start="0").close()
    store.commit(to_process(store), article(A, title="Corrected", revision=2), ["all"])
    trim(store, redis, 1)
    (delivery,) = subscription(store)
    assert (delivery.event, delivery.revision, delivery.article.title) == ("updated", 2, "Corrected")


def test_a_filtered_queue_is_refilled_with_its_own_articles_only(store: Store, redis: Any) -> None:
    queue = QueueSettings(words=("salt",))
    Subscription(store, "some", "archive").close()
    for number in range(6):
        taken = number % 2
        body = f"{text(number)} {'Salt' if taken else 'Sugar'} is sold by weight."
        published(store, f"{A}/{number}", body, queues=("all", "some") if taken else ("all",))
    redis.xtrim(store.keys.queue("some"), maxlen=0, approximate=False)
    found = acked(Subscription(store, "some", "archive", idle=0.05, settings=queue))
    assert found == [f"{A}/{number}" for number in (1, 3, 5)]


def test_a_consumer_that_was_killed_is_forgotten_when_it_has_nothing_in_hand_and_not_before(store: Store) -> None:
    publish(store, 1)
    dies(store)
    assert store.forget_consumers("all", 0) == 0
    assert len(acked(subscription(store, "dead"))) == 1
    time.sleep(0.01)
    assert store.forget_consumers("all", 3600) == 0
    assert store.forget_consumers("all", 0) == 1


# ── asyncio ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_asyncio_reads_the_same(store: Store) -> None:
    expected = publish(store, 30)

    async def read() -> list[str]:
        found = []
        async for delivery in wire_of(store).asubscribe("all", group="archive", batch=7, idle=0.05):
            found.append(delivery.article.url)
            delivery.ack()
        return found

    assert asyncio.run(read()) == expected
    assert owed(store) == 0


def test_the_loop_of_asyncio_goes_on_while_a_subscription_waits(store: Store) -> None:
    subscribed = wire_of(store).asubscribe("all", group="archive", idle=0.5)

    async def read() -> int:
        async def count() -> int:
            ticks = 0
            while True:
                await asyncio.sleep(0.01)
                ticks += 1
                if done.is_set():
                    return ticks

        done = asyncio.Event()
        counting = asyncio.create_task(count())
        assert [delivery async for delivery in subscribed] == []
        done.set()
        return await counting

    assert asyncio.run(read()) > 10


def test_a_cancelled_task_gives_back_what_it_had_and_what_it_was_about_to_get(store: Store) -> None:
    expected = publish(store, 5)

    async def work() -> None:
        async for delivery in wire_of(store).asubscribe("all", group="archive", take_over_after=3600):
            if delivery.article.url == expected[1]:
                await asyncio.sleep(3600)
            delivery.ack()

    async def cancel() -> None:
        for wait in (0.2, 0.0):  # at work, and while it is reading
            task = asyncio.create_task(work())
            await asyncio.sleep(wait)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(cancel())
    assert sorted(acked(subscription(store, take_over_after=3600))) == expected[1:]


def test_tasks_may_answer_out_of_turn_and_after_the_loop(store: Store) -> None:
    publish(store, 20)

    async def work() -> None:
        async def handle(delivery: Delivery, wait: float) -> None:
            await asyncio.sleep(wait)
            delivery.ack()

        number = 0
        async with asyncio.TaskGroup() as tasks:
            async for delivery in wire_of(store).asubscribe("all", group="archive", batch=4, idle=0.1):
                tasks.create_task(handle(delivery, number * 7 % 20 / 50))
                number += 1
        assert number == 20

    asyncio.run(work())
    assert owed(store) == 0


# ── the store goes away ──────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_lost_while_the_store_is_killed_and_started_again_and_again(tmp_path: Path) -> None:
    """Answers that are given while it is away are sent when it is back."""
    with EmbeddedServer(tmp_path, 0) as server:
        store = open_store(server.url)
        expected = publish(store, 60)
        done: list[str] = []

        def read() -> None:
            for delivery in subscription(store, idle=None, batch=10, take_over_after=1.0):
                time.sleep(0.05)
                if delivery.failures == 0 and len(done) % 7 == 0:
                    delivery.retry()
                else:
                    delivery.ack()
                done.append(delivery.article.url)
                if set(done) == set(expected) and len(done) > 66:
                    return

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        for _ in range(3):
            time.sleep(0.4)
            assert server.process
            server.process.kill()
            server.process.wait()
            time.sleep(0.3)
            server.start()
        reader.join(40)
        assert not reader.is_alive()
        assert set(acked(subscription(store, "two", take_over_after=0.1))) <= set(expected)
        assert owed(store) == 0
        store.close()


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
