"""Articles in files of other people's making become entries, or the line at fault is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import ParseFailed
from ingest.models import Entry, article_id
from ingest.parse import Imported, read_import

DATA = Path(__file__).parents[1] / "data/imports"
SEED = Path(__file__).parents[2].parent / "shared/corpora/seed/venezuelanalysis-15458.txt"
A, B = "https://harbour.example/a", "https://harbour.example/b"
LONG = "The harbour was closed on Monday after crews walked out at dawn, the port authority said."
OTHER = "Fog kept the smaller boats at their moorings as well, according to the town’s own forecaster."


def read(content: bytes | str, name: str = "file", url: str = "") -> list[Imported]:
    return list(read_import(content.encode() if isinstance(content, str) else content, name, url=url))


def entries(content: bytes | str, name: str = "file", url: str = "") -> list[Entry]:
    return [imported.entry for imported in read(content, name, url)]


def only(content: bytes | str, name: str = "file", url: str = "") -> Entry:
    (entry,) = entries(content, name, url)
    return entry


def lines(*text: str) -> str:
    return "\n".join(text) + "\n"


def html(*paragraphs: str) -> str:
    return "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


# ── scraped text ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_of_scrapes_gives_each_article_with_its_repeats() -> None:
    first, second = entries((DATA / "two-articles.txt").read_bytes())
    assert (first.url, first.published, first.title) == (
        "https://harbour.example/news/1001",
        "Feb 21, 2022, 22:22 pm",
        "",
    )
    assert first.content.count("<p>") == 5
    assert first.content.count("Fog kept") == 2
    assert (second.url, second.published) == ("https://harbour.example/news/1002", "22 de febrero de 2022")
    assert second.title == "Library opens its doors after nine years"
    assert second.content.startswith("<p>The town’s new library")
    assert "fish market &amp; beyond" in second.content
    assert second.content.count("<p>") == 2


def test_a_date_line_is_optional() -> None:
    assert only(lines(LONG, OTHER, A)) == Entry(url=A, content=html(LONG, OTHER))


def test_a_repeated_tail_without_its_address_stays_with_its_article() -> None:
    first, second = entries(lines(LONG, OTHER, A, OTHER, "May 3, 2022", "Another article altogether.", B))
    assert first.content == html(LONG, OTHER, OTHER)
    assert (second.url, second.published, second.content) == (B, "May 3, 2022", html("Another article altogether."))


def test_a_different_address_starts_the_next_article_even_without_a_date() -> None:
    first, second = entries(lines(LONG, A, LONG, OTHER, B))
    assert (first.content, second.content) == (html(LONG, LONG), html(OTHER))


def test_the_same_text_at_another_address_is_another_article() -> None:
    assert [entry.url for entry in entries(lines("May 3, 2022", LONG, A, "May 3, 2022", LONG, B))] == [A, B]


def test_a_new_date_below_the_same_address_is_a_new_article() -> None:
    first, second = entries(lines("May 3, 2022", LONG, A, "May 4, 2022", OTHER, A))
    assert (first.published, second.published) == ("May 3, 2022", "May 4, 2022")


def test_an_address_above_the_only_article_serves_it_too() -> None:
    assert only(lines(f"Source: {A}", "3 May 2022", LONG, OTHER)) == Entry(
        url=A, published="3 May 2022", content=html(LONG, OTHER)
    )


def test_an_address_given_by_hand_serves_a_text_without_one_and_corrects_one() -> None:
    assert only(lines(LONG, OTHER), url=A).url == A
    assert only(lines(LONG, OTHER, B), url=A) == Entry(url=A, content=html(LONG, OTHER))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (lines("Fog closes harbour", LONG, OTHER, A), "Fog closes harbour"),
        (lines("Fog closes harbour", "May 3, 2022", LONG, OTHER, A), "Fog closes harbour"),
        (lines("Fog closes harbour", "", LONG, "", "Short.", "", A), "Fog closes harbour"),
        (lines("Fog closed the harbour.", LONG, OTHER, A), ""),
        (lines("“Fog closed the harbour.”", LONG, OTHER, A), ""),
        (lines("Fog closes harbour", "Short.", LONG, A), ""),
        (lines("fog " * 50, LONG * 4, A), ""),
        (lines("Fog closes harbour", A), ""),
    ],
)
def test_a_first_line_is_the_title_only_where_it_is_clearly_one(text: str, title: str) -> None:
    entry = only(text)
    assert entry.title == title
    assert ("Fog closes harbour" in entry.content) == ("Fog closes harbour" in text and not title)


@pytest.mark.parametrize(
    "date",
    [
        "Feb 21, 2022, 22:22 pm",
        "21 de febrero de 2022",
        "21. Februar 2022, 10:22 Uhr",
        "le 21 février 2022 à 10h22",
        "2022-02-21T10:00:00Z",
        "21/02/2022",
        "2022年2月21日",
        "Published: Feb 21st 2022 at 10:22 pm",
    ],
)
def test_a_date_line_is_known_in_many_forms(date: str) -> None:
    assert only(lines(date, LONG, A)) == Entry(url=A, published=date, content=html(LONG))


@pytest.mark.parametrize("line", ["Protests of 2022", "10-12 people died in 2022.", "2022", "In May 2022 he left"])
def test_a_line_that_mentions_a_date_is_text(line: str) -> None:
    assert only(lines(line, A)).content == html(line)


@pytest.mark.parametrize(
    ("text", "url", "says"),
    [
        (lines(LONG, OTHER), "", "text.txt: no address; add a line with the article's URL, or use --url"),
        (lines(LONG, A, "May 3, 2022", OTHER), "", "text.txt: line 3: text without an address"),
        (lines(LONG, A, OTHER, B, "A third text."), "", "text.txt: line 5: text without an address"),
        (lines(A, LONG, B, OTHER), "", "text.txt: line 1: an address without text"),
        (lines(LONG, A, OTHER, B), A, "text.txt: holds 2 articles; --url fits a file with one"),
        ("  \n ", "", "text.txt: the file is empty"),
    ],
)
def test_a_text_that_cannot_be_divided_names_the_line_and_the_remedy(text: str, url: str, says: str) -> None:
    with pytest.raises(ParseFailed) as failed:
        read(text, "text.txt", url)
    assert str(failed.value).startswith(says)
    assert not failed.value.again


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_of_a_text_survive(encoding: str) -> None:
    assert only(lines("“Año” de lluvias.", A).encode(encoding)).content == html("“Año” de lluvias.")


@pytest.mark.skipif(not SEED.is_file(), reason=f"{SEED} is absent")
def test_the_real_scrape_is_one_article_of_18_paragraphs_17_of_them_twice() -> None:
    entry = only(SEED.read_bytes())
    paragraphs = entry.content.split("\n")
    assert entry.url == "https://venezuelanalysis.com/news/15458"
    assert (entry.published, entry.title) == ("Feb 21, 2022, 22:22 pm", "")
    assert (len(paragraphs), len(set(paragraphs))) == (35, 18)


# ── JSON Lines ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_json_lines_say_all_they_know_about_an_article() -> None:
    raw = {
        "url": A,
        "title": "Fog &amp; ferries",
        "text": "One < two.\n\nThree.",
        "published": "2022-02-21",
        "authors": ["Ada Quay", {"name": "Bo Mast"}, "Ada Quay"],
        "language": "en",
        "summary": "Short.",
        "tags": ["sea"],
        "image": "/fog.jpg",
    }
    assert only(json.dumps(raw)) == Entry(
        url=A,
        title="Fog & ferries",
        content="<p>One &lt; two.</p>\n<p>Three.</p>",
        published="2022-02-21",
        authors=("Ada Quay", "Bo Mast"),
        language="en",
        summary="Short.",
        tags=("sea",),
        image="https://harbour.example/fog.jpg",
    )


@pytest.mark.parametrize(
    "raw",
    [
        {"link": A, "body": "Text.", "date": "2022", "author": "Ada"},
        {"canonical_url": A, "maintext": "Text.", "date_publish": "2022", "authors": ["Ada"]},
        {"source_url": A, "content": "<p>Text.</p>", "published_at": 2022, "author": {"name": "Ada"}},
        {
            "entry": "1-0",
            "event": "created",
            "article": {"url": A, "text": "Text.", "published": "2022", "authors": ["Ada"]},
        },
    ],
)
def test_the_names_that_others_use_are_understood(raw: dict[str, Any]) -> None:
    assert only(json.dumps(raw)) == Entry(url=A, content="<p>Text.</p>", published="2022", authors=("Ada",))


def test_html_in_json_is_the_page() -> None:
    (imported,) = read(json.dumps({"url": A, "html": "<html>Año</html>"}))
    assert imported == Imported(entry=Entry(url=A), page="<html>Año</html>".encode())


def test_html_that_is_no_page_is_the_body_where_nothing_else_is_or_where_it_is_our_own() -> None:
    ours, theirs = {"url": A, "id": article_id(A)}, {"url": A}
    body, said = {"html": "<p><b>Fog</b>.</p>"}, {"text": "Fog."}
    contents = [only(json.dumps({**known, **body})).content for known in (theirs, theirs | said, ours | said)]
    assert contents == ["<p><b>Fog</b>.</p>", "<p>Fog.</p>", "<p><b>Fog</b>.</p>"]


def test_an_array_and_one_object_over_many_lines_are_read_too() -> None:
    listed = [{"url": A}, {"url": B}]
    assert [entry.url for entry in entries(json.dumps(listed, indent=1))] == [A, B]
    assert only(json.dumps({"url": A}, indent=1), "one.json").url == A


def test_what_stands_before_a_bad_line_is_still_handed_out() -> None:
    reading = read_import(lines(json.dumps({"url": A}), "", '{"url": ').encode(), "x.jsonl")
    assert next(reading).entry.url == A
    with pytest.raises(ParseFailed, match=r"x\.jsonl: line 3: not JSON"):
        next(reading)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (lines('{"url": "https://a.example/"}', "oops"), "x.jsonl: line 2: not JSON"),
        (lines('{"title": "t"}'), 'x.jsonl: line 1: no address; add "url"'),
        (lines('{"url": "/a"}'), "x.jsonl: line 1: '/a' is not an http(s) address"),
        (lines('"text"'), "x.jsonl: line 1: not an object"),
        ('[{"url": "https://a.example/"}, {}]', "x.jsonl: entry 2: no address"),
        ('[{"url": "https://a.example/"},\n {]', "x.jsonl: line 2: not JSON"),
        ('{"url": ' + "[" * 100_000, "x.jsonl: line 1: "),
    ],
)
def test_a_bad_line_is_named_with_what_is_missing(content: str, says: str) -> None:
    with pytest.raises(ParseFailed) as failed:
        read(content, "x.jsonl")
    assert str(failed.value).startswith(says)


# ── saved pages ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "head",
    [
        f'<link rel="canonical" href="{A}"><meta property="og:url" content="{B}">',
        f'<link rel="canonical" href="/a"><meta property="og:url" content="{A}">',
        f"<!-- saved from url=(0025){A} -->",
        f"<!--\n Page saved with SingleFile \n url: {A} \n saved date: today -->",
    ],
)
def test_a_saved_page_says_its_address(head: str) -> None:
    page = f"<!DOCTYPE html>\n<html><head>{head}</head><body><p>Text.</p></body></html>".encode()
    assert read(page) == [Imported(entry=Entry(url=A), page=page)]


def test_an_address_given_by_hand_wins_over_the_page() -> None:
    assert only(f'<html><link rel="canonical" href="{B}"></html>', url=A).url == A


def test_a_page_without_an_address_asks_for_one() -> None:
    with pytest.raises(ParseFailed, match=r"page\.html: the page does not say its address .* use --url"):
        read("<html><p>Text.</p></html>", "page.html")
