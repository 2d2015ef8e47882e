"""sources: which outlets there are, and whether they answer."""

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import click
from rich.progress import track
from rich.table import Table

from ingest.cli.group import Place, complaints, console, one_line, pass_place
from ingest.errors import ParseFailed
from ingest.fetch import Fetcher
from ingest.models import Feed
from ingest.parse import parse

AT_ONCE = 16


class Checked(NamedTuple):
    """What one GET of a feed's address found."""

    feed: Feed
    ok: bool
    found: str


@click.group()
def sources() -> None:
    """The outlets that are watched.

    \b
    Example:  teletipo sources list
              teletipo sources check venezuelanalysis
    """


@sources.command("list")
@pass_place
def list_(place: Place) -> None:
    """Every source with its language, country, number of feeds and tags.

    \b
    Example:  teletipo sources list
    """
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("source", "name", "lang", "country", "feeds", "tags"):
        table.add_column(name, no_wrap=name not in {"name", "tags"})
    for source in place.settings().sources.values():
        feeds, tags = str(len(source.polled())), one_line(", ".join(source.tags))
        table.add_row(source.id, one_line(source.name), source.language, source.country, feeds, tags)
    console.print(table)


@sources.command()
@click.argument("names", nargs=-1, metavar="[SOURCE...]")
@pass_place
def check(place: Place, names: tuple[str, ...]) -> None:
    """Ask every address of these sources (all of them where none is named) once, and say what answered.

    Exits with 1 where one did not answer with a feed.

    \b
    Example:  teletipo sources check venezuelanalysis
    """
    settings = place.settings()
    chosen = [settings.source(name) for name in names] or list(settings.sources.values())
    fetcher = Fetcher(settings.fetch)
    feeds = [feed for source in chosen for feed in source.polled()]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda feed: _check(fetcher, feed), feeds)
        checked = list(track(answers, total=len(feeds), description="asking", console=complaints, transient=True))
    _print(checked)
    sys.exit(0 if all(answer.ok for answer in checked) else 1)


def _check(fetcher: Fetcher, feed: Feed) -> Checked:
    fetch = fetcher.get(feed.url)
    if not fetch.ok:
        return Checked(feed, False, f"{fetch.outcome}: {fetch.error}")
    try:
        parsed = parse(feed, fetch)
    except ParseFailed as error:
        return Checked(feed, False, str(error))
    moved = f", now at {fetch.url}" if fetch.url != feed.url else ""
    return Checked(feed, bool(parsed.entries), f"{len(parsed.entries)} entries in {fetch.elapsed:.1f} s{moved}")


def _print(checked: list[Checked]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("source", "", "address", "answer"):
        table.add_column(name, overflow="fold")
    for feed, ok, found in checked:
        table.add_row(feed.source, "[green]ok[/]" if ok else "[red]no[/]", feed.url, found)
    console.print(table)
    console.print(f"{sum(answer.ok for answer in checked)} of {len(checked)} addresses answered with entries")
