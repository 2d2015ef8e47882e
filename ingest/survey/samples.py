"""The latest entries of the ways in -> three articles as they would be published, and where their text is."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from msgspec.structs import replace

from ingest.compose import compose
from ingest.discover import Answer
from ingest.discover.choosing import FULL_WORDS, address_key
from ingest.errors import ExtractFailed
from ingest.models import Article, Entry, Page, Source
from ingest.survey.records import Sample
from ingest.survey.turns import Turns

SAMPLES = 3

WHOLE = 0.85
"""The share of a page's words that is its whole text: captions and boxes are in it, and in no feed."""


class Fetched(NamedTuple):
    """An entry and its page; where there is none, the problem says why."""

    entry: Entry
    page: Page | None
    problem: str = ""


def latest(answers: Sequence[Answer], homepage: str) -> list[Entry]:
    """The latest of the best way in, those at the outlet's own host first."""
    host = _host(homepage)
    dated = [(entry, date) for answer in answers[:1] for entry, date in answer.entries]
    ranked = sorted(dated, key=lambda pair: (_host(pair[0].url) == host, pair[1] or _LONG_AGO), reverse=True)
    return list({entry.url: entry for entry, _ in ranked}.values())[:SAMPLES]


def fetched(turns: Turns, entries: Sequence[Entry]) -> list[Fetched]:
    """Their pages."""
    with ThreadPoolExecutor(SAMPLES) as pool:
        return list(pool.map(lambda entry: _fetched(turns, entry), entries))


def samples(found: Sequence[Fetched], source: Source, full: dict[str, Entry]) -> tuple[Sample, ...]:
    """Each as this source would have it. full: entries by address from a way that has more of the text."""
    return tuple(_sample(each, source, full.get(address_key(each.entry.url))) for each in found)


def full_text(found: Sequence[Sample], carrier: str) -> tuple[str, bool]:
    """Where the articles' texts are, in words, and whether only the carrier has them, so that pages need not be asked
    for. carrier: what carries texts besides the pages, "feed" or "API"."""
    fed = [each.fed for each in found]
    if not found:
        return "no article was looked at", False
    if not any(each.paged for each in found):
        whole = min(fed) >= FULL_WORDS
        carried = "whole texts" if whole else "their beginnings" if max(fed) else "no text"
        return f"no page could be read; the {carrier} carries {carried}", whole
    shares = sorted(each.fed / each.paged for each in found if each.paged)
    share = shares[len(shares) // 2]
    if share > WHOLE:
        return f"pages and {carrier} have the whole texts", False
    return f"the texts are on the pages; the {carrier} carries {share:.0%} of their words", False


def _fetched(turns: Turns, entry: Entry) -> Fetched:
    fetch = turns.get(entry.url)
    if fetch is None:
        return Fetched(entry, None, "not asked: enough was asked of this outlet")
    if not fetch.ok:
        return Fetched(entry, None, f"{fetch.outcome}: {fetch.error}")
    return Fetched(entry, fetch.page(datetime.now(UTC)))


def _sample(found: Fetched, source: Source, more: Entry | None) -> Sample:
    entry = replace(found.entry, content=more.content) if more and not found.entry.content else found.entry
    bare = replace(entry, content="", summary="")
    paged, problem = _composed(bare, source, found.page) if found.page else (None, found.problem)
    fed, _ = _composed(entry, source, None) if entry.content or entry.summary else (None, "")
    article, trouble = _composed(entry, source, found.page) if found.page else (fed, problem)
    return Sample(
        url=entry.url,
        title=article.title if article else entry.title,
        article=article,
        problem="" if article and not problem else trouble or problem,
        fed=fed.words if fed else 0,
        paged=paged.words if paged else 0,
    )


def _composed(entry: Entry, source: Source, page: Page | None) -> tuple[Article | None, str]:
    try:
        return compose(entry, source, page, datetime.now(UTC)), ""
    except (ExtractFailed, ValueError) as error:
        return None, str(error)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


_LONG_AGO = datetime.fromtimestamp(0, UTC)
