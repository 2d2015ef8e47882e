"""CPU per article for everything but extraction, beside a plain download of the same feed and pages in the same run.

    python bench/pipeline.py [--articles 300] [--profile FILE]

A real embedded store and a real outlet in processes of their own; the three steps run here, through
`ingest.pipeline.run`, so that this process's CPU (user and system, threads included) is the newswire's. What the store
spends is a line of its own. What Celery spends is in bench/tasks.py. `--profile` writes what cProfile saw of the steps.
A part that is indented further is within the one above it. On a busy machine all of it grows by up to a half: go by
the least of several runs.
"""

import argparse
import cProfile
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import feedparser
import psutil
import requests
from redis.connection import AbstractConnection

import ingest.claiming
import ingest.compose
import ingest.pipeline
import ingest.publishing
import ingest.store.work
from ingest import extract_article
from ingest.context import Context
from ingest.fetch import Fetcher
from ingest.pipeline import run
from ingest.settings import load
from ingest.store import QUEUES, EmbeddedServer, Store, open_store
from tests.conftest import config_folder
from workers.demo.outlet import Headline, Outlet, rss

GOAL_MS = 5.0

PAGE_BYTES, WORDS = 118_000, 670
"""The medians of 967 article pages of real outlets; zstd packs those to a quarter, and so it does the pages here."""

BATCH, LEASE = 16, 60.0

WORD = [first + middle + last for first in "bdflmnprst" for middle in "aeiou" for last in ("r", "st", "n", "lo", "me")]

Spent = defaultdict[str, float]
"""Label -> seconds of CPU."""

TIMED: dict[str, tuple[tuple[Any, str], ...]] = {
    "refresh_feed": ((ingest.pipeline, "refresh_feed"),),
    "claim": ((ingest.claiming, "_claimed"),),
    "fetch_page": ((ingest.pipeline, "fetch_page"),),
    "GET": ((Fetcher, "get"),),
    "pack": ((ingest.store.work, "pack_page"),),
    "process_article": ((ingest.pipeline, "process_article"),),
    "known": ((Store, "known"),),
    "clean": ((ingest.compose, "clean_blocks"), (ingest.compose, "take_credits"), (ingest.compose, "article_html")),
    "recurring": ((ingest.compose, "without_recurring"),),
    "enrich": ((ingest.compose, "enrich"),),
    "fingerprint": ((ingest.compose, "fingerprint"),),
    "extract": ((ingest.compose, "read"), (ingest.pipeline, "_learn")),
    "publish": ((ingest.pipeline, "publish"),),
    "features": ((ingest.publishing, "features"),),
    "commit": ((Store, "commit"),),
    "asked": ((AbstractConnection, "send_packed_command"),),
}
"""Label -> the calls that it is spent in. What is learned of the outlet is part of extraction."""


def page(number: int) -> str:
    """A page of the usual size around an article of its own: a third is links, the rest is scripts."""
    choose = random.Random(number)
    title = f"Report {number}: {_sentence(choose, 6)}"
    stated = {"@type": "NewsArticle", "headline": title, "datePublished": "2026-03-04T05:06:07Z", "author": "Ana Rojas"}
    paragraphs = "".join(f"<p>{_sentence(choose, WORDS // 14)}</p>" for _ in range(14))
    links = [
        f"<li class='card'><a class='card__link' href='/{choose.getrandbits(48):x}'>{_sentence(choose, 9)}</a></li>"
        for _ in range(PAGE_BYTES // 3 // 110)
    ]
    head = (
        f"<html lang='en'><head><meta charset='utf-8'><title>{title}</title>"
        f"<script type='application/ld+json'>{json.dumps(stated)}</script></head><body>"
    )
    body = f"<nav><ul>{''.join(links)}</ul></nav><article><h1>{title}</h1>{paragraphs}</article>"
    script, size = [], PAGE_BYTES - len(head) - len(body)
    while size > 0:
        identity = f'"id":"{choose.getrandbits(48):x}","label":"{_sentence(choose, 6)}"'
        script.append(f'{{"kind":"card","visible":true,"slot":null,{identity}}}')
        size -= len(script[-1]) + 1
    return f"{head}{body}<script>window.state=[{','.join(script)}]</script></body></html>"


def _sentence(choose: random.Random, words: int) -> str:
    return " ".join(choose.choices(WORD, k=words)).capitalize() + "."


@contextmanager
def outlet(articles: int) -> Iterator[list[str]]:
    """An outlet in a process of its own; the addresses of its feed and of its pages."""
    spawn = multiprocessing.get_context("spawn")
    ours, its = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(its, articles), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        process.join(5)


def _serve(pipe: Connection, articles: int) -> None:
    with Outlet() as running:
        urls = [running.publish(f"/report/{number}", page(number)) for number in range(articles)]
        morning = datetime.now(UTC) - timedelta(days=1)
        summary = _sentence(random.Random(0), 40)
        headlines = [Headline(url, f"Report {n}", morning, summary) for n, url in enumerate(urls)]
        feed = running.publish("/feed", rss("The Outlet", running.url, headlines), "application/rss+xml")
        pipe.send([feed, *urls])
        pipe.recv()


def timed(spent: Spent, label: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """The same call, its CPU added to the label, and one to how often it was called."""

    def wrapped(*args: Any, **more: Any) -> Any:
        spent[f"{label}, times"] += 1
        start = time.process_time()
        try:
            return call(*args, **more)
        finally:
            spent[label] += time.process_time() - start

    return wrapped


@contextmanager
def watched(spent: Spent) -> Iterator[None]:
    """Within, the calls of TIMED are timed."""
    kept = [(label, place, name, getattr(place, name)) for label, calls in TIMED.items() for place, name in calls]
    for label, place, name, call in kept:
        setattr(place, name, timed(spent, label, call))
    try:
        yield
    finally:
        for _, place, name, call in kept:
            setattr(place, name, call)


def work_off(context: Context) -> Counter[str]:
    """Take every step that is due, as the workers do; outcome -> how many."""
    outcomes: Counter[str] = Counter()
    for queue in QUEUES:
        while leases := context.store.lease(queue, LEASE, BATCH):
            outcomes.update(run(context, lease).partition(" ")[0] for lease in leases)
    return outcomes


def measure(url: str, server: EmbeddedServer, articles: int, profile: str) -> Spent:
    """CPU of the newswire over one poll and all that came of it; `total`, `store` and the parts."""
    spent: Spent = defaultdict(float)
    with tempfile.TemporaryDirectory() as folder:
        settings = load(config_folder(Path(folder) / "config", url.removesuffix("/feed")), Path(folder), {})
    store = open_store(server.url)
    context = Context(settings, store, Fetcher(settings.fetch))
    store.add_feeds(settings.feeds)
    extract_article(page(-1).encode(), "https://example.org/warm")  # loads the language model and compiles patterns
    profiler = cProfile.Profile()
    before, start = _store_cpu(server), time.process_time()
    with watched(spent):
        if profile:
            profiler.enable()
        outcomes = work_off(context)
        profiler.disable()
    spent["total"], spent["store"] = time.process_time() - start, _store_cpu(server) - before
    if profile:
        profiler.dump_stats(profile)
    if outcomes["created"] != articles:
        raise SystemExit(f"broken: of {articles} articles came {dict(outcomes)}")
    return spent


def _store_cpu(server: EmbeddedServer) -> float:
    assert server.process
    times = psutil.Process(server.process.pid).cpu_times()
    return float(times.user + times.system)


def plain(urls: list[str]) -> float:
    """CPU of plain `requests.get` and `feedparser.parse` over the same feed and pages, in seconds."""
    start = time.process_time()
    entries = feedparser.parse(requests.get(urls[0], timeout=10).content).entries
    for entry in entries:
        assert requests.get(entry.link, timeout=10).content
    return time.process_time() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--profile", default="", help="where to write the profile, for pstats")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as data,
        outlet(options.articles) as urls,
        EmbeddedServer(Path(data), 0) as server,
    ):
        spent = measure(urls[0], server, options.articles, options.profile)
        peer = plain(urls)
    steps = spent["refresh_feed"] + spent["fetch_page"] + spent["process_article"]
    ours = spent["total"] - spent["extract"]
    composed = spent["process_article"] - spent["extract"] - spent["publish"]
    for what, seconds, note in (
        ("all but extraction", ours, f"goal: under {GOAL_MS:.0f}"),
        ("  refresh_feed", spent["refresh_feed"], "GET, parse, claim"),
        ("    claim", spent["claim"], ""),
        ("  fetch_page", spent["fetch_page"], "GET, keep the bytes"),
        ("    GET", spent["GET"], "that of the feed too"),
        ("    pack the page", spent["pack"], ""),
        ("  process_article", composed, "without extraction and publishing"),
        ("    known", spent["known"], "the page, the entry, what was learned"),
        ("    clean", spent["clean"], ""),
        ("    recurring lines", spent["recurring"], ""),
        ("    fingerprint", spent["fingerprint"], ""),
        ("    enrich", spent["enrich"], ""),
        ("  publish", spent["publish"] - spent["commit"], "copies and revisions, without commit"),
        ("    features", spent["features"], ""),
        ("  commit", spent["commit"], ""),
        ("  lease and start", spent["total"] - steps, ""),
        ("extraction", spent["extract"], "not counted above"),
        ("store's own process", spent["store"], "not counted above"),
        ("plain download", peer, "requests.get and feedparser.parse of the same"),
    ):
        print(f"{what:24}{1000 * seconds / options.articles:8.2f} ms an article  {note}".rstrip())
    print(f"{'ratio to plain download':24}{ours / peer:8.2f}")
    print(f"{'asked of the store':24}{spent['asked, times'] / options.articles:8.2f} times an article")
    return 0


if __name__ == "__main__":
    sys.exit(main())
