"""The ways into one outlet beside each other: what each found first, and what it missed. Pure, but for `sighted`.

store ─sighted─► Sighting, one for each article ─compare─► Path, one for each feed

A path is blamed only for what it could have shown: articles that were published after it first named anything, and that
another path had named by the time of its last good poll.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from statistics import median

from ingest.models import Feed, Record
from ingest.store import Happened, Store

MOST = 1000
"""Articles that are looked at, the newest."""

SHOWN = 5
"""Addresses of missed articles that are told of each path."""


class Sighting(Record, frozen=True, kw_only=True):
    """An article and when each path named it. Times are Unix seconds; at: by the ids of feeds."""

    url: str
    published: float
    at: Mapping[str, float]


class Path(Record, frozen=True, kw_only=True):
    """What one way in is worth. named: articles that it named; first: that it named before all others; alone: that no
    other one named; missed: that it could have named and did not, the newest of them in `examples`; behind: seconds
    that it is behind the first one, the median, None where it never is."""

    feed: str
    kind: str
    url: str
    named: int = 0
    first: int = 0
    alone: int = 0
    missed: int = 0
    behind: float | None = None
    examples: tuple[str, ...] = ()


def compare(feeds: Sequence[Feed], sightings: Sequence[Sighting], last_ok: Mapping[str, float]) -> list[Path]:
    """last_ok: when each feed was last polled well, Unix seconds, by its id; 0 for never."""
    ids = {feed.id for feed in feeds}
    known = [each for each in sightings if ids & each.at.keys()]
    return [_path(feed, ids, known, last_ok.get(feed.id, 0.0)) for feed in feeds]


def _path(feed: Feed, ids: set[str], sightings: Sequence[Sighting], last_ok: float) -> Path:
    named = [each for each in sightings if feed.id in each.at]
    begun = min((each.at[feed.id] for each in named), default=last_ok)
    first = {each.url: min(at for name, at in each.at.items() if name in ids) for each in sightings}
    behind = [each.at[feed.id] - first[each.url] for each in named if each.at[feed.id] > first[each.url]]
    missed = [
        each for each in sightings if feed.id not in each.at and each.published > begun and first[each.url] < last_ok
    ]
    missed.sort(key=lambda each: each.published, reverse=True)
    return Path(
        feed=feed.id,
        kind=feed.kind,
        url=feed.url,
        named=len(named),
        first=len(named) - len(behind),
        alone=sum(len(ids & each.at.keys()) == 1 for each in named),
        missed=len(missed),
        behind=median(behind) if behind else None,
        examples=tuple(each.url for each in missed[:SHOWN]),
    )


def sighted(store: Store, source: str, since: float) -> list[Sighting]:
    """The source's articles since then (Unix seconds), at most a thousand, with all that named them."""
    found = store.articles_before(None, MOST, source=source, since_ms=since * 1000)
    entries = store.entries_of([place.id for place, _ in found])
    lives = iter(store.lived([entry for each in entries for entry in each]))
    sightings = []
    for (place, _), ids in zip(found, entries, strict=True):
        lived = list(islice(lives, len(ids)))
        url = next((life.state.url for life in lived if life.state), "")
        at = _named(happened for life in lived for happened in life.life)
        if url and at:
            sightings.append(Sighting(url=url, published=place.ms / 1000, at=at))
    return sightings


def _named(happened: Iterable[Happened]) -> dict[str, float]:
    """When each feed first named it."""
    at: dict[str, float] = {}
    for each in happened:
        if each.what in {"new", "named"}:
            feed = each.words.partition(" ")[0]
            at[feed] = min(each.at, at.get(feed, each.at))
    return at
