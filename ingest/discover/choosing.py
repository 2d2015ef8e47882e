"""What the addresses of an outlet answered -> which are polled, and for each one why or why not.

One feed of the whole outlet is enough. Another way is taken only where it brings what the first does not: entries of
the same days that are not in it.
"""

import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from courlan import extract_domain

from ingest.clean import clean_url
from ingest.discover.ways import GIVEN, Candidate
from ingest.models import Entry

STALE = timedelta(days=60)
"""An outlet that published nothing for so long is asleep, or its feed is forgotten."""

MISSED, SHARE = 3, 0.25
"""A way is taken beside another where it has so many entries, and such a share of its own, that the other missed."""

MOST_FEEDS = 12

_MAIN = re.compile(
    r"\b(?:main|all|home|front-?page|latest|top|index|portada|todas?|todo|[uú]ltimas?|titulares|inicio|news)\b",
    re.IGNORECASE,
)
"""What outlets call the feed of everything, where they have one for each section besides."""

FULL_WORDS = 120
"""An entry with so many words has its article's text."""


class Answer(NamedTuple):
    """What one address answered. problem: why it is no way in, empty where it is one; entries: with their dates, None
    where they state none; maps: how many sitemaps an index names, latest: the one of them with the
    latest articles; chosen, why: what was decided."""

    candidate: Candidate
    url: str
    problem: str = ""
    entries: tuple[tuple[Entry, datetime | None], ...] = ()
    title: str = ""
    language: str = ""
    maps: int = 0
    latest: str = ""
    chosen: bool = False
    why: str = ""

    @property
    def newest(self) -> datetime | None:
        return max((date for _, date in self.entries if date), default=None)

    @property
    def oldest(self) -> datetime | None:
        return min((date for _, date in self.entries if date), default=None)

    @property
    def kind(self) -> str:
        return self.candidate.kind

    @property
    def is_news(self) -> bool:
        """Whether a sitemap names its articles' titles, as those for news do."""
        return self.kind == "sitemap" and any(entry.title for entry, _ in self.entries)

    @property
    def full(self) -> float:
        """The share of its entries that carry their article's text."""
        long = sum(len(entry.content.split()) >= FULL_WORDS for entry, _ in self.entries)
        return long / len(self.entries) if self.entries else 0.0


def choose(answers: Iterable[Answer], home: str, now: datetime) -> list[Answer]:
    """The answers in their order, each with what was decided about it and why. home: the outlet's front page.

    Feeds first, the API with them; then a news sitemap where it brings more; a sitemap of everything only where there
    is nothing else, since it is long and says little.
    """
    answers = [each._replace(problem=each.problem or _elsewhere(each, home)) for each in answers]
    usable = [each for each in answers if _usable(each)]
    fresh = [each for each in usable if is_awake(each, now)]
    taken = _feeds([each for each in fresh if each.kind == "feed"])
    taken |= _api([each for each in fresh if each.kind == "wordpress"])
    taken |= _news([each for each in fresh if each.is_news], taken)
    if not taken:
        taken = _last_resort(usable, now)
    return [_decided(each, taken, now) for each in answers]


Taken = dict[str, tuple[Answer, str]]
"""By address: what is polled, and why."""


def is_awake(answer: Answer, now: datetime) -> bool:
    """Whether it is a way in that had something lately, as far as it states dates."""
    return _usable(answer) and not _stale(answer, now)


def _usable(answer: Answer) -> bool:
    return not answer.problem and not answer.candidate.comments and bool(answer.entries or answer.maps)


def _elsewhere(answer: Answer, home: str) -> str:
    """Where it is no feed of this outlet, though its page names it: it and most of what it names are another's (a
    podcast's host, a partner)."""
    hosts = [each for each in (_site(entry.url) for entry, _ in answer.entries[:50]) if each]
    site = _site(home)
    if not hosts or _site(answer.url) == site or answer.candidate.how == GIVEN:
        return ""
    return "" if 2 * hosts.count(site) >= len(hosts) else f"its entries are at {Counter(hosts).most_common(1)[0][0]}"


def _site(url: str) -> str:
    """The host without `www.` or what else is before an outlet's own name."""
    host = urlsplit(url).hostname or ""
    return extract_domain(url) or host.removeprefix("www.")


def _stale(answer: Answer, now: datetime) -> bool:
    return bool(answer.newest and now - answer.newest > STALE)


def _feeds(feeds: list[Answer]) -> Taken:
    ranked = sorted(feeds, key=_rank, reverse=True)
    taken: Taken = {}
    for each in ranked:
        if not taken:
            taken[each.url] = (each, "the outlet's feed" if not each.candidate.section else "its fullest feed")
        elif len(taken) < MOST_FEEDS and (missing := _missing(each, taken)):
            taken[each.url] = (each, f"{missing} of its entries are in no other feed")
    return taken


def _api(apis: list[Answer]) -> Taken:
    return {each.url: (each, "whole texts, corrections, and all back to its first article") for each in apis[:1]}


def _news(sitemaps: list[Answer], taken: Taken) -> Taken:
    for each in sorted(sitemaps, key=lambda each: len(each.entries), reverse=True)[:1]:
        if not taken:
            return {each.url: (each, "there is no feed that could be read, and it lists the latest articles")}
        if missing := _missing(each, taken):
            return {each.url: (each, f"{missing} of its articles are in no feed")}
    return {}


def _last_resort(usable: list[Answer], now: datetime) -> Taken:
    """What is left where no feed is fresh: a sitemap of everything, else what is stale."""
    sitemaps = [each for each in usable if each.kind == "sitemap" and not _stale(each, now)]
    for each in sorted(sitemaps, key=lambda each: (each.maps > 0, len(each.entries)), reverse=True)[:1]:
        return {each.url: (each, "there is no feed that could be read")}
    for each in sorted(usable, key=_rank, reverse=True)[:1]:
        return {each.url: (each, "nothing here is newer")}
    return {}


def _rank(answer: Answer) -> tuple[object, ...]:
    """The main feed is the one of no part, with the most and latest entries; short addresses are rather the whole."""
    name = f"{urlsplit(answer.url).path.rpartition('/')[2]} {answer.candidate.label}"
    depth = len([part for part in urlsplit(answer.url).path.split("/") if part])
    newest = answer.newest.timestamp() if answer.newest else 0.0
    dated = answer.newest is not None
    return (
        not answer.candidate.section, answer.kind != "sitemap", dated, bool(_MAIN.search(name)), -depth,
        round(answer.full),
        min(len(answer.entries), 20), newest, len(answer.entries), not answer.url.startswith("http://"),
    )  # fmt: skip


def _missing(answer: Answer, taken: Taken) -> int:
    """How many of the entries that are of the same days as those taken are in none of these; 0 for next to none."""
    known = {address_key(entry.url) for other, _ in taken.values() for entry, _ in other.entries}
    titles = {entry.title for other, _ in taken.values() for entry, _ in other.entries if entry.title}
    since = max((other.oldest for other, _ in taken.values() if other.oldest), default=None)
    recent = [entry for entry, date in answer.entries if since is None or (date and date >= since)]
    new = [entry for entry in recent if address_key(entry.url) not in known and entry.title not in titles]
    return len(new) if len(new) >= MISSED and len(new) > SHARE * len(recent) else 0


def address_key(url: str) -> str:
    """An address without what differs between a feed's and a sitemap's spelling of it."""
    with suppress(ValueError):
        url = clean_url(url)
    return re.sub(r"^https?://(?:www\.)?", "", url.partition("#")[0]).rstrip("/").lower()


def _decided(answer: Answer, taken: Taken, now: datetime) -> Answer:
    if answer.url in taken and answer is taken[answer.url][0]:
        why = taken[answer.url][1]
        if _stale(answer, now) and answer.newest:
            why = f"{why}; it has been asleep since {answer.newest:%Y-%m-%d}"
        return answer._replace(chosen=True, why=why)
    return answer._replace(why=_reason(answer, now))


def _reason(answer: Answer, now: datetime) -> str:
    if answer.problem or answer.candidate.comments:
        return answer.problem or "of comments"
    if not answer.entries and not answer.maps:
        return "empty"
    if _stale(answer, now) and answer.newest:
        return f"asleep since {answer.newest:%Y-%m-%d}"
    everything = answer.kind == "sitemap" and not answer.is_news
    return "lists everything, and the others are quicker" if everything else "brings nothing that the others lack"
