"""The tour: the whole newswire on an invented outlet, with what became of each page shown live.

1. the outlet publishes a dozen articles in two feeds, some of them awkward on purpose
2. `teletipo run` polls, fetches, processes and delivers them
3. the outlet edits one article and is polled again
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table

from ingest.errors import TeletipoError
from ingest.models import article_id
from ingest.settings import load
from ingest.store import STORE_DOWN, EntryState
from ingest.wire import Wire, connect
from workers.demo.outlet import Answer, Headline, Outlet, rss

PAGES = Path(__file__).parent / "pages"
PATIENCE = 50.0
"""Seconds for the whole tour, after which it says what is missing."""

SETTINGS = """
[store]
port = 0
[api]
enabled = false
[fetch]
allow_addresses = ["127.0.0.0/8"]
delay = 0.0
timeout = 2.0
deadline = 3.0
[schedule]
attempts = 2
retry_first = 1.0
"""

SOURCE = """
id = "el-faro-de-papel"
name = "El Faro de Papel"
homepage = "{url}/"
language = "es"
country = "VE"
timezone = "America/Caracas"
feeds = ["{url}/feed", "{url}/latin1"]
"""


SVG = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font: {char_height}px/{line_height}px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}}
.{unique_id}-title {{ font: bold 18px system-ui, sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""
"""The frame of the saved picture, as Console.save_svg fills it: fonts that the reader has, nothing from the network."""

EDITED = "/2026/old-bridge"
SILENT = "/2026/silencio"
COPIES = ("/2026/ferry", "/print/ferry")
LATIN1 = "/latin1"


@dataclass(frozen=True)
class Piece:
    """One page of the outlet. file: its text in pages/; special: what is to be seen with it."""

    path: str
    title: str
    file: str = ""
    special: str = ""
    feed: str = "/feed"


PIECES = (
    Piece("/2026/calles-de-agua", "Calles de agua: Bajo Muelle", "calles-de-agua"),
    Piece(EDITED, "Inspectors close old bridge", "old-bridge-inspection.v1", "edited between polls"),
    Piece("/2026/subasta", "La subasta a mano alzada", "subasta-a-mano-alzada", "body captured twice"),
    Piece("/2026/ciguenas", "Cigüeñas, ñandúes, pingüinos", "ciguenas-y-nandues", "feed lies on encoding", LATIN1),
    Piece("/2026/ferry", "Night ferry returns", "night-ferry-returns"),
    Piece("/print/ferry", "Night ferry returns (print)", "night-ferry-returns", "a copy elsewhere"),
    Piece("/2026/archivo", "El archivo bajo la imprenta", "archivo-de-la-imprenta", "its date is in words"),
    Piece("/2026/autobus", "Vuelve el autobús escolar", "autobus-escolar-ruta-seis", "no metadata at all"),
    Piece("/2026/panaderia", "La panadería de noche", "la-panaderia-que-abre-de-noche"),
    Piece("/2026/library", "A library by cargo bike", "library-on-a-cargo-bike", "two authors"),
    Piece("/2026/mangrove", "Mangrove nursery's seedlings", "mangrove-nursery"),
    Piece("/2026/sal", "La primera cosecha de sal", "primera-cosecha-de-sal"),
    Piece("/2026/clock", "Town clock runs slow", "the-clock-that-runs-slow"),
    Piece(SILENT, "El faro que no contesta", "", "never answers"),
)


def tour(save: Path | None = None) -> int:
    """Give the tour. save: an SVG file to write what was shown to. Returns the exit code: 0 where all went as told."""
    console = Console(highlight=False, record=save is not None)
    console.print("[bold]teletipo demo[/]: an invented outlet on loopback, the real newswire, no internet\n")
    with tempfile.TemporaryDirectory(prefix="teletipo-demo-") as folder, Outlet() as outlet:
        began = time.monotonic()
        publish(outlet, edited=False)
        with _newswire(Path(folder), outlet) as wire:
            states = _watch(console, wire, outlet, began)
            _show_end(console, wire, states, outlet, time.monotonic() - began)
    if save:
        save.parent.mkdir(parents=True, exist_ok=True)
        console.save_svg(str(save), title="teletipo demo", code_format=SVG)
    return 0 if _as_told(states) else 1


def publish(outlet: Outlet, *, edited: bool) -> None:
    """Everything that the outlet has; `edited` is its second day, on which one article was changed."""
    for piece in PIECES:
        name = piece.file.replace(".v1", ".v2") if edited else piece.file
        if not piece.file:
            outlet.answers[piece.path] = Answer(never=True)
            continue
        text = (PAGES / f"{name}.html").read_text("utf-8").replace("{{BASE}}", outlet.url)
        outlet.publish(piece.path, text)
    outlet.publish("/feed", _feed(outlet, "/feed", edited), "application/rss+xml")
    outlet.publish(LATIN1, _feed(outlet, LATIN1, edited, encoding="cp1252"), "application/rss+xml")


def _feed(outlet: Outlet, path: str, edited: bool, encoding: str = "utf-8") -> bytes:
    morning = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=6)
    headlines = (
        Headline(
            outlet.url + piece.path,
            piece.title,
            published=morning + timedelta(minutes=7 * number),
            summary="Updated this morning." if edited and piece.path == EDITED else "",
        )
        for number, piece in enumerate(PIECES)
        if piece.feed == path
    )
    return rss("El Faro de Papel", outlet.url, headlines, encoding, declared="utf-8")


@contextmanager
def _newswire(folder: Path, outlet: Outlet) -> Iterator[Wire]:
    """`teletipo run` as a process of its own, and a connection to it."""
    config, data = folder / "config", folder / "data"
    (config / "sources").mkdir(parents=True)
    (config / "teletipo.toml").write_text(SETTINGS)
    (config / "sources" / "el-faro-de-papel.toml").write_text(SOURCE.format(url=outlet.url))
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TELETIPO_")}
    command = [sys.executable, "-m", "workers", "--config", str(config), "--data", str(data), "run"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log, start_new_session=True)
    try:
        yield _connected(config, data, process, folder / "log")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


def _connected(config: Path, data: Path, process: "subprocess.Popen[bytes]", log: Path) -> Wire:
    settings = load(config, data, {})
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return connect(config=settings.config, data=settings.data)
        except (TeletipoError, *STORE_DOWN):
            time.sleep(0.05)
    raise TeletipoError(f"the newswire did not start:\n{log.read_text('utf-8', 'replace')}")


def _watch(console: Console, wire: Wire, outlet: Outlet, began: float) -> dict[str, EntryState | None]:
    """Show the pages until each has met its end, with the edit in between."""
    edited = False
    with Live(console=console, refresh_per_second=8, transient=True) as live:
        while True:
            states = _states(wire, outlet)
            live.update(_table(wire, states, outlet, time.monotonic() - began))
            if time.monotonic() - began > PATIENCE or (edited and _as_told(states)):
                return states
            if not edited and _all_settled(states, ignoring=SILENT):
                publish(outlet, edited=True)
                wire.fetch("el-faro-de-papel")
                edited = True
            time.sleep(0.1)


def _states(wire: Wire, outlet: Outlet) -> dict[str, EntryState | None]:
    ids = [article_id(outlet.url + piece.path) for piece in PIECES]
    return {piece.path: state for piece, state in zip(PIECES, wire.store.entry_states(ids), strict=True)}


def _all_settled(states: dict[str, EntryState | None], ignoring: str) -> bool:
    return all(state is not None and state.settled for path, state in states.items() if path != ignoring)


def _as_told(states: dict[str, EntryState | None]) -> bool:
    """The copy is a duplicate, the edit an update, the silent page dead, and all else is published."""
    ends = {path: state.outcome if state else "" for path, state in states.items()}
    copies = sorted(ends.pop(path) for path in COPIES)
    return (
        copies == ["created", "duplicate"]
        and ends.pop(EDITED) == "updated"
        and ends.pop(SILENT) == "dead"
        and set(ends.values()) == {"created"}
    )


def _table(wire: Wire, states: dict[str, EntryState | None], outlet: Outlet, seconds: float) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", title=f"{seconds:.0f} s", title_justify="right")
    for name, style in (("page", ""), ("what is special", "dim"), ("what became of it", "")):
        table.add_column(name, style=style, no_wrap=True)
    for piece in PIECES:
        table.add_row(piece.title, piece.special, _became(wire, states[piece.path], outlet))
    return table


def _became(wire: Wire, state: EntryState | None, outlet: Outlet) -> str:
    if state is None:
        return "[dim]not heard of yet[/]"
    if not state.settled:
        again = f", try {state.attempt}" if state.attempt > 1 else ""
        return f"[yellow]to be {'fetched' if state.step == 'fetch' else 'processed'}{again}[/]"
    article = wire.article(state.article)
    if article is None:
        return "[red]set aside[/]: no answer" if state.outcome == "dead" else state.outcome
    if state.outcome == "duplicate":
        return f"[blue]duplicate[/] of {article.url.removeprefix(outlet.url)}"
    if article.revision > 1:
        return f"[green]updated[/], revision {article.revision}"
    return f"[green]published[/] in {article.language}"


def _show_end(
    console: Console, wire: Wire, states: dict[str, EntryState | None], outlet: Outlet, seconds: float
) -> None:
    console.print(_table(wire, states, outlet, seconds))
    entries = wire.store.read_queue("all", "0", 1000)
    ends = [state.outcome for state in states.values() if state]
    updates = sum(entry.event == "updated" for entry in entries)
    summary = Table(box=None, pad_edge=False, show_header=False)
    for name, count in (
        ("pages announced by two feeds", len(PIECES)),
        ("articles published", len(entries) - updates),
        ("updates published", updates),
        ("duplicates found", ends.count("duplicate")),
        ("set aside, with its error, to retry", ends.count("dead")),
        ("requests that the outlet saw", len(outlet.asked)),
    ):
        summary.add_row(name, f"[bold]{count}[/]")
    console.print("\n", summary, sep="")
    if not _as_told(states):
        console.print("\n[red]Not all of it went as told above.[/]")
    console.print("\nWhat to type next")
    for command, what in (
        ("run", "on real outlets"),
        ("tail", "articles as they arrive"),
        ("fetch venezuelanalysis --wait", "one outlet, now"),
        ("init my-config", "a configuration of your own"),
    ):
        console.print(f"  [bold]{_me()} {command:<31}[/] {what}")


def _me() -> str:
    """How this command is typed here: after `make demo` it is not on PATH."""
    return "teletipo" if shutil.which("teletipo") else os.path.relpath(Path(sys.executable).parent / "teletipo")
