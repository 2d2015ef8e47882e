"""The shipped sources: each file loads, keeps the house's rules and stands in docs/sources.md."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from ingest.errors import ConfigError
from ingest.models import Source
from ingest.settings import Settings, load

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "config/sources").glob("*.toml"))
# Politics and ownership: the shipped set is meant to let every side be heard.
EVERY_SIDE = {"state-media", "left", "centre", "right", "opposition", "pro-government", "independent", "agency", "ngo"}


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(config=ROOT / "config", environ={})


def addresses(source: Source) -> Iterator[str]:
    yield source.homepage
    yield from (feed.url for feed in source.polled())


def table_rows() -> dict[str, list[str]]:
    """The rows of the shipped sources in docs/sources.md: id -> cells."""
    page = (ROOT / "docs/sources.md").read_text("utf-8")
    page = page[page.index("## The shipped ones") :]
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in page.splitlines() if "| `" in line]
    return {row[0].strip("`"): row for row in rows}


def test_every_source_file_loads(settings: Settings) -> None:
    assert sorted(settings.sources) == sorted(file.stem for file in FILES)


def test_there_are_enough_of_them_in_three_languages_and_from_every_side(settings: Settings) -> None:
    sources = settings.sources.values()
    assert len(sources) >= 35
    assert {source.language for source in sources} == {"en", "es", "pt"}
    assert {tag for source in sources for tag in source.tags} >= EVERY_SIDE


def test_venezuelanalysis_is_polled_from_the_first_start(settings: Settings) -> None:
    source = settings.source("venezuelanalysis")
    assert [(feed.kind, feed.url) for feed in source.polled()] == [
        ("feed", "https://venezuelanalysis.com/feed/"),
        ("wordpress", "https://venezuelanalysis.com/wp-json/wp/v2/posts"),
    ]
    assert (source.timezone, source.language, source.country) == ("America/Caracas", "en", "VE")


def test_a_source_without_a_feed_is_read_from_a_listing(settings: Settings) -> None:
    (feed,) = settings.source("nacla").polled()
    assert feed.kind == "listing"
    assert feed.listing is not None
    assert feed.listing.entry


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_source_file_says_what_it_is(file: Path, settings: Settings) -> None:
    lines = file.read_text("utf-8").splitlines()
    source = settings.source(file.stem)
    assert lines[0].startswith("# ")
    assert f"`teletipo sources check {source.id}`" in lines[1], "the address is a belief; the file says how to ask"
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", source.id)
    assert re.fullmatch(r"[a-z]{2}", source.language)
    assert re.fullmatch(r"[A-Z]{2}", source.country)
    assert source.timezone in available_timezones()
    assert source.about.endswith(".")
    assert "\n" not in source.about
    assert source.tags


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_source_is_asked_over_https_and_has_something_to_poll(file: Path, settings: Settings) -> None:
    source = settings.source(file.stem)
    assert source.polled()
    assert all(address.startswith("https://") for address in addresses(source))


def test_no_address_is_polled_twice(settings: Settings) -> None:
    urls = [feed.url.rstrip("/") for source in settings.sources.values() for feed in source.polled()]
    assert sorted(urls) == sorted(set(urls))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_page_on_an_outlets_host_belongs_to_that_outlet(file: Path, settings: Settings) -> None:
    """Two sources with one host would make one of them unreachable for `source_of`."""
    source = settings.source(file.stem)
    assert settings.source_of(source.homepage) is source


def test_the_table_in_the_docs_lists_every_source_as_its_file_has_it(settings: Settings) -> None:
    expected = {
        name: [f"`{name}`", f"[{it.name}]({it.homepage})", it.language, it.country, ", ".join(it.tags)]
        for name, it in settings.sources.items()
    }
    assert table_rows() == expected


def test_the_docs_explain_every_key_a_source_file_may_have() -> None:
    page = (ROOT / "docs/sources.md").read_text("utf-8")
    own = set(Source.__struct_fields__) - {"listings", "extract", "fetch"}
    nested = {"url", "entry", "link", "summary", "body", "title", "author", "published", "remove", "from"}
    nested |= {"min_interval", "max_interval", "delay", "full_text"}
    explained = set(re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in page.splitlines() if "|" in line)))
    assert own | nested <= explained
    assert {"### `[[listings]]`", "### `[extract]`", "### `[fetch]`"} <= set(re.findall(r"^### `[^`]+`", page, re.M))


def test_the_examples_in_the_docs_load(tmp_path: Path) -> None:
    """Copied from the page as they stand, they make one working source file."""
    page = (ROOT / "docs/sources.md").read_text("utf-8")
    (tmp_path / "sources").mkdir()
    (tmp_path / "teletipo.toml").touch()
    (tmp_path / "sources/el-faro.toml").write_text("\n".join(re.findall(r"```toml\n(.*?)```", page, re.S)), "utf-8")
    source = load(config=tmp_path, environ={}).source("el-faro")
    assert [feed.kind for feed in source.polled()] == ["feed", "listing"]
    assert [source.rules_on(date(2026, month, 1)).body for month in (2, 3)] == ["#contenido", "div.nota"]
    assert (len(source.extract), source.fetch.full_text) == (2, "never")


# ── versions of rules ────────────────────────────────────────────────────────────────────────────────────────────────


def loaded(folder: Path, rules: str) -> Source:
    (folder / "sources").mkdir(exist_ok=True)
    (folder / "teletipo.toml").touch()
    (folder / "sources/el-faro.toml").write_text(
        'id = "el-faro"\nname = "El Faro"\nhomepage = "https://elfaro.example/"\nlanguage = "es"\ncountry = "VE"\n'
        f'timezone = "America/Caracas"\n{rules}'
    )
    return load(config=folder, environ={}).source("el-faro")


def test_a_single_table_of_rules_holds_on_every_day(tmp_path: Path) -> None:
    source = loaded(tmp_path, '[extract]\nbody = "div.nota"\n')
    assert {source.rules_on(day).body for day in (date.min, date(2026, 1, 1), date.max)} == {"div.nota"}


def test_the_latest_version_that_has_begun_holds_whatever_their_order_in_the_file(tmp_path: Path) -> None:
    source = loaded(
        tmp_path,
        '[[extract]]\nfrom = 2026-03-01\nbody = ".new"\n[[extract]]\nbody = ".old"\n'
        '[[extract]]\nfrom = 2024-03-01\nbody = ".middle"\n',
    )
    days = (date(2000, 1, 1), date(2024, 2, 29), date(2024, 3, 1), date(2026, 2, 28), date(2026, 3, 1), date.max)
    assert [source.rules_on(day).body for day in days] == [".old", ".old", ".middle", ".middle", ".new", ".new"]


def test_before_the_first_version_there_are_no_rules(tmp_path: Path) -> None:
    source = loaded(tmp_path, '[[extract]]\nfrom = 2026-03-01\nbody = ".new"\n')
    assert list(source.rules_on(date(2026, 2, 28)).selectors()) == []


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ('[[extract]]\nbodi = "p"\n', r"no key 'extract\.bodi'; did you mean 'body'\?"),
        ('[extract]\nbody = "p::before"\n', r"extract\.body: 'p::before' is not a CSS selector; correct it"),
        ('[extract]\nremove = ["p", "a[["]\n', r"extract\.remove: 'a\[\[' is not a CSS selector; correct it"),
        ('[[extract]]\nbody = "p"\n[[extract]]\nbody = "q"\n', "begin on the same day; give each .* its own `from`"),
        ('[[extract]]\nfrom = "soon"\n', r"from: .*date; correct that value"),
        (
            '[[listings]]\nurl = "https://elfaro.example/"\nentry = ">"\n',
            "entry: '>' is not a CSS selector; correct it",
        ),
    ],
)
def test_a_rule_that_cannot_be_used_is_an_error_with_file_key_and_remedy(rules: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=says) as failed:
        loaded(tmp_path, rules)
    assert "sources/el-faro.toml" in str(failed.value)
