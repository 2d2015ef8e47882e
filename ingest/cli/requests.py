"""fetch and import: work that a person asks for."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from ingest.cli.group import Place, complaints, console, opened, pass_place
from ingest.fetch import Fetcher
from ingest.store import walk_in_words
from ingest.ticket import Progress, Ticket
from ingest.wire import Wire

DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="SOURCE_OR_URL...")
@click.option("--wait", is_flag=True, help="Wait until everything found is published, with a progress bar.")
@click.option("--timeout", type=float, help="With --wait: give up waiting after so many seconds (the work goes on).")
@click.option("--since", type=DAY, help="Walk the sources' past instead, back to this day (UTC).")
@click.option("--until", type=DAY, help="With --since: only what was published before this day.")
@click.option("--stop", is_flag=True, help="Stop the walk into the sources' past; --since goes on with it.")
@pass_place
def fetch(
    place: Place,
    names: tuple[str, ...],
    wait: bool,
    timeout: float | None,
    since: datetime | None,
    until: datetime | None,
    stop: bool,
) -> None:
    """Fetch now: a source, one of its feeds, or any article's address; with --since the past of a source.

    Without a running newswire, --wait does the work itself. Ctrl-C ends the waiting; the same command goes on with it.

    \b
    Example:  teletipo fetch venezuelanalysis --wait
              teletipo fetch https://venezuelanalysis.com/news/15458 --wait
              teletipo fetch venezuelanalysis --since 2024-01-01 --wait
    """
    if until and (not since or until <= since):
        raise click.UsageError("--until needs an earlier --since")
    with opened(place.settings()) as wire:
        if stop:
            return _stop(wire, names)
        ticket = wire.fetch(*names, since=_utc(since), until=_utc(until))
        if wait:
            sys.exit(_see_through(wire, ticket, timeout))
        alive = any(beat.kind in {"fetch", "process"} for beat in wire.store.alive())
        console.print(
            "asked for; " + ("it is being fetched" if alive else "no worker is alive: `teletipo run` will do it")
        )
        if since:
            console.print("`teletipo status` says how far it has come; --wait shows it", soft_wrap=True)
    return None


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", help="The id of the outlet; told from each address where left out.")
@click.option("--url", default="", help="The address of a page that does not say its own.")
@pass_place
def import_(place: Place, file: Path, source: str | None, url: str) -> None:
    """Put the articles in a file through the newswire: scraped plain text, JSON Lines or saved HTML.

    Importing a file again publishes nothing.

    \b
    Example:  teletipo import scrape.txt --source venezuelanalysis
    """
    with opened(place.settings()) as wire:
        ticket = wire.import_file(file, source, url)
        if not ticket.entries:
            console.print(f"{file}: everything in it was imported before; nothing to do")
            return
        sys.exit(_see_through(wire, ticket, None))


def _see_through(wire: Wire, ticket: Ticket, timeout: float | None) -> int:
    """Show the work until it is done. Returns the exit code. The steps are imported here, as most commands do none."""
    from ingest.context import Context
    from ingest.inline import work_off

    with _bar() as bar:
        line = bar.add_task("", total=None)

        def show(progress: Progress) -> None:
            asking = any(walk.running and not walk.over for walk in progress.walks)  # there may be any number more
            bar.update(
                line,
                description=_in_words(progress),
                total=None if asking else (progress.feeds + progress.entries) or None,
                completed=progress.feeds_done + progress.entries_done,
            )

        if any(beat.kind in {"fetch", "process"} for beat in wire.store.alive()):
            progress = ticket.wait(timeout, show)
        else:
            context = Context(wire.settings, wire.store, Fetcher(wire.settings.fetch))
            progress = work_off(context, ticket, show)
        show(progress)
    return _report(wire, ticket, progress)


def _bar() -> Bar:
    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=complaints,
    )


def _stop(wire: Wire, names: tuple[str, ...]) -> None:
    for name in names:
        stopped = wire.stop(name)
        said = f"stopped; {walk_in_words(stopped)}" if stopped else "nothing of its past is being walked"
        console.print(f"{name}: {said}", markup=False, soft_wrap=True)


def _utc(day: datetime | None) -> datetime | None:
    return day and day.replace(tzinfo=UTC)


def _in_words(progress: Progress) -> str:
    if progress.walks:
        return "; ".join(walk_in_words(walk) for walk in progress.walks)
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(progress.outcomes.items())) or (
        "done" if progress.done else "working"
    )


def _report(wire: Wire, ticket: Ticket, progress: Progress) -> int:
    """Say what came of it; what went wrong and what is unfinished goes to standard error, each with its reason."""
    for error in progress.errors:
        complaints.print(error, style="red", markup=False, soft_wrap=True)
    if not progress.done:
        for state in wire.store.entry_states(ticket.entries):
            if state and not state.settled and state.error:
                complaints.print(
                    f"{state.url}: {state.error.partition(': ')[2]}", style="yellow", markup=False, soft_wrap=True
                )
        complaints.print("not all of it could be done now; a running newswire goes on with it", soft_wrap=True)
    for walk in progress.walks:
        for note in walk.left:
            complaints.print(f"{walk.source}: {note}", style="yellow", markup=False, soft_wrap=True)
    if progress.outcomes or progress.walks:
        console.print(_in_words(progress), markup=False, soft_wrap=True)
    elif progress.done and not progress.errors:
        console.print("nothing new")
    return 0 if progress.done and not progress.errors else 1
