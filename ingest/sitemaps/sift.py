"""What of a sitemap is news, and which sitemaps of an index are worth asking for. Pure.

    Told ... ─sift─► Sifted(new, changed, noted)        noted: all its addresses, 12 bytes each, for the next poll
    Map ... ─wanted─► those to read, the newest first

A sitemap lists an outlet's whole past and says little of each address. News is what was not noted before and is of the
last days; all else is noted, and not fetched. The day is that of publication where it is stated, else the earlier one
of lastmod and the day in the address. A lastmod that most addresses share is the moment at which the sitemap was made,
and says nothing.
"""

import heapq
import re
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from ingest.parse import Map, Told
from ingest.sitemaps.noted import KnownMap, Noted, address_hash, change_hash, noted_of

DAY = 86_400.0

RECENT = 7 * DAY
"""What is older was there before we were, or is an archive: it is noted, and not fetched."""

MOST_NEW = 1000
"""New entries that one reading of a sitemap gives, the newest; at later polls the others come with the next one."""

MOST_UNDATED = 100
"""So many new addresses without any date are news; more at once are an archive, or a sitemap that was built anew."""

MOST_CHANGED = 20
"""Known articles that one reading of a sitemap has fetched again, for their lastmod changed."""

STAMPED = 100
"""So many addresses changed in one hour, and more than half of all: that is the hour at which the sitemap was made."""

STAMPED_MAPS = 10
"""The same for the sitemaps of an index."""

When = Callable[[str], datetime | None]
"""A date as it was written -> the moment, by the outlet's clock."""


# ── what is news ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Sifted(NamedTuple):
    """new: what is news, the newest first; changed: known addresses with another lastmod than before; noted: for the
    next poll, without what is news and found no room; total: addresses in all; known: those that were there before."""

    new: list[Told]
    changed: list[Told]
    noted: Noted
    total: int
    known: int


class _New(NamedTuple):
    """A new address with its date in Unix seconds. place: an order among equal dates, as Told has none."""

    date: float
    place: int
    told: Told


def sift(
    told: Iterable[Told],
    before: Noted | None,
    others: Sequence[Noted],
    when: When,
    since: float,
    day: float | None = None,
) -> Sifted:
    """before: what was noted of this sitemap, None at its first poll; others: of the other ones of the feed. since:
    Unix seconds, what is older is no news. day: the end of the one that the sitemap is named after, if it is."""
    noted: dict[int, int] = {}
    hours: Counter[str] = Counter()
    dated, stamped, undated = _Newest(MOST_NEW), _Newest(MOST_NEW), _Newest(MOST_UNDATED + 1)
    changed: list[Told] = []
    changes = total = known = 0
    for each in told:
        if each.is_map or _FRONT_PAGE.fullmatch(each.address):
            continue  # it is among the posts in many
        address, change = address_hash(each.address), change_hash(each.changed)
        if address in noted:
            continue
        noted[address] = change
        total += 1
        hours[each.changed[:13]] += bool(each.changed)
        was = before.change_of(address) if before else None
        if was is not None:
            known += 1
            if was != change and each.changed:
                changes += 1
                if len(changed) < MOST_CHANGED:
                    changed.append(each)
        elif all(other.change_of(address) is None for other in others):
            _place(each, total, when, since, day, (dated, stamped, undated))
    if _made_at_once(hours, total, STAMPED):
        undated.take(stamped)
        changes = total
    else:
        dated.take(stamped)
    if before is not None and undated.count <= MOST_UNDATED:
        dated.take(undated)
    if before is not None:
        for left in dated.left:
            noted.pop(left, None)
    honest = 2 * changes < len(before or ())
    return Sifted([each.told for each in dated.sorted()], changed if honest else [], noted_of(noted), total, known)


class _Newest:
    """The newest of what is put in. count: of all that was; left: hashes of the addresses that found no room."""

    def __init__(self, most: int) -> None:
        self.most, self.count = most, 0
        self.left: list[int] = []
        self._heap: list[_New] = []

    def put(self, new: _New) -> None:
        self.count += 1
        if len(self._heap) < self.most:
            heapq.heappush(self._heap, new)
        else:
            self.left.append(address_hash(heapq.heappushpop(self._heap, new).told.address))

    def take(self, other: "_Newest") -> None:
        for new in other.sorted():
            self.put(new)
        self.left += other.left
        self.count += len(other.left)

    def sorted(self) -> list[_New]:
        return sorted(self._heap, reverse=True)


def _place(
    told: Told, place: int, when: When, since: float, day: float | None, groups: tuple[_Newest, _Newest, _Newest]
) -> None:
    dated, stamped, undated = groups
    if published := when(told.published) if told.published else None:
        if published.timestamp() >= since:
            dated.put(_New(published.timestamp(), -place, told))
        return
    named = _earlier(day_in(told.address), day)
    if named is not None and named < since:
        return
    moment = when(told.changed) if told.changed else None
    changed = moment.timestamp() if moment else None
    if changed is not None and changed < since:
        return
    if named is not None:
        dated.put(_New(named if changed is None else min(named, changed), -place, told))
    elif changed is not None:
        stamped.put(_New(changed, -place, told))
    else:
        undated.put(_New(0.0, -place, told))


_FRONT_PAGE = re.compile(r"(?:https?://[^/]*)?/?")


def _earlier(one: float | None, other: float | None) -> float | None:
    return min(one, other) if one is not None and other is not None else one if other is None else other


def _made_at_once(hours: Counter[str], total: int, least: int) -> bool:
    most = hours.most_common(1)
    return bool(most) and most[0][1] > least and 2 * most[0][1] > total


_DAY = re.compile(r"[/_-](20\d\d)([/_.-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH = re.compile(r"/(20\d\d)[/-](0[1-9]|1[0-2])(?=/)")


def day_in(address: str) -> float | None:
    """The end of the day or month that an address has in its path, in Unix seconds; None where it has none."""
    found = _DAY.search(address)
    if found:
        return _end_of(int(found[1]), int(found[3]), int(found[4]))
    found = _MONTH.search(address)
    return _end_of(int(found[1]), int(found[2])) if found else None


def _end_of(year: int, month: int = 12, day: int = 0) -> float | None:
    """With half a day for the outlets west of Greenwich."""
    last = monthrange(year, month)[1]
    if day > last:
        return None
    return datetime(year, month, day or last, tzinfo=UTC).timestamp() + 1.5 * DAY


# ── which sitemaps of an index ───────────────────────────────────────────────────────────────────────────────────────


_OTHER = re.compile(
    r"(?:^|[/_=-])(?:categor(?:y|ies|ia|ias)|(?:post_)?tags?|etiquetas?|authors?|autor(?:es)?|users?|pages?|attachments?|media"
    r"|images?|videos?|taxonom(?:y|ies)|products?|topics?|sections?|local|static)(?=[/_.-]|\d|$)(?!.*(?:^|[/_-])news)",
    re.IGNORECASE,
)
_NAME_MONTH = re.compile(r"(?<!\d)(20\d\d)\D{0,4}(0[1-9]|1[0-2])(?:\D{0,4}(0[1-9]|[12]\d|3[01]))?(?!\d)")
_NAME_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_NUMBER = re.compile(r"\d+")


def lists_articles(url: str) -> bool:
    """Whether a sitemap may, by its name: those of categories, authors, pages and pictures do not."""
    parts = urlsplit(url)
    name = parts.path.removeprefix("/").rpartition("/")[2] + ("?" + parts.query if parts.query else "")
    return not _OTHER.search(name)


def wanted(maps: Sequence[Map], known: Mapping[str, KnownMap], when: When, since: float) -> list[Map]:
    """The sitemaps of an index that are to be read: of those with a date the newest first, but those that were read
    before and do not say what has changed since after the others, in turn within a day; then those that are not dated,
    the one that was read longest ago first; and those that could not be read the last time after all others. Of a group
    of numbered ones without dates the first and the last are read: outlets add at either end."""
    articles = [each for each in maps if lists_articles(each.url)]
    stamped = _made_at_once(
        Counter(each.changed[:13] for each in articles if each.changed), len(articles), STAMPED_MAPS
    )
    ends = _ends(articles)
    chosen: list[tuple[_Rank, Map]] = []
    for place, each in enumerate(articles):
        was, named = known.get(each.url), _named(each.url)
        moment = when(each.changed) if each.changed and not stamped else None
        changed = moment.timestamp() if moment else None
        if was and moment and was.changed == each.changed:
            continue
        failed, read = bool(was and was.error), was.read if was else 0.0
        if named is None and changed is None:
            if each.url in ends:
                chosen.append((_Rank(failed, 2, 0.0, read, place), each))
            continue
        day = _earlier(named, changed) or 0.0
        if day < since and not (was and moment):
            continue
        if was and not (moment and was.changed):
            chosen.append((_Rank(failed, 1, -(day // DAY), read, place), each))
        else:
            chosen.append((_Rank(failed, 0, -day, 0.0, place), each))
    return [each for _, each in sorted(chosen)]


class _Rank(NamedTuple):
    """The order in which sitemaps are read. group: 0 for news, 1 for what may have some, 2 for what is not dated."""

    failed: bool
    group: int
    day: float
    read: float
    place: int


def day_of(url: str) -> float | None:
    """The end of the day that a sitemap is named after; None where it is named after none, or a month, or a year."""
    found = _NAME_MONTH.search(_name(url))
    return _end_of(int(found[1]), int(found[2]), int(found[3])) if found and found[3] else None


def _named(url: str) -> float | None:
    """The same of a day, a month or a year."""
    name = _name(url)
    if found := _NAME_MONTH.search(name):
        return _end_of(int(found[1]), int(found[2]), int(found[3] or 0))
    found = _NAME_YEAR.search(name)
    return _end_of(int(found[1])) if found else None


def _name(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def _ends(maps: Iterable[Map]) -> set[str]:
    groups: dict[str, list[tuple[list[int], str]]] = {}
    for each in maps:
        numbers = [int(number[:18]) for number in _NUMBER.findall(each.url)]
        groups.setdefault(_NUMBER.sub("#", each.url), []).append((numbers, each.url))
    return {end for group in groups.values() for end in (min(group)[1], max(group)[1])}
