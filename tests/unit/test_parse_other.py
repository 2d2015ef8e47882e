"""Sitemaps and listings become entries, and what is neither is named."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.clean import read_date
from ingest.errors import ParseFailed
from ingest.models import Entry, Feed, FeedKind, Fetch, Listing, Outcome
from ingest.parse import Map, Parsed, parse

DATA = Path(__file__).parents[1] / "data/feeds"
CORPORA = Path(__file__).parents[2].parent / "shared/corpora/feeds"
CARDS = Listing(url="", entry="article.card", title="h2", published="time", summary=".teaser")


def read(body: bytes, kind: FeedKind, listing: Listing | None = None, content_type: str = "") -> Parsed:
    feed = Feed(id="h:1", source="h", url="https://harbour.example/news/", kind=kind, listing=listing)
    fetch = Fetch(requested=feed.url, url=feed.url, outcome=Outcome.OK, body=body, content_type=content_type)
    return parse(feed, fetch)


def sitemap(body: bytes) -> tuple[Entry, ...]:
    return read(body, "sitemap").entries


def listing(body: bytes, selectors: Listing = CARDS, content_type: str = "") -> tuple[Entry, ...]:
    return read(body, "listing", selectors, content_type).entries


# ── sitemaps ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_news_sitemap_says_all_it_knows_about_an_article() -> None:
    first, second = sitemap((DATA / "sitemap-news.xml").read_bytes())
    assert first == Entry(
        url="https://harbour.example/news/ferry-strike?a=1&b=2",
        title="Ferry strike & fog",
        published="2022-02-21T22:22:00Z",
        updated="2022-02-22",
        language="en",
        tags=("ferry", "strike"),
        image="https://img.example/ferry.jpg",
    )
    assert second == Entry(url="https://harbour.example/news/library")


def test_a_gzipped_sitemap_reads_the_same() -> None:
    plain = (DATA / "sitemap-news.xml").read_bytes()
    assert sitemap(gzip.compress(plain)) == sitemap(plain)


def test_a_sitemap_without_or_with_other_namespaces_reads_the_same() -> None:
    bare = b"<urlset><url><loc>/a</loc></url></urlset>"
    prefixed = b'<s:urlset xmlns:s="https://sitemaps.example/0.84"><s:url><s:loc>/a</s:loc></s:url></s:urlset>'
    assert sitemap(bare) == sitemap(prefixed) == (Entry(url="https://harbour.example/a"),)


@pytest.mark.parametrize(
    "body",
    [
        b"\n\n<?xml version='1.0'?><urlset><url><loc>/a</loc></url></urlset>",
        b"<urlset><url><loc>/a</loc></url><url><loc>/b & c",
        "<?xml version='1.0' encoding='utf-16'?><urlset><url><loc>/a</loc></url></urlset>".encode("utf-16"),
    ],
)
def test_a_broken_sitemap_gives_what_can_be_read(body: bytes) -> None:
    assert sitemap(body)[0].url == "https://harbour.example/a"


def test_at_most_fifty_thousand_addresses_are_taken() -> None:
    assert len(sitemap(b"<urlset>" + b"<url><loc>/a</loc></url>" * 50_001 + b"</urlset>")) == 50_000


def test_an_index_of_sitemaps_names_sitemaps_with_what_it_says_of_their_changes() -> None:
    body = b"""<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
        <sitemap><loc>/sitemap-2026-11.xml.gz</loc><lastmod> 2026-11-24T10:00:00+00:00 </lastmod></sitemap>
        <sitemap><loc>https://cdn.example/old.xml</loc></sitemap><sitemap><loc>mailto:x</loc></sitemap>
        </sitemapindex>"""
    parsed = read(body, "sitemap")
    assert parsed.maps == (
        Map(url="https://harbour.example/sitemap-2026-11.xml.gz", changed="2026-11-24T10:00:00+00:00"),
        Map(url="https://cdn.example/old.xml"),
    )
    assert parsed.entries == ()


_STREAMED = """
import resource, zlib
from ingest.models import Feed, Fetch, Outcome
from ingest.parse import told_in

packer = zlib.compressobj(wbits=31)
urls = (f"<url><loc>https://h.io/{n}/{'slug-' * 20}</loc><lastmod>2026-11-24</lastmod></url>" for n in range(50_000))
body = packer.compress(b"<urlset>") + b"".join(packer.compress(url.encode()) for url in urls)
body += packer.compress(b"</urlset>") + packer.flush()
fetch = Fetch(requested="https://h.example/s", url="https://h.example/s", outcome=Outcome.OK, body=body)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = sum(1 for _ in told_in(Feed(id="h:1", source="h", url=fetch.url, kind="sitemap"), fetch))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_full_sitemap_is_read_in_a_fraction_of_the_memory_that_it_unpacks_to() -> None:
    """In a process of its own, as lxml's memory is counted nowhere else. It unpacks to 9 MB; its tree would be 40."""
    ran = subprocess.run([sys.executable, "-c", _STREAMED], capture_output=True, text=True, check=True)
    count, kilobytes = map(int, ran.stdout.split())
    assert count == 50_000
    assert kilobytes < 6_000


def test_an_empty_sitemap_is_a_sitemap() -> None:
    assert sitemap(b"<urlset></urlset>") == ()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<rss version='2.0'><channel/></rss>", "a feed, not a sitemap; list it under `feeds`"),
        (b"<!doctype html><html><body>gone</body></html>", "an HTML page"),
        (b"gone", "begins with 'gone'"),
        (b"\x1f\x8bgone", "gzip file that cannot be unpacked"),
        (gzip.compress(b" " * (51 << 20)), "more than 50 MB"),
    ],
    ids=["feed", "page", "text", "bad gzip", "gzip bomb"],
)
def test_what_is_no_sitemap_is_named(body: bytes, says: str) -> None:
    with pytest.raises(ParseFailed, match=says):
        sitemap(body)


def test_entities_never_grow_nor_read_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    nested = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 9))
    dtd = f'<!DOCTYPE u [<!ENTITY l0 "lol"><!ENTITY f SYSTEM "file://{tmp_path}/secret">{nested}]>'
    body = dtd + "<urlset><url><loc>/a</loc><lastmod>&f;&l8;</lastmod></url></urlset>"
    try:
        entries = sitemap(body.encode())
    except ParseFailed:
        return
    assert sum(len(entry.updated) for entry in entries) < 100
    assert not any("secret" in entry.updated for entry in entries)


@pytest.mark.skipif(not CORPORA.is_dir(), reason=f"{CORPORA} is absent")
def test_a_real_news_sitemap_is_read() -> None:
    entries = sitemap((CORPORA / "news-crawl/src/test/resources/sitemap-news.xml").read_bytes())
    assert entries
    assert all(entry.url and entry.published for entry in entries)


# ── listings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_listing_gives_one_entry_an_address() -> None:
    parsed = read((DATA / "listing.html").read_bytes(), "listing", CARDS)
    assert parsed.title == "News | Harbour Post"
    assert parsed.entries == (
        Entry(
            url="https://harbour.example/section/ferry",
            title="Ferry & fog",
            published="2022-02-21T22:22:00Z",
            summary="Crews walked out.",
            image="https://harbour.example/section/f.jpg",
        ),
        Entry(url="https://harbour.example/news/library", title="Library opens", published="19 Feb 2022"),
    )


def test_of_two_links_to_one_article_the_one_with_words_is_taken() -> None:
    body = b"<a href='/x'><img></a><a href='/x'>Headline</a><a href='/x'>Read more</a>"
    assert listing(body, Listing(url="", entry="a")) == (Entry(url="https://harbour.example/x", title="Headline"),)


def test_the_link_may_stand_inside_what_its_selector_finds() -> None:
    body = b"<li><a href='/tag'>Tag</a><h2><a href='x'>Headline</a></h2></li>"
    selectors = Listing(url="", entry="li", link="h2", title="h2")
    assert listing(body, selectors) == (Entry(url="https://harbour.example/news/x", title="Headline"),)


def test_links_to_the_section_itself_and_to_parts_of_an_article_are_no_entries_of_their_own() -> None:
    body = b"<a href='#'>Menu</a><a href='/news'>News</a><a href='x#comments'>12</a><a href='x'>Headline</a>"
    assert listing(body, Listing(url="", entry="a")) == (Entry(url="https://harbour.example/news/x", title="Headline"),)


def test_a_base_element_says_what_links_are_relative_to_and_a_link_may_be_a_picture() -> None:
    body = b"<base href='/es/'><li><a href='x' aria-label='Headline'><img src='data:x' data-src='a.jpg 2x'></a></li>"
    assert listing(body, Listing(url="", entry="li")) == (
        Entry(url="https://harbour.example/es/x", title="Headline", image="https://harbour.example/es/a.jpg"),
    )


@pytest.mark.parametrize("shown", ["hace 3 horas", "2 hours ago", "Ayer", "Today, 10:30", "3h"])
def test_a_relative_date_is_kept_as_it_was_written_and_read_as_none(shown: str) -> None:
    body = f"<article class=card><h2><a href=x>A</a></h2><time>{shown}</time></article>".encode()
    (entry,) = listing(body)
    assert entry.published == shown
    assert read_date(shown, "America/Caracas", "es") is None, "then the page says when it was"


@pytest.mark.parametrize(
    ("head", "encoding", "content_type"),
    [
        ("<meta charset='iso-8859-1'>", "latin-1", "text/html"),
        ("", "latin-1", "text/html; charset=iso-8859-1"),
        ("", "utf-8", "text/html"),
        ("<?xml version='1.0' encoding='utf-8'?>", "utf-8", "application/xhtml+xml"),
    ],
)
def test_letters_of_a_listing_survive(head: str, encoding: str, content_type: str) -> None:
    body = f"{head}<html><body><article class=card><h2><a href=/x>Año</a></h2></article></body></html>".encode(encoding)
    assert listing(body, content_type=content_type)[0].title == "Año"


@pytest.mark.parametrize(
    "selectors", [Listing(url="", entry="a[["), Listing(url="", entry="article", title="h2::before")]
)
def test_a_selector_that_cannot_be_used_is_named_and_not_tried_again(selectors: Listing) -> None:
    with pytest.raises(ParseFailed, match=r"the selector '(a\[\[|h2::before)' cannot be used") as failed:
        listing((DATA / "listing.html").read_bytes(), selectors)
    assert not failed.value.again


@pytest.mark.parametrize("body", [b"<p>Nothing here</p>", b"<article class='card'>No link</article>"])
def test_a_page_without_entries_may_have_changed(body: bytes) -> None:
    with pytest.raises(ParseFailed, match=r"'article\.card'; the page may have changed"):
        listing(body)


def test_a_listing_that_is_no_page_is_named() -> None:
    with pytest.raises(ParseFailed, match="begins with 'Service unavailable'"):
        listing(b"Service unavailable")


def test_a_listing_without_selectors_says_what_to_add() -> None:
    with pytest.raises(ParseFailed, match="add `entry`"):
        read(b"<p>x</p>", "listing")


@pytest.mark.parametrize(
    "before", ["<?xml version='1.0'?><?xml version='1.0'?>", "<?xml version='1.0'", "\n<?xml <?xml?>"]
)
def test_a_page_that_opens_with_broken_xml_declarations_is_read_without_a_warning(before: str) -> None:
    page = f"{before}<article class='card'><a href='/a'><h2>A</h2></a></article>"
    assert [entry.title for entry in read(page.encode(), "listing", CARDS).entries] == ["A"]
