"""The commands that run processes, added to the command line of `ingest`; the `teletipo` command starts here."""

import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from ingest.cli import cli, main
from ingest.cli.group import Place, complaints, pass_place
from ingest.errors import ConfigError
from ingest.settings import Settings
from ingest.store import EmbeddedServer, Store, open_store
from workers import address

__all__ = ["main"]

REPORT_SECONDS = 3.0

ASKED_ABOUT = 1000
"""Feeds: the supervisor has processes to look after, and does not ask for the states of a hundred thousand."""


@cli.command("run")
@click.option("--quiet", is_flag=True, help="Say only what is wrong.")
@pass_place
def run(place: Place, quiet: bool) -> None:
    """Run the newswire: store, scheduler, workers, webhooks and HTTP with the page. Ctrl-C stops it cleanly.

    \b
    Example:  teletipo run
              teletipo --config my-config --data my-data run
    """
    settings = place.settings()
    _log_to_stderr(logging.WARNING if quiet else logging.INFO)
    settled = _settle_api(settings) if settings.api.enabled else settings
    if settings.store.url:
        _supervise(place, settings, settled, _everything)
        return
    with EmbeddedServer(settings.data, settings.store.port) as server:
        if server.moved:
            complaints.print(f"port {settings.store.port} is taken by another program; the store took {server.port}")
        _supervise(place, settings, settled, _everything, server)


def _everything(settings: Settings) -> list[str]:
    api = ["api"] if settings.api.enabled else []
    return ["scheduler", "fetch", *_processes(settings), *_webhooks(settings), *api]


def _processes(settings: Settings) -> list[str]:
    return ["process"] * (settings.workers.processes or os.cpu_count() or 1)


@cli.command()
@click.argument("queue", type=click.Choice(["fetch", "process", "webhooks", "all"]), default="all")
@pass_place
def worker(place: Place, queue: str) -> None:
    """Run workers alone, for a newswire on many machines: they find the store at [store] url.

    `webhooks` may run on many machines; one at a time sends for each webhook.

    \b
    Example:  TELETIPO_STORE__URL=redis://store:6379/0 teletipo worker fetch
    """
    settings = _on_shared_store(place)
    if queue == "webhooks" and not settings.webhooks:
        raise ConfigError(f"{settings.config / 'webhooks.toml'} names no webhook; add one, see docs/webhooks.md")

    def kinds(settings: Settings) -> list[str]:
        fetch = ["fetch"] if queue in {"fetch", "all"} else []
        processes = _processes(settings) if queue in {"process", "all"} else []
        webhooks = _webhooks(settings) if queue in {"webhooks", "all"} else []
        return fetch + processes + webhooks

    _supervise(place, settings, settings, kinds)


@cli.command()
@pass_place
def scheduler(place: Place) -> None:
    """Run a scheduler alone; any number of them may run side by side.

    \b
    Example:  TELETIPO_STORE__URL=redis://store:6379/0 teletipo scheduler
    """
    settings = _on_shared_store(place)
    _supervise(place, settings, settings, lambda _: ["scheduler"])


@cli.command()
@pass_place
def api(place: Place) -> None:
    """Serve HTTP and the page alone, for a newswire on many machines; any number of them may run.

    Listening anywhere but on loopback needs a token: TELETIPO_API__TOKENS='["..."]'.

    \b
    Example:  TELETIPO_STORE__URL=redis://store:6379/0 teletipo api
    """
    settings = _on_shared_store(place)
    _supervise(place, settings, _settle_api(settings), lambda _: ["api"])


@cli.command()
@click.option("--save", type=click.Path(path_type=Path), help="Write what was shown to an SVG file as well.")
def demo(save: Path | None) -> None:
    """A tour, offline, in under a minute: small outlets on loopback, and what the newswire makes of them.

    \b
    Example:  teletipo demo
    """
    from workers.demo.tour import tour

    sys.exit(tour(save))


def _settle_api(settings: Settings) -> Settings:
    """The settings with the port that it will have, said where that is another than was wanted."""
    settled = address.settle(settings)
    if settings.api.port not in {0, settled.api.port}:
        complaints.print(
            f"port {settings.api.port} is taken by another program; the HTTP interface takes {settled.api.port}"
        )
    return settled


def _webhooks(settings: Settings) -> list[str]:
    """The process that sends, where there are webhooks. Raises ConfigError where a secret cannot be had here."""
    for name in settings.webhooks:
        settings.webhook_keys(name)
    return ["webhooks"] if settings.webhooks else []


def _on_shared_store(place: Place) -> Settings:
    settings = place.settings()
    if not settings.store.url:
        raise click.UsageError(
            "[store] url is empty: name the store that all machines share (TELETIPO_STORE__URL=redis://host:6379/0), "
            "or run everything on this machine with `teletipo run`"
        )
    _log_to_stderr(logging.INFO)
    return settings


def _supervise(
    place: Place,
    settings: Settings,
    settled: Settings,
    kinds_of: Callable[[Settings], list[str]],
    server: EmbeddedServer | None = None,
) -> None:
    """settings: as they were read; settled: with the port that the HTTP interface has."""
    from workers.reload import Reloader
    from workers.service import Supervisor

    url, kinds = server.url if server else settings.store.url, kinds_of(settled)
    store = open_store(url, settings.store.prefix, settings.retention)
    _greet(settled, url, api="api" in kinds)
    for warning in store.warnings():
        complaints.print(f"WARNING: {warning}", style="bold red", markup=False)
    try:
        supervisor = Supervisor(settled, url, kinds, Reloader(settings, settled, place.settings, kinds_of), server)
        supervisor.serve(_reporter(settings, store) if "scheduler" in kinds else lambda: None)
    finally:
        if "api" in kinds:
            address.untell(settings.data)
    complaints.print("stopped; unfinished work is kept and goes on at the next start")


def _greet(settings: Settings, url: str, api: bool) -> None:
    complaints.print(f"[bold]teletipo[/] watches {len(settings.sources)} sources ({len(settings.feeds)} feeds)")
    complaints.print(f"  store   {url}\n  data    {settings.data}\n  config  {settings.config}", soft_wrap=True)
    if api:
        complaints.print(f"  page    {address.url(settings.api)}", soft_wrap=True)
    complaints.print("  see     `teletipo tail`, `teletipo status`; Ctrl-C stops\n")


def _reporter(settings: Settings, store: Store) -> Callable[[], None]:
    """Says plainly, once, when no outlet can be reached."""
    began, look_at, done = time.time(), time.monotonic() + REPORT_SECONDS, False
    asked = sorted(settings.feeds)[:ASKED_ABOUT]  # when all are due at once, they are polled in this order

    def report() -> None:
        nonlocal look_at, done
        if done or time.monotonic() < look_at:
            return
        look_at = time.monotonic() + REPORT_SECONDS
        try:
            states = store.feed_states(asked).values()
        except Exception:  # the store is being started again
            return
        tried = [state for state in states if state.last_poll >= began]
        if any(not state.failures for state in tried):
            done = True
        elif tried and len(tried) >= min(len(asked), 20):
            done = True
            complaints.print(
                f"No outlet could be reached: {len(tried)} feeds tried, the last one: {tried[-1].error}\n"
                "Is this machine online? The newswire keeps trying, less often each time; "
                "`teletipo demo` shows it offline.",
                style="bold yellow",
                markup=False,
            )

    return report


def _log_to_stderr(level: int) -> None:
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(name)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr
    )
    logging.getLogger("teletipo").setLevel(level)
