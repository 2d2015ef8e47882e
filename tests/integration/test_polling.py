"""How a feed is asked for: redirects that are for good, 304s that lie, and failures told apart."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from ingest.polling import DAY, MOVED_FOR, MOVES
from ingest.store import source_state
from tests.integration.polite import Begin, Wire
from workers.demo.outlet import Answer, Headline, Outlet, rss


class Liar(Outlet):
    """Once it lies, it says "not modified" to whoever sends any validator, whatever has changed."""

    lies, slowly = False, 0.0

    def _answer(self, path: str, headers: Any) -> Answer:
        if self.lies and path == "/feed" and "if-none-match" in headers:
            return Answer(status=304, delay=self.slowly)
        return super()._answer(path, headers)


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    with Liar() as running:
        yield running


def passes(wire: Wire, redis: Any, seconds: float) -> None:
    """So much time passes for what is remembered of the feed."""
    key = wire.store.keys.feed(wire.feed)
    for field in ("whole", "moving_since"):
        if (moment := float(redis.hget(key, field) or 0)) > 0:
            redis.hset(key, field, moment - seconds)


def feed_of(outlet: Outlet, *titles: str) -> bytes:
    return rss("The Outlet", outlet.url, [Headline(f"{outlet.url}/{title}", title) for title in titles])


def poll(wire: Wire) -> str:
    wire.store.poll_now([wire.feed])
    return wire.step(f"feed:{wire.feed}")


def remarks(wire: Wire) -> list[str]:
    """What `status` remarks on the source."""
    (source,) = wire.context.settings.sources.values()
    return source_state(source, {wire.feed: wire.state()}, wire.store.baselines([source.id])).remarks


def moves(outlet: Outlet, target: str = "/new", status: int = 301) -> None:
    """/feed leads elsewhere from now on."""
    outlet.publish("/feed", "", status=status, headers={"Location": target})


# ── permanent redirects ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def moving(begin: Begin, outlet: Outlet) -> Wire:
    wire = begin()
    outlet.publish("/new", feed_of(outlet, "a"), "application/rss+xml")
    moves(outlet)
    return wire


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_redirect_is_adopted_after_many_polls_over_days(
    moving: Wire, outlet: Outlet, redis: Any, status: int
) -> None:
    moves(outlet, status=status)
    for _ in range(MOVES):
        assert moving.state().address == ""
        poll(moving)
        passes(moving, redis, MOVED_FOR / (MOVES - 1))
    assert moving.state().address == f"{outlet.url}/new"
    outlet.asked.clear()
    poll(moving)
    assert outlet.paths() == ["/new"]
    assert remarks(moving) == [
        f"{outlet.url}/feed has moved to {outlet.url}/new for good; write that into the source's file"
    ]


def test_many_polls_of_one_day_adopt_nothing(moving: Wire, redis: Any) -> None:
    for _ in range(3 * MOVES):
        poll(moving)
    assert moving.state().address == ""
    passes(moving, redis, MOVED_FOR)
    poll(moving)
    assert moving.state().address


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_redirect_is_never_adopted(moving: Wire, outlet: Outlet, redis: Any, status: int) -> None:
    moves(outlet, status=status)
    for _ in range(2 * MOVES):
        poll(moving)
        passes(moving, redis, DAY)
    assert (moving.state().address, moving.state().moving_to) == ("", "")


def test_only_the_permanent_beginning_of_a_row_of_redirects_is_adopted(
    moving: Wire, outlet: Outlet, redis: Any
) -> None:
    outlet.publish("/new", "", status=302, headers={"Location": "/today"})
    outlet.publish("/today", feed_of(outlet, "a"), "application/rss+xml")
    for _ in range(MOVES):
        poll(moving)
        passes(moving, redis, DAY)
    assert moving.state().address == f"{outlet.url}/new"


def test_an_answer_without_the_redirect_begins_the_count_anew(moving: Wire, outlet: Outlet, redis: Any) -> None:
    for _ in range(MOVES - 1):
        poll(moving)
        passes(moving, redis, DAY)
    outlet.publish("/feed", feed_of(outlet, "a", "b"), "application/rss+xml")
    poll(moving)
    moves(outlet)
    poll(moving)
    assert (moving.state().address, moving.state().moves) == ("", 1)


@pytest.mark.parametrize("status", [404, 410])
def test_where_the_new_address_is_no_longer_there_the_old_one_is_asked_in_the_same_poll(
    moving: Wire, outlet: Outlet, redis: Any, status: int
) -> None:
    for _ in range(MOVES):
        poll(moving)
        passes(moving, redis, DAY)
    outlet.publish("/new", "", status=status)
    outlet.publish("/feed", feed_of(outlet, "a", "b"), "application/rss+xml")
    assert poll(moving) == "1 to fetch of 2"
    assert moving.state().address == ""


def test_an_address_that_is_out_of_order_for_a_while_is_kept(moving: Wire, outlet: Outlet, redis: Any) -> None:
    for _ in range(MOVES):
        poll(moving)
        passes(moving, redis, DAY)
    outlet.publish("/new", "", status=500)
    poll(moving)
    assert (moving.state().status, moving.state().address) == (500, f"{outlet.url}/new")


# ── 304s that lie ────────────────────────────────────────────────────────────────────────────────────────────────────


def conditional(outlet: Outlet) -> list[bool]:
    return ["if-none-match" in asked.headers for asked in outlet.asked if asked.path == "/feed"]


def test_once_a_day_a_304_is_checked_and_one_that_hid_entries_is_believed_no_more(
    begin: Begin, outlet: Liar, redis: Any
) -> None:
    wire = begin()
    outlet.publish("/feed", feed_of(outlet, "a"), "application/rss+xml")
    poll(wire)
    outlet.publish("/feed", feed_of(outlet, "b", "a"), "application/rss+xml")
    outlet.lies = True
    assert poll(wire) == "not modified"
    assert conditional(outlet) == [False, True], "what came in full today is not asked for in full again"
    passes(wire, redis, DAY)
    assert poll(wire) == "1 to fetch of 2"
    assert wire.state().lies == 1
    assert remarks(wire) == [f'{outlet.url}/feed: "not modified" hid new entries of it; it is always asked for in full']
    outlet.asked.clear()
    outlet.publish("/feed", feed_of(outlet, "c", "b", "a"), "application/rss+xml")
    assert poll(wire) == "1 to fetch of 3"
    assert poll(wire) == "not modified", "by the hash of its body"
    assert conditional(outlet) == [False, False]


def test_a_304_that_hid_nothing_is_believed_for_another_day(begin: Begin, outlet: Outlet, redis: Any) -> None:
    wire = begin()
    outlet.publish("/feed", feed_of(outlet, "a"), "application/rss+xml")
    poll(wire)
    passes(wire, redis, DAY)
    assert [poll(wire), poll(wire)] == ["not modified", "not modified"]
    assert conditional(outlet) == [False, True, False, True]
    assert wire.state().lies == 0


def test_a_slow_304_and_the_check_behind_it_take_no_longer_than_one_fetch_may(
    begin: Begin, outlet: Liar, redis: Any
) -> None:
    wire = begin(main='[fetch]\nallow_addresses = ["127.0.0.0/8"]\ndelay = 0.0\ndeadline = 2.0\n')
    outlet.publish("/feed", feed_of(outlet, "a"), "application/rss+xml")
    poll(wire)
    outlet.lies, outlet.slowly = True, 1.0
    outlet.publish("/feed", "", never=True)
    passes(wire, redis, DAY)
    began = time.monotonic()
    assert poll(wire) == "not modified", "what the 304 said still counts"
    assert time.monotonic() - began < 2.9


def test_a_body_that_differs_in_no_entry_is_no_lie(begin: Begin, outlet: Liar, redis: Any) -> None:
    wire = begin()
    outlet.publish("/feed", feed_of(outlet, "a"), "application/rss+xml")
    poll(wire)
    outlet.lies = True
    outlet.publish("/feed", feed_of(outlet, "a") + b"<!-- built at noon -->", "application/rss+xml")
    passes(wire, redis, DAY)
    poll(wire)
    assert wire.state().lies == 0


# ── what status says ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_failures_are_told_apart(begin: Begin, outlet: Outlet) -> None:
    wire = begin()
    outlet.publish("/feed", "", status=502)
    poll(wire)
    assert (wire.state().outcome, wire.state().error) == ("http error", "127.0.0.1: answered 502 Bad Gateway")
    assert wire.state().next_poll
    assert time.time() < (wire.state().next_poll or 0)


@pytest.mark.parametrize(
    ("address", "outcome"),
    [("http://feeds.nowhere.invalid/feed", "name not found"), ("https://127.0.0.1:{port}/feed", "tls error")],
)
def test_a_name_that_is_not_found_is_no_tls_error(begin: Begin, outlet: Outlet, address: str, outcome: str) -> None:
    port = outlet.url.rpartition(":")[2]
    wire = begin(source=f'sitemaps = ["{address.format(port=port)}"]\n')
    (other,) = [feed for feed in wire.context.settings.feeds if feed != wire.feed]
    wire.store.add_feeds([other])
    wire.step(f"feed:{other}")
    state = wire.store.feed_states([other])[other]
    assert state.outcome == outcome
