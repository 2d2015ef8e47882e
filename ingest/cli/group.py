"""The group, its options, and how errors leave it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from ingest.errors import ConfigError, TeletipoError, UnknownName
from ingest.settings import Settings, load
from ingest.store import STORE_DOWN, EmbeddedServer, open_store, running_url
from ingest.wire import Wire

console = Console(highlight=False)
complaints = Console(stderr=True, highlight=False)


def one_line(text: str) -> Text:
    """A cell that is cut where its room ends; rich takes room from it before it takes any from the other columns."""
    return Text(text, no_wrap=True, overflow="ellipsis")


def drift_line(source: str, drift: str) -> str:
    """That a source's pages are not what they were, with the remedy."""
    return f"drifting: {source}: {drift}; `teletipo sources check {source}` shows what is found on its pages now"


class Place:
    """Where the configuration and the data are; read when a command first asks, so that --help needs neither."""

    def __init__(self, config: Path | None, data: Path | None) -> None:
        self._config = config
        self._data = data

    def settings(self) -> Settings:
        """Raises ConfigError."""
        return load(self._config, self._data)


pass_place = click.make_pass_decorator(Place)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", type=click.Path(path_type=Path), help="The configuration's folder [TELETIPO_CONFIG, ./config]."
)
@click.option("--data", type=click.Path(path_type=Path), help="The data folder [TELETIPO_DATA, ./data].")
@click.version_option(package_name="teletipo")
@click.pass_context
def cli(context: click.Context, config: Path | None, data: Path | None) -> None:
    """teletipo: a newswire of your own.

    It watches news outlets, turns what they publish into clean, deduplicated articles, and delivers each one to queues
    that other programs subscribe to.

    \b
    Begin with:  teletipo demo          a tour, offline, in a minute
                 teletipo run           the newswire itself
                 teletipo tail          articles as they arrive
    """
    context.obj = Place(config, data)


@contextmanager
def opened(settings: Settings) -> Iterator[Wire]:
    """A wire to the running newswire's store; where none runs, the embedded store is started for this command alone."""
    url = settings.store.url or running_url(settings.data)
    if url:
        yield from _wire(settings, url)
        return
    with EmbeddedServer(settings.data, settings.store.port) as server:
        yield from _wire(settings, server.url)


def _wire(settings: Settings, url: str) -> Iterator[Wire]:
    wire = Wire(settings, open_store(url, settings.store.prefix, settings.retention))
    try:
        yield wire
    finally:
        wire.close()


def main() -> None:
    """The `teletipo` command: errors that have a remedy are one line, not a traceback."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:  # `teletipo tail | head`
        sys.stderr.close()
        sys.exit(0)
    except (ConfigError, UnknownName) as error:
        complaints.print(f"teletipo: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(2)
    except TeletipoError as error:
        complaints.print(f"teletipo: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)
    except STORE_DOWN as error:
        complaints.print(f"teletipo: the store went away: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)
