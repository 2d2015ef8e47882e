"""CPU of a poll's reading beside feedparser and fastfeedparser, in the same run on the same feeds.

    python bench/feeds.py [--least 20] [--rounds 5]

Needs ../shared/corpora/feeds, and says so where it is absent. Takes the feeds of at least so many entries that all
readers read, and prints milliseconds a feed, each the best of the rounds:

    whole         the first poll: every entry is read
    nothing new   the feed was sent anew, and every entry of it was there before; the steady state of most polls
    one new       all but the first entry were there before; the steady state of the others

fastfeedparser is measured where it is installed (requirements-peers.in).
"""

import argparse
import io
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

import feedparser

from ingest.errors import ParseFailed
from ingest.models import Feed, Fetch, Outcome
from ingest.parse import Parsed, parse
from ingest.roll import NOTHING, Seen
from tests.conftest import CORPORA

GOAL = 20.0
"""Times that a poll with nothing new, or one new entry, is to cost less than feedparser."""


class Captured(NamedTuple):
    """A feed as it was captured, and as it is read whole."""

    name: str
    body: bytes
    parsed: Parsed


def read(body: bytes, seen: Seen = NOTHING) -> Parsed:
    feed = Feed(id="bench:1", source="bench", url="https://outlet.example/feed", kind="feed")
    return parse(feed, Fetch(requested=feed.url, url=feed.url, outcome=Outcome.OK, body=body), seen)


def captured(least: int) -> Iterator[Captured]:
    for file in sorted(CORPORA.glob("feeds/**/*")):
        if file.suffix not in {".xml", ".rss", ".atom"}:
            continue
        body = file.read_bytes()
        try:
            parsed = read(body)
        except ParseFailed:
            continue
        if len(parsed.entries) >= least:
            yield Captured(file.name, body, parsed)


def peers() -> dict[str, Callable[[bytes], Any]]:
    """Name -> how it reads a feed's bytes."""

    def bare(body: bytes) -> Any:
        return feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)

    found: dict[str, Callable[[bytes], Any]] = {
        "feedparser": lambda body: feedparser.parse(io.BytesIO(body)),
        "without sanitizing": bare,
    }
    try:
        found["fastfeedparser"] = import_module("fastfeedparser").parse
    except ImportError:
        print("fastfeedparser is not installed, and left out\n")
    return found


Reader = Callable[[Captured], Any]


def all_readers() -> dict[str, Reader]:
    def peer(call: Callable[[bytes], Any]) -> Reader:
        return lambda feed: call(feed.body)

    return {name: peer(call) for name, call in peers().items()} | {
        "whole": lambda feed: read(feed.body),
        "nothing new": lambda feed: read(feed.body, _seen(feed.parsed, 0)),
        "one new": lambda feed: read(feed.body, _seen(feed.parsed, 1)),
    }


def _seen(parsed: Parsed, new: int) -> Seen:
    return Seen(parsed.context, {each.mark for each in parsed.listed[new:] if each.mark}, parsed.head)


def best(call: Callable[[], Any], rounds: int) -> float:
    """Milliseconds of CPU of the quickest round."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        call()
        times.append(1000 * (time.process_time() - start))
    return min(times)


def measured(feed: Captured, readers: dict[str, Reader], rounds: int) -> dict[str, float] | None:
    """Reader -> milliseconds; None for a feed that one of them does not read."""
    try:
        return {name: best(partial(call, feed), rounds) for name, call in readers.items()}
    except Exception as error:  # whatever a peer raises
        print(f"{feed.name} left out: {type(error).__name__}: {error}")
        return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--least", type=int, default=20, help="entries that a feed must have")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not CORPORA.is_dir():
        print(f"the real captures are not at {CORPORA.name}/")
        return 0
    readers = all_readers()
    names = list(readers)
    rows = [(feed, times) for feed in captured(options.least) if (times := measured(feed, readers, options.rounds))]
    print(f"{'feed':28}{'kB':>6}{'entries':>9}" + "".join(f"{name:>20}" for name in names))
    for feed, times in rows:
        cells = "".join(f"{times[name]:20.2f}" for name in names)
        print(f"{feed.name:28}{len(feed.body) / 1000:6.0f}{len(feed.parsed.entries):9}{cells}")
    mean = {name: sum(times[name] for _, times in rows) / len(rows) for name in names}
    print(f"{'mean':43}" + "".join(f"{mean[name]:20.2f}" for name in names))
    for state in ("nothing new", "one new"):
        ratios = ", ".join(f"{mean[name] / mean[state]:.1f} times {name}" for name in names[: names.index("whole")])
        print(f"{state}: quicker by {ratios} (goal: {GOAL:.0f} times feedparser)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
