"""webhooks: the receivers that are told of articles, and how they take it."""

import sys
import time
from typing import Any
from urllib.parse import urlsplit

import click
import msgspec
from rich.markup import escape
from rich.table import Table

from ingest.cli.group import Place, console, one_line, opened, pass_place
from ingest.deliver import group_of, message_id, new_secret, post_test
from ingest.errors import UnknownName
from ingest.fetch import Fetcher
from ingest.models import short_hash
from ingest.settings import Settings
from ingest.store import DeadLetter, GroupState, Store, WebhookState

SHOWN = 300
"""Characters of a receiver's own words that `test` shows."""

ALL = 1_000_000


@click.group()
def webhooks() -> None:
    """Receivers that are told of each article of a queue; config/webhooks.toml names them.

    \b
    Example:  teletipo webhooks list
              teletipo webhooks test newsroom
    """


@webhooks.command("list")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@pass_place
def list_(place: Place, name: str | None, as_json: bool) -> None:
    """How each webhook stands; with a NAME also its dead letters, the newest first.

    \b
    Example:  teletipo webhooks list
              teletipo webhooks list newsroom
    """
    settings = place.settings()
    names = [name] if name and settings.webhook(name) else list(settings.webhooks)
    if not names:
        click.echo("[]" if as_json else "webhooks.toml names no webhook")
        return
    with opened(settings) as wire:
        found = [_standing(settings, wire.store, each) for each in names]
        letters = _letters(settings, wire.store, name) if name else []
    if as_json:
        told = found if not name else {**found[0], "dead_letters": [_letter(letter) for letter in letters]}
        click.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        return
    _print(found)
    for letter in letters:
        told = _letter(letter)
        console.print(f"[bold]{told['id']}[/]  {told['at']}  [red]{escape(told['reason'])}[/]", soft_wrap=True)


@webhooks.command()
def secret() -> None:
    """Make a secret, for webhooks.toml or the variable that it names, and for the receiver.

    \b
    Example:  teletipo webhooks secret
    """
    click.echo(new_secret())


@webhooks.command()
@click.argument("name")
@pass_place
def test(place: Place, name: str) -> None:
    """Send a signed `webhook.test` and show the answer. Exits with 1 where the receiver does not take it.

    \b
    Example:  teletipo webhooks test newsroom
    """
    settings = place.settings()
    answer = post_test(Fetcher(settings.fetch), settings, name)
    said = _printable(answer.body.decode("utf-8", "replace"))
    if answer.ok:
        console.print(f"took it: {answer.status} in {answer.elapsed * 1000:.0f} ms")
    else:
        console.print(answer.error, style="red", markup=False, soft_wrap=True)
    if said:
        console.print(said, style="dim", markup=False, soft_wrap=True)
    sys.exit(0 if answer.ok else 1)


@webhooks.command()
@click.argument("name")
@click.argument("ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All of its dead letters.")
@pass_place
def retry(place: Place, name: str, ids: tuple[str, ...], everything: bool) -> None:
    """Send again at once: go on after a 410 or a rest, and try what is put off.

    IDS are dead letters, as `webhooks list NAME` shows them, that get all their tries again.

    \b
    Example:  teletipo webhooks retry newsroom
              teletipo webhooks retry newsroom --all
              teletipo webhooks retry newsroom 4f1d8a0c9be21735-2
    """
    settings = place.settings()
    queue, group = settings.webhook(name).queue, group_of(name)
    with opened(settings) as wire:
        letters = {message_id(*_what(each)): each.delivery for each in _letters(settings, wire.store, name)}
        for unknown in [each for each in ids if each not in letters]:
            raise UnknownName("dead letter", unknown, letters)
        chosen = letters.values() if everything else [letters[each] for each in ids]
        revived = wire.store.revive_letters(queue, group, list(chosen))
        waiting = wire.store.waiting_deliveries(queue, group)
        wire.store.hasten(queue, group, waiting)
        wire.store.go_on(name)
    console.print(f"{revived} dead letters get all their tries again; {len(waiting)} are sent now")


# ── parts ──


def _standing(settings: Settings, store: Store, name: str) -> dict[str, Any]:
    webhook, state = settings.webhook(name), store.webhook_state(name)
    groups = (group for group in store.groups(webhook.queue) if group.name == group_of(name))
    group = next(groups, GroupState(group_of(name), 0, 0, 0, 0, 0))
    parts = urlsplit(webhook.url)
    return {
        "name": name,
        "queue": webhook.queue,
        "receiver": f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}",
        "state": _state(state, webhook.url, running=bool(store.holder(group_of(name)))),
        "lag": group.lag,
        "in_hand": group.in_hand,
        "put_off": group.later,
        "dead": group.dead,
        "answer": state.said,
        "answered": state.at or None,
        "last_success": state.success or None,
        "failures": state.failures,
    }


def _state(state: WebhookState, url: str, *, running: bool) -> str:
    if state.gone == short_hash(url):
        return "stopped by a 410"
    if not running:
        return "nobody sends"
    return f"left alone {state.resting:.0f} s" if state.resting else "sending"


def _letters(settings: Settings, store: Store, name: str) -> list[DeadLetter]:
    return store.dead_letters(settings.webhook(name).queue, group_of(name), ALL)


def _letter(letter: DeadLetter) -> dict[str, str]:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(letter.at))
    return {"id": message_id(*_what(letter)), "at": at, "reason": letter.reason}


def _what(letter: DeadLetter) -> tuple[str, int]:
    _, article, revision, _ = letter.delivery.split("|")
    return article, int(revision)


def _print(found: list[dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("webhook", "queue", "state"):
        table.add_column(column, no_wrap=True)
    for column in ("lag", "put off", "dead"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("last answer")
    for each in found:
        lag = "?" if each["lag"] is None else str(each["lag"] + each["in_hand"])
        counts = (lag, str(each["put_off"]), str(each["dead"]))
        table.add_row(each["name"], each["queue"], each["state"], *counts, one_line(each["answer"] or "none yet"))
    console.print(table)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)[:SHOWN].strip()
