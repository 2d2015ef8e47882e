"""queues: what is in them, who reads them, and a group's place and dead letters."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import click
import msgspec
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ingest.cli.group import Place, complaints, console, one_line, opened, pass_place
from ingest.deliver import position
from ingest.errors import UnknownName
from ingest.store import DeadLetter, FillProgress, GroupState, QueueState, Store
from ingest.wire import Wire

ALL = 1_000_000


@click.group()
def queues() -> None:
    """Queues and the groups that read them; config/queues.toml says what is in each.

    \b
    Example:  teletipo queues list
              teletipo queues fill oil
    """


@queues.command("list")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@pass_place
def list_(place: Place, as_json: bool) -> None:
    """Each queue, and where each group stands in it.

    `behind` is what a group has not read yet, `in hand` what its consumers were given and have not acknowledged,
    `later` what was put off, `dead` what failed too often.

    \b
    Example:  teletipo queues list
    """
    with opened(place.settings()) as wire:
        found = [_queue(state) for state in wire.store.queue_states(list(wire.settings.queues))]
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return
    _print(found)


@queues.command()
@click.argument("name")
@click.option("--since", help="Only what was published after this time, such as 2026-11-01.")
@pass_place
def fill(place: Place, name: str, since: str | None) -> None:
    """Put the articles that are there already into a queue, the oldest first, those it takes and does not have.

    \b
    Example:  teletipo queues fill oil
              teletipo queues fill oil --since 2026-11-01
    """
    moment = _moment(since) if since else None
    with opened(place.settings()) as wire:
        written = _see_through(wire.fill(name, moment))
    console.print(f"{written} entries written into {name}")


@queues.command()
@click.argument("queue")
@click.argument("group")
@click.option("--to", required=True, help="0 is the beginning, $ the end; else a time (2026-11-01) or an entry's id.")
@pass_place
def rewind(place: Place, queue: str, group: str, to: str) -> None:
    """Set a group's place: it reads again what came after it, or skips what came before.

    \b
    Example:  teletipo queues rewind all archive --to 2026-11-01
    """
    _place(to)
    with opened(place.settings()) as wire:
        wire.rewind(queue, group, to)
        behind = _group(wire, queue, group).lag
    console.print(f"{group} has {behind} entries of {queue} before it")


@queues.command()
@click.argument("queue")
@click.argument("group")
@click.argument("deliveries", nargs=-1)
@click.option("--retry", is_flag=True, help="Deliver them again, their failures forgotten.")
@click.option("--drop", is_flag=True, help="Forget them.")
@pass_place
def dead(place: Place, queue: str, group: str, deliveries: tuple[str, ...], retry: bool, drop: bool) -> None:
    """A group's dead letters, the newest first, and why; with an option what is to become of all or of those named.

    \b
    Example:  teletipo queues dead all archive
              teletipo queues dead all archive --retry
    """
    if retry and drop:
        raise click.UsageError("--retry or --drop, not both")
    with opened(place.settings()) as wire:
        _group(wire, queue, group)
        letters = _letters(wire.store, queue, group, deliveries)
        names = [letter.delivery for letter in letters]
        if retry:
            console.print(f"{wire.store.revive_letters(queue, group, names)} will be delivered again")
        elif drop:
            console.print(f"{wire.store.drop_letters(queue, group, names)} dropped")
        else:
            _print_letters(letters)


@queues.command("drop-group")
@click.argument("queue")
@click.argument("group")
@click.confirmation_option(prompt="Forget this group, its place and its dead letters?")
@pass_place
def drop_group(place: Place, queue: str, group: str) -> None:
    """Forget a group: its place, what it put off, its dead letters. Who subscribes under its name begins anew.

    \b
    Example:  teletipo queues drop-group all archive --yes
    """
    with opened(place.settings()) as wire:
        _group(wire, queue, group)
        wire.store.drop_group(queue, group)
    console.print(f"{group} is forgotten")


# ── parts ──


def _queue(state: QueueState) -> dict[str, Any]:
    return {"queue": state.name, "entries": state.length, "groups": [group._asdict() for group in state.groups]}


def _group(wire: Wire, queue: str, group: str) -> GroupState:
    """Raises UnknownName where there is no such queue or group."""
    if queue not in wire.settings.queues:
        raise UnknownName("queue", queue, wire.settings.queues)
    states = {state.name: state for state in wire.store.groups(queue)}
    if group not in states:
        raise UnknownName("group", group, states)
    return states[group]


def _letters(store: Store, queue: str, group: str, named: tuple[str, ...]) -> list[DeadLetter]:
    letters = store.dead_letters(queue, group, ALL)
    known = {letter.delivery: letter for letter in letters}
    if unknown := [name for name in named if name not in known]:
        raise UnknownName("dead letter", unknown[0], known)
    return [known[name] for name in named] if named else letters


def _see_through(filling: Iterable[FillProgress]) -> int:
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=complaints
    )
    written = 0
    with bar:
        line = bar.add_task("looking for articles", total=None)
        for done, total, written in filling:
            bar.update(line, description=f"{written} written", completed=done, total=total)
    return written


def _moment(said: str) -> datetime:
    try:
        return datetime.fromisoformat(said).astimezone()
    except (ValueError, OverflowError):
        raise click.BadParameter(f"--since {said!r} is no time; write 2026-11-01 or 2026-11-01T08:00") from None


def _place(said: str) -> None:
    try:
        position(said)
    except ValueError as error:
        raise click.BadParameter(f"--to {error}") from None


def _print(found: list[dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("queue", no_wrap=True)
    table.add_column("entries", justify="right", no_wrap=True)
    table.add_column("group")
    for name in ("consumers", "behind", "in hand", "later", "dead"):
        table.add_column(name, justify="right", no_wrap=True)
    for queue in found:
        first = (queue["queue"], str(queue["entries"]))
        for group in queue["groups"] or [None]:
            table.add_row(*first, *(_cells(group) if group else ("[dim]nobody reads it[/]",)))
            first = ("", "")
    console.print(table)


def _cells(group: dict[str, Any]) -> tuple[Any, ...]:
    behind = "?" if group["lag"] is None else str(group["lag"])
    dead = f"[red]{group['dead']}[/]" if group["dead"] else "0"
    numbers = str(group["consumers"]), behind, str(group["in_hand"]), str(group["later"]), dead
    return (one_line(group["name"]), *numbers)


def _print_letters(letters: list[DeadLetter]) -> None:
    for letter in letters:
        when = datetime.fromtimestamp(letter.at).astimezone().strftime("%Y-%m-%d %H:%M")
        console.print(f"[bold]{escape(letter.delivery)}[/] {when}\n    [red]{escape(letter.reason)}[/]", soft_wrap=True)
    if not letters:
        console.print("nothing is dead")
