"""When work is due next. Pure: what was seen goes in, seconds come out.

A feed's interval follows what its polls find. Nothing new: it grows by half. Mostly new entries: it halves, for entries
may have been missed. It stays within the source's bounds, and never goes below what the feed itself asks for (ttl). An
error doubles the wait up to a cap and never ends a feed; only 410 and an address that cannot be used do.
"""

from collections.abc import Callable

from ingest.models import Outcome
from ingest.settings import ScheduleSettings

FIRST_INTERVAL = 900.0
"""Seconds before the second poll of a feed that is new to us."""

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

Random = Callable[[], float]
"""A number in [0, 1), as random.random gives."""


def interval_after(
    previous: float, *, new: int, entries: int, least: float, most: float, ttl: float | None = None
) -> float:
    """Seconds between polls, before jitter, after a poll that found `new` among `entries` entries.

    previous: the last interval, 0 for a feed's first poll; least, most: the bounds; ttl: the feed's own lower bound.
    """
    if not previous:
        wanted = FIRST_INTERVAL
    elif not new:
        wanted = previous * 1.5
    elif new * 2 >= entries:
        wanted = previous / 2
    else:
        wanted = previous
    return min(max(wanted, least, ttl or 0.0), most)


def interval_after_failure(
    failures: int, outcome: Outcome | None, wait: float | None, schedule: ScheduleSettings
) -> float:
    """Seconds to the next poll after the `failures`-th failure in a row; `wait` is what Retry-After asked for."""
    if outcome in HOPELESS:
        return STOPPED
    if outcome is Outcome.REFUSED_BY_ROBOTS:
        return schedule.max_interval  # what is kept of robots.txt is asked, and that is read anew each day
    backoff = schedule.retry_first * 2.0 ** min(failures, 20)
    return max(min(backoff, schedule.max_interval), wait or 0.0)


def retry_after(attempt: int, wait: float | None, schedule: ScheduleSettings) -> float:
    """Seconds to the next attempt at an entry whose `attempt`-th attempt (from 1) failed, before jitter."""
    return max(min(schedule.retry_first * 2.0 ** min(attempt - 1, 20), schedule.retry_cap), wait or 0.0)


def jittered(seconds: float, random: Random) -> float:
    """The same, spread: never less, at most a tenth more."""
    return seconds * (1 + JITTER * random())
