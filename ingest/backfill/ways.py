"""Which ways lead into a source's past, and what is asked for next on each. Pure.

Source ─► ways: WordPress API, sitemaps, listings, feeds; the first that comes back far enough is enough
Cursor + Answer ─► the cursor of the next page, or why the way ends here
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from msgspec.structs import replace

from ingest.models import Source, short_hash
from ingest.sitemaps.sift import lists_articles
from ingest.store import Backfill, Cursor, Way
from ingest.wordpress import posts_url

DAY = 86_400.0

MOST_EMPTY = 3
"""Pages in a row without any entry: a calendar without end has them for ever."""

MOST_MAPS = 5_000
"""Sitemaps of one index that are read, the newest first."""

ORDERED = {"wordpress", "listing", "feed"}
"""Ways that go from the newest to the oldest."""


class Answer(NamedTuple):
    """What a page had. ids: of its entries; maps: sitemaps that it names, the newest first; older: the address of the
    page before it in time, empty where it names none."""

    ids: Sequence[str]
    maps: Sequence[str] = ()
    older: str = ""


def ways_of(source: Source) -> tuple[Way, ...]:
    """The ways that this source has, in the order in which they are tried. Its sitemaps are one, with those that its
    robots.txt names, for none of them holds all."""
    return (
        *(Way(kind="wordpress", url=url) for url in source.wordpress),
        Way(kind="sitemap"),
        *(Way(kind="listing", url=listing.url, listing=listing) for listing in source.listings),
        *(Way(kind="feed", url=url) for url in source.feeds),
    )


def begun(way: Way, sitemaps: Sequence[str], state: Backfill) -> Cursor:
    """The cursor at the beginning of this way. sitemaps: where they are, one at least."""
    if way.kind == "sitemap":
        return Cursor(url=sitemaps[0], maps=tuple(sitemaps[1:]))
    return Cursor(url=posts_of(way, state, 1) if way.kind == "wordpress" else way.url, first=way.url)


def onward(way: Way, cursor: Cursor, answer: Answer) -> tuple[Cursor | None, str]:
    """Where to go on after this page; None at the way's end, with the reason why it ends early, if it does."""
    if way.kind == "sitemap":
        return _next_map(cursor, answer)
    here, came = _mark(cursor.url), _mark(" ".join(sorted(answer.ids)))
    empty = 0 if answer.ids else cursor.empty + 1
    if answer.ids and came in cursor.seen:
        return None, "its pages repeat themselves"
    if empty >= MOST_EMPTY:
        return None, f"{MOST_EMPTY} pages in a row had no entries"
    if not answer.older:
        return None, ""
    if _mark(answer.older) in {*cursor.seen, here}:
        return None, "its pages lead in a circle"
    size = cursor.size or len(answer.ids)
    seen = (*cursor.seen, here, *([came] if answer.ids else []))
    return replace(cursor, url=answer.older, page=cursor.page + 1, size=size, seen=seen, empty=empty), ""


def posts_of(way: Way, state: Backfill, page: int) -> str:
    """The address of a page of a WordPress API. A day more on either side is asked for, as old ones take the time for
    their own."""
    since, until = (datetime.fromtimestamp(max(each, DAY), UTC) for each in (state.since - DAY, state.until + DAY))
    return posts_url(way.url, page=page, since=since, until=until)


def left_out(way: Way, cursor: Cursor) -> Cursor | None:
    """Where to go on although this page cannot be had; None where that ends the way."""
    return _next_map(cursor, Answer(()))[0] if way.kind == "sitemap" else None


def wanted_maps(maps: Iterable[tuple[str, str]], since_day: str, until_day: str) -> tuple[list[str], bool]:
    """Those of an index's sitemaps, (address, lastmod) each, that may hold articles of this time, the newest first, and
    whether any was left out because it is older. Days are written as 2024-01-31."""
    kept, older = [], False
    for url, changed in maps:
        month = _month_named(url)
        if (changed and changed[:10] < since_day) or (month and month < since_day[:7]):
            older = True
        elif not (month and month > until_day[:7]) and lists_articles(url):
            kept.append((changed[:10], _numbers(url), url))
    return [url for *_, url in sorted(kept, reverse=True)][:MOST_MAPS], older


def paged(url: str, page: int) -> str:
    """The address of a WordPress feed's older page."""
    parts = urlsplit(url)
    asked = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "paged"]
    return urlunsplit(parts._replace(query=urlencode([*asked, ("paged", str(page))]), fragment=""))


# ── parts ──


def _next_map(cursor: Cursor, answer: Answer) -> tuple[Cursor | None, str]:
    """Sitemaps are a heap of pages: those that an index names are read before the others that were named beside it."""
    seen = (*cursor.seen, _mark(cursor.url))
    known = set(seen)
    maps = [url for url in dict.fromkeys((*answer.maps, *cursor.maps)) if _mark(url) not in known][:MOST_MAPS]
    if not maps:
        return None, ""
    return Cursor(url=maps[0], page=cursor.page + 1, maps=tuple(maps[1:]), seen=seen), ""


def _month_named(url: str) -> str:
    """`2024-05` of `/sitemap-posttype-post.2024-05.xml` or `/sitemap/2024/05`, empty where a name says no month."""
    named = re.search(r"(?<!\d)((?:19|20)\d\d)[-_/.]?(0[1-9]|1[0-2])(?!\d{3})", urlsplit(url).path)
    return f"{named[1]}-{named[2]}" if named else ""


def _numbers(url: str) -> tuple[int, ...]:
    """So that `sitemap-10` is newer than `sitemap-9`."""
    return tuple(int(number) for number in re.findall(r"\d{1,9}", urlsplit(url).path))


def _mark(text: str) -> str:
    return short_hash(text, 12)
