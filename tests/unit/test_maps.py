"""Of a sitemap only news is taken, and of an index only the sitemaps that may have some."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from ingest.clean import read_date
from ingest.parse import Map, Told
from ingest.sitemaps.noted import KnownMap, Noted, address_hash, change_hash, noted_of
from ingest.sitemaps.sift import (
    MOST_NEW,
    MOST_UNDATED,
    RECENT,
    STAMPED,
    Sifted,
    day_in,
    day_of,
    lists_articles,
    sift,
    wanted,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SINCE = NOW.timestamp() - RECENT


def when(raw: str) -> datetime | None:
    return read_date(raw, "America/Caracas")


def ago(**time: float) -> str:
    return (NOW - timedelta(**time)).isoformat()


def told(path: str, changed: str = "", published: str = "") -> Told:
    said = {"url/loc": f"https://h.example{path}", "url/lastmod": changed, "news/publication_date": published}
    return Told(is_map=False, said={key: value for key, value in said.items() if value}, base="https://h.example/")


def sifted(
    them: Iterable[Told], before: Noted | None = None, others: Sequence[Noted] = (), day: float | None = None
) -> Sifted:
    return sift(them, before, others, when, SINCE, day)


def paths(them: Iterable[Told]) -> list[str]:
    return [each.address.removeprefix("https://h.example") for each in them]


# ── the first poll ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_of_a_sitemap_that_was_never_read_only_the_last_days_are_news_and_all_is_noted() -> None:
    found = sifted(
        [
            told("/old", ago(days=400)),
            told("/new", ago(hours=2)),
            told("/published", ago(hours=1), published=ago(days=3)),
            told("/corrected", ago(hours=1), published=ago(days=300)),
            told("/undated"),
        ]
    )
    assert paths(found.new) == ["/new", "/published"]
    assert (len(found.noted), found.total) == (5, 5)


def test_a_day_in_an_address_tells_an_old_article_that_was_touched_from_a_new_one() -> None:
    them = ["/2019/05/03/a", "/2026/11/23/b", "/2026/11/c/", "/2025/11/d/", "/20261124-e", "/2026-11-24/f"]
    assert set(paths(sifted(told(path, ago(hours=1)) for path in them).new)) == {
        "/2026/11/23/b",
        "/2026/11/c/",
        "/20261124-e",
        "/2026-11-24/f",
    }
    assert paths(sifted([told("/2026/11/23/undated")]).new) == ["/2026/11/23/undated"]


def test_what_a_sitemap_of_one_day_names_is_of_that_day() -> None:
    today = day_of("https://h.example/sitemap-2026-11-24.xml")
    assert paths(sifted([told("/a"), told("/b")], day=today).new) == ["/a", "/b"]
    assert sifted([told("/a")], day=day_of("https://h.example/sitemap-2016-11-24.xml")).new == []


def test_a_lastmod_that_is_always_now_says_nothing() -> None:
    made = [told(f"/{n}", f"2026-11-24T11:59:{n % 60:02}Z") for n in range(STAMPED + 1)]
    assert sifted(made).new == []
    assert len(sifted(made[:-1]).new) == STAMPED, "so many may well be of one hour"


def test_of_a_flood_of_news_the_newest_are_taken() -> None:
    flood = [told(f"/{n}", ago(minutes=5 * n)) for n in range(MOST_NEW + 10)]
    found = sifted(reversed(flood))
    assert paths(found.new) == [f"/{n}" for n in range(MOST_NEW)]
    assert len(found.noted) == MOST_NEW + 10, "what a first poll leaves is archive"


def test_the_front_page_is_no_article_and_an_address_that_stands_twice_is_one() -> None:
    found = sifted([told("/", ago(hours=1)), told("/a", ago(hours=1)), told("/a", ago(hours=1))])
    assert (paths(found.new), found.total) == (["/a"], 1)


# ── later polls ──────────────────────────────────────────────────────────────────────────────────────────────────────


def noted(*them: Told) -> Noted:
    return noted_of({address_hash(each.address): change_hash(each.changed) for each in them})


def test_a_new_address_is_news_and_a_known_one_that_changed_is_told() -> None:
    a, b, c = told("/a", ago(days=9)), told("/b", ago(days=8)), told("/c", ago(days=8))
    found = sifted([a, told("/b", ago(hours=1)), c, told("/d", ago(hours=2)), told("/undated")], noted(a, b, c))
    assert (paths(found.new), paths(found.changed)) == (["/d", "/undated"], ["/b"])


def test_an_old_article_that_comes_into_a_sitemap_is_no_news() -> None:
    assert sifted([told("/a"), told("/old", ago(days=90))], noted(told("/a"))).new == []


def test_where_half_of_all_changed_at_once_nothing_did() -> None:
    them = [told(f"/{n}", ago(days=20)) for n in range(6)]
    for count, changed in ((2, 2), (3, 0), (6, 0)):
        later = [told(f"/{n}", ago(hours=1) if n < count else ago(days=20)) for n in range(6)]
        assert len(sifted(later, noted(*them)).changed) == changed


def test_many_undated_addresses_at_once_are_a_sitemap_that_was_built_anew() -> None:
    known = noted(told("/a"))
    assert len(sifted((told(f"/{n}") for n in range(MOST_UNDATED)), known).new) == MOST_UNDATED
    assert sifted((told(f"/{n}") for n in range(MOST_UNDATED + 1)), known).new == []


def test_what_found_no_room_comes_with_the_next_poll() -> None:
    flood = [told(f"/{n}", ago(minutes=5 * n)) for n in range(MOST_NEW + 10)]
    first = sifted(flood, noted(told("/a")))
    second = sifted(flood, first.noted)
    assert paths(second.new) == [f"/{n}" for n in range(MOST_NEW, MOST_NEW + 10)]
    assert sifted(flood, second.noted).new == []


def test_an_address_that_moves_to_another_sitemap_of_its_index_is_known() -> None:
    assert sifted([told("/a", ago(hours=1))], Noted(), [noted(told("/a", ago(days=3)))]).new == []


def test_what_is_noted_is_kept_in_twelve_bytes_an_address() -> None:
    kept = noted(*(told(f"/{n}", str(n)) for n in range(100))).packed()
    assert len(kept) == 1200
    again = Noted.unpacked(kept)
    assert again.change_of(address_hash("https://h.example/7")) == change_hash("7")
    assert again.change_of(address_hash("https://h.example/x")) is None
    with pytest.raises(ValueError, match="bytes"):
        Noted.unpacked(kept[:-4])


# ── days in addresses ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "path", ["/a-20-11-24", "/2026/13/01/x", "/post-20261145", "/id/1202611240", "/2026/11", "/2026/02/30/x", "/v/2026"]
)
def test_what_is_no_day_is_taken_for_none(path: str) -> None:
    assert day_in(f"https://h.example{path}") is None


# ── which sitemaps of an index ───────────────────────────────────────────────────────────────────────────────────────


def maps(*them: tuple[str, str]) -> list[Map]:
    return [Map(url=f"https://h.example/{name}", changed=changed) for name, changed in them]


def chosen(them: list[Map], known: dict[str, str] | None = None, read: dict[str, float] | None = None) -> list[str]:
    was = {
        f"https://h.example/{name}": KnownMap(changed=changed, read=(read or {}).get(name, 1.0))
        for name, changed in (known or {}).items()
    }
    return [each.url.removeprefix("https://h.example/") for each in wanted(them, was, when, SINCE)]


def test_of_a_twenty_years_archive_only_the_sitemaps_of_the_last_days_are_asked_for() -> None:
    months = [f"{year}-{month:02}" for year in range(2006, 2027) for month in range(1, 13)][: 20 * 12 + 11]
    assert chosen(maps(*((f"sitemap-{month}.xml", "") for month in months))) == ["sitemap-2026-11.xml"]
    stated = maps(*((f"sitemap-{month}.xml", f"{month}-28T10:00:00Z") for month in months[:-1]))
    assert chosen([*stated, *maps(("sitemap-2026-11.xml", ago(hours=1)))]) == ["sitemap-2026-11.xml"]


@pytest.mark.parametrize(
    "name", ["sitemap.xml?yyyy=2026&mm=11&dd=24", "2026/11/24/sitemap.xml", "sitemap_20261124.xml.gz", "s-2026-11.xml"]
)
def test_a_day_or_month_in_a_sitemaps_name_is_found_however_it_is_written(name: str) -> None:
    assert chosen(maps((name, ""), (name.replace("2026", "2016"), ""))) == [name]


def test_one_whose_lastmod_is_the_same_is_not_asked_for_again_and_one_that_changed_is() -> None:
    them = maps(("post-sitemap1.xml", ago(days=300)), ("post-sitemap2.xml", ago(hours=1)))
    assert chosen(them) == ["post-sitemap2.xml"]
    assert chosen(them, {"post-sitemap2.xml": ago(hours=1)}) == []
    assert chosen(them, {"post-sitemap2.xml": ago(days=1), "post-sitemap1.xml": ago(days=301)}) == [
        "post-sitemap2.xml",
        "post-sitemap1.xml",
    ]


def test_of_numbered_ones_without_dates_both_ends_are_asked_for_the_one_read_longest_ago_first() -> None:
    them = maps(*((f"sitemap{n}.xml", "") for n in (1, 2, 9, 10)), ("news.xml", ""))
    known = dict.fromkeys(("sitemap1.xml", "sitemap10.xml", "news.xml"), "")
    assert set(chosen(them)) == set(known)
    assert chosen(them, known, {"sitemap1.xml": 30.0, "sitemap10.xml": 10.0, "news.xml": 20.0}) == [
        "sitemap10.xml",
        "news.xml",
        "sitemap1.xml",
    ]


def test_lastmods_that_are_all_of_now_are_none() -> None:
    them = maps(*((f"sitemap{n}.xml", ago(minutes=n / 10)) for n in range(30)))
    assert chosen(them) == ["sitemap0.xml", "sitemap29.xml"]


def test_sitemaps_of_categories_authors_and_pages_list_no_articles() -> None:
    others = [
        *("category-sitemap.xml", "post_tag-sitemap2.xml", "author-sitemap.xml", "page-sitemap.xml"),
        *("wp-sitemap-taxonomies-category-1.xml", "wp-sitemap-users-1.xml", "wp-sitemap-posts-page-1.xml"),
        *("sitemap-image.xml", "video_sitemap.xml", "sitemap-sections.xml", "tags.xml", "sitemap.xml?type=tags"),
    ]
    news = [
        *("post-sitemap.xml", "post-sitemap12.xml", "wp-sitemap-posts-post-1.xml", "news-sitemap.xml", "sitemap-1.xml"),
        *("sitemap-video-news.xml", "arc/outboundfeeds/sitemap/2026-11-24/?outputType=xml", "sitemap/localities.xml"),
    ]
    assert [name for name in others if lists_articles(f"https://h.example/{name}")] == []
    assert [name for name in news if not lists_articles(f"https://h.example/{name}")] == []
