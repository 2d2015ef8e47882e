"""sources: which outlets there are, and whether they answer."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime
from typing import NamedTuple

import click
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from ingest import robots
from ingest.baseline import Baseline, drift
from ingest.cli.adding import add
from ingest.cli.group import Place, complaints, console, drift_line, one_line, pass_place
from ingest.cli.learned import forget, learned_lines
from ingest.cli.lists import export, import_
from ingest.cli.pages import page_from, page_of
from ingest.cli.paths import paths
from ingest.errors import FetchFailed, ParseFailed, StoreError
from ingest.fetch import Fetcher
from ingest.models import Feed, Source
from ingest.parse import parse
from ingest.settings import Settings
from ingest.store import STORE_DOWN, open_store, running_url

AT_ONCE = 16

LITTLE = 300.0
"""Seconds between polls that are asked for and make no difference."""


class Checked(NamedTuple):
    """What one GET of a feed's address found."""

    feed: Feed
    ok: bool
    found: str
    article: str = ""
    """The address of its first entry."""


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
@click.option("--page", metavar="FILE_OR_URL", help="Check the rules of the one source on this page, and ask no feed.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Use the rules as they were on this day.")
@pass_place
def check(place: Place, names: tuple[str, ...], page: str | None, on: datetime | None) -> None:
    """Ask every address of these sources (all of them where none is named) once, and say what answered.

    Of each source that is named or has rules, the first article of its feed is fetched, to show what each selector
    selects beside what is found without. Where a newswire runs, what it has learned of their pages is told. Exits with
    1 where an address did not answer with a feed, a page has no article, a selector selects nothing, or the source's
    latest pages differ from its usual ones.

    \b
    Example:  teletipo sources check venezuelanalysis
              teletipo sources check venezuelanalysis --page saved.html --on 2024-01-31
    """
    from ingest.cli.checking import check_page

    settings = place.settings()
    chosen = [settings.source(name) for name in names] or list(settings.sources.values())
    day = on.date() if on else None
    if page:
        if len(names) != 1:
            raise click.UsageError("--page is about the rules of one source; name it")
        sys.exit(0 if check_page(chosen[0], page_of(settings, page, chosen[0].homepage), day) else 1)
    asking = robots.Asking(settings, Fetcher(settings.fetch), robots.Unkept())
    checked = _ask(asking, [feed for source in chosen for feed in source.polled()])
    _print(checked)
    well = [
        _check_article(asking, source, checked, day)
        for source in chosen
        if (names or source.extract) and source.fetch.full_text != "never"
    ]
    learned, drifting = _known(settings, chosen)
    for line in learned:
        console.print(line, style="dim", markup=False, soft_wrap=True)
    for source, how in drifting.items():
        console.print(drift_line(source, how), style="yellow", markup=False, soft_wrap=True)
    sys.exit(0 if all(answer.ok for answer in checked) and all(well) and not drifting else 1)


sources.add_command(add)
sources.add_command(forget)
sources.add_command(paths)
sources.add_command(import_)
sources.add_command(export)


def _known(settings: Settings, chosen: list[Source]) -> tuple[list[str], dict[str, str]]:
    """What was learned of these sources, and how their latest pages differ from the usual ones, where a newswire runs
    that has seen them."""
    url = settings.store.url or running_url(settings.data, wait=0)
    learned: list[str] = []
    baselines: dict[str, Baseline] = {}
    with suppress(StoreError, *STORE_DOWN):
        if url:
            store = open_store(url, settings.store.prefix)
            learned = list(learned_lines(store, chosen))
            baselines = store.baselines([source.id for source in chosen])
    return learned, {source: "; ".join(reasons) for source, figures in baselines.items() if (reasons := drift(figures))}


def _ask(asking: robots.Asking, feeds: list[Feed]) -> list[Checked]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda feed: _check(asking, feed), feeds)
        return list(track(answers, total=len(feeds), description="asking", console=complaints, transient=True))


def _check_article(asking: robots.Asking, source: Source, checked: list[Checked], day: date | None) -> bool:
    """The first entry's page, after the pause that its host is given between two pages."""
    from ingest.cli.checking import check_page

    url = next((each.article for each in checked if each.feed.source == source.id and each.article), "")
    if not url:
        return True
    time.sleep(asking.settings.delay(source.id))
    try:
        return check_page(source, page_from(robots.get(asking, source.id, url)), day)
    except FetchFailed as error:
        console.print(f"\n[bold]{source.id}[/]  {escape(url)}\n[red]{escape(str(error))}[/]", soft_wrap=True)
        return False


def _check(asking: robots.Asking, feed: Feed) -> Checked:
    fetch = robots.get(asking, feed.source, feed.address)
    if not fetch.ok:
        return Checked(feed, False, f"{fetch.outcome}: {fetch.error}")
    try:
        parsed = parse(feed, fetch)
    except ParseFailed as error:
        return Checked(feed, False, str(error))
    moved = f", now at {fetch.url}" if fetch.url != feed.address else ""
    asked = max(parsed.ttl or 0.0, fetch.fresh_for or 0.0)
    rest = f", asks for {asked / 60:.0f} minutes between polls" if asked > LITTLE else ""
    found = f"{len(parsed.entries)} entries in {fetch.elapsed:.1f} s{moved}{rest}"
    return Checked(feed, bool(parsed.entries), found, next((each.url for each in parsed.entries), ""))


def _print(checked: list[Checked]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("source", "", "address", "answer"):
        table.add_column(name, overflow="fold")
    for each in checked:
        table.add_row(each.feed.source, "[green]ok[/]" if each.ok else "[red]no[/]", each.feed.url, each.found)
    console.print(table)
    console.print(f"{sum(answer.ok for answer in checked)} of {len(checked)} addresses answered with entries")
