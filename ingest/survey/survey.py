"""One address -> a Survey, a step after the other."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lxml.html import HtmlElement

from ingest.clean import clean_url
from ingest.discover import (
    Answer,
    Claim,
    Fact,
    Front,
    choose,
    country_of,
    language_of,
    name_of,
    one_line,
    propose,
    stated_offset,
    timezone_of,
)
from ingest.discover.choosing import address_key
from ingest.enrich import language_of as language_of_text
from ingest.errors import ParseFailed
from ingest.models import Entry, Feed, Fetch, Listing
from ingest.parse import parse
from ingest.survey.answers import about_itself, ask_around
from ingest.survey.home import find_home
from ingest.survey.records import Sample, Survey, Wish
from ingest.survey.samples import fetched, full_text, latest, samples
from ingest.survey.source import source_of
from ingest.survey.turns import Turns

LONG = 2.5
"""Seconds of a pause that leave no time for all that would be asked otherwise."""

TEXTS = 10
"""Entries whose language is looked at."""


def survey(turns: Turns, address: str, wish: Wish) -> Survey:
    """What is at this address. Raises FetchFailed where nobody answers, ParseFailed for what is no outlet's."""
    home = find_home(turns, address)
    answers = choose(ask_around(turns, home.front, home.given), home.front.url, datetime.now(UTC))
    remarks = [*home.remarks, *_slow(turns.pause(home.front.url)), *_unasked(home.front, answers)]
    listing = None
    if not any(each.chosen for each in answers):
        listing, found = _listing(home.tree, home.fetch)
        remarks.append(_NOTHING if listing is None else _PROPOSED)
        entries = found
    else:
        entries = latest([each for each in answers if each.chosen], home.front.url)
    about = about_itself(turns, answers)
    pages = fetched(turns, entries)
    facts = _facts(home.front, answers, about, wish)
    draft = source_of(home.front.url, facts, answers, listing, wish)
    taken = samples(pages, draft, _fuller(answers))
    said, pages_are_needless = full_text(taken, _carrier(answers))
    facts = _facts(home.front, answers, about, wish, taken)
    sure = source_of(home.front.url, facts, answers, listing, wish, never=pages_are_needless)
    return Survey(
        asked=address,
        homepage=home.front.url,
        remarks=tuple(remarks),
        answers=tuple(answers),
        facts=facts,
        samples=samples(pages, sure, _fuller(answers)) if sure != draft else taken,
        full_text=said,
        source=sure if sure.polled() else None,
        gets=turns.gets,
    )


def _slow(pause: float) -> list[str]:
    return [f"it is given {pause:g} s between two requests, so that few were made"] if pause > LONG else []


def _unasked(front: Front, answers: Sequence[Answer]) -> list[str]:
    """That more feeds are named than were asked."""
    asked = {address_key(each.candidate.url) for each in answers}
    more = {address_key(link.url) for link in front.links} - asked
    return [f"{len(more)} more feeds are named on its front page, and were not asked"] if more else []


_NOTHING = (
    "no way in was found: neither feed nor sitemap; a page that lists its articles can be read by selectors, "
    "see [[listings]] in docs/sources.md"
)
_PROPOSED = "neither feed nor sitemap was found; its front page is read by selectors, which were guessed: look at them"


def _listing(tree: HtmlElement | None, fetch: Fetch) -> tuple[Listing | None, list[Entry]]:
    """Selectors for the front page and what they find on it."""
    listing = propose(tree, clean_url(fetch.url)) if tree is not None else None
    if listing is None:
        return None, []
    try:
        feed = Feed(id="", source="", url=listing.url, kind="listing", listing=listing)
        return listing, list(parse(feed, fetch).entries)[:3]
    except ParseFailed:
        return None, []


# ── facts ──


def _facts(
    front: Front, answers: Sequence[Answer], about: dict[str, Any], wish: Wish, taken: Sequence[Sample] = ()
) -> dict[str, Fact]:
    """taken: the articles, which tell more than the feed, where some are there already."""
    chosen = [each for each in answers if each.chosen]
    articles = [each.article for each in taken if each.article]
    title = next((each.title for each in chosen if each.title), "")
    own_name = [Claim(one_line(about["name"]), "its WordPress", 4.0)] if isinstance(about.get("name"), str) else []
    languages = [*front.languages, *dict.fromkeys(_stated_languages(chosen))]
    texts = [*(f"{article.title} {article.text}" for article in articles), *_texts(chosen)]
    described = (
        front.about,
        one_line(str(about.get("description") or "")),
        title,
        *(each.value for each in front.names),
    )
    raw = [*(article.published_raw for article in articles), *_raw_dates(chosen)]
    dates = [*filter(None, map(stated_offset, raw)), *_stated_clock(about, len(raw))]
    country = _wished(wish.country) or country_of(front.url, front.countries, languages, " ".join(described), dates)
    stated = str(about.get("timezone_string") or "")
    return {
        "name": _wished(wish.name) or name_of([*front.names, *own_name], title, front.url),
        "language": _wished(wish.language) or language_of(languages, [language_of_text(text) for text in texts]),
        "country": country,
        "timezone": _wished(wish.timezone) or timezone_of(country.value, dates, stated),
    }


def _wished(value: str) -> Fact | None:
    return Fact(value, "an option") if value else None


def _stated_languages(answers: Sequence[Answer]) -> list[Claim]:
    return [Claim(each.language, "the feed's language") for each in answers if each.language]


def _texts(answers: Sequence[Answer]) -> list[str]:
    """The entries' own words."""
    entries = [entry for answer in answers[:1] for entry, _ in answer.entries[:TEXTS]]
    return [f"{entry.title} {re.sub(r'<[^>]*>', ' ', entry.summary or entry.content)}" for entry in entries]


def _raw_dates(answers: Sequence[Answer]) -> list[str]:
    return [entry.published or entry.updated for answer in answers for entry, _ in answer.entries[:50]]


def _stated_clock(about: dict[str, Any], weight: int) -> list[tuple[datetime, int]]:
    """The distance from UTC that a WordPress states where it names no zone, as often as there are other dates."""
    hours = about.get("gmt_offset")
    if not isinstance(hours, int | float) or not hours or about.get("timezone_string"):
        return []
    return [(datetime.now(UTC), round(hours * 60))] * max(weight, 1)


def _carrier(answers: Sequence[Answer]) -> str:
    """What has most of the texts, besides the pages."""
    return "API" if any(each.chosen and each.kind == "wordpress" for each in answers) else "feed"


def _fuller(answers: Sequence[Answer]) -> dict[str, Entry]:
    """Entries with their whole text, where a way in has that."""
    full = (entry for answer in answers if answer.chosen for entry, _ in answer.entries if entry.content)
    return {address_key(entry.url): entry for entry in full}
