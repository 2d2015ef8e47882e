"""What an outlet's page says -> ways in and facts: each kind of evidence, alone and against another."""

import gzip
import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from lxml.html import HtmlElement, fromstring

from ingest.discover import (
    Answer,
    Candidate,
    Claim,
    Front,
    candidates,
    child,
    choose,
    country_of,
    language_of,
    likely,
    name_of,
    propose,
    read_front,
    root_address,
    stated_offset,
    timezone_of,
)
from ingest.discover.choosing import STALE
from ingest.extract import front as tree_of
from ingest.models import Entry
from tests.conftest import CORPORA, needs_corpora

HOME = "https://elfaro.example/"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def tree(head: str = "", body: str = "<p>News</p>", attributes: str = "") -> HtmlElement:
    return fromstring(f"<html {attributes}><head>{head}</head><body>{body}</body></html>")


def front(head: str = "", body: str = "<p>News</p>", attributes: str = "", url: str = HOME) -> Front:
    return read_front(tree(head, body, attributes), url)


def asked(found: Front, robots: str = "") -> list[str]:
    return [each.url for each in candidates(found, robots) if not each.comments]


# ── feeds, API and sitemaps that a page names ──


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/rss+xml" href="/feed/">',
        '<link rel="ALTERNATE home" type="application/atom+xml; charset=utf-8" href="feed/">',
        '<link rel="alternate" type="application/feed+json" href="https://elfaro.example/feed/">',
        '<link rel="feed" href="/feed/">',
        '<link rel="alternate" type="text/xml" href="/feed/">',
        '<link rel="alternate" type="application/rss+xml" href="feed://elfaro.example/feed/">',
        '<base href="https://elfaro.example/x/"><link rel="alternate" type="application/rss+xml" href="../feed/">',
    ],
)
def test_a_feed_that_the_head_states_is_found(link: str) -> None:
    assert [url.replace("http:", "https:") for url in asked(front(link))] == ["https://elfaro.example/feed/"]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">',
        '<link rel="alternate" type="text/xml+oembed" href="/oembed?url=feed">',
        '<link rel="alternate" hreflang="en" href="/en/">',
        '<link rel="stylesheet" type="text/css" href="/feed.css">',
        '<link rel="alternate" type="application/rss+xml" href="">',
    ],
)
def test_what_is_no_feed_is_not_taken_for_one(link: str) -> None:
    assert asked(front(link)) == []


def test_a_link_on_the_page_that_looks_like_a_feed_is_found_and_one_elsewhere_is_not() -> None:
    body = (
        '<a href="/rss.xml">RSS</a> <a href="https://other.example/feed">theirs</a> <a href="/feedback">write</a>'
        '<a href="https://feeds.feedburner.com/elfaro">RSS</a> <a href="/2026/feeding-the-port">Feeding the port</a>'
    )
    assert asked(front(body=body)) == ["https://elfaro.example/rss.xml", "https://feeds.feedburner.com/elfaro"]


def test_the_feed_of_the_whole_outlet_is_asked_before_those_of_its_parts_and_comments_never() -> None:
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'
        for href, title in [
            ("/category/sport/feed/", "Sport"),
            ("/comments/feed/", "El Faro » Comments Feed"),
            ("/otro/feed/", "El Faro » Comentarios del feed"),
            ("/commentary/feed/", "Commentary"),
            ("/feed/", "El Faro » Feed"),
        ]
    )
    assert asked(front(head)) == [f"{HOME}commentary/feed/", f"{HOME}feed/", f"{HOME}category/sport/feed/"]
    assert sum(each.comments for each in candidates(front(head), "")) == 2


def test_the_feed_of_the_section_that_was_named_is_its_whole() -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/section/port/feed">'
    assert [each.section for each in candidates(front(link, url=f"{HOME}section/port"), "")] == [False]
    assert [each.section for each in candidates(front(link), "")] == [True]


@pytest.mark.parametrize(
    ("root", "posts"),
    [
        ("https://elfaro.example/wp-json/", "https://elfaro.example/wp-json/wp/v2/posts"),
        ("https://elfaro.example/index.php?rest_route=/", "https://elfaro.example/index.php?rest_route=/wp/v2/posts"),
    ],
)
def test_the_api_of_a_wordpress_is_found_by_its_link(root: str, posts: str) -> None:
    found = candidates(front(f'<link rel="https://api.w.org/" href="{root}">'), "")
    assert [(each.url, each.kind) for each in found] == [(posts, "wordpress")]
    assert root_address(posts).startswith(f"{root}{'&' if '?' in root else '?'}_fields=")


def test_sitemaps_come_from_robots_txt_news_first_and_those_of_pictures_not_at_all() -> None:
    robots = (
        "User-agent: *\nDisallow: /admin\nSitemap: https://elfaro.example/sitemap.xml\n"
        "sitemap: /image-sitemap.xml\nSITEMAP:https://elfaro.example/news-sitemap.xml # daily\n"
        "Sitemap: https://elfaro.example/sitemap.xml\nSitemap: nonsense://x\n"
    )
    assert asked(front(), robots) == [f"{HOME}news-sitemap.xml", f"{HOME}sitemap.xml"]


def test_of_an_index_the_sitemap_with_the_latest_articles_is_read() -> None:
    maps = [
        (f"{HOME}post-sitemap.xml", "2024-01-01"),
        (f"{HOME}post-sitemap2.xml", "2026-11-24T09:00:00Z"),
        (f"{HOME}category-sitemap.xml", "2026-11-24T10:00:00Z"),
    ]
    assert child(maps) == f"{HOME}post-sitemap2.xml"
    assert child([(url, "") for url, _ in maps]) == f"{HOME}post-sitemap2.xml"
    assert child([*maps, (f"{HOME}news.xml", "")]) == f"{HOME}news.xml"
    assert child([]) == ""


@pytest.mark.parametrize(
    ("head", "first"),
    [
        ('<meta name="generator" content="WordPress 6.6">', "feed/"),
        ('<link rel="stylesheet" href="/wp-content/themes/x.css">', "feed/"),
        ('<script src="/pf/resources/app.js"></script>', "arc/outboundfeeds/rss/?outputType=xml"),
        ('<meta name="generator" content="Drupal 10">', "rss.xml"),
        ('<meta name="generator" content="Ghost 5.8">', "rss/"),
        ("", "feed/"),
    ],
    ids=["wordpress", "wordpress's paths", "arc", "drupal", "ghost", "unknown"],
)
def test_where_no_feed_is_stated_the_usual_address_of_the_software_comes_first(head: str, first: str) -> None:
    usual = likely(front(head), "feed", all_of_them=True)
    assert usual[0].url == HOME + first
    assert f"{HOME}atom.xml" in [each.url for each in usual]


def test_an_articles_page_says_that_it_is_one_and_a_home_page_is_none() -> None:
    head = '<meta property="og:type" content="article">'
    assert front(head, url=f"{HOME}2026/11/muelle").article
    assert not front(head).article
    assert not front(url=f"{HOME}mundo").article


@pytest.mark.parametrize(
    "page",
    [
        '<base href="http://[oops"><a href="//[x/feed">x</a><link rel="feed" href="http://[/">',
        '<script type="application/ld+json">{"@type": ["WebSite", 7], "name": {"@value": 1}, "address": [1]}</script>',
        '<script type="application/ld+json">[[[1]], null, {"@graph": {"a": 1}, "publisher": [1]}]</script>',
        '<script type="application/ld+json">{"name": </script><meta property="og:site_name"><title></title>',
        '<html lang="&#27;[2J-\u202e"><meta name="geo.region" content="--"><a href="tel:+">x</a>',
    ],
)
def test_whatever_a_page_says_it_is_read(page: str) -> None:
    found = read_front(tree(page, page), HOME)
    assert candidates(found, page) == []
    assert name_of(found.names, page, HOME).value
    assert country_of(HOME, found.countries, found.languages, found.about, []).value == ""


def test_of_feeds_beside_each_other_the_one_of_everything_is_the_main_one() -> None:
    feeds = [answer(path, of=range(12)) for path in ("rss/deportes.xml", "rss/portada.xml", "rss/mundo.xml")]
    assert polled(*feeds) == ["rss/portada.xml"]


def test_a_feed_that_the_head_states_by_http_is_asked_by_https_where_the_page_was() -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="http://elfaro.example/feed/">'
    assert asked(front(link)) == [f"{HOME}feed/"]
    assert asked(front(link, url="http://elfaro.example/")) == ["http://elfaro.example/feed/"]


# ── what is polled ──


def answer(
    path: str, *, kind: str = "feed", of: range = range(10), age: timedelta = timedelta(0), hours: int = 2,
    section: bool = False, titled: bool = True, problem: str = "", content: str = "", maps: int = 0,
) -> Answer:  # fmt: skip
    entries = tuple(
        (
            Entry(url=f"{HOME}{number}", title=f"Title {number}" if titled else "", content=content),
            NOW - age - timedelta(hours=hours * number),
        )
        for number in of
    )
    candidate = Candidate(HOME + path, kind, "stated", section=section)  # type: ignore[arg-type]
    return Answer(candidate, HOME + path, problem=problem, entries=entries, maps=maps)


def polled(*answers: Answer) -> list[str]:
    return [each.url.removeprefix(HOME) for each in choose(answers, HOME, NOW) if each.chosen]


def why(*answers: Answer) -> dict[str, str]:
    return {each.url.removeprefix(HOME): each.why for each in choose(answers, HOME, NOW)}


def test_one_feed_of_the_whole_outlet_is_enough() -> None:
    same = (answer("feed"), answer("feed/atom"), answer("sport/feed", of=range(3), section=True))
    assert polled(*same) == ["feed"]
    assert why(*same)["sport/feed"] == "brings nothing that the others lack"


def test_older_entries_of_a_section_are_no_reason_to_poll_it_but_recent_ones_are() -> None:
    main = answer("feed", of=range(5))
    assert polled(main, answer("sport/feed", of=range(3, 40), section=True)) == ["feed"]
    assert polled(main, answer("blogs/feed", of=range(100, 110), hours=0, section=True)) == ["feed", "blogs/feed"]


def test_where_there_are_only_feeds_of_sections_all_that_bring_something_are_polled() -> None:
    together = [
        answer(f"{name}/feed", of=range(at, at + 6), hours=0, section=True) for name, at in (("a", 0), ("b", 10))
    ]
    assert set(polled(*together)) == {"a/feed", "b/feed"}


def test_a_feed_that_is_empty_broken_or_asleep_is_not_polled_where_there_is_another_and_it_is_said_why() -> None:
    told = why(
        answer("rss", of=range(0)),
        answer("atom", problem="neither a feed nor anything known"),
        answer("old", age=STALE + timedelta(days=3)),
        answer("feed"),
    )
    assert told == {
        "rss": "empty",
        "atom": "neither a feed nor anything known",
        "old": f"asleep since {NOW - STALE - timedelta(days=3):%Y-%m-%d}",
        "feed": "the outlet's feed",
    }


def test_a_feed_that_is_asleep_is_polled_where_there_is_nothing_else() -> None:
    told = choose([answer("feed", age=timedelta(days=400))], HOME, NOW)
    assert told[0].chosen
    assert "asleep since 2025-10-20" in told[0].why


def test_a_feed_whose_entries_are_anothers_is_none_of_the_outlets() -> None:
    podcast = Entry(url="https://audio.example/1", title="Episode 1")
    candidate = Candidate("https://audio.example/rss", "feed", "stated")
    told = Answer(candidate, candidate.url, entries=((podcast, NOW),))
    assert [(each.chosen, each.why) for each in choose([told], HOME, NOW)] == [
        (False, "its entries are at audio.example")
    ]
    ours = told._replace(entries=((Entry(url="https://www.elfaro.example/1"), NOW),))
    assert [each.chosen for each in choose([ours], HOME, NOW)] == [True]


def test_a_news_sitemap_is_polled_where_it_has_what_the_feed_lacks() -> None:
    feed, news = answer("feed", of=range(0, 20, 2)), answer("news.xml", kind="sitemap", of=range(20))
    assert polled(feed, news) == ["feed", "news.xml"]
    assert polled(answer("feed", of=range(20)), news) == ["feed"]
    assert polled(news) == ["news.xml"]


def test_a_sitemap_of_everything_is_polled_only_where_there_is_nothing_else() -> None:
    everything = answer("sitemap.xml", kind="sitemap", of=range(30), titled=False, maps=9)
    assert polled(answer("feed"), everything) == ["feed"]
    assert polled(everything) == ["sitemap.xml"]
    assert polled(answer("feed", age=timedelta(days=400)), everything) == ["sitemap.xml"]


# ── facts ──


def test_the_name_is_the_sites_own_without_its_tagline() -> None:
    head = "<title>El Faro – Noticias del puerto</title>"
    assert name_of(front(head).names, "", HOME).value == "El Faro"
    site = '<meta property="og:site_name" content="El Faro de Puerto"><title>Inicio | El Faro de Puerto</title>'
    assert name_of(front(site).names, "El Faro de Puerto RSS", HOME).value == "El Faro de Puerto"
    assert name_of(front("<title>Home</title>").names, "El Faro » Feed", HOME).value == "El Faro"
    assert name_of((), "", HOME).value == "elfaro.example"


def test_an_articles_title_is_not_the_outlets_name() -> None:
    head = "<title>The pier opens again – El Faro</title>"
    assert name_of(front(head).names, "", HOME).value == "El Faro"


def test_the_language_is_that_of_the_texts_and_whoever_says_otherwise_is_told() -> None:
    fact = language_of([Claim("en-US", "html lang")], ["es"] * 5)
    assert (fact.value, fact.doubt) == ("es", "html lang 'en-US'")
    assert language_of([Claim("es-VE", "html lang"), Claim("es", "the feed's language")], []).value == "es"
    assert language_of([Claim("Spanish", "meta language")], []).value == "es"
    assert language_of([], ["", ""]).value == ""


@pytest.mark.parametrize(
    ("url", "head", "attributes", "country"),
    [
        ("https://elfaro.com.ve/", "", "", "VE"),
        ("https://elfaro.co.uk/", "", "", "GB"),
        ("https://elfaro.com.co/", "", "", "CO"),
        (HOME, '<meta name="geo.region" content="VE-A">', "", "VE"),
        (HOME, "", 'lang="es-VE"', "VE"),
        (HOME, '<meta property="og:locale" content="es_AR">', "", "AR"),
        (HOME, '<meta name="description" content="Noticias de Venezuela y del mundo">', 'lang="es"', "VE"),
        (HOME, "", 'lang="ja"', "JP"),
    ],
)
def test_the_country_is_told_by(url: str, head: str, attributes: str, country: str) -> None:
    found = front(head, attributes=attributes, url=url)
    fact = country_of(url, found.countries, found.languages, found.about, [])
    assert (fact.value, bool(fact.evidence)) == (country, True)


def test_the_country_is_told_by_the_publishers_address_and_its_telephone() -> None:
    address = {
        "@type": "NewsMediaOrganization",
        "name": "El Faro",
        "address": {"addressCountry": {"name": "Venezuela"}},
    }
    stated = json.dumps({"@graph": [{"@type": "WebPage", "publisher": address}]})
    found = front(f'<script type="application/ld+json">{stated}</script>')
    assert country_of(HOME, found.countries, [], "", []).value == "VE"
    dialled = front(body='<a href="tel:+58 212 555 1234">call us</a>')
    assert country_of(HOME, dialled.countries, [], "", []).value == "VE"


@pytest.mark.parametrize(
    ("said", "language"), [("News and analysis of Venezuela", "en"), ("Una reunión de amigos", "es")]
)
def test_a_country_that_is_named_in_another_language_than_its_own_is_only_a_subject(said: str, language: str) -> None:
    assert country_of(HOME, [], [Claim(language, "html lang")], said, []).value == ""


def test_latin_american_spanish_is_not_that_of_laos() -> None:
    assert country_of(HOME, [], [Claim("es_LA", "og:locale")], "", []).value == ""


@pytest.mark.parametrize("url", ["https://elfaro.tv/", "https://elfaro.co/", "https://elfaro.io/", HOME])
def test_an_ending_that_is_sold_as_a_word_and_a_templates_default_say_nothing(url: str) -> None:
    assert country_of(url, [], [Claim("en-US", "html lang"), Claim("es_ES", "og:locale")], "", []).value == ""


def test_clocks_speak_for_a_country_and_against_one() -> None:
    caracas = [(NOW, -240)] * 5
    assert country_of(HOME, [], [Claim("es-VE", "html lang")], "", caracas).evidence.endswith("the clock of its dates")
    spanish = country_of("https://elfaro.es/", [], [Claim("es-VE", "html lang")], "", caracas)
    assert (spanish.value, spanish.doubt) == ("VE", "the host's ending .es: ES")


@pytest.mark.parametrize(
    ("raw", "minutes"),
    [
        ("Mon, 02 Nov 2026 12:30:00 -0400", -240),
        ("2026-11-02T12:30:00+05:30", 330),
        ("Mon, 02 Nov 2026 12:30:00 GMT", 0),
        ("2026-11-02T12:30:00Z", 0),
        ("2026-11-02 12:30", None),
        ("2 de noviembre", None),
        ("", None),
    ],
)
def test_a_date_states_how_far_its_clock_is_from_utc(raw: str, minutes: int | None) -> None:
    stated = stated_offset(raw)
    assert (stated[1] if stated else None) == minutes


WINTER, SUMMER = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "dates", "zone"),
    [
        ("VE", [(WINTER, -240)], "America/Caracas"),
        ("VE", [(WINTER, 0)], "America/Caracas"),
        ("BR", [], "America/Sao_Paulo"),
        ("US", [(WINTER, -480), (SUMMER, -420)], "America/Los_Angeles"),
        ("US", [(SUMMER, -420), (WINTER, -420)], "America/Phoenix"),
        ("ES", [(WINTER, 60), (SUMMER, 120)], "Europe/Madrid"),
        ("DE", [(WINTER, 120)], "Europe/Berlin"),
        ("ES", [(WINTER, -240)], "Etc/GMT+4"),
        ("", [(WINTER, -240)], "Etc/GMT+4"),
        ("", [(WINTER, 330)], "Asia/Kolkata"),
        ("", [], "UTC"),
    ],
)
def test_the_time_zone_is_the_countrys_that_fits_the_clock_of_the_dates(
    country: str, dates: list[tuple[datetime, int]], zone: str
) -> None:
    assert timezone_of(country, dates).value == zone


def test_the_time_zone_that_a_wordpress_states_is_believed_and_a_made_up_one_is_not() -> None:
    assert timezone_of("ES", [], "America/Caracas").value == "America/Caracas"
    assert timezone_of("VE", [], "Mars/Olympus").value == "America/Caracas"


# ── a page without any way in ──


def rows_of(count: int, row: str) -> HtmlElement:
    menu = "".join(f'<li class="menu-entry"><a href="/section/{name}">{name}</a></li>' for name in "abcdefg")
    rows = "".join(row.format(number=number) for number in range(count))
    return tree(body=f"<ul>{menu}</ul><div class='river'>{rows}</div>")


def test_the_block_that_recurs_is_proposed_as_a_listing() -> None:
    row = (
        '<div class="teaser"><a href="/2026/el-muelle-abre-{number}"><img src="x.jpg"></a><h2>'
        '<a href="/2026/el-muelle-abre-{number}">El muelle vuelve a abrir el lunes, parte {number}</a></h2>'
        "<time>2026-11-02</time></div>"
    )
    listing = propose(rows_of(9, row), HOME)
    assert listing is not None
    assert (listing.entry, listing.link, listing.title) == ("div.teaser", "h2 a[href]", "h2")
    assert listing.published == "time"


def test_a_page_with_thousands_of_kinds_of_blocks_is_given_up_soon() -> None:
    row = (
        '<div class="kind{kind}"><p><a href="/2026/el-muelle-abre-{n}">El muelle vuelve a abrir el lunes</a></p></div>'
    )
    letters = [f"{a}{b}{c}" for a in "abcdefghij" for b in "abcdefghij" for c in "abcdefghij"]
    many = "".join(row.format(kind=kind, n=0) for kind in letters for _ in range(5))
    begun = time.process_time()
    assert propose(tree(body=many), HOME) is None
    assert time.process_time() - begun < 3


def test_few_rows_or_a_menu_are_no_listing() -> None:
    row = '<div class="teaser"><a href="/2026/el-muelle-abre-{number}">El muelle vuelve a abrir el lunes</a></div>'
    assert propose(rows_of(4, row), HOME) is None
    assert propose(tree(body='<nav><a href="/a">A</a><a href="/b">B</a></nav>'), HOME) is None


# ── real pages ──


@needs_corpora
def test_of_real_pages_the_language_is_told_by_their_heads_and_feeds_are_found_on_most() -> None:
    """Every fifth of the pages of articles, which name fewer feeds than front pages do; the labels are of the texts."""
    told: Counter[str] = Counter()
    for line in (CORPORA / "pages/gold.jsonl").read_text("utf-8").splitlines()[::5]:
        gold = json.loads(line)
        body = gzip.decompress((CORPORA / "pages" / gold["page"]).read_bytes())
        found = read_front(tree_of(body, gold["url"])[0], gold["url"])
        language = language_of(found.languages, []).value
        told["pages"] += 1
        told["feeds"] += any(each.kind == "feed" and not each.comments for each in candidates(found, ""))
        told["language"] += bool(language)
        told["right"] += language == gold["lang"]
    assert told["feeds"] > 0.55 * told["pages"]
    assert told["language"] > 0.88 * told["pages"]
    assert told["right"] > 0.92 * told["language"]
