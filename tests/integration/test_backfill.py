"""A walk into a source's past: over each way that it may have, a step at a time, none of them twice."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest

from ingest import backfill
from ingest.backfill import claims, walk
from ingest.context import Context
from ingest.fetch import Fetcher
from ingest.store import Backfill, Store
from ingest.why import why
from tests.conftest import WriteConfig
from tests.e2e.newswire import page
from tests.integration.polite import MAIN, Begin, Wire
from workers.demo.outlet import Answer, Headline, Outlet, rss

MAY = datetime(2024, 5, 1, 12, tzinfo=UTC)
LISTING = '[[listings]]\nurl = "{url}/archive"\nentry = "article"\npublished = "time"\nnext = "a.older"\n'
STEPS = 2_000


def day(number: int) -> datetime:
    """The day on which this article came: one a day from the first of May on."""
    return MAY + timedelta(days=number)


def articles(outlet: Outlet, numbers: Sequence[int]) -> list[str]:
    """The outlet has these articles. Returns their addresses."""
    return [
        outlet.publish(
            f"/report/{n}",
            page(n).replace(
                "</head>", f'<meta property="article:published_time" content="{day(n).isoformat()}"></head>'
            ),
        )
        for n in numbers
    ]


def headline(outlet: Outlet, number: int) -> Headline:
    return Headline(f"{outlet.url}/report/{number}", f"Report {number} from the river", published=day(number))


def urlset(outlet: Outlet, numbers: Sequence[int]) -> str:
    entries = "".join(
        f"<url><loc>{outlet.url}/report/{n}</loc><lastmod>{day(n).isoformat()}</lastmod></url>" for n in numbers
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def listing(numbers: Sequence[int], older: str = "", *, dated: bool = True) -> str:
    entries = "".join(
        f'<article><a href="/report/{n}">Report {n}</a>'
        + (f'<time datetime="{day(n).isoformat()}"></time>' if dated else "")
        + "</article>"
        for n in numbers
    )
    return f'<html><body>{entries}{f"""<a class="older" href="{older}">Older</a>""" if older else ""}</body></html>'


def ask(wire: Wire, since: datetime = MAY, until: datetime | None = None) -> Backfill:
    (source,) = wire.context.settings.sources.values()
    return backfill.begin(wire.store, source, since.timestamp(), until.timestamp() if until else None)[0]


def now(wire: Wire) -> Backfill:
    known = wire.store.backfill("outlet")
    assert known
    return known


def walked(wire: Wire, steps: int = STEPS) -> Backfill:
    """Take step after step, as a newswire would, until the walk has ended; but no more than so many."""
    for _ in range(steps):
        if not now(wire).running:
            break
        waiting = wire.store.waiting("backfill:outlet")
        assert waiting
        wire.step("backfill:outlet")
        finish(wire)
    return now(wire)


def finish(wire: Wire) -> None:
    """All entries that are due are fetched and processed, as often as they need."""
    for _ in range(5):
        if not any(each[1] <= 0 for each in due(wire)):
            return
        for member, _ in due(wire):
            wire.step(member)


def due(wire: Wire) -> list[tuple[str, float]]:
    found = [(f"entry:{each}", wire.store.waiting(f"entry:{each}")) for each in now(wire).open]
    return [(member, waiting[1]) for member, waiting in found if waiting]


def published(wire: Wire) -> Counter[str]:
    return Counter(entry.url for entry in wire.store.read_queue("all", "0", 100_000))


def reports(outlet: Outlet, numbers: Sequence[int]) -> Counter[str]:
    return Counter(f"{outlet.url}/report/{n}" for n in numbers)


# ── over each way ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sitemap_is_walked_back_to_the_day_that_was_asked_for(begin: Begin, outlet: Outlet) -> None:
    wire = begin(source=f'sitemaps = ["{outlet.url}/sitemap.xml"]\n')
    articles(outlet, range(20))
    outlet.publish("/sitemap.xml", urlset(outlet, range(20)), "application/xml")
    ask(wire, day(5) - timedelta(hours=1))
    ended = walked(wire)
    assert (ended.end, ended.error, ended.left) == ("complete", "", ())
    # A change is no publication: what was changed within a day before may have come a moment too early.
    assert published(wire) == reports(outlet, range(4, 20))
    assert (ended.found, ended.outside, ended.published, ended.pages) == (20, 4, 16, 1)


def test_the_sitemaps_that_robots_txt_names_are_walked_where_the_file_names_none(begin: Begin, outlet: Outlet) -> None:
    wire = begin(f"User-agent: *\nDisallow:\n\nSitemap: {outlet.url}/maps/news.xml\n")
    articles(outlet, range(5))
    outlet.publish("/maps/news.xml", urlset(outlet, range(5)), "application/xml")
    ask(wire)
    walked(wire)
    assert published(wire) == reports(outlet, range(5))


def test_a_listing_is_walked_by_its_link_to_older_entries_until_they_are_too_old(begin: Begin, outlet: Outlet) -> None:
    wire = begin(source=LISTING.format(url=outlet.url))
    articles(outlet, range(40))
    for number, first in enumerate(range(30, -1, -10)):
        path = f"/archive?page={number}" if number else "/archive"
        outlet.publish(path, listing(range(first, first + 10)[::-1], f"?page={number + 1}"))
    ask(wire, day(15))
    ended = walked(wire)
    assert ended.end == "complete"
    assert published(wire) == reports(outlet, range(15, 40))
    assert "/archive?page=3" in outlet.paths(), "the page that shows that it has come back far enough"
    assert "/archive?page=4" not in outlet.paths()


def test_a_listing_without_dates_is_judged_by_its_articles(begin: Begin, outlet: Outlet) -> None:
    wire = begin(source=LISTING.format(url=outlet.url))
    articles(outlet, range(40))
    for number, first in enumerate(range(30, -1, -10)):
        path = f"/archive?page={number}" if number else "/archive"
        outlet.publish(path, listing(range(first, first + 10)[::-1], f"?page={number + 1}", dated=False))
    ask(wire, day(25))
    ended = walked(wire)
    assert ended.end == "complete"
    assert published(wire) == reports(outlet, range(10, 40)), "what was taken up before its date was known stays"
    assert "/archive?page=3" not in outlet.paths()


def test_a_feed_is_walked_by_the_archives_that_it_names(begin: Begin, outlet: Outlet) -> None:
    wire = begin()
    articles(outlet, range(9))
    for first, path, older in ((6, "/feed", "/feed/2"), (3, "/feed/2", "/feed/1"), (0, "/feed/1", "")):
        feed = rss("The Outlet", outlet.url, [headline(outlet, n) for n in range(first, first + 3)])
        link = (
            f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="prev-archive" href="{older}"/>' if older else ""
        )
        outlet.publish(path, feed.replace(b"<description/>", link.encode(), 1), "application/rss+xml")
    ask(wire, day(4))
    ended = walked(wire)
    assert ended.end == "complete"
    assert published(wire) == reports(outlet, range(4, 9))


def test_a_feed_made_by_wordpress_is_walked_by_its_numbered_pages(begin: Begin, outlet: Outlet) -> None:
    wire = begin()
    articles(outlet, range(9))
    for number, first in enumerate((6, 3, 0), start=1):
        feed = rss("The Outlet", outlet.url, [headline(outlet, n) for n in range(first, first + 3)])
        made = feed.replace(b"<description/>", b"<generator>https://wordpress.org/?v=6.4</generator>", 1)
        outlet.publish(f"/feed?paged={number}" if number > 1 else "/feed", made, "application/rss+xml")
    outlet.publish("/feed?paged=4", "", status=404)
    ask(wire, day(-30))
    ended = walked(wire)
    assert published(wire) == reports(outlet, range(9))
    assert ended.end == "as far as it goes"
    assert ended.left[-1] == f"feed {outlet.url}/feed: goes back to 2024-05-01 only"


def test_where_one_way_does_not_come_back_far_enough_the_next_is_tried(begin: Begin, outlet: Outlet) -> None:
    wire = begin(source=f'sitemaps = ["{outlet.url}/news.xml"]\n' + LISTING.format(url=outlet.url))
    articles(outlet, range(20))
    outlet.publish("/news.xml", urlset(outlet, range(18, 20)), "application/xml")
    outlet.publish("/archive", listing(range(20)[::-1]))
    ask(wire, day(10))
    ended = walked(wire)
    assert published(wire) == reports(outlet, range(10, 20))
    assert ended.end == "complete"
    assert ended.left == ("sitemap: had no dates",)


class Posts(Outlet):
    """An outlet with a WordPress API of so many posts, the newest first. deaf: it ignores the number of the page;
    locked: the post that is behind a password."""

    posts, deaf, locked = 0, False, -1

    def __enter__(self) -> "Posts":
        super().__enter__()
        return self

    def _answer(self, path: str, headers: Any) -> Answer:
        parts = urlsplit(path)
        if parts.path != "/wp-json/wp/v2/posts":
            return super()._answer(path, headers)
        asked = dict(parse_qsl(parts.query))
        per_page, number = int(asked["per_page"]), 1 if self.deaf else int(asked.get("page", 1))
        since, until = (datetime.fromisoformat(asked[name]) for name in ("after", "before"))
        posts = [n for n in range(self.posts)[::-1] if since < day(n) < until]
        shown = posts[(number - 1) * per_page : number * per_page]
        if number > 1 and not shown:
            return Answer(b'{"code":"rest_post_invalid_page_number"}', "application/json", 400)
        return Answer(json.dumps([self._post(n) for n in shown]).encode(), "application/json")

    def _post(self, number: int) -> dict[str, Any]:
        text = {"rendered": page(number).partition("<article>")[2], "protected": number == self.locked}
        written = day(number).strftime("%Y-%m-%dT%H:%M:%S")
        return {
            "id": number,
            "link": f"{self.url}/report/{number}",
            "content": text,
            "title": {"rendered": f"Report {number}"},
            "date_gmt": written,
            "modified_gmt": written,
        }


WORDPRESS = 'wordpress = ["{url}/wp-json/wp/v2/posts"]\n[fetch]\nfull_text = "never"\n'


@pytest.mark.parametrize("deaf", [False, True])
def test_a_wordpress_api_is_walked_back_to_the_first_post_of_that_time(
    store: Store, write_config: WriteConfig, deaf: bool
) -> None:
    with Posts() as outlet:
        outlet.posts, outlet.deaf = 250, deaf
        settings = write_config(outlet, main=MAIN, source=WORDPRESS.format(url=outlet.url))
        wire = Wire(Context(settings, store, Fetcher(settings.fetch), random=lambda: 0.0), outlet)
        ask(wire, day(10), day(240))
        ended = walked(wire)
        if deaf:
            assert ended.left[0].endswith("its pages repeat themselves")
            assert published(wire) == reports(outlet, range(141, 241))
        else:
            assert (ended.end, ended.pages) == ("complete", 3)
            assert published(wire) == reports(outlet, range(10, 241))


def test_a_post_behind_a_password_does_not_end_the_walk_over_a_wordpress_api(
    store: Store, write_config: WriteConfig
) -> None:
    with Posts() as outlet:
        outlet.posts, outlet.locked = 230, 100
        settings = write_config(outlet, main=MAIN, source=WORDPRESS.format(url=outlet.url))
        wire = Wire(Context(settings, store, Fetcher(settings.fetch), random=lambda: 0.0), outlet)
        ask(wire, day(0), day(240))
        walked(wire)
        assert published(wire) == reports(outlet, [n for n in range(230) if n != outlet.locked])


# ── what outlets do ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("older", ["/archive", "?page=1"])
def test_a_listing_that_leads_back_to_itself_ends(begin: Begin, outlet: Outlet, older: str) -> None:
    """The second one is an archive that ignores the page's number."""
    wire = begin(source=LISTING.format(url=outlet.url))
    articles(outlet, range(3))
    outlet.publish("/archive", listing(range(3), older))
    ask(wire, day(-30))
    assert not walked(wire).running
    assert outlet.paths().count("/archive") + outlet.paths().count("/archive?page=1") <= 2


def test_a_calendar_without_end_is_left_after_three_empty_months(begin: Begin, outlet: Outlet) -> None:
    class Calendar(Outlet):
        def _answer(self, path: str, headers: Any) -> Answer:
            if path.startswith("/archive?month="):
                month = int(path.partition("=")[2])
                return Answer(listing([], f"?month={month + 1}").encode())
            return super()._answer(path, headers)

    with Calendar() as calendar:
        outlet.answers = calendar.answers
        wire = begin(source=LISTING.format(url=calendar.url))
        outlet.publish("/archive", listing(range(3), "?month=1"))
        ask(wire, day(-300))
        ended = walked(wire)
        assert any("3 pages in a row had no entries" in note for note in ended.left)
        asked = [path for path in calendar.paths() if path.startswith("/archive")]
        assert asked == ["/archive", "/archive?month=1", "/archive?month=2", "/archive?month=3"]


def test_a_way_that_fails_again_and_again_is_left_for_the_next(begin: Begin, outlet: Outlet, redis: Any) -> None:
    main = MAIN + "[schedule]\nretry_first = 0.01\nretry_cap = 0.02\n"
    wire = begin(main=main, source=f'sitemaps = ["{outlet.url}/news.xml"]\n' + LISTING.format(url=outlet.url))
    articles(outlet, range(3))
    outlet.publish("/news.xml", "out of order", status=500)
    outlet.publish("/archive", listing(range(3)))
    ask(wire, day(0))
    ended = walked(wire)
    assert outlet.paths().count("/news.xml") == walk.TRIES
    assert published(wire) == reports(outlet, range(3))
    assert ended.left[0].startswith("sitemap: ") and "500" in ended.left[0]


def test_a_host_that_asks_for_a_pause_gets_it_and_the_walk_goes_on_where_it_was(begin: Begin, outlet: Outlet) -> None:
    wire = begin(source=LISTING.format(url=outlet.url))
    articles(outlet, range(6))
    outlet.publish("/archive", listing(range(3, 6)[::-1], "?page=1"))
    outlet.publish("/archive?page=1", "slow down", status=429, headers={"Retry-After": "120"})
    ask(wire, day(0))
    wire.step("backfill:outlet")  # the sitemap, of which there is none
    while "again" not in wire.step("backfill:outlet"):
        finish(wire)
    waiting = wire.store.waiting("backfill:outlet")
    assert waiting and waiting[1] > 115
    assert published(wire) == reports(outlet, range(3, 6))
    outlet.publish("/archive?page=1", listing(range(3)[::-1]))
    assert wire.step("backfill:outlet") == "waits for its host"
    assert now(wire).running


def test_a_page_that_kills_its_worker_each_time_is_left_out(begin: Begin, outlet: Outlet, redis: Any) -> None:
    wire = begin(source=LISTING.format(url=outlet.url))
    articles(outlet, range(6))
    outlet.publish("/archive", listing(range(6)))
    ask(wire, day(-30))
    wire.step("backfill:outlet")
    redis.hset(wire.store.keys.backfill("outlet"), "attempt", wire.context.settings.schedule.attempts)
    assert "left out" in wire.step("backfill:outlet")
    assert outlet.paths() == [], "the sitemap, of which each attempt ended in a crash"
    walked(wire)
    assert published(wire) == reports(outlet, range(6))


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lost", ["step_back", "claim", "keep_found"])
def test_a_step_that_ends_in_a_crash_is_made_again_and_takes_up_nothing_twice(
    begin: Begin, outlet: Outlet, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """Whatever a step does last before the crash, be it done or not, the walk comes to the same end."""
    wire = begin(source=f'sitemaps = ["{outlet.url}/sitemap.xml"]\n')
    articles(outlet, range(120))
    outlet.publish("/sitemap.xml", urlset(outlet, range(120)), "application/xml")
    ask(wire)
    real, calls = getattr(type(wire.store), lost), Counter[str]()

    class Killed(BaseException):
        pass

    def kill_every_other(self: Any, *args: Any, **more: Any) -> Any:
        calls[lost] += 1
        if calls[lost] % 2:
            if calls[lost] % 4 == 1 and lost != "step_back":
                real(self, *args, **more)
            raise Killed
        return real(self, *args, **more)

    monkeypatch.setattr(type(wire.store), lost, kill_every_other)
    for _ in range(200):
        if not now(wire).running:
            break
        try:
            wire.step("backfill:outlet")
        except Killed:
            continue
        finish(wire)
    ended = now(wire)
    assert calls[lost] >= 2
    assert published(wire) == reports(outlet, range(120))
    assert (ended.claimed, ended.published, ended.known) == (120, 120, 0)


def test_what_the_newswire_has_already_is_not_taken_up_again(begin: Begin, outlet: Outlet) -> None:
    wire = begin(source=f'sitemaps = ["{outlet.url}/sitemap.xml"]\n')
    articles(outlet, range(10))
    outlet.publish("/sitemap.xml", urlset(outlet, range(10)), "application/xml")
    ask(wire)
    walked(wire)
    ask(wire)
    ended = walked(wire)
    assert (ended.known, ended.claimed) == (10, 0)
    assert published(wire) == reports(outlet, range(10))


def test_a_walk_takes_no_more_of_its_host_than_half_a_minute_so_fresh_entries_wait_for_no_longer(
    begin: Begin, outlet: Outlet
) -> None:
    main = MAIN.replace("delay = 0.0", "delay = 2.0")
    wire = begin(main=main, source=f'sitemaps = ["{outlet.url}/sitemap.xml"]\n')
    outlet.publish("/sitemap.xml", urlset(outlet, range(1000)), "application/xml")
    ask(wire)
    for _ in range(10):
        wire.step("backfill:outlet")
    taken = now(wire).claimed
    assert 10 <= taken <= 18
    assert "1 to fetch" in wire.poll(headline(outlet, 5000))
    claimed = wire.state().claimed
    waiting = wire.store.waiting(f"entry:{claimed}")
    assert waiting and waiting[1] <= 36


def test_a_walk_stands_back_while_other_work_waits_for_the_workers(begin: Begin, outlet: Outlet) -> None:
    wire = begin(source=f'sitemaps = ["{outlet.url}/sitemap.xml"]\n')
    outlet.publish("/sitemap.xml", urlset(outlet, range(1000)), "application/xml")
    ask(wire)
    for _ in range(20):
        wire.step("backfill:outlet")
    assert now(wire).claimed <= claims.BACKLOG + claims.BATCH


def test_a_walk_that_was_stopped_goes_on_where_it_was(begin: Begin, outlet: Outlet) -> None:
    wire = begin(source=LISTING.format(url=outlet.url))
    articles(outlet, range(6))
    outlet.publish("/archive", listing(range(3, 6)[::-1], "?page=1"))
    outlet.publish("/archive?page=1", listing(range(3)[::-1]))
    ask(wire, day(0))
    while not published(wire):
        wire.step("backfill:outlet")
        finish(wire)
    stopped = backfill.stop(wire.store, "outlet")
    assert stopped and stopped.end == "stopped"
    assert wire.store.waiting("backfill:outlet") is None
    assert backfill.stop(wire.store, "outlet") is None
    ask(wire, day(0))
    walked(wire)
    assert published(wire) == reports(outlet, range(6))
    assert outlet.paths().count("/archive") == 1


@pytest.mark.parametrize("said", ["stop", "missed"])
def test_what_a_step_wrote_in_between_is_kept_when_a_walk_is_stopped_or_goes_on_for_what_was_missed(
    begin: Begin, outlet: Outlet, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    wire = begin(source=LISTING.format(url=outlet.url))
    articles(outlet, range(6))
    outlet.publish("/archive", listing(range(3, 6)[::-1], "?page=1"))
    outlet.publish("/archive?page=1", listing(range(3)[::-1]))
    ask(wire, day(0))
    (source,) = wire.context.settings.sources.values()
    for _ in range(10):
        if wire.step("backfill:outlet") == "begins on a listing":
            break
    read, steps = Store.backfill, iter([True])

    def read_before_a_step(store: Store, name: str) -> Backfill | None:
        known = read(store, name)
        if next(steps, False):
            wire.step("backfill:outlet")
        return known

    with monkeypatch.context() as patch:
        patch.setattr(Store, "backfill", read_before_a_step)
        if said == "stop":
            backfill.stop(wire.store, "outlet")
        else:
            backfill.missed(wire.store, source, day(9).timestamp(), time.time())
    if said == "stop":
        ask(wire, day(0))
    walked(wire)
    assert published(wire) == reports(outlet, range(6))


def test_a_walk_of_a_source_that_was_added_a_moment_ago_waits_until_it_is_known_here(
    begin: Begin, outlet: Outlet
) -> None:
    wire = begin(source=f'sitemaps = ["{outlet.url}/sitemap.xml"]\n')
    (source,) = wire.context.settings.sources.values()
    backfill.begin(wire.store, msgspec.structs.replace(source, id="added"), MAY.timestamp())
    for _ in range(4):
        assert wire.step("backfill:added") == "not configured here yet"
    assert wire.step("backfill:added") == "ended, as far as it goes"
    assert wire.store.waiting("backfill:added") is None


def test_asking_again_for_less_changes_nothing_and_for_more_begins_anew(begin: Begin, outlet: Outlet) -> None:
    wire = begin(source=f'sitemaps = ["{outlet.url}/sitemap.xml"]\n')
    first = ask(wire, day(10))
    assert ask(wire, day(12), day(15)) == first
    wider = ask(wire, day(5))
    assert wider.since == day(5).timestamp() and wider.begun > first.begun


def test_the_life_of_an_entry_says_by_which_way_it_was_found(begin: Begin, outlet: Outlet) -> None:
    wire = begin(source=f'sitemaps = ["{outlet.url}/sitemap.xml"]\n')
    (url,) = articles(outlet, range(1))
    outlet.publish("/sitemap.xml", urlset(outlet, range(1)), "application/xml")
    ask(wire)
    walked(wire)
    life = why(wire.context.settings, wire.store, url)
    assert "found in its source's past, in a sitemap" in [step.words for step in life.steps]
