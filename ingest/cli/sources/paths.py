"""sources paths: what each way into an outlet found first, and what it missed."""

import time

import click
import msgspec
from rich.table import Table

from ingest.cli.group import Place, console, opened, pass_place
from ingest.models import Source
from ingest.paths import Path, compare, sighted
from ingest.store import Store

DAY = 86_400.0


@click.command()
@click.argument("name", metavar="SOURCE")
@click.option("--days", default=7.0, show_default=True, help="Look at the articles of so many days.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@pass_place
def paths(place: Place, name: str, days: float, as_json: bool) -> None:
    """What each way into an outlet (feed, sitemap, API, listing) found first, and what it missed.

    A way is blamed only for what it could have shown: what was published since it is polled, and had been named by
    another one when it was last polled. An article that several ways name is fetched once.

    \b
    Example:  teletipo sources paths venezuelanalysis
              teletipo sources paths venezuelanalysis --days 30 --json
    """
    settings = place.settings()
    source = settings.source(name)
    with opened(settings) as wire:
        found = paths_of(wire.store, source, time.time() - days * DAY)
        unread = unread_maps(wire.store, source)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode({"paths": found, "unread": unread}), indent=2).decode())
        return
    _print(found, unread)


def paths_of(store: Store, source: Source, since: float) -> list[Path]:
    """Those of one source. since: Unix seconds."""
    feeds = source.polled()
    states = store.feed_states([feed.id for feed in feeds])
    return compare(feeds, sighted(store, source.id, since), {name: state.last_ok for name, state in states.items()})


def unread_maps(store: Store, source: Source) -> dict[str, str]:
    """Sitemaps that an index names and that could not be read: address -> error."""
    maps = [store.maps(feed.id) for feed in source.polled() if feed.kind == "sitemap"]
    return {url: known.error for each in maps for url, known in each.items() if known.error}


def _print(found: list[Path], unread: dict[str, str]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("kind", "named", "first", "alone", "missed", "behind", "address"):
        table.add_column(column, no_wrap=True, justify="left" if column in {"kind", "address"} else "right")
    for path in found:
        behind = f"{path.behind / 60:.0f} min" if path.behind is not None else ""
        counts = (str(count) for count in (path.named, path.first, path.alone, path.missed))
        table.add_row(path.kind, *counts, behind, path.url)
    console.print(table)
    for path in found:
        for url in path.examples:
            console.print(f"missed by {path.url}: {url}", style="dim", markup=False, soft_wrap=True)
    for url, error in unread.items():
        console.print(f"could not be read: {url}: {error}", style="yellow", markup=False, soft_wrap=True)
