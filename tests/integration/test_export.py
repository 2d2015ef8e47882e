"""Articles leave as JSON Lines, CSV or Parquet by filter and time, and come back as the same articles."""

import csv
import html
import io
import json
import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ingest.export import writer
from ingest.models import Article, Copy, Note, Rights, article_from_json, to_json
from ingest.store import EmbeddedServer, open_store
from tests.command import Ended, run_command
from tests.conftest import config_folder
from tests.integration.making import NOW, A, article, text, to_process

SPRING = datetime(2026, 5, 1, 12, tzinfo=UTC)
COPY = Copy(of="1" * 16, first="2" * 16, first_source="agency", first_url=A, shared=0.75, covered=1.0)
ODD = 'Commas, "quotes", semicolons; = and\n\na second paragraph: año, «Ñandú», 🌊.\u2028Line.'

Teletipo = Callable[..., Ended]


def bold(body: str) -> str:
    return "".join(f"<p><b>{html.escape(paragraph)}</b></p>" for paragraph in body.split("\n\n"))


def made() -> list[Article]:
    return [
        article(
            f"{A}/{number}",
            f"{text(number)} {ODD}",
            html=bold(f"{text(number)} {ODD}") if number == 3 else "",
            title=f'=1+1; "Title", {number}',
            source="outlet" if number % 2 else "other.example",
            language="es" if number % 3 else "en",
            country="VE" if number < 4 else "CO",
            authors=("Ana Marín", "José Gil"),
            topics=("energy",) if number == 5 else (),
            tags=("wire",),
            keywords=("Petróleo",),
            published=SPRING + timedelta(days=number, microseconds=3) if number else None,
            fetched=NOW,
            sorted=SPRING + timedelta(days=number),
            notes=(Note(kind="correction", text="An earlier version had 12 boats."),) if number == 2 else (),
            copy_of=COPY if number == 4 else None,
            rights=Rights(train="refused", free=False, evidence={"meta robots": "noai"}) if number == 1 else Rights(),
        )
        for number in range(6)
    ]


@pytest.fixture
def articles(tmp_path: Path) -> list[Article]:
    """Six articles in an embedded store of the command's own."""
    with EmbeddedServer(tmp_path / "data", 0) as server:
        store = open_store(server.url)
        for each in (found := made()):
            assert store.commit(to_process(store, each.url), each, ["all"]).outcome == "created"
        store.close()
    return found[::-1]


@pytest.fixture
def teletipo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: Any) -> Teletipo:
    config = config_folder(tmp_path / "config", "https://outlet.example", main="[store]\nport = 0\n")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, data: str = "data") -> Ended:
        ended = run_command(monkeypatch, capsysbinary, "--config", config, "--data", tmp_path / data, *arguments)
        return Ended(ended.code, *(told.decode() for told in ended[1:]))  # type: ignore[attr-defined]

    return call


def read_lines(told: str) -> list[Article]:
    return [article_from_json(line) for line in told.split("\n")[:-1]]


def test_json_lines_are_the_articles_themselves_the_newest_first(teletipo: Teletipo, articles: list[Article]) -> None:
    ended = teletipo("export")
    assert ended.code == 0, ended.err
    assert read_lines(ended.out) == articles
    assert "6 articles written" in ended.err


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--source", "outlet"], [5, 3, 1]),
        (["--source", "outlet", "--source", "other.example"], [5, 4, 3, 2, 1, 0]),
        (["--language", "en"], [3, 0]),
        (["--country", "CO", "--language", "es"], [5, 4]),
        (["--topic", "energy"], [5]),
        (["--words", "letter 2", "--words", "letter 4"], [4, 2]),
        (["--words", "nandu"], []),
        (["--words", "ñan*", "--source", "outlet"], [5, 3, 1]),
        (["--since", "2026-05-04T12:00+00:00"], [5, 4, 3]),
        (["--since", "2026-05-03T12:00Z", "--until", "2026-05-05T12:00Z"], [3, 2]),
        (["--until", "2026-05-01T12:00Z"], []),
    ],
    ids=lambda options: " ".join(map(str, options)),
)
def test_only_what_is_asked_for_is_written(
    teletipo: Teletipo, articles: list[Article], options: list[str], numbers: list[int]
) -> None:
    found = read_lines(teletipo("export", *options).out)
    assert found == [articles[5 - number] for number in numbers]


def test_csv_has_a_row_for_each_article_and_a_column_for_each_field(
    teletipo: Teletipo, articles: list[Article], tmp_path: Path
) -> None:
    assert teletipo("export", "--output", "all.csv").code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "all.csv").read_bytes().decode(), newline="")))
    assert list(rows[0]) == [field.name for field in msgspec.structs.fields(Article)]
    for row, each in zip(rows, articles, strict=True):
        assert (row["id"], row["title"], row["text"], row["words"]) == (each.id, each.title, each.text, str(each.words))
        assert row["authors"] == "Ana Marín; José Gil"
        said = each.published.isoformat().replace("+00:00", "Z") if each.published else ""
        assert row["published"] == said
        assert json.loads(row["extraction"]) == json.loads(to_json(each.extraction))
        assert json.loads(row["notes"] or "[]") == json.loads(to_json(each.notes))
        assert json.loads(row["copy_of"] or "null") == json.loads(to_json(each.copy_of))


def test_parquet_has_typed_columns(teletipo: Teletipo, articles: list[Article], tmp_path: Path) -> None:
    from pyarrow import parquet, types

    ended = teletipo("export", "--format", "parquet", "--output", "all.bin")
    assert ended.code == 0, ended.err
    table = parquet.read_table(tmp_path / "all.bin")
    assert types.is_timestamp(table.schema.field("published").type)
    assert types.is_integer(table.schema.field("words").type)
    rows = table.to_pylist()
    for row, each in zip(rows, articles, strict=True):
        row["extraction"], row["copy_of"] = json.loads(row["extraction"]), json.loads(row["copy_of"] or "null")
        row["rights"] = json.loads(row["rights"])
        row["notes"] = [json.loads(note) for note in row["notes"]]
        assert msgspec.convert(row, Article) == each


def test_an_export_that_is_imported_elsewhere_has_the_same_ids_and_words(
    teletipo: Teletipo, articles: list[Article], tmp_path: Path
) -> None:
    assert teletipo("export", "--output", "all.jsonl").code == 0
    assert "6 created" in teletipo("import", "all.jsonl", data="elsewhere").out
    again = {each.id: each for each in read_lines(teletipo("export", data="elsewhere").out)}
    assert again.keys() == {each.id for each in articles}
    for each in articles:
        back = again[each.id]
        assert (back.url, back.title, back.authors, back.published) == (
            each.url, each.title, each.authors, each.published
        )  # fmt: skip
        assert back.text.split() == each.text.split()
        assert back.keywords == each.keywords
        assert ("<b>" in back.html) == ("<b>" in each.html), "a body keeps its markup"


def test_articles_that_share_a_page_keep_their_own_ids_over_an_export(teletipo: Teletipo, tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path / "data", 0) as server:
        store = open_store(server.url)
        for number in range(3):
            each = article(f"{A}#{number}", text(number))
            assert store.commit(to_process(store, each.url), each, ["all"]).outcome == "created"
        store.close()
    (tmp_path / "all.jsonl").write_text(teletipo("export").out)
    teletipo("import", "all.jsonl", data="elsewhere")
    assert {each.url for each in read_lines(teletipo("export", data="elsewhere").out)} == {f"{A}#{n}" for n in range(3)}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--source", "outlit"], "did you mean 'outlet'?"),
        (["--language", "Spanish"], "'Spanish' is no language; write one such as es"),
        (["--country", "ve"], "'ve' is no country; write one such as VE"),
        (["--words", "*"], "'*' is no word or phrase"),
        (["--since", "yesterday"], "'yesterday' is no time; write 2026-11-01"),
        (["--format", "xml"], "'xml' is not one of"),
    ],
)
def test_a_bad_option_is_refused_with_its_remedy_and_nothing_is_written(
    teletipo: Teletipo, tmp_path: Path, options: list[str], said: str
) -> None:
    ended = teletipo("export", "--output", "all.jsonl", *options)
    assert ended.code == 2
    assert said in " ".join(ended.err.split())
    assert not list(tmp_path.glob("all.jsonl*"))


def test_without_pyarrow_it_says_how_to_get_it_and_leaves_no_file(
    teletipo: Teletipo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "all.parquet").write_bytes(b"what was there")
    ended = teletipo("export", "--output", "all.parquet")
    assert ended.code == 1
    assert "pip install 'teletipo[parquet]'" in ended.err
    assert [file.read_bytes() for file in tmp_path.glob("all.parquet*")] == [b"what was there"]


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_many_articles_need_no_more_memory_than_few(kind: Any) -> None:
    """Peaks of what Python holds; Arrow's own buffers are written out a row group at a time as well."""

    class Nowhere(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            return len(bytes(data))

    each = made()[1]

    def peak(count: int) -> int:
        tracemalloc.start()
        writing = writer(kind, Nowhere())  # type: ignore[arg-type]
        for number in range(count):
            writing.write(msgspec.structs.replace(each, text=f"{each.text} {number}"))
        writing.close()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(6000) < 1.5 * peak(1500) + 200_000


def test_times_are_in_utc_whatever_zone_they_are_asked_in(teletipo: Teletipo, articles: list[Article]) -> None:
    caracas = datetime(2026, 5, 4, 8, tzinfo=timezone(timedelta(hours=-4))).isoformat()
    assert len(read_lines(teletipo("export", "--since", caracas).out)) == 3
