"""How long articles wait for a poll, and what it costs: four ways to decide when, on the same outlets.

    python bench/polling.py [--outlets 60] [--days 14] [--seed 1]

Needs ../shared/corpora, whose feeds and pages state when they were published, and says so where it is absent. The
outlets publish as those do (bench/rhythms.py). Each way has `--days` to learn and is measured over as many more.

fixed        every 60 minutes
Miniflux     a week over the entries of a week, 5 minutes to a day: at its formula, and slowed down by a factor
Media Cloud  10 minutes longer where two thirds or more of a poll's entries were seen before, an hour shorter where less
             than one third was, 10 minutes to a day, from 6 hours; and with other shares than a third
ours         ingest/rhythm.py and ingest/schedule.py as they are, at the default pace and at the others' requests

Delays are those of all entries; `outlets` is the median outlet's own median. An entry that left its feed between two
polls is missed, and stands in no delay.
"""

import argparse
import math
import sys
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple

from bench.rhythms import DAY, WEEK, Newsrooms, Outlet
from ingest.rhythm import Rhythm, begun, learned
from ingest.schedule import Asked, Polled, interval_after, jittered
from ingest.settings import ScheduleSettings

CORPORA = Path(__file__).parents[1].parent / "shared/corpora"
START = 1_767_571_200.0  # a Monday
HISTORY = 45 * DAY
SCHEDULE = ScheduleSettings()
MINUTE = 60.0


class Seen(NamedTuple):
    """One poll. new: when those of its `entries` came that were never seen before, oldest first."""

    now: float
    new: Sequence[float]
    entries: int


Way = Callable[[Seen], float]
"""A poll -> seconds to the next one. Each feed has one of its own, which remembers."""

Make = Callable[[Outlet], Way]


# ── the four ways ────────────────────────────────────────────────────────────────────────────────────────────────────


def fixed(minutes: float) -> Make:
    return lambda _: lambda _: minutes * MINUTE


def miniflux(slower: float) -> Make:
    """WeeklyFeedEntryCount and ScheduleNextCheck of miniflux/v2: entries of the last week, at their mean distance."""

    def make(_: Outlet) -> Way:
        kept: list[float] = []

        def way(seen: Seen) -> float:
            kept[:] = [moment for moment in (*kept, *seen.new) if moment >= seen.now - WEEK]
            if len(kept) < 2:
                return DAY
            weekly = math.ceil(WEEK * (len(kept) - 1) / (kept[-1] - kept[0]))
            return min(max(WEEK / weekly * slower, SCHEDULE.min_interval), DAY)

        return way

    return make


def media_cloud(slower: float) -> Make:
    """_check_auto_adjust of mediacloud/rss-fetcher, with its defaults; an hour more where a month brought nothing.

    slower: its two shares of new entries are to be multiplied by this, and the least is 5 minutes where it is below 1.
    """
    longer, shorter, least = 0.33 * slower, 0.67 * slower, 10 if slower >= 1 else 5

    def make(_: Outlet) -> Way:
        minutes, last = 360.0, 0.0

        def way(seen: Seen) -> float:
            nonlocal minutes, last
            if not last:
                last = seen.now
                return minutes * MINUTE
            last = seen.now if seen.new else last
            share = len(seen.new) / seen.entries if seen.new else 0.0
            if share <= longer:
                minutes = min(minutes + (60 if seen.now - last > 31 * DAY else 10), 1440)
            elif share > shorter:
                minutes = 360 if minutes > 360 else max(minutes - 60, least)
            return minutes * MINUTE

        return way

    return make


def ours(pace: float) -> Make:
    """What refresh_feed does, with dates that are right."""

    def make(outlet: Outlet) -> Way:
        rhythm, last, seconds = Rhythm(), 0.0, 0.0

        def way(seen: Seen) -> float:
            nonlocal rhythm, last, seconds
            clock = [moment + outlet.ahead for moment in seen.new]
            rhythm = (
                learned(rhythm, clock, seen.now - last, seen.now + outlet.ahead)
                if last
                else begun(clock, seen.now + outlet.ahead)
            )
            seconds = interval_after(
                Polled(len(seen.new), seen.entries, first=not last),
                rhythm,
                seen.now + outlet.ahead,
                Asked(),
                previous=seconds,
                least=SCHEDULE.min_interval,
                most=SCHEDULE.max_interval,
                pace=pace,
            ).seconds
            last = seen.now
            return seconds

        return way

    return make


# ── the replay ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Figures(NamedTuple):
    """requests: a day and feed; the rest are minutes, `missed` is a share."""

    requests: float
    median: float
    mean: float
    late: float
    outlets: float
    missed: float


def replay(make: Make, outlets: Sequence[Outlet], days: float) -> Figures:
    """Poll every outlet, and measure from the moment when half of the time is over."""
    runs = [_followed(make(outlet), outlet, days, Random(number)) for number, outlet in enumerate(outlets)]
    delays = sorted(delay for run in runs for delay in run.delays)
    own = sorted(_share(sorted(run.delays), 0.5) for run in runs if len(run.delays) >= 5)
    missed = sum(run.missed for run in runs)
    return Figures(
        requests=sum(run.polls for run in runs) / days / len(outlets),
        median=_share(delays, 0.5) / MINUTE,
        mean=sum(delays) / len(delays) / MINUTE,
        late=_share(delays, 0.95) / MINUTE,
        outlets=_share(own, 0.5) / MINUTE,
        missed=missed / (missed + len(delays)),
    )


class _Run(NamedTuple):
    polls: int
    missed: int
    delays: list[float]


def _followed(way: Way, outlet: Outlet, days: float, chance: Random) -> _Run:
    now, begin, end = START + chance.random() * 3600, START + days * DAY, START + 2 * days * DAY
    polls = missed = 0
    seen, delays = -1, list[float]()
    while now < end:
        there = bisect_right(outlet.times, now)
        oldest = max(0, there - outlet.size)
        new = outlet.times[max(seen, oldest) : there]
        if now >= begin:
            polls += 1
            delays += [now - moment for moment in new if moment >= begin]
            missed += sum(moment >= begin for moment in outlet.times[seen:oldest])
        seen = there
        now += jittered(way(Seen(now, new, there - oldest)), chance.random)
    return _Run(polls, missed, delays)


def _share(ordered: Sequence[float], share: float) -> float:
    return ordered[int(share * len(ordered))]


def at_requests(
    make: Callable[[float], Make], requests: float, run: Callable[[Make], Figures], first: float
) -> Figures:
    """The way slowed down or hurried until it makes so many requests, within two in a hundred."""
    tried: list[tuple[float, float]] = []
    value, figures = first, run(make(first))
    for _ in range(5):
        tried.append((math.log(value), math.log(figures.requests)))
        if abs(figures.requests / requests - 1) < 0.02:
            break
        slope = -1.0
        for (before, fewer), (after, more) in pairwise(tried):
            slope = (more - fewer) / (after - before)
        value *= math.exp(min(max((math.log(requests) - tried[-1][1]) / min(slope, -0.3), -1.5), 1.5))
        figures = run(make(value))
    return figures


# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _compare(requests: float, run: Callable[[Make], Figures], natural: Figures, cloud: Figures) -> None:
    """Both peers as fast as that, and ours beside the one of them with the lower median."""
    formula = at_requests(miniflux, requests, run, natural.requests / requests)
    rule = at_requests(media_cloud, requests, run, cloud.requests / requests)
    _line("  Miniflux's formula", formula)
    _line("  Media Cloud's rule", rule)
    close = [peer for peer in (formula, rule) if peer.requests < requests * 1.1]
    _line(
        "  ours", at_requests(ours, requests, run, SCHEDULE.pace), min(close or [formula], key=lambda peer: peer.median)
    )


def _line(name: str, figures: Figures, beside: Figures | None = None) -> None:
    ratios = ""
    if beside:
        ratios = "".join(f"{figures[column] / beside[column]:9.2f}" for column in range(1, 5))
    print(
        f"{name:34}{figures.requests:9.1f}{figures.median:9.1f}{figures.mean:8.1f}{figures.late:8.0f}"
        f"{figures.outlets:9.1f}{figures.missed:8.1%}{ratios}",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outlets", type=int, default=60)
    parser.add_argument("--days", type=float, default=14)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not CORPORA.is_dir():
        print(f"skipped: {CORPORA} is absent")
        return 0
    rooms = Newsrooms(CORPORA)
    end = START + 2 * options.days * DAY
    outlets = [rooms.outlet(options.seed * 100_000 + number, START - HISTORY, end) for number in range(options.outlets)]
    run = partial(replay, outlets=outlets, days=options.days)
    print(
        f"{options.outlets} outlets after {len(rooms.habits)} real feeds, in minutes; ratios: ours to the better peer\n"
    )
    print(
        f"{'':34}{'requests':>9}{'median':>9}{'mean':>8}{'95 %':>8}{'outlets':>9}{'missed':>8}"
        f"{'median':>9}{'mean':>9}{'95 %':>9}{'outlets':>9}"
    )
    _line("ours, default pace", run(ours(SCHEDULE.pace)))
    hourly, formula, rule = run(fixed(60)), run(miniflux(1)), run(media_cloud(1))
    _line("fixed, 60 minutes", hourly)
    between = math.sqrt(formula.requests * rule.requests)
    budgets = {"Miniflux's": formula.requests, "hourly": hourly.requests, "a mean number of": between}
    for name, requests in {**budgets, "Media Cloud's": rule.requests}.items():
        print(f"\nat {name} requests")
        _compare(requests, run, formula, rule)
    return 0


if __name__ == "__main__":
    sys.exit(main())
