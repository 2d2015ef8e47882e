"""The page as HTML, asked for over real HTTP: what it shows, what it never lets through, and what its forms do."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
import requests
from bs4 import BeautifulSoup, Tag

from ingest.context import Context
from ingest.fetch import Fetcher
from ingest.models import Article
from ingest.pipeline import run
from ingest.settings import ApiSettings, Settings
from ingest.store import QUEUES as QUEUE_NAMES
from ingest.store import Limits, Store
from tests.conftest import WriteConfig
from tests.integration.making import NOW, article, claimed, drifting, text, through_commit, to_process
from tests.integration.serving import TOKEN, Api, serving
from workers.demo.outlet import Headline, Outlet, rss

QUEUES = '[queues.all]\n[queues.harbour]\nwords = ["harbour"]\n[queues.harbour.not]\nlanguage = ["pt"]\n'

VIEWS = ("/", "/page/sources", "/page/queues", "/page/dead")

HOSTILE = '</title></script><script>window.__pwned = 1</script><img src=x onerror="window.__pwned = 1">'
HOSTILE_LINK = "javascript:window.__pwned=1//https://outlet.example/"


@pytest.fixture
def settings(outlet: Outlet, write_config: WriteConfig) -> Settings:
    return write_config(outlet, queues=QUEUES)


@pytest.fixture
def api(settings: Settings, store: Store) -> Iterator[Api]:
    with serving(settings, store) as running:
        yield running


def publish(store: Store, name: str, body: str = "", **more: Any) -> Article:
    """An article of the outlet that was committed to the queue `all`. more: fields of the article."""
    url = f"https://outlet.example/{name}"
    made = article(url, body or None, title=f"News of {name}", language="en", country="VE")
    made = msgspec.structs.replace(made, **more)
    assert store.commit(to_process(store, url), made, ("all",)).outcome == "created"
    return made


def soup(api: Api, path: str, status: int = 200, **more: Any) -> BeautifulSoup:
    answer = api.ask(path, **more)
    assert answer.status_code == status, answer.text
    return BeautifulSoup(answer.content, "lxml")


def titles(page: BeautifulSoup) -> list[str]:
    return [link.get_text() for link in page.select("ol.wire h2 a")]


def words(element: BeautifulSoup | Tag | None) -> str:
    assert element is not None
    return " ".join(element.get_text(" ").split())


def send(api: Api, path: str, fields: dict[str, Any], origin: str | None = "ours") -> requests.Response:
    """A form as a browser sends it from our page; origin: of another page, None for a program that says nothing."""
    headers = {"Origin": api.url if origin == "ours" else origin} if origin else {}
    return api.ask(path, "POST", data=fields, headers=headers, allow_redirects=False)


# ── the wire ──


def test_the_wire_shows_the_newest_article_first_with_a_link_to_each(api: Api, store: Store) -> None:
    old = publish(store, "old", sorted=NOW - timedelta(days=1))
    new = publish(store, "new")
    page = soup(api, "/")
    assert titles(page) == ["News of new", "News of old"]
    assert [link["href"] for link in page.select("ol.wire h2 a")] == [
        f"/page/article/{new.id}",
        f"/page/article/{old.id}",
    ]
    assert [time["datetime"] for time in page.select("ol.wire .when time:first-child")] == [
        "2026-03-01T12:00:00Z",
        "2026-02-28T12:00:00Z",
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=gannets", ["ferry"]),
        ("q=GÁNNETS", ["ferry"]),
        ('q="gannets+over"', ["ferry"]),
        ('q="over+gannets"', []),
        ("q=gannets+lorries", []),
        ("q=lorr*", ["bridge"]),
        ("language=pt", ["barca"]),
        ("country=BR", ["barca"]),
        ("source=elsewhere", ["bridge"]),
        ("since=2026-03-01", ["ferry", "barca"]),
        ("since=2026-03-01T13:00:00%2B01:00", ["ferry", "barca"]),
        ("language=en&since=2026-03-01&q=the", ["ferry"]),
    ],
)
def test_a_search_in_the_address_narrows_the_wire(api: Api, store: Store, query: str, found: list[str]) -> None:
    publish(store, "ferry", "The ferry waits for the gannets over the bay, as every year.", title="ferry")
    publish(store, "barca", "A barca espera na baía até o fim da tarde.", title="barca", language="pt", country="BR")
    earlier = NOW - timedelta(days=2)
    publish(store, "bridge", "No lorries on the bridge.", title="bridge", source="elsewhere", sorted=earlier)
    assert sorted(titles(soup(api, f"/?{query}"))) == sorted(found)


def test_the_form_keeps_what_was_asked_for(api: Api, store: Store) -> None:
    page = soup(api, "/?q=%22a+b%22&language=en&source=outlet&since=2026-03-01")
    assert page.select_one("#q[value='\"a b\"']")
    assert [option["value"] for option in page.select("option[selected]")] == ["outlet", "en"]
    assert page.select_one("#since[value='2026-03-01']")
    assert page.select_one("details.filters[open]")


@pytest.mark.parametrize(("query", "says"), [("since=soon", "2026-11-01"), ("cursor=x", "no cursor")])
def test_what_cannot_be_understood_is_said_beside_the_search(api: Api, query: str, says: str) -> None:
    assert says in words(soup(api, f"/?{query}", 400).select_one("#wrong"))


def test_following_older_shows_every_article_once(api: Api, store: Store) -> None:
    for number in range(95):
        publish(store, f"n{number}", sorted=NOW - timedelta(minutes=number // 3))
    path, seen, pages = "/", list[str](), 0
    while path:
        page = soup(api, path)
        seen += titles(page)
        onward = page.select_one(".onward a")
        path, pages = str(onward["href"]) if onward else "", pages + 1
    assert sorted(seen) == sorted(f"News of n{number}" for number in range(95))
    assert pages == 3


def test_only_the_first_page_listens_and_from_the_last_entry_it_shows(api: Api, store: Store) -> None:
    for number in range(41):
        publish(store, f"n{number}")
    first = soup(api, "/?language=en")
    listening = first.select_one("[data-stream]")
    assert listening
    assert listening["data-stream"] == "/queues/all/events"
    assert listening["data-from"] == store.last_entry("all")
    assert listening["data-rows"] == "/page/rows?language=en"
    onward = first.select_one(".onward a")
    assert onward
    assert not soup(api, str(onward["href"])).select("[data-stream]")


def test_without_a_queue_that_takes_everything_the_wire_says_that_it_is_not_live(
    outlet: Outlet, write_config: WriteConfig, store: Store
) -> None:
    with serving(write_config(outlet, queues='[queues.some]\nlanguage = ["en"]\n'), store) as api:
        page = soup(api, "/")
    assert not page.select("[data-stream]")
    assert "[queues.all]" in words(page.select_one(".lamp"))


def test_the_rows_that_arrive_are_those_that_the_search_takes(api: Api, store: Store) -> None:
    english, portuguese = publish(store, "a"), publish(store, "b", language="pt")
    rows = soup(api, f"/page/rows?language=pt&id={english.id}&id={portuguese.id}&id=none")
    assert [row["id"] for row in rows.select("li")] == [f"article-{portuguese.id}"]


# ── nothing that a feed says runs ──


def harmless(page: BeautifulSoup) -> None:
    """No script but ours, no inline style or handler, no picture, and links that go to the web or to ourselves."""
    assert [str(script["src"]).partition("?")[0] for script in page.select("script")] == ["/page/static/page.js"]
    assert not page.select("style, img, iframe, object, embed, base")
    for element in page.find_all(True):
        assert not [name for name in element.attrs if name.startswith("on") or name in {"style", "srcdoc"}], element
    for link in page.select("[href]"):
        parts = urlsplit(str(link["href"]))
        favicon = link.name == "link" and str(link["href"]).startswith("data:image/svg+xml,")
        assert favicon or parts.scheme in {"", "http", "https"}, link
        if parts.netloc:
            assert link["rel"] == ["noopener", "noreferrer", "nofollow"]


def test_hostile_words_and_links_are_shown_as_words(api: Api, store: Store) -> None:
    made = publish(
        store,
        "a",
        f"{HOSTILE}\n\nTwo.",
        title=HOSTILE,
        url=HOSTILE_LINK,
        authors=(HOSTILE,),
        language='en" onclick="x',
        keywords=(HOSTILE,),
        published_raw=HOSTILE,
        addresses=(HOSTILE_LINK, "https://outlet.example/a"),
    )
    dead = to_process(store, "https://outlet.example/dead/?a=%22%3E<script>")
    store.set_aside(dead, '"><script>', HOSTILE)
    for path in (*VIEWS, f"/page/article/{made.id}", f"/?q={HOSTILE}&source={HOSTILE}&since={HOSTILE}"):
        harmless(BeautifulSoup(api.ask(path).content, "lxml"))
    assert titles(soup(api, "/")) == [HOSTILE]
    shown = soup(api, f"/page/article/{made.id}")
    assert [paragraph.get_text() for paragraph in shown.select(".text p")] == [HOSTILE, "Two."]
    assert shown.title
    assert shown.title.get_text() == f"{HOSTILE} · teletipo"
    assert HOSTILE_LINK in words(shown.select_one(".trace"))
    assert HOSTILE in words(soup(api, "/page/dead").select_one(".dead"))


@pytest.mark.parametrize("path", [*VIEWS, "/page/article/none", "/page/static/page.css", "/page/rows?id=a"])
def test_every_answer_says_what_a_browser_may_do_with_it(api: Api, path: str) -> None:
    headers = api.ask(path).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy.items() >= {
        ("default-src", "'none'"),
        ("script-src", "'self'"),
        ("style-src", "'self'"),
        ("img-src", "'self' data:"),
        ("connect-src", "'self'"),
        ("form-action", "'self'"),
        ("base-uri", "'none'"),
        ("frame-ancestors", "'none'"),
        ("require-trusted-types-for", "'script'"),
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


# ── one article ──


def work(settings: Settings, store: Store, rounds: int = 3) -> None:
    """Take every step that is due, so many times."""
    with closing(Fetcher(settings.fetch)) as fetcher:
        context = Context(settings, store, fetcher)
        for _ in range(rounds):
            for queue in QUEUE_NAMES:
                for lease in store.lease(queue, 30, 1000):
                    run(context, lease)


def poll(settings: Settings, store: Store, rounds: int = 3) -> None:
    """Poll every feed now, and take every step that comes of it."""
    store.poll_now(list(settings.feeds))
    work(settings, store, rounds)


def harbour(third: str = "The third one is late.", title: str = "Ferries in the harbour") -> str:
    body = "".join(
        f"<p>{text} {'The harbour waits, and so do the ferries and those who mend them. ' * 3}</p>"
        for text in ("The first ferry is in.", "The second one follows it.", third)
    )
    return f'<html lang="en"><title>{title}</title><article><h1>{title}</h1>{body}</article></html>'


def test_an_article_shows_what_each_stage_did_to_it(api: Api, settings: Settings, store: Store, outlet: Outlet) -> None:
    url = outlet.publish("/ferries", harbour())
    headline = Headline(url, "Ferries", datetime(2026, 2, 28, 9, tzinfo=UTC))
    outlet.publish("/feed", rss("The Outlet", outlet.url, [headline]), "application/rss+xml")
    poll(settings, store)
    made = next(store.articles())
    page = soup(api, f"/page/article/{made.id}")
    assert words(page.select_one("h1")) == "Ferries in the harbour"
    assert len(page.select(".text p")) == 3
    assert page.select_one(f'.original a[href="{url}"]')
    named, steps, extracted, enriched, delivered = page.select(".trace > ol > li")
    assert named.select_one(f'a[href="{outlet.url}/feed"]')
    assert words(named.select_one(".state")) == "created"
    found, fetched, read, published = map(words, steps.select(".steps > li"))
    assert f"found in {outlet.url}/feed: “Ferries”" in found
    assert f"fetched: 200, {len(harbour().encode())} bytes" in fetched
    assert f"extracted by {made.extraction.method}" in read
    assert published.endswith("published")
    assert "now published, revision 1; its page is looked at again" in words(steps)
    assert made.extraction.method in words(extracted)
    assert {words(row) for row in extracted.select("dl > div")} >= {
        f"{field} {way}" for field, way in made.extraction.evidence.items()
    }
    assert f"language en length {made.words} words" in words(enriched)
    assert [link.get_text() for link in delivered.select("ul a")] == ["all", "harbour"]
    assert made.id in words(delivered)


def test_a_copy_says_on_the_wire_whose_it_is(api: Api, store: Store) -> None:
    first = article("https://agency.example/a", text(1), source="agency", title="The agency's words")
    copy = article("https://daily.example/a", text(1), source="daily", sorted=NOW + timedelta(hours=1))
    for each in (first, copy):
        through_commit(store, each)
    rows = [words(row.select_one(".slug")) for row in soup(api, "/").select("ol.wire > li")]
    assert [row.endswith("copy of agency") for row in rows] == [True, False]


def test_a_revision_shows_what_changed_and_the_one_before_can_be_read(
    api: Api, settings: Settings, store: Store, outlet: Outlet
) -> None:
    url = outlet.publish("/ferries", harbour())
    outlet.publish("/feed", rss("The Outlet", outlet.url, [Headline(url, "Ferries")]), "application/rss+xml")
    poll(settings, store)
    outlet.publish("/ferries", harbour("The third one sank.", "Ferries in and under the harbour"))
    outlet.publish("/feed", rss("The Outlet", outlet.url, [Headline(url, "Ferries again")]), "application/rss+xml")
    poll(settings, store)
    made = next(store.articles())
    assert made.revision == 2
    page = soup(api, f"/page/article/{made.id}")
    newest, oldest = page.select(".revisions article")
    title, text = newest.select(".changed")
    assert [words(piece) for piece in title.select("ins")] == ["and under"]
    assert [words(piece) for piece in text.select("del, ins")] == ["is late.", "sank."]
    assert words(newest.select_one(".skipped")) == "2 paragraphs as before"
    assert "first published" in words(oldest)
    before = soup(api, f"/page/article/{made.id}?revision=1")
    assert "is late." in words(before.select_one(".text"))
    assert "revision 1 of 2" in words(before.select_one(".copy .slug"))


def test_a_retracted_article_says_so_on_the_wire_and_on_its_page(api: Api, store: Store) -> None:
    made = publish(store, "ferries", "The ferries are in.")
    gone = msgspec.structs.replace(made, revision=2, retracted=NOW, text="The ferries were in.")
    assert store.commit(to_process(store, made.url), gone, ("all",)).outcome == "updated"
    assert "retracted" in words(soup(api, "/").select_one("ol.wire .stamp"))
    page = soup(api, f"/page/article/{made.id}")
    assert "Retracted" in words(page.select_one(".copy .alarm"))
    assert words(page.select_one(".text")) == "The ferries were in."
    newest, oldest = page.select(".revisions article")
    assert "its page is gone" in words(newest)
    assert "its page is gone" not in words(oldest)
    assert soup(api, f"/page/article/{made.id}?revision=1").select_one(".copy .alarm") is None


@pytest.mark.parametrize("path", ["/page/article/0123456789abcdef", "/page/fetch/0123456789abcdef", "/page/static/x"])
def test_what_is_not_there_is_a_page_that_says_so(api: Api, path: str) -> None:
    page = soup(api, path, 404)
    assert page.select_one('main a[href="/"]')
    assert words(page.select_one("main .alarm"))


# ── sources and queues ──


def test_a_source_shows_its_days_its_last_error_and_its_next_poll(
    api: Api, settings: Settings, store: Store, outlet: Outlet
) -> None:
    outlet.publish("/feed", b"gone fishing", status=500)
    poll(settings, store, 1)
    publish(store, "a")
    publish(store, "b")
    row = soup(api, "/page/sources").select_one("#source-outlet")
    assert row
    heights = [float(str(bar["height"])) for bar in row.select("svg rect")]
    assert len(heights) == 14
    assert heights[-1] > max(heights[:-1])
    assert words(row.select_one("svg rect:last-child title")) == f"{datetime.now(UTC):%Y-%m-%d}: 2"
    assert "500" in words(row.select_one(".alarm"))
    polled, next_poll = (str(time["datetime"]) for time in row.select("time"))
    assert polled < next_poll


def test_a_source_that_drifts_says_how_and_names_the_command_that_shows_more(api: Api, store: Store) -> None:
    assert not soup(api, "/page/sources").select("#source-outlet .alarm")
    store.save_baseline("outlet", drifting())
    (alarm,) = soup(api, "/page/sources").select("#source-outlet .alarm")
    assert "of the latest pages bring a bot challenge" in words(alarm)
    assert words(alarm.select_one("code")) == "teletipo sources check outlet"


def test_queues_show_their_length_and_the_lag_of_each_group(api: Api, store: Store) -> None:
    for name in "abc":
        publish(store, name)
    store.create_group("all", "archive")
    batch = store.take("all", "archive", "me", most=2, idle=60, limits=Limits(3, None))
    store.acknowledge("all", "archive", [batch.handed[0].delivery])
    page = soup(api, "/page/queues")
    queue, other = page.select(".queue")
    assert words(queue.select_one(".standing strong")) == "3"
    assert words(queue.select_one("tbody tr")) == "archive Lag 1 In hand 1 Put off 0 Dead 0 Consumers 1"
    assert words(other.select_one(".filter")) == "words harbour but not language pt"
    for link in page.select(".queue .feeds a"):
        if not str(link["href"]).endswith("/events"):
            assert api.ask(str(link["href"])).status_code == 200


# ── what buttons do ──


def dead_entry(store: Store, name: str) -> str:
    """An entry whose every attempt failed. Returns its id."""
    url = f"https://outlet.example/{name}"
    lease = to_process(store, url)
    store.set_aside(lease, "outlet", f"ExtractFailed: nothing at {name}")
    return lease.id


def dead_letter(store: Store, name: str) -> str:
    """A delivery that a group of `all` failed on. Returns its name."""
    made = publish(store, name)
    store.create_group("all", "archive")
    handed = store.take("all", "archive", "me", most=10, idle=60, limits=Limits(1, None)).handed
    delivery = next(each.delivery for each in handed if made.id in each.delivery)
    assert store.put_off("all", "archive", delivery, seconds=0, failures=1, reason="the disk is full") == "dead"
    return delivery


def test_dead_entries_are_shown_with_their_error_and_retried_or_dropped(api: Api, store: Store) -> None:
    retried, dropped, kept = (dead_entry(store, name) for name in "abc")
    assert "ExtractFailed: nothing at a" in words(soup(api, "/page/dead"))
    assert send(api, "/page/dead/entries", {"id": retried, "do": "retry"}).status_code == 303
    assert send(api, "/page/dead/entries", {"id": dropped, "do": "drop"}).status_code == 303
    assert [state.id for state in store.dead()] == [kept]
    assert store.waiting(f"entry:{retried}")
    assert store.waiting(f"entry:{dropped}") is None
    answer = send(api, "/page/dead/entries", {"all": "1", "do": "retry"})
    assert store.dead() == []
    assert "1 will be tried again" in words(soup(api, answer.headers["Location"]).select_one(".done"))


def test_dead_letters_are_shown_with_their_reason_and_delivered_again_or_dropped(api: Api, store: Store) -> None:
    again, dropped = dead_letter(store, "a"), dead_letter(store, "b")
    shown = soup(api, "/page/dead").select(".dead li")
    assert [words(each.select_one(".what")) for each in shown] == ["News of b", "News of a"]
    assert "the disk is full" in words(shown[0])
    group = {"queue": "all", "group": "archive"}
    send(api, "/page/dead/letters", {**group, "delivery": again, "do": "retry"})
    send(api, "/page/dead/letters", {**group, "delivery": dropped, "do": "drop"})
    assert store.dead_letters("all", "archive") == []
    assert store.waiting_deliveries("all", "archive") == [again]


def test_only_what_is_dead_can_be_delivered_again(api: Api, store: Store) -> None:
    dead_letter(store, "a")
    made_up = {"queue": "all", "group": "archive", "delivery": "1-1|x|1|created", "do": "retry"}
    send(api, "/page/dead/letters", made_up)
    assert store.waiting_deliveries("all", "archive") == []
    assert len(store.dead_letters("all", "archive")) == 1


def test_fetch_now_works_without_script_from_the_button_to_the_end(
    api: Api, settings: Settings, store: Store, outlet: Outlet
) -> None:
    url = outlet.publish("/ferries", harbour())
    outlet.publish("/feed", rss("The Outlet", outlet.url, [Headline(url, "Ferries")]), "application/rss+xml")
    form = soup(api, "/page/sources").select_one("#source-outlet form")
    assert form
    name = form.select_one("input")
    assert name
    answer = send(api, str(form["action"]), {str(name["name"]): str(name["value"])})
    assert answer.status_code == 303
    begun = soup(api, answer.headers["Location"])
    assert "0 of 1 feed polled" in words(begun.select_one("#progress"))
    assert begun.select('noscript meta[http-equiv="refresh"]')
    work(settings, store)
    done = soup(api, answer.headers["Location"])
    assert words(done.select_one("#progress")) == "1 of 1 article, 1 created. Done."
    assert not done.select("noscript meta")


def test_fetching_what_nobody_knows_says_so(api: Api) -> None:
    answer = send(api, "/page/fetch", {"name": "outle"})
    assert answer.status_code == 404
    assert "did you mean" in words(BeautifulSoup(answer.content, "lxml").select_one(".alarm"))


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
@pytest.mark.parametrize("path", ["/page/dead/entries", "/page/dead/letters", "/page/fetch", "/logout"])
def test_a_form_of_another_page_changes_nothing(api: Api, store: Store, path: str, origin: str | None) -> None:
    dead_entry(store, "a")
    answer = send(api, path, {"all": "1", "do": "drop", "name": "outlet"}, origin)
    assert answer.status_code in {403, 415}
    assert store.dead_count() == 1
    assert store.waiting("feed:outlet") is None


def test_a_form_that_is_far_too_long_is_refused(api: Api) -> None:
    assert send(api, "/page/dead/entries", {"id": "a" * 70_000, "do": "drop"}).status_code == 413


# ── signing in ──


@pytest.fixture
def guarded(settings: Settings, store: Store) -> Iterator[Api]:
    with serving(msgspec.structs.replace(settings, api=ApiSettings(tokens=(TOKEN,))), store) as running:
        running.session.headers["Accept"] = "text/html"
        yield running


def test_with_tokens_the_page_is_shown_to_whoever_signed_in(guarded: Api, store: Store) -> None:
    publish(store, "secret")
    for path in (*VIEWS, "/page/rows?id=a", "/page/article/a"):
        sent_on = guarded.ask(path, allow_redirects=False)
        assert (sent_on.status_code, sent_on.headers["Location"]) == (303, "/login"), path
    form = soup(guarded, "/login").select_one("form.login")
    assert form
    assert send(guarded, "/login", {"token": "a guess"}).status_code == 403
    assert not guarded.session.cookies
    answer = send(guarded, "/login", {"token": TOKEN})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert TOKEN not in cookie
    assert titles(soup(guarded, "/")) == ["News of secret"]
    assert soup(guarded, "/").select('form[action="/logout"]')
    send(guarded, "/logout", {"x": "y"})
    assert guarded.ask("/", allow_redirects=False).status_code == 303


def test_the_form_to_sign_in_has_its_style_and_script(guarded: Api) -> None:
    page = soup(guarded, "/login")
    for asset in (page.select_one("link[rel=stylesheet]"), page.select_one("script")):
        assert asset
        answer = guarded.ask(str(asset.get("href") or asset.get("src")))
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_without_tokens_there_is_nothing_to_sign_in_to(api: Api) -> None:
    answer = api.ask("/login", allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_the_page_is_no_part_of_the_interface_for_programs(api: Api) -> None:
    assert not [path for path in api.get("/openapi.json")["paths"] if path == "/" or path.startswith("/page")]


def test_an_address_that_another_feed_names_too_shows_both(api: Api, store: Store) -> None:
    claimed(store, "https://outlet.example/a", feed="outlet:one", step="process", believed="always")
    made = publish(store, "a")
    named = soup(api, f"/page/article/{made.id}").select_one(".trace li")
    assert named
    assert [words(each).partition(",")[0] for each in named.select("li")] == ["by outlet:feed", "by outlet:one"]
