"""Lists of feeds -> sources, and back."""

import re
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from ingest.cli import cli
from ingest.models import Source
from ingest.opml import Listed, NotAList, planned, read_list, written
from ingest.settings import load
from tests.conftest import CORPORA, config_folder, needs_corpora

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def opml(*outlines: str) -> bytes:
    body = "\n".join(outlines)
    return f'<?xml version="1.0" encoding="UTF-8"?><opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def outline(url: str, title: str = "El Faro", home: str = "") -> str:
    return f'<outline type="rss" text="{title}" xmlUrl="{url}" htmlUrl="{home}"/>'


def urls(body: bytes) -> list[str]:
    return [feed.url for feed in read_list(body)[0]]


# ── reading ──


def test_a_feed_has_its_name_its_home_page_its_groups_and_its_language() -> None:
    nested = outline("https://elfaro.example/feed", home="https://elfaro.example/").replace("/>", ' language="es-VE"/>')
    (feed,), passed = read_list(opml(f'<outline text="Coast"><outline text="Dailies">{nested}</outline></outline>'))
    assert feed == Listed(
        "https://elfaro.example/feed", "El Faro", "https://elfaro.example/", ("Coast", "Dailies"), language="es-VE"
    )
    assert not passed


@pytest.mark.parametrize(
    "broken",
    [
        '<outline text="Q&A" xmlUrl="https://a.example/feed?x=1&copy=2&y=3"/>',
        '<outline text="A &amp; B" xmlUrl="https://a.example/feed?x=1&amp;copy=2&amp;amp;y=3"/>',
        '<outline text=""The" paper" xmlUrl="https://a.example/feed?x=1&copy=2&y=3" />',
        '<outline text="a < b" xmlUrl="https://a.example/feed?x=1&copy=2&y=3"></outline></outline>',
        '<outline text="x" xmlUrl="feed://a.example/feed?x=1&copy=2&y=3">',
        '<OUTLINE TEXT="x" XMLURL=" https://a.example/feed?x=1&copy=2&y=3 "/>',
        "<outline text='x' xmlUrl=https://a.example/feed?x=1&copy=2&y=3 />",
        '<outline text="x" type="rss" url="https://a.example/feed?x=1&copy=2&y=3"/>',
    ],
)
def test_what_real_lists_have_wrong_is_read_all_the_same(broken: str) -> None:
    found = urls(opml(broken, outline("https://b.example/feed")))
    assert [re.sub("^http:", "https:", url) for url in found] == [
        "https://a.example/feed?x=1&copy=2&y=3", "https://b.example/feed",
    ]  # fmt: skip


def test_an_address_whose_quotation_mark_was_forgotten_costs_no_other_one() -> None:
    broken = '<outline text="x" xmlUrl="https://a.example/feed text="y"/>'
    torn = '<outl<outline>ine text="x" xmlUrl="https://d.example/feed"/>'
    left = '<!-- <outline xmlUrl="https://left.example/"/> -->'
    found = urls(opml(outline("https://b.example/feed"), broken, outline("https://c.example/feed"), torn, left))
    assert sorted(found) == [f"https://{name}.example/feed" for name in "abcd"]


def test_an_address_of_a_hundred_thousand_spaces_takes_no_time() -> None:
    began = time.monotonic()
    assert read_list(f'<outline text="a" xmlUrl="http://h.example/{" " * 100_000}x"/>'.encode())[0] != []
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("piece", ["<!--", "<outline ", "<outline xmlurl=", "&", '<outline text="a"><opml>', '"a '])
def test_a_hostile_megabyte_takes_seconds(piece: str) -> None:
    body = piece * (1_000_000 // len(piece)) + outline("https://b.example/feed")
    began = time.process_time()
    read_list(f"<opml><outline text='x'/>{body}".encode())
    assert time.process_time() - began < 10


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_a_list_whose_encoding_is_not_the_declared_one_keeps_its_names(encoding: str) -> None:
    body = opml(outline("https://a.example/feed", "El Año")).decode().encode(encoding)
    assert [feed.title for feed in read_list(body)[0]] == ["El Año"]


def test_a_thousand_outlines_that_are_never_closed_are_read() -> None:
    lines = [f'<outline text="n" xmlUrl="https://a{n}.example/feed">' for n in range(3000)]
    assert len(urls(opml(*lines))) == 3000


def test_a_feed_in_two_groups_is_one_with_both() -> None:
    one = outline("https://a.example/feed")
    (feed,), _ = read_list(opml(f'<outline text="Coast">{one}</outline><outline text="Sea">{one}</outline>'))
    assert feed.groups == ("Coast", "Sea")


def test_what_is_no_feed_is_passed_over_with_the_reason() -> None:
    feeds, passed = read_list(
        opml(
            '<outline type="include" text="More" url="https://a.example/more.opml"/>',
            '<outline type="rss" text="Homeless" htmlUrl="https://b.example/"/>',
            '<outline type="rss" text="Local" xmlUrl="file:///etc/passwd"/>',
        )
    )
    assert feeds == []
    assert {each.what: each.why.split(";")[0] for each in passed} == {
        "https://a.example/more.opml": "another list, or a link",
        "Homeless": "no feed's address",
        "file:///etc/passwd": "no web address",
    }


def test_a_text_with_an_address_on_each_line_is_a_list() -> None:
    feeds, _ = read_list(b"# mine\nhttps://a.example/feed\n\nThe Sea: https://b.example/rss,2-1,0.xml\n")
    assert feeds == [Listed("https://a.example/feed"), Listed("https://b.example/rss,2-1,0.xml", "The Sea:")]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "empty"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>', "an RSS feed"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "an Atom feed"),
        (b"<!DOCTYPE html><html><a href='https://a.example/'>a</a></html>", "a page"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "a JSON Feed"),
        (b'<opml version="2.0"><body></body></opml>', "OPML, but has no outline"),
        (b"no list at all", "neither OPML nor"),
    ],
)
def test_another_file_is_told_what_it_is(body: bytes, what: str) -> None:
    with pytest.raises(NotAList, match=what):
        read_list(body)


# ── outlets ──


def test_feeds_of_one_site_are_one_source() -> None:
    plan = planned(
        [
            Listed("https://feeds.elfaro.com.ve/world.xml", "El Faro - World", groups=("Venezuela", "Dailies")),
            Listed("https://www.elfaro.com.ve/rss/sport", "El Faro - Sport", "https://www.elfaro.com.ve/", ("Sport",)),
            Listed("https://news.com.au/rss", "News of Australia"),
        ],
        {},
    )
    (faro, _), (news, _) = plan.new
    assert (faro.id, faro.name, faro.homepage) == ("elfaro", "El Faro", "https://www.elfaro.com.ve/")
    assert (faro.country, faro.timezone, faro.tags) == ("VE", "America/Caracas", ("dailies", "sport"))
    assert len(faro.feeds) == 2
    assert (news.id, news.country) == ("news", "AU")


def test_hosts_that_carry_the_feeds_of_others_make_no_source_of_them_all() -> None:
    plan = planned(
        [
            Listed("http://feeds.feedburner.com/one", "Harbour Notes"),
            Listed("http://feeds.feedburner.com/two", "Gulls", "https://gulls.example/"),
            Listed("https://medium.com/feed/@ana", "Ana", "https://medium.com/@ana"),
            Listed("https://medium.com/feed/@eva", "Eva", "https://medium.com/@eva"),
            Listed("https://www.youtube.com/feeds/videos.xml?channel_id=UC1", "Sea TV"),
            Listed("https://news.google.com/rss/search?q=harbour", "harbour - Google News"),
            Listed("https://one.blogspot.com/feeds/posts/default", "One"),
            Listed("https://two.blogspot.com/feeds/posts/default", "Two"),
        ],
        {},
    )
    assert [source.id for source, _ in plan.new][:5] == ["harbour-notes", "gulls", "ana", "eva", "sea-tv"]
    assert len(plan.new) == 8


def test_what_is_not_known_is_left_unknown_and_said_in_the_file(tmp_path: Path) -> None:
    ((source, notes),) = planned([Listed("https://outlet.example/feed", "Outlet")], {}).new
    assert (source.language, source.country, source.timezone) == ("", "", "UTC")
    assert "from its text" in notes["language"]
    assert notes["homepage"].startswith("Made of")


def test_one_section_about_a_country_does_not_make_an_outlet_of_that_country() -> None:
    feeds = [Listed(f"https://globe.example/{name}", groups=(name,)) for name in ("Sport", "Japan", "Travel")]
    ((source, _),) = planned(feeds, {}).new
    assert source.country == ""
    ((source, _),) = planned(feeds[1:2], {}).new
    assert (source.country, source.timezone) == ("JP", "Asia/Tokyo")


# ── the commands ──


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return config_folder(tmp_path / "config", "https://elfaro.example", source="[fetch]\ndelay = 9.0 # slow\n")


def run(config: Path, *arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(cli, ["--config", str(config), "sources", *arguments])
    assert result.exit_code == code, result.output + str(result.exception)
    return result.output


def files(config: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in (config / "sources").iterdir()}


def test_a_list_is_imported_once_and_importing_it_again_writes_nothing(config: Path, tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_bytes(
        opml(
            outline("https://elfaro.example/feed", home="https://elfaro.example/"),
            outline("https://elfaro.example/sport", home="https://elfaro.example/"),
            outline("https://sea.example/feed", "The Sea"),
        )
    )
    before = files(config)
    assert "would be imported" in run(config, "import", str(tmp_path / "list.opml"), "--dry-run")
    assert files(config) == before
    said = run(config, "import", str(tmp_path / "list.opml"))
    assert "1 feeds imported as 1 sources, 1 merged into sources that were there, 1 skipped" in said.replace("\n", " ")
    after = files(config)
    assert tomllib.loads(after["outlet.toml"])["feeds"] == [
        "https://elfaro.example/feed",
        "https://elfaro.example/sport",
    ]
    assert "delay = 9.0 # slow" in after["outlet.toml"], "the rest of the file stays as it is"
    assert load(config).sources["sea"].feeds == ("https://sea.example/feed",)
    assert "3 skipped as known" in run(config, "import", str(tmp_path / "list.opml"))
    assert files(config) == after


def test_feeds_are_added_to_a_source_that_had_none(config: Path, tmp_path: Path) -> None:
    file = config / "sources" / "outlet.toml"
    file.write_text("".join(line for line in file.read_text().splitlines(True) if not line.startswith("feeds")))
    (tmp_path / "list.txt").write_text("https://elfaro.example/sport\n")
    run(config, "import", str(tmp_path / "list.txt"))
    source = load(config).sources["outlet"]
    assert (source.feeds, source.fetch.delay) == (("https://elfaro.example/sport",), 9.0)


def test_a_file_that_is_no_list_is_refused_with_its_name(config: Path, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html></html>")
    result = CliRunner().invoke(cli, ["--config", str(config), "sources", "import", str(tmp_path / "page.html")])
    assert isinstance(result.exception, NotAList)
    assert "page.html is no list of feeds: it is a page (HTML)" in str(result.exception)


def test_what_is_exported_is_imported_as_the_same_sources(config: Path, tmp_path: Path) -> None:
    shipped = load(Path(__file__).parents[2] / "config", tmp_path, {})
    (tmp_path / "all.opml").write_bytes(written(shipped.sources.values(), NOW))
    empty = config_folder(tmp_path / "empty", "https://elsewhere.example")
    run(empty, "import", str(tmp_path / "all.opml"))
    again = load(empty, tmp_path, {}).sources

    def kept(source: Source) -> tuple[object, ...]:
        stated = (source.name, source.homepage, source.language, source.country, source.timezone)
        return (*stated, source.feeds, source.tags)

    assert {name: kept(again[name]) for name, source in shipped.sources.items() if source.feeds} == {
        name: kept(source) for name, source in shipped.sources.items() if source.feeds
    }
    assert b"<opml" in run(config, "export").encode()


@needs_corpora
def test_a_real_list_of_1592_feeds_comes_in_whole_and_loads(tmp_path: Path) -> None:
    config = config_folder(tmp_path / "config", "https://elsewhere.example")
    file = CORPORA / "opml" / "all-news-feeds.opml"
    run(config, "import", str(file))
    feeds = {url for source in load(config, tmp_path, {}).sources.values() for url in source.feeds}
    named = set(re.findall(r'xmlUrl="([^"]*)"', file.read_text().replace("&amp;", "&")))
    assert len(named) == 1592
    assert named <= feeds
    broken = tmp_path / "broken.opml"  # as 40 of the lists that it was made of are
    broken.write_text(file.read_text().replace("&amp;", "&"))
    assert {feed.url for feed in read_list(broken.read_bytes())[0]} == named
