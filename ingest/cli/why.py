"""why: the whole life of one address."""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from textwrap import wrap
from typing import NamedTuple

import click
import msgspec
from rich.text import Text

from ingest.cli.group import Place, console, opened, pass_place
from ingest.why import Address, Life, QueueVerdict, Stands, span

LABEL = 21
"""Columns before the words: a time to the second, and two spaces."""


class Line(NamedTuple):
    """One line for people: what stands before it, and the words, which go on below one another."""

    label: str
    words: str
    style: str = ""


@click.command()
@click.argument("address", metavar="URL_OR_ID")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@pass_place
def why(place: Place, address: str, as_json: bool) -> None:
    """What became of an address, step by step, and why.

    Any address that leads to the article will do, wrapped in a redirect or not, and so does an article's id. The exit
    code is 1 where nobody heard of it.

    \b
    Example:  teletipo why https://venezuelanalysis.com/news/15458
              teletipo why 4f1d8a0c9be21735 --json
    """
    with opened(place.settings()) as wire:
        life = wire.why(address)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(life), indent=2).decode())
    else:
        for line in lines(life, datetime.now(UTC)):
            console.print(shown(line, console.width if console.is_terminal else None), soft_wrap=True)
    sys.exit(0 if life.known else 1)


def lines(life: Life, now: datetime) -> Iterator[Line]:
    """Everything that is told, a line each."""
    yield Line("", life.url or life.id, "bold")
    if life.article and life.article.title:
        yield Line("", f"“{life.article.title}”, {life.article.source}, article {life.article.id}")
    yield Line("now", _stands(life.stands, now), "bold")
    yield from _part("what may help", (Line("", f"  {hint}") for hint in life.help))
    yield from _part("", (Line(_clock(step.at), step.words) for step in life.steps))
    if life.known and not life.steps:
        yield from _part("", [Line("", "its steps are not remembered any more")])
    yield from _part("queues", map(_queue, life.queues))
    copies = (Line(_clock(each.at), _copy(each.source, each.url, each.words)) for each in life.cluster)
    yield from _part("published by, the first one first", copies)
    if [each.url for each in life.addresses] != [life.url]:
        yield from _part("its addresses", map(_address, life.addresses))


def shown(line: Line, width: int | None) -> Text:
    """The line as it is printed. width: columns of the terminal, where words go on below themselves; None elsewhere,
    where a line is a line, to be searched."""
    indent = LABEL if line.label else 4
    words = [line.words]
    if width:
        words = wrap(line.words, max(width - indent, 20), break_long_words=False, break_on_hyphens=False) or [""]
    label = f"{line.label:<{LABEL - 1}} " if line.label else ""
    return Text(label, "dim").append(f"\n{' ' * indent}".join(words), line.style)


def _part(heading: str, found: Iterable[Line]) -> Iterator[Line]:
    for number, line in enumerate(found):
        if not number:
            yield Line("", "")
        if not number and heading:
            yield Line("", heading, "bold")
        yield line


def _stands(stands: Stands, now: datetime) -> str:
    said = stands.words
    if stands.until:
        away = (stands.until - now).total_seconds()
        said += f" at {_clock(stands.until)}, in {span(round(away))}" if away > 0 else ", due now"
    return f"{said}: {stands.error}" if stands.error else said


def _queue(verdict: QueueVerdict) -> Line:
    said = "has it" if verdict.took else "has it not"
    return Line(f"  {verdict.queue}", f"{said}: {verdict.why}" if verdict.why else said)


def _copy(source: str, url: str, words: str) -> str:
    who = " ".join(filter(None, (source, url)))
    return ": ".join(filter(None, (who, words)))


def _address(address: Address) -> Line:
    found = [f"found in {naming.name}" if naming.url else naming.name for naming in address.feeds]
    about = ", ".join([address.stands, *found] if address.stands else found)
    return Line("", f"  {address.url}: {about}" if about else f"  {address.url}")


def _clock(at: datetime | None) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if at else ""
