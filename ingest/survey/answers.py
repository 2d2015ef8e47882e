"""Candidates -> what each of them answered, asked side by side."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ingest.clean import read_date
from ingest.discover import (
    Answer,
    Candidate,
    Front,
    candidates,
    child,
    distinct,
    in_page,
    likely,
    read_front,
    root_address,
)
from ingest.discover.choosing import is_awake
from ingest.discover.ways import MOST_STATED, is_news
from ingest.errors import ExtractFailed, ParseFailed
from ingest.extract import front as tree_of
from ingest.models import Entry, Feed, Fetch
from ingest.parse import parse
from ingest.survey.turns import Turns

AT_ONCE = 6
KEPT = 5
"""GETs that are left for the articles and what is said of the outlet by its API."""


def ask_around(turns: Turns, front: Front, given: tuple[Candidate, ...]) -> list[Answer]:
    """What is stated first, then what is usual, as far as nothing good has answered yet."""
    found = distinct([*given, *candidates(front, turns.robots(front.url))])
    if not any(each.kind == "wordpress" for each in found):
        found += likely(front, "wordpress", all_of_them=False)
    if not any(each.kind == "sitemap" for each in found):
        found += likely(front, "sitemap", all_of_them=False)[:2]
    answers = _ask(turns, found)
    if not _any_good(answers, "feed"):
        answers += _ask(turns, _others(likely(front, "feed", all_of_them=True), answers))
    if not _any_good(answers, "feed") and not _any_good(answers, "sitemap"):
        answers += _ask(turns, _others(likely(front, "sitemap", all_of_them=True), answers))
    if not _any_good(answers, "feed"):
        answers = [_with_articles(turns, each) if each.latest and not each.entries else each for each in answers]
    return answers


def about_itself(turns: Turns, answers: list[Answer]) -> dict[str, Any]:
    """What the outlet's WordPress says of it (name, timezone_string, gmt_offset); empty where there is none."""
    posts = next((each.candidate.url for each in answers if each.kind == "wordpress" and each.entries), "")
    fetch = turns.get(root_address(posts)) if posts else None
    try:
        said = msgspec.json.decode(fetch.body) if fetch and fetch.ok else {}
    except msgspec.MsgspecError:
        return {}
    return said if isinstance(said, dict) else {}


def _any_good(answers: list[Answer], kind: str) -> bool:
    return any(each.kind == kind and is_awake(each, datetime.now(UTC)) for each in answers)


def _others(found: list[Candidate], answers: list[Answer]) -> list[Candidate]:
    asked = {each.candidate.url for each in answers}
    return [each for each in found if each.url not in asked]


def _ask(turns: Turns, found: list[Candidate]) -> list[Answer]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [answer for answers in pool.map(lambda each: _answers(turns, each), found) for answer in answers]


def _answers(turns: Turns, candidate: Candidate, *, leads_on: bool = True) -> list[Answer]:
    """The candidate's answer, and those of what it leads to: a page of feeds, or an index of sitemaps."""
    if candidate.comments:
        return [Answer(candidate, candidate.url)]
    enough = turns.left_for(candidate.url) <= KEPT
    fetch = None if enough else turns.get(_feed(candidate).address)
    if fetch is None:
        return [Answer(candidate, candidate.url, "not asked, since enough was asked of this outlet")]
    answer = _answer(candidate, fetch)
    if is_news(answer.latest):
        return [_with_articles(turns, answer)]
    inner = _feeds_on(fetch) if answer.problem and fetch.ok and leads_on else []
    return [answer, *(each for one in inner[:MOST_STATED] for each in _answers(turns, one, leads_on=False))]


def _answer(candidate: Candidate, fetch: Fetch) -> Answer:
    url = candidate.url if candidate.kind == "wordpress" else fetch.moved or candidate.url
    if not fetch.ok:
        return Answer(candidate, url, f"{fetch.outcome}: {fetch.error.partition(': ')[2] or fetch.error}")
    try:
        parsed = parse(_feed(candidate), fetch)
    except ParseFailed as error:
        return Answer(candidate, url, str(error))
    return Answer(
        candidate,
        url,
        entries=tuple((entry, _date(entry)) for entry in parsed.entries),
        title=parsed.title,
        language=parsed.language,
        maps=len(parsed.maps),
        latest=child([(each.url, each.changed) for each in parsed.maps]),
    )


def _feed(candidate: Candidate) -> Feed:
    return Feed(id="", source="", url=candidate.url, kind=candidate.kind)


def _with_articles(turns: Turns, index: Answer) -> Answer:
    """An index of sitemaps with the articles of its latest one."""
    fetch = turns.get(index.latest)
    if fetch is None or not fetch.ok:
        return index
    return index._replace(entries=_answer(Candidate(index.latest, "sitemap", index.candidate.how), fetch).entries)


def _date(entry: Entry) -> datetime | None:
    return next((date for raw in (entry.published, entry.updated) if raw and (date := read_date(raw, "UTC"))), None)


def _feeds_on(fetch: Fetch) -> list[Candidate]:
    """The feeds that a page leads to which was taken for a feed itself."""
    try:
        tree, _ = tree_of(fetch.body, fetch.url, fetch.content_type)
    except ExtractFailed:
        return []
    page = read_front(tree, fetch.url)
    return [each for each in in_page(page.links, fetch.url) if urlsplit(each.url).path != urlsplit(fetch.url).path]
