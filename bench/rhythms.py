"""Outlets that publish as real ones do: any number of them, the same for the same seed.

    dates of real feeds ─► gaps between entries, bursts and all ─┐
                                                                 ├─► Outlet: when it publishes, in Unix seconds
    times stated by real pages ─► the week of a newsroom ────────┘

A feed's dates are first set against the week of news in general, where nights and weekends are short and busy hours are
long, so that the gaps left are those of its own habits. An outlet takes the gaps of one real feed, in runs of five to
twenty, at a rate near that feed's own; a week made of forty real pages, so that each newsroom has hours of its own; and
a time zone. Where the feed's entries stand at the full and the half hour, so do the outlet's.
"""

import gzip
import json
import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple

from ingest.clean import read_date
from ingest.errors import ParseFailed
from ingest.models import Feed, Fetch, Outcome
from ingest.parse import parse

DAY = 86_400.0
WEEK = 7 * DAY
MONDAY = 4 * DAY
"""The first one of Unix time."""

LONGEST_GAP = 21 * DAY
"""What a feed left for longer, the stuck entries of a year ago, is no gap of its rhythm."""

ZONES = (-8, -5, -5, -4, -3, 0, 0, 1, 1, 1, 2, 2, 3, 5.5, 8, 9)
SIZES = (10, 20, 20, 30, 50)
"""Entries that a feed holds."""

_STATED = re.compile(
    r'(?:article:published_time"\s+content="|datePublished"?\s*:\s*"|datePublished"\s+content=")'
    r'(\d{4}-\d\d-\d\dT\d\d:\d\d[^"]{0,20})'
)


class Habit(NamedTuple):
    """Of a real feed. gap: seconds of a newsroom's time between two entries; gaps: each as a share of that; sharp: how
    many of its entries stand at the full or half hour."""

    gap: float
    gaps: tuple[float, ...]
    sharp: float


class Outlet(NamedTuple):
    """One that was made up. ahead: seconds of its clock before UTC; size: entries that its feed holds."""

    times: list[float]
    ahead: float
    size: int


class Week:
    """A newsroom's week, and the even time in which it would publish steadily."""

    def __init__(self, moments: Sequence[tuple[int, int]]) -> None:
        """moments: (day of the week, hour of the day) of each article."""
        few = len(moments) * 0.01
        hours, days = [few] * 24, [2 * few] * 7
        for day, hour in moments:
            hours[hour] += 1
            days[day] += 1
        smooth = [(hours[hour - 1] + 2 * hours[hour] + hours[(hour + 1) % 24]) / 4 for hour in range(24)]
        shares = [day * hour for day in days for hour in smooth]
        scale = WEEK / sum(shares)
        self._until = [0.0, *accumulate(share * scale for share in shares)]

    def even(self, clock: float) -> float:
        weeks, rest = divmod(clock - MONDAY, WEEK)
        hour = int(rest // 3600)
        share = rest / 3600 - hour
        return weeks * WEEK + self._until[hour] * (1 - share) + self._until[hour + 1] * share

    def clock(self, even: float) -> float:
        weeks, rest = divmod(even, WEEK)
        hour = min(bisect_right(self._until, rest) - 1, 167)
        share = (rest - self._until[hour]) / (self._until[hour + 1] - self._until[hour])
        return MONDAY + weeks * WEEK + (hour + share) * 3600


class Newsrooms:
    """What was taken from the corpora, and the outlets that are made of it."""

    def __init__(self, corpora: Path) -> None:
        self._moments = list(_stated(corpora / "pages"))
        self.habits = _habits(corpora / "feeds", Week(self._moments))

    def outlet(self, seed: int, start: float, end: float) -> Outlet:
        """When it publishes between two moments."""
        chance = Random(seed)
        habit = chance.choice(self.habits)
        gap = habit.gap * math.exp(chance.gauss(0, 0.7))
        week = Week([chance.choice(self._moments) for _ in range(40)])
        ahead, size = chance.choice(ZONES) * 3600, chance.choice(SIZES)
        even, times = week.even(start + ahead) - chance.random() * gap, set[float]()
        while (clock := week.clock(even)) < end + ahead:
            first = chance.randrange(len(habit.gaps))
            for number in range(first, first + chance.randint(5, 20)):
                even += habit.gaps[number % len(habit.gaps)] * gap
                clock = week.clock(even)
                times.add((math.ceil(clock / 1800) * 1800 if chance.random() < habit.sharp else clock) - ahead)
        return Outlet(sorted(moment for moment in times if start <= moment < end), ahead, size)


def _stated(folder: Path) -> list[tuple[int, int]]:
    """Day and hour, by the outlet's own clock, of every page that states the minute; midnight is a date alone."""
    found = []
    for line in (folder / "gold.jsonl").read_text("utf-8").splitlines():
        page = gzip.decompress((folder / json.loads(line)["page"]).read_bytes()).decode("utf-8", "replace")
        if stated := _STATED.search(page):
            try:
                moment = datetime.fromisoformat(stated[1])
            except ValueError:
                continue
            if moment.hour or moment.minute:
                found.append((moment.weekday(), moment.hour))
    return found


def _habits(folder: Path, news: Week) -> list[Habit]:
    """Of every feed with ten dates over an hour or more; the same dates in two files count once."""
    seen = {_dates(file) for file in sorted(folder.rglob("*")) if file.suffix in {".xml", ".rss", ".atom", ".json"}}
    habits = []
    for dates in sorted(seen):
        times = _unbroken(dates)
        if len(times) < 10 or times[-1] - times[0] < 3600:
            continue
        even = [news.even(moment) for moment in times]
        gap = (even[-1] - even[0]) / (len(even) - 1)
        sharp = sum(moment % 1800 < 60 for moment in times) / len(times)
        habits.append(Habit(gap, tuple((after - before) / gap for before, after in pairwise(even)), sharp))
    return habits


def _dates(file: Path) -> tuple[float, ...]:
    feed = Feed(id="bench:1", source="bench", url="https://outlet.example/feed", kind="feed")
    fetch = Fetch(requested=feed.url, url=feed.url, outcome=Outcome.OK, status=200, body=file.read_bytes())
    try:
        entries = parse(feed, fetch).entries
    except ParseFailed:
        return ()
    dates = {read_date(entry.published, "UTC") for entry in entries if entry.published}
    return tuple(sorted(date.timestamp() for date in dates if date))


def _unbroken(times: Sequence[float]) -> list[float]:
    """The longest stretch without a gap that is none of its rhythm."""
    best: list[float] = []
    current: list[float] = []
    for moment in times:
        if current and moment - current[-1] > LONGEST_GAP:
            current = []
        current.append(moment)
        best = max(best, current, key=len)
    return best
