"""Captured feeds, damaged at random: they are read or refused, and nothing else happens, in little time."""

import random
import time
from pathlib import Path

import pytest

from ingest.errors import ParseFailed
from ingest.models import Feed, FeedKind, Fetch, Listing, Outcome
from ingest.parse import parse
from tests.conftest import CORPORA, needs_corpora

DATA = Path(__file__).parents[1] / "data" / "feeds"
SECONDS = 3.0
"""Of the processor, for one of these."""

BITS = (
    b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?", b"\x00", b"\xff", b"\xed\xa0\x80", b"&#0;",
    b"<item>", b"</item>", b"<entry>", b"<!DOCTYPE x [", b"<!ENTITY a '&a;'>", b"xmlns='x'", b"{", b"[", b'"',
    b"&#xD800;", b"\\ud800", b"\\u0000", b"9" * 5_000, b"\x1f\x8b", b"<link/>", b"http://[",
    b"xml:base='http://['", b"\x1b$", b"-",
)  # fmt: skip


def damaged(body: bytes, chance: random.Random) -> bytes:
    """The body with a few pieces cut out, doubled, moved, or something else put in."""
    for _ in range(chance.randint(1, 12)):
        at, length = chance.randrange(len(body) + 1), chance.choice((0, 1, 2, 7, 50, 1_000))
        piece = body[at : at + length]
        put = chance.choice((b"", piece * 2, chance.choice(BITS), bytes(chance.randrange(256) for _ in range(3))))
        body = body[:at] + put + body[at + length :]
        if chance.random() < 0.1:
            body = body[: chance.randrange(len(body) + 1)]
    return body


def read(kind: FeedKind, body: bytes, content_type: str = "") -> None:
    """Read it, or have it refused."""
    listing = Listing(url="https://outlet.example/", entry="article, li, a") if kind == "listing" else None
    feed = Feed(id="outlet:feed", source="outlet", url="https://outlet.example/feed", kind=kind, listing=listing)
    fetch = Fetch(
        requested=feed.url, url=feed.url, outcome=Outcome.OK, status=200, body=body, content_type=content_type
    )
    began = time.process_time()
    try:
        for entry in parse(feed, fetch).entries:
            assert entry.url.startswith(("http://", "https://"))
            f"{entry}".encode()  # what the store cannot write would end here
    except ParseFailed as error:
        assert str(error).isprintable() or "\n" in str(error)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("path", sorted(DATA.iterdir()), ids=lambda path: path.name)
def test_a_damaged_feed_is_read_or_refused(path: Path) -> None:
    body, chance = path.read_bytes(), random.Random(path.name)
    kinds: tuple[FeedKind, ...] = ("feed", "sitemap", "listing", "wordpress")
    for kind in kinds:
        for _ in range(15):
            read(kind, damaged(body, chance))


@needs_corpora
def test_damaged_captures_are_read_or_refused() -> None:
    chance = random.Random(7)
    found = sorted(path for path in (CORPORA / "feeds").rglob("*") if path.is_file() and path.stat().st_size < 60_000)
    for path in chance.sample(found, 120):
        read(
            "feed",
            damaged(path.read_bytes(), chance),
            chance.choice(("", "text/xml; charset=latin-1", "a;charset=utf-7")),
        )
