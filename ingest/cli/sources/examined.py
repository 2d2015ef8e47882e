"""How `teletipo sources check` tells what the addresses answered: a table with the worst first, or JSON."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import click
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ingest.cli.group import console
from ingest.examining import Examined
from ingest.models import to_json

STALE = timedelta(days=30)
"""An address whose newest entry is older may be forgotten."""

LITTLE = 300.0
"""Seconds between polls that are asked for and make no difference."""

_ORDER = ("no", "stale", "moved", "ok")
_STYLES = {"no": "red", "stale": "yellow", "moved": "yellow", "ok": "green"}


def standing(found: Examined, now: datetime) -> str:
    """`no` where it did not answer with entries, else `stale`, `moved` (for good) or `ok`."""
    if found.problem:
        return "no"
    if found.newest and now - found.newest > STALE:
        return "stale"
    return "moved" if found.for_good else "ok"


def show_examined(found: Sequence[Examined], *, problems: bool) -> None:
    """The table, the worst first, and a summary. problems: without those that are well."""
    now = datetime.now(UTC)
    shown = _sorted(found, now, problems=problems)
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("source", overflow="fold")
    table.add_column("")
    for name in ("entries", "newest", "asks", "size", "time"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("address", overflow="fold", ratio=1)
    for how, each in shown:
        table.add_row(each.source, Text(how, _STYLES[how]), *_figures(each, now), _address(each, how))
    if shown:
        console.print(table)
    counts = Counter(standing(each, now) for each in found)
    rest = "".join(f", {counts[how]} {how}" for how in ("stale", "moved") if counts[how])
    console.print(f"{len(found) - counts['no']} of {len(found)} addresses answered with entries{rest}", soft_wrap=True)


def print_json(found: Sequence[Examined], *, problems: bool) -> None:
    """A line for each address, the worst first."""
    for how, each in _sorted(found, datetime.now(UTC), problems=problems):
        click.echo(b'{"standing":"' + how.encode() + b'",' + to_json(each)[1:])


def _sorted(found: Sequence[Examined], now: datetime, *, problems: bool) -> list[tuple[str, Examined]]:
    """Each with its standing. Within a source the order stays that of its file."""
    rows = [(standing(each, now), each) for each in found]
    shown = (row for row in rows if not problems or row[0] != "ok")
    return sorted(shown, key=lambda row: (_ORDER.index(row[0]), row[1].source))


def _figures(each: Examined, now: datetime) -> tuple[str, ...]:
    if not each.bytes:
        return "", "", "", "", f"{each.seconds:.1f} s" if each.seconds else ""
    entries = "" if each.problem else str(each.entries)
    newest = age(now - each.newest) if each.newest else ""
    asks = age(timedelta(seconds=each.ttl)) if each.ttl and each.ttl > LITTLE else ""
    return entries, newest, asks, _size(each.bytes), f"{each.seconds:.1f} s"


def _address(each: Examined, how: str) -> RenderableType:
    lines = [Text(each.url)]
    if each.problem:
        lines.append(Text(each.problem, "red"))
    if each.moved:
        remedy = "; write that into the source's file" if each.for_good else ""
        lines.append(Text(f"{'moved to' if each.for_good else 'leads to'} {each.moved}{remedy}", "yellow"))
    if how == "stale":
        lines.append(Text("nothing new for a month: is there another feed? see its home page", "yellow"))
    if each.kind != "feed":
        lines.append(Text(f"an index of {each.maps} sitemaps" if each.maps else f"a {each.kind}", "dim"))
    return Group(*lines)


def age(passed: timedelta) -> str:
    """A time in the largest unit that fits: `5 min`, `3 h`, `12 d`, `3 y`."""
    seconds = max(passed.total_seconds(), 0.0)
    for unit, length in (("y", 365 * 86_400), ("d", 86_400), ("h", 3_600)):
        if seconds >= (2 if unit == "y" else 1) * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 60:.0f} min"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB" if count >= 1e3 else f"{count} B"
