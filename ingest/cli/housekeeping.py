"""dead, extract, health and init."""

import shutil
import socket
import sys
from pathlib import Path

import click
from rich.markup import escape

from ingest.cli.group import Place, console, opened, pass_place
from ingest.cli.pages import page_of
from ingest.errors import ConfigError, StoreUnavailable
from ingest.models import Article, to_json
from ingest.settings import default_config
from ingest.store import open_store, running_url
from ingest.wire import Wire


@click.group()
def dead() -> None:
    """Entries whose every attempt failed. They are kept until you retry or drop them.

    \b
    Example:  teletipo dead list
              teletipo dead retry --all
    """


@dead.command("list")
@pass_place
def list_(place: Place) -> None:
    """What was set aside, the newest first, and why.

    \b
    Example:  teletipo dead list
    """
    with opened(place.settings()) as wire:
        states = wire.store.dead()
    for state in states:
        console.print(f"[bold]{state.id}[/] {escape(state.url)}\n    [red]{escape(state.error)}[/]", soft_wrap=True)
    if not states:
        console.print("nothing is dead")


@dead.command()
@click.argument("ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All of them.")
@pass_place
def retry(place: Place, ids: tuple[str, ...], everything: bool) -> None:
    """Give dead entries all their attempts again.

    \b
    Example:  teletipo dead retry 4f1d8a0c9be21735
    """
    with opened(place.settings()) as wire:
        chosen = _chosen(wire, ids, everything)
        revived = wire.store.revive(chosen)
    console.print(f"{revived} will be tried again")
    sys.exit(0 if revived == len(chosen) else 1)


@dead.command()
@click.argument("ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All of them.")
@pass_place
def drop(place: Place, ids: tuple[str, ...], everything: bool) -> None:
    """Forget dead entries; a feed that still names them does not bring them back.

    \b
    Example:  teletipo dead drop --all
    """
    with opened(place.settings()) as wire:
        chosen = _chosen(wire, ids, everything)
        dropped = wire.store.drop(chosen)
    console.print(f"{dropped} dropped")
    sys.exit(0 if dropped == len(chosen) else 1)


@click.command()
@click.argument("file_or_url")
@click.option("--json", "as_json", is_flag=True, help="The whole article as JSON.")
@click.option("--url", default="", help="Where a saved page came from.")
@click.option("--source", help="Use this source's site rules, language and time zone.")
@pass_place
def extract(place: Place, file_or_url: str, as_json: bool, url: str, source: str | None) -> None:
    """Show the article in a saved page or at an address; nothing is stored.

    \b
    Example:  teletipo extract page.html --url https://outlet.example/a
              teletipo extract https://venezuelanalysis.com/news/15458 --json
    """
    from ingest import extract_article

    settings = place.settings()
    page = page_of(settings, file_or_url, url)
    outlet = settings.source(source) if source else settings.source_of(page.url)
    article = extract_article(page.body, page.url, outlet)
    click.echo(to_json(article).decode()) if as_json else _show(article)


@click.command()
@click.argument("kind", type=click.Choice(["scheduler", "fetch", "process", "webhooks", "api"]))
@pass_place
def health(place: Place, kind: str) -> None:
    """Exit with 0 where a process of this kind on this host beat in the last ten seconds, else with 1.

    \b
    Example:  teletipo health fetch
    """
    settings = place.settings()
    url = settings.store.url or running_url(settings.data, wait=0)
    if not url:
        raise StoreUnavailable(f"no teletipo runs on {settings.data}")
    store = open_store(url, settings.store.prefix)
    here = [beat for beat in store.alive() if beat.kind == kind and beat.host == socket.gethostname()]
    console.print(f"{len(here)} {kind} alive on this host")
    sys.exit(0 if here else 1)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Write the configuration that comes with teletipo into a folder, for you to change.

    \b
    Example:  teletipo init config
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder} is a file; name a new folder")
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(f"{folder} is not empty; name a new folder, so that nothing of yours is overwritten")
    shutil.copytree(default_config(), folder, dirs_exist_ok=True)
    count = len(list((folder / "sources").glob("*.toml")))
    console.print(
        f"wrote {folder}: teletipo.toml, queues.toml and {count} sources; now `teletipo --config {folder} run`",
        soft_wrap=True,
    )


def _chosen(wire: Wire, ids: tuple[str, ...], everything: bool) -> list[str]:
    """The dead entries that a command is about."""
    if not ids and not everything:
        raise click.UsageError("name the entries (see `teletipo dead list`), or --all")
    return [state.id for state in wire.store.dead(1_000_000)] if everything else list(ids)


def _show(article: Article) -> None:
    """For a person: on a terminal lines end between words; elsewhere a paragraph is a line."""
    console.print(f"[bold]{escape(article.title)}[/]", soft_wrap=True)
    said = (", ".join(article.authors), str(article.published or "no date"), article.language, f"{article.words} words")
    console.print(
        f"[dim]{escape(' · '.join(part for part in said if part))}[/]\n{escape(article.url)}\n", soft_wrap=True
    )
    console.print(article.text, markup=False, soft_wrap=not console.is_terminal)
