"""A source that falls silent is told of, once, and so is one that is heard again."""

from typing import Any

import msgspec
import pytest

from ingest.silence import Silence
from ingest.store import silence_of, source_state
from tests.integration.polite import MAIN, Begin, Wire
from workers.demo.outlet import Headline, Outlet, rss

DAY = 86_400.0
SECOND = 'sitemaps = ["{url}/sitemap.xml"]\n'
QUIET = "its own rhythm does not explain"


def feed_of(outlet: Outlet, *names: str) -> bytes:
    return rss("The Outlet", outlet.url, [Headline(f"{outlet.url}/{name}", name) for name in names])


def poll(wire: Wire, feed: str) -> None:
    wire.store.poll_now([feed])
    wire.step(f"feed:{feed}")


def goes_back(wire: Wire, redis: Any, feed: str, days: float) -> None:
    """What is known of the feed was so many days ago, and it had brought an entry every two hours for two months."""
    known = silence_of(wire.store.feed_states([feed])[feed])
    since = known.since - days * DAY
    busy = msgspec.structs.replace(
        known, since=since, first=since - 60 * DAY, heard=700, found=240.0, watched=20 * DAY, longest=3.0
    )
    key = wire.store.keys.feed(feed)
    redis.hset(key, mapping={"silence": msgspec.json.encode(busy), "last_ok": since})


def remarks(wire: Wire) -> list[str]:
    (source,) = wire.context.settings.sources.values()
    states = wire.store.feed_states(list(wire.context.settings.feeds))
    return source_state(source, states, wire.store.baselines([source.id])).remarks


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if "silent" in record.getMessage()]


def test_a_feed_that_brings_nothing_for_days_is_told_of_once_and_so_is_its_end(
    begin: Begin, outlet: Outlet, redis: Any, caplog: pytest.LogCaptureFixture
) -> None:
    wire = begin(main=MAIN)
    outlet.publish("/feed", feed_of(outlet, "a", "b"))
    poll(wire, wire.feed)
    goes_back(wire, redis, wire.feed, 5)
    for _ in range(3):
        poll(wire, wire.feed)
    assert said(caplog) == [f"source outlet is silent: nothing new for 5.0 days, which {QUIET}"]
    assert [QUIET in remark for remark in remarks(wire)] == [True]
    outlet.publish("/feed", feed_of(outlet, "c", "a", "b"))
    for _ in range(2):
        poll(wire, wire.feed)
    assert said(caplog)[1:] == ["source outlet is silent no more"]
    assert remarks(wire) == []


def test_a_source_is_not_silent_while_another_of_its_paths_brings_something(
    begin: Begin, outlet: Outlet, redis: Any, caplog: pytest.LogCaptureFixture
) -> None:
    outlet.publish("/other", feed_of(outlet, "z", "y"))
    wire = begin(main=MAIN, source=f'[[listings]]\nurl = "{outlet.url}/list"\nentry = "a"\n')
    other = next(each for each in wire.context.settings.feeds if each != wire.feed)
    outlet.publish("/feed", feed_of(outlet, "a", "b"))
    outlet.publish("/list", '<body><a href="/x">The first one</a><a href="/y">The second one</a></body>')
    poll(wire, wire.feed)
    poll(wire, other)
    goes_back(wire, redis, wire.feed, 5)
    poll(wire, wire.feed)
    assert said(caplog) == [], "the listing has brought something today"
    goes_back(wire, redis, other, 4)
    poll(wire, other)
    assert said(caplog) == [f"source outlet is silent: nothing new for 4.0 days, which {QUIET}"]


def test_what_another_path_found_first_is_still_something_that_the_feed_brought(begin: Begin, outlet: Outlet) -> None:
    wire = begin(main=MAIN, source=f'[[listings]]\nurl = "{outlet.url}/list"\nentry = "a"\n')
    other = next(each for each in wire.context.settings.feeds if each != wire.feed)
    outlet.publish("/feed", feed_of(outlet, "a", "b"))
    outlet.publish("/list", '<body><a href="/c">The third one</a><a href="/d">The fourth one</a></body>')
    poll(wire, wire.feed)
    before = silence_of(wire.state())
    poll(wire, other)
    outlet.publish("/feed", feed_of(outlet, "d", "c", "b"))
    poll(wire, wire.feed)
    after = silence_of(wire.state())
    assert (before.heard, after.heard) == (1, 2)
    assert after != Silence()
