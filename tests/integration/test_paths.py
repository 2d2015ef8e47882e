"""One article that feed, sitemap, API and listing name is one entry, fetched once; and each path is told its worth."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.cli.sources.paths import paths_of
from ingest.context import Context
from ingest.models import Entry, article_id
from ingest.paths import sighted
from ingest.pipeline import run
from ingest.store import Claim, EmbeddedServer, Store
from tests.command import run_command
from tests.integration.polite import MAIN, ContextOf
from workers.demo.outlet import Headline, Outlet, rss

TEXT = "".join(f"<p>Crew {n} walked out of the port at noon, and nobody knows when it is back.</p>" for n in range(9))
SOURCE = """
sitemaps = ["{0}/sitemap.xml"]
wordpress = ["{0}/wp-json/wp/v2/posts"]
[[listings]]
url = "{0}/section/"
entry = "article"
"""


class Ways:
    """An outlet with four ways in, and the pipeline on it."""

    def __init__(self, context: Context, outlet: Outlet) -> None:
        self.context, self.outlet, self.store = context, outlet, context.store
        self.feeds = {feed.kind: feed for feed in context.settings.feeds.values()}

    def publish(self, *names: str, on: tuple[str, ...] = ("feed", "sitemap", "wordpress", "listing")) -> None:
        """These articles, the newest first, on these paths, which each write their addresses in their own way."""
        url = self.outlet.url
        for name in names:
            self.outlet.publish(
                f"/{name}", f"<title>Strike {name}</title><article><h1>{name}</h1>{TEXT}{name}</article>"
            )
        if "feed" in on:
            lines = [
                Headline(f"{url}/{name}?utm_source=rss", name, guid=f"{url}/?p={n}") for n, name in enumerate(names)
            ]
            self.outlet.publish("/feed", rss("The Outlet", url, lines), "application/rss+xml")
        if "sitemap" in on:
            now = datetime.now(UTC).isoformat()
            urls = "".join(f"<url><loc>{url}/{name}#top</loc><lastmod>{now}</lastmod></url>" for name in names)
            self.outlet.publish("/sitemap.xml", f"<urlset>{urls}</urlset>", "application/xml")
        if "wordpress" in on:
            posts = json.dumps([post(url, name) for name in names])
            self.outlet.publish("/wp-json/wp/v2/posts", posts, "application/json")
        if "listing" in on:
            cards = "".join(
                f"<article><h2><a href='../{name}?utm_medium=home'>{name}</a></h2></article>" for name in names
            )
            self.outlet.publish("/section/", f"<html><body>{cards}</body></html>")

    def poll(self, *kinds: str) -> list[str]:
        feeds = [feed.id for kind, feed in self.feeds.items() if kind in kinds or not kinds]
        self.store.poll_now(feeds)
        return [run(self.context, self.store.waiting(f"feed:{feed}")[0]) for feed in feeds]  # type: ignore[index]

    def process(self) -> list[str]:
        leases = [lease for lease in self.store.lease("fetch", 30, 1000) if lease.member.startswith("entry:")]
        fetched = [run(self.context, lease) for lease in leases]
        return fetched + [run(self.context, lease) for lease in self.store.lease("process", 30, 1000)]


def post(url: str, name: str, content: str = TEXT) -> dict[str, Any]:
    return {
        "id": name,
        "link": f"{url}/{name}",
        "guid": {"rendered": f"{url}/?p=7"},
        "date_gmt": datetime.now(UTC).isoformat()[:19],
        "modified_gmt": datetime.now(UTC).isoformat()[:19],
        "title": {"rendered": name},
        "content": {"rendered": content},
    }


@pytest.fixture
def begin(outlet: Outlet, context_of: ContextOf) -> Callable[..., Ways]:
    def start(extra: str = "") -> Ways:
        return Ways(context_of(main=MAIN, source=SOURCE.format(outlet.url) + extra), outlet)

    return start


def test_an_article_that_four_paths_name_is_one_entry_and_fetched_once(
    begin: Callable[..., Ways], outlet: Outlet, store: Store
) -> None:
    ways = begin()
    ways.publish("a", "b")
    assert ways.poll() == ["2 to fetch of 2", "0 to fetch of 2", "0 to fetch of 2", "0 to fetch of 2"]
    ways.process()
    ways.poll()
    ways.process()
    assert sorted(path for path in outlet.paths() if path in {"/a", "/b"} or "utm" in path) == ["/a", "/b"]
    (lived,) = store.lived([article_id(f"{outlet.url}/a")])
    assert set(lived.feeds) == {feed.id for feed in ways.feeds.values()}
    assert lived.state
    assert lived.state.article == lived.state.id


@pytest.mark.parametrize("first", ["sitemap", "wordpress", "listing"])
def test_whichever_path_is_first_the_others_bring_nothing_new(
    begin: Callable[..., Ways], outlet: Outlet, first: str
) -> None:
    ways = begin()
    ways.publish("a")
    assert ways.poll(first) == ["1 to fetch of 1"]
    ways.process()
    assert set(ways.poll(*({"feed", "sitemap", "wordpress", "listing"} - {first}))) == {"0 to fetch of 1"}
    assert ways.process() == []
    assert outlet.paths().count("/a") == 1


def test_what_each_path_found_first_and_missed_is_told(
    begin: Callable[..., Ways],
    outlet: Outlet,
    store: Store,
) -> None:
    ways = begin()
    ways.publish("a")
    ways.poll("wordpress", "feed")
    ways.process()
    time.sleep(1.1)  # dates of posts are whole seconds
    ways.publish("b", "a", on=("wordpress",))
    ways.poll("wordpress")
    ways.process()
    ways.publish("c", "a", on=("feed", "wordpress"))
    ways.poll("feed")
    ways.poll("wordpress")
    ways.process()
    found = {path.kind: path for path in paths_of(store, ways.context.settings.source("outlet"), time.time() - 3600)}
    assert (found["wordpress"].named, found["wordpress"].missed, found["wordpress"].alone) == (3, 0, 1)
    assert (found["feed"].named, found["feed"].first, found["feed"].missed) == (2, 2, 1)
    assert found["feed"].examples == (f"{outlet.url}/b",)
    assert (found["listing"].named, found["listing"].missed) == (0, 0), "it was never polled"
    assert len(sighted(store, "outlet", time.time() - 3600)) == 3


def test_the_command_shows_each_path_and_what_it_missed(
    begin: Callable[..., Ways],
    outlet: Outlet,
    server: EmbeddedServer,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ways = begin()
    ways.publish("a")
    ways.poll()
    ways.process()
    time.sleep(1.1)  # dates of posts are whole seconds
    ways.publish("b", "a", on=("wordpress",))
    ways.poll("wordpress")
    ways.poll("feed")
    ways.process()
    monkeypatch.setenv("TELETIPO_STORE__URL", server.url)
    monkeypatch.setenv("TELETIPO_STORE__PREFIX", store.keys.prefix)
    command = ("--config", ways.context.settings.config, "sources", "paths", "outlet")
    ended = run_command(monkeypatch, capsys, *command)
    assert ended.code == 0, ended.err
    assert f"missed by {outlet.url}/feed: {outlet.url}/b" in ended.out
    told = json.loads(run_command(monkeypatch, capsys, *command, "--json").out)
    assert [(path["kind"], path["named"], path["missed"]) for path in told["paths"]] == [
        ("feed", 1, 1),
        ("sitemap", 1, 0),
        ("wordpress", 2, 0),
        ("listing", 1, 0),
    ]
    assert run_command(monkeypatch, capsys, *command[:-1], "nobody").code == 2


# ── the better text ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_where_pages_are_not_fetched_the_api_s_text_is_taken_although_a_sitemap_was_first(
    begin: Callable[..., Ways], outlet: Outlet, store: Store
) -> None:
    ways = begin('[fetch]\nfull_text = "never"\n')
    ways.publish("a")
    ways.poll("sitemap", "listing")
    ways.poll("wordpress")
    ways.process()
    article = store.article(article_id(f"{outlet.url}/a"))
    assert article
    assert "Crew 8 walked out" in article.text
    assert "/a" not in outlet.paths()


def test_what_is_dead_for_want_of_a_text_is_taken_up_when_a_path_carries_it(store: Store) -> None:
    thin = Entry(url="https://h.example/a", title="A")
    full = Entry(url=thin.url, title="A", content=TEXT)
    assert store.claim([Claim(thin, "h", "h:map")]) == ["new"]
    (lease,) = store.lease("fetch", 30, 1)
    held = store.start(lease, 30)
    assert held
    store.set_aside(held, "h", "no text")
    assert store.claim([Claim(thin, "h", "h:list")]) == ["seen"]
    assert store.claim([Claim(full, "h", "h:api")]) == ["changed"]
    assert store.claim([Claim(full, "h", "h:feed")]) == ["seen"]


def test_fuller_words_replace_thinner_ones_until_the_article_is_made_and_never_the_other_way(store: Store) -> None:
    thin = Entry(url="https://h.example/a", title="Thin")
    told = Entry(url=thin.url, title="Told", summary="Words.")
    full = Entry(url=thin.url, title="Full", content=TEXT)
    for n, (said, kept) in enumerate([(thin, "Thin"), (told, "Told"), (thin, "Told"), (full, "Full"), (told, "Full")]):
        store.claim([Claim(said, "h", f"h:{n}")])
        now = store.said(thin.id)
        assert now
        assert now.title == kept
