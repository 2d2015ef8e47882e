"""Pages that change, through the whole pipeline: what is published of it, what is not, and what waits."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ingest.models import Article, Change, article_id
from ingest.pipeline import run
from ingest.store import Store
from tests.conftest import WriteConfig
from tests.integration.making import text
from tests.integration.watching import DAY, HOUR, URGENT, Watch
from workers.demo.outlet import Headline, Outlet

COUNT = "The harbour office counted 19 boats on Monday, and expects the same tomorrow."
NOTE = "Correction: An earlier version of this article misstated the number of boats."
PATH = "/harbour"


def page(*paragraphs: str, title: str = "Fog closes the bay", head: str = "") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in (text(1), COUNT, *paragraphs, text(2)))
    return (
        f'<html lang="en"><head><title>{title}</title>{head}</head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    )


class Newsroom(Watch):
    """An outlet with one article, which its feed names anew each time that it is edited."""

    editions = 0

    def edit(self, html: str) -> str:
        """The page is this now, and the feed says something new of it. What became of it."""
        self.editions += 1
        url = self.outlet.publish(PATH, html)
        self.name(Headline(url, f"Fog closes the bay, {self.editions}"))
        state = self.store.entry_state(article_id(url))
        assert state
        assert state.step == "done"
        return state.outcome

    def latest(self) -> Article:
        (article,) = self.store.articles()
        return article

    def a_day_passes_for_revisions(self) -> None:
        self._redis.zincrby(self.store.keys.revised, -1000 * DAY, self.latest().id)


Begin = Callable[..., Newsroom]


@pytest.fixture
def begin(outlet: Outlet, store: Store, redis: Any, write_config: WriteConfig) -> Iterator[Begin]:
    """Begin with a configuration: `begin(main="...", source="...")`."""
    begun: list[Newsroom] = []

    def start(**more: str) -> Newsroom:
        begun.append(Newsroom(write_config(outlet, **{"main": URGENT, **more}), store, outlet, redis))
        return begun[-1]

    yield start
    for newsroom in begun:
        newsroom.close()


def clock(minute: int) -> str:
    return page(f"It is {minute} minutes past nine in the harbour, and the fog is as thick as it was.")


# ── what is a revision ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_counter_that_runs_publishes_nothing_and_is_asked_about_once(begin: Begin, redis: Any) -> None:
    newsroom = begin()
    assert newsroom.edit(page("1,234 views")) == "created"
    created = newsroom.latest()
    assert newsroom.edit(page("1,301 views")) == "unchanged"
    assert newsroom.latest() == created
    known = redis.hget(newsroom.store.keys.identity(created.id), "content")
    assert known.decode() != created.content_hash, "so that the same page is known at once the next time"
    assert newsroom.edit(page("1,301 views")) == "unchanged"
    assert newsroom.queue() == [(PATH, 1, "created")]


def test_a_corrected_figure_is_an_update_that_says_what_changed_with_the_outlets_note(begin: Begin) -> None:
    newsroom = begin()
    newsroom.edit(page())
    assert newsroom.edit(page(NOTE).replace("19", "21")) == "updated"
    assert newsroom.queue() == [(PATH, 1, "created"), (PATH, 2, "updated")]
    article = newsroom.latest()
    assert article.difference
    assert article.difference.paragraphs == (
        Change(kind="changed", before=COUNT, after=COUNT.replace("19", "21")),
        Change(kind="added", after=NOTE),
    )
    assert (article.difference.words_added, article.difference.words_removed) == (1 + len(NOTE.split()), 1)
    assert [(note.kind, note.text) for note in article.notes] == [("correction", NOTE)]
    assert [each.difference for each in newsroom.store.revisions(article.id)] == [None, article.difference]


def test_dates_and_pictures_and_typography_publish_nothing(begin: Begin) -> None:
    newsroom = begin()
    newsroom.edit(page())
    modified = '<meta property="article:modified_time" content="2026-03-03T10:00:00Z">'
    assert newsroom.edit(page(head=modified)) == "unchanged"
    assert newsroom.edit(page().replace("Monday, and", "Monday and")) == "unchanged"
    assert newsroom.edit(page().replace("<p>The", '<img src="/boat.jpg" alt="A boat"><p>The')) == "unchanged"
    assert newsroom.edit(page(title="FOG CLOSES THE BAY")) == "unchanged"
    assert newsroom.queue() == [(PATH, 1, "created")]


def test_what_is_no_change_by_one_look_is_none_for_the_watch(begin: Begin) -> None:
    newsroom = begin()
    newsroom.edit(page("Updated 1 hour ago"))
    newsroom.outlet.publish(PATH, page("Updated 2 hours ago"))
    assert newsroom.after(HOUR) == ["changed"]
    newsroom.outlet.publish(PATH, page("Updated 7 hours ago").replace("19", "21"))
    assert newsroom.after(5 * HOUR) == ["changed"]
    assert newsroom.queue() == [(PATH, 1, "created"), (PATH, 2, "updated")]


# ── what waits ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_with_a_clock_is_quiet_after_four_changes_and_then_revised_once_a_day(begin: Begin) -> None:
    newsroom = begin()
    assert [newsroom.edit(clock(minute)) for minute in range(8)] == ["created", *["updated"] * 4, *["quietened"] * 3]
    assert newsroom.latest().revision == 5
    assert newsroom.store.day("outlet") == {"created": 1, "updated": 4, "quietened": 3}
    newsroom.a_day_passes_for_revisions()
    assert [newsroom.edit(clock(minute)) for minute in (8, 9)] == ["updated", "quietened"]
    assert "It is 8 minutes" in newsroom.latest().text
    assert newsroom.latest().revision == 6


def test_what_was_quietened_is_published_when_a_day_has_gone_by_without_another_word(begin: Begin) -> None:
    newsroom = begin()
    for minute in range(7):
        newsroom.edit(clock(minute))
    member = f"entry:{article_id(newsroom.latest().url)}"
    waiting = newsroom.store.waiting(member)
    assert waiting
    lease, left = waiting
    assert (lease.queue, DAY - 60 < left <= DAY) == ("process", True)
    newsroom.a_day_passes_for_revisions()
    asked = len(newsroom.outlet.asked)
    assert run(newsroom.context, lease).startswith("updated ")
    assert "It is 6 minutes" in newsroom.latest().text, "as the page was last seen"
    assert len(newsroom.outlet.asked) == asked
    assert newsroom.store.waiting(member) is None


def test_a_fetch_that_finds_nothing_new_ends_the_row(begin: Begin) -> None:
    newsroom = begin()
    for minute in range(5):
        newsroom.edit(clock(minute))
    assert newsroom.edit(clock(4)) == "unchanged"
    assert [newsroom.edit(clock(minute)) for minute in range(5, 10)] == [*["updated"] * 4, "quietened"]


def test_a_look_that_finds_the_page_as_it_was_ends_the_row_too(begin: Begin) -> None:
    newsroom = begin()
    for minute in range(5):
        newsroom.edit(clock(minute))
    assert newsroom.after(HOUR) == ["as it was"]
    assert newsroom.edit(clock(5)) == "updated"


def test_a_correction_is_published_at_once_on_a_restless_page_too(begin: Begin) -> None:
    newsroom = begin()
    assert [newsroom.edit(clock(minute)) for minute in range(6)][-1] == "quietened"
    assert newsroom.edit(clock(6).replace("</article>", f"<p>{NOTE}</p></article>")) == "updated"


def test_an_article_is_revised_as_often_as_the_settings_say_and_no_more(begin: Begin) -> None:
    newsroom = begin(main=f"{URGENT}[revisions]\nmost = 3\nrestless_seconds = 0\n")
    assert [newsroom.edit(clock(minute)) for minute in range(5)] == ["created", *["updated"] * 2, *["quietened"] * 2]
    assert newsroom.latest().revision == 3
    assert newsroom.store.waiting(f"entry:{article_id(newsroom.latest().url)}") is None


def test_a_crash_before_the_commit_of_what_was_quietened_costs_nothing(begin: Begin) -> None:
    newsroom = begin()
    for minute in range(6):
        newsroom.edit(clock(minute))
    newsroom.a_day_passes_for_revisions()
    member = f"entry:{article_id(newsroom.latest().url)}"
    first = newsroom.store.waiting(member)
    assert first
    assert newsroom.store.start(first[0], 30), "and its worker is gone"
    again = newsroom.store.waiting(member)
    assert again
    assert run(newsroom.context, again[0]).startswith("updated ")
    assert newsroom.latest().revision == 6


def test_the_page_that_waits_is_kept_for_as_long_as_it_waits(begin: Begin, redis: Any) -> None:
    newsroom = begin(main=f"{URGENT}[retention]\npage_days = 0.01\n")
    for minute in range(6):
        newsroom.edit(clock(minute))
    waiting = article_id(newsroom.latest().url)
    for key in (newsroom.store.keys.page(waiting), newsroom.store.keys.said(waiting)):
        assert redis.pttl(key) > 1000 * DAY


def test_an_article_stays_as_it_is_where_what_waited_is_lost(begin: Begin, redis: Any) -> None:
    newsroom = begin()
    for minute in range(6):
        newsroom.edit(clock(minute))
    published = newsroom.latest()
    waiting = newsroom.store.waiting(f"entry:{article_id(published.url)}")
    assert waiting
    redis.delete(newsroom.store.keys.said(waiting[0].id))
    assert run(newsroom.context, waiting[0]).startswith("stays as published")
    assert newsroom.latest() == published
    assert newsroom.store.waiting(waiting[0].member) is None
    assert not list(newsroom.store.dead())


# ── paywalls ─────────────────────────────────────────────────────────────────────────────────────────────────────────

LOCKED = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
OFFER = "Subscribe now to read the whole article."


def locked(title: str = "Fog closes the bay") -> str:
    """The first paragraph of the page, and an offer."""
    return (
        f'<html lang="en"><head><title>{title}</title>{LOCKED}</head><body><article><h1>{title}</h1>'
        f"<p>{text(1)}</p><p>{OFFER}</p></article></body></html>"
    )


def test_a_stub_is_filled_in_at_once_however_often_it_changed(begin: Begin) -> None:
    newsroom = begin(main=f"{URGENT}[revisions]\nrestless_after = 1\n")
    assert [newsroom.edit(locked(f"Fog, day {n}")) for n in range(3)] == ["created", "updated", "quietened"]
    assert newsroom.latest().extraction.partial
    assert newsroom.edit(page(title="Fog, day 2")) == "updated"
    assert not newsroom.latest().extraction.partial
    assert newsroom.store.waiting(f"entry:{article_id(newsroom.latest().url)}") is None


def test_a_paywall_that_goes_up_takes_no_text_from_those_who_have_it(begin: Begin) -> None:
    newsroom = begin()
    newsroom.edit(page())
    assert newsroom.edit(locked()) == "unchanged"
    assert newsroom.edit(locked("Fog closes the bay again")) == "updated"
    article = newsroom.latest()
    assert (article.title, article.revision) == ("Fog closes the bay again", 2)
    assert text(2) in article.text
    assert not article.extraction.partial
    assert article.difference
    assert (article.difference.title, article.difference.paragraphs) == ("Fog closes the bay", ())
