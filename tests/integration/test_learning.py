"""What is learned of an outlet's pages, through the pipeline and in a real store."""

from pathlib import Path

import msgspec
import pytest

from bench.outlets import Virtual
from ingest.baseline import ENOUGH, Baseline, Observed, observe
from ingest.context import Context
from ingest.extract import Outlet, outlet_of
from ingest.extract.outlet import FEW_ARTICLES
from ingest.fetch import Fetcher
from ingest.models import Article, article_id
from ingest.pipeline import run
from ingest.settings import load
from ingest.store import QUEUES, Store
from tests.conftest import config_folder
from tests.virtual import first_frame, pages, second_frame
from workers.demo.outlet import Headline, rss
from workers.demo.outlet import Outlet as Site

SECOND = """
id = "second"
name = "Another outlet of the same house"
homepage = "{url}/"
language = "en"
country = "VE"
timezone = "UTC"
feeds = ["{url}/second"]
"""


class Newswire:
    """A newswire that watches two outlets on one host."""

    def __init__(self, site: Site, store: Store, folder: Path) -> None:
        config = config_folder(folder / "config", site.url)
        (config / "sources/second.toml").write_text(SECOND.format(url=site.url))
        settings = load(config, folder / "data", {})
        self.site, self.store = site, store
        self.context = Context(settings, store, Fetcher(settings.fetch), random=lambda: 0.0)
        for feed in ("/feed", "/second"):
            self.announce(feed, [])
        store.add_feeds(settings.feeds)

    def announce(self, feed: str, virtual: list[Virtual]) -> dict[str, Virtual]:
        """Publish these pages and announce them in this feed alone. Address -> page."""
        paths = (page.url.partition("example/")[2] for page in virtual)
        urls = [
            self.site.publish(f"{feed}/{path}", page.body, "text/html")
            for path, page in zip(paths, virtual, strict=True)
        ]
        entries = [Headline(url, page.gold["title"]) for url, page in zip(urls, virtual, strict=True)]
        self.site.publish(feed, rss("Harbour", self.site.url, entries))
        return dict(zip(urls, virtual, strict=True))

    def read(self, feed: str, virtual: list[Virtual]) -> dict[str, tuple[Virtual, Article]]:
        """Announce these pages, and take every step until nothing is due."""
        urls = self.announce(feed, virtual)
        self.store.poll_now(list(self.context.settings.feeds))
        while leases := [lease for queue in QUEUES for lease in self.store.lease(queue, 30, 1000)]:
            for lease in leases:
                run(self.context, lease)
        found = {url: self.store.article(article_id(url)) for url in urls}
        return {url: (urls[url], article) for url, article in found.items() if article}

    def known(self, source: str = "outlet") -> Outlet:
        return outlet_of(self.store.learned(source)[0])


@pytest.fixture
def wire(outlet: Site, store: Store, tmp_path: Path) -> Newswire:
    return Newswire(outlet, store, tmp_path)


def expect_whole(read: dict[str, tuple[Virtual, Article]]) -> None:
    """Nothing that the articles say is lost."""
    for page, article in read.values():
        assert set(page.gold["text"].splitlines()) <= set(article.text.split("\n\n"))
        assert article.title == page.gold["title"]


def by_template(read: dict[str, tuple[Virtual, Article]]) -> list[Article]:
    return [article for _, article in read.values() if article.extraction.method == "template"]


def test_an_outlets_articles_are_soon_read_by_a_template_without_its_own_lines(wire: Newswire) -> None:
    first, later = pages(50)[:25], pages(50)[25:]
    expect_whole(wire.read("/feed", first))
    read = wire.read("/feed", later)
    assert len(read) == 25
    expect_whole(read)
    assert len(by_template(read)) > 12
    assert all(article.extraction.evidence["body"].startswith("template ") for article in by_template(read))
    assert not any("paid for by readers" in article.text for _, article in read.values())
    assert all(article.extraction.evidence["recurring"].endswith(" left out") for _, article in read.values())


def test_a_line_that_begins_later_is_learned_within_a_dozen_articles(wire: Newswire) -> None:
    """Only one page in four is counted by then, until three articles were seen to have a paragraph in common."""
    virtual, before = pages(88), FEW_ARTICLES + 4
    wire.read("/feed", virtual[:before])
    read = [article for page in virtual[before : before + 13] for _, article in wire.read("/feed", [page]).values()]
    says = ["every gift is doubled" in article.text for article in read]
    assert says[:3] == [True] * 3
    assert not says[-1], "the campaign is still in the articles"


def test_after_a_redesign_the_new_layout_is_learned_and_nothing_is_lost_meanwhile(wire: Newswire) -> None:
    virtual = pages(50, first_frame(), second_frame())
    wire.read("/feed", [page for page in virtual if not page.frame])
    read = wire.read("/feed", [page for page in virtual if page.frame])
    expect_whole(read)
    assert by_template(read)
    assert [each.template.container[-1].split(" ")[1] for each in wire.known().learned] == ["rich", "story-body"]


def test_two_outlets_of_one_host_are_learned_apart(wire: Newswire) -> None:
    virtual = pages(24, first_frame(), second_frame())
    wire.read("/feed", [page for page in virtual if not page.frame])
    assert wire.known("second") == Outlet()
    wire.read("/second", [page for page in virtual if page.frame])
    for source, place in (("outlet", "story-body"), ("second", "rich")):
        (learned,) = wire.known(source).learned
        assert place in learned.template.container[-1]


def test_a_page_that_is_unlike_the_outlets_others_is_read_the_long_way(wire: Newswire) -> None:
    virtual = pages(24)
    wire.read("/feed", virtual[:12])
    usual = Baseline()
    for words in range(3000, 3000 + 2 * ENOUGH):
        usual = observe(usual, Observed("", words, frozenset(), "template"), 1.0)
    wire.store.save_baseline("outlet", usual)
    page = next(each for each in virtual[12:])
    assert not by_template(wire.read("/feed", [page]))


def test_of_two_lessons_at_once_one_is_kept_whole(wire: Newswire) -> None:
    wire.read("/feed", pages(6))
    before, evidence = wire.store.learned("outlet")
    assert wire.store.keep_learned("outlet", before, before + b"1", evidence)
    assert not wire.store.keep_learned("outlet", before, before + b"2", evidence)
    assert wire.store.learned("outlet")[0] == before + b"1"


def test_what_is_kept_is_forgotten_with_the_entries_or_by_hand(wire: Newswire) -> None:
    wire.read("/feed", pages(6))
    keys = [wire.store.keys.learned("outlet"), wire.store.keys.evidence("outlet")]
    days = [wire.store._redis.pttl(key) / 86_400_000 for key in keys]
    assert days == pytest.approx([wire.context.settings.retention.entry_days] * 2, abs=0.1)
    assert wire.store.forget_learned("outlet")
    assert not wire.store.forget_learned("outlet")
    assert wire.known() == Outlet()
    expect_whole(wire.read("/feed", pages(12)[6:]))


def test_what_cannot_be_read_any_more_is_learned_anew(wire: Newswire) -> None:
    virtual = pages(20)
    wire.read("/feed", virtual[:6])
    before, _ = wire.store.learned("outlet")
    assert wire.store.keep_learned("outlet", before, msgspec.msgpack.encode({"learned": 7}), b"no zstd")
    expect_whole(wire.read("/feed", virtual[6:]))
    assert wire.known().learned
