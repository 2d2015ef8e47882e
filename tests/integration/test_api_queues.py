"""Queues over HTTP: how they stand, as feeds for any feed reader, and the dead letters of their groups."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import feedparser
import pytest
from lxml import etree

from ingest.fetch import Fetcher
from ingest.models import Article, Feed
from ingest.parse import parse
from ingest.store import Store
from ingest.wire import Wire
from tests.conftest import WriteConfig
from tests.integration.making import article, published, to_process
from tests.integration.serving import Api, serving
from workers.demo.outlet import Outlet

EVIL = 'A "title" & <script>alert(1)</script> \x0b end'
QUEUES = (
    "[queues.all]\n[queues.spanish]\nlanguage = ['es']\nkeep_entries = 10\n[queues.spanish.not]\ntopics = ['sport']\n"
)


@pytest.fixture
def wire(write_config: WriteConfig, outlet: Outlet, store: Store) -> Wire:
    return Wire(write_config(outlet, queues=QUEUES), store)


@pytest.fixture
def api(wire: Wire) -> Iterator[Api]:
    with serving(wire.settings, wire.store) as running:
        yield running


def commit(store: Store, url: str, **more: Any) -> Article:
    made = article(url, **more)
    assert store.commit(to_process(store, url), made, ["all"]).outcome in {"created", "updated"}
    return made


# ── how they stand ──


def test_a_queue_tells_its_length_its_filter_and_how_far_each_group_is(api: Api, wire: Wire) -> None:
    for n in range(4):
        published(wire.store, f"https://outlet.example/{n}")
    reader = wire.subscribe("all", group="archive", consumer="one", batch=2, idle=0.01)
    next(iter(reader)).ack()
    reader.close()
    queues = api.get("/queues")["queues"]
    assert [queue["name"] for queue in queues] == ["all", "spanish"]
    assert (queues[0]["entries"], queues[1]["entries"], queues[1]["first"]) == (4, 0, None)
    assert queues[1]["filter"]["language"] == ["es"]
    assert queues[1]["filter"]["not"]["topics"] == ["sport"]
    (group,) = queues[0]["groups"]
    assert (group["name"], group["lag"] + group["in_hand"] + group["later"]) == ("archive", 3)
    assert api.get("/queues/all") == queues[0]
    assert queues[0]["last"] == wire.store.last_entry("all")


def test_an_unknown_queue_or_group_is_404_with_the_nearest_name(api: Api) -> None:
    for path in ("/queues/spanis", "/queues/spanis/events", "/queues/spanis/feed.atom", "/queues/spanis/feed.json"):
        assert api.refusal(path) == (404, "no queue is called 'spanis'", "did you mean 'spanish'?")
    assert api.refusal("/queues/all/groups/none/dead")[:2] == (404, "no group is called 'none'")


# ── as feeds ──


@pytest.mark.parametrize("kind", ["atom", "json"])
def test_any_feed_reader_gets_the_newest_articles_with_their_full_text(
    api: Api, wire: Wire, store: Store, kind: str
) -> None:
    for n in range(3):
        made = commit(
            store,
            f"https://outlet.example/{n}",
            title=EVIL if n == 2 else f"Title {n}",
            body=f"First <b>paragraph</b> of {n} & more.\n\nSecond paragraph of {n}.",
            authors=("Ana Marín",),
            keywords=("port",),
            language="es",
        )
    url = f"{api.url}/queues/all/feed.{kind}?limit=2"
    with closing(Fetcher(wire.settings.fetch)) as fetcher:
        fetch = fetcher.get(url)  # a newswire can watch another one
    assert fetch.ok
    entries = parse(Feed(id="feed", source="wire", url=url, kind="feed"), fetch).entries
    assert [entry.url for entry in entries] == [made.url, "https://outlet.example/1"]
    assert entries[0].title.startswith('A "title" & <script>')
    assert "<p>Second paragraph of 2.</p>" in entries[0].content
    assert "&lt;b&gt;paragraph&lt;/b&gt; of 2 &amp; more" in entries[0].content, "what was text stays text"
    assert entries[0].authors == ("Ana Marín",)
    assert entries[0].tags == ("port",)
    assert entries[0].guid == made.url


@pytest.mark.parametrize("kind", ["atom", "json"])
def test_a_feed_has_an_articles_html_where_there_is_any(api: Api, store: Store, kind: str) -> None:
    shown = '<h2>Fog &amp; ferries</h2>\n<p>To <a href="https://outlet.example/b?c=1&amp;d=2">the quay</a>.</p>'
    commit(store, "https://outlet.example/a", html=shown)
    answer = api.ask(f"/queues/all/feed.{kind}")
    if kind == "json":
        assert answer.json()["items"][0]["content_html"] == shown
    else:
        content = etree.fromstring(answer.content).findtext(".//{http://www.w3.org/2005/Atom}content")
        assert content == shown


def test_the_atom_feed_has_what_rfc_4287_asks_for(api: Api, store: Store) -> None:
    commit(store, "https://outlet.example/a", authors=())
    answer = api.ask("/queues/all/feed.atom")
    feed = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["Content-Type"]})
    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.id.startswith("urn:uuid:")
    assert feed.feed.title
    assert feed.feed.updated_parsed
    assert {link.rel: link.href for link in feed.feed.links}["self"] == f"{api.url}/queues/all/feed.atom"
    (entry,) = feed.entries
    assert (entry.id, entry.link) == ("https://outlet.example/a", "https://outlet.example/a")
    assert entry.updated_parsed
    assert entry.author == "The Outlet", "where nobody signs, the outlet does"


def test_the_json_feed_is_of_version_1_1(api: Api, store: Store) -> None:
    commit(store, "https://outlet.example/a")
    answer = api.ask("/queues/all/feed.json")
    feed = answer.json()
    assert answer.headers["Content-Type"] == "application/feed+json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{api.url}/queues/all/feed.json"
    (entry,) = feed["items"]
    assert entry["content_html"].startswith("<p>")
    assert datetime.fromisoformat(entry["date_published"]).tzinfo


def test_an_article_that_was_revised_is_in_the_feed_once_as_it_is_now(api: Api, store: Store) -> None:
    url = "https://outlet.example/a"
    commit(store, url)
    commit(store, url, revision=2, title="The corrected title", body="The corrected body of the article.")
    (entry,) = api.get("/queues/all/feed.json")["items"]
    assert entry["title"] == "The corrected title"


def test_an_article_that_was_retracted_leaves_the_feed(api: Api, store: Store) -> None:
    commit(store, "https://outlet.example/a")
    commit(store, "https://outlet.example/b")
    commit(store, "https://outlet.example/b", revision=2, body="The page is gone now.", retracted=datetime.now(UTC))
    assert [entry["url"] for entry in api.get("/queues/all/feed.json")["items"]] == ["https://outlet.example/a"]


@pytest.mark.parametrize("kind", ["atom", "json"])
def test_who_has_the_feed_is_told_so_until_it_changes(api: Api, store: Store, kind: str) -> None:
    path = f"/queues/all/feed.{kind}"
    commit(store, "https://outlet.example/a")
    etag = api.ask(path).headers["ETag"]
    for known in (etag, f'"other", W/{etag}', "*"):
        unchanged = api.ask(path, headers={"If-None-Match": known})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["ETag"] == etag
    commit(store, "https://outlet.example/b")
    changed = api.ask(path, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


def test_last_modified_never_hides_an_article_of_the_same_second(api: Api, store: Store) -> None:
    path = "/queues/all/feed.json"
    time.sleep(1.0 - time.time() % 1)  # a second begins
    commit(store, "https://outlet.example/a")
    modified = api.ask(path).headers["Last-Modified"]
    commit(store, "https://outlet.example/b")
    again = api.ask(path, headers={"If-Modified-Since": modified})
    assert again.status_code == 200
    assert len(again.json()["items"]) == 2
    time.sleep(1.1)
    settled = api.ask(path).headers["Last-Modified"]
    assert api.ask(path, headers={"If-Modified-Since": settled}).status_code == 304
    earlier = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
    assert api.ask(path, headers={"If-Modified-Since": earlier}).status_code == 200
    assert api.ask(path, headers={"If-Modified-Since": "yesterday"}).status_code == 200
    assert api.ask(path, headers={"If-None-Match": '"x"', "If-Modified-Since": settled}).status_code == 200


def test_an_empty_queue_is_a_feed_without_entries(api: Api) -> None:
    feed = feedparser.parse(api.ask("/queues/all/feed.atom").content)
    assert (feed.bozo, feed.entries) == (False, [])
    assert api.get("/queues/all/feed.json")["items"] == []


# ── dead letters ──


def test_dead_letters_of_a_group_are_listed_with_their_reason_and_delivered_again(api: Api, wire: Wire) -> None:
    made = [published(wire.store, f"https://outlet.example/{n}") for n in range(2)]

    def deliveries(*, fail: bool) -> list[str]:
        reader = wire.subscribe("all", group="g", max_failures=1, idle=0.3)
        found = []
        for delivery in reader:
            found.append(delivery.article.id)
            delivery.retry(reason="disk full") if fail else delivery.ack()
        return found

    assert deliveries(fail=True) == [each.id for each in made]
    path = "/queues/all/groups/g/dead"
    letters = api.get(path)["letters"]
    assert {(each["article"], each["reason"]) for each in letters} == {(each.id, "disk full") for each in made}
    assert len(api.get(f"{path}?limit=1")["letters"]) == 1
    chosen = letters[0]
    answer = api.post(f"{path}/retry", {"deliveries": [chosen["delivery"]]})
    assert (answer.status_code, answer.json()) == (200, {"retried": 1})
    assert deliveries(fail=False) == [chosen["article"]]
    assert api.post(f"{path}/retry").json() == {"retried": 1}, "without a body it is all of them"
    assert len(deliveries(fail=False)) == 1
    assert api.get(path)["letters"] == []


def test_only_what_is_dead_can_be_delivered_again(api: Api, wire: Wire) -> None:
    wire.store.create_group("all", "g")
    path = "/queues/all/groups/g/dead/retry"
    made_up = "1-0|0000000000000000|1|created"
    assert api.refusal(path, "POST", json={"deliveries": [made_up]})[0] == 404
    assert wire.store.waiting_deliveries("all", "g") == []
    assert (
        api.refusal(path, "POST", data=json.dumps({"delivery": []}), headers={"Content-Type": "application/json"})[0]
        == 422
    )
