"""export: articles into a file."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, get_args

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ingest import export as exports
from ingest.cli.group import Place, complaints, opened, pass_place
from ingest.deliver import Filter
from ingest.models import Article, article_from_json
from ingest.settings import QueueSettings, Settings
from ingest.store import Place as Moment
from ingest.store import Store

BATCH = 500


class _Time(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return datetime.fromisoformat(value).astimezone()
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no time; write 2026-11-01 or 2026-11-01T08:00", param, ctx)


class _Shaped(click.ParamType[str]):
    """A value of a queue's filter, of the same shape as there."""

    def __init__(self, name: str, shape: str, example: str) -> None:
        self.name, self._shape, self._example = name, shape, example

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(self._shape, value):
            self.fail(f"{value!r} is no {self.name}; write one such as {self._example}", param, ctx)
        return value


_LANGUAGE = _Shaped("language", r"[a-z]{2}", "es")
_COUNTRY = _Shaped("country", r"[A-Z]{2}", "VE")
_WORDS = _Shaped("word or phrase", r"[^*]*\w[^*]*\*?", '"petróleo" or "sancion*"')


@click.command()
@click.option("--format", "kind", type=click.Choice(get_args(exports.Format)), help="Told from --output, else jsonl.")
@click.option("--source", "sources", multiple=True, help="Of this outlet; like the others, may be said many times.")
@click.option("--language", "languages", multiple=True, type=_LANGUAGE, help="In this language, such as es.")
@click.option("--country", "countries", multiple=True, type=_COUNTRY, help="From this country, such as VE.")
@click.option("--topic", "topics", multiple=True, help="About this topic.")
@click.option("--words", multiple=True, type=_WORDS, help="With this word, phrase or beginning* in title or text.")
@click.option("--since", type=_Time(), help="Published at this time or after it, such as 2026-11-01.")
@click.option("--until", type=_Time(), help="Published before this time.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output if left out.")
@pass_place
def export(
    place: Place,
    kind: exports.Format | None,
    sources: tuple[str, ...],
    languages: tuple[str, ...],
    countries: tuple[str, ...],
    topics: tuple[str, ...],
    words: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    output: Path | None,
) -> None:
    """Write articles as JSON Lines, CSV or Parquet, the newest first.

    \b
    Example:  teletipo export --language es --since 2026-11-01 --output november.parquet
              teletipo export --words "petróleo" --words "sancion*" | gzip > oil.jsonl.gz
    """
    settings = place.settings()
    wanted = QueueSettings(source=sources, language=languages, country=countries, topics=topics, words=words)
    _check(settings, wanted)
    form = kind or _told(output)
    if form == "parquet" and output is None and sys.stdout.isatty():
        raise click.UsageError("Parquet is no text for a terminal; name a file with --output")
    with opened(settings) as wire, _opened(output) as out:
        writer = exports.writer(form, out)
        written = 0
        for article in _found(wire.store, wanted, since, until):
            writer.write(article)
            written += 1
        writer.close()
    complaints.print(f"{written} articles written" + (f" into {output}" if output else ""), soft_wrap=True)


def _check(settings: Settings, wanted: QueueSettings) -> None:
    for source in wanted.source:
        if "." not in source:  # one with a dot is a host, of articles fetched by hand
            settings.source(source)


def _told(output: Path | None) -> exports.Format:
    """The format that the file's name says."""
    suffix = output.suffix.removeprefix(".").lower() if output else ""
    return next((form for form in get_args(exports.Format) if form == suffix), "jsonl")


def _found(store: Store, wanted: QueueSettings, since: datetime | None, until: datetime | None) -> Iterator[Article]:
    """The articles, with a bar that says how many were looked at."""
    taking = Filter(wanted)
    since_ms, until_ms = (None if moment is None else moment.timestamp() * 1000 for moment in (since, until))
    source = wanted.source[0] if len(wanted.source) == 1 else None
    place = None if until_ms is None else Moment(until_ms, "")
    with Progress(
        TextColumn("articles"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
        console=complaints,
    ) as bar:  # fmt: skip
        line = bar.add_task("", total=store.count_articles(source, since_ms, until_ms))
        while batch := store.articles_before(place, BATCH, source=source, since_ms=since_ms):
            for _, kept in batch:
                if kept and taking.takes(article := article_from_json(kept)):
                    yield article
            bar.advance(line, len(batch))
            place = batch[-1][0]


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that is there only when it is whole."""
    if output is None:
        yield sys.stdout.buffer
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
