"""Sitemaps and indexes of them through the real pipeline: what is new is fetched, an archive is not."""

import gzip
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from ingest.context import Context
from ingest.models import article_id
from ingest.pipeline import run
from ingest.sitemaps.sift import MOST_NEW
from ingest.store import FeedState, Store
from tests.integration.polite import MAIN, ContextOf
from workers.demo.outlet import Outlet

PAGE = "".join(f"<p>Crew {n} walked out of the port at noon, and nobody knows when it is back.</p>" for n in range(9))


class Mapped:
    """An outlet with a sitemap, and the pipeline on it."""

    def __init__(self, context: Context, outlet: Outlet) -> None:
        self.context, self.outlet, self.store = context, outlet, context.store
        (self.feed,) = [feed.id for feed in context.settings.feeds.values() if feed.kind == "sitemap"]
        self.store.add_feeds([self.feed])

    def sitemap(self, name: str, *paths: str, age: float | None = 0.1, packed: bool = False, extra: str = "") -> None:
        """With addresses that changed so many days ago; None for undated ones."""
        lastmod = f"<lastmod>{ago(age)}</lastmod>" if age is not None else ""
        urls = "".join(f"<url><loc>{self.outlet.url}/{path}</loc>{lastmod}</url>" for path in paths)
        body = f"<?xml version='1.0'?><urlset>{urls}{extra}</urlset>".encode()
        self.outlet.publish(f"/{name}", gzip.compress(body) if packed else body, "application/octet-stream")

    def index(self, name: str, children: dict[str, str]) -> None:
        maps = "".join(
            f"<sitemap><loc>{self.outlet.url}/{child}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>"
            for child, day in children.items()
        )
        self.outlet.publish(f"/{name}", f"<sitemapindex>{maps}</sitemapindex>", "application/xml")

    def poll(self) -> tuple[list[str], list[str]]:
        """Poll it. Returns the paths that were asked for, and those of the entries that were claimed."""
        self.outlet.asked.clear()
        self.store.poll_now([self.feed])
        waiting = self.store.waiting(f"feed:{self.feed}")
        assert waiting
        self.said = run(self.context, waiting[0])
        claimed = self.store.entry_states(self.state().claimed.split())
        return [path.removeprefix("/") for path in self.outlet.paths()], [
            state.url.removeprefix(f"{self.outlet.url}/") for state in claimed if state
        ]

    def publish_all(self) -> list[str]:
        """Take every step of the articles that wait."""
        fetched = [run(self.context, lease) for lease in self.store.lease("fetch", 30, 1000)]
        return fetched + [run(self.context, lease) for lease in self.store.lease("process", 30, 1000)]

    def state(self) -> FeedState:
        return self.store.feed_states([self.feed])[self.feed]


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


Begin = Callable[..., Mapped]


@pytest.fixture
def begin(outlet: Outlet, context_of: ContextOf) -> Begin:
    def start(name: str = "sitemap.xml", main: str = MAIN) -> Mapped:
        return Mapped(context_of(main=main, source=f'sitemaps = ["{outlet.url}/{name}"]\n'), outlet)

    return start


# ── one sitemap ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_poll_fetches_what_is_of_the_last_days_and_later_ones_what_is_new(begin: Begin) -> None:
    mapped = begin()
    old = f"<url><loc>{mapped.outlet.url}/old</loc><lastmod>{ago(90)}</lastmod></url>"
    mapped.sitemap("sitemap.xml", "a", "b", extra=old)
    assert mapped.poll() == (["sitemap.xml"], ["a", "b"])
    assert mapped.state().entries == 3
    mapped.sitemap("sitemap.xml", "new", "a", "b", extra=old)
    assert mapped.poll()[1] == ["new"]
    mapped.sitemap("sitemap.xml", "a", "new", extra=old)
    assert mapped.poll()[1] == []


def test_fifty_thousand_addresses_are_noted_and_not_fetched(begin: Begin, redis: Any) -> None:
    mapped = begin()
    mapped.sitemap("sitemap.xml", *(f"{n}" for n in range(50_000)), age=400, packed=True)
    began = time.monotonic()
    assert mapped.poll()[1] == []
    assert time.monotonic() - began < 30
    assert mapped.state().entries == 50_000
    entries = [mapped.store.keys.entry(article_id(f"{mapped.outlet.url}/{n}")) for n in range(50_000)]
    assert redis.exists(*entries) == 0
    assert redis.hstrlen(mapped.store.keys.noted(mapped.feed), f"{mapped.outlet.url}/sitemap.xml") == 12 * 50_000


def test_an_article_whose_lastmod_changes_is_fetched_again_where_it_is_ours(begin: Begin) -> None:
    mapped = begin()
    mapped.outlet.publish("/a", f"<title>Ferry</title><article>{PAGE}</article>")
    old = "".join(f"<url><loc>{mapped.outlet.url}/{n}</loc><lastmod>2020-01-0{n}</lastmod></url>" for n in range(1, 6))
    mapped.sitemap("sitemap.xml", "a", age=1, extra=old)
    mapped.poll()
    assert mapped.publish_all()[1].startswith("created")
    mapped.sitemap("sitemap.xml", "a", age=0, extra=old.replace("2020-01-01", ago(0)))
    assert mapped.poll()[1] == ["a"], "the other one that changed is an old one that nobody has"
    assert mapped.publish_all()[1].startswith("unchanged")


def test_a_news_sitemap_of_which_nothing_is_left_shows_that_entries_were_missed(
    begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    mapped = begin()
    mapped.sitemap("sitemap.xml", "a", "b")
    mapped.poll()
    mapped.sitemap("sitemap.xml", "b", "c")
    mapped.poll()
    assert "were missed" not in caplog.text
    mapped.sitemap("sitemap.xml", "x", "y")
    assert mapped.poll()[1] == ["x", "y"]
    assert "were missed" in caplog.text


# ── an index ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_of_an_index_only_the_sitemaps_that_changed_are_asked_for(begin: Begin) -> None:
    mapped = begin("index.xml")
    mapped.sitemap("2026-a.xml.gz", "a", packed=True)
    mapped.sitemap("b.xml", "b", age=2)
    days = {"2026-a.xml.gz": ago(0.1), "b.xml": ago(2), **{f"{n}.xml": ago(30 * n) for n in range(1, 200)}}
    mapped.index("index.xml", days)
    assert mapped.poll() == (["index.xml", "2026-a.xml.gz", "b.xml"], ["a", "b"])
    assert mapped.poll() == (["index.xml"], [])
    mapped.sitemap("b.xml", "b", "c", age=0.05)
    mapped.index("index.xml", {**days, "b.xml": ago(0.05)})
    assert mapped.poll() == (["index.xml", "b.xml"], ["c"])
    assert mapped.said == "1 to fetch of 3"


def test_the_sitemap_of_a_new_day_is_read_when_its_index_names_it(begin: Begin) -> None:
    mapped = begin("index.xml")
    today, yesterday = ((datetime.now(UTC) - timedelta(days=n)).strftime("sitemap-%Y-%m-%d.xml") for n in range(2))
    mapped.sitemap(yesterday, "y", age=None)
    mapped.index("index.xml", {yesterday: "", "sitemap-2011-01-01.xml": ""})
    assert mapped.poll() == (["index.xml", yesterday], ["y"])
    mapped.sitemap(today, "t", age=None)
    mapped.index("index.xml", {today: "", yesterday: "", "sitemap-2011-01-01.xml": ""})
    assert mapped.poll()[1] == ["t"]


def test_what_one_poll_leaves_is_read_by_the_next_although_the_index_is_as_it_was(begin: Begin) -> None:
    mapped = begin("index.xml")
    for n in range(6):
        mapped.sitemap(f"{n}.xml", f"a{n}", age=n / 2)
    mapped.index("index.xml", {f"{n}.xml": ago(n / 2) for n in range(6)})
    asked, claimed = mapped.poll()
    assert (asked, claimed) == (["index.xml", *(f"{n}.xml" for n in range(4))], [f"a{n}" for n in range(4)])
    assert mapped.poll() == (["index.xml", "4.xml", "5.xml"], ["a4", "a5"])


def test_indexes_in_indexes_are_followed_and_loops_are_not(begin: Begin) -> None:
    mapped = begin("index.xml")
    mapped.index("index.xml", {"inner.xml": ago(0), "index.xml": ago(0)})
    mapped.index("inner.xml", {"index.xml": ago(0), "inner.xml": ago(0), "a.xml": ago(0)})
    mapped.sitemap("a.xml", "a")
    assert mapped.poll() == (["index.xml", "inner.xml", "a.xml"], ["a"])
    mapped.index("a.xml", {"deep.xml": ago(0)})
    mapped.index("deep.xml", {"deeper.xml": ago(0)})
    mapped.index("inner.xml", {"a.xml": ago(-0.01)})
    assert mapped.poll()[0] == ["index.xml", "inner.xml", "a.xml", "deep.xml"]


def test_one_that_cannot_be_read_keeps_none_of_the_others_from_it_and_comes_again_when_it_changes(
    begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    mapped = begin("index.xml")
    days = {"b.xml.gz": ago(0), "away.xml": ago(0.1), "a.xml": ago(0.2)}
    mapped.outlet.publish("/b.xml.gz", "<html><body>Just a moment</body></html>")
    mapped.sitemap("a.xml", "a")
    mapped.index("index.xml", days)
    assert mapped.poll() == (["index.xml", "b.xml.gz", "away.xml", "a.xml"], ["a"])
    assert "an HTML page, not a sitemap" in caplog.text
    assert mapped.poll()[0] == ["index.xml"]
    mapped.sitemap("away.xml", "b")
    mapped.index("index.xml", {**days, "away.xml": ago(-0.01)})
    assert mapped.poll()[1] == ["b"]


def test_an_index_of_which_nothing_can_be_read_has_failed(begin: Begin) -> None:
    mapped = begin("index.xml")
    mapped.outlet.publish("/a.xml", "oops", status=500)
    mapped.index("index.xml", {"a.xml": ago(0)})
    mapped.poll()
    assert "/a.xml" in mapped.state().error
    mapped.sitemap("a.xml", "a")
    assert mapped.poll()[1] == ["a"], "it is asked for again although nothing says that it changed"


def test_a_sitemap_that_is_gone_does_not_make_its_index_gone(begin: Begin) -> None:
    mapped = begin("index.xml")
    mapped.outlet.publish("/a.xml", "gone", status=410)
    mapped.index("index.xml", {"a.xml": ago(0)})
    mapped.poll()
    assert "no sitemap that it names could be read" in mapped.state().error
    assert mapped.state().outcome == "ParseFailed"


def test_an_address_that_is_none_spoils_no_other(begin: Begin) -> None:
    mapped = begin()
    broken = f"<url><loc>http://[oops</loc><lastmod>{ago(0)}</lastmod></url><url><loc>mailto:x</loc></url><url></url>"
    mapped.sitemap("sitemap.xml", "a", extra=broken)
    assert mapped.poll()[1] == ["a"]


def test_a_host_that_asks_for_a_pause_in_the_middle_is_left_alone_and_nothing_is_lost(begin: Begin) -> None:
    mapped = begin("index.xml")
    mapped.sitemap("a.xml", "a")
    mapped.sitemap("c.xml", "c")
    mapped.outlet.publish("/b.xml", "busy", status=503, headers={"Retry-After": "1"})
    mapped.index("index.xml", {f"{name}.xml": ago(age) for age, name in enumerate("abc")})
    assert mapped.poll()[0] == ["index.xml", "a.xml", "b.xml"]
    assert "503" in mapped.state().error
    assert mapped.poll()[0] == []
    assert mapped.said == "its host asked for a pause"
    assert mapped.store.entry_state(article_id(f"{mapped.outlet.url}/a")), "what was read before is claimed"


@pytest.mark.parametrize("status", [429, 503, 403])
def test_one_that_was_refused_for_a_while_is_read_afterwards_although_nothing_says_that_it_changed(
    begin: Begin, redis: Any, status: int
) -> None:
    mapped = begin("index.xml")
    mapped.sitemap("a.xml", "a")
    mapped.index("index.xml", {"a.xml": ago(0.1), "b.xml": ago(0.2)})
    mapped.outlet.publish("/b.xml", "not now", status=status, headers={"Retry-After": "1"})
    mapped.poll()
    redis.delete(mapped.store.keys.pause(mapped.outlet.url.removeprefix("http://")))
    mapped.sitemap("b.xml", "b")
    assert mapped.poll()[1] == ["b"]


def test_one_that_is_too_large_is_not_asked_for_at_each_poll(begin: Begin) -> None:
    mapped = begin("index.xml", main=MAIN + "max_bytes = 2000\n")
    mapped.sitemap("a.xml", "a")
    mapped.sitemap("b.xml", *(f"{n}" for n in range(100)))
    mapped.index("index.xml", {"a.xml": ago(0.1), "b.xml": ago(0.2)})
    mapped.poll()
    assert mapped.poll()[0] == ["index.xml"]


def test_the_hosts_pace_is_kept_between_the_sitemaps_of_an_index(begin: Begin) -> None:
    mapped = begin("index.xml", main=MAIN.replace("delay = 0.0", "delay = 0.3"))
    for n in range(3):
        mapped.sitemap(f"{n}.xml", f"a{n}")
    mapped.index("index.xml", {f"{n}.xml": ago(0.1) for n in range(3)})
    assert len(mapped.poll()[1]) == 3
    at = [asked.at for asked in mapped.outlet.asked]
    assert all(later - earlier > 0.25 for earlier, later in pairwise(at))


def test_a_crash_before_the_claims_loses_no_entry(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    mapped = begin("index.xml")
    mapped.sitemap("a.xml", "a", "b")
    mapped.index("index.xml", {"a.xml": ago(0.1)})
    with monkeypatch.context() as patch:
        patch.setattr(Store, "claim", lambda *_: 1 / 0)
        mapped.poll()
    assert mapped.poll()[1] == ["a", "b"]


def test_more_news_than_one_poll_takes_comes_with_the_next_ones(begin: Begin) -> None:
    mapped = begin()
    mapped.sitemap("sitemap.xml", "a", age=1)
    mapped.poll()
    flood = "".join(
        f"<url><loc>{mapped.outlet.url}/{n}</loc><lastmod>{ago(n / 1000)}</lastmod></url>" for n in range(MOST_NEW + 5)
    )
    mapped.sitemap("sitemap.xml", "a", age=1, extra=flood)
    assert len(mapped.poll()[1]) == MOST_NEW
    assert set(mapped.poll()[1]) == {f"{n}" for n in range(MOST_NEW, MOST_NEW + 5)}


def test_an_address_that_stands_twice_but_for_its_tracking_is_one_entry(begin: Begin) -> None:
    mapped = begin()
    mapped.sitemap("sitemap.xml", "a?utm_source=sitemap", "a")
    mapped.poll()
    assert mapped.state().claimed == article_id(f"{mapped.outlet.url}/a")


def test_more_news_in_one_of_an_index_than_one_poll_takes_come_with_the_next_ones(begin: Begin) -> None:
    mapped = begin("index.xml")
    mapped.sitemap("a.xml", "a", age=1)
    mapped.index("index.xml", {"a.xml": ago(1)})
    mapped.poll()
    flood = "".join(
        f"<url><loc>{mapped.outlet.url}/{n}</loc><lastmod>{ago(n / 1000)}</lastmod></url>" for n in range(MOST_NEW + 5)
    )
    mapped.sitemap("a.xml", "a", age=1, extra=flood)
    mapped.index("index.xml", {"a.xml": ago(0)})
    assert len(mapped.poll()[1]) == MOST_NEW
    assert set(mapped.poll()[1]) == {f"{n}" for n in range(MOST_NEW, MOST_NEW + 5)}
    assert mapped.poll()[0] == ["index.xml"], "then all of it is known"


def test_sitemaps_that_cannot_be_had_for_long_stand_in_the_way_of_no_other(begin: Begin) -> None:
    mapped = begin("index.xml")
    days = {f"broken{n}.xml": ago(n / 10) for n in range(5)}
    for name in days:
        mapped.outlet.publish(f"/{name}", "oops", status=500)
    mapped.index("index.xml", {**days, "good.xml": ago(1)})
    mapped.sitemap("good.xml", "a", age=1)
    mapped.poll()
    assert mapped.poll()[1] == ["a"]
    mapped.sitemap("good.xml", "a", "b", age=0.9)
    mapped.index("index.xml", {**days, "good.xml": ago(0.9)})
    assert mapped.poll()[1] == ["b"]
    mapped.poll()
    assert not mapped.state().failures, "the index is polled by its rhythm, as one of its sitemaps is known and well"


def test_of_many_sitemaps_without_lastmod_that_are_named_after_one_day_each_has_its_turn(begin: Begin) -> None:
    mapped = begin("index.xml")
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    names = [f"part{n}-{today}.xml" for n in range(10)]
    mapped.index("index.xml", dict.fromkeys(names, ""))
    for name in names:
        mapped.sitemap(name, f"in-{name}", age=0)
    assert len({path for _ in range(3) for path in mapped.poll()[1]}) == len(names)


def test_of_many_indexes_in_an_index_each_has_its_turn(begin: Begin) -> None:
    mapped = begin("index.xml")
    mapped.index("index.xml", {f"inner-{each}.xml": "" for each in "abcdef"})
    for each in "abcdef":
        mapped.index(f"inner-{each}.xml", {f"posts-{each}.xml": ago(0)})
        mapped.sitemap(f"posts-{each}.xml", each)
    assert {path for _ in range(4) for path in mapped.poll()[1]} == set("abcdef")
