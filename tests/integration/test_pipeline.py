"""The three steps against a real outlet and a real store: what each does, and what each leaves behind when it fails."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ingest.context import Context
from ingest.errors import LeaseLost
from ingest.fetch import Fetcher
from ingest.inline import work_off
from ingest.models import article_id
from ingest.pipeline import run
from ingest.roll import Roll
from ingest.settings import Settings
from ingest.store import Claim, FeedState, Lease, QueueName, Store
from ingest.ticket import Progress, Ticket
from ingest.wire import Wire
from tests.conftest import WriteConfig
from tests.e2e.newswire import page, publish_articles
from tests.integration.making import LONG_LEASE, entry, started, text
from workers.demo.outlet import Headline, Outlet, rss

MAIN = '[fetch]\nallow_addresses = ["127.0.0.0/8"]\ndelay = 0.0\n'
THREE_TRIES = f"{MAIN}[schedule]\nattempts = 3\nretry_first = 40.0\nretry_cap = 60.0\n"
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
FULL = "".join(f"<p>{text(number)}</p>" for number in range(3))
"""A feed's own text, long enough to stand in for a page."""


class Steps:
    """The pipeline on one outlet, step by step."""

    def __init__(self, settings: Settings, store: Store, outlet: Outlet) -> None:
        self.fetcher = Fetcher(settings.fetch)
        self.context = Context(settings, store, self.fetcher, random=lambda: 0.0)
        self.store = store
        self.outlet = outlet
        (self.feed,) = settings.feeds
        store.add_feeds(settings.feeds)

    def poll(self) -> str:
        """Poll the feed, due or not."""
        self.store.poll_now([self.feed])
        return self.step(f"feed:{self.feed}")

    def step(self, member: str) -> str:
        """The next step of this member, due or not."""
        waiting = self.store.waiting(member)
        assert waiting, f"{member} is in no due"
        return run(self.context, waiting[0])

    def take(self, *queues: QueueName) -> list[str]:
        """Every step that is due now, once."""
        found = [lease for queue in queues or ("fetch", "process") for lease in self.store.lease(queue, 30, 1000)]
        return [run(self.context, lease) for lease in found]

    def through(self) -> list[str]:
        """Poll, and take every step that is due until none is. What became of the articles."""
        self.poll()
        self.take("fetch")
        return self.take("process")

    def state(self) -> FeedState:
        return self.store.feed_states([self.feed])[self.feed]

    def due_in(self, member: str) -> float:
        waiting = self.store.waiting(member)
        assert waiting
        return waiting[1]

    def queue(self) -> list[tuple[str, int, str]]:
        """(path, revision, event) of all that was published."""
        found = self.store.read_queue("all", "0", 1000)
        return [(one.url.removeprefix(self.outlet.url), one.revision, one.event) for one in found]


Start = Callable[..., Steps]


@pytest.fixture
def start(outlet: Outlet, store: Store, write_config: WriteConfig) -> Iterator[Start]:
    """Begin with a configuration: `start(main="...", source="...")`."""
    begun: list[Steps] = []

    def begin(**more: str) -> Steps:
        begun.append(Steps(write_config(outlet, **{"main": MAIN, **more}), store, outlet))
        return begun[-1]

    yield begin
    for steps in begun:
        steps.fetcher.close()


def publish_feed(outlet: Outlet, *headlines: Headline, **more: Any) -> None:
    outlet.publish("/feed", rss("The Outlet", outlet.url, headlines), "application/rss+xml", **more)


def member(url: str) -> str:
    return f"entry:{article_id(url)}"


# ── refresh_feed ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_poll_claims_what_is_new_and_what_changed_and_nothing_that_was_seen(start: Start, outlet: Outlet) -> None:
    first, second = Headline(f"{outlet.url}/1", "One"), Headline(f"{outlet.url}/2", "Two")
    publish_feed(outlet, first)
    steps = start()
    assert steps.poll() == "1 to fetch of 1"
    publish_feed(outlet, second, first)
    assert steps.poll() == "1 to fetch of 2"
    assert steps.state().claimed == article_id(second.url)
    publish_feed(outlet, second, Headline(first.url, "One, corrected"))
    assert steps.poll() == "1 to fetch of 2"
    assert steps.state().claimed == article_id(first.url)
    publish_feed(outlet, second, Headline(first.url, "One, corrected", published=datetime(2026, 3, 1, tzinfo=UTC)))
    assert steps.poll() == "0 to fetch of 2", "a date is no change"


def test_entries_are_told_apart_by_their_clean_addresses(start: Start, outlet: Outlet) -> None:
    publish_feed(outlet, Headline(f"{outlet.url}/1?utm_source=rss", "One"))
    steps = start()
    steps.poll()
    publish_feed(outlet, Headline(f"{outlet.url}/1#top", "One"), Headline("mailto:desk@outlet.example", "Write to us"))
    assert steps.poll().startswith("0 to fetch")
    assert steps.store.entry_state(article_id(f"{outlet.url}/1"))


def test_an_entry_that_its_feed_moves_to_another_link_is_not_fetched_again(start: Start, outlet: Outlet) -> None:
    """A link with a counter that grows at each poll, say; the feed has rss()'s guid for it."""
    steps = start()
    for poll in range(3):
        outlet.publish(f"/ferry/{poll}", page(1))
        publish_feed(outlet, Headline(f"{outlet.url}/ferry/{poll}", "The ferry", guid="tag:ferry", published=MARCH))
        steps.through()
    assert [asked.path for asked in outlet.asked if asked.path.startswith("/ferry")] == ["/ferry/0"]
    assert steps.queue() == [("/ferry/0", 1, "created")]
    moved = article_id(f"{outlet.url}/ferry/2")
    state = steps.store.entry_state(moved)
    assert state
    assert (state.outcome, state.article) == ("duplicate", article_id(f"{outlet.url}/ferry/0"))
    assert steps.store.addresses(state.article) == {f"{outlet.url}/ferry/1", f"{outlet.url}/ferry/2"}


def test_a_guid_that_a_feed_gives_to_every_entry_costs_none_of_them(start: Start, outlet: Outlet) -> None:
    steps = start()
    for number in range(3):
        outlet.publish(f"/{number}", page(number))
        day = MARCH + timedelta(days=number)
        publish_feed(outlet, Headline(f"{outlet.url}/{number}", "News", guid="always", published=day))
        steps.through()
    assert [path for path, _, _ in steps.queue()] == ["/0", "/1", "/2"]


def test_an_unchanged_feed_is_not_modified_by_its_etag_or_by_its_bytes(start: Start, outlet: Outlet) -> None:
    publish_feed(outlet, Headline(f"{outlet.url}/1", "One"))
    steps = start()
    steps.poll()
    etag = steps.state().etag
    assert etag == outlet.answers["/feed"].etag
    assert steps.poll() == "not modified"
    assert outlet.asked[-1].headers["if-none-match"] == etag
    assert outlet.asked[-1].status == 304
    state = steps.state()
    assert (state.polls, state.status, state.outcome, state.etag) == (2, 304, "not modified", etag)
    assert (state.claimed, state.entries) == ("", 1)
    publish_feed(outlet, Headline(f"{outlet.url}/1", "One"), headers={"ETag": '"another, of the same bytes"'})
    assert steps.poll() == "not modified"


def test_what_a_poll_found_is_remembered_of_the_feed(start: Start, outlet: Outlet) -> None:
    publish_feed(outlet, Headline(f"{outlet.url}/1", "One"), Headline(f"{outlet.url}/2", "Two"))
    steps = start(main=f"{MAIN}[schedule]\nmin_interval = 1200\n")
    steps.poll()
    state = steps.state()
    assert (state.polls, state.status, state.outcome, state.failures, state.error) == (1, 200, "ok", 0, "")
    assert (state.entries, state.interval) == (2, 1200)
    assert state.last_ok == state.last_poll > 0
    assert state.next_poll
    assert 1195 < state.next_poll - state.last_poll < 1205


CRASHES = {
    "before the claim": ("claim", True),
    "after the claim": ("claim", False),
    "before the poll is saved": ("finish_poll", True),
    "before the roll is kept": ("keep_roll", True),
}


class Killed(BaseException):
    """What a kill looks like to code: nothing after it runs, and nobody handles it."""


@pytest.mark.parametrize("crash", CRASHES)
def test_a_crash_of_a_poll_loses_no_entry(
    crash: str, start: Start, outlet: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = publish_articles(outlet, 3)
    steps = start()
    name, before = CRASHES[crash]
    real = getattr(Store, name)

    def dies(*args: Any) -> None:
        if not before:
            real(*args)
        raise Killed

    with monkeypatch.context() as seam:
        seam.setattr(Store, name, dies)
        with suppress(Killed):
            steps.poll()
    assert steps.store.roll(steps.feed) == Roll(), "what need not be read again is said after all else"
    if crash != "before the roll is kept":
        assert steps.state().etag == "", "validators are saved last, or the next poll is a 304"
        assert 0 < steps.due_in(f"feed:{steps.feed}") < 80, "found again when its lease runs out"
    steps.through()
    assert sorted(steps.queue()) == sorted((url.removeprefix(outlet.url), 1, "created") for url in urls)


def test_a_poll_whose_lease_was_taken_does_not_save_the_validators(start: Start, outlet: Outlet) -> None:
    publish_articles(outlet, 1)
    steps = start()
    held = started(steps.store, f"feed:{steps.feed}")
    steps.store.poll_now([steps.feed])
    with pytest.raises(LeaseLost):
        steps.store.finish_poll(held, 900, {"etag": '"1"'})
    assert steps.state().etag == ""


def test_a_feed_that_is_gone_stops_and_says_so(start: Start, outlet: Outlet) -> None:
    publish_feed(outlet, status=410)
    steps = start()
    assert "410" in steps.poll()
    state = steps.state()
    assert (state.outcome, state.status, state.failures) == ("gone", 410, 1)
    assert steps.due_in(f"feed:{steps.feed}") > 360 * 86_400
    publish_feed(outlet, Headline(f"{outlet.url}/1", "One"))
    assert steps.poll() == "1 to fetch of 1", "until it is fetched by hand"
    assert steps.due_in(f"feed:{steps.feed}") < 86_400


def test_a_feed_that_fails_is_asked_less_and_less_often_and_never_given_up(start: Start, outlet: Outlet) -> None:
    publish_feed(outlet, Headline(f"{outlet.url}/1", "One"))
    steps = start(main=f"{MAIN}[schedule]\nattempts = 2\nretry_first = 100\nmax_interval = 1000\n")
    steps.poll()
    etag = steps.state().etag
    outlet.publish("/feed", "not today", status=500)
    waits = []
    for _ in range(5):
        assert "500" in steps.poll()
        waits.append(round(steps.due_in(f"feed:{steps.feed}"), -1))
    assert waits == sorted(waits)
    assert waits[0] < waits[-1] == 1000
    state = steps.state()
    assert (state.failures, state.status, state.etag) == (5, 500, etag)
    assert "500" in state.error
    publish_feed(outlet, Headline(f"{outlet.url}/1", "One"))
    assert steps.poll() == "not modified"
    assert (steps.state().failures, steps.state().error) == (0, "")


def test_what_is_no_feed_is_a_failure_and_forgets_no_validators(start: Start, outlet: Outlet) -> None:
    outlet.publish("/feed", "<html><title>Under construction</title></html>")
    steps = start()
    steps.poll()
    state = steps.state()
    assert (state.failures, state.outcome) == (1, "ParseFailed")
    assert state.etag == "", "the next poll must not be a 304 of something that was never read"


def test_a_feed_that_is_no_longer_configured_leaves_due(start: Start) -> None:
    steps = start()
    steps.store.add_feeds(["outlet:old"])
    assert steps.step("feed:outlet:old") == "not configured here yet", "it may have been added a moment ago"
    assert steps.store.waiting("feed:outlet:old")
    for _ in range(4):
        said = steps.step("feed:outlet:old")
    assert said == "no longer configured"
    assert steps.store.waiting("feed:outlet:old") is None


def test_a_feed_that_kills_its_worker_each_time_is_not_forgotten(start: Start, outlet: Outlet) -> None:
    publish_articles(outlet, 1)
    steps = start(main=THREE_TRIES)
    for _ in range(3):
        started(steps.store, f"feed:{steps.feed}")
    assert "3 attempts in a row ended without an answer" in steps.step(f"feed:{steps.feed}")
    assert outlet.asked == []
    assert steps.poll() == "1 to fetch of 1"


# ── when the next poll is ────────────────────────────────────────────────────────────────────────────────────────────


def hourly(outlet: Outlet, count: int, *, channel: str = "", **more: Any) -> None:
    """A feed with an entry for each of the last `count` hours."""
    now = datetime.now(UTC)
    headlines = [Headline(f"{outlet.url}/{hour}", "News", now - timedelta(hours=hour)) for hour in range(count)]
    feed = rss("The Outlet", outlet.url, headlines).replace(b"<description/>", f"<description/>{channel}".encode())
    outlet.publish("/feed", feed, "application/rss+xml", **more)


def next_poll(steps: Steps) -> float:
    """Seconds, as `due` has it."""
    state = steps.state()
    assert state.next_poll
    return state.next_poll - state.last_poll


@pytest.mark.parametrize(
    ("channel", "headers", "seconds", "why"),
    [
        ("<ttl>300</ttl>", {}, 18_000, "asked by the feed"),
        ("", {"Cache-Control": "public, max-age=14400"}, 14_400, "asked by max-age"),
        ("<ttl>300</ttl>", {"Cache-Control": "max-age=60"}, 18_000, "asked by the feed"),
        ("<ttl>99999</ttl>", {}, 86_400, "asked by the feed"),
    ],
)
def test_a_feed_is_polled_no_sooner_than_it_and_its_server_ask_for(
    channel: str, headers: dict[str, str], seconds: float, why: str, start: Start, outlet: Outlet
) -> None:
    hourly(outlet, 48, channel=channel, headers=headers)
    steps = start()
    steps.poll()
    assert seconds - 2 < next_poll(steps) < seconds + 2
    assert steps.state().why == why
    assert steps.poll() == "not modified"
    assert seconds - 2 < next_poll(steps) < seconds + 2, "a 304 does not repeat it"
    assert steps.state().why == why


def test_the_dates_of_its_first_entries_tell_how_often_a_feed_is_to_be_polled(start: Start, outlet: Outlet) -> None:
    hourly(outlet, 48)
    steps = start(main=f"{MAIN}[schedule]\npace = 600\nmin_interval = 60\n")
    steps.poll()
    assert steps.state().why == "rhythm"
    assert 200 < next_poll(steps) < 3600, "ten minutes, sooner by day and later by night"


def test_a_feed_without_dates_learns_from_its_polls(start: Start, outlet: Outlet) -> None:
    seen = [Headline(f"{outlet.url}/{number}", "News") for number in range(10)]
    publish_feed(outlet, *seen)
    steps = start()
    steps.poll()
    assert (steps.state().why, steps.state().interval) == ("new to us", 900)
    publish_feed(outlet, *(Headline(f"{outlet.url}/more/{number}", "News") for number in range(8)), *seen[:2])
    steps.poll()
    assert steps.state().why in {"rhythm", "min_interval"}
    assert steps.state().interval < 900


def test_a_feed_of_which_entries_were_missed_is_polled_sooner(start: Start, outlet: Outlet) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=300)
    old = [Headline(f"{outlet.url}/{number}", "News", long_ago + timedelta(days=number)) for number in range(200)]
    publish_feed(outlet, *old)
    steps = start(main=f"{MAIN}[schedule]\npace = 50000\n")
    steps.poll()
    before = steps.state().interval
    publish_feed(outlet, *(Headline(f"{outlet.url}/new/{number}", "News") for number in range(3)))
    steps.poll()
    assert (steps.state().why, steps.state().interval) == ("entries were missed", before / 2)


def test_a_feed_that_fails_says_so_and_keeps_what_it_learned(start: Start, outlet: Outlet) -> None:
    hourly(outlet, 48, channel="<ttl>300</ttl>")
    steps = start()
    steps.poll()
    before = steps.state()
    outlet.publish("/feed", "not today", status=500)
    steps.poll()
    state = steps.state()
    assert state.why == "it failed"
    assert (state.rhythm, state.ttl) == (before.rhythm, 18_000)
    assert next_poll(steps) < 70
    outlet.publish("/feed", "not today", status=500, headers={"Retry-After": "4000"})
    steps.poll()
    assert steps.state().why == "asked by Retry-After"
    assert 3998 < next_poll(steps) < 4002


# ── hosts that ask for a pause ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_is_asked_too_often_is_left_alone_for_as_long_as_it_says(
    status: int, start: Start, outlet: Outlet
) -> None:
    urls = publish_articles(outlet, 3)
    for url in urls:
        outlet.publish(url.removeprefix(outlet.url), "slower", status=status, headers={"Retry-After": "1000"})
    steps = start()
    steps.poll()
    found = steps.take("fetch")
    assert len(found) == 3
    assert len(outlet.asked) == 2, "the feed and one page: the others were waiting, and wait on"
    assert all(steps.due_in(member(url)) > 995 for url in urls)
    states = [state for state in steps.store.entry_states([article_id(url) for url in urls]) if state]
    assert sorted(state.attempt for state in states) == [0, 0, 1], "an attempt that was not made is not counted"
    late = outlet.publish("/late", page(9))
    publish_feed(outlet, Headline(late, "Late"))
    assert steps.poll() == "its host asked for a pause"
    steps.store.claim([Claim(entry(late), "outlet", "outlet:other")])
    assert steps.due_in(member(late)) > 990
    assert len(outlet.asked) == 2


def test_a_feeds_poll_is_not_repeated_before_it_says(start: Start, outlet: Outlet) -> None:
    publish_feed(outlet, status=429, headers={"Retry-After": "7200"})
    steps = start()
    steps.poll()
    assert 7199 < steps.due_in(f"feed:{steps.feed}") < 7200 * 1.11
    assert steps.state().status == 429


def test_another_failure_than_too_many_requests_pauses_nobody_else(start: Start, outlet: Outlet) -> None:
    urls = publish_articles(outlet, 2)
    outlet.publish("/report/0", "broken", status=500, headers={"Retry-After": "1000"})
    steps = start()
    steps.poll()
    steps.take("fetch")
    assert steps.due_in(member(urls[0])) > 999
    assert steps.due_in(member(urls[1])) <= 0
    steps.take("process")
    assert steps.queue() == [("/report/1", 1, "created")]


def test_pages_of_one_host_are_fetched_with_the_sources_delay_between_them(start: Start, outlet: Outlet) -> None:
    urls = publish_articles(outlet, 3)
    steps = start(source="[fetch]\ndelay = 50.0\n")
    steps.poll()
    assert [round(steps.due_in(member(url)), -1) for url in urls] == [0, 50, 100]


# ── fetch_page ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_is_kept_as_it_came_with_where_it_was_found(start: Start, outlet: Outlet) -> None:
    html = page(1).encode("utf-16")
    there = outlet.publish("/there", html, "text/html; charset=utf-16")
    outlet.publish("/here", b"", status=301, headers={"Location": "/there"})
    publish_feed(outlet, Headline(f"{outlet.url}/here", "One"))
    steps = start()
    steps.poll()
    assert steps.take("fetch") == [f"{len(html)} bytes"]
    kept = steps.store.page(article_id(f"{outlet.url}/here"))
    assert kept
    assert (kept.url, kept.body, kept.content_type) == (there, html, "text/html; charset=utf-16")
    steps.take("process")
    assert steps.queue() == [("/there", 1, "created")]


@pytest.mark.parametrize(
    ("full_text", "asked", "method"), [("never", False, "feed"), ("auto", True, "page"), ("always", True, "page")]
)
def test_full_text_says_whether_the_page_is_asked_for(
    full_text: str, asked: bool, method: str, start: Start, outlet: Outlet
) -> None:
    url = outlet.publish("/report/1", page(1, words=900))
    publish_feed(outlet, Headline(url, "Report 1", content=FULL))
    steps = start(source=f'[fetch]\nfull_text = "{full_text}"\n')
    assert steps.through() == [f"created {article_id(url)}"]
    assert ("/report/1" in outlet.paths()) == asked
    (article,) = steps.store.articles()
    assert (article.extraction.method == "feed") == (method == "feed")
    assert (text(0)[:40] in article.text) == (method == "feed")


@pytest.mark.parametrize("status", [401, 402, 404, 410, 451, 500])
def test_the_feeds_text_stands_in_for_a_page_that_cannot_be_had(status: int, start: Start, outlet: Outlet) -> None:
    url = outlet.publish("/report/1", "sorry", status=status)
    publish_feed(outlet, Headline(url, "Report 1", content=FULL))
    steps = start(main=MAIN + "[schedule]\nattempts = 1\n")
    steps.through()
    (article,) = steps.store.articles()
    assert (article.url, article.title, article.extraction.method) == (url, "Report 1", "feed")
    assert article.text == "\n\n".join(text(number) for number in range(3))
    assert steps.store.dead_count() == 0


@pytest.mark.parametrize(
    ("source", "content"), [('[fetch]\nfull_text = "always"\n', FULL), ("", "<p>Read more on our site.</p>")]
)
def test_it_does_not_where_only_the_page_will_do_or_the_feed_has_a_few_words(
    source: str, content: str, start: Start, outlet: Outlet
) -> None:
    url = outlet.publish("/report/1", "pay first", status=402)
    publish_feed(outlet, Headline(url, "Report 1", content=content))
    steps = start(source=source)
    steps.through()
    assert steps.queue() == []
    (dead,) = steps.store.dead()
    assert "402" in dead.error


def test_a_page_that_fails_is_tried_again_later_and_later_and_then_dead_with_its_error_kept(
    start: Start, outlet: Outlet
) -> None:
    url = outlet.publish("/report/1", "not today", status=500)
    publish_feed(outlet, Headline(url, "Report 1"))
    steps = start(main=THREE_TRIES)
    steps.poll()
    waits = []
    for attempt in (1, 2):
        assert steps.step(member(url)).startswith("again in ")
        state = steps.store.entry_state(article_id(url))
        assert state
        assert (state.attempt, state.settled) == (attempt, False)
        assert "answered 500" in state.error
        waits.append(round(steps.due_in(member(url)), -1))
    assert waits == [40, 60], "twice as long, up to the cap"
    assert steps.step(member(url)).startswith("dead: ")
    (dead,) = steps.store.dead()
    assert (dead.url, dead.outcome) == (url, "dead")
    assert "answered 500" in dead.error
    assert steps.store.waiting(member(url)) is None
    outlet.publish("/report/1", page(1))
    assert steps.store.revive([dead.id]) == 1
    steps.take("fetch")
    steps.take("process")
    assert steps.queue() == [("/report/1", 1, "created")]


def test_what_another_attempt_cannot_change_is_not_attempted_again(start: Start, outlet: Outlet) -> None:
    url = outlet.publish("/report/1", "gone", status=410)
    publish_feed(outlet, Headline(url, "Report 1"))
    steps = start()
    steps.poll()
    assert steps.step(member(url)).startswith("dead: ")


def test_a_page_that_answers_again_goes_on_as_if_nothing_had_been(start: Start, outlet: Outlet) -> None:
    url = outlet.publish("/report/1", "not today", status=500)
    publish_feed(outlet, Headline(url, "Report 1"))
    steps = start(main=THREE_TRIES)
    steps.poll()
    steps.step(member(url))
    outlet.publish("/report/1", page(1))
    steps.step(member(url))
    state = steps.store.entry_state(article_id(url))
    assert state
    assert (state.step, state.error, state.attempt) == ("process", "", 0)


# ── process_article ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_article_is_what_the_page_says_and_the_feed_adds(start: Start, outlet: Outlet) -> None:
    url = outlet.publish("/report/1", page(1))
    when = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
    publish_feed(outlet, Headline(url, "The feed's headline", published=when, summary="In <b>short</b>."))
    steps = start()
    steps.through()
    (article,) = steps.store.articles()
    assert (article.id, article.url, article.revision) == (article_id(url), url, 1)
    assert (article.title, article.summary) == ("Report 1 from the river", "In short.")
    assert (article.published, article.source, article.country, article.language) == (when, "outlet", "VE", "en")
    assert "gauge 97 on the river" in article.text


def test_an_edit_is_the_next_revision_and_the_same_again_is_nothing(start: Start, outlet: Outlet) -> None:
    url = outlet.publish("/report/1", page(1))
    publish_feed(outlet, Headline(url, "One"))
    steps = start()
    assert steps.through() == [f"created {article_id(url)}"]
    outlet.publish("/report/1", page(1).replace("gauge", "tide gauge"))
    publish_feed(outlet, Headline(url, "One, corrected"))
    assert steps.through() == [f"updated {article_id(url)}"]
    publish_feed(outlet, Headline(url, "One, corrected again"))
    assert steps.through() == [f"unchanged {article_id(url)}"], "the feed's words changed, the page did not"
    assert steps.queue() == [("/report/1", 1, "created"), ("/report/1", 2, "updated")]
    assert len(list(steps.store.articles())) == 1


def test_the_same_body_under_two_addresses_is_one_article_and_a_duplicate(start: Start, outlet: Outlet) -> None:
    urls = [outlet.publish(path, page(1)) for path in ("/report/1", "/agency/report-1")]
    publish_feed(outlet, *(Headline(url, "One") for url in urls))
    steps = start()
    outcomes = sorted(result.split()[0] for result in steps.through())
    assert outcomes == ["created", "duplicate"]
    (published,) = steps.queue()
    states = [state for state in steps.store.entry_states([article_id(url) for url in urls]) if state]
    assert {state.article for state in states} == {article_id(outlet.url + published[0])}
    assert steps.store.day("outlet") == {"created": 1, "duplicate": 1}


def test_two_addresses_that_name_the_same_canonical_one_are_one_article_there(start: Start, outlet: Outlet) -> None:
    canonical = f"{outlet.url}/2026/report-1"
    link = f'<head><link rel="canonical" href="{canonical}">'
    for path, number in (("/amp/report-1", 1), ("/m/report-1", 2)):
        outlet.publish(path, page(number).replace("<head>", link))
    publish_feed(outlet, *(Headline(f"{outlet.url}/{path}/report-1", "One") for path in ("amp", "m")))
    steps = start()
    assert sorted(result.split()[0] for result in steps.through()) == ["created", "duplicate"]
    assert steps.queue() == [("/2026/report-1", 1, "created")]
    article = steps.store.article(article_id(canonical))
    assert article
    assert article.url == canonical == article.addresses[0]


STUB = "<html><title>Watch</title><body><p>Watch it here.</p></body></html>"


def test_a_page_without_an_article_is_fetched_again_and_then_dead_with_the_reason(start: Start, outlet: Outlet) -> None:
    url = outlet.publish("/video", STUB)
    publish_feed(outlet, Headline(url, "Watch"))
    steps = start(main=f"{MAIN}[schedule]\nretry_first = 10.0\n")
    (became,) = steps.through()
    assert became.startswith("to be fetched again: ExtractFailed: ")
    assert 100 < steps.due_in(member(url)) < 200, "longer than after a failure of the network"
    for _ in range(2):
        steps.step(member(url))  # fetch
        steps.step(member(url))  # process
    assert outlet.paths().count("/video") == 3
    (dead,) = steps.store.dead()
    assert (dead.step, dead.refetched) == ("process", 2)
    assert dead.error.startswith("ExtractFailed: ")


def test_a_stub_that_is_filled_in_later_is_published(start: Start, outlet: Outlet) -> None:
    url = outlet.publish("/live", STUB)
    publish_feed(outlet, Headline(url, "Live"))
    steps = start()
    steps.through()
    outlet.publish("/live", page(1))
    steps.step(member(url))
    assert steps.step(member(url)).startswith("created ")
    state = steps.store.entry_state(article_id(url))
    assert state
    assert (state.error, state.refetched) == ("", 0)


CHALLENGE = "<html><title>Just a moment...</title><body><p>Verify that you are human to go on.</p></body></html>"
NOT_FOUND = "<html><title>Page not found</title><body><h1>Page not found</h1><p>Try the front page.</p></body></html>"


def test_behind_a_bot_challenge_an_article_is_asked_for_four_times_more_and_never_published(
    start: Start, outlet: Outlet
) -> None:
    url = outlet.publish("/report/1", CHALLENGE)
    publish_feed(outlet, Headline(url, "One"))
    steps = start(main=f"{MAIN}[schedule]\nretry_first = 10.0\n")
    steps.through()
    waits = []
    for _ in range(4):
        waits.append(steps.due_in(member(url)))
        steps.step(member(url))  # fetch
        steps.step(member(url))  # process
    assert all(later > 1.5 * sooner for sooner, later in pairwise(waits)), "each time after a longer wait"
    assert outlet.paths().count("/report/1") == 5
    (dead,) = steps.store.dead()
    assert "bot challenge" in dead.error
    assert steps.queue() == []


def test_a_page_not_found_with_status_200_is_asked_for_once(start: Start, outlet: Outlet) -> None:
    url = outlet.publish("/report/1", NOT_FOUND)
    publish_feed(outlet, Headline(url, "One"))
    steps = start()
    assert steps.through()[0].startswith("dead: ExtractFailed: the page says that the article is not there")
    assert outlet.paths().count("/report/1") == 1


@pytest.mark.parametrize(("answer", "kind"), [(CHALLENGE, "challenge"), (NOT_FOUND, "gone")])
def test_what_is_no_article_costs_none_where_the_feed_carries_the_text(
    answer: str, kind: str, start: Start, outlet: Outlet
) -> None:
    url = outlet.publish("/report/1", answer)
    publish_feed(outlet, Headline(url, "One", content=FULL))
    steps = start()
    assert steps.through()[0].startswith("created ")
    article = steps.store.article(article_id(url))
    assert article
    assert (article.extraction.method, article.extraction.evidence["page"]) == ("feed", kind)
    assert article.text.startswith("Sentence 0")


LOGIN = "<html><title>Log in</title><body><form><input type='password'><button>Log in</button></form></body></html>"
BAD_INPUT: dict[str, tuple[bytes, str, str]] = {
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf", "the page is a PDF file, not HTML"),
    "an image": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 400, "text/html", "the page is an image, not HTML"),
    "binary": (bytes(range(256)) * 100, "text/html", "the page is a binary file"),
    "plain text": (b"The ferry leaves at ten.", "text/plain", "plain text"),
    "depth": (b"<div>" * 100_000, "text/html", "nested too deep"),
    "twelve megabytes": (
        b"<p>The ferry leaves at ten.</p>" * 400_000,
        "text/html",
        "has 12 MB, which no article needs",
    ),
    "fifty megabytes": (b" " * 50_000_000, "text/html", "sends more than 15000000 bytes"),
    "a login": (LOGIN.encode(), "text/html", "a login page came instead of the article"),
}


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_dead_by_its_name_at_once_and_costs_the_other_articles_nothing(
    name: str, start: Start, outlet: Outlet
) -> None:
    body, content_type, says = BAD_INPUT[name]
    bad = outlet.publish("/bad", body, content_type)
    good = outlet.publish("/report/1", page(1))
    publish_feed(outlet, Headline(bad, "Bad"), Headline(good, "Good"))
    steps = start()
    began = time.monotonic()
    steps.through()
    assert time.monotonic() - began < 10
    (dead,) = steps.store.dead()
    assert (dead.url, says in dead.error) == (bad, True), dead.error
    assert steps.queue() == [("/report/1", 1, "created")]


@pytest.mark.parametrize("body", [b"", b" \n", b"<html><body></body></html>", b"<html><head><title>One</title>"])
def test_an_empty_page_may_be_filled_in_later(body: bytes, start: Start, outlet: Outlet) -> None:
    url = outlet.publish("/report/1", body)
    publish_feed(outlet, Headline(url, "One"))
    steps = start()
    assert "to be fetched again" in steps.through()[0]
    outlet.publish("/report/1", page(1))
    steps.step(member(url))
    assert steps.step(member(url)).startswith("created ")


def test_work_whose_feeds_words_are_no_longer_kept_is_dead_and_says_how_to_go_on(
    start: Start, outlet: Outlet, redis: Any
) -> None:
    (url,) = publish_articles(outlet, 1)
    steps = start()
    steps.poll()
    redis.delete(steps.store.keys.said(article_id(url)))
    steps.take("fetch")
    (dead,) = steps.store.dead()
    assert "[retention] page_days" in dead.error
    assert "fetch it by hand" in dead.error


def test_an_article_goes_to_the_queues_whose_filters_take_it(
    outlet: Outlet, store: Store, write_config: WriteConfig
) -> None:
    publish_articles(outlet, 1)
    queues = '[queues.everything]\n[queues.english]\nlanguage = ["en"]\n[queues.spanish]\nlanguage = ["es"]\n'
    steps = Steps(write_config(outlet, queues=queues), store, outlet)
    steps.through()
    assert [store.queue_length(name) for name in ("everything", "english", "spanish")] == [1, 1, 0]


# ── leases ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_repeated_message_is_stale_and_asks_nobody(start: Start, outlet: Outlet) -> None:
    publish_articles(outlet, 1)
    steps = start()
    (lease,) = steps.store.lease("fetch", LONG_LEASE, 1)
    assert run(steps.context, lease) == "1 to fetch of 1"
    assert run(steps.context, lease) == "stale"
    assert outlet.paths() == ["/feed"]


def overtaken(steps: Steps, url: str, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """From now on the entry is claimed anew by somebody else just before `call` of the store."""
    real = getattr(Store, call)

    def late(store: Store, lease: Lease, *rest: Any, **more: Any) -> Any:
        store.claim([Claim(entry(url, title="Corrected"), "outlet", steps.feed, believed="always")])
        return real(store, lease, *rest, **more)

    monkeypatch.setattr(Store, call, late)


@pytest.mark.parametrize("status", [200, 500])
def test_a_step_whose_entry_was_claimed_anew_drops_what_it_did(
    status: int, start: Start, outlet: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = outlet.publish("/report/1", page(1), status=status)
    publish_feed(outlet, Headline(url, "One"))
    steps = start()
    steps.poll()
    with monkeypatch.context() as meanwhile:
        overtaken(steps, url, meanwhile, "advance" if status == 200 else "retry")
        assert steps.step(member(url)) == "lease lost"
    assert steps.store.page(article_id(url)) is None
    outlet.publish("/report/1", page(1))
    steps.take("fetch")
    steps.take("process")
    assert steps.queue() == [("/report/1", 1, "created")]


def test_a_commit_that_comes_too_late_publishes_nothing_and_counts_no_page(
    start: Start, outlet: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    (url,) = publish_articles(outlet, 1)
    steps = start()
    steps.poll()
    steps.take("fetch")
    with monkeypatch.context() as meanwhile:
        overtaken(steps, url, meanwhile, "commit")
        assert steps.step(member(url)) == "stale"
    assert steps.queue() == []
    assert steps.store.baseline("outlet").pages == 0


def test_an_error_that_nobody_expected_costs_one_attempt(
    start: Start, outlet: Outlet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (url,) = publish_articles(outlet, 1)
    steps = start()
    steps.poll()
    with monkeypatch.context() as broken:
        broken.setattr(Fetcher, "get", lambda *_: 1 / 0)
        assert "ZeroDivisionError" in steps.step(member(url))
    assert "Traceback" in caplog.text
    assert steps.context.in_hand == {}
    state = steps.store.entry_state(article_id(url))
    assert state
    assert state.error == "ZeroDivisionError: division by zero"


def test_work_in_hand_can_be_given_back_and_is_known_when_it_is_overdue(
    start: Start, outlet: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    (url,) = publish_articles(outlet, 1)
    steps = start()
    steps.poll()
    seen: list[object] = []
    real = Fetcher.get

    def leave(*args: Any) -> Any:
        seen.extend([list(steps.context.in_hand), steps.context.overdue(), steps.context.give_back()])
        return real(*args)

    with monkeypatch.context() as leaving:
        leaving.setattr(Fetcher, "get", leave)
        assert steps.step(member(url)) == "lease lost"
    assert seen == [[member(url)], [], 1]
    assert steps.due_in(member(url)) <= 0
    state = steps.store.entry_state(article_id(url))
    assert state
    assert state.attempt == 0
    steps.take("fetch")
    steps.take("process")
    assert len(steps.queue()) == 1


# ── without workers ──────────────────────────────────────────────────────────────────────────────────────────────────


def asked(steps: Steps, *names: str) -> Ticket:
    return Wire(steps.context.settings, steps.store).fetch(*(names or ("outlet",)))


def test_without_workers_a_fetch_is_done_to_its_end_here_and_now(start: Start, outlet: Outlet) -> None:
    urls = publish_articles(outlet, 4)
    outlet.publish("/report/3", "gone", status=410)
    steps = start(source="[fetch]\ndelay = 0.1\n")
    seen: list[Progress] = []
    began = time.time()
    progress = work_off(steps.context, asked(steps), seen.append)
    assert progress.done
    assert progress.outcomes == {"created": 3, "dead": 1}
    assert [error.partition(": ")[0] for error in progress.errors] == [urls[3]]
    assert (seen[0].feeds_done, seen[-1]) == (0, progress)
    assert sorted(path for path, _, _ in steps.queue()) == ["/report/0", "/report/1", "/report/2"]
    times = [one.at for one in outlet.asked if one.path != "/feed"]
    assert all(at - began > 0.1 * number - 0.01 for number, at in enumerate(times)), "pacing is kept"


def test_what_must_be_tried_much_later_is_left_to_a_running_newswire(start: Start, outlet: Outlet) -> None:
    publish_articles(outlet, 2)
    outlet.publish("/report/0", "not today", status=500)
    steps = start()
    progress = work_off(steps.context, asked(steps))
    assert (progress.done, progress.entries_done, progress.entries) == (False, 1, 2)
    assert [path for path, _, _ in steps.queue()] == ["/report/1"]
    assert steps.store.due_counts()["fetch"] == 2, "the feed's next poll and the page's next attempt"


def test_a_host_that_asked_for_a_pause_is_not_asked_by_hand_either(start: Start, outlet: Outlet) -> None:
    publish_articles(outlet, 1)
    steps = start()
    steps.store.host_pause(outlet.url, 600)
    progress = work_off(steps.context, asked(steps))
    assert not progress.done
    assert outlet.asked == []


def test_a_feed_that_fails_is_an_error_of_the_fetch(start: Start, outlet: Outlet) -> None:
    steps = start()
    progress = work_off(steps.context, asked(steps))
    assert progress.done
    assert (progress.feeds_done, progress.entries) == (1, 0)
    assert "404" in progress.errors[0]


# ── what a source's pages are usually like ───────────────────────────────────────────────────────────────────────────


def pages_of(outlet: Outlet, numbers: range, answer: Callable[[int], str] = page) -> None:
    """Announce these reports, each with this page."""
    urls = [outlet.publish(f"/report/{n}", answer(n)) for n in numbers]
    publish_feed(outlet, *(Headline(url, f"Report {n}") for n, url in zip(numbers, urls, strict=True)))


def test_a_source_whose_pages_turn_into_challenges_drifts_until_they_are_articles_again(
    start: Start, outlet: Outlet, caplog: pytest.LogCaptureFixture
) -> None:
    steps = start()
    pages_of(outlet, range(10))
    steps.through()
    usual = steps.store.baseline("outlet")
    assert (usual.pages, usual.articles, usual.drifting) == (10, 10, 0)
    pages_of(outlet, range(10, 20), lambda _: CHALLENGE)
    steps.through()
    drifting = steps.store.baseline("outlet")
    assert (drifting.pages, drifting.articles) == (20, 10)
    assert drifting.drifting > time.time() - 60
    assert caplog.text.count("source outlet is drifting: ") == 1
    assert "bring a bot challenge" in caplog.text
    pages_of(outlet, range(20, 30))
    steps.through()
    assert steps.store.baseline("outlet").drifting == 0
    assert "source outlet drifts no more" in caplog.text
    assert len(steps.queue()) == 20, "what is an article is published, whatever the others are"


def test_only_what_was_fetched_as_a_page_makes_a_baseline(start: Start, outlet: Outlet, tmp_path: Path) -> None:
    (url,) = publish_articles(outlet, 1)
    publish_feed(outlet, Headline(url, "One", content=FULL))
    steps = start(source='[fetch]\nfull_text = "never"\n')
    assert steps.through()[0].startswith("created ")
    (tmp_path / "saved.html").write_text(page(2))
    Wire(steps.context.settings, steps.store).import_file(tmp_path / "saved.html", url=f"{outlet.url}/saved")
    assert steps.take("process")[0].startswith("created ")
    assert steps.store.baseline("outlet").pages == 0
