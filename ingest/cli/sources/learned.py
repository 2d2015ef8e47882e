"""What was learned of an outlet's pages: shown beside what is checked, and forgotten when a person says so.

The extractor is imported by the functions that read what it has learned: other commands do without.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from ingest.cli.group import Place, console, opened, pass_place
from ingest.models import Source
from ingest.store import Store

if TYPE_CHECKING:
    from ingest.extract import Outlet


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="SOURCE...")
@pass_place
def forget(place: Place, names: tuple[str, ...]) -> None:
    """Forget what was learned of these sources' pages: where they have their text, and which lines recur in it.

    It is learned anew from the next pages. Articles stay as they are. `sources check` shows what is known.

    \b
    Example:  teletipo sources forget venezuelanalysis
    """
    settings = place.settings()
    chosen = [settings.source_or_host(name) for name in names]
    with opened(settings) as wire:
        for source in chosen:
            known = wire.store.forget_learned(source.id)
            console.print(f"{source.id}: {'forgotten' if known else 'nothing was known'}", highlight=False)


def learned_lines(store: Store, chosen: list[Source]) -> Iterator[str]:
    """What is known of each of these sources, for people; nothing of one of which nothing is."""
    from ingest.extract import Outlet, outlet_of

    for source in chosen:
        outlet = outlet_of(store.learned(source.id)[0])
        if outlet != Outlet():
            yield f"learned: {source.id}: {'; '.join(_told(outlet))}"


def _told(outlet: "Outlet") -> Iterator[str]:
    from ingest.extract import recurring_lines

    for each in outlet.learned:
        place = each.template.container[-1].rpartition(" @")[0]
        yield f"template {each.version} from {each.template.pages} pages, in <{place}>, {each.agreed} samples agree"
    yield f"{recurring_lines(outlet.lines)} recurring lines, of {outlet.lines.articles} articles"
