"""The records: their ids can be computed by anyone, and their JSON reads back as what was written."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.models import (
    Article,
    Entry,
    Extraction,
    Listing,
    Source,
    article_from_json,
    article_id,
    short_hash,
    to_json,
)

NOW = datetime(2022, 2, 21, 22, 22, tzinfo=UTC)
SOURCE = Source(
    id="harbour", name="Harbour Post", homepage="https://h.example/", language="en", country="GB", timezone="UTC"
)


def article(**fields: Any) -> Article:
    known: dict[str, Any] = {
        "id": "1",
        "revision": 1,
        "url": "https://harbour.example/a",
        "source": "harbour",
        "title": "Fog",
        "text": "Fog closed the bay.",
        "fetched": NOW,
        "sorted": NOW,
        "extraction": Extraction(method="feed"),
    }
    return Article(**{**known, **fields})


# ── ids ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="there is no sha256sum here")
@pytest.mark.parametrize(
    "url",
    ["https://harbour.example/a", "https://harbour.example/?q=100%25&n='x'#\"$HOME\"", "https://harbour.example/año"],
)
def test_an_articles_id_is_what_the_shell_computes(url: str) -> None:
    command = 'printf %s "$URL" | sha256sum | cut -c1-16'
    shell = subprocess.run(
        ["sh", "-c", command], env={"URL": url, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )
    assert article_id.__doc__ is not None
    assert command in article_id.__doc__
    assert article_id(url) == shell.stdout.strip()


def test_an_id_never_changes() -> None:
    """What subscribers have kept must still be found; the digits are those of sha256sum."""
    assert article_id("https://harbour.example/a") == "a9661087b0cb6729"


@given(st.text())
def test_any_text_has_an_id_of_sixteen_hexadecimal_digits(url: str) -> None:
    assert len(article_id(url)) == 16
    assert set(article_id(url)) <= set("0123456789abcdef")


def test_a_half_character_has_a_hash_of_its_own() -> None:
    assert short_hash("\ud83d") != short_hash("\ud83e")


def test_an_entrys_id_is_that_of_its_address() -> None:
    assert Entry(url="https://harbour.example/a", guid="7").id == article_id("https://harbour.example/a")


# ── what a change is ─────────────────────────────────────────────────────────────────────────────────────────────────

ENTRY = Entry(
    url="https://harbour.example/a", title="Fog", authors=("Ana",), summary="Fog closed", content="<p>Fog</p>"
)


@pytest.mark.parametrize(
    "change", [{"title": "Mist"}, {"authors": ("Ana", "John")}, {"summary": "Fog opened"}, {"content": "<p>Mist</p>"}]
)
def test_an_entry_changes_with_its_words(change: dict[str, Any]) -> None:
    assert msgspec.structs.replace(ENTRY, **change).hash != ENTRY.hash


@pytest.mark.parametrize(
    "change", [{"updated": "2023"}, {"published": "2023"}, {"tags": ("fog",)}, {"image": "/a.jpg"}]
)
def test_an_entry_does_not_change_with_a_date_alone(change: dict[str, Any]) -> None:
    assert msgspec.structs.replace(ENTRY, **change).hash == ENTRY.hash


@pytest.mark.parametrize("change", [{"title": "Mist"}, {"authors": ("Ana",)}, {"text": "Fog opened the bay."}])
def test_an_article_is_revised_when_its_words_change(change: dict[str, Any]) -> None:
    assert article(**change).content_hash != article().content_hash


@pytest.mark.parametrize(
    "change", [{"published": NOW}, {"updated": NOW}, {"tags": ("fog",)}, {"url": "https://x.example/"}]
)
def test_an_article_is_not_revised_for_a_date(change: dict[str, Any]) -> None:
    assert article(**change).content_hash == article().content_hash


def test_words_that_move_between_fields_are_a_change() -> None:
    assert article(title="Fog", authors=("Ana",)).content_hash != article(title="Fog Ana").content_hash
    assert article(authors=("Ana", "John")).content_hash != article(authors=("Ana John",)).content_hash


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
MOMENTS = st.datetimes(timezones=st.just(UTC))
ARTICLES = st.builds(
    Article,
    id=TEXT,
    revision=st.integers(1, 1000),
    url=TEXT,
    source=TEXT,
    title=TEXT,
    text=TEXT,
    authors=TEXTS,
    published=st.none() | MOMENTS,
    updated=st.none() | MOMENTS,
    fetched=MOMENTS,
    sorted=MOMENTS,
    language=TEXT,
    tags=TEXTS,
    words=st.integers(0, 10**6),
    addresses=TEXTS,
    extraction=st.builds(
        Extraction, method=TEXT, partial=st.booleans(), evidence=st.dictionaries(TEXT, TEXT, max_size=3)
    ),
)


@given(ARTICLES)
@example(article(title="«¿Niebla?» 🚢 \u2028 \x00"))
def test_an_article_reads_back_from_its_json_as_it_was(written: Article) -> None:
    assert article_from_json(to_json(written)) == written
    assert article_from_json(to_json(written).decode("utf-8")) == written
    assert b"\n" not in to_json(written), "one line an article, as `tail --json` prints it"


def test_times_are_iso_8601_in_utc() -> None:
    written = json.loads(to_json(article(published=NOW)))
    assert written["published"] == written["fetched"] == "2022-02-21T22:22:00Z"
    assert written["updated"] is None


def test_every_field_is_in_the_json_whether_or_not_it_was_found() -> None:
    assert set(json.loads(to_json(article()))) == set(Article.__struct_fields__)


def test_a_field_that_a_later_version_added_is_ignored() -> None:
    later = {**json.loads(to_json(article())), "mood": "foggy"}
    assert article_from_json(json.dumps(later)) == article()


@pytest.mark.parametrize("broken", [b"{}", b"[]", b'{"id": 7}', b"not json", b""])
def test_what_is_no_article_is_a_validation_error_or_not_json(broken: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        article_from_json(broken)


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        article().title = "Mist"  # type: ignore[misc]


# ── a source's feeds ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_source_polls_its_feeds_then_sitemaps_then_posts_of_wordpress_then_listings() -> None:
    listing = Listing(url="https://h.example/news", entry="article")
    source = msgspec.structs.replace(
        SOURCE,
        feeds=("https://h.example/rss", "https://h.example/atom"),
        sitemaps=("https://h.example/sitemap.xml",),
        wordpress=("https://h.example/wp-json/wp/v2/posts",),
        listings=(listing,),
    )
    polled = source.polled()
    assert [(feed.kind, feed.url) for feed in polled] == [
        ("feed", "https://h.example/rss"),
        ("feed", "https://h.example/atom"),
        ("sitemap", "https://h.example/sitemap.xml"),
        ("wordpress", "https://h.example/wp-json/wp/v2/posts"),
        ("listing", "https://h.example/news"),
    ]
    assert [feed.listing for feed in polled] == [None, None, None, None, listing]
    assert [feed.address == feed.url for feed in polled] == [True, True, True, False, True]
    assert {feed.source for feed in polled} == {"harbour"}


def test_a_feeds_id_names_its_source_and_stays_when_others_come_and_go() -> None:
    alone = msgspec.structs.replace(SOURCE, feeds=("https://h.example/rss",)).polled()
    among = msgspec.structs.replace(SOURCE, feeds=("https://h.example/new", "https://h.example/rss")).polled()
    assert among[1].id == alone[0].id
    assert alone[0].id.startswith("harbour:")
    assert len({feed.id for feed in among}) == 2


def test_a_source_without_feeds_polls_nothing() -> None:
    assert SOURCE.polled() == ()
