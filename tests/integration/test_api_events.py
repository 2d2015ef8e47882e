"""A queue as Server-Sent Events: what is there, what arrives, and whoever was away goes on where it was."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from redis import Redis

from ingest.api import live
from ingest.settings import Settings
from ingest.store import EmbeddedServer, Store, open_store
from tests.conftest import WriteConfig
from tests.integration.making import article, published, to_process
from tests.integration.serving import Api, Events, serving
from workers import address
from workers.demo.outlet import Outlet

EVENTS = "/queues/all/events"


@pytest.fixture
def settings(write_config: WriteConfig, outlet: Outlet) -> Settings:
    return write_config(outlet, queues="[queues.all]\n[queues.other]\n")


@pytest.fixture
def api(settings: Settings, store: Store) -> Iterator[Api]:
    with serving(settings, store) as running:
        yield running


def publish(store: Store, *numbers: int, queue: str = "all") -> list[str]:
    return [published(store, f"https://outlet.example/{n}", queues=(queue,)).id for n in numbers]


def ids(events: Events, count: int) -> list[str]:
    return [str(events.next()["article"]["id"]) for _ in range(count)]


def until_listening(api: Api, count: int) -> None:
    deadline = time.monotonic() + 20
    while api.server._live.listening != count:
        assert time.monotonic() < deadline, api.server._live.listening
        time.sleep(0.01)


def test_what_arrives_comes_whole_and_at_once(api: Api, store: Store) -> None:
    with Events(api, EVENTS).until_placed() as events:
        until_listening(api, 1)
        began = time.monotonic()
        made = published(store)
        event = events.next()
        assert time.monotonic() - began < 3, "and not with the next comment, after 15 seconds"
        assert (event["kind"], event["event"], event["entry"]) == ("message", "created", events.place)
        assert (event["article"]["id"], event["article"]["text"]) == (made.id, made.text)
        revised = article(body="Other words, and the second revision of it.", revision=2)
        store.commit(to_process(store), revised, ["all"])
        event = events.next()
        assert (event["event"], event["article"]["revision"]) == ("updated", 2)


def test_it_begins_with_what_comes_from_now_on_or_with_what_is_there(api: Api, store: Store) -> None:
    old = publish(store, 1, 2, 3)
    entries = [entry.entry for entry in store.read_queue("all", "0")]
    with Events(api, EVENTS).until_placed() as new, Events(api, f"{EVENTS}?from=0") as everything:
        until_listening(api, 2)
        later = publish(store, 4)
        assert ids(new, 1) == later
        assert ids(everything, 4) == [*old, *later]
    with Events(api, f"{EVENTS}?from={entries[1]}") as after:
        assert ids(after, 2) == [old[2], *later]
    milliseconds = int(entries[2].partition("-")[0]) / 1000
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds)) + f".{round(milliseconds % 1 * 1000):03}Z"
    with Events(api, f"{EVENTS}?from={moment}") as since:
        assert ids(since, 1)[0] in {old[2], later[0]}


def test_who_was_away_goes_on_after_the_last_event_that_came(api: Api, store: Store) -> None:
    publish(store, 1)
    with Events(api, f"{EVENTS}?from=0") as events:
        ids(events, 1)
        place = events.place
    missed = publish(store, 2, 3)
    with Events(api, f"{EVENTS}?from=0", **{"Last-Event-ID": place}) as events:
        assert ids(events, 2) == missed


def test_who_left_before_the_first_event_has_a_place_too(api: Api, store: Store) -> None:
    for _ in range(2):  # of a queue that is empty, and of one that is not
        with Events(api, EVENTS).until_placed() as events:
            place = events.place
        missed = publish(store, store.queue_length("all"))
        with Events(api, EVENTS, **{"Last-Event-ID": place}) as events:
            assert ids(events, 1) == missed


def test_more_than_one_batch_is_read_and_none_of_it_twice(api: Api, store: Store) -> None:
    old = publish(store, *range(live._BATCH * 2 + 7))
    with Events(api, f"{EVENTS}?from=0") as events:
        assert ids(events, len(old)) == old
        new = publish(store, 1000, 1001)
        assert ids(events, 2) == new


def test_all_who_listen_are_told_by_one_reader_each_of_its_own_queue(
    api: Api, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    read_queues = store.read_queues

    def counted(places: dict[str, str], most: int, wait: float) -> object:
        found = read_queues(places, most, wait)
        reads.extend(entry.entry for entries in found.values() for entry in entries)
        return found

    monkeypatch.setattr(store, "read_queues", counted)
    with ExitStack() as stack:
        many = [stack.enter_context(Events(api, EVENTS).until_placed()) for _ in range(20)]
        other = stack.enter_context(Events(api, "/queues/other/events").until_placed())
        until_listening(api, 21)
        for n in range(5):
            aside, made = publish(store, n + 100, queue="other"), publish(store, n)
            assert ids(other, 1) == aside
            assert [ids(each, 1) for each in many] == [made] * 20
    assert len(reads) == len(set(reads)) == 10
    until_listening(api, 0)


def test_a_purged_article_is_left_out_and_holds_nothing_up(api: Api, store: Store) -> None:
    gone, kept = publish(store, 1, 2)
    store._redis.delete(store.keys.article(gone))
    with Events(api, f"{EVENTS}?from=0") as events:
        assert ids(events, 1) == [kept]


def test_who_takes_nothing_holds_nobody_up_and_misses_nothing(
    api: Api, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_WAITING", 10)
    body = "Some words that make it long. " * 3000
    where = urlsplit(api.url)
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((where.hostname, where.port))
        slow.sendall(b"GET %b?from=0 HTTP/1.1\r\nHost: localhost\r\n\r\n" % EVENTS.encode())
        made = []
        with Events(api, EVENTS).until_placed() as quick:
            until_listening(api, 2)
            for n in range(120):
                url = f"https://outlet.example/{n}"
                one = article(url, f"{body}{n}")
                store.commit(to_process(store, url), one, ["all"])
                made.append(one.id)
                assert ids(quick, 1) == [one.id], "the slow one must not hold this one up"
            assert sorted(each.overrun for each in api.server._live._listeners["all"]) == [False, True]
        slow.settimeout(20)
        received: list[bytes] = []
        with slow.makefile("rb") as lines:
            while len(received) < len(made):
                line = lines.readline()
                assert line, "it was cut off"
                received += re.findall(rb'"article":\{"id":"(\w+)"', line)
    assert [each.decode() for each in received] == made


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the kernel has no such limit")
def test_a_connection_that_takes_nothing_at_all_is_cut(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address, "UNANSWERED_SECONDS", 1)
    with serving(settings, store) as api, socket.socket() as stuck:
        where = urlsplit(api.url)
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.connect((where.hostname, where.port))
        stuck.sendall(b"GET %b HTTP/1.1\r\nHost: localhost\r\n\r\n" % EVENTS.encode())
        until_listening(api, 1)
        for n in range(60):
            url = f"https://outlet.example/{n}"
            store.commit(to_process(store, url), article(url, f"{'Words that make it long. ' * 4000}{n}"), ["all"])
        until_listening(api, 0)


def test_what_retention_dropped_meanwhile_is_told(api: Api, store: Store, redis: Redis) -> None:
    publish(store, 1, 2, 3, 4)
    entries = [entry.entry for entry in store.read_queue("all", "0")]
    redis.xtrim(store.keys.queue("all"), maxlen=1, approximate=False)
    with Events(api, EVENTS, **{"Last-Event-ID": entries[0]}) as events:
        assert events.next() == {"kind": "gap", "after": entries[0], "until": entries[3]}
        assert events.next()["entry"] == entries[3]
    with Events(api, EVENTS, **{"Last-Event-ID": entries[3]}) as events:
        until_listening(api, 1)
        publish(store, 5)
        assert events.next()["kind"] == "message", "who has the last entry missed nothing"


def test_a_store_that_is_started_again_costs_no_event(settings: Settings) -> None:
    server = EmbeddedServer(settings.data, 0)
    with server:
        store = open_store(server.url)
        with serving(settings, store) as api, Events(api, EVENTS).until_placed() as events:
            until_listening(api, 1)
            made = publish(store, 1)
            assert ids(events, 1) == made
            time.sleep(1.1)  # the file is synced every second
            assert server.process
            server.process.kill()
            server.process.wait()
            time.sleep(1.0)
            server.start()
            made = publish(store, 2, 3)
            assert ids(events, 2) == made
        store.close()


def test_a_silent_queue_shows_that_the_connection_lives(
    api: Api, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.2)
    with Events(api, EVENTS).until_placed() as events:
        comments = 0
        while comments < 3:
            comments += next(events.lines).startswith(b":")
        made = publish(store, 1)
        assert ids(events, 1) == made


def test_a_stop_ends_every_stream_at_once(settings: Settings, store: Store) -> None:
    with serving(settings, store) as api, Events(api, EVENTS).until_placed() as events:
        until_listening(api, 1)
        began = time.monotonic()
        api.server.stop()
        with pytest.raises(EOFError):
            events.next()
        assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "place", ["abc", "-1", "1", "99999999999999999999999", "18446744073709551616-0", "१२३४५६७८९०१२३", "2026-13-01"]
)
def test_a_place_that_is_none_is_refused_with_what_to_do(api: Api, place: str) -> None:
    status, error, hint = api.refusal(EVENTS, params={"from": place})
    assert (status, error[:5]) == (422, "from:")
    assert "use 0, $, a time, or the id of an entry" in hint
    assert api.refusal(EVENTS, headers={"Last-Event-ID": place.encode()})[0] == 422


def test_too_many_listeners_are_told_so(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest.api import queues

    monkeypatch.setattr(queues, "MOST_LISTENERS", 1)
    with Events(api, EVENTS).until_placed():
        until_listening(api, 1)
        assert api.refusal(EVENTS)[:2] == (503, "too many listen already")
