"""Which articles a reader wants, found a page at a time, the newest first.

A cursor is the place of the last article that was looked at. An article keeps its place for good, so the next page goes
on behind it whatever is written meanwhile: nothing is skipped, nothing comes twice. One page looks at so many articles
and takes so long at most, so it may be short, or empty, and still name the next one.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from ingest.deliver import Filter, takes_all
from ingest.deliver.filters import fold
from ingest.models import Article, article_from_json
from ingest.settings import QueueSettings
from ingest.store import Place
from ingest.wire import Wire

MOST_LOOKED_AT = 2_000
MOST_SECONDS = 0.5
"""For one page; a search for words reads about 10,000 articles a second."""

_BATCH = 200

_TERM = re.compile(r'"([^"]*)"|(\S+)')

CURSOR = "[0-9a-f]{30}"
"""An article's milliseconds and its id."""

_EPOCH = 2**55
"""Added to the milliseconds, so that those before 1970 have no sign."""


@dataclass(frozen=True)
class Wanted:
    """conditions: as a queue's. words: all of them, each as a queue's `words`. since, until: by Article.sorted, aware;
    the first included, the second not."""

    conditions: QueueSettings = field(default_factory=QueueSettings)
    words: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Found:
    """One page. next: the cursor of the next one, None at the end."""

    articles: list[Article]
    next: str | None


def search_words(said: str) -> tuple[str, ...]:
    """What is typed into a search box: words, "phrases in quotes" and beginnings* -> words for `Wanted`. Punctuation
    alone is no word, and a * counts at the end only."""
    terms = (phrase or word for phrase, word in _TERM.findall(said))
    return tuple(_plain(term) for term in terms if fold(term).strip())


def checked_cursor(said: str) -> str:
    """The cursor itself. Raises ValueError where it is none."""
    if not re.fullmatch(CURSOR, said):
        raise ValueError(f"{said[:40]!r} is no cursor; use `next` as it came, or leave it out to begin anew")
    return said


def find(wire: Wire, wanted: Wanted, cursor: str | None, limit: int) -> Found:
    """Up to `limit` articles after the cursor. Raises ValueError for a cursor that is none of ours."""
    place = _start(wanted, cursor)
    filters = _filters(wanted)
    sources, found = wanted.conditions.source, list[Article]()
    since = None if wanted.since is None else wanted.since.timestamp() * 1000
    looked_at, deadline = 0, time.monotonic() + MOST_SECONDS
    while True:
        most = _BATCH if filters else limit - len(found)
        batch = wire.store.articles_before(
            place, most, source=sources[0] if len(sources) == 1 else None, since_ms=since
        )
        for place, kept in batch:  # the last one looked at is where the next page begins
            if kept and takes_all(filters, article := article_from_json(kept)):
                found.append(article)
                if len(found) == limit:
                    return Found(found, _cursor(place))
        looked_at += len(batch)
        if len(batch) < most:
            return Found(found, None)
        if looked_at >= MOST_LOOKED_AT or time.monotonic() > deadline:
            return Found(found, _cursor(place))


# ── parts ──


def _filters(wanted: Wanted) -> Sequence[Filter]:
    """What an article must pass; one source alone needs no filter, as it has an index of its own."""
    asked = wanted.conditions
    if len(asked.source) == 1:
        asked = msgspec.structs.replace(asked, source=())
    words = [Filter(QueueSettings(words=(word,))) for word in wanted.words]
    return words if asked == QueueSettings() else [Filter(asked), *words]


def _start(wanted: Wanted, cursor: str | None) -> Place | None:
    places = [_place(cursor)] if cursor else []
    if wanted.until:
        places.append(Place(wanted.until.timestamp() * 1000, ""))
    return min(places, default=None)


def _plain(term: str) -> str:
    begins = term.rstrip().endswith("*")
    return term.replace("*", " ").strip() + ("*" if begins else "")


def _cursor(place: Place | None) -> str | None:
    return place and f"{round(place.ms) + _EPOCH:014x}{place.id}"


def _place(cursor: str) -> Place:
    checked_cursor(cursor)
    return Place(float(int(cursor[:14], 16) - _EPOCH), cursor[14:])
