"""Webhooks against a real store and real receivers: what is sent, what a receiver may do, and who waits for whom."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from random import Random
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from ingest.deliver import Sender, Subscription, group_of, new_secret
from ingest.fetch import Fetcher
from ingest.models import article_id, to_json
from ingest.settings import Settings, load
from ingest.store import Store
from tests.integration.making import article, to_process
from tests.receiver import Answer, Receiver
from workers.webhooks import Senders

SECRET = new_secret()
GUARDED = "[fetch]\n"
LOOPBACK = '[fetch]\nallow_addresses = ["127.0.0.0/8"]\n'
REFUSED = Answer(500)


# ── what the tests are made of ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


Configure = Callable[..., Settings]


@pytest.fixture
def configure(tmp_path: Path) -> Configure:
    """`configure(newsroom=receiver, archive=other, more="timeout = 1\\n")`: settings with these webhooks."""

    def write(*, more: str = "", main: str = LOOPBACK, start: str = "0", **webhooks: Receiver) -> Settings:
        (tmp_path / "teletipo.toml").write_text(main)
        tables = [
            f'[webhooks.{name}]\nqueue = "all"\nurl = "{to.url}"\nsecret = "{SECRET}"\nstart = "{start}"\n{more}'
            for name, to in webhooks.items()
        ]
        (tmp_path / "webhooks.toml").write_text("".join(tables))
        return load(tmp_path, tmp_path / "data", {})

    return write


@contextmanager
def sending(settings: Settings, store: Store, name: str = "newsroom") -> Iterator[Sender]:
    """A sender at work; chance is always at its middle, so that nothing is spread."""
    fetcher = Fetcher(settings.fetch)
    sender = Sender(name, settings, store, fetcher, random=lambda: 0.5)
    thread = threading.Thread(target=sender.serve)
    thread.start()
    try:
        yield sender
    finally:
        sender.stop()
        thread.join(10)
        fetcher.close()
        assert not thread.is_alive()


def publish(store: Store, count: int, first: int = 0) -> list[str]:
    """Publish so many new articles. Returns their webhook-ids, in order."""
    return [publish_one(store, f"https://outlet.example/{number}") for number in range(first, first + count)]


def publish_one(store: Store, url: str, revision: int = 1) -> str:
    more: dict[str, Any] = {} if revision == 1 else {"body": f"Revision {revision} of {url} says something else."}
    committed = store.commit(to_process(store, url), article(url, revision=revision, **more), ["all"])
    assert committed.outcome == ("created" if revision == 1 else "updated")
    return f"{article_id(url)}-{revision}"


def until(ask: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not ask():
        assert time.monotonic() < deadline, "still not so"
        time.sleep(0.02)


class Passing:
    """Lets time pass for one webhook: all that it waits for comes so much nearer."""

    def __init__(self, redis: Any, store: Store, name: str = "newsroom") -> None:
        self._redis, self._store, self._keys, self._name = redis, store, store.keys, name

    def soonest(self) -> float:
        """Seconds until something happens: a rest ends, or, where there is none, a delivery is due."""
        now = int(self._redis.time()[0]) * 1000
        until_ms = float(self._redis.hget(self._keys.webhook(self._name), "until") or 0)
        later = self._redis.zrange(self._keys.later("all", group_of(self._name)), 0, 0, withscores=True)
        due = min((score for _, score in later), default=inf)
        return max(0.0, (max(until_ms, float(due)) - now) / 1000)

    def last(self) -> float:
        """Seconds until the last of all deliveries is due."""
        later = self._redis.zrange(self._keys.later("all", group_of(self._name)), -1, -1, withscores=True)
        return float(later[0][1]) / 1000 - float(self._redis.time()[0])

    def seconds(self, seconds: float) -> None:
        group = group_of(self._name)
        later, failures = self._keys.later("all", group), self._keys.failures("all", group)
        for delivery in self._redis.zrange(later, 0, -1):
            self._redis.zincrby(later, -seconds * 1000, delivery)
        for field, value in self._redis.hgetall(failures).items():
            if field.endswith(b"|since"):
                self._redis.hset(failures, field, int(value) - round(seconds * 1000))
        if until_ms := float(self._redis.hget(self._keys.webhook(self._name), "until") or 0):
            self._redis.hset(self._keys.webhook(self._name), "until", round(until_ms - seconds * 1000))

    def settle(self) -> None:
        """Wait until all that is due now was sent and answered: nothing is in hand, and what is new was read or its
        receiver is left alone."""
        until(self._is_settled)

    def _is_settled(self) -> bool:
        group = group_of(self._name)
        for state in self._store.groups("all"):
            if state.name == group and self.soonest():
                held = any(field.endswith(b"|held") for field in self._redis.hkeys(self._keys.failures("all", group)))
                rests = self._store.webhook_state(self._name).resting
                return not (held or state.in_hand or (state.lag and not rests))
        return False


@pytest.fixture
def passing(redis: Any, store: Store, monkeypatch: pytest.MonkeyPatch) -> Passing:
    """With a sender that, waiting for more, notices at once that it is to stop: each step of time has a new one."""
    monkeypatch.setattr("ingest.deliver.subscription.POLL_SECONDS", 0.02)
    return Passing(redis, store)


def standing(store: Store, name: str = "newsroom") -> tuple[int | None, int, int, int]:
    """lag, in hand, put off, dead."""
    (group,) = [group for group in store.groups("all") if group.name == group_of(name)]
    return group.lag, group.in_hand, group.later, group.dead


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_article_is_posted_once_signed_and_whole(store: Store, configure: Configure, receiver: Receiver) -> None:
    ids = publish(store, 3)
    with sending(configure(newsroom=receiver), store):
        until(lambda: len(receiver.taken) == 3)
        until(lambda: standing(store) == (0, 0, 0, 0))
    assert receiver.ids() == ids
    for told in receiver.told:
        event = Webhook(SECRET).verify(told.body, told.headers)
        assert to_json(store.article(told.id.split("-")[0])) in told.body
        assert (event["type"], event["data"]["event"], event["data"]["revision"]) == ("article.created", "created", 1)
        assert told.headers["content-type"] == "application/json"
        published = datetime.fromtimestamp(int(event["data"]["entry"].split("-")[0]) / 1000, UTC)
        assert datetime.fromisoformat(event["timestamp"]) == published


def test_a_change_is_told_as_the_next_revision_with_an_id_of_its_own(
    store: Store, configure: Configure, receiver: Receiver
) -> None:
    url = "https://outlet.example/a"
    first, second = publish_one(store, url), publish_one(store, url, revision=2)
    with sending(configure(newsroom=receiver), store):
        until(lambda: len(receiver.taken) == 2)
    assert receiver.ids() == [first, second]
    assert [told.event["type"] for told in receiver.told] == ["article.created", "article.updated"]
    assert [told.event["data"]["article"]["revision"] for told in receiver.told] == [1, 2]


def test_a_new_webhook_begins_where_it_is_told_to(store: Store, configure: Configure, receiver: Receiver) -> None:
    publish(store, 2)
    with sending(configure(newsroom=receiver, start="$"), store):
        until(lambda: [group.name for group in store.groups("all")] == ["webhook:newsroom"])
        (later,) = publish(store, 1, first=10)
        until(lambda: receiver.taken)
    assert receiver.ids() == [later]


def test_what_was_taken_is_not_sent_again_after_a_restart(
    store: Store, configure: Configure, receiver: Receiver
) -> None:
    ids, settings = publish(store, 60), configure(newsroom=receiver)
    with sending(settings, store):
        until(lambda: len(receiver.taken) >= 20)
    with sending(settings, store):
        until(lambda: len(receiver.taken) >= 60)
        until(lambda: standing(store) == (0, 0, 0, 0))
    assert receiver.ids() == ids


def test_one_connection_serves_for_all_deliveries_whatever_is_answered(
    store: Store, configure: Configure, receiver: Receiver
) -> None:
    publish(store, 30)
    receiver.answer = lambda told: Answer(200, body=b"thank you")
    with sending(configure(newsroom=receiver), store):
        until(lambda: len(receiver.taken) == 30)
    assert receiver.connections == 1


# ── a receiver that fails ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_receiver_that_fails_for_an_hour_gets_everything_in_the_order_of_each_article(
    store: Store, configure: Configure, receiver: Receiver, passing: Passing
) -> None:
    urls = [f"https://outlet.example/{number}" for number in range(12)]
    ids = [publish_one(store, url) for url in urls] + [publish_one(store, url, 2) for url in urls]
    receiver.answer, settings, passed = (lambda told: REFUSED), configure(newsroom=receiver), 0.0
    while passed < 3600:
        with sending(settings, store):  # started anew for each step: what it knows of the receiver is in the store
            passing.settle()
        step = min(passing.soonest() + 1, 3600 - passed)
        passing.seconds(step)
        passed += step
    tries = len(receiver.told)
    assert receiver.taken == []
    receiver.answer = lambda told: Answer()
    passing.seconds(passing.soonest() + 1)  # the end of its rest, or the next try where it has none
    assert passing.last() > 60, "what was put off for longer than the receiver is left alone need not be waited for"
    with sending(settings, store):
        until(lambda: len(set(receiver.taken)) == len(ids))
        until(lambda: standing(store) == (0, 0, 0, 0))
    assert 20 < tries < 150, "an hour of asking hardly at all, or too often"
    assert sorted(receiver.taken) == sorted(ids), "each was taken once"
    for url in urls:
        assert [each for each in receiver.taken if each.startswith(article_id(url))] == [
            f"{article_id(url)}-1",
            f"{article_id(url)}-2",
        ]


def test_each_try_has_the_same_id_and_body_and_a_signature_of_its_own_time(
    store: Store, configure: Configure, receiver: Receiver, passing: Passing
) -> None:
    publish(store, 1)
    receiver.answer = lambda told: REFUSED if len(receiver.told) == 1 else Answer()
    with sending(configure(newsroom=receiver), store):
        until(lambda: standing(store)[2] == 1)
        time.sleep(1.1)
        passing.seconds(60)
        until(lambda: receiver.taken)
    first, second = receiver.told
    assert (first.id, first.body) == (second.id, second.body)
    assert int(first.headers["webhook-timestamp"]) < int(second.headers["webhook-timestamp"])
    Webhook(SECRET).verify(second.body, second.headers)


def test_a_receiver_that_refuses_two_new_deliveries_in_a_row_is_left_alone(
    store: Store, configure: Configure, receiver: Receiver
) -> None:
    publish(store, 100)
    receiver.answer = lambda told: REFUSED
    with sending(configure(newsroom=receiver), store):
        until(lambda: store.webhook_state("newsroom").resting)
        time.sleep(1.0)
        assert len(receiver.told) == 2
        assert 3.0 < store.webhook_state("newsroom").resting <= 5.0
        assert store.webhook_state("newsroom").said == "127.0.0.1: answered 500 Internal Server Error"


def test_one_delivery_that_is_never_taken_holds_up_no_other_and_is_a_dead_letter_in_the_end(
    store: Store, configure: Configure, receiver: Receiver, passing: Passing
) -> None:
    poison, *others = publish(store, 20)
    receiver.answer = lambda told: Answer(422) if told.id == poison else Answer()
    settings, hours = configure(newsroom=receiver, more="give_up_days = 2\n"), 0.0
    while True:
        with sending(settings, store):
            passing.settle()
        assert receiver.taken == others
        if standing(store)[3]:
            break
        passing.seconds(4.1 * 3600)
        hours += 4.1
    assert 48 <= hours < 53
    assert 12 <= receiver.ids().count(poison) <= 15, "at once, and every four hours until two days are over"
    (letter,) = store.dead_letters("all", group_of("newsroom"))
    assert letter.reason == "127.0.0.1: answered 422 Unprocessable Entity"

    receiver.answer = lambda told: Answer()
    store.revive_letters("all", group_of("newsroom"), [letter.delivery])
    with sending(settings, store):
        until(lambda: poison in receiver.taken)
        until(lambda: standing(store) == (0, 0, 0, 0))


def test_many_that_are_never_taken_hold_up_no_new_one(store: Store, configure: Configure, receiver: Receiver) -> None:
    poison = set(publish(store, 10))
    with sending(configure(newsroom=receiver), store):
        until(lambda: len(receiver.taken) == 10)
        receiver.taken.clear()
        receiver.answer = lambda told: REFUSED if told.id in poison else Answer()
        for number in range(20, 30):  # one that is refused between two that are taken
            poison.add(publish_one(store, f"https://outlet.example/poison-{number}"))
            publish_one(store, f"https://outlet.example/{number}")
        until(lambda: len(receiver.taken) == 10, seconds=20)


def test_a_later_revision_waits_for_an_earlier_one_and_no_longer(
    store: Store, configure: Configure, receiver: Receiver, passing: Passing
) -> None:
    url, other = "https://outlet.example/a", "https://outlet.example/b"
    first = publish_one(store, url)
    receiver.answer = lambda told: REFUSED if told.id == first else Answer()
    with sending(configure(newsroom=receiver), store):
        until(lambda: standing(store)[2] == 1)
        second, third = publish_one(store, url, 2), publish_one(store, url, 3)
        another = publish_one(store, other)
        until(lambda: receiver.taken == [another])
        assert standing(store)[2] == 3
        receiver.answer = lambda told: Answer()
        passing.seconds(30)
        until(lambda: len(receiver.taken) == 4)
    assert receiver.taken == [another, first, second, third]
    assert second not in receiver.ids()[: receiver.ids().index(another)]


def test_order_is_kept_for_each_article_whatever_is_refused_and_whenever_the_sender_is_started_anew(
    store: Store, configure: Configure, receiver: Receiver, passing: Passing
) -> None:
    random = Random(7)
    urls = [f"https://outlet.example/{number}" for number in range(15)]
    receiver.answer = lambda told: REFUSED if random.random() < 0.3 else Answer()
    settings, published = configure(newsroom=receiver), list[str]()
    for revision in range(1, 6):
        published += [publish_one(store, url, revision) for url in random.sample(urls, len(urls))]
        with sending(settings, store):
            passing.settle()
        passing.seconds(random.choice([20.0, 700.0]))
    receiver.answer = lambda told: Answer()
    passing.seconds(4 * 3600)
    with sending(settings, store):
        until(lambda: len(set(receiver.taken)) == len(published))
    assert len(receiver.told) > len(published) + 10, "hardly anything was refused"
    for url in urls:
        taken = [each for each in receiver.taken if each.startswith(article_id(url))]
        assert taken == [f"{article_id(url)}-{revision}" for revision in range(1, 6)]


def test_retry_after_is_obeyed(store: Store, configure: Configure, receiver: Receiver, passing: Passing) -> None:
    publish(store, 3)
    receiver.answer = lambda told: Answer(503, {"Retry-After": "3600"})
    with sending(configure(newsroom=receiver), store):
        until(lambda: store.webhook_state("newsroom").resting > 3590)
        receiver.answer = lambda told: Answer()
        passing.seconds(3500)
        time.sleep(1.2)
        assert len(receiver.told) == 1
        passing.seconds(110)
        until(lambda: len(receiver.taken) == 3)


def test_410_stops_the_webhook_until_somebody_says_to_go_on_and_nothing_is_lost(
    store: Store, configure: Configure, receiver: Receiver, passing: Passing
) -> None:
    ids, settings = publish(store, 3), configure(newsroom=receiver)
    receiver.answer = lambda told: Answer(410)
    with sending(settings, store):
        until(lambda: store.webhook_state("newsroom").gone)
    receiver.answer = lambda told: Answer()
    with sending(settings, store):
        passing.seconds(7 * 86_400)
        time.sleep(1.2)
        assert receiver.ids() == ids[:1]
        assert store.webhook_state("newsroom").said == "127.0.0.1: answered 410 Gone"
        store.go_on("newsroom")
        until(lambda: len(receiver.taken) == 3)
    assert receiver.taken == ids


def test_a_webhook_that_got_another_address_is_not_stopped_by_what_the_old_one_said(
    store: Store, configure: Configure, receiver: Receiver
) -> None:
    ids = publish(store, 2)
    receiver.answer = lambda told: Answer(410)
    with sending(configure(newsroom=receiver), store):
        until(lambda: store.webhook_state("newsroom").gone)
    with Receiver() as moved, sending(configure(newsroom=moved), store):
        until(lambda: moved.taken == ids)


def test_a_redirect_is_a_failure_and_is_not_followed(store: Store, configure: Configure, receiver: Receiver) -> None:
    publish(store, 1)
    receiver.answer = lambda told: Answer(302, {"Location": receiver.url})
    with sending(configure(newsroom=receiver), store):
        until(lambda: standing(store)[2] == 1)
    assert "GET" not in receiver.ids()
    assert "302 Found; redirects are not followed" in store.webhook_state("newsroom").said


# ── a receiver that is hostile, slow or not there ────────────────────────────────────────────────────────────────────


def test_a_private_address_is_refused_unless_it_is_allowed(
    store: Store, configure: Configure, receiver: Receiver
) -> None:
    publish(store, 1)
    with sending(configure(newsroom=receiver, main=GUARDED), store):
        until(lambda: standing(store)[2] == 1)
    assert receiver.connections == 0
    assert "its address 127.0.0.1 is not public" in store.webhook_state("newsroom").said


def test_an_answer_of_ten_megabytes_is_not_read_and_counts_by_its_status(
    store: Store, configure: Configure, receiver: Receiver
) -> None:
    publish(store, 3)
    receiver.answer = lambda told: Answer(200, body=b"x" * 10_000_000)
    with sending(configure(newsroom=receiver), store):
        until(lambda: standing(store) == (0, 0, 0, 0))
    assert len(receiver.told) == 3
    assert receiver.sent < 9_000_000


def test_ten_megabytes_of_headers_are_a_failure_that_is_told_in_one_sentence(
    store: Store, configure: Configure, receiver: Receiver
) -> None:
    publish(store, 1)
    receiver.answer = lambda told: Answer(200, {f"X-{number}": "x" * 60_000 for number in range(170)})
    with sending(configure(newsroom=receiver), store):
        until(lambda: standing(store)[2] == 1)
    said = store.webhook_state("newsroom").said
    assert len(said) < 300
    assert said.startswith("127.0.0.1: the answer broke off or cannot be read")


def test_an_answer_that_hangs_after_it_was_taken_is_taken(
    store: Store, configure: Configure, receiver: Receiver
) -> None:
    publish(store, 1)
    receiver.answer = lambda told: Answer(200, {"Content-Length": "5"}, body=b"")
    with sending(configure(newsroom=receiver, more="timeout = 0.5\n"), store):
        until(lambda: standing(store) == (0, 0, 0, 0))
    assert len(receiver.told) == 1


def test_a_receiver_that_hangs_delays_no_other_webhook(store: Store, configure: Configure, receiver: Receiver) -> None:
    ids = publish(store, 100)
    with Receiver() as hanging:
        hanging.answer = lambda told: Answer(hang=True)
        settings = configure(hanging=hanging, newsroom=receiver, more="timeout = 60\n")
        with all_sending(settings, store):
            until(lambda: hanging.told)
            until(lambda: len(receiver.taken) == 100, seconds=5)
    assert receiver.taken == ids
    assert len(hanging.told) == 1


def test_a_receiver_that_says_nothing_is_given_up_after_its_timeout(
    store: Store, configure: Configure, receiver: Receiver
) -> None:
    publish(store, 1)
    receiver.answer = lambda told: Answer(hang=True)
    with sending(configure(newsroom=receiver, more="timeout = 0.3\n"), store):
        until(lambda: standing(store)[2] == 1, seconds=3)
    assert store.webhook_state("newsroom").said == "127.0.0.1: no answer within 0.3 s"


def test_a_webhook_has_its_own_timeout_and_not_that_of_fetching(
    store: Store, configure: Configure, receiver: Receiver
) -> None:
    publish(store, 1)
    receiver.answer = lambda told: Answer(delay=1.0)
    quick = f"{LOOPBACK}timeout = 0.2\ndeadline = 0.2\n"
    with sending(configure(newsroom=receiver, main=quick, more="timeout = 5\n"), store):
        until(lambda: standing(store) == (0, 0, 0, 0), seconds=4)
    assert len(receiver.told) == 1


def test_a_receiver_that_sends_a_byte_now_and_then_is_given_up_after_its_timeout_all_the_same(
    store: Store, configure: Configure, receiver: Receiver
) -> None:
    publish(store, 1)
    with dripping() as url:
        settings = configure(newsroom=receiver, more="timeout = 0.5\n")
        file = settings.config / "webhooks.toml"
        file.write_text(file.read_text().replace(receiver.url, url))
        with sending(load(settings.config, settings.data, {}), store):
            until(lambda: standing(store)[2] == 1, seconds=3)
    assert store.webhook_state("newsroom").said == "127.0.0.1: no answer within 0.5 s"


@contextmanager
def dripping() -> Iterator[str]:
    """A server that never ends its first header, and never is silent for long either."""
    server, closing = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip() -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not closing.wait(0.05):
                connection.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    closing.set()
    thread.join(5)
    server.close()


# ── many processes ───────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def all_sending(settings: Settings, store: Store, grace: float = 0.5) -> Iterator[None]:
    """What one process does, in a thread."""
    stop = threading.Event()
    fetcher = Fetcher(settings.fetch)
    thread = threading.Thread(target=Senders(settings, store, fetcher).serve, args=(stop, grace))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(grace + 5)
        fetcher.close()
        assert not thread.is_alive()


def test_of_many_processes_one_at_a_time_sends_and_another_goes_on_when_it_stops(
    store: Store, configure: Configure, receiver: Receiver
) -> None:
    settings, ids = configure(newsroom=receiver), publish(store, 50)
    receiver.answer = lambda told: Answer(delay=0.01)
    with all_sending(settings, store, grace=5):
        until(lambda: len(receiver.taken) >= 10)
        with all_sending(settings, store, grace=5):
            until(lambda: len(receiver.taken) >= 50)
            first = store.holder("webhook:newsroom")
            time.sleep(2.0)
            assert store.holder("webhook:newsroom") == first
    until(lambda: not store.holder("webhook:newsroom"), seconds=0.5)
    with all_sending(settings, store, grace=5):
        ids += publish(store, 1, first=100)
        until(lambda: len(receiver.taken) >= 51)
    assert receiver.ids() == ids


def test_who_lost_the_lock_sends_no_more(store: Store, configure: Configure, receiver: Receiver) -> None:
    publish(store, 20)
    settings, held = configure(newsroom=receiver), [True]
    receiver.answer = lambda told: held.__setitem__(0, len(receiver.told) < 5) or Answer()
    fetcher = Fetcher(settings.fetch)
    sender = Sender("newsroom", settings, store, fetcher, may_send=lambda: held[0])
    thread = threading.Thread(target=sender.serve)
    thread.start()
    until(lambda: len(receiver.told) == 5)
    time.sleep(1.0)
    assert len(receiver.told) == 5
    assert standing(store)[1] == 0, "what was in hand was given back"
    sender.stop()
    thread.join(5)
    fetcher.close()


def test_what_a_dead_sender_had_in_hand_is_sent_before_what_came_after_it(
    store: Store, configure: Configure, receiver: Receiver
) -> None:
    url = "https://outlet.example/a"
    again, first = publish(store, 1), publish_one(store, url)
    left = Subscription(store, "all", group_of("newsroom"), "sender")
    left.take(0)[0].retry(reason="")
    assert len(left.take(0)) == 1  # and no word of either any more: its process was killed
    second = publish_one(store, url, 2)
    with sending(configure(newsroom=receiver, more="give_up_days = 0\n"), store):  # a kill is no failure
        until(lambda: len(receiver.taken) == 3, seconds=5)
    assert sorted(receiver.ids()) == sorted([*again, first, second])
    assert receiver.ids().index(first) < receiver.ids().index(second)


# ── what is told of it ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_secret_is_in_no_log_no_state_and_no_error(
    store: Store, configure: Configure, receiver: Receiver, redis: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    publish(store, 3)
    settings = configure(newsroom=receiver)
    answers = iter([Answer(500), Answer(), Answer(410)])
    receiver.answer = lambda told: next(answers)
    with sending(settings, store):
        until(lambda: store.webhook_state("newsroom").gone)
    assert len(caplog.records) > 2
    secret = SECRET.removeprefix("whsec_")
    assert secret not in caplog.text
    kept = [redis.dump(key) for key in redis.scan_iter(f"{store.keys.prefix}*", count=1000)]
    assert len(kept) > 5
    assert not [dump for dump in kept if secret.encode() in dump]
    assert secret not in repr(settings)


def test_an_article_that_was_purged_is_passed_over(
    store: Store, configure: Configure, receiver: Receiver, redis: Any
) -> None:
    gone, kept = publish(store, 2)
    redis.delete(store.keys.article(gone.split("-")[0]))
    with sending(configure(newsroom=receiver), store):
        until(lambda: receiver.taken == [kept])
        until(lambda: standing(store) == (0, 0, 0, 0))


def test_what_the_queue_dropped_unread_is_sent_from_the_store(
    store: Store, configure: Configure, receiver: Receiver, redis: Any
) -> None:
    settings = configure(newsroom=receiver)
    with sending(settings, store):
        until(lambda: store.groups("all"))
    ids = publish(store, 5)
    redis.xtrim(store.keys.queue("all"), maxlen=2, approximate=False)
    with sending(settings, store):
        until(lambda: set(receiver.taken) == set(ids))
    entries = {told.id: told.event["data"]["entry"] for told in receiver.told}
    assert [bool(entries[each]) for each in ids] == [False, False, False, True, True]
    assert len(receiver.told) == 5


def test_a_group_that_somebody_dropped_begins_anew(
    store: Store, configure: Configure, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    first = publish(store, 1)
    with sending(configure(newsroom=receiver), store):
        until(lambda: receiver.taken == first)
        store.drop_group("all", group_of("newsroom"))
        until(lambda: receiver.taken == first * 2)
    assert "it begins anew" in caplog.text
    assert "unexpected error" not in caplog.text


def test_an_article_of_which_nothing_is_left_does_not_hold_up_its_next_revision(
    store: Store, configure: Configure, receiver: Receiver, redis: Any
) -> None:
    url = "https://outlet.example/a"
    first = publish_one(store, url)
    receiver.answer = lambda told: REFUSED if told.id == first else Answer()
    with sending(configure(newsroom=receiver), store):
        until(lambda: standing(store)[2] == 1)
        redis.delete(store.keys.later("all", group_of("newsroom")))
        second = publish_one(store, url, 2)
        until(lambda: receiver.taken == [second], seconds=5)
