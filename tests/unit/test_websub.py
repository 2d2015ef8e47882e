"""WebSub: which hub a feed names, and where it says so."""

from typing import Any

import pytest

from ingest.fetch.headers import links
from ingest.models import Feed, Fetch, Outcome
from ingest.parse import Parsed, parse
from ingest.roll import NOTHING, Seen
from ingest.websub import Named, named

BASE = "https://outlet.example/news/feed"
HUB, TOPIC = "https://hub.example/", "https://outlet.example/feed"


def read(body: str, seen: Seen = NOTHING) -> Parsed:
    fetch = Fetch(requested=BASE, url=BASE, outcome=Outcome.OK, body=body.encode())
    return parse(Feed(id="o:1", source="o", url=BASE, kind="feed"), fetch, seen)


def rss(head: str, *numbers: int) -> str:
    entries = "".join(f"<item><title>{n}</title><link>https://outlet.example/{n}</link></item>" for n in numbers)
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:atom10="http://www.w3.org/2005/Atom"'
    return f'<rss version="2.0" {atom}><channel><title>T</title>{head}{entries}</channel></rss>'


# ── in the headers ──


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"', {"hub": HUB, "self": TOPIC}),
        (f"<{HUB}>;rel=hub,<{TOPIC}>;rel=self", {"hub": HUB, "self": TOPIC}),
        (f'<{TOPIC}>; type="application/rss+xml"; title="a, b; rel=no"; REL="alternate Self"', {"self": TOPIC}),
        ('<../feed>; rel="self"', {"self": TOPIC}),
        ('<https://one.example/>; rel="hub", <https://two.example/>; rel="hub"', {"hub": "https://one.example/"}),
        ('<javascript:alert(1)>; rel="hub"', {}),
        ("<http://[oops>; rel=hub", {}),
        ('<https://hub.example/a b>; rel="hub"', {}),
        (f'<{HUB}>; rel="preconnect"', {}),
        (f"<{HUB}>", {}),
        (f'<{HUB}>; rel="hubs"', {}),
        ("", {}),
    ],
)
def test_the_hub_and_the_own_address_stand_in_link_headers(header: str, found: dict[str, str]) -> None:
    assert links({"Link": header}, BASE) == found


@pytest.mark.parametrize("piece", ["<", "<a>;", '<a>;rel="', "<a>;rel=hub;", "; ", '<a>;a="b";'])
def test_a_link_header_without_end_is_read_no_further_than_a_few_thousand_letters(piece: str) -> None:
    assert "self" not in links({"Link": piece * 100_000 + f"<{TOPIC}>; rel=self"}, BASE)


# ── in the feed ──


@pytest.mark.parametrize(
    "head",
    [
        f'<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="{TOPIC}" type="application/rss+xml"/>',
        f'<atom10:link rel="self" href="/feed"/><atom10:link xmlns:atom10="http://www.w3.org/2005/Atom" rel="hub" '
        f'href="{HUB}"/>',
        f'<atom:link rel="hub" href="urn:none"/><atom:link rel="hub" href="{HUB}"/>'
        f'<atom:link rel="self" href="{TOPIC}"/><link>https://outlet.example/</link>',
    ],
)
def test_an_rss_feed_names_them_by_links_of_atom(head: str) -> None:
    parsed = read(rss(head, 1))
    assert (parsed.hub, parsed.topic) == (HUB, TOPIC)


def test_an_atom_feed_names_them() -> None:
    body = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><link rel="hub" href="{HUB}"/>'
        f'<link rel="self" href="{TOPIC}"/><entry><title>1</title><link rel="self" href="https://outlet.example/1.xml"/>'
        '<link href="https://outlet.example/1"/></entry></feed>'
    )
    assert (read(body).hub, read(body).topic) == (HUB, TOPIC)


@pytest.mark.parametrize("kind", ["WebSub", "websub"])
def test_a_json_feed_names_them(kind: str) -> None:
    hubs = f'[{{"type": "rssCloud", "url": "https://no.example/"}}, 7, {{"type": "{kind}", "url": "{HUB}"}}]'
    body = (
        f'{{"version": "https://jsonfeed.org/version/1.1", "title": "T", "feed_url": "{TOPIC}", "hubs": {hubs}, '
        '"items": [{"id": "1", "url": "https://outlet.example/1"}]}'
    )
    assert (read(body).hub, read(body).topic) == (HUB, TOPIC)


def test_what_a_feed_names_is_known_although_its_head_is_not_read_again(read_by_feedparser: list[int]) -> None:
    head = (
        f'<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="{TOPIC}"/><lastBuildDate>{{}}</lastBuildDate>'
    )
    first = read(rss(head.format("Tue, 03 Nov 2026"), 2, 1))
    seen = Seen(first.context, {each.mark for each in first.listed}, first.head)
    later = read(rss(head.format("Wed, 04 Nov 2026"), 2, 1), seen)
    assert read_by_feedparser == [2], "nothing of the second answer was read"
    assert (later.hub, later.topic) == (HUB, TOPIC)
    moved = read(rss(head.replace("hub.example", "other.example").format("Thu, 05 Nov 2026"), 2, 1), seen)
    assert moved.hub == "https://other.example/"


# ── which of them counts ──


@pytest.mark.parametrize(
    ("header", "said", "hub"),
    [
        ({"hub": HUB, "self": TOPIC}, Named("https://other.example/", "https://o.example/"), Named(HUB, TOPIC)),
        ({}, Named(HUB, TOPIC), Named(HUB, TOPIC)),
        ({"hub": HUB}, Named("", TOPIC), Named(HUB, TOPIC)),
    ],
)
def test_headers_count_before_the_feed(header: dict[str, Any], said: Named, hub: Named) -> None:
    assert named(header, said) == hub


@pytest.mark.parametrize("half", [Named(), Named(HUB, ""), Named("", TOPIC)])
def test_a_hub_without_an_address_to_subscribe_to_is_none(half: Named) -> None:
    assert not half
