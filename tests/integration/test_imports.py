"""Articles from files, all the way through: each is published once, whatever its shape and however often it comes."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.context import Context
from ingest.errors import ParseFailed, UnknownName
from ingest.fetch import Fetcher
from ingest.inline import work_off
from ingest.models import Article, article_id
from ingest.settings import RetentionSettings, Settings, default_config, load
from ingest.store import EmbeddedServer, Store, open_store
from ingest.ticket import Progress
from ingest.wire import Wire
from tests.conftest import CORPORA, WriteConfig, needs_corpora
from tests.integration.making import text
from workers.demo.outlet import Outlet

DATA = Path(__file__).parents[1] / "data" / "imports"
SEED = CORPORA / "seed" / "venezuelanalysis-15458.txt"
CARACAS = ZoneInfo("America/Caracas")

Import = Callable[..., Progress]


@pytest.fixture
def settings(outlet: Outlet, write_config: WriteConfig) -> Settings:
    return write_config(outlet)


def imports(settings: Settings, store: Store, file: Path, source: str | None = None, url: str = "") -> Progress:
    """What `teletipo import` does where no newswire runs."""
    fetcher = Fetcher(settings.fetch)
    try:
        return work_off(Context(settings, store, fetcher), Wire(settings, store).import_file(file, source, url))
    finally:
        fetcher.close()


@pytest.fixture
def put_through(settings: Settings, store: Store, outlet: Outlet) -> Iterator[Import]:
    """Import a file; whatever it is, nothing is asked of any outlet."""
    yield lambda *more: imports(settings, store, *more)
    assert outlet.asked == []


def published(store: Store) -> list[tuple[str, int, str]]:
    return [(one.url, one.revision, one.event) for one in store.read_queue("all", "0", 1000)]


def only(store: Store) -> Article:
    (article,) = store.articles()
    return article


# ── the articles that come twice in their file ───────────────────────────────────────────────────────────────────────


@needs_corpora
def test_the_capture_that_started_it_all_is_one_article_and_nothing_the_second_time(
    store: Store, tmp_path: Path
) -> None:
    """A scrape from 2022 in which the body stands twice, the second time without its lead."""
    settings = load(default_config(), tmp_path)
    assert imports(settings, store, SEED, "venezuelanalysis").outcomes == {"created": 1}
    assert published(store) == [("https://venezuelanalysis.com/news/15458", 1, "created")]
    article = only(store)
    paragraphs = article.text.split("\n\n")
    assert (len(paragraphs), len(set(paragraphs))) == (18, 18)
    assert len(article.text.split()) == article.words == 580
    assert paragraphs[0].startswith("Venezuela has strengthened bilateral ties with Russia")
    assert paragraphs[-1].startswith("Defense Minister Padrino López clarified")
    assert (article.id, article.url) == (article_id(article.url), "https://venezuelanalysis.com/news/15458")
    assert article.published == datetime(2022, 2, 21, 22, 22, tzinfo=CARACAS)
    assert article.published_raw == "Feb 21, 2022, 22:22 pm"
    assert (article.source, article.language) == ("venezuelanalysis", "en")
    again = imports(settings, store, SEED, "venezuelanalysis")
    assert (again.done, again.entries) == (True, 0)
    assert len(published(store)) == 1


def test_a_text_whose_tail_was_captured_twice_is_one_article_without_repeats(put_through: Import, store: Store) -> None:
    assert put_through(DATA / "two-articles.txt", "outlet").outcomes == {"created": 2}
    first, second = (store.article(article_id(f"https://harbour.example/news/{number}")) for number in (1001, 1002))
    assert first
    assert second
    assert [paragraph[:12] for paragraph in first.text.split("\n\n")] == [
        "The harbour ",
        "“Nobody sail",
        "Fog kept the",
    ]
    assert first.published == datetime(2022, 2, 21, 22, 22, tzinfo=CARACAS)
    assert second.published == datetime(2022, 2, 22, tzinfo=CARACAS)
    assert second.title == "Library opens its doors after nine years"
    assert "fish market & beyond" in second.text


def test_a_page_whose_body_was_captured_twice_is_one_article_without_repeats(put_through: Import, store: Store) -> None:
    assert put_through(DATA / "captured-twice.html").outcomes == {"created": 1}
    article = only(store)
    paragraphs = article.text.split("\n\n")
    assert [paragraph.split()[0] for paragraph in paragraphs] == ["The", "“It", "The", "A", "Until"]
    assert paragraphs[-1].endswith("as they did before there was a clock at all.")
    assert article.url == "https://harbour.example/news/1003"
    assert article.title.startswith("Tide clock stops after ninety years")
    assert article.authors == ("Inés Robledo",)
    assert article.published == datetime(2022, 2, 23, 8, 15, tzinfo=CARACAS)
    assert article.source == "harbour.example", "no source is said, and none has this host"


# ── again ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def jsonl(file: Path, *records: object) -> Path:
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    return file


def record(number: int, **more: str) -> dict[str, str]:
    return {
        "url": f"https://harbour.example/{number}",
        "title": f"Letter {number}",
        "text": f"{text(number)}\n\n{text(number + 500)}",
        "published": "2022-02-21T22:22:00Z",
        **more,
    }


@pytest.mark.parametrize("shape", ["text", "page", "json lines"])
def test_importing_again_publishes_nothing(shape: str, put_through: Import, store: Store, tmp_path: Path) -> None:
    file = {
        "text": DATA / "two-articles.txt",
        "page": DATA / "captured-twice.html",
        "json lines": jsonl(tmp_path / "letters.jsonl", record(1), record(2)),
    }[shape]
    assert put_through(file).done
    before = published(store)
    assert before
    again = put_through(file)
    assert (again.done, again.entries, again.errors) == (True, 0, ())
    assert published(store) == before


@pytest.mark.parametrize("file", [DATA / "two-articles.txt", DATA / "captured-twice.html"])
def test_nor_does_it_years_later_when_the_entry_is_forgotten(
    file: Path, settings: Settings, server: EmbeddedServer, store: Store
) -> None:
    brief = open_store(server.url, store.keys.prefix, RetentionSettings(entry_days=1e-9))
    imports(settings, brief, file)
    before = published(store)
    assert set(imports(settings, brief, file).outcomes) <= {"unchanged"}
    assert published(store) == before
    brief.close()


def test_json_lines_are_articles_as_they_say(put_through: Import, store: Store, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "letters.jsonl", record(1, author="Ana Peña", language="en"), record(2))
    assert put_through(file, "outlet").outcomes == {"created": 2}
    article = store.article(article_id("https://harbour.example/1"))
    assert article
    assert (article.title, article.authors, article.source) == ("Letter 1", ("Ana Peña",), "outlet")
    assert article.text == f"{text(1)}\n\n{text(501)}"
    assert article.published == datetime(2022, 2, 21, 18, 22, tzinfo=CARACAS)


def test_other_words_are_the_next_revision(put_through: Import, store: Store, tmp_path: Path) -> None:
    put_through(jsonl(tmp_path / "a.jsonl", record(1)))
    assert put_through(jsonl(tmp_path / "b.jsonl", record(1, text=text(7)), record(2))).outcomes == {
        "updated": 1,
        "created": 1,
    }
    assert published(store)[:2] == [
        ("https://harbour.example/1", 1, "created"),
        ("https://harbour.example/1", 2, "updated"),
    ]


def test_a_page_that_was_saved_again_after_a_correction_is_the_next_revision(
    put_through: Import, store: Store, tmp_path: Path
) -> None:
    put_through(DATA / "captured-twice.html")
    corrected = tmp_path / "saved-again.html"
    corrected.write_text((DATA / "captured-twice.html").read_text().replace("ninety", "ninety-one"))
    assert put_through(corrected).outcomes == {"updated": 1}
    assert "ninety-one" in only(store).title


def test_the_same_article_twice_in_one_file_is_one_article(put_through: Import, store: Store, tmp_path: Path) -> None:
    progress = put_through(jsonl(tmp_path / "letters.jsonl", record(1), record(1)))
    assert (progress.entries, progress.outcomes) == (1, {"created": 1})
    assert len(published(store)) == 1


def test_the_same_body_at_two_addresses_of_one_file_is_an_article_and_a_duplicate(
    put_through: Import, store: Store, tmp_path: Path
) -> None:
    file = jsonl(tmp_path / "letters.jsonl", record(1), record(2, text=record(1)["text"], title=record(1)["title"]))
    assert put_through(file).outcomes == {"created": 1, "duplicate": 1}


# ── addresses, sources, and what cannot be imported ──────────────────────────────────────────────────────────────────


def test_an_address_is_cleaned_and_a_source_is_told_from_it(
    put_through: Import, store: Store, tmp_path: Path, outlet: Outlet
) -> None:
    put_through(jsonl(tmp_path / "letters.jsonl", record(1, url=f"{outlet.url}/a?utm_source=mail#top")))
    assert (only(store).url, only(store).source) == (f"{outlet.url}/a", "outlet")


def test_a_page_that_does_not_say_its_address_is_given_one(put_through: Import, store: Store, tmp_path: Path) -> None:
    saved = tmp_path / "saved.html"
    html = (DATA / "captured-twice.html").read_text()
    saved.write_text("\n".join(line for line in html.splitlines() if "canonical" not in line))
    with pytest.raises(ParseFailed, match="use --url"):
        put_through(saved)
    put_through(saved, None, "https://harbour.example/by-hand")
    assert only(store).url == "https://harbour.example/by-hand"


def test_a_source_that_is_not_there_is_refused_with_the_nearest_and_nothing_is_imported(
    put_through: Import, store: Store
) -> None:
    with pytest.raises(UnknownName, match="no source is called 'outlt'; did you mean 'outlet'"):
        put_through(DATA / "two-articles.txt", "outlt")
    assert store.due_counts() == {"fetch": 0, "process": 0}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('{"url": "https://harbour.example/1", "text": "One."}\n{"text": "Two."}\n', "line 2: no address"),
        ("The harbour was closed.\nhttps://[harbour/1\n", "no http or https address"),
        ("", "the file is empty"),
    ],
)
def test_a_fault_in_the_file_is_told_and_nothing_of_it_is_imported(
    content: str, fault: str, put_through: Import, store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "letters.txt"
    file.write_text(content)
    with pytest.raises(ParseFailed, match=rf"letters\.txt: .*{fault}"):
        put_through(file)
    assert store.due_counts() == {"fetch": 0, "process": 0}


def test_a_page_without_an_article_is_dead_in_the_end_and_says_why(
    outlet: Outlet, store: Store, tmp_path: Path, write_config: WriteConfig
) -> None:
    page = tmp_path / "stub.html"
    page.write_text("<html><title>Subscribe</title><p>Subscribe to read on.</p></html>")
    settings = write_config(outlet, main="[schedule]\nattempts = 1\n")
    progress = imports(settings, store, page, url="https://harbour.example/stub")
    assert (progress.done, progress.outcomes) == (True, {"dead": 1})
    assert "a paywall leaves no lead of the article" in progress.errors[0]
    assert published(store) == []
