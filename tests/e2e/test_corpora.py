"""Real pages and real feeds, served on loopback, through the whole newswire: nothing is lost, nothing falls over."""

import gzip
import json
import runpy
import time
from collections import Counter
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

import pytest

from ingest.models import Source, article_id
from ingest.settings import load
from ingest.store import EntryState, FeedState
from tests.conftest import CORPORA, config_folder, needs_corpora
from tests.e2e.newswire import Newswire, published, until
from workers.demo.outlet import Headline, Outlet, rss

pytestmark = [pytest.mark.slow, needs_corpora]

EVERY = 6
"""Of 967 pages: about 160, from every set, in more than ten languages."""

DEADLINE = 120.0
"""Seconds from the start to the end of the last entry; two idle cores need thirty."""

CONFIG = """
[store]
port = 0
[fetch]
allow_addresses = ["127.0.0.0/8"]
delay = 0.0
[schedule]
attempts = 2
retry_first = 0.5
"""

QUEUES = """
[queues.all]
duplicates = "all"
[queues.first]
"""

# Their entries point to the internet, and nothing here may ask for anything there.
CAPTURES = """
id = "captures"
name = "Feeds as they were captured"
homepage = "http://captures.invalid/"
language = "en"
country = "VE"
timezone = "UTC"
feeds = {feeds}
fetch = {{ full_text = "never" }}
"""

BENCH: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / "bench" / "extract.py"))


class Run(NamedTuple):
    """What became of everything, told when all of it had met its end."""

    gold: dict[str, dict[str, Any]]
    """A page's address on loopback -> its line of the gold standard."""
    pages: dict[str, EntryState | None]
    texts: dict[str, str]
    """A page's address -> the text of the article that it became, or that it is a duplicate of."""
    feeds: dict[str, FeedState]
    captured: list[EntryState | None]
    """What the captured feeds announced."""
    published: dict[str, Counter[str]]
    """Queue -> address -> how many entries it has of it."""
    log: str
    exit_codes: list[int]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("corpora")
    with Outlet() as outlet:
        gold = publish_pages(outlet)
        config = config_folder(folder / "config", outlet.url, main=CONFIG, queues=QUEUES)
        (config / "sources/captures.toml").write_text(CAPTURES.format(feeds=json.dumps(publish_captures(outlet))))
        source = load(config, folder / "data", {}).source("captures")
        with Newswire(config, folder / "data") as wire:
            wire.start()
            return follow(wire, source, gold)


def publish_pages(outlet: Outlet) -> dict[str, dict[str, Any]]:
    """Some of the pages, announced by one feed. Each page says its own encoding, so the header says none."""
    lines = (CORPORA / "pages/gold.jsonl").read_text("utf-8").splitlines()
    gold = {}
    for row in map(json.loads, lines[::EVERY]):
        body = gzip.decompress((CORPORA / "pages" / row["page"]).read_bytes())
        gold[outlet.publish("/" + row["page"].removesuffix(".gz"), body, "text/html")] = row
    outlet.publish("/feed", rss("Pages", outlet.url, [Headline(url, "") for url in gold]), "application/rss+xml")
    return gold


def publish_captures(outlet: Outlet) -> list[str]:
    """Every captured feed, whole, broken or in disguise. Their addresses."""
    files = sorted(file for file in (CORPORA / "feeds").rglob("*") if is_feed(file))
    return [
        outlet.publish(f"/feeds/{number}{file.suffix}", file.read_bytes(), "application/xml")
        for number, file in enumerate(files)
    ]


def is_feed(file: Path) -> bool:
    """Whether the file is a feed, and not the result that is expected of one."""
    if file.suffix == ".json":
        return b"jsonfeed.org/version" in file.read_bytes()[:500]
    return file.suffix in {".xml", ".rss", ".atom"}


def follow(wire: Newswire, source: Source, gold: dict[str, dict[str, Any]]) -> Run:
    """Wait until every feed was polled and every entry has met its end; stop, and tell."""
    store, feeds = wire.store(), [feed.id for feed in source.polled()]
    deadline = time.monotonic() + DEADLINE
    until(lambda: all(state.polls for state in store.feed_states(feeds).values()), DEADLINE)
    only_feeds = {"fetch": len(feeds) + 1, "process": 0}  # they alone stay in `due`
    until(lambda: store.due_counts() == only_feeds, deadline - time.monotonic())
    states = store.feed_states(feeds)
    pages = dict(zip(gold, store.entry_states([article_id(url) for url in gold]), strict=True))
    became = {url: store.article(state.article) for url, state in pages.items() if state and state.article}
    return Run(
        gold=gold,
        pages=pages,
        texts={url: article.text for url, article in became.items() if article},
        feeds=states,
        captured=store.entry_states([entry for state in states.values() for entry in state.claimed.split()]),
        published={queue: published(store, queue) for queue in ("all", "first")},
        exit_codes=wire.stop(),
        log=wire.log.read_text("utf-8", "replace"),
    )


def test_every_real_page_is_published_a_copy_a_duplicate_or_set_aside_with_its_reason(run: Run) -> None:
    ends = {url: state.outcome if state else "never heard of" for url, state in run.pages.items()}
    assert set(ends.values()) <= {"created", "copy", "duplicate", "dead"}, ends
    dead = [state for state in run.pages.values() if state and state.outcome == "dead"]
    assert all(state.error.startswith("ExtractFailed: ") for state in dead), dead
    assert len(dead) < len(ends) / 20, dead
    assert {row["set"] for row in run.gold.values()} >= {"fundus", "trafilatura", "htmldate", "postlight"}


def test_nothing_is_published_twice_nothing_is_missing_and_copies_go_only_where_they_are_wanted(run: Run) -> None:
    """A story's first article is `created`, whichever it was; its copies are articles too."""
    ends = Counter(state.outcome for state in (*run.pages.values(), *run.captured) if state)
    assert ends["copy"], "the captured feeds have stories twice"
    for queue, count in (("all", ends["created"] + ends["copy"]), ("first", ends["created"])):
        assert set(run.published[queue].values()) == {1}
        assert run.published[queue].total() == count


@pytest.mark.parametrize(("kind", "least"), [("text", 0.85), ("segments", 0.8)])
def test_the_published_texts_are_those_that_people_read_on_the_pages(run: Run, kind: str, least: float) -> None:
    """A little under what trafilatura alone reaches on these sets. A page that was set aside counts as empty."""
    scores = [BENCH["score"](BENCH["Read"](text=run.texts.get(url, "")), row["gold"]) for url, row in run.gold.items()]
    of_kind = [score[kind] for score in scores if kind in score]
    assert len(of_kind) > 20
    assert fmean(of_kind) > least


def test_every_real_feed_is_read_or_refused_with_what_came_instead(run: Run) -> None:
    assert {state.outcome for state in run.feeds.values()} == {"ok", "ParseFailed"}
    refused = [state for state in run.feeds.values() if state.outcome != "ok"]
    assert all(state.error for state in refused)
    assert len(refused) < len(run.feeds) / 20, [state.error for state in refused]
    assert len(run.captured) > len(run.feeds)


def test_what_a_feed_carries_is_published_without_asking_for_a_single_page(run: Run) -> None:
    """Their source says full_text = "never"."""
    assert all(state and state.outcome in {"created", "copy", "duplicate", "dead"} for state in run.captured)
    dead = {state.error for state in run.captured if state and state.outcome == "dead"}
    assert dead <= {"ExtractFailed: the feed carries no text, and no page is kept to take it from"}
    assert "FetchFailed" not in run.log


def test_no_worker_died_and_no_error_was_unexpected(run: Run) -> None:
    for trouble in ("Traceback", "unexpected error", "worker ended", "the store died", "outlived its lease"):
        assert trouble not in run.log
    assert run.exit_codes == [0]
