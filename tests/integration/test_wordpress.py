"""A WordPress REST API through the real pipeline: whole texts, changes of older posts, and answers that are none."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ingest.context import Context
from ingest.models import article_id
from ingest.pipeline import run
from ingest.store import FeedState, Store
from ingest.wordpress import POLLED, posts_url
from tests.integration.polite import MAIN, ContextOf
from workers.demo.outlet import Outlet

API = "/wp-json/wp/v2/posts"
NEVER = '[fetch]\nfull_text = "never"\n'


class Site:
    """A site made with WordPress, and the pipeline on it."""

    def __init__(self, context: Context, outlet: Outlet) -> None:
        self.context, self.outlet, self.store = context, outlet, context.store
        (self.feed,) = [feed.id for feed in context.settings.feeds.values() if feed.kind == "wordpress"]
        self.changes = urlsplit(posts_url(outlet.url + API, per_page=POLLED, changed=True))

    def post(self, number: int, words: str = "left the port at noon", modified: str = "2026-11-23T10:00:00") -> Any:
        text = "".join(f"<p>Ship {number}.{n} {words}, and nobody knows when it is back again.</p>" for n in range(9))
        return {
            "id": number,
            "link": f"{self.outlet.url}/{number}/",
            "guid": {"rendered": f"{self.outlet.url}/?p={number}"},
            "date_gmt": "2026-11-23T10:00:00",
            "modified_gmt": modified,
            "title": {"rendered": f"Ship {number}"},
            "content": {"rendered": text, "protected": False},
        }

    def has(self, *posts: Any, changed: tuple[Any, ...] = ()) -> None:
        self.outlet.publish(API, json.dumps(posts), "application/json")
        self.outlet.publish(f"{API}?{self.changes.query}", json.dumps(changed), "application/json")

    def poll(self) -> str:
        self.outlet.asked.clear()
        self.store.poll_now([self.feed])
        waiting = self.store.waiting(f"feed:{self.feed}")
        assert waiting
        return run(self.context, waiting[0])

    def process(self) -> list[str]:
        leases = [lease for lease in self.store.lease("fetch", 30, 1000) if lease.member.startswith("entry:")]
        fetched = [run(self.context, lease) for lease in leases]
        return fetched + [run(self.context, lease) for lease in self.store.lease("process", 30, 1000)]

    def orders(self) -> list[str]:
        return [parse_qs(urlsplit(path).query)["orderby"][0] for path in self.outlet.paths()]

    def state(self) -> FeedState:
        return self.store.feed_states([self.feed])[self.feed]

    def an_hour_passes(self, redis: Any) -> None:
        redis.hset(self.store.keys.feed(self.feed), "changes", self.state().changes - 3601)


@pytest.fixture
def begin(outlet: Outlet, context_of: ContextOf) -> Callable[..., Site]:
    def start(extra: str = NEVER) -> Site:
        return Site(context_of(main=MAIN, source=f'wordpress = ["{outlet.url}{API}"]\n{extra}'), outlet)

    return start


def test_the_text_of_a_post_is_the_article_and_its_page_is_not_fetched(
    begin: Callable[..., Site], outlet: Outlet, store: Store
) -> None:
    site = begin()
    site.has(site.post(1))
    assert site.poll() == "1 to fetch of 1"
    site.process()
    article = store.article(article_id(f"{outlet.url}/1/"))
    assert article
    assert (article.title, "Ship 1.8 left the port" in article.text) == ("Ship 1", True)
    assert all(path.startswith(API) for path in outlet.paths())


def test_only_posts_that_are_new_or_were_modified_are_claimed(begin: Callable[..., Site]) -> None:
    site = begin()
    site.has(site.post(2), site.post(1))
    site.poll()
    site.process()
    touched = site.post(1, "left with a nonce 8f2")
    corrected = site.post(2, "came back at dusk", "2026-11-23T12:00:00")
    site.has(site.post(3), corrected, touched)
    assert site.poll() == "2 to fetch of 3"
    assert {said.partition(" ")[0] for said in site.process()[2:]} == {"created", "updated"}


def test_a_change_of_an_older_post_is_seen_within_the_hour_where_it_is_ours(
    begin: Callable[..., Site], outlet: Outlet, redis: Any
) -> None:
    site = begin()
    old, nobodys = site.post(1), site.post(9)
    site.has(old, changed=(old, nobodys))
    site.poll()
    assert site.orders() == ["date", "modified"]
    site.process()
    later = (
        site.post(1, "came back at dusk", "2026-11-24T10:00:00"),
        site.post(9, "came back", "2026-11-24T10:00:00"),
    )
    site.has(site.post(2), changed=later)
    site.poll()
    site.process()
    assert site.orders() == ["date"], "an hour is not over"
    site.an_hour_passes(redis)
    site.poll()
    assert site.state().claimed == article_id(f"{outlet.url}/1/")
    assert site.process()[-1].startswith("updated")
    site.an_hour_passes(redis)
    site.poll()
    assert site.state().claimed == ""


def test_a_changes_page_that_cannot_be_read_keeps_no_news_back(
    begin: Callable[..., Site], outlet: Outlet, caplog: pytest.LogCaptureFixture
) -> None:
    site = begin()
    site.has(site.post(1))
    outlet.publish(f"{API}?{site.changes.query}", '{"code": "rest_invalid_param", "message": "orderby"}')
    assert site.poll() == "1 to fetch of 1"
    assert "rest_invalid_param" in caplog.text


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ('{"code": "rest_no_route", "message": "No route"}', 200, "the address ends in /wp-json/wp/v2/posts"),
        ("<html><body>Just a moment...</body></html>", 200, "an HTML page, not WordPress posts"),
        ('{"code": "rest_no_route", "message": "No route"}', 404, "404"),
    ],
)
def test_an_answer_that_is_no_page_of_posts_is_told_in_the_feeds_state(
    begin: Callable[..., Site], outlet: Outlet, body: str, status: int, says: str
) -> None:
    site = begin()
    outlet.publish(API, body, status=status)
    site.poll()
    assert says in site.state().error
    site.has(site.post(1))
    assert site.poll() == "1 to fetch of 1"
