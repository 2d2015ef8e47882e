"""`teletipo sources add` on outlets of several kinds: what it finds, what it asks, what it writes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from ingest.models import Source
from ingest.settings import load
from tests.command import Ended, run_command
from workers.demo.outlet import Headline, Outlet, rss

CARACAS = timezone(timedelta(hours=-4))
SAID = (
    "Los pescadores del puerto volvieron a salir el lunes después de tres semanas de huelga, según dijo la asociación "
    "que los agrupa, y la alcaldía confirmó que el muelle estará abierto durante toda la semana para las lanchas."
)
RSS, HTML = "application/rss+xml", "text/html; charset=utf-8"


class Add:
    """`add(...)` in a configuration of the test's own, which lets loopback be asked."""

    def __init__(self, folder: Path, run: Callable[..., Ended]) -> None:
        self.folder, self._run = folder, run
        (folder / "sources").mkdir(parents=True)
        (folder / "teletipo.toml").write_text(
            '[fetch]\nallow_addresses = ["127.0.0.0/8"]\ndelay = 0.0\ntimeout = 2.0\n'
        )

    def __call__(self, *arguments: object) -> Ended:
        return self._run("--config", self.folder, "sources", "add", *arguments)

    def sources(self) -> dict[str, Source]:
        return load(self.folder, self.folder / "data", {}).sources


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Add:
    monkeypatch.chdir(tmp_path)
    return Add(tmp_path / "config", lambda *arguments: run_command(monkeypatch, capsys, *arguments))


def headlines(outlet: Outlet, count: int = 6, *, whole: bool = False) -> list[Headline]:
    """Articles whose pages are there, an hour apart, by the clock of Caracas."""
    now = datetime.now(CARACAS).replace(microsecond=0)
    return [headline(outlet, number, now - timedelta(hours=number), whole=whole) for number in range(count)]


def headline(outlet: Outlet, number: int, when: datetime, *, whole: bool = False) -> Headline:
    title = f"El puerto vuelve a abrir después de la huelga, parte {number}"
    text = "".join(f"<p>{SAID} {number} {part}</p>" for part in range(5))
    outlet.publish(
        f"/2026/el-puerto-vuelve-{number}",
        f'<html lang="es"><head><title>{title} – El Faro</title><meta property="og:type" content="article">'
        f'<meta name="author" content="Ana Pérez"></head><body><article><h1>{title}</h1>{text}</article></body></html>',
    )
    url = f"{outlet.url}/2026/el-puerto-vuelve-{number}"
    return Headline(url, title, when, "Los pescadores del puerto volvieron a salir.", content=text if whole else "")


def home(head: str = "", body: str = "", attributes: str = 'lang="es"') -> str:
    name = '<meta property="og:site_name" content="El Faro"><title>El Faro – Noticias</title>'
    return f"<!doctype html><html {attributes}><head>{name}{head}</head><body>{body}</body></html>"


def stated(href: str, kind: str = RSS, title: str = "") -> str:
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


def sitemap(found: list[Headline], *, news: bool = False) -> str:
    def entry(each: Headline) -> str:
        date = each.published.isoformat() if each.published else ""
        dated = f"<news:publication_date>{date}</news:publication_date><news:title>{escape(each.title)}</news:title>"
        about = f"<news:news>{dated}</news:news>"
        return f"<url><loc>{each.url}</loc>{about if news else f'<lastmod>{date}</lastmod>'}</url>"

    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f"<urlset {space}>{''.join(map(entry, found))}</urlset>"


def wordpress(outlet: Outlet) -> list[Headline]:
    """As WordPress has it: the feed in UTC, the time zone in the API alone."""
    found = headlines(outlet, whole=True)
    in_utc = [
        Headline(each.url, each.title, (each.published or datetime.now(UTC)).astimezone(UTC), each.summary)
        for each in found
    ]
    outlet.publish("/feed/", rss("El Faro", outlet.url, in_utc), RSS)
    outlet.publish("/category/deportes/feed/", rss("Deportes – El Faro", outlet.url, in_utc[:2]), RSS)
    head = stated("/feed/") + stated("/comments/feed/", title="Comentarios") + stated("/category/deportes/feed/")
    outlet.publish(
        "/", home(f'{head}<link rel="https://api.w.org/" href="{outlet.url}/wp-json/">', attributes='lang="es-VE"')
    )
    about = {"name": "El Faro", "description": "Noticias", "timezone_string": "America/Caracas", "gmt_offset": -4}
    outlet.publish("/wp-json/", json.dumps(about), "application/json")
    posts = [
        {
            "id": number,
            "link": each.url,
            "title": {"rendered": each.title},
            "date_gmt": f"{each.published:%Y-%m-%dT%H:%M:%S}",
            "modified_gmt": f"{each.published:%Y-%m-%dT%H:%M:%S}",
            "content": {"rendered": found[number].content},
        }
        for number, each in enumerate(in_utc)
    ]
    outlet.publish("/wp-json/wp/v2/posts", json.dumps(posts), "application/json")
    return found


def test_a_wordpress_is_added_without_a_word_more_than_its_address(add: Add, outlet: Outlet) -> None:
    found = wordpress(outlet)
    ended = add(f"{outlet.url}/", "--id", "el-faro")
    assert (ended.code, ended.err) == (0, "")
    source = add.sources()["el-faro"]
    assert (source.name, source.homepage) == ("El Faro", f"{outlet.url}/")
    assert (source.language, source.country, source.timezone) == ("es", "VE", "America/Caracas")
    assert source.feeds == (f"{outlet.url}/feed/",)
    assert source.wordpress == (f"{outlet.url}/wp-json/wp/v2/posts",)
    assert source.fetch.full_text == "auto"
    for each in found[:3]:
        assert each.title in ended.out
    assert "Ana Pérez" in ended.out
    assert "pages and API have the whole texts" in ended.out
    assert f"wrote {add.folder / 'sources/el-faro.toml'}; a running newswire takes it by itself" in ended.out


def test_the_comments_feed_is_told_of_and_never_asked(add: Add, outlet: Outlet) -> None:
    wordpress(outlet)
    ended = add(f"{outlet.url}/")
    assert f"{outlet.url}/comments/feed/" in ended.out
    assert "/comments/feed/" not in outlet.paths()


def test_the_file_says_how_each_thing_was_found_and_what_is_not_polled(add: Add, outlet: Outlet) -> None:
    wordpress(outlet)
    add(f"{outlet.url}/", "--id", "el-faro")
    text = (add.folder / "sources/el-faro.toml").read_text("utf-8")
    assert text.startswith(f"# Found by `teletipo sources add {outlet.url}/` on ")
    assert '# From its WordPress.\ntimezone = "America/Caracas"' in text
    assert f"# Not polled: {outlet.url}/category/deportes/feed/ (brings nothing that the others lack)." in text
    assert "# Stated in the page's head: 6 entries, the newest of " in text


def test_an_outlet_with_sitemaps_alone_is_read_by_that_of_its_news(add: Add, outlet: Outlet) -> None:
    found = headlines(outlet)
    outlet.publish("/", home('<script src="/pf/resources/app.js"></script>'))
    outlet.publish(
        "/robots.txt", f"User-agent: *\nSitemap: {outlet.url}/all.xml\nSitemap: {outlet.url}/news.xml\n", "text/plain"
    )
    outlet.publish("/news.xml", sitemap(found, news=True), "text/xml")
    outlet.publish("/all.xml", sitemap(found), "text/xml")
    ended = add(f"{outlet.url}/", "--id", "el-faro", "--country", "VE")
    assert ended.code == 0
    source = add.sources()["el-faro"]
    assert (source.feeds, source.sitemaps) == ((), (f"{outlet.url}/news.xml",))
    assert source.timezone == "America/Caracas"
    assert found[0].title in ended.out


def test_an_outlet_with_a_json_feed_that_has_whole_texts(add: Add, outlet: Outlet) -> None:
    found = headlines(outlet, whole=True)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "El Faro",
        "language": "es-VE",
        "items": [
            {
                "id": each.url,
                "url": each.url,
                "title": each.title,
                "content_html": each.content,
                "date_published": (each.published or datetime.now(UTC)).isoformat(),
            }
            for each in found
        ],
    }
    outlet.publish("/feed.json", json.dumps(feed), "application/feed+json")
    outlet.publish("/", home(stated("/feed.json", "application/feed+json"), attributes='lang="en"'))
    ended = add(f"{outlet.url}/", "--id", "el-faro")
    assert ended.code == 0
    source = add.sources()["el-faro"]
    assert (source.feeds, source.language, source.country) == ((f"{outlet.url}/feed.json",), "es", "VE")
    assert source.timezone == "America/Caracas"
    assert "but html lang 'en'" in ended.out
    assert "pages and feed have the whole texts" in ended.out


def test_where_no_page_can_be_had_and_the_feed_has_the_texts_pages_are_not_fetched(add: Add, outlet: Outlet) -> None:
    found = headlines(outlet, whole=True)
    for each in found:
        outlet.publish(each.url.removeprefix(outlet.url), "no", status=403)
    outlet.publish("/feed", rss("El Faro", outlet.url, found), RSS)
    outlet.publish("/", home(stated("/feed")))
    assert add(f"{outlet.url}/", "--id", "el-faro").code == 0
    assert add.sources()["el-faro"].fetch.full_text == "never"
    assert add(f"{outlet.url}/", "--id", "el-faro", "--force", "--full-text", "auto").code == 0
    assert add.sources()["el-faro"].fetch.full_text == "auto"


def test_a_feed_that_nobody_names_is_found_at_its_usual_address(add: Add, outlet: Outlet) -> None:
    outlet.publish("/", home())
    outlet.publish("/rss.xml", rss("El Faro", outlet.url, headlines(outlet)), RSS)
    ended = add(f"{outlet.url}/", "--id", "el-faro")
    assert add.sources()["el-faro"].feeds == (f"{outlet.url}/rss.xml",)
    assert "a usual address" in ended.out


def test_a_page_of_feeds_leads_to_them(add: Add, outlet: Outlet) -> None:
    outlet.publish("/", home(body='<a href="/rss">RSS</a>'))
    outlet.publish(
        "/rss", home(body='<a href="/rss/portada.xml">Portada</a> <a href="/rss/comentarios.xml">Comentarios</a>')
    )
    outlet.publish("/rss/portada.xml", rss("El Faro", outlet.url, headlines(outlet)), RSS)
    assert add(f"{outlet.url}/", "--id", "el-faro").code == 0
    assert add.sources()["el-faro"].feeds == (f"{outlet.url}/rss/portada.xml",)


def test_an_outlet_without_any_way_in_is_read_by_guessed_selectors(add: Add, outlet: Outlet) -> None:
    rows = "".join(
        f'<div class="teaser"><h2><a href="{each.url}">{each.title}</a></h2></div>' for each in headlines(outlet, 8)
    )
    outlet.publish("/", home(body=f"<main>{rows}</main>"))
    ended = add(f"{outlet.url}/", "--id", "el-faro")
    assert ended.code == 0
    (listing,) = add.sources()["el-faro"].listings
    assert (listing.entry, listing.link) == ("div.teaser", "h2 a[href]")
    assert "selectors, which were guessed: look at them" in ended.out


def test_where_there_is_nothing_at_all_nothing_is_written_and_the_remedy_is_told(add: Add, outlet: Outlet) -> None:
    outlet.publish("/", home(stated("/feed"), body="<p>Soon.</p>"))
    outlet.publish("/feed", "<html><title>Oops</title><p>not here</p></html>")
    ended = add(f"{outlet.url}/")
    assert ended.code == 1
    assert "an HTML page, not a feed" in ended.out
    assert "[[listings]] in docs/sources.md" in ended.out
    assert add.sources() == {}
    assert len(outlet.paths()) <= 25


def test_a_feed_that_is_broken_empty_or_asleep_is_told_as_such(add: Add, outlet: Outlet) -> None:
    long_ago = [headline(outlet, number, datetime(2024, 3, 1, tzinfo=CARACAS)) for number in range(3)]
    outlet.publish("/old", rss("El Faro", outlet.url, long_ago), RSS)
    outlet.publish("/empty", rss("El Faro", outlet.url, []), RSS)
    outlet.publish("/broken", "<rss><channel><item><title>", RSS)
    outlet.publish("/", home("".join(stated(path) for path in ("/old", "/empty", "/broken", "/gone"))))
    ended = add(f"{outlet.url}/", "--id", "el-faro")
    assert add.sources()["el-faro"].feeds == (f"{outlet.url}/old",)
    for told in ("asleep since 2024-03-01", "empty", "http error: answered 404 Not Found"):
        assert told in ended.out


def test_a_feeds_own_address_leads_to_its_outlet(add: Add, outlet: Outlet) -> None:
    outlet.publish("/hidden/portada.rss", rss("El Faro", outlet.url, headlines(outlet)), RSS)
    outlet.publish("/", home())
    ended = add(f"{outlet.url}/hidden/portada.rss", "--id", "el-faro")
    source = add.sources()["el-faro"]
    assert (source.homepage, source.feeds) == (f"{outlet.url}/", (f"{outlet.url}/hidden/portada.rss",))
    assert "that is a feed; its outlet is" in ended.out


def test_an_articles_address_leads_to_its_outlet(add: Add, outlet: Outlet) -> None:
    found = wordpress(outlet)
    ended = add(found[0].url, "--id", "el-faro")
    assert add.sources()["el-faro"].homepage == f"{outlet.url}/"
    assert "that is an article's page; its outlet is looked at instead" in ended.out


def test_a_list_of_feeds_is_sent_to_the_command_that_reads_it(add: Add, outlet: Outlet) -> None:
    outlet.publish("/all.opml", '<?xml version="1.0"?><opml version="2.0"><body/></opml>', "text/x-opml")
    ended = add(f"{outlet.url}/all.opml")
    assert (ended.code, ended.out) == (1, "")
    assert "`teletipo sources import`" in ended.err


def test_an_outlet_that_moved_is_added_where_it_is_now(add: Add, outlet: Outlet) -> None:
    wordpress(outlet)
    moved = outlet.url.replace("127.0.0.1", "localhost")
    outlet.publish("/old", "", status=301, headers={"Location": f"{outlet.url}/"})
    ended = add(f"{moved}/old", "--id", "el-faro")
    assert add.sources()["el-faro"].homepage == f"{outlet.url}/"
    assert "localhost leads to 127.0.0.1" in ended.out


def test_what_robots_txt_refuses_is_not_asked_for(add: Add, outlet: Outlet) -> None:
    wordpress(outlet)
    outlet.publish("/robots.txt", "User-agent: *\nDisallow: /\n", "text/plain")
    ended = add(f"{outlet.url}/")
    assert ended.code == 1
    assert "refused by robots.txt" in ended.out
    assert outlet.paths() == []


def test_a_wall_before_the_front_page_is_told_and_the_usual_addresses_are_asked_all_the_same(
    add: Add, outlet: Outlet
) -> None:
    outlet.publish("/", "<html><title>Just a moment...</title><p>Checking your browser</p></html>", status=403)
    outlet.publish("/feed/", rss("El Faro", outlet.url, headlines(outlet)), RSS)
    ended = add(f"{outlet.url}/", "--id", "el-faro")
    assert ended.code == 0
    assert "its front page could not be had (http error: 127.0.0.1: answered 403 Forbidden)" in ended.out
    assert add.sources()["el-faro"].feeds == (f"{outlet.url}/feed/",)


def test_a_private_address_is_refused(add: Add, outlet: Outlet) -> None:
    wordpress(outlet)
    (add.folder / "teletipo.toml").write_text("")
    ended = add(f"{outlet.url}/")
    assert (ended.code, ended.out) == (1, "")
    assert "refused address" in ended.err
    assert outlet.paths() == []


def test_a_dry_run_shows_the_file_and_writes_nothing(add: Add, outlet: Outlet) -> None:
    wordpress(outlet)
    ended = add(
        f"{outlet.url}/", "--dry-run", "--id", "el-faro", "--tag", "puerto", "--name", "Faro", "--timezone", "UTC"
    )
    assert ended.code == 0
    for line in ('id = "el-faro"', 'name = "Faro"', 'timezone = "UTC"', 'tags = ["puerto"]', "nothing was written"):
        assert line in ended.out
    assert add.sources() == {}


def test_a_source_that_is_there_is_replaced_only_where_that_is_asked_for(add: Add, outlet: Outlet) -> None:
    wordpress(outlet)
    assert add(f"{outlet.url}/", "--id", "el-faro").code == 0
    asked = len(outlet.paths())
    again = add(f"{outlet.url}/")
    assert (again.code, again.out) == (2, "")
    assert "el-faro.toml is there already; " in again.err
    assert "--force" in again.err
    assert len(outlet.paths()) == asked, "it is known before anything is asked"
    assert add(f"{outlet.url}/", "--force", "--name", "The Beacon").code == 0
    assert {name: source.name for name, source in add.sources().items()} == {"el-faro": "The Beacon"}


def test_several_addresses_are_several_sources_and_one_that_fails_does_not_stop_the_others(
    add: Add, outlet: Outlet
) -> None:
    wordpress(outlet)
    with Outlet() as other:
        other.publish("/", home(stated("/rss")))
        other.publish("/rss", rss("El Faro", other.url, headlines(other)), RSS)
        ended = add(f"{outlet.url}/", "http://127.0.0.1:1/", f"{other.url}/")
    assert ended.code == 1
    assert "http://127.0.0.1:1/: connection error" in ended.err
    assert {source.homepage for source in add.sources().values()} == {f"{outlet.url}/", f"{other.url}/"}


def test_what_was_found_is_json_for_machines(add: Add, outlet: Outlet) -> None:
    wordpress(outlet)
    found: dict[str, Any] = json.loads(add(f"{outlet.url}/", "--json", "--id", "el-faro").out)
    assert found["facts"]["country"]["value"] == "VE"
    assert [way["url"] for way in found["answers"] if way["chosen"] and way["kind"] == "feed"] == [
        f"{outlet.url}/feed/"
    ]
    assert found["source"]["id"] == "el-faro"
    assert found["file"].endswith("el-faro.toml")
    assert len([each for each in found["samples"] if each["article"]["text"]]) == 3


def test_an_outlet_is_not_asked_faster_than_its_pause(add: Add, outlet: Outlet) -> None:
    wordpress(outlet)
    outlet.publish("/robots.txt", "User-agent: *\nCrawl-delay: 0.3\n", "text/plain")
    assert add(f"{outlet.url}/").code == 0
    times = [asked.at for asked in outlet.asked]
    assert min(later - earlier for earlier, later in pairwise(times[1:])) > 0.2


def test_a_newswire_publishes_what_was_shown_from_the_file_that_was_written(
    add: Add, outlet: Outlet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wordpress(outlet)
    with (add.folder / "teletipo.toml").open("a") as file:
        file.write("[store]\nport = 0\n")
    shown = json.loads(add(f"{outlet.url}/", "--json", "--id", "el-faro").out)
    place = ("--config", add.folder, "--data", tmp_path / "data")
    assert run_command(monkeypatch, capsys, *place, "fetch", "el-faro", "--wait").code == 0
    told = run_command(monkeypatch, capsys, *place, "tail", "all", "--json", "--from", "0", "--no-follow").out
    published = {each["article"]["url"]: each["article"] for each in map(json.loads, told.splitlines())}
    (first,) = [each["article"] for each in shown["samples"] if each["url"] in published]
    for key in ("title", "text", "authors", "language", "country", "published"):
        assert published[first["url"]][key] == first[key]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--id", "../up"),
        ("--country", "Venezuela"),
        ("--language", "spanish"),
        ("--timezone", "Caracas"),
        ("ftp://x/",),
    ],
    ids=" ".join,
)
def test_what_could_not_be_written_is_refused_before_anything_is_asked(
    add: Add, outlet: Outlet, wrong: tuple[str, ...]
) -> None:
    wordpress(outlet)
    ended = add(f"{outlet.url}/", *wrong)
    assert ended.code == 2
    assert outlet.paths() == []


def test_an_outlet_that_asks_to_be_left_alone_is(add: Add, outlet: Outlet) -> None:
    wordpress(outlet)
    outlet.publish("/", "busy", status=429, headers={"Retry-After": "600"})
    assert add(outlet.url).code == 1
    assert [path for path in outlet.paths() if path != "/robots.txt"] == ["/"]


def test_an_outlet_that_does_not_answer_is_not_waited_for_again_and_again(add: Add, outlet: Outlet) -> None:
    (add.folder / "teletipo.toml").write_text(
        '[fetch]\nallow_addresses = ["127.0.0.0/8"]\ndelay = 0.0\ndeadline = 0.4\n'
    )
    outlet.publish("/", home("".join(stated(f"/feed{number}") for number in range(20))))
    for number in range(20):
        outlet.publish(f"/feed{number}", "", never=True)
    ended = add(f"{outlet.url}/")
    assert ended.code == 1
    assert len(outlet.paths()) <= 10
    assert "timeout" in ended.out


def test_robots_txt_tells_of_sitemaps_where_nobody_obeys_it_too(add: Add, outlet: Outlet) -> None:
    (add.folder / "teletipo.toml").write_text(
        '[fetch]\nallow_addresses = ["127.0.0.0/8"]\ndelay = 0.0\nrobots = "ignore"\n'
    )
    outlet.publish("/", home())
    outlet.publish("/robots.txt", f"User-agent: *\nDisallow: /\nSitemap: {outlet.url}/latest.xml\n", "text/plain")
    outlet.publish("/latest.xml", sitemap(headlines(outlet), news=True), "text/xml")
    assert add(f"{outlet.url}/", "--id", "el-faro").code == 0
    assert add.sources()["el-faro"].sitemaps == (f"{outlet.url}/latest.xml",)


def test_of_feeds_of_sections_those_that_bring_something_are_polled_and_no_more_are_asked_than_is_good(
    add: Add, outlet: Outlet
) -> None:
    found = headlines(outlet, 30)
    for section in range(14):
        own = found[section % 3 :: 3]
        outlet.publish(f"/rss/s{section}.xml", rss(f"Sección {section}", outlet.url, own), RSS)
    outlet.publish("/", home("".join(stated(f"/rss/s{section}.xml") for section in range(14))))
    ended = add(f"{outlet.url}/", "--id", "el-faro")
    assert len(add.sources()["el-faro"].feeds) == 3
    assert "6 more feeds are named on its front page, and were not asked" in ended.out


def test_nothing_that_an_outlet_says_reaches_the_terminal_as_an_order(add: Add, outlet: Outlet) -> None:
    wordpress(outlet)
    said = json.dumps({"@type": "NewsMediaOrganization", "name": "\x1b[2J[red]Faro[/]"})
    outlet.publish(
        "/wp-json/", json.dumps({"name": "\x1b[2J[red]Faro[/]", "description": "\x1b]0;x"}), "application/json"
    )
    outlet.publish(
        "/",
        f'<html lang="es-VE"><head>{stated("/feed/")}<link rel="https://api.w.org/" href="/wp-json/">'
        f'<script type="application/ld+json">{said}</script></head><body>x</body></html>',
    )
    ended = add(f"{outlet.url}/", "--id", "el-faro")
    assert ended.code == 0
    assert "\x1b" not in ended.out


def test_an_outlet_with_an_index_of_sitemaps_alone_is_read_by_that(add: Add, outlet: Outlet) -> None:
    found = headlines(outlet)
    outlet.publish("/", home())
    maps = "".join(
        f"<sitemap><loc>{outlet.url}/{name}</loc><lastmod>{day}</lastmod></sitemap>"
        for name, day in [
            ("a-2024.xml", "2024-12-31"),
            ("a-2026.xml", "2026-11-24"),
            ("author-sitemap.xml", "2026-11-25"),
        ]
    )
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    outlet.publish("/sitemap.xml", f"<sitemapindex {space}>{maps}</sitemapindex>", "text/xml")
    outlet.publish("/a-2026.xml", sitemap(found), "text/xml")
    ended = add(f"{outlet.url}/", "--id", "el-faro")
    assert add.sources()["el-faro"].sitemaps == (f"{outlet.url}/sitemap.xml",)
    assert "3 sitemaps, the latest with 6 entries" in ended.out
    assert found[0].title in ended.out
    assert not {"/a-2024.xml", "/author-sitemap.xml"} & set(outlet.paths())


def test_an_address_without_a_scheme_is_asked_by_https_first_and_by_http_where_that_fails(
    add: Add, outlet: Outlet
) -> None:
    wordpress(outlet)
    assert add(outlet.url.removeprefix("http://"), "--id", "el-faro").code == 0
    assert add.sources()["el-faro"].homepage == f"{outlet.url}/"


def test_a_feed_that_was_given_and_is_stated_too_is_asked_once_more_and_not_twice(add: Add, outlet: Outlet) -> None:
    wordpress(outlet)
    assert add(f"{outlet.url}/feed/", "--id", "el-faro").code == 0
    assert outlet.paths().count("/feed/") == 2
    assert add.sources()["el-faro"].homepage == f"{outlet.url}/"


def test_what_tracks_who_comes_is_no_part_of_the_home_page(add: Add, outlet: Outlet) -> None:
    wordpress(outlet)
    assert add(f"{outlet.url}/?utm_source=letter", "--id", "el-faro").code == 0
    assert add.sources()["el-faro"].homepage == f"{outlet.url}/"


def test_an_api_that_only_a_header_names_is_found(add: Add, outlet: Outlet) -> None:
    wordpress(outlet)
    outlet.publish("/", home(stated("/feed/")), headers={"Link": f'<{outlet.url}/wp-json/>; rel="https://api.w.org/"'})
    assert add(f"{outlet.url}/", "--id", "el-faro").code == 0
    assert add.sources()["el-faro"].wordpress == (f"{outlet.url}/wp-json/wp/v2/posts",)
