"""Feeds that are whole answers, and hard to read."""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from tests.hostile.large import bomb
from tests.hostile.line import Line
from tests.hostile.outlet import good_feed
from tests.hostile.way import PARSE_FAILED, way

HEAD = b'<rss version="2.0"><channel><title>The Outlet</title>'
TAIL = b"</channel></rss>"
ENTITIES, PARTS = "entities expand to 100 letters at most", "what is quadratic is refused"
DEPTH, LIMITS = "depth is bounded", "entries and bytes of a feed are bounded"
MAP = "sitemaps are read as a stream"


def entry(url: str, more: bytes = b"", title: bytes = b"A report") -> bytes:
    return b"<item><title>%b</title><link>%b</link>%b</item>" % (title, escape(url).encode(), more)


def beside_good_ones(line: Line, bad: bytes, after: bytes = b"") -> None:
    """A feed of three good entries and something bad."""
    good = b"".join(entry(f"{line.url}/article/{number}") for number in range(3))
    line.answer(HEAD + bad + good + after + TAIL, Content_Type="application/rss+xml")


@way(PARSE_FAILED, "entities that expand", holds=ENTITIES)
def billion_laughs(line: Line) -> None:
    """Entities made of entities, ten times over at each of nine levels."""
    lines = b"".join(b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    prolog = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">%b]>' % lines
    line.answer(prolog + HEAD + entry(f"{line.url}/article/0", title=b"&l9;") + TAIL)


@way(PARSE_FAILED, "entities that expand", holds=ENTITIES)
def quadratic_blow_up(line: Line) -> None:
    """One long entity, a hundred thousand times."""
    prolog = b'<!DOCTYPE rss [<!ENTITY a "%b">]>' % (b"x" * 50_000)
    line.answer(prolog + HEAD + entry(f"{line.url}/article/0", title=b"&a;" * 100_000) + TAIL)


@way("ok", holds="nothing outside a document is read", entries=1)
def external_entity(line: Line) -> None:
    """An entity that is a file of the reader's."""
    prolog = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    line.answer(prolog + HEAD + entry(f"{line.url}/article/0", title=b"A report &x;") + TAIL)


@way("ok", holds="nothing outside a document is read", entries=1)
def external_dtd(line: Line) -> None:
    """A DTD at another address."""
    prolog = b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/dtd">'
    line.answer(prolog + HEAD + entry(f"{line.url}/article/0") + TAIL)


@way("ok", holds=DEPTH, entries=3)
def deep_nesting(line: Line) -> None:
    """Fifty thousand elements, each in the other."""
    beside_good_ones(line, b"", b"<a>" * 50_000 + b"</a>" * 50_000)


@way(PARSE_FAILED, "a thousand attributes", holds=PARTS)
def thousands_of_attributes(line: Line) -> None:
    """A hundred thousand attributes on one tag."""
    beside_good_ones(line, b"<a %b/>" % b" ".join(b'a%d=""' % n for n in range(100_000)))


@way(PARSE_FAILED, "around its entries", holds=LIMITS)
def million_attributes(line: Line) -> None:
    """A million attributes on one tag."""
    beside_good_ones(line, b"<a %b/>" % b" ".join(b'a%d=""' % n for n in range(1_000_000)))


@way(PARSE_FAILED, "hundreds of namespaces", holds=PARTS)
def thousands_of_namespaces(line: Line) -> None:
    """Ten thousand namespaces."""
    beside_good_ones(line, b"".join(b'<a xmlns:n%d="urn:%d"/>' % (n, n) for n in range(10_000)))


@way(PARSE_FAILED, "a thousand categories", holds=PARTS)
def thousands_of_categories(line: Line) -> None:
    """An entry in ten thousand categories."""
    beside_good_ones(line, entry(f"{line.url}/article/9", b"<category>x</category>" * 10_000))


@way("ok", holds=LIMITS, entries=3)
def hundred_thousand_entries(line: Line) -> None:
    """A hundred thousand entries."""
    many = b"".join(entry(f"{line.url}/article/{n}") for n in range(3, 100_000))
    beside_good_ones(line, b"", many)


@way("ok", holds=LIMITS, entries=3)
def entry_of_ten_megabytes(line: Line) -> None:
    """An entry of ten megabytes, before three good ones."""
    beside_good_ones(line, entry(f"{line.url}/article/9", b"<description>%b</description>" % (b"word " * 2_000_000)))


@way(PARSE_FAILED, "megabytes", holds=LIMITS)
def head_of_ten_megabytes(line: Line) -> None:
    """Ten megabytes before the first entry."""
    beside_good_ones(line, b"<description>%b</description>" % (b"word " * 2_000_000))


@way(PARSE_FAILED, "around its entries", holds=LIMITS)
def tags_that_never_end(line: Line) -> None:
    """A megabyte of tags that are all begun and never ended."""
    line.answer(b"<rss><channel>" + b"<a " * 330_000)


@way("ok", holds="each place in a feed is one entry", entries=3)
def one_guid_for_all(line: Line) -> None:
    """All entries have the same guid."""
    good = b"".join(entry(f"{line.url}/article/{n}", b"<guid>always</guid>") for n in range(3))
    line.answer(HEAD + good + TAIL)


@way("ok", holds="the address is the article", entries=3)
def guids_that_change(line: Line) -> None:
    """At every poll all entries have other guids."""
    guid = b"<guid>poll %d of %d</guid>"
    line.answer(HEAD + b"".join(entry(f"{line.url}/article/{n}", guid % (line.polls, n)) for n in range(3)) + TAIL)


@way("ok", holds="dates are kept as written, and judged later", entries=3)
def dates_of_no_time(line: Line) -> None:
    """Dates of the years 1, 9999 and 99999."""
    dates = (b"Mon, 01 Jan 0001 00:00:00 GMT", b"Fri, 31 Dec 9999 23:59:59 -1400", b"99999-99-99T99:99:99Z")
    good = (entry(f"{line.url}/article/{n}", b"<pubDate>%b</pubDate>" % date) for n, date in enumerate(dates))
    line.answer(HEAD + b"".join(good) + TAIL)


@way("ok", holds="what XML forbids is taken out", entries=3)
def characters_that_xml_forbids(line: Line) -> None:
    """NUL, escapes, half a surrogate pair and bytes that are no UTF-8, in titles."""
    bad = b"\x00\x1b[31m \xed\xa0\x80 &#0; &#xD800; &#xFFFF; \xff\xfe"
    line.answer(HEAD + b"".join(entry(f"{line.url}/article/{n}", title=b"A report" + bad) for n in range(3)) + TAIL)


@way("ok", holds="an entry needs a web address", entries=3)
def entries_without_an_address(line: Line) -> None:
    """Links to scripts, files and nothing, beside good ones."""
    bad = (
        b"<item><title>x</title><link>%b</link></item>" % link
        for link in (b"javascript:x", b"file:///etc", b"", b"http://[")
    )
    beside_good_ones(line, b"".join(bad))


@way("ok", holds="what is broken is read by a forgiving parser", entries=2)
def feed_that_breaks_off(line: Line) -> None:
    """A feed that ends in its third entry."""
    good = b"".join(entry(f"{line.url}/article/{number}") for number in range(3))
    line.answer(HEAD + good[:-30])


@way("ok", holds="an address has 8,000 letters at most", entries=3)
def address_of_a_megabyte(line: Line) -> None:
    """A link of a million letters, beside good ones."""
    beside_good_ones(line, entry(f"{line.url}/{'x' * 1_000_000}"))


@way(PARSE_FAILED, "JSON that cannot be read", holds=DEPTH)
def deep_json(line: Line) -> None:
    """A JSON Feed of a hundred thousand lists, each in the other."""
    line.answer(b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")


@way("ok", holds="an entry that cannot be read is left out", entries=3)
def number_of_a_million_digits(line: Line) -> None:
    """A JSON Feed with a number of a million digits in one entry."""
    good = ", ".join(f'{{"id": "{n}", "url": "{line.url}/article/{n}", "title": "A report"}}' for n in range(3))
    bad = f'{{"id": {"1" * 1_000_000}, "url": "{line.url}/article/9"}}'
    line.answer(f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{bad}, {good}]}}'.encode())


@way("ok", holds="what UTF-8 cannot write is replaced", entries=3)
def json_of_lone_surrogates(line: Line) -> None:
    """Half a surrogate pair in the titles of a JSON Feed."""
    good = ", ".join(
        f'{{"id": "{n}", "url": "{line.url}/article/{n}", "title": "A \\ud800 report\\u0000"}}' for n in range(3)
    )
    line.answer(f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{good}]}}'.encode())


@way(PARSE_FAILED, "", holds=MAP, kind="sitemap")
def sitemap_of_laughs(line: Line) -> None:
    """Entities made of entities in a sitemap."""
    lines = b"".join(b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    line.answer(b'<!DOCTYPE urlset [<!ENTITY l0 "lol">%b]><urlset><url><loc>&l9;</loc></url></urlset>' % lines)


@way(PARSE_FAILED, "more than 50 MB", holds="50 MB, unpacked", kind="sitemap")
def sitemap_bomb(line: Line) -> None:
    """A sitemap of 60 KB that unpacks to 60 MB."""
    line.answer(bomb("gzip"))


@way(PARSE_FAILED, "", holds=MAP, kind="sitemap")
def deep_sitemap(line: Line) -> None:
    """A sitemap of a hundred thousand elements, each in the other."""
    line.answer(b"<urlset><url>" + b"<a>" * 100_000)


@way("ok", holds=MAP, kind="sitemap", entries=3)
def sitemap_with_a_million_attributes(line: Line) -> None:
    """A sitemap with a hundred thousand attributes on its root."""
    good = good_feed(line.url, "sitemap").removeprefix(b"<urlset>")
    line.answer(b"<urlset %b>" % b" ".join(b'a%d=""' % n for n in range(100_000)) + good)


@way(PARSE_FAILED, "", holds="a page without entries is told", kind="listing")
def listing_of_nothing(line: Line) -> None:
    """A section page on which no entry is found."""
    line.answer(b"<html><body><p>Soon</p></body></html>")


@way("ok", holds=DEPTH, kind="listing", entries=3)
def deep_listing(line: Line) -> None:
    """A section page of a hundred thousand elements, each in the other."""
    line.answer(good_feed(line.url, "listing") + b"<div>" * 100_000)


@way("ok", holds=PARTS, kind="listing", entries=3)
def listing_with_a_million_attributes(line: Line) -> None:
    """A section page with forty thousand attributes on one tag."""
    line.answer(good_feed(line.url, "listing") + b"<div %b>" % b" ".join(b'a%d=""' % n for n in range(40_000)))


def _index(*urls: str) -> bytes:
    """An index of sitemaps that all changed now."""
    now = datetime.now(UTC).isoformat()
    lines = "".join(f"<sitemap><loc>{url}</loc><lastmod>{now}</lastmod></sitemap>" for url in urls)
    return f"<sitemapindex>{lines}</sitemapindex>".encode()


@way("ok", holds="each sitemap once a poll", kind="sitemap")
def sitemaps_in_circles(line: Line) -> None:
    """An index of sitemaps that names itself."""
    line.answer(_index(f"{line.url}/feed", f"{line.url}/feed"))


@way("ok", holds="four sitemaps a poll, three levels", kind="sitemap")
def sitemaps_without_end(line: Line) -> None:
    """An index of sitemaps that names an index, and so on."""
    line.answer(_index(*(f"{line.url}{line.path}/{number}" for number in range(3))))


@way("ok", holds="four sitemaps a poll", kind="sitemap", entries=3)
def sitemaps_by_the_thousand(line: Line) -> None:
    """An index of a hundred thousand sitemaps."""
    if line.path == "/feed":
        line.answer(_index(*(f"{line.url}/feed/{number}" for number in range(100_000))))
    else:
        line.answer(good_feed(line.url, "sitemap"))


@way(PARSE_FAILED, "is not public", holds="the address guard", kind="sitemap")
def sitemaps_at_home(line: Line) -> None:
    """An index of sitemaps that leads into the reader's own network."""
    line.answer(_index("http://10.0.0.1/sitemap.xml"))


@way(PARSE_FAILED, "JSON that", holds=DEPTH, kind="wordpress")
def deep_posts(line: Line) -> None:
    """An answer of WordPress of a hundred thousand lists, each in the other."""
    line.answer(b'[{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]")


@way(PARSE_FAILED, "", holds="posts are JSON", kind="wordpress")
def page_instead_of_posts(line: Line) -> None:
    """A page with status 200 where WordPress had an API."""
    line.answer(b"<!DOCTYPE html><html><body>Forbidden by a plugin</body></html>", Content_Type="application/json")
