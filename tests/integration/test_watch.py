"""The correction watch on a real outlet and a real store: what a look asks, what it finds, and what it never harms."""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import LeaseLost
from ingest.inline import work_off
from ingest.models import article_id
from ingest.pipeline import run
from ingest.settings import RetentionSettings
from ingest.store import Store, open_store
from ingest.wire import Wire
from tests.conftest import WriteConfig
from tests.e2e.newswire import page
from tests.integration.making import text
from tests.integration.watching import DAY, HOUR, URGENT, Watch
from workers.demo.outlet import Headline, Outlet

Begin = Callable[..., Watch]

TWO_QUEUES = '[queues.all]\n[queues.river]\nwords = ["river"]\n[queues.sea]\nwords = ["submarine"]\n'


@pytest.fixture
def begin(outlet: Outlet, store: Store, redis: Any, write_config: WriteConfig) -> Iterator[Begin]:
    """Begin with a configuration: `begin(main="...", source="...")`."""
    begun: list[Watch] = []

    def start(**more: str) -> Watch:
        begun.append(Watch(write_config(outlet, **{"main": URGENT, **more}), store, outlet, redis))
        return begun[-1]

    yield start
    for watch in begun:
        watch.close()


def gone(watch: Watch, path: str = "/report/1", status: int = 404) -> None:
    watch.outlet.publish(path, "there is no such page", status=status)


def retracted(watch: Watch) -> str:
    """An article that was published and retracted. Returns its address."""
    url = watch.publish()
    gone(watch)
    watch.after(HOUR)
    watch.after(HOUR)
    assert watch.queue()[-1] == ("/report/1", 2, "retracted")
    return url


def test_an_outlet_that_answers_404_for_everything_has_retracted_nothing(begin: Begin) -> None:
    watch = begin()
    url = watch.publish()
    for path in ("/report/1", "/"):
        gone(watch, path)
    watch.after(HOUR)
    assert watch.after(HOUR) == ["gone, and the outlet's home page with it"]
    assert [event for _, _, event in watch.queue()] == ["created"]
    watch.outlet.publish("/", "The Outlet is back")
    watch.after(watch.next_in(url) or 0.0)
    watch.after(HOUR)
    assert watch.queue()[-1] == ("/report/1", 2, "retracted")


def test_a_home_page_that_robots_txt_refuses_is_not_asked_for_and_counts_as_there(begin: Begin) -> None:
    watch = begin()
    watch.outlet.publish("/robots.txt", "User-agent: *\nDisallow: /$", "text/plain")
    retracted(watch)
    assert not watch.asked("/")


# ── when ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_is_looked_at_after_an_hour_six_hours_a_day_and_a_week_and_then_no_more(begin: Begin) -> None:
    watch = begin()
    url = watch.publish()
    etag = watch.outlet.answers["/report/1"].etag
    waits = []
    for wait in (HOUR, 5 * HOUR, 18 * HOUR, 6 * DAY):
        waits.append(round(watch.next_in(url) or 0.0, -1))
        assert watch.after(wait - 60) == [], "not a minute too early"
        assert watch.after(60) == ["as it was"]
    assert waits == [HOUR, 5 * HOUR, 18 * HOUR, 6 * DAY]
    assert watch.asked("/report/1") == [(200, ""), *[(304, etag)] * 4]
    assert watch.next_in(url) is None
    assert watch.queue() == [("/report/1", 1, "created")]
    assert watch.store.looks() == (0, 0)


def test_nothing_is_left_of_a_watch_that_is_over(begin: Begin, redis: Any) -> None:
    watch = begin(main=f"{URGENT}[watch]\nafter = [60.0]\n")
    url = watch.publish()
    assert redis.exists(watch.store.keys.watch(article_id(url)))
    watch.after(60)
    assert not redis.exists(watch.store.keys.watch(article_id(url)))
    watch.name(Headline(url, "Report 1 from the river, again"))
    assert watch.next_in(url) is None, "what was watched to the end is not watched anew"


def test_looks_that_were_missed_are_made_once(begin: Begin) -> None:
    watch = begin()
    url = watch.publish()
    assert watch.after(2 * DAY) == ["as it was"]
    assert watch.look() == []
    assert round(watch.next_in(url) or 0.0, -1) == 5 * DAY


@pytest.mark.parametrize(
    "off",
    [
        {"main": f"{URGENT}[watch]\nafter = []\n"},
        {"source": "[fetch]\nwatch = false\n"},
        {"source": '[fetch]\nfull_text = "never"\n'},
    ],
)
def test_a_watch_that_is_off_asks_for_nothing_from_the_start_or_from_then_on(
    off: dict[str, str], begin: Begin, outlet: Outlet
) -> None:
    watch = begin(**off)
    url = watch.publish(content="".join(f"<p>{text(number)}</p>" for number in range(3)))
    assert watch.queue() == [("/report/1", 1, "created")]
    assert watch.next_in(url) is None

    watch = begin()
    second = watch.publish("/report/2", 2)
    assert watch.next_in(second)
    asked = len(outlet.asked)
    watch = begin(**off)
    assert watch.after(HOUR) == ["no longer watched"]
    assert len(outlet.asked) == asked
    assert watch.next_in(second) is None


def test_an_article_that_was_old_when_it_was_found_is_not_watched(begin: Begin) -> None:
    watch = begin()
    now = datetime.now(UTC)
    old = watch.publish(published=now - timedelta(days=8))
    recent = watch.publish("/report/2", 2, published=now - timedelta(days=6))
    assert watch.article(old).published
    assert sorted(watch.after(HOUR)) == ["as it was", "older than the last look when it was found"]
    assert len(watch.asked("/report/1")) == 1
    assert (watch.next_in(old), round(watch.next_in(recent) or 0.0, -1)) == (None, 5 * HOUR)


def test_what_has_no_page_of_its_own_or_came_from_a_file_is_not_watched(
    begin: Begin, store: Store, tmp_path: Path
) -> None:
    watch = begin(main=f"{URGENT}[schedule]\nattempts = 1\n")
    content = "".join(f"<p>{text(number)}</p>" for number in range(3))
    gone(watch)
    watch.name(Headline(f"{watch.outlet.url}/report/1", "Report 1", content=content))
    saved = tmp_path / "page.html"
    saved.write_text(page(2))
    work_off(watch.context, Wire(watch.context.settings, store).import_file(saved, url=f"{watch.outlet.url}/report/2"))
    assert [path for path, *_ in watch.queue()] == ["/report/1", "/report/2"]
    assert store.looks() == (0, 0)


def test_another_address_of_an_article_is_not_watched(begin: Begin) -> None:
    watch = begin()
    url = watch.publish()
    twin = watch.publish("/mirror/1", 1)
    assert watch.outcome(twin)[1] != "created"
    watch.after(HOUR)
    assert watch.next_in(url)
    if watch.outcome(twin)[1] == "duplicate":
        assert watch.next_in(twin) is None
        assert len(watch.asked("/mirror/1")) == 1


def test_what_had_no_article_is_watched_once_it_has_one(begin: Begin) -> None:
    watch = begin()
    url = watch.outlet.publish("/report/1", "<html><title>Page not found</title><h1>Page not found</h1></html>")
    watch.name(Headline(url, "Report 1"))
    assert watch.store.dead_count() == 1
    assert watch.after(HOUR) == ["nothing of it is published, or kept"]
    assert watch.next_in(url) is None
    watch.outlet.publish("/report/1", page(1))
    work_off(watch.context, Wire(watch.context.settings, watch.store).fetch(url))
    assert watch.queue() == [("/report/1", 1, "created")]
    assert round(watch.next_in(url) or 0.0, -1) == HOUR


def test_an_entry_that_is_at_work_is_looked_at_when_it_is_done(begin: Begin) -> None:
    watch = begin()
    url = watch.publish()
    Wire(watch.context.settings, watch.store).fetch(url)
    watch.passes(HOUR)
    (lease,) = watch.store.lease("watch", 30, 10)
    assert run(watch.context, lease) == "at work already"
    assert len(watch.asked("/report/1")) == 1
    assert round(watch.next_in(url) or 0.0, -1) == 600
    watch.work()
    assert watch.after(600) == ["as it was"]


# ── what changed ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_that_was_corrected_is_published_as_the_articles_next_revision(begin: Begin) -> None:
    watch = begin()
    url = watch.publish()
    first = watch.outlet.answers["/report/1"].etag
    watch.outlet.publish("/report/1", page(1).replace("stood at", "rose to"))
    assert watch.after(HOUR) == ["changed"]
    assert watch.queue() == [("/report/1", 1, "created"), ("/report/1", 2, "updated")]
    assert "rose to" in watch.article(url).text
    assert watch.outcome(url) == ("done", "updated")
    assert round(watch.next_in(url) or 0.0, -1) == 5 * HOUR
    second = watch.outlet.answers["/report/1"].etag
    assert watch.after(5 * HOUR) == ["as it was"]
    assert watch.asked("/report/1") == [(200, ""), (200, first), (304, second)]


def test_a_page_that_changed_in_nothing_that_matters_publishes_nothing(begin: Begin) -> None:
    watch = begin()
    url = watch.publish()
    watch.outlet.publish("/report/1", page(1).replace("<body>", "<body><!-- seen 17 times -->"))
    assert watch.after(HOUR) == ["changed"]
    assert watch.outcome(url) == ("done", "unchanged")
    assert watch.queue() == [("/report/1", 1, "created")]


def test_the_same_bytes_are_no_change_where_an_outlet_has_no_validators(begin: Begin) -> None:
    watch = begin()
    url = watch.outlet.publish("/report/1", page(1), headers={"ETag": '"one"'})
    watch.name(Headline(url, "Report 1"))
    watch.outlet.publish("/report/1", page(1), headers={"ETag": '"another"'})
    assert watch.after(HOUR) == ["as it was"]
    assert watch.asked("/report/1")[-1][0] == 200


def test_a_fetch_in_between_is_what_the_next_look_compares_with(begin: Begin) -> None:
    watch = begin()
    url = watch.publish()
    watch.outlet.publish("/report/1", page(1).replace("stood at", "rose to"))
    work_off(watch.context, Wire(watch.context.settings, watch.store).fetch(url))
    assert watch.queue()[-1] == ("/report/1", 2, "updated")
    assert watch.after(HOUR) == ["as it was"]
    assert watch.asked("/report/1")[-1] == (304, watch.outlet.answers["/report/1"].etag)


def test_a_page_that_has_no_article_any_more_leaves_the_article_as_it_is(begin: Begin) -> None:
    watch = begin()
    url = watch.publish()
    before = watch.article(url)
    watch.outlet.publish("/report/1", "<html><title>404: Page not found</title><h1>Page not found</h1></html>")
    for _ in range(2):
        assert watch.after(HOUR) in (["changed"], [])
    assert watch.outcome(url) == ("done", "created")
    assert watch.article(url) == before
    assert watch.store.dead_count() == 0
    assert watch.store.due_counts() == {"fetch": 1, "process": 0}
    watch.outlet.publish("/report/1", page(1).replace("stood at", "rose to"))
    watch.after(5 * HOUR)
    assert watch.queue()[-1] == ("/report/1", 2, "updated"), "nothing was spoilt"


def moved(watch: Watch, html: str) -> str:
    """The article's page leads to another address from now on, where this is. Returns that address."""
    there = f"{watch.outlet.url}/news/the-gauges"
    watch.outlet.publish("/news/the-gauges", html.replace("<head>", f'<head><link rel="canonical" href="{there}">'))
    watch.outlet.publish("/report/1", "", status=301, headers={"Location": "/news/the-gauges"})
    return there


def test_a_page_that_moved_is_the_article_that_is_looked_at(begin: Begin) -> None:
    watch = begin()
    url = watch.publish()
    there = moved(watch, page(1).replace("Sentence 0 of report 1 says", "Corrected: the report says"))
    assert watch.after(HOUR) == ["changed"]
    assert watch.queue() == [("/report/1", 1, "created"), ("/report/1", 2, "updated")]
    assert there in watch.article(url).addresses
    assert watch.after(5 * HOUR) == ["as it was"]


def test_an_address_that_leads_to_another_article_now_leaves_the_article_as_it_is(begin: Begin) -> None:
    watch = begin()
    url = watch.publish()
    moved(watch, page(2))
    assert watch.after(HOUR) == ["changed"]
    assert watch.queue() == [("/report/1", 1, "created")]
    assert watch.outcome(url) == ("done", "created")
    assert watch.next_in(url)


def test_a_page_that_kills_its_extractor_leaves_the_article_as_it_is(begin: Begin) -> None:
    watch = begin(main=f"{URGENT}[schedule]\nattempts = 2\n")
    url = watch.publish()
    watch.outlet.publish("/report/1", page(1).replace("stood at", "rose to"))
    watch.passes(HOUR)
    (lease,) = watch.store.lease("watch", 30, 10)
    run(watch.context, lease)
    entry = f"entry:{article_id(url)}"
    for _ in range(2):
        waiting = watch.store.waiting(entry)
        assert waiting
        watch.store.start(waiting[0], 30)
    waiting = watch.store.waiting(entry)
    assert waiting
    assert run(watch.context, waiting[0]).startswith("stays as published: ")
    assert watch.outcome(url) == ("done", "created")
    assert watch.store.dead_count() == 0


def test_a_feeds_own_change_may_still_fail_and_says_so(begin: Begin) -> None:
    """What a look may not do to an article, a feed that names it anew may: that failure is somebody's to see."""
    watch = begin(main=f"{URGENT}[schedule]\nattempts = 1\n")
    url = watch.publish()
    watch.outlet.publish("/report/1", page(1).replace("stood at", "rose to"))
    watch.after(HOUR)
    watch.outlet.publish("/report/1", "sorry", status=402)
    watch.name(Headline(url, "Report 1, with another headline"))
    assert watch.outcome(url)[1] == "dead"
    assert watch.after(5 * HOUR)[0].startswith("left out: ")
    assert watch.outcome(url)[1] == "dead"
    assert watch.store.dead_count() == 1


# ── what cannot be had ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_look_that_gets_no_answer_is_made_again_a_few_times_and_harms_nothing(begin: Begin) -> None:
    watch = begin(main=f"{URGENT}[schedule]\nretry_first = 40.0\n")
    url = watch.publish()
    before = watch.article(url)
    watch.outlet.publish("/report/1", "not today", status=500)
    waits = []
    for _ in range(2):
        (said,) = watch.after(watch.next_in(url) or 0.0)
        assert said.startswith("again in ")
        waits.append(round(watch.next_in(url) or 0.0))
    assert waits == [40, 80]
    (said,) = watch.after(80)
    assert said.startswith("left out: ")
    assert HOUR < (watch.next_in(url) or 0.0) < 5 * HOUR, "the look after six hours"
    assert (watch.article(url), watch.outcome(url)) == (before, ("done", "created"))
    assert watch.store.dead_count() == 0
    assert len(watch.asked("/report/1")) == 4


def test_a_host_that_asks_for_a_pause_gets_it_from_looks_too(begin: Begin) -> None:
    watch = begin()
    first, second = watch.publish(), watch.publish("/report/2", 2)
    watch.outlet.publish("/report/1", "slower", status=503, headers={"Retry-After": "1000"})
    watch.outlet.publish("/report/2", "slower", status=503, headers={"Retry-After": "1000"})
    made = watch.after(HOUR)
    assert made[0].startswith("again in 1000 s")
    assert made[1] == "waits for its host"
    assert all((watch.next_in(url) or 0.0) > 990 for url in (first, second))
    assert len(watch.asked("/report/1")) + len(watch.asked("/report/2")) == 3, "one of the looks alone was made"


def test_looks_at_one_host_leave_every_other_slot_to_new_pages(begin: Begin) -> None:
    watch = begin(source="[fetch]\ndelay = 50.0\n")
    urls = [watch.outlet.publish(f"/report/{n}", page(n)) for n in range(3)]
    watch.name(*(Headline(url, f"Report {n}") for n, url in enumerate(urls)))
    for url in urls:
        work_off_now(watch, url)
    watch.passes(HOUR)
    assert sorted(watch.look()) == ["as it was", "waits for its host", "waits for its host"]
    waits = sorted(round(watch.next_in(url) or 0.0, -1) for url in urls)
    assert waits == [100, 200, 5 * HOUR]
    new = watch.outlet.publish("/report/9", page(9))
    watch.name(Headline(new, "Report 9"))
    waiting = watch.store.waiting(f"entry:{article_id(new)}")
    assert waiting
    assert round(waiting[1], -1) == 50, "the slot after the look that was made, and before all that are to come"


def work_off_now(watch: Watch, url: str) -> None:
    """Fetch and process this entry, whatever its host's pace."""
    while waiting := watch.store.waiting(f"entry:{article_id(url)}"):
        watch.forget_turns()
        run(watch.context, waiting[0])


# ── gone ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_twice_is_published_as_retracted_with_its_text_kept(status: int, begin: Begin) -> None:
    watch = begin(queues=TWO_QUEUES)
    url = watch.publish()
    before = watch.article(url)
    gone(watch, status=status)
    assert watch.after(HOUR) == ["gone, to be confirmed"]
    assert watch.queue() == [("/report/1", 1, "created")]
    assert watch.after(HOUR - 60) == []
    assert watch.after(60) == [f"retracted {before.id}"]
    for queue in ("all", "river"):
        assert watch.queue(queue) == [("/report/1", 1, "created"), ("/report/1", 2, "retracted")]
    assert watch.queue("sea") == []
    article = watch.article(url)
    assert article.retracted
    assert abs(article.retracted - datetime.now(UTC)) < timedelta(minutes=1)
    assert (article.revision, article.text, article.html, article.title) == (2, before.text, before.html, before.title)
    assert watch.store.revisions(before.id) == [before, article]
    assert watch.store.day("outlet")["retracted"] == 1
    assert watch.outcome(url) == ("done", "retracted")
    assert watch.store.due_counts() == {"fetch": 1, "process": 0}
    assert watch.store.dead_count() == 0


@pytest.mark.parametrize("between", ["back", "503"])
def test_gone_twice_with_another_answer_between_is_not_gone(between: str, begin: Begin) -> None:
    watch = begin(main=f"{URGENT}[watch]\nafter = [3600.0, 7200.0, 10800.0, 14400.0]\n")
    url = watch.publish()
    gone(watch)
    assert watch.after(HOUR) == ["gone, to be confirmed"]
    if between == "back":
        watch.outlet.publish("/report/1", page(1))
    else:
        watch.outlet.publish("/report/1", "not today", status=503)
    watch.after(HOUR)
    gone(watch)
    assert watch.after(HOUR) == ["gone, to be confirmed"]
    assert [event for *_, event in watch.queue()] == ["created"]
    assert watch.after(HOUR) == [f"retracted {article_id(url)}"]


@pytest.mark.parametrize("known", ["its own", "a twin's"])
def test_a_page_that_is_gone_at_one_address_is_asked_for_at_the_others_of_its_article(known: str, begin: Begin) -> None:
    watch = begin()
    url = f"{watch.outlet.url}/report/1"
    if known == "its own":
        html = page(1).replace("<head>", f'<head><link rel="canonical" href="{url}">')
        watch.outlet.publish("/report/1", html)
        first, second = "/s/1", "/report/1"
        watch.name(Headline(watch.outlet.publish(first, html), "Report 1"))
    else:
        first, second = "/report/1", "/twin/1"
        watch.publish(first)
        twin = watch.publish(second, guid="another")
        assert watch.outcome(twin)[1] == "duplicate"
    gone(watch, first)
    assert "gone, to be confirmed" in watch.after(HOUR)
    assert watch.after(HOUR) == ["there at another address"]
    gone(watch, second)
    assert watch.after(4 * HOUR) == ["gone, to be confirmed"]
    assert watch.after(HOUR) == [f"retracted {article_id(url)}"]
    assert watch.queue() == [("/report/1", 1, "created"), ("/report/1", 2, "retracted")]


def test_a_page_that_is_back_is_an_update_with_nothing_retracted(begin: Begin) -> None:
    watch = begin()
    url = retracted(watch)
    assert watch.after(HOUR) == []
    watch.outlet.publish("/report/1", page(1))
    assert watch.after(3 * HOUR) == ["changed"], "the look after six hours, the text being the very same"
    assert [event for *_, event in watch.queue()] == ["created", "retracted", "updated"]
    article = watch.article(url)
    assert (article.retracted, article.revision) == (None, 3)
    gone(watch)
    assert watch.after(18 * HOUR) == ["gone, to be confirmed"]
    assert watch.after(HOUR) == [f"retracted {article.id}"], "and it may go again"
    assert watch.queue()[-1] == ("/report/1", 4, "retracted")


@pytest.mark.parametrize("how", ["by hand", "by the feed"])
def test_a_retracted_article_that_is_named_anew_is_never_published_as_new(how: str, begin: Begin) -> None:
    watch = begin()
    url = retracted(watch)
    watch.name(Headline(url, "Report 1 from the river"))
    assert len(watch.queue()) == 2, "a feed that names it still says nothing new"
    watch.outlet.publish("/report/1", page(1))
    if how == "by hand":
        work_off(watch.context, Wire(watch.context.settings, watch.store).fetch(url))
    else:
        watch.name(Headline(url, "Report 1 from the river, back again"))
    assert [event for *_, event in watch.queue()] == ["created", "retracted", "updated"]
    assert watch.article(url).retracted is None


@pytest.mark.parametrize("guid", ["", "tag:1"])
def test_a_retracted_article_that_is_back_at_another_address_is_an_update(guid: str, begin: Begin) -> None:
    watch = begin()
    url, said = retracted(watch), datetime.now(UTC)
    if guid:
        watch.name(Headline(url, "Report 1 from the river", said, guid=guid))
    there = watch.outlet.publish("/report/moved", page(1))
    watch.name(Headline(there, "Report 1 from the river", said, guid=guid))
    assert watch.queue()[2:] == [("/report/1", 3, "updated")]
    assert watch.article(url).retracted is None
    assert there in watch.article(url).addresses
    gone(watch, "/report/moved")
    assert watch.after(HOUR)[-1] == "gone, to be confirmed", "it is watched where it is now"
    assert watch.after(HOUR) == [f"retracted {article_id(url)}"]


def test_a_retracted_article_that_was_forgotten_by_its_entry_is_not_new_either(begin: Begin, redis: Any) -> None:
    watch = begin()
    url = retracted(watch)
    for key in (watch.store.keys.entry, watch.store.keys.said, watch.store.keys.page):
        redis.delete(key(article_id(url)))
    watch.outlet.publish("/report/1", page(1))
    watch.name(Headline(url, "Report 1, found again"))
    assert [event for *_, event in watch.queue()] == ["created", "retracted", "updated"]


def test_a_retracted_article_that_was_purged_is_not_new_either(begin: Begin, redis: Any, store: Store) -> None:
    watch = begin()
    url = retracted(watch)
    redis.zadd(store.keys.revised, {article_id(url): 1})
    with closing(open_store(store.url, store.keys.prefix, RetentionSettings(article_days=1))) as keeping:
        assert keeping.sweep(watch.context.settings.queues) == 1
    assert store.article(article_id(url)) is None
    watch.outlet.publish("/report/1", page(1))
    watch.name(Headline(url, "Report 1, found again"))
    assert [event for *_, event in watch.queue()] == ["created", "retracted", "updated"]


def test_a_retracted_article_that_stays_away_is_retracted_once(begin: Begin) -> None:
    watch = begin()
    url = retracted(watch)
    assert watch.after(4 * HOUR) == ["still gone"]
    assert watch.after(18 * HOUR) == ["still gone"]
    assert watch.after(6 * DAY) == ["still gone"]
    assert watch.next_in(url) is None
    assert len(watch.queue()) == 2


def test_a_revision_that_waits_to_be_published_is_not_when_its_page_is_gone(begin: Begin) -> None:
    watch = begin(main=f"{URGENT}[revisions]\nrestless_after = 1\n")
    url = watch.publish()
    for minute, wait in ((1, HOUR), (2, 5 * HOUR)):
        watch.outlet.publish("/report/1", page(1).replace("<p>", f"<p>It is {minute} past nine on the river. ", 1))
        watch.after(wait)
    assert watch.outcome(url) == ("done", "quietened")
    assert watch.store.waiting(f"entry:{article_id(url)}")
    gone(watch)
    watch.after(18 * HOUR)
    watch.after(HOUR)
    assert [event for *_, event in watch.queue()] == ["created", "updated", "retracted"]
    assert watch.store.waiting(f"entry:{article_id(url)}") is None


@pytest.mark.parametrize("back", [True, False])
def test_a_page_that_is_gone_at_the_last_look_is_asked_for_twice_more(back: bool, begin: Begin) -> None:
    """An outlet that is being rebuilt answers 404 for everything, and is there again the next day."""
    watch = begin()
    url = watch.publish()
    assert watch.after(DAY) == ["as it was"]
    gone(watch)
    assert watch.after(6 * DAY) == ["gone, to be confirmed"]
    assert watch.after(HOUR) == [f"retracted {article_id(url)}"]
    if back:
        watch.outlet.publish("/report/1", page(1))
    assert watch.after(DAY / 2) == ["changed" if back else "still gone"]
    assert watch.queue()[2:] == [("/report/1", 3, "updated")] * back
    assert watch.next_in(url) is None


def test_an_article_that_was_purged_is_not_looked_at(begin: Begin, redis: Any) -> None:
    watch = begin()
    url = watch.publish()
    redis.delete(watch.store.keys.article(article_id(url)))
    gone(watch)
    assert watch.after(HOUR) == ["nothing of it is published, or kept"]
    assert len(watch.asked("/report/1")) == 1
    assert watch.next_in(url) is None
    assert watch.outcome(url) == ("done", "created")


def test_a_page_that_changes_before_the_last_look_is_processed_although_a_weeks_pages_are_kept(begin: Begin) -> None:
    watch = begin()
    url = watch.publish()
    for wait in (HOUR, 5 * HOUR, 18 * HOUR):
        assert watch.after(wait) == ["as it was"]
    watch.outlet.publish("/report/1", page(1).replace("stood at", "rose to"))
    assert watch.after(6 * DAY) == ["changed"]
    assert watch.queue()[-1] == ("/report/1", 2, "updated")
    assert watch.next_in(url) is None


def test_a_changed_page_of_which_the_feeds_words_are_forgotten_is_left_alone(begin: Begin, redis: Any) -> None:
    watch = begin()
    url = watch.publish()
    redis.delete(watch.store.keys.said(article_id(url)))
    watch.outlet.publish("/report/1", page(1).replace("stood at", "rose to"))
    assert watch.after(HOUR) == ["changed, and left alone"]
    assert watch.outcome(url) == ("done", "created")
    assert watch.store.dead_count() == 0


def test_each_look_and_what_came_of_it_is_in_the_life_of_the_address(begin: Begin) -> None:
    watch = begin()
    url = watch.publish()
    watch.outlet.publish("/report/1", "<html><title>Page not found</title><h1>Page not found</h1></html>")
    watch.after(HOUR)
    watch.outlet.publish("/report/1", page(1))
    watch.after(5 * HOUR)
    gone(watch)
    watch.after(18 * HOUR)
    watch.after(HOUR)
    life = [(each.what, each.words) for each in watch.store.life(article_id(url)) if each.what != "unchanged"]
    looks = life[[what for what, _ in life].index("looked") :]
    assert [what for what, _ in looks] == ["looked", "stays", "looked", "looked", "retracted"]
    assert [words for what, words in looks if what == "looked"] == ["changed", "changed", "gone, to be confirmed"]
    assert looks[-1] == ("retracted", "2")
    assert "not there" in looks[1][1]


# ── crashes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Killed(BaseException):
    """What a kill looks like to code: nothing after it runs, and nobody handles it."""


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("seam", ["take_slot", "end_look", "retract"])
def test_a_crash_in_a_look_loses_nothing_and_doubles_nothing(
    seam: str, before: bool, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = begin()
    url, other = watch.publish(), watch.publish("/report/2", 2)
    if seam == "retract":
        gone(watch)
        watch.after(HOUR)
    else:
        watch.outlet.publish("/report/1", page(1).replace("stood at", "rose to"))
    real = getattr(Store, seam)

    def dies(*args: Any, **more: Any) -> Any:
        if not before:
            real(*args, **more)
        raise Killed

    watch.passes(HOUR)
    with monkeypatch.context() as seams:
        seams.setattr(Store, seam, dies)
        for lease in watch.store.lease("watch", 30, 10):
            with suppress(Killed):
                run(watch.context, lease)
    watch.passes(100)  # the leases of what was killed run out
    watch.look()
    expected = ("/report/1", 2, "retracted" if seam == "retract" else "updated")
    assert watch.queue() == [("/report/1", 1, "created"), ("/report/2", 1, "created"), expected]
    assert watch.next_in(url)
    assert watch.next_in(other)


def test_a_look_whose_lease_was_taken_changes_nothing(begin: Begin) -> None:
    watch = begin()
    url = watch.publish()
    watch.passes(HOUR)
    (lease,) = watch.store.lease("watch", 30, 10)
    held = watch.store.start(lease, 30)
    assert held
    watch.passes(60)
    (again,) = watch.store.lease("watch", 30, 10)
    article = watch.article(url)
    for ending in (
        lambda: watch.store.end_look(held, None, ""),
        lambda: watch.store.look_later(held, 9.0, made=True),
        lambda: watch.store.take_slot(held, url, 0.0),
        lambda: watch.store.retract(held, article, ["all"], {}, None),
    ):
        with pytest.raises(LeaseLost):
            ending()
    assert watch.store.start(again, 30)
    assert watch.queue() == [("/report/1", 1, "created")]


def test_a_retraction_of_what_was_revised_since_it_was_read_is_made_of_the_latest_revision(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = begin()
    url = watch.publish()
    old = watch.article(url)
    gone(watch)
    watch.after(HOUR)
    real = Store.retract
    revised: list[bool] = []

    def late(store: Store, lease: Any, article: Any, *rest: Any) -> Any:
        """Another worker commits a revision just before."""
        if not revised:
            revised.append(True)
            watch.outlet.publish("/report/1", page(1).replace("stood at", "rose to"))
            work_off(watch.context, Wire(watch.context.settings, store).fetch(url))
            gone(watch)
        return real(store, lease, article, *rest)

    monkeypatch.setattr(Store, "retract", late)
    watch.after(HOUR)
    assert watch.queue() == [("/report/1", 1, "created"), ("/report/1", 2, "updated"), ("/report/1", 3, "retracted")]
    assert "rose to" in watch.article(url).text
    assert [each.text == old.text for each in watch.store.revisions(old.id)] == [True, False, False]


# ── those who read ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_subscribers_are_told_of_a_retraction(begin: Begin, store: Store) -> None:
    watch = begin()
    retracted(watch)
    wire = Wire(watch.context.settings, store)
    told = []
    for delivery in wire.subscribe("all", group="archive", idle=0.1):
        told.append((delivery.event, delivery.revision, bool(delivery.article.retracted)))
        delivery.ack()
    assert told == [("created", 1, False), ("retracted", 2, True)]


def test_a_queue_that_is_filled_gets_no_retracted_article(begin: Begin, store: Store) -> None:
    watch = begin(queues='[queues.all]\n[queues.river]\nwords = ["ocean"]\n')
    retracted(watch)
    watch.publish("/report/2", 2)
    watch = begin(queues=TWO_QUEUES)
    list(Wire(watch.context.settings, store).fill("river"))
    assert watch.queue("river") == [("/report/2", 1, "created")]
