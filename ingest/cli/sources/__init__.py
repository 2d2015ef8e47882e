"""sources: which outlets there are."""

import click
from rich.table import Table

from ingest.cli.group import Place, console, one_line, pass_place
from ingest.cli.sources.adding import add
from ingest.cli.sources.check import check
from ingest.cli.sources.learned import forget
from ingest.cli.sources.lists import export, import_
from ingest.cli.sources.paths import paths


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


sources.add_command(check)
sources.add_command(add)
sources.add_command(forget)
sources.add_command(paths)
sources.add_command(import_)
sources.add_command(export)
