"""`teletipo sources add`: an outlet's address -> its file, and what was found on the way."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from rich.markup import escape

from ingest.clean import clean_url
from ingest.cli.group import Place, complaints, console, pass_place
from ingest.errors import ConfigError, TeletipoError
from ingest.fetch import Fetcher
from ingest.settings import Settings

if TYPE_CHECKING:
    from ingest.survey import Sample, Survey, Wish

BEGINNING = 160
"""Characters of an article's text that are shown."""


@click.command()
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@click.option("--dry-run", is_flag=True, help="Show the file, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="What was found as JSON, a line for each address.")
@click.option("--id", "name", default="", help="The source's id and its file's name; made of the host where left out.")
@click.option("--name", "called", default="", help="What the outlet is called.")
@click.option("--language", default="", help="ISO 639-1, such as es.")
@click.option("--country", default="", help="ISO 3166-1 alpha-2, such as VE.")
@click.option("--timezone", default="", help="An IANA name, such as America/Caracas.")
@click.option(
    "--full-text", type=click.Choice(["auto", "always", "never"]), help="Whether its articles' pages are fetched."
)
@click.option("--tag", "tags", multiple=True, help="A tag for the source; as often as you like.")
@click.option("--force", is_flag=True, help="Replace the source's file where there is one.")
@pass_place
def add(
    place: Place, addresses: tuple[str, ...], *, dry_run: bool, as_json: bool, name: str, called: str, language: str,
    country: str, timezone: str, full_text: Literal["auto", "always", "never"] | None, tags: tuple[str, ...],
    force: bool,
) -> None:  # fmt: skip
    """Look at an outlet, and write the file of its source.

    Its feeds, sitemaps and API are found and asked, and its name, language, country and time zone are found out; what
    speaks for each is shown, with three articles as they would be published. That takes 10 to 25 requests, with the
    pauses that its host is given. What you know better, say by an option, or correct in the file. Exits with 1 where
    no way in was found, with 2 where the source is there already.

    \b
    Example:  teletipo sources add https://outlet.example/
              teletipo sources add outlet.example --dry-run
    """
    from ingest.survey import Wish

    settings = place.settings()
    if len(addresses) > 1 and (name or called):
        raise click.UsageError("--id and --name are about one outlet; name one address")
    _check(addresses, name, language, country, timezone)
    wish = Wish(name, called, language, country, timezone, full_text or "", tags)
    sys.exit(max([_add(settings, each, wish, write=not dry_run, as_json=as_json, force=force) for each in addresses]))


def _check(addresses: tuple[str, ...], name: str, language: str, country: str, timezone: str) -> None:
    """Raises BadParameter for what could not be written in the end, before anybody is asked for anything."""
    from ingest.discover.zones import COUNTRIES, is_zone
    from ingest.settings.writing import is_id

    for given, good, told in (
        (name, is_id(name), "--id has lower-case letters, digits and hyphens"),
        (language, re.fullmatch("[a-z]{2}", language), "--language is ISO 639-1, such as es"),
        (country, country in COUNTRIES, "--country is ISO 3166-1 alpha-2, such as VE"),
        (timezone, is_zone(timezone), "--timezone is an IANA name, such as America/Caracas"),
    ):
        if given and not good:
            raise click.BadParameter(f"{told}; {given!r} is none")
    for address in addresses:
        try:
            clean_url(_with_scheme(address))
        except ValueError as error:
            raise click.BadParameter(str(error)) from error


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"https://{address}"


def _add(settings: Settings, address: str, wish: "Wish", *, write: bool, as_json: bool, force: bool) -> int:
    """Returns the exit code."""
    from ingest.settings.writing import source_toml, sources_folder, write_source
    from ingest.survey import as_json as json_of
    from ingest.survey import comments, notes

    try:
        folder = sources_folder(settings.config) if write else None
        if folder:
            wish = _known_already(settings, folder, address, wish, force=force)
        found = _survey(settings, address, wish)
        if folder and found.source:  # it may have led elsewhere
            _known_already(settings, folder, found.homepage, wish, force=force)
        text = source_toml(found.source, comments(found, datetime.now(UTC)), notes(found)) if found.source else ""
        file = write_source(folder, text, replace=force) if folder and text else None
    except TeletipoError as error:
        complaints.print(f"teletipo: {address}: {error}", style="red", markup=False, soft_wrap=True)
        return 2 if isinstance(error, ConfigError) else 1
    if as_json:
        click.echo(json_of(found, file))
    else:
        _show(found, text, file)
    return 0 if found.source else 1


def _known_already(settings: Settings, folder: Path, address: str, wish: "Wish", *, force: bool) -> "Wish":
    """The wish, with the id of the file that is to be replaced. Raises ConfigError where it is not to be."""
    from ingest.discover.choosing import address_key
    from ingest.settings.writing import source_id

    home = _with_scheme(address)
    same = [each for each in settings.sources.values() if address_key(each.homepage) == address_key(home)]
    if same and force and not wish.id:
        return wish._replace(id=same[0].id)
    name = wish.id or (same[0].id if same else source_id(home))
    if not force and (name in settings.sources or (same and not wish.id)):
        raise ConfigError(
            f"{folder / f'{name}.toml'} is there already; `teletipo sources check {name}` asks whether it works, "
            "--force replaces it, --id gives this one another file"
        )
    return wish


def _survey(settings: Settings, address: str, wish: "Wish") -> "Survey":
    from ingest.survey import Turns, survey

    fetcher = Fetcher(settings.fetch)
    try:
        with complaints.status(f"looking at {escape(address)}"):
            return survey(Turns(settings, fetcher), address, wish)
    finally:
        fetcher.close()


# ── for people ──


def _show(found: "Survey", text: str, file: Path | None) -> None:
    name = found.facts["name"].value
    console.print(f"[bold]{escape(name)}[/]  {escape(found.homepage)}", soft_wrap=True)
    for remark in found.remarks:
        console.print(remark, style="yellow", markup=False, soft_wrap=True)
    _show_ways(found)
    _show_facts(found)
    console.print(f"\n{found.full_text}", markup=False, soft_wrap=True)
    for sample in found.samples:
        _show_sample(sample)
    if text:
        console.print(f"\n{text}", style="dim", markup=False, soft_wrap=True)
    if file:
        console.print(f"wrote {file}; a running newswire takes it by itself", markup=False, soft_wrap=True)
    elif text:
        console.print("nothing was written", markup=False)


def _show_ways(found: "Survey") -> None:
    from ingest.survey import answered

    for each in found.answers:
        mark = "[green]polled[/]" if each.chosen else "[dim]found [/]" if not each.problem else "[dim]no    [/]"
        console.print(f"\n{mark}  {each.kind:9}  {escape(each.url)}", soft_wrap=True)
        said = "" if each.problem or each.candidate.comments else f"{answered(each)}; "
        console.print(f"        {each.candidate.how}: {said}{each.why}", style="dim", markup=False, soft_wrap=True)


def _show_facts(found: "Survey") -> None:
    console.print()
    for key, fact in found.facts.items():
        value = escape(fact.value) or "[yellow]not found out[/]"
        doubt = f" [yellow]but {escape(fact.doubt)}[/]" if fact.doubt else ""
        console.print(f"{key:9}  [bold]{value}[/]  [dim]{escape(fact.evidence)}[/]{doubt}", soft_wrap=True)


def _show_sample(sample: "Sample") -> None:
    console.print(f"\n[bold]{escape(sample.title)}[/]", soft_wrap=True)
    if sample.problem:
        console.print(f"{sample.url}: {sample.problem}", style="yellow", markup=False, soft_wrap=True)
    if article := sample.article:
        when = f"{article.published:%Y-%m-%d %H:%M} UTC" if article.published else "no date"
        said = (when, ", ".join(article.authors) or "no author", f"{article.words} words", article.language)
        console.print(" · ".join(said), style="dim", markup=False, soft_wrap=True)
        line = article.text.partition("\n")[0]
        console.print(line if len(line) <= BEGINNING else f"{line[:BEGINNING]} …", markup=False, soft_wrap=True)
