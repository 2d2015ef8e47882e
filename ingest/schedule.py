"""When work is due next. Pure: what was seen goes in, seconds come out.

A feed is polled when entries are likely to be there, by its own rhythm (ingest/rhythm.py); twice as often where none of
a poll's entries was seen before, for others were missed. It stays within the source's bounds, and never goes below what
the feed (ttl, sy:updatePeriod) and its server (max-age, Expires, Retry-After) ask for. An error doubles the wait up to
the longest interval, later to a week of them, and never ends a feed; only 410 and an address that cannot be used do.
"""

from collections.abc import Callable
from typing import NamedTuple

from ingest.models import Outcome
from ingest.rhythm import Rhythm, worth_polling_in
from ingest.settings import ScheduleSettings

FIRST_INTERVAL = 900.0
"""Seconds before the second poll of a feed that is new to us."""

LONG_DEAD, MOST_LONGER = 20, 7
"""After so many failures in a row, more than a week of them with the longest interval of a day, a feed waits twice the
longest interval, then three times, and seven times at last: a week."""

STOPPED = 365 * 86_400.0
"""A feed that is gone is asked again in a year, or by hand."""

JITTER = 0.1
"""Spread by up to a tenth, so that feeds added together do not stay together. Only to later: what a feed (ttl) or a
server (Retry-After) asked for is the least."""

HOPELESS = {Outcome.GONE, Outcome.BAD_URL}
"""What stops a feed."""

FINAL = HOPELESS | {Outcome.REFUSED_ADDRESS, Outcome.REFUSED_BY_ROBOTS, Outcome.TOO_LARGE}
"""What another attempt at a page does not change; so do the statuses below."""

FINAL_STATUS = {401, 402, 410, 451}

UNKNOWN_SECONDS, UNKNOWN_TRIES = 3.0, 5
"""What is not configured may have been added a moment ago: whoever asked for it has read the new configuration, and
this process is about to be started anew with it."""

Random = Callable[[], float]
"""A number in [0, 1), as random.random gives."""


class Asked(NamedTuple):
    """What a feed and its server ask for, in seconds, None for nothing: <ttl> or sy:updatePeriod; max-age or Expires;
    Retry-After. The first two are wishes, and count as far as the longest interval; the last is obeyed."""

    ttl: float | None = None
    fresh_for: float | None = None
    retry_after: float | None = None


class Polled(NamedTuple):
    """What a good poll found: `new` of its `entries` were never seen before. first: no other poll was good before."""

    new: int
    entries: int
    first: bool = False

    @property
    def missed(self) -> bool:
        """Whether none of many was seen before: then others came and went unseen."""
        return not self.first and self.entries > 1 and self.new >= self.entries


class Interval(NamedTuple):
    """Seconds to the next poll, before jitter, and why so many, in a few words."""

    seconds: float
    why: str


def interval_after(
    polled: Polled,
    rhythm: Rhythm,
    clock: float,
    asked: Asked,
    *,
    previous: float,
    least: float,
    most: float,
    pace: float,
) -> Interval:
    """When a feed is polled again after a poll that was good.

    clock: the outlet's own, see ingest/rhythm.py; previous: the last interval; least, most: the bounds; pace: seconds
    between polls of a feed with an entry an hour.
    """
    wanted = _wanted(polled, rhythm, clock, previous, most, pace)
    bounds = (
        Interval(least, "min_interval"),
        Interval(asked.ttl or 0.0, "asked by the feed"),
        Interval(asked.fresh_for or 0.0, "asked by max-age"),
    )
    lowest = max(bounds)
    if lowest.seconds > wanted.seconds:
        wanted = lowest
    if wanted.seconds >= most:
        wanted = Interval(most, "quiet" if wanted.why == "rhythm" else wanted.why)
    if (asked.retry_after or 0.0) > wanted.seconds:
        return Interval(asked.retry_after or 0.0, "asked by Retry-After")
    return wanted


def _wanted(polled: Polled, rhythm: Rhythm, clock: float, previous: float, most: float, pace: float) -> Interval:
    """By what is known of the feed alone."""
    if not rhythm.known:
        return Interval(FIRST_INTERVAL, "new to us")
    seconds = worth_polling_in(rhythm, clock, pace=pace, most=most, room=polled.entries if polled.entries > 1 else 0)
    if polled.missed and 0 < previous / 2 < seconds:
        return Interval(previous / 2, "entries were missed")
    return Interval(seconds, "rhythm")


def interval_after_failure(
    failures: int, outcome: Outcome | None, wait: float | None, schedule: ScheduleSettings
) -> float:
    """Seconds to the next poll after the `failures`-th failure in a row; `wait` is what Retry-After asked for."""
    if outcome in HOPELESS:
        return STOPPED
    if outcome is Outcome.REFUSED_BY_ROBOTS:
        return schedule.max_interval  # what is kept of robots.txt is asked, and that is read anew each day
    backoff = min(schedule.retry_first * 2.0 ** min(failures, 20), schedule.max_interval)
    return max(backoff * min(max(failures - LONG_DEAD, 1), MOST_LONGER), wait or 0.0)


def retry_after(attempt: int, wait: float | None, schedule: ScheduleSettings) -> float:
    """Seconds to the next attempt at an entry whose `attempt`-th attempt (from 1) failed, before jitter."""
    return max(min(schedule.retry_first * 2.0 ** min(attempt - 1, 20), schedule.retry_cap), wait or 0.0)


def jittered(seconds: float, random: Random) -> float:
    """The same, spread: never less, at most a tenth more."""
    return seconds * (1 + JITTER * random())
