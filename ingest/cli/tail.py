"""tail: articles as they arrive."""

import time
from collections.abc import Iterator

import click
import msgspec
from rich.markup import escape

from ingest.cli.group import Place, complaints, console, opened, pass_place
from ingest.deliver import position
from ingest.errors import StoreError, UnknownName
from ingest.models import Article
from ingest.settings import Settings
from ingest.store import STORE_DOWN, QueueEntry, running_url

BATCH = 200
WAIT_SECONDS = 2.0


@click.command()
@click.argument("queue", default="all")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON per article, with its whole text.")
@click.option("--from", "start", default="", help="0 is the beginning; else a time (2026-11-01) or an entry's id.")
@click.option("--count", type=click.IntRange(min=1), help="End after so many.")
@click.option("--no-follow", is_flag=True, help="End when everything that is there was shown.")
@pass_place
def tail(place: Place, queue: str, as_json: bool, start: str, count: int | None, no_follow: bool) -> None:
    """Show a queue's articles as they arrive; Ctrl-C ends it.

    \b
    Example:  teletipo tail
              teletipo tail all --json --from 0 --count 10
    """
    settings = place.settings()
    if queue not in settings.queues:
        raise UnknownName("queue", queue, settings.queues)
    for shown, (entry, article) in enumerate(_articles(settings, queue, _position(start), follow=not no_follow), 1):
        _show_json(entry, article) if as_json else _show(entry, article)
        if shown == count:
            return


def _articles(settings: Settings, queue: str, after: str, *, follow: bool) -> Iterator[tuple[QueueEntry, Article]]:
    """Entries with their articles, over restarts of the store and while no newswire runs."""
    told = False
    while True:
        try:
            for entry, article in _while_open(settings, queue, after, follow=follow):
                after = entry.entry
                yield entry, article
        except (StoreError, *STORE_DOWN):
            if not follow:
                raise
        if not follow:
            return
        if not told and not settings.store.url and running_url(settings.data, wait=0) is None:
            complaints.print("no newswire runs here; waiting for `teletipo run`", style="dim")
            told = True
        time.sleep(0.5)


def _while_open(settings: Settings, queue: str, after: str, *, follow: bool) -> Iterator[tuple[QueueEntry, Article]]:
    """Until the store goes away; a store that runs for us alone is only read to its end, for `run` wants the folder."""
    lasting = bool(settings.store.url or running_url(settings.data))
    if not lasting and follow and (after == "$" or not (settings.data / "valkey").exists()):
        return
    with opened(settings) as wire:
        after = wire.store.last_entry(queue) if after == "$" else after
        while True:
            entries = wire.store.read_queue(queue, after, BATCH, WAIT_SECONDS if follow and lasting else None)
            for entry in entries:
                after = entry.entry
                if article := wire.store.article(entry.id):
                    yield entry, article
            if not entries and not (follow and lasting):
                return


def _position(start: str) -> str:
    """What --from says -> a stream id."""
    try:
        return position(start or "$")
    except ValueError as error:
        raise click.BadParameter(f"--from {error}") from None


def _show_json(entry: QueueEntry, article: Article) -> None:
    line = msgspec.json.encode({"entry": entry.entry, "event": entry.event, "article": article})
    click.echo(line.decode())


def _show(entry: QueueEntry, article: Article) -> None:
    when = (article.published or article.fetched).astimezone().strftime("%Y-%m-%d %H:%M")
    mark = "" if entry.event == "created" else f" [yellow]{entry.event}, revision {article.revision}[/]"
    about = f"{article.source} · {article.language or '?'} · {article.words} words · {article.reading_minutes} min"
    console.print(f"[dim]{when}[/] [bold]{escape(article.title)}[/]{mark}", soft_wrap=True)
    console.print(f"                 [dim]{escape(about)}[/]", soft_wrap=True)
    console.print(f"                 [cyan]{escape(article.url)}[/]", soft_wrap=True)
