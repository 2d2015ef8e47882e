"""What the page says, what the feed said, and whom to believe: title, authors and date of one article. Pure.

    the page's finding, how sure it is, what else the page says ─┐
    the feed's entry                                             ─┴─► value, evidence, how sure

The page comes first, as feeds shorten, and are written before an article is changed. But two that agree are surer than
one, and where a page says several things, or only its outlet's name, the feed decides.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from ingest.clean import clean_text, read_date, split_authors
from ingest.extract import Extracted
from ingest.extract.metadata import key
from ingest.models import Entry, Source

FEED = 0.85
"""How sure a feed's statement is by itself. A page's date that is less sure gives way to it."""
DOUBTFUL = 0.7
"""A page's title or author less sure than that, said in one place or only an outlet, gives way to what others say."""
SETTLED = 0.95
"""A page's date this sure is said by several places, and no other that agrees with the feed comes before it."""
SIGNED = 0.7
"""How sure a name is that stands above or below the text."""
LEAD_CHARACTERS = 120


class Title(NamedTuple):
    """`sure`, here and below: how sure the value is to be right, from 0 to 1; see docs/extraction.md."""

    text: str
    evidence: str
    sure: float


class Authors(NamedTuple):
    names: tuple[str, ...]
    evidence: str
    sure: float


class Dated(NamedTuple):
    """raw: the words that were read as the moment."""

    moment: datetime | None
    raw: str
    evidence: str
    sure: float


class _Said(NamedTuple):
    """A date that was read."""

    moment: datetime
    raw: str
    evidence: str
    sure: float


def title(found: Extracted, entry: Entry) -> Title:
    """The page's, or another that the page states too where the feed confirms that; the feed's where it has none."""
    page, feed = clean_text(found.title), clean_text(entry.title)
    evidence, sure = found.evidence.get("title", "page"), found.sure.get("title", FEED)
    if not page:
        return Title(feed, "feed", FEED) if feed else Title(_first_sentence(found), "first sentence", 0.2)
    if key(page) == key(feed):
        return Title(page, evidence, _both(sure, FEED))
    others = map(clean_text, found.also.get("title", ()))
    if sure < DOUBTFUL and (other := next((other for other in others if key(other) == key(feed)), "")):
        return Title(other, "feed", _both(0.5, FEED))
    return Title(page, evidence, sure)


def _first_sentence(found: Extracted) -> str:
    lead = found.paragraphs[0]
    sentence = lead.split(". ")[0]
    if len(sentence) <= LEAD_CHARACTERS:
        return sentence.rstrip(".")
    return sentence[:LEAD_CHARACTERS].rsplit(" ", 1)[0] + "…"


def authors(found: Extracted, entry: Entry, signed: Sequence[str], source: Source) -> Authors:
    """The page's own, then the feed's, then those whose names stand above or below the text.

    An outlet's name gives way to anybody whom the feed or the text names.
    """
    page = Authors(split_authors(found.authors), found.evidence.get("authors", "page"), found.sure.get("authors", FEED))
    feed = Authors(split_authors(entry.authors), "feed", FEED)
    if {key(name) for name in page.names} & {key(name) for name in feed.names}:
        return page._replace(sure=_both(page.sure, FEED))
    said = [one for one in (page, feed, Authors(split_authors(signed), "byline in text", SIGNED)) if one.names]
    people = (one for one in said if one.sure >= DOUBTFUL and key(one.names[0]) != key(source.name))
    return next(people, None) or next(iter(said), Authors((), "", 0.0))


def published(found: Extracted, entry: Entry, source: Source, fetched: datetime) -> Dated:
    """The page's date where it is sure, then the feed's, then the page's.

    Of several dates that a page states, the one on whose day the feed was dated is believed, unless several places
    agree on another. A date after the fetch gives way to any that is not. Where none can be read, the words are kept.
    """
    sure, evidence = found.sure.get("published", FEED), found.evidence.get("published", "page")
    stated = [(found.published, evidence, sure), *((raw, "page", 0.5) for raw in found.also.get("published", ()))]
    page = list(_dated(stated, source, found.language))
    feed = list(_dated([(entry.published, "feed", FEED)], source, found.language))
    said = [*page, *feed] if sure >= FEED else [*feed, *page]
    said = [one for one in said if one.moment <= fetched + timedelta(days=1)] or said
    if not said:
        return Dated(None, found.published or entry.published, "none", 0.0)
    best, agreed = said[0], next((one for one in page if one in said and _is_on_day_of(feed, one)), None)
    if agreed is not None and best in feed:
        best = best._replace(sure=_both(best.sure, agreed.sure))
    elif agreed is not None and (agreed is best or best.sure < SETTLED):
        best = agreed._replace(sure=_both(agreed.sure, FEED))
    return Dated(*best)


def _is_on_day_of(feed: list[_Said], one: _Said) -> bool:
    return any(abs(one.moment - other.moment) < timedelta(days=1) for other in feed)


def _dated(said: Iterable[tuple[str, str, float]], source: Source, language: str) -> Iterator[_Said]:
    for raw, evidence, sure in said:
        if moment := read_date(raw, source.timezone, source.language or language):
            yield _Said(moment, raw, evidence, sure)


def _both(one: float, other: float) -> float:
    """How sure what two say is, each by itself."""
    return 1 - (1 - one) * (1 - other)
