"""`teletipo sources import` and `export`: lists of feeds, as readers give and take them."""

import os
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from ingest.cli.group import Place, complaints, console, pass_place
from ingest.errors import ConfigError

if TYPE_CHECKING:
    from ingest.models import Source
    from ingest.opml import Passed, Plan

MOST_BYTES = 20_000_000
LONGEST = 40
"""Characters of an id that are lined up."""

SKIPPED = click.style("skipped ", "yellow")


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@pass_place
def import_(place: Place, file: BinaryIO, *, dry_run: bool) -> None:
    """Write source files for the feeds of an OPML file, or of a text with an address on each line; - is standard input.

    Feeds of one site are one source. A feed that some source has already is left out, and one of a site that has a
    source is added to its file; nothing else that is there is touched, and importing a list again writes nothing.
    Groups become tags, or the country where they are called after one; a country that nobody names is told from the
    address where that is sure. No network is used: `teletipo sources check` says what answers.

    \b
    Example:  teletipo sources import feeds.opml
              teletipo sources import feeds.opml --dry-run
    """
    from ingest.opml import NotAList, planned, read_list
    from ingest.settings.writing import sources_folder

    began = time.monotonic()
    settings = place.settings()
    folder = sources_folder(settings.config)
    try:
        listed, passed = read_list(file.read(MOST_BYTES))
    except NotAList as error:
        raise NotAList(f"{file.name} is no list of feeds: {error}") from None
    plan = planned(listed, settings.sources)
    failed = {} if dry_run else _write(folder, plan)
    _show(plan, passed, failed)
    took = f"{time.monotonic() - began:.1f} s"
    console.print(_summary(plan, passed, failed, took, dry_run=dry_run), highlight=False, soft_wrap=True, markup=False)
    sys.exit(1 if failed or not listed else 0)


@click.command()
@click.argument("file", type=click.File("wb", lazy=True), default="-")
@pass_place
def export(place: Place, file: BinaryIO) -> None:
    """Write all sources as OPML 2.0 (to standard output where no file is named), grouped by country.

    Any reader takes it. Importing it again gives the same sources with the same feeds, but only their feeds: sitemaps,
    listings, APIs and rules are in the source files alone.

    \b
    Example:  teletipo sources export feeds.opml
    """
    from ingest.opml import left_out, written

    sources = list(place.settings().sources.values())
    file.write(written(sources, datetime.now(UTC)))
    if others := Counter(feed.kind for feed in left_out(sources)):
        said = ", ".join(f"{count} of kind {kind}" for kind, count in sorted(others.items()))
        complaints.print(f"left out, as they are no feeds to a reader: {said}", markup=False, soft_wrap=True)


def _write(folder: Path, plan: "Plan") -> dict[str, str]:
    """Returns why the sources that could not be written were not, by their ids."""
    from ingest.settings.writing import add_feeds, source_toml, write_source

    failed = {}
    for source, notes in plan.new:
        try:
            write_source(folder, source_toml(source, [f"{source.name}, from a list of feeds."], notes), sync=False)
        except ConfigError as error:
            failed[source.id] = str(error)
    for name, urls in plan.grown.items():
        try:
            add_feeds(folder / f"{name}.toml", urls)
        except ConfigError as error:
            failed[name] = str(error)
    os.sync()  # once, and not for each of a thousand files
    return failed


def _show(plan: "Plan", passed: "list[Passed]", failed: dict[str, str]) -> None:
    """A line a source, then one for each that is no feed; put together here, as a table of thousands takes seconds."""
    new = {source.id: source for source, _ in plan.new}
    counts = Counter((row.source, row.became) for row in plan.rows)
    width = min(max((len(name) for name, _ in counts), default=0), LONGEST)
    for (name, became), feeds in counts.items():
        what, why = _told(name, became, feeds, new.get(name), failed)
        click.echo(f"{name:<{width}}  {what}  {feeds:>3} {'feed ' if feeds == 1 else 'feeds'}  {why}")
    for each in passed:
        click.echo(f"{each.what[:width]:<{width}}  {SKIPPED}             {each.why}")


def _told(name: str, became: str, feeds: int, source: "Source | None", failed: dict[str, str]) -> tuple[str, str]:
    if name in failed:
        return click.style("failed  ", "red"), failed[name]
    if source and became == "new":
        return click.style("imported", "green"), f"{source.language or '?'} {source.country or '?':<2}  {source.name}"
    if became == "merged":
        return click.style("merged  ", "green"), f"added to the feeds of {name}"
    return SKIPPED, f"{name} has {'it' if feeds == 1 else 'them'} already"


def _summary(plan: "Plan", passed: "list[Passed]", failed: dict[str, str], took: str, *, dry_run: bool) -> str:
    became = Counter("failed" if row.source in failed else row.became for row in plan.rows)
    files = sum(source.id not in failed for source, _ in plan.new)
    said = (
        f"{became['new']} feeds {'would be ' if dry_run else ''}imported as {files} sources, {became['merged']} merged "
    )
    said += f"into sources that were there, {became['known']} skipped as known, {len(passed)} as no feeds"
    return said + (f", {became['failed']} failed" if failed else "") + f" ({took})"
