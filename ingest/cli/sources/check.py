"""`teletipo sources check`: whether the addresses of sources answer, and what their rules find on a page."""

import sys
import time
from contextlib import suppress
from datetime import date, datetime

import click
from rich.markup import escape
from rich.progress import track

from ingest import robots
from ingest.baseline import Baseline, drift
from ingest.cli.group import Place, complaints, console, drift_line, pass_place
from ingest.cli.pages import page_from, page_of
from ingest.cli.sources.learned import learned_lines
from ingest.errors import FetchFailed, StoreError
from ingest.examining import Examination, Examined
from ingest.models import Source
from ingest.settings import Settings
from ingest.store import STORE_DOWN, open_store, running_url


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE...]")
@click.option("--problems", is_flag=True, help="Show only the addresses that are not well.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each address, and nothing else.")
@click.option("--page", metavar="FILE_OR_URL", help="Check the rules of the one source on this page, and ask no feed.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Use the rules as they were on this day.")
@pass_place
def check(
    place: Place, names: tuple[str, ...], page: str | None, on: datetime | None, *, problems: bool, as_json: bool
) -> None:
    """Ask every address of these sources (all of them where none is named) once, and say what answered.

    Many hosts are asked at once, each with its pause between two requests. The worst comes first: addresses that gave
    no entries (`no`), whose newest is older than a month (`stale`), that have moved for good (`moved`), and the others.

    Of each source that is named or has rules, the first article of its feed is fetched, to show what each selector
    selects beside what is found without. Where a newswire runs, what it has learned of their pages is told. Exits with
    1 where an address did not answer with entries, a page has no article, a selector selects nothing, or the source's
    latest pages differ from its usual ones.

    \b
    Example:  teletipo sources check venezuelanalysis
              teletipo sources check --problems
              teletipo sources check venezuelanalysis --page saved.html --on 2024-01-31
    """
    settings = place.settings()
    chosen = [settings.source(name) for name in dict.fromkeys(names)] or list(settings.sources.values())
    day = on.date() if on else None
    if page:
        _check_page(settings, chosen, names, page, day)
    examination = Examination(settings)
    found = _examined(examination, chosen)
    _told(found, problems=problems, as_json=as_json)
    well = all(not each.problem for each in found)
    if not as_json:
        ruled = [each for each in chosen if (names or each.extract) and each.fetch.full_text != "never"]
        articles = [_check_article(examination.asking, source, found, day) for source in ruled]
        well = all(articles) and _are_as_usual(settings, chosen) and well
    sys.exit(0 if well else 1)


def _check_page(settings: Settings, chosen: list[Source], names: tuple[str, ...], page: str, day: date | None) -> None:
    from ingest.cli.sources.checking import check_page

    if len(names) != 1:
        raise click.UsageError("--page is about the rules of one source; name it")
    sys.exit(0 if check_page(chosen[0], page_of(settings, page, chosen[0].homepage), day) else 1)


def _examined(examination: Examination, chosen: list[Source]) -> list[Examined]:
    """In the order of the configuration; a bar shows how far it is."""
    feeds = [feed for source in chosen for feed in source.polled()]
    answers = examination.examine(feeds)
    found = {
        each.feed: each
        for each in track(answers, total=len(feeds), description="asking", console=complaints, transient=True)
    }
    return [found[feed.id] for feed in feeds]


def _told(found: list[Examined], *, problems: bool, as_json: bool) -> None:
    from ingest.cli.sources.examined import print_json, show_examined

    if as_json:
        print_json(found, problems=problems)
    else:
        show_examined(found, problems=problems)


def _check_article(asking: robots.Asking, source: Source, found: list[Examined], day: date | None) -> bool:
    """The first entry's page, after the pause that its host is given between two pages."""
    from ingest.cli.sources.checking import check_page

    url = next((each.article for each in found if each.source == source.id and each.article), "")
    if not url:
        return True
    time.sleep(asking.settings.delay(source.id))
    try:
        return check_page(source, page_from(robots.get(asking, source.id, url)), day)
    except FetchFailed as error:
        console.print(f"\n[bold]{source.id}[/]  {escape(url)}\n[red]{escape(str(error))}[/]", soft_wrap=True)
        return False


def _are_as_usual(settings: Settings, chosen: list[Source]) -> bool:
    """Whether their latest pages are like the usual ones; what was learned of them is told, where a newswire runs."""
    learned, drifting = _known(settings, chosen)
    for line in learned:
        console.print(line, style="dim", markup=False, soft_wrap=True)
    for source, how in drifting.items():
        console.print(drift_line(source, how), style="yellow", markup=False, soft_wrap=True)
    return not drifting


def _known(settings: Settings, chosen: list[Source]) -> tuple[list[str], dict[str, str]]:
    """What was learned of these sources, and how their latest pages differ from the usual ones, where a newswire runs
    that has seen them."""
    url = settings.store.url or running_url(settings.data, wait=0)
    learned: list[str] = []
    baselines: dict[str, Baseline] = {}
    with suppress(StoreError, *STORE_DOWN):
        if url:
            store = open_store(url, settings.store.prefix)
            learned = list(learned_lines(store, chosen))
            baselines = store.baselines([source.id for source in chosen])
    return learned, {source: "; ".join(reasons) for source, figures in baselines.items() if (reasons := drift(figures))}
