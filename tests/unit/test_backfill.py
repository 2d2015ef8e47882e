"""Where a walk into the past goes next, and which entries are of the time that is wanted."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.backfill.dates import DAY, Span, span_of
from ingest.backfill.ways import Answer, begun, left_out, onward, paged, wanted_maps, ways_of
from ingest.models import Entry, Feed, Fetch, Listing, Outcome, Source
from ingest.parse import by_wordpress, older_page
from ingest.store import Backfill, Cursor, Way

SOURCE = Source(
    id="outlet", name="The Outlet", homepage="https://outlet.example/", language="es", country="VE",
    timezone="America/Caracas", feeds=("https://outlet.example/feed",), sitemaps=("https://outlet.example/map.xml",),
    wordpress=("https://outlet.example/wp-json/wp/v2/posts",),
    listings=(Listing(url="https://outlet.example/all", entry="article", next="a.next"),),
)  # fmt: skip
STATE = Backfill(source="outlet", since=0.0, until=1e9)
LISTING = Way(kind="listing", url="https://outlet.example/all")
SITEMAP = Way(kind="sitemap")


def fetched(body: str, url: str = "https://outlet.example/feed") -> Fetch:
    return Fetch(requested=url, url=url, outcome=Outcome.OK, status=200, body=body.encode())


def moment(year: int, month: int, day: int, hour: int = 0) -> float:
    return datetime(year, month, day, hour, tzinfo=UTC).timestamp()


# ── ways ──


def test_the_api_comes_before_sitemaps_listings_and_feeds() -> None:
    assert [way.kind for way in ways_of(SOURCE)] == ["wordpress", "sitemap", "listing", "feed"]


def test_every_source_may_have_a_sitemap_that_its_file_does_not_name() -> None:
    bare = Source(id="o", name="O", homepage="https://o.example/", language="es", country="VE", timezone="UTC")
    assert [way.kind for way in ways_of(bare)] == ["sitemap"]


def test_an_api_is_asked_for_that_time_and_a_day_more_on_either_side() -> None:
    state = Backfill(source="outlet", since=moment(2024, 1, 10), until=moment(2024, 2, 10))
    cursor = begun(Way(kind="wordpress", url=SOURCE.wordpress[0]), (), state)
    assert "after=2024-01-09T00:00:00Z" in cursor.url
    assert "before=2024-02-11T00:00:00Z" in cursor.url


@given(
    st.dictionaries(st.integers(0, 30), st.integers(0, 30), max_size=30),
    st.dictionaries(st.integers(0, 30), st.lists(st.integers(0, 40), max_size=4), max_size=30),
)
def test_pages_that_lead_anywhere_are_each_asked_for_once(older: dict[int, int], has: dict[int, list[int]]) -> None:
    """Whatever links a listing has, the walk over it ends, and asks for no page twice."""
    cursor: Cursor | None = begun(LISTING, (), STATE)
    asked = []
    while cursor:
        asked.append(cursor.url)
        number = int(cursor.url.partition("?")[2] or 0)
        link = f"{LISTING.url}?{older[number]}" if number in older else ""
        cursor, _ = onward(LISTING, cursor, Answer([str(each) for each in has.get(number, [])], older=link))
    assert len(asked) == len(set(asked)) <= 32


@given(st.dictionaries(st.integers(0, 20), st.lists(st.integers(0, 20), max_size=6), max_size=21))
def test_sitemaps_that_name_each_other_are_each_asked_for_once_and_none_is_left_out(
    named: dict[int, list[int]],
) -> None:
    cursor: Cursor | None = begun(SITEMAP, ["0", "1"], STATE)
    asked = []
    while cursor:
        asked.append(int(cursor.url))
        cursor, why = onward(SITEMAP, cursor, Answer((), maps=[str(each) for each in named.get(asked[-1], [])]))
        assert not why
    reachable, new = {0, 1}, {0, 1}
    while new:
        new = {other for each in new for other in named.get(each, [])} - reachable
        reachable |= new
    assert sorted(asked) == sorted(reachable)


def test_a_sitemap_that_cannot_be_had_is_left_out_but_a_listing_ends_there() -> None:
    after = left_out(SITEMAP, Cursor(url="a", maps=("b", "c")))
    assert after and (after.url, after.maps) == ("b", ("c",))
    assert left_out(SITEMAP, Cursor(url="a")) is None
    assert left_out(LISTING, Cursor(url="a")) is None


def test_of_an_index_the_newest_sitemaps_come_first_and_those_of_another_time_not_at_all() -> None:
    maps = [
        ("https://o.example/post-sitemap9.xml", "2024-05-01"),
        ("https://o.example/post-sitemap10.xml", "2024-05-01"),
        ("https://o.example/post-sitemap1.xml", "2019-01-01"),
        ("https://o.example/sitemap-posttype-post.2024-03.xml", "2024-06-02T10:00:00+00:00"),
        ("https://o.example/sitemap-posttype-post.2023-11.xml", "2024-06-02T10:00:00+00:00"),
        ("https://o.example/sitemap/2024/09", ""),
        ("https://o.example/post_tag-sitemap.xml", "2024-06-01"),
        ("https://o.example/author-sitemap.xml", "2024-06-01"),
    ]
    wanted, older = wanted_maps(maps, "2024-01-01", "2024-06-30")
    assert [url.rpartition("/")[2] for url in wanted] == [
        "sitemap-posttype-post.2024-03.xml",
        "post-sitemap10.xml",
        "post-sitemap9.xml",
    ]
    assert older
    assert wanted_maps(maps[:2], "2024-01-01", "2024-06-30")[1] is False


def test_a_page_number_is_added_to_what_an_address_has() -> None:
    assert paged("https://o.example/feed/?cat=3&paged=2", 3) == "https://o.example/feed/?cat=3&paged=3"


# ── the page before ──


@pytest.mark.parametrize(
    ("body", "older"),
    [
        ('<feed xmlns="http://www.w3.org/2005/Atom"><link rel="prev-archive" href="/2024/01"/></feed>', "/2024/01"),
        ('<rss xmlns:a="urn:atom"><channel><a:link rel="next" href="?p=2"/></channel></rss>', "/feed?p=2"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="next" href="/no"/></entry></feed>', ""),
        ('<rss><channel><link>https://outlet.example/</link></channel></rss>', ""),
        ('{"version": "https://jsonfeed.org/version/1.1", "next_url": "https://outlet.example/2.json"}', "/2.json"),
        ("<rss><channel>cut", ""),
    ],
)  # fmt: skip
def test_a_feed_names_the_page_before_it_in_its_head(body: str, older: str) -> None:
    feed = Feed(id="f", source="outlet", url="https://outlet.example/feed", kind="feed")
    assert older_page(feed, fetched(body)) == (f"https://outlet.example{older}" if older else "")


@pytest.mark.parametrize(
    ("page", "older"),
    [
        ('<a class="next" href="/all/2">older</a>', "https://outlet.example/all/2"),
        ('<li class="next"><a href="?p=2">older</a></li>', "https://outlet.example/all?p=2"),
        ('<span class="next">none</span>', ""),
        ('<a class="next" href="javascript:more()">older</a>', ""),
    ],
)
def test_a_listing_names_it_by_the_selector_of_its_source(page: str, older: str) -> None:
    listing = Listing(url="https://outlet.example/all", entry="article", next=".next")
    feed = Feed(id="f", source="outlet", url=listing.url, kind="listing", listing=listing)
    assert older_page(feed, fetched(f"<html><body>{page}</body></html>", listing.url)) == older


def test_a_feed_of_wordpress_is_known_by_its_generator() -> None:
    assert by_wordpress(fetched("<rss><channel><generator>https://wordpress.org/?v=6.4.2</generator></channel></rss>"))
    assert not by_wordpress(fetched("<rss><channel><generator>Hugo</generator> wordpress.org</channel></rss>"))


# ── when ──


@pytest.mark.parametrize(
    ("entry", "first", "last"),
    [
        (Entry(url="https://o.example/a", published="2024-05-17T00:00:00Z"), moment(2024, 5, 17), moment(2024, 5, 17)),
        (Entry(url="https://o.example/2024/05/17/a"), moment(2024, 5, 16), moment(2024, 5, 19)),
        (Entry(url="https://o.example/2024/05/a"), moment(2024, 4, 30), moment(2024, 6, 2)),
        (Entry(url="https://o.example/a", updated="2024-05-17"), float("-inf"), moment(2024, 5, 18, 4)),
        (Entry(url="https://o.example/2024/31/a"), float("-inf"), float("inf")),
        (Entry(url="https://o.example/2024/02/31/a"), float("-inf"), float("inf")),
        (Entry(url="https://o.example/123456"), float("-inf"), float("inf")),
    ],
)  # fmt: skip
def test_when_an_entry_may_have_been_published(entry: Entry, first: float, last: float) -> None:
    assert span_of(entry, SOURCE) == (first, last)


@given(st.floats(0, 2e9), st.floats(0, 2e9), st.floats(0, 2e9))
def test_an_entry_is_wanted_unless_it_is_surely_of_another_time(at: float, one: float, other: float) -> None:
    since, until = sorted((one, other))
    assert Span(at, at).meets(since, until) == (since <= at <= until)
    assert Span(last=at).meets(since, until) == (at >= since)
    assert Span().meets(since, until)
    assert Span(at, at + DAY).dated and not Span(last=at).dated
