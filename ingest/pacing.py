"""When a feed that answered is polled next, and what is remembered for that.

    FeedState + Fetch + Heard ─► next_poll ─► Interval, and the state's fields that only this room reads

ingest/rhythm.py says when a feed publishes and ingest/schedule.py decides; what stands here turns dates as they were
written into the outlet's clock, and keeps what a 304 does not repeat.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import inf
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from ingest.clean import read_date
from ingest.models import Feed, Fetch, Source
from ingest.rhythm import Rhythm, begun, learned, worth_polling_in
from ingest.schedule import Asked, Interval, Polled, interval_after
from ingest.settings import Settings
from ingest.silence import listened
from ingest.store import FeedState, silence_of


class Heard(NamedTuple):
    """What a feed's new answer says. said: the dates, as they were written, of its entries that were never seen before,
    "" for those without; entries: how many it has; ttl: what it asks for; told: when its hub told of others that were
    new, Unix seconds; fresh: how many of its entries it did not have at the last poll, whoever has found them."""

    said: tuple[str, ...]
    entries: int
    ttl: float | None
    told: tuple[float, ...] = ()
    fresh: int = 0


Fields = dict[str, str | int | float]


def next_poll(
    settings: Settings, feed: Feed, state: FeedState, fetch: Fetch, heard: Heard | None, now: float
) -> tuple[Interval, Fields]:
    """The interval before jitter, and the fields of the feed's state to be saved. heard: None where nothing changed."""
    source, schedule = settings.sources[feed.source], settings.schedule
    offset = _offset(source, now)
    rhythm = _rhythm(source, state, heard, now, offset)
    ttl = heard.ttl if heard else state.ttl
    fresh_for = fetch.fresh_for if heard else fetch.fresh_for or state.fresh_for
    interval = interval_after(
        Polled(len(heard.said) if heard else 0, heard.entries if heard else state.entries, first=not state.last_ok),
        rhythm,
        now + offset,
        Asked(ttl, fresh_for, fetch.retry_after),
        previous=state.interval,
        least=source.fetch.min_interval or schedule.min_interval,
        most=source.fetch.max_interval or schedule.max_interval,
        pace=schedule.pace,
    )
    kept: Fields = {"ttl": ttl or 0.0, "fresh_for": fresh_for or 0.0, "rhythm": msgspec.json.encode(rhythm).decode()}
    kept["silence"] = _listened(state, rhythm, heard, now, offset)
    return interval, {"interval": interval.seconds, "why": interval.why, **kept}


def _listened(state: FeedState, rhythm: Rhythm, heard: Heard | None, now: float, offset: float) -> str:
    seconds = max(0.0, now - state.last_ok) if state.last_ok else 0.0
    fresh = heard.fresh if heard else 0
    silence = listened(silence_of(state), rhythm, new=fresh, seconds=seconds, now=now, ahead=offset)
    return msgspec.json.encode(silence).decode()


def half_renewed_in(settings: Settings, feed: Feed, state: FeedState, entries: int, now: float) -> float:
    """Seconds until half of these entries are likely to have been replaced, the longest interval at most: whoever is to
    miss none polls by then."""
    source = settings.sources[feed.source]
    most, clock = source.fetch.max_interval or settings.schedule.max_interval, now + _offset(source, now)
    return worth_polling_in(_read(state.rhythm), clock, pace=inf, most=most, room=entries)


def _rhythm(source: Source, state: FeedState, heard: Heard | None, now: float, offset: float) -> Rhythm:
    said = heard.said if heard else ()
    if state.last_ok:
        since = min(state.last_ok, now)
        told = [min(max(moment, since), now) for moment in (heard.told if heard else ())]
        return learned(
            _read(state.rhythm),
            [moment + offset for moment in (*came(said, source, since, now), *told)],
            now - since,
            now + offset,
        )
    dated = (read_date(raw, source.timezone, source.language) for raw in said)
    return begun([moment.timestamp() + offset for moment in dated if moment], now + offset)


def came(said: Sequence[str], source: Source, since: float, now: float) -> Iterator[float]:
    """When each of them came: as it says, but between the two polls, for it was not there at the first; without a date,
    halfway."""
    for raw in said:
        moment = read_date(raw, source.timezone, source.language) if raw else None
        yield min(max(moment.timestamp(), since), now) if moment else (since + now) / 2


def _read(rhythm: str) -> Rhythm:
    """The rhythm as it was kept; one that cannot be read is learned anew."""
    try:
        return msgspec.json.decode(rhythm, type=Rhythm) if rhythm else Rhythm()
    except msgspec.DecodeError:
        return Rhythm()


def _offset(source: Source, now: float) -> float:
    """Seconds that the outlet's clock is ahead of UTC."""
    local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(source.timezone)).utcoffset()
    return local.total_seconds() if local else 0.0
