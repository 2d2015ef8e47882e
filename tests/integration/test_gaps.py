"""Entries that come and go between two polls are found on the source's other paths."""

from typing import Any

import pytest

from ingest import backfill
from ingest.store import Backfill, Store
from tests.integration.polite import MAIN, Begin, Wire
from tests.integration.test_backfill import (
    LISTING,
    articles,
    headline,
    listing,
    now,
    published,
    reports,
    urlset,
    walked,
)
from workers.demo.outlet import Outlet, rss

HOUR = 3600.0


@pytest.fixture
def wire(begin: Begin, outlet: Outlet) -> Wire:
    return begin(main=MAIN, source=f'sitemaps = ["{outlet.url}/sitemap.xml"]\n')


def passes(wire: Wire, redis: Any, seconds: float) -> None:
    """So much time passes for what is remembered of the feed."""
    key = wire.store.keys.feed(wire.feed)
    for field in ("last_ok", "gap"):
        if (moment := float(redis.hget(key, field) or 0)) > 0:
            redis.hset(key, field, moment - seconds)


def poll(wire: Wire, *numbers: int) -> str:
    """The feed has these articles; it is polled, and its own articles are processed."""
    said = wire.poll(*(headline(wire.outlet, n) for n in numbers))
    for _ in range(2):
        for each in wire.state().claimed.split():
            if wire.store.waiting(f"entry:{each}"):
                wire.step(f"entry:{each}")
    return said


def walk(wire: Wire) -> Backfill | None:
    known = wire.store.backfill("outlet")
    return known if known and known.running else None


def test_thirty_entries_between_two_polls_of_a_feed_of_ten_all_arrive(
    wire: Wire, outlet: Outlet, redis: Any, caplog: pytest.LogCaptureFixture
) -> None:
    recent = list(range(900, 940))  # dates of the last weeks: what is older than the last poll is not looked for
    articles(outlet, recent)
    outlet.publish("/sitemap.xml", undated(outlet, recent), "application/xml")
    poll(wire, *recent[:10])
    assert walk(wire) is None, "the first poll shows no gap"
    passes(wire, redis, 2 * HOUR)
    poll(wire, *recent[30:])
    found = walk(wire)
    assert found and found.why == "gap"
    assert "were missed in the 120 minutes since its last poll" in caplog.text
    assert wire.state().gaps == 1
    ended = walked(wire)
    assert published(wire) == reports(outlet, recent)
    assert ended.published == 20


def undated(outlet: Outlet, numbers: list[int]) -> str:
    import re

    return re.sub(r"<lastmod>.*?</lastmod>", "", urlset(outlet, numbers))


def test_the_feed_that_missed_them_is_walked_by_its_own_older_pages(begin: Begin, outlet: Outlet, redis: Any) -> None:
    wire = begin(main=MAIN)
    articles(outlet, range(30))
    poll(wire, *range(10))
    passes(wire, redis, HOUR)
    redis.hset(wire.store.keys.feed(wire.feed), "last_ok", headline(outlet, 10).published.timestamp())  # type: ignore[union-attr]
    pages = {"/feed": range(20, 30), "/feed?paged=2": range(10, 20), "/feed?paged=3": range(10)}
    for path, numbers in pages.items():
        made = rss("The Outlet", outlet.url, [headline(outlet, n) for n in numbers])
        outlet.publish(path, made.replace(b"<description/>", b"<generator>https://wordpress.org/?v=6.4</generator>", 1))
    wire.store.poll_now([wire.feed])
    wire.step(f"feed:{wire.feed}")
    walked(wire)
    for each in wire.state().claimed.split():
        for _ in range(2):
            if wire.store.waiting(f"entry:{each}"):
                wire.step(f"entry:{each}")
    assert published(wire) == reports(outlet, range(30))


def test_no_gap_is_seen_where_one_entry_is_left_or_the_feed_has_but_one(wire: Wire, outlet: Outlet) -> None:
    poll(wire, *range(10))
    poll(wire, *range(9, 19))
    assert walk(wire) is None
    poll(wire, 18)
    poll(wire, 30)
    assert walk(wire) is None


def test_entries_that_are_pinned_to_the_top_hide_no_gap(wire: Wire, outlet: Outlet) -> None:
    poll(wire, 1000, *range(10))
    poll(wire, 1000, *range(20, 30))
    assert walk(wire)


def test_what_another_path_has_found_already_was_not_missed(begin: Begin, outlet: Outlet) -> None:
    wire = begin(main=MAIN, source=LISTING.format(url=outlet.url))
    poll(wire, *range(10))
    outlet.publish("/archive", listing(range(20)))
    other = next(each for each in wire.context.settings.feeds if each != wire.feed)
    wire.store.poll_now([other])
    wire.step(f"feed:{other}")
    poll(wire, *range(10, 20))
    assert walk(wire) is None


def test_a_feed_that_is_new_each_time_is_not_walked_at_each_poll(wire: Wire, outlet: Outlet, redis: Any) -> None:
    walks = 0
    for number in range(24):
        poll(wire, *range(number * 10, number * 10 + 10))
        walks += walk(wire) is not None
        if walk(wire):
            backfill.stop(wire.store, "outlet")
        passes(wire, redis, HOUR)
    assert 2 <= walks <= 4, "in a day of hourly polls"


def test_a_poll_that_is_made_again_after_a_crash_still_sees_the_gap(
    wire: Wire, outlet: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    poll(wire, *range(10))
    with monkeypatch.context() as patched:
        patched.setattr(Store, "begin_backfill", killed)
        with pytest.raises(Killed):
            poll(wire, *range(20, 30))
    assert walk(wire) is None
    wire.step(f"feed:{wire.feed}")
    assert walk(wire)


def test_a_gap_found_while_a_walk_is_under_way_is_walked_after_it(wire: Wire, outlet: Outlet) -> None:
    from tests.integration.test_backfill import ask

    articles(outlet, range(30))
    outlet.publish("/sitemap.xml", undated(outlet, list(range(30))), "application/xml")
    poll(wire, *range(10))
    ask(wire)
    poll(wire, *range(20, 30))
    assert now(wire).why == "asked" and now(wire).again_since > 0
    while now(wire).why == "asked":
        walked(wire, 1)
    assert walked(wire).end
    assert published(wire) == reports(outlet, range(30))


def test_a_gap_that_is_to_be_walked_is_not_forgotten_where_a_person_asks_for_more(wire: Wire, outlet: Outlet) -> None:
    from tests.integration.test_backfill import MAY, ask, day

    ask(wire, MAY, day(1))
    poll(wire, *range(10))
    poll(wire, *range(20, 30))
    missed = now(wire).again_since
    ask(wire, day(-9), day(1))
    assert now(wire).since == day(-9).timestamp()
    assert now(wire).again_since == missed > 0
