"""robots.txt of a real outlet: asked before all else, kept, heard; and what becomes of what it refuses."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import zstandard

from ingest import robots
from ingest.models import Outcome, Robots, article_id
from ingest.store import Store, hosts, open_store
from tests.conftest import WriteConfig
from tests.e2e.newswire import page
from tests.integration.making import text
from tests.integration.polite import MAIN, Begin
from tests.integration.watching import HOUR, Watch
from workers.demo.outlet import Headline, Outlet

FULL = "".join(f"<p>{text(number)}</p>" for number in range(3))


def test_robots_txt_is_asked_before_all_else_and_then_kept_for_a_day(begin: Begin, outlet: Outlet) -> None:
    wire = begin("User-agent: *\nDisallow: /private/\n")
    wire.poll(Headline(outlet.publish("/1", page(1)), "One"))
    wire.take("fetch")
    assert (len(outlet.robots), outlet.paths()) == (1, ["/feed", "/1"])
    assert outlet.robots[0].at < outlet.asked[0].at
    wire.passes(robots.DAY + 1)
    wire.poll()
    assert len(outlet.robots) == 2


def test_a_refused_page_is_dead_and_says_why(begin: Begin, outlet: Outlet) -> None:
    wire = begin("User-agent: teletipo\nDisallow: /members/\n")
    url = outlet.publish("/members/1", page(1))
    wire.poll(Headline(url, "One"))
    (told,) = wire.take("fetch")
    assert told == "dead: FetchFailed: 127.0.0.1: refused by robots.txt, which lets teletipo have no /members/1"
    (dead,) = wire.store.dead()
    assert (dead.url, "refused by robots.txt" in dead.error) == (url, True)
    assert outlet.paths() == ["/feed"]


def test_the_feeds_own_text_stands_in_for_a_page_that_is_refused(begin: Begin, outlet: Outlet) -> None:
    wire = begin("User-agent: *\nDisallow: /members/\n")
    url = outlet.publish("/members/1", page(1))
    wire.poll(Headline(url, "One", content=FULL))
    wire.take("fetch")
    assert wire.take("process") == [f"created {article_id(url)}"]
    assert outlet.paths() == ["/feed"]


def test_a_refused_feed_says_so_and_comes_back_when_it_is_refused_no_longer(begin: Begin, outlet: Outlet) -> None:
    wire = begin("User-agent: *\nDisallow: /feed\n")
    wire.poll()
    state = wire.state()
    assert (state.outcome, outlet.paths()) == ("refused by robots.txt", [])
    outlet.publish("/robots.txt", "", "text/plain")
    wire.passes(robots.DAY + 1)
    assert wire.poll() == "0 to fetch of 0"
    assert wire.state().error == ""


def test_a_look_at_a_page_that_is_refused_by_now_leaves_the_article_as_it_is(
    outlet: Outlet, store: Store, write_config: WriteConfig, redis: object
) -> None:
    watch = Watch(write_config(outlet, main=MAIN), store, outlet, redis)
    url = watch.publish()
    store.keep_robots(outlet.url, Robots(rules="User-agent: *\nDisallow: /report/\n", until=time.time() + HOUR))
    (told,) = watch.after(HOUR + 1)
    assert told.startswith("left out: 127.0.0.1: refused by robots.txt")
    assert (len(watch.asked("/report/1")), watch.article(url).revision) == (1, 1)
    watch.close()


@pytest.mark.parametrize(
    ("main", "source"),
    [(f'{MAIN}robots = "ignore"\n', ""), (MAIN, '[fetch]\nrobots = "ignore"\n')],
    ids=["for all", "for the source"],
)
def test_where_robots_txt_is_ignored_nobody_asks_for_it(begin: Begin, outlet: Outlet, main: str, source: str) -> None:
    wire = begin("User-agent: *\nDisallow: /\n", main=main, source=source)
    assert wire.poll() == "0 to fetch of 0"
    assert outlet.robots == []


def test_a_redirect_to_a_refused_address_is_not_followed(begin: Begin, outlet: Outlet) -> None:
    wire = begin("User-agent: *\nDisallow: /members/\n")
    outlet.publish("/go", "", status=302, headers={"Location": "/members/1"})
    fetch = wire.get("/go")
    assert (fetch.outcome, fetch.requested) == (Outcome.REFUSED_BY_ROBOTS, f"{outlet.url}/go")
    assert outlet.paths() == ["/go"]


def test_the_robots_txt_of_a_redirects_other_host_is_asked(begin: Begin, outlet: Outlet) -> None:
    wire = begin()
    with Outlet() as other:
        other.publish("/robots.txt", "User-agent: *\nDisallow: /\n", "text/plain")
        outlet.publish("/go", "", status=302, headers={"Location": f"{other.url}/1"})
        assert wire.get("/go").outcome is Outcome.REFUSED_BY_ROBOTS
        assert (len(other.robots), other.paths()) == (1, [])


@pytest.mark.parametrize("status", [500, 503, 429])
def test_while_robots_txt_cannot_be_had_nothing_else_is_asked_for(begin: Begin, outlet: Outlet, status: int) -> None:
    outlet.publish("/robots.txt", "", status=status)
    wire = begin()
    wire.poll()
    state = wire.state()
    assert (state.outcome, state.status, outlet.paths()) == ("http error", status, [])
    assert "robots.txt" in state.error
    assert state.next_poll
    assert state.next_poll > time.time() + 290, "no sooner than robots.txt is asked for again"


def test_rules_known_from_before_hold_after_an_hour_without_an_answer(begin: Begin, outlet: Outlet) -> None:
    wire = begin("User-agent: *\nDisallow: /members/\n")
    assert wire.get("/feed").status == 404
    outlet.publish("/robots.txt", "", status=500)
    wire.passes(robots.DAY + 1)
    assert "robots.txt" in wire.get("/feed").error
    wire.passes(robots.HOUR)
    assert wire.get("/feed").status == 404
    assert wire.get("/members/1").outcome is Outcome.REFUSED_BY_ROBOTS
    assert outlet.paths() == ["/feed", "/feed"]


def test_a_host_whose_name_is_not_found_is_told_as_such(begin: Begin) -> None:
    wire = begin()
    fetch = robots.get(wire.context.asking, "outlet", "http://nowhere.invalid/feed")
    assert fetch.outcome is Outcome.NAME_NOT_FOUND


def test_what_is_no_web_address_is_a_bad_url_before_anybody_is_asked(begin: Begin) -> None:
    wire = begin()
    assert robots.get(wire.context.asking, "outlet", "gopher://outlet.example/").outcome is Outcome.BAD_URL


def test_what_another_version_kept_is_asked_for_anew(begin: Begin, outlet: Outlet, redis: Any) -> None:
    wire = begin("User-agent: *\nDisallow: /members/\n")
    redis.set(wire.store.keys.robots(outlet.url), zstandard.compress(b'{"rules": ["/"]}'))
    assert wire.get("/members/1").outcome is Outcome.REFUSED_BY_ROBOTS
    assert len(outlet.robots) == 1


def test_what_another_process_was_told_is_heard_within_a_minute(
    begin: Begin, outlet: Outlet, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = begin("")
    outlet.publish("/1", page(1))
    assert wire.get("/1").ok
    other = open_store(store.url, store.keys.prefix)
    other.keep_robots(outlet.url, Robots(rules="User-agent: *\nDisallow: /1\n", until=time.time() + HOUR))
    other.close()
    assert wire.get("/1").ok, "this process need not look yet"
    monkeypatch.setattr(hosts, "REMEMBERED", 0.0)  # a minute has gone by
    assert wire.get("/1").outcome is Outcome.REFUSED_BY_ROBOTS


def test_a_process_remembers_no_more_hosts_than_it_needs(store: Store) -> None:
    for number in range(2 * hosts.MOST_REMEMBERED):
        store.keep_robots(f"https://{number}.example", Robots(until=time.time() + HOUR))
    assert len(store._remembered) <= hosts.MOST_REMEMBERED


def test_threads_that_need_the_same_robots_txt_ask_for_it_once(begin: Begin, outlet: Outlet) -> None:
    outlet.publish("/robots.txt", "User-agent: *\nDisallow: /members/\n", "text/plain", delay=0.3)
    wire = begin()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(wire.get, [f"/members/{number}" for number in range(8)]))
    assert {fetch.outcome for fetch in found} == {Outcome.REFUSED_BY_ROBOTS}
    assert len(outlet.robots) == 1


def test_a_crawl_delay_spaces_the_pages_of_the_host(begin: Begin, outlet: Outlet) -> None:
    wire = begin("User-agent: *\nCrawl-delay: 7\n")
    urls = [outlet.publish(f"/{number}", page(number)) for number in range(3)]
    wire.poll(*(Headline(url, url) for url in urls))
    waits = [waiting[1] for url in urls if (waiting := wire.store.waiting(f"entry:{article_id(url)}"))]
    assert [round(wait) for wait in waits] == [0, 7, 14]
    outlet.publish("/robots.txt", "", "text/plain")
    wire.passes(robots.DAY + 1)
    elsewhere = [outlet.publish(f"/later/{number}", page(number)) for number in range(2)]
    wire.poll(*(Headline(url, url) for url in elsewhere))
    slots = [waiting[1] for url in elsewhere if (waiting := wire.store.waiting(f"entry:{article_id(url)}"))]
    assert slots[1] - slots[0] < 1, "a delay that is asked for no longer is not kept"


def test_what_robots_txt_and_headers_say_about_training_is_on_the_article(begin: Begin, outlet: Outlet) -> None:
    wire = begin("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\nUser-agent: *\nContent-Signal: ai-train=no\n")
    url = outlet.publish("/1", page(1), headers={"X-Robots-Tag": "noai, noarchive", "TDM-Reservation": "1"})
    wire.poll(Headline(url, "One"))
    wire.take("fetch")
    wire.take("process")
    article = wire.store.article(article_id(url))
    assert article
    assert article.rights.train == "refused"
    assert article.rights.evidence == {
        "robots.txt": "GPTBot, CCBot",
        "content-signal": "ai-train=no",
        "x-robots-tag": "noai, noarchive",
        "tdm-reservation": "1",
    }


# ── the host's pace ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [429, 503])
def test_a_feed_that_is_too_much_for_its_host_slows_the_pages_too(begin: Begin, outlet: Outlet, status: int) -> None:
    wire = begin(main=f"{MAIN}[schedule]\nretry_first = 40.0\n")
    url = outlet.publish("/1", "")
    wire.poll(Headline(url, "One"))
    outlet.publish("/feed", "", status=status)
    wire.store.poll_now([wire.feed])
    wire.step(f"feed:{wire.feed}")
    assert wire.take("fetch") == ["its host asked for a pause"]
    assert outlet.paths() == ["/feed", "/feed"]


def test_how_long_a_host_takes_is_learned_from_its_answers(begin: Begin, outlet: Outlet, redis: Any) -> None:
    wire = begin()
    outlet.publish("/slow", "", delay=1.2)
    wire.get("/slow")
    assert 250 < int(redis.hget(wire.store.keys.pace(outlet.url.removeprefix("http://")), "latency")) < 1200


def test_a_quick_answer_counts_where_the_host_was_slow_or_paused(begin: Begin, outlet: Outlet, redis: Any) -> None:
    wire = begin()
    wire.poll(*(Headline(outlet.publish(f"/{number}", page(number)), f"Report {number}") for number in range(2)))
    host = outlet.url.removeprefix("http://")
    wire.store.answered(outlet.url, 1.1, well=True)
    wire.store.host_pause(outlet.url, 0.0, first=30.0, most=200.0)
    redis.delete(wire.store.keys.pause(host))  # it is over
    before = redis.hgetall(wire.store.keys.pace(host))
    assert set(before) == {b"latency", b"pauses", b"crawl"}
    assert wire.take("fetch")[0].endswith("bytes")
    after = redis.hgetall(wire.store.keys.pace(host))
    assert b"pauses" not in after
    assert int(after.get(b"latency", 0)) < int(before[b"latency"])
