"""The tour: the whole newswire on invented outlets, with what became of each page shown live.

1. an outlet publishes a dozen articles in two feeds, some of them awkward on purpose; another has copied one of them
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
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table

from ingest.errors import TeletipoError
from ingest.models import Copy, article_id
from ingest.settings import load
from ingest.store import STORE_DOWN, EntryState
from ingest.wire import Wire, connect
from workers.demo.newspapers import COPIER, COPIES, EDITED, PIECES, SILENT, SOURCE, TWICE, Piece, publish
from workers.demo.outlet import Outlet

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


def tour(save: Path | None = None) -> int:
    """Give the tour. save: an SVG file to write what was shown to. Returns the exit code: 0 where all went as told."""
    console = Console(highlight=False, record=save is not None)
    console.print("[bold]teletipo demo[/]: invented outlets on loopback, the real newswire, no internet\n")
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


@contextmanager
def _newswire(folder: Path, outlet: Outlet) -> Iterator[Wire]:
    """`teletipo run` as a process of its own, and a connection to it."""
    config, data = folder / "config", folder / "data"
    (config / "sources").mkdir(parents=True)
    (config / "teletipo.toml").write_text(SETTINGS)
    for name, source in (("el-faro-de-papel", SOURCE), ("the-bay-packet", COPIER)):
        (config / "sources" / f"{name}.toml").write_text(source.format(url=outlet.url))
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
    """The print version is a duplicate, what another outlet has a copy, the edit an update, the silent page dead, and
    all else is published."""
    ends = {path: state.outcome if state else "" for path, state in states.items()}
    twice, copies = (sorted(ends.pop(path) for path in paths) for paths in (TWICE, COPIES))
    return (
        twice == ["created", "duplicate"]
        and copies == ["copy", "created"]
        and ends.pop(EDITED) == "updated"
        and ends.pop(SILENT) == "dead"
        and set(ends.values()) == {"created"}
    )


def _table(wire: Wire, states: dict[str, EntryState | None], outlet: Outlet, seconds: float) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", title=f"{seconds:.0f} s", title_justify="right")
    for name, style in (("page", ""), ("what is special", "dim"), ("what became of it", "")):
        table.add_column(name, style=style, no_wrap=True)
    for piece in PIECES:
        table.add_row(piece.title, piece.special, _became(wire, states, piece, outlet))
    return table


def _became(wire: Wire, states: dict[str, EntryState | None], piece: Piece, outlet: Outlet) -> str:
    state = states[piece.path]
    if state is None:
        return "[dim]not heard of yet[/]"
    if not state.settled:
        again = f", try {state.attempt}" if state.attempt > 1 else ""
        return f"[yellow]to be {'fetched' if state.step == 'fetch' else 'processed'}{again}[/]"
    return _settled(wire, state, states, outlet)


def _settled(wire: Wire, state: EntryState, states: dict[str, EntryState | None], outlet: Outlet) -> str:
    article = wire.article(state.article)
    if article is None:
        return "[red]set aside[/]: no answer" if state.outcome == "dead" else state.outcome
    if state.outcome == "duplicate":
        return f"[blue]duplicate[/] of {article.url.removeprefix(outlet.url)}"
    if article.copy_of:
        return _copied(article.copy_of, states)
    if article.revision > 1:
        return f"[green]updated[/], revision {article.revision}"
    return f"[green]published[/] in {article.language}"


def _copied(copy: Copy, states: dict[str, EntryState | None]) -> str:
    original = next((path for path, state in states.items() if state and state.article == copy.of), "another")
    return f"[blue]copy[/] of {original}, {100 * copy.shared:.0f} %"


def _show_end(
    console: Console, wire: Wire, states: dict[str, EntryState | None], outlet: Outlet, seconds: float
) -> None:
    console.print(_table(wire, states, outlet, seconds))
    entries = wire.store.read_queue("all", "0", 1000)
    ends = [state.outcome for state in states.values() if state]
    updates = sum(entry.event == "updated" for entry in entries)
    summary = Table(box=None, pad_edge=False, show_header=False)
    for name, count in (
        ("pages announced by three feeds", len(PIECES)),
        ("articles published", len(entries) - updates),
        ("updates published", updates),
        ("duplicates found", ends.count("duplicate")),
        ("copies, which this queue leaves out", ends.count("copy")),
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
