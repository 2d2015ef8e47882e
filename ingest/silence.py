"""When silence is news: a feed that says nothing for longer than its own rhythm explains. Pure.

    each poll ─► Silence: entries that were to be expected since the last one came ─► alarm, about once a year or less

The hours and days of the rhythm are in what is expected, so a night and a weekend count for little. News come in
bursts, so between two of them more is expected in vain than chance alone would have it: what a feed has been silent for
before is no alarm.
"""

from collections.abc import Iterable
from math import log

from msgspec.structs import replace

from ingest.models import Record
from ingest.rhythm import Rhythm, expected

YEAR, DAY = 365 * 86_400.0, 86_400.0

LEAST = 1.5 * DAY
"""Seconds before which no silence is one: polls, holidays and an outlet's own troubles take a day."""

BURSTY = 1.2
"""Were entries independent, the longest silence of a year with N of them would be one of ln(N) expected entries; real
ones come in bursts. See docs/decisions/silence.md for the figures."""

LONGER = 1.2
"""A silence is one where it is so much longer than any that was there before."""

ENOUGH_HEARD, ENOUGH_WATCHED = 20, 14 * DAY
"""Polls that brought something, and seconds over which they did, before anything is said."""


class Silence(Record, frozen=True, kw_only=True, array_like=True):
    """since: when something new came last, Unix seconds, 0 for never; first: when it did first; heard: polls that
    brought something; found, watched: the rate of its rhythm then, as silence itself lowers it; quiet: entries that
    were to be expected since; longest: the most that ever were, fading; alarm: since when it is one, 0 for not."""

    since: float = 0.0
    first: float = 0.0
    heard: int = 0
    found: float = 0.0
    watched: float = 0.0
    quiet: float = 0.0
    longest: float = 0.0
    alarm: float = 0.0

    @property
    def telling(self) -> bool:
        """Whether enough is known to say anything."""
        return self.heard >= ENOUGH_HEARD and self.since - self.first >= ENOUGH_WATCHED


def listened(silence: Silence, rhythm: Rhythm, *, new: int, seconds: float, now: float, ahead: float) -> Silence:
    """After a poll at `now`, Unix seconds, `seconds` after the good one before, that brought so many new entries.

    rhythm: as it is after this poll; ahead: seconds of the outlet's clock before UTC.
    """
    then = replace(rhythm, found=silence.found, watched=silence.watched, lately=0.0, likely=0.0)
    quiet = silence.quiet + (expected(then, now + ahead - seconds, seconds) if silence.since else 0.0)
    if new:
        faded = silence.longest * 0.5 ** ((now - silence.since) / YEAR) if silence.since else 0.0
        return Silence(
            since=now,
            first=silence.first or now,
            heard=silence.heard + 1,
            found=rhythm.found,
            watched=rhythm.watched,
            longest=round(max(faded, quiet), 3),
        )
    after = replace(silence, quiet=round(quiet, 3))
    return replace(after, alarm=now) if not after.alarm and _too_long(after, now) else after


def _too_long(silence: Silence, now: float) -> bool:
    return silence.telling and now - silence.since >= LEAST and silence.quiet > most_quiet(silence)


def silent_since(paths: Iterable[tuple[Silence, bool]], now: float) -> float:
    """Since when a source is silent, Unix seconds; 0 where it is not. It is where one of its paths is, and all others
    that can tell; one that cannot, as it is new or its feed fails, may not have brought anything lately.

    paths: the silence of each of its feeds, and whether that fails.
    """
    known = list(paths)
    if not any(each.alarm for each, _ in known):
        return 0.0
    for each, fails in known:
        lately = now - each.since < LEAST
        if lately or (each.telling and not each.alarm and not fails):
            return 0.0
    return max(each.since for each, _ in known)


def most_quiet(silence: Silence) -> float:
    """Entries that may be expected in vain before it is news."""
    yearly = silence.found / silence.watched * YEAR if silence.watched else 0.0
    return max(BURSTY * log(yearly + 10), LONGER * silence.longest)
