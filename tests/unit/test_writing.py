"""A source's file as it is written: what it says, and that it is there whole or not at all."""

import threading
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ingest.errors import ConfigError
from ingest.models import ExtractRules, FetchPolicy, Listing, Source
from ingest.settings.loading import read_source
from ingest.settings.writing import source_id, source_toml, sources_folder, write_source

FARO = Source(
    id="elfaro",
    name="El Faro",
    homepage="https://elfaro.example/",
    language="es",
    country="VE",
    timezone="America/Caracas",
    feeds=("https://elfaro.example/feed/",),
)
EVERYTHING = replace(
    FARO,
    about='A "newspaper" of a port town;\nthe only one.',
    sitemaps=("https://elfaro.example/news.xml",),
    wordpress=("https://elfaro.example/wp-json/wp/v2/posts",),
    listings=(Listing(url="https://elfaro.example/a", entry="li"), Listing(url="https://elfaro.example/b", entry="p")),
    extract=(ExtractRules(body="#old"), ExtractRules(since=date(2026, 3, 1), body="#new", remove=(".share", "aside"))),
    fetch=FetchPolicy(delay=5.0, full_text="never", watch=False),
    tags=("port", "vigía"),
)


def loaded(text: str, name: str = "elfaro") -> Source:
    return read_source(Path(f"{name}.toml"), tomllib.loads(text))


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_source_is_written_as_a_person_would_write_it() -> None:
    assert source_toml(FARO, ["Found today."], {"language": 'the page says "es"'}).splitlines() == [
        "# Found today.",
        'id = "elfaro"',
        'name = "El Faro"',
        'homepage = "https://elfaro.example/"',
        '# the page says "es"',
        'language = "es"',
        'country = "VE"',
        'timezone = "America/Caracas"',
        'feeds = ["https://elfaro.example/feed/"]',
    ]


@pytest.mark.parametrize(
    "source",
    [FARO, EVERYTHING, replace(EVERYTHING, extract=(ExtractRules(title="h1"),))],
    ids=["least", "everything", "one rule"],
)
def test_what_is_written_loads_as_the_same_source(source: Source) -> None:
    assert loaded(source_toml(source, ["a"], dict.fromkeys(Source.__struct_fields__, "a note"))) == source


@given(st.text(max_size=200), st.lists(st.text(max_size=60)), st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_whatever_an_outlet_says_of_itself_is_written_so_that_it_loads(about: str, tags: list[str], said: str) -> None:
    source = replace(
        FARO, about=about.encode("utf-8", "replace").decode(), tags=tuple(t for t in tags if t.isprintable())
    )
    assert loaded(source_toml(source, [said], {"name": said, "feeds": said})) == source


def test_a_note_cannot_end_its_comment() -> None:
    assert loaded(source_toml(FARO, ['el faro\nfeeds = ["https://elsewhere.example/"]\x00'])) == FARO


def test_many_addresses_are_an_address_a_line() -> None:
    many = tuple(f"https://elfaro.example/section/{number}/feed/" for number in range(4))
    assert '\nfeeds = [\n    "https://elfaro.example/section/0/feed/",\n' in source_toml(replace(FARO, feeds=many))


def test_a_file_is_written_beside_the_others(tmp_path: Path) -> None:
    file = write_source(tmp_path / "sources", source_toml(FARO))
    assert file == tmp_path / "sources" / "elfaro.toml"
    assert loaded(file.read_text("utf-8")) == FARO
    assert names(file.parent) == ["elfaro.toml"]


def test_a_file_that_is_there_is_only_replaced_where_that_is_asked_for(tmp_path: Path) -> None:
    file = write_source(tmp_path, source_toml(FARO))
    with pytest.raises(ConfigError, match=r"elfaro\.toml is there already; .*--id.*--force"):
        write_source(tmp_path, source_toml(EVERYTHING))
    assert loaded(file.read_text()) == FARO
    write_source(tmp_path, source_toml(EVERYTHING), replace=True)
    assert loaded(file.read_text()) == EVERYTHING
    assert names(tmp_path) == ["elfaro.toml"]


def test_of_two_who_write_the_same_file_one_is_told(tmp_path: Path) -> None:
    told: list[str] = []

    def write() -> None:
        try:
            write_source(tmp_path, source_toml(FARO))
        except ConfigError as error:
            told.append(str(error))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 7


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (replace(FARO, timezone="Caracas"), "'Caracas' is not an IANA time zone"),
        (replace(FARO, feeds=("elfaro.example/feed",)), "not an http:// or https:// address"),
        (replace(FARO, id="../elfaro"), "'../elfaro' is no id of a source"),
        (replace(FARO, listings=(Listing(url="https://elfaro.example/", entry="li["),)), "is not a CSS selector"),
    ],
    ids=["time zone", "address", "id", "selector"],
)
def test_what_would_not_load_is_never_written(source: Source, told: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        write_source(tmp_path, source_toml(source))
    assert told in str(error.value)
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_written_to_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "sources").write_text("a file")
    with pytest.raises(ConfigError, match=r"cannot be written: .*`teletipo init DIR`"):
        write_source(tmp_path / "sources", source_toml(FARO))


def test_the_packaged_configuration_is_no_place_for_ones_own_sources(tmp_path: Path) -> None:
    import ingest

    assert ingest.__file__ is not None
    assert sources_folder(tmp_path) == tmp_path / "sources"
    with pytest.raises(ConfigError, match="`teletipo init config`"):
        sources_folder(Path(ingest.__file__).parent / "default_config")


@pytest.mark.parametrize(
    ("homepage", "name"),
    [
        ("https://elfaro.com.ve/", "elfaro"),
        ("https://www1.elfaro.example/", "elfaro"),
        ("https://es.elfaro.com/", "es-elfaro"),
        ("https://www.bbc.com/mundo", "bbc-mundo"),
        ("https://elfaro.co.uk/index.html", "elfaro"),
        ("https://niño.cl/", "nino"),
        ("http://127.0.0.1:8000/", "127-0-0-1-8000"),
        ("http://localhost/", "localhost"),
    ],
)
def test_an_id_is_made_of_the_host(homepage: str, name: str) -> None:
    assert source_id(homepage) == name


def test_an_id_that_is_taken_gets_a_number() -> None:
    assert source_id("https://elfaro.com/", {"elfaro", "elfaro-2"}) == "elfaro-3"
