"""When a feed publishes: how much, at which hours of its outlet's day and on which days of its week. Pure.

    when its new entries came ─► learned ─► Rhythm ─► seconds until a poll is worth its while

Its rate is a mean in which a fortnight ago weighs half; after a burst more is likely to follow, after a silence less.
Its hours and days begin as those of news in general and become its own with each entry, so that a feed sleeps when its
outlet does, and is asked again when the first morning's entries are due. All clocks here are the outlet's own: Unix
seconds plus its distance to UTC.
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ingest.models import Record

HOUR, DAY = 3600.0, 86_400.0

HALF_LIFE = 14 * DAY

DOUBT_ENTRIES, DOUBT_SECONDS = 0.25, 0.25 * DAY
"""An entry a day is what is thought of a feed before it said anything, and a quarter of a day says otherwise."""

SURGE = 3600.0
"""Seconds after which a burst of entries, or a silence, says half as much about what comes next."""

SURGE_DOUBT = 2.0
"""A surge is told by so many entries more than expected."""

USUAL_HOURS = (
    0.4, 0.4, 0.4, 0.5, 0.5, 0.5, 0.8, 1.1, 1.4, 1.6, 1.5, 1.4,
    1.3, 1.3, 1.3, 1.5, 1.4, 1.2, 1.1, 1.0, 1.1, 1.0, 0.7, 0.5,
)  # fmt: skip
USUAL_DAYS = (1.1, 1.2, 1.2, 1.1, 1.1, 0.6, 0.7)
"""How much news comes at each hour and from Monday to Sunday, against the mean: of 530 pages of hundreds of outlets."""

USUAL_WEIGHT = 40.0
"""As many entries of its own weigh as much as what is usual."""

MOST_COUNTED = 400
"""Entries of which the hours are known. Beyond, the older ones weigh less, for outlets change their habits."""

STEADY = 3.0
"""A poll is due when (entries expected)³ x (seconds waited) reaches what it is at the pace asked for. So the interval
goes with rate^(-3/4). By rate^(-1) each poll finds as much, and a quiet feed's one entry waits for a day; rate^(-1/2)
gives the least mean delay, but takes from the busy feeds, where most entries are."""

RENEWED = 0.5
"""A feed is asked before more of it than this is likely to be new, for entries also come in bursts."""


class Rhythm(Record, frozen=True, kw_only=True, array_like=True):
    """found: entries that came in `watched` seconds; both fade. lately, likely: those that came in the last hours, and
    that were to be expected then. hours, days: entries counted at each hour of a day and day of a week, empty where
    there are none."""

    found: float = 0.0
    watched: float = 0.0
    lately: float = 0.0
    likely: float = 0.0
    hours: tuple[int, ...] = ()
    days: tuple[int, ...] = ()

    @property
    def known(self) -> bool:
        """Whether anything was learned."""
        return self.found > 0 or self.watched > 0


def begun(said: Sequence[float], clock: float) -> Rhythm:
    """The rhythm by the dates that a feed's entries carried at its first poll.

    The rate is that of the newer half: many feeds keep a few entries of long ago.
    """
    past = sorted(moment for moment in said if moment <= clock)
    newer = past[len(past) // 2 :]
    if len(past) < 2 or newer[0] >= clock:
        return Rhythm()
    return _counted(Rhythm(found=len(newer), watched=clock - newer[0]), past)


def learned(rhythm: Rhythm, came: Sequence[float], seconds: float, clock: float) -> Rhythm:
    """The rhythm after a poll at `clock`, `seconds` after the good one before. came: when each new entry did."""
    fading, passing = 0.5 ** (seconds / HALF_LIFE), 0.5 ** (seconds / SURGE)
    steady, span = replace(rhythm, lately=0.0, likely=0.0), min(seconds, 8 * SURGE)
    likely = sum(
        rate * length * 0.5 ** ((span - until) / SURGE) for rate, length, until in _ahead(steady, clock - span, span)
    )
    after = replace(
        rhythm,
        found=round(rhythm.found * fading + len(came), 3),
        watched=round(rhythm.watched * fading + seconds, 1),
        lately=round(rhythm.lately * passing + sum(0.5 ** (max(clock - moment, 0.0) / SURGE) for moment in came), 3),
        likely=round(rhythm.likely * passing + likely, 3),
    )
    return _counted(after, came) if came else after


def expected(rhythm: Rhythm, clock: float, seconds: float) -> float:
    """Entries that are likely to come within so many seconds."""
    return sum(rate * length for rate, length, _ in _ahead(rhythm, clock, seconds))


def worth_polling_in(rhythm: Rhythm, clock: float, *, pace: float, most: float, room: float = 0.0) -> float:
    """Seconds until the next poll is worth its while, `most` at the most.

    pace: seconds between polls of a feed with an entry an hour. room: entries after which older ones fall out of the
    feed, 0 where that is not to be feared; it is asked before it is half renewed.
    """
    enough = pace * (pace / HOUR) ** STEADY
    entries = waited = 0.0
    for rate, length, until in _ahead(rhythm, clock, most):
        for share in (0.25, 0.5, 0.75, 1.0):
            came, passed = entries + rate * length * share, waited + length * share
            if came**STEADY * passed >= enough or (room and came >= room * RENEWED):
                return _within(rate, entries, waited, passed - length * 0.25, passed, enough, room * RENEWED)
        entries, waited = came, until
    return most


def _within(rate: float, entries: float, waited: float, low: float, high: float, enough: float, room: float) -> float:
    """The moment between two at which it is enough, to the second."""
    while high - low > 1:
        middle = (low + high) / 2
        came = entries + rate * (middle - waited)
        if came**STEADY * middle >= enough or (room and came >= room):
            high = middle
        else:
            low = middle
    return high


def _ahead(rhythm: Rhythm, clock: float, seconds: float) -> Iterator[tuple[float, float, float]]:
    """(entries a second, seconds, seconds until its end) of each piece ahead: hours, and shorter ones in a surge."""
    rate = (rhythm.found + DOUBT_ENTRIES) / (rhythm.watched + DOUBT_SECONDS)
    hours, days = _weights(rhythm.hours, USUAL_HOURS), _weights(rhythm.days, USUAL_DAYS)
    surge = (SURGE_DOUBT + rhythm.lately) / (SURGE_DOUBT + rhythm.likely) - 1
    passed = 0.0
    while passed < seconds:
        now = clock + passed
        length = min(HOUR - now % HOUR, seconds - passed, SURGE / 4 if passed < 4 * SURGE else HOUR)
        likely = rate * hours[_hour(now)] * days[_day(now)] * (1 + surge * 0.5 ** (passed / SURGE))
        passed = passed + length if clock + passed + length > now else seconds  # lengths too small for such a clock
        yield likely, length, passed


def _weights(counted: Sequence[int], usual: Sequence[float]) -> list[float]:
    """How much comes at each, against the mean of all."""
    own = counted or [0] * len(usual)
    weight, mean = USUAL_WEIGHT / len(usual), (sum(own) + USUAL_WEIGHT) / len(usual)
    return [(count + weight * each) / mean for count, each in zip(own, usual, strict=True)]


def _counted(rhythm: Rhythm, moments: Sequence[float]) -> Rhythm:
    hours, days = list(rhythm.hours or [0] * 24), list(rhythm.days or [0] * 7)
    for moment in moments:
        if moment % DAY:  # midnight to the second is a date without a time
            hours[_hour(moment)] += 1
        days[_day(moment)] += 1
    if sum(days) > MOST_COUNTED:
        hours, days = [count // 2 for count in hours], [count // 2 for count in days]
    return replace(rhythm, hours=tuple(hours), days=tuple(days))


def _hour(clock: float) -> int:
    return int(clock // HOUR) % 24


def _day(clock: float) -> int:
    """0 for Monday; the first day of Unix time was a Thursday."""
    return int(clock // DAY + 3) % 7
