"""Polls read only what is new in a feed, through the real pipeline, and miss nothing by it."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from ingest.models import article_id
from ingest.roll import Roll
from ingest.settings import Settings
from ingest.store import EmbeddedServer, Store
from tests.conftest import WriteConfig
from tests.integration.test_pipeline import MAIN, Steps
from workers.demo.outlet import Headline, Outlet, rss


@pytest.fixture
def begin(outlet: Outlet, store: Store, write_config: WriteConfig) -> Iterator[Callable[..., Steps]]:
    """Begin, with another store where one is given."""
    begun: list[Steps] = []

    def start(kept: Store | None = None) -> Steps:
        settings: Settings = write_config(outlet, main=MAIN)
        begun.append(Steps(settings, kept or store, outlet))
        return begun[-1]

    yield start
    for steps in begun:
        steps.fetcher.close()


def headlines(outlet: Outlet, *numbers: int, title: str = "Report") -> list[Headline]:
    return [Headline(f"{outlet.url}/{number}", f"{title} {number}", guid=f"g{number}") for number in numbers]


def publish(outlet: Outlet, entries: list[Headline], title: str = "The Outlet") -> None:
    outlet.publish("/feed", rss(title, outlet.url, entries), "application/rss+xml")


def ttl(steps: Steps, redis: Any, number: int) -> float:
    """Seconds for which the entry is still remembered."""
    return float(redis.pttl(steps.store.keys.entry(article_id(f"{steps.outlet.url}/{number}")))) / 1000


def test_of_thirty_entries_the_second_poll_reads_the_one_that_is_new(
    begin: Callable[..., Steps], outlet: Outlet, read_by_feedparser: list[int]
) -> None:
    steps = begin()
    publish(outlet, headlines(outlet, *range(30)))
    assert steps.poll() == "30 to fetch of 30"
    publish(outlet, headlines(outlet, *range(31)))
    assert steps.poll() == "1 to fetch of 31"
    assert read_by_feedparser == [30, 1]
    assert steps.state().claimed == article_id(f"{outlet.url}/30")
    assert steps.state().entries == 31, "those that were seen count for the interval"


def test_an_entry_that_changed_is_claimed_as_changed(
    begin: Callable[..., Steps], outlet: Outlet, read_by_feedparser: list[int]
) -> None:
    steps = begin()
    publish(outlet, headlines(outlet, 1, 2, 3))
    steps.poll()
    changed = headlines(outlet, 2, title="Corrected")
    publish(outlet, [*headlines(outlet, 1), *changed, *headlines(outlet, 3)])
    assert steps.poll() == "1 to fetch of 3"
    assert steps.state().claimed == article_id(f"{outlet.url}/2")
    said = steps.store.said(article_id(f"{outlet.url}/2"))
    assert said
    assert said.title == "Corrected 2"
    publish(outlet, headlines(outlet, 1, 2, 3))
    assert steps.poll() == "1 to fetch of 3", "what it said before is a change as well"
    assert read_by_feedparser == [3, 1, 1]


def test_an_entry_that_leaves_and_comes_back_is_seen(
    begin: Callable[..., Steps], outlet: Outlet, read_by_feedparser: list[int]
) -> None:
    steps = begin()
    for numbers, found in (((1, 2), "2 to fetch of 2"), ((2,), "0 to fetch of 1"), ((1, 2), "0 to fetch of 2")):
        publish(outlet, headlines(outlet, *numbers))
        assert steps.poll() == found
    assert read_by_feedparser == [2, 1], "it is read again, and claim knows it; where nothing is new, nothing is read"


def test_an_entry_whose_record_is_gone_is_read_and_claimed_again(
    begin: Callable[..., Steps], outlet: Outlet, redis: Any
) -> None:
    steps = begin()
    publish(outlet, headlines(outlet, 1, 2))
    steps.poll()
    redis.delete(steps.store.keys.entry(article_id(f"{outlet.url}/1")))
    publish(outlet, headlines(outlet, 2, 1))
    assert steps.poll() == "1 to fetch of 2"
    assert steps.state().claimed == article_id(f"{outlet.url}/1")


def test_an_entry_that_is_seen_is_remembered_for_as_long_as_one_that_is_claimed(
    begin: Callable[..., Steps], outlet: Outlet, server: EmbeddedServer, store: Store, redis: Any
) -> None:
    steps = begin()
    publish(outlet, headlines(outlet, 1, 2))
    steps.poll()
    record, unfinished = (store.keys.entry(article_id(f"{outlet.url}/{number}")) for number in (1, 2))
    redis.pexpire(record, 60_000)
    redis.pexpire(store.keys.life(article_id(f"{outlet.url}/1")), 60_000)
    publish(outlet, headlines(outlet, 3, 1, 2))
    steps.poll()
    days = store._retention.entry_days
    assert ttl(steps, redis, 1) == pytest.approx(days * 86_400, rel=0.01)
    assert redis.ttl(store.keys.life(article_id(f"{outlet.url}/1"))) == pytest.approx(days * 86_400, rel=0.01)
    assert redis.ttl(unfinished) == -1, "work that is not done is never forgotten"


def test_the_roll_is_small_and_forgotten_with_the_entries(
    begin: Callable[..., Steps], outlet: Outlet, store: Store, redis: Any
) -> None:
    steps = begin()
    publish(outlet, headlines(outlet, *range(30)))
    steps.poll()
    key = store.keys.roll(steps.feed)
    assert redis.strlen(key) < 30 * 50 + 200
    assert redis.ttl(key) == pytest.approx(store._retention.entry_days * 86_400, rel=0.01)


def test_a_roll_that_another_version_wrote_is_no_roll(
    begin: Callable[..., Steps], outlet: Outlet, store: Store, redis: Any, read_by_feedparser: list[int]
) -> None:
    steps = begin()
    publish(outlet, headlines(outlet, 1, 2))
    steps.poll()
    redis.set(store.keys.roll(steps.feed), msgspec.msgpack.encode({"entries": 3}))
    assert store.roll(steps.feed) == Roll()
    publish(outlet, headlines(outlet, 3, 1, 2))
    assert steps.poll() == "1 to fetch of 3"
    assert read_by_feedparser == [2, 3]


def test_of_two_entries_at_one_address_the_upper_one_counts_however_they_come_and_go(
    begin: Callable[..., Steps], outlet: Outlet
) -> None:
    """The lower one was never claimed, so it is new when it is all that is left."""
    steps = begin()
    upper, lower = (Headline(f"{outlet.url}/live", title) for title in ("Evening", "Morning"))
    polls = (
        ([upper, lower], "1 to fetch of 1"),
        ([*headlines(outlet, 1), upper, lower], "1 to fetch of 2"),
        ([lower], "1 to fetch of 1"),
        ([upper, lower], "1 to fetch of 1"),
        ([*headlines(outlet, 1), upper], "0 to fetch of 2"),
    )
    for entries, found in polls:
        publish(outlet, entries)
        assert steps.poll() == found


def test_a_feed_that_repeats_a_guid_says_nothing_by_it_when_the_repeated_one_was_seen(
    begin: Callable[..., Steps], outlet: Outlet
) -> None:
    def named(path: str) -> Headline:
        return Headline(f"{outlet.url}/{path}", "News", guid="always", summary="The same words.")

    steps = begin()
    publish(outlet, [named("a")])
    steps.poll()
    publish(outlet, [named("b"), named("a")])
    assert steps.poll() == "1 to fetch of 2"
    publish(outlet, [named("c"), named("b")])
    assert steps.poll() == "1 to fetch of 2", "two entries had this guid, so it tells neither from a third"


def test_a_feed_whose_rules_of_reading_changed_is_read_whole_once(
    begin: Callable[..., Steps], outlet: Outlet, read_by_feedparser: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = begin()
    for number in range(3):
        publish(outlet, headlines(outlet, *range(10 + number)))
        steps.poll()
    monkeypatch.setattr("ingest.parse.parsed.RULES", 0)
    for number in range(3, 5):
        publish(outlet, headlines(outlet, *range(10 + number)))
        steps.poll()
    assert read_by_feedparser[:3] == [10, 1, 1]
    assert read_by_feedparser[-2:] == [13, 1]


def test_a_new_entry_with_the_guid_of_one_that_was_seen_keeps_no_guid(
    begin: Callable[..., Steps], outlet: Outlet
) -> None:
    steps = begin()
    publish(outlet, headlines(outlet, 1))
    steps.poll()
    publish(outlet, [Headline(f"{outlet.url}/2", "Report 2", guid="g1"), *headlines(outlet, 1)])
    assert steps.poll() == "1 to fetch of 2"
    said = steps.store.said(article_id(f"{outlet.url}/2"))
    assert said
    assert said.guid == ""
