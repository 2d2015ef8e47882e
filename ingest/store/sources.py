"""How a source stands, put together from the states of its feeds and the figures of its pages."""

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from ingest.baseline import Baseline, drift
from ingest.models import Feed, Source
from ingest.silence import silent_since
from ingest.store.backfills import Backfill, day_of, walk_in_words
from ingest.store.reading import FeedState, silence_of
from ingest.websub.trust import PROVEN

NO_WALKS: Mapping[str, Backfill] = {}

DAY = 86_400.0

REMARKED = DAY
"""Seconds for which it is remarked that a walk into the past has ended."""


class SourceState(NamedTuple):
    """Times are Unix seconds, None for never; last_error: of the first feed that has one, with its outcome; drift: how
    its latest pages differ from the usual ones, empty where they do not; drifting: since when; remarks: what its feeds
    do that a person may want to know; silent: since when nothing new has come, where that is no part of its rhythm."""

    last_poll: float | None
    next_poll: float | None
    last_error: str
    drift: str
    drifting: float | None
    feeds: list[tuple[Feed, FeedState]]
    remarks: list[str]
    silent: float | None


def source_state(
    source: Source,
    states: Mapping[str, FeedState],
    baselines: Mapping[str, Baseline],
    walks: Mapping[str, Backfill] = NO_WALKS,
) -> SourceState:
    """The source's state; `states` holds at least those of its feeds, `baselines` its own, by their ids; walks: the
    last ones into the past of those that had one."""
    baseline = baselines[source.id]
    feeds = [(feed, states[feed.id]) for feed in source.polled()]
    silent = silent_now(state for _, state in feeds)
    return SourceState(
        last_poll=max((state.last_poll for _, state in feeds if state.last_poll), default=None),
        next_poll=min((state.next_poll for _, state in feeds if state.next_poll), default=None),
        last_error=next((f"{state.outcome}: {state.error}" for _, state in feeds if state.error), ""),
        drift="; ".join(drift(baseline)),
        drifting=baseline.drifting or None,
        feeds=feeds,
        remarks=[
            *_silence(silent),
            *(remark for feed, state in feeds for remark in _remarks(feed, state)),
            *_walk(walks.get(source.id)),
        ],
        silent=silent,
    )


def silent_now(states: Iterable[FeedState]) -> float | None:
    """Since when a source with these feeds is silent, Unix seconds; None where it is not."""
    return silent_since(((silence_of(state), bool(state.failures)) for state in states), time.time()) or None


def _remarks(feed: Feed, state: FeedState) -> Iterator[str]:
    if state.address:
        yield f"{feed.url} has moved to {state.address} for good; write that into the source's file"
    if state.lies:
        yield f'{feed.url}: "not modified" hid new entries of it; it is always asked for in full'
    if state.follows:
        yield f"{feed.url}: {_hub(state)}"


def _silence(silent: float | None) -> Iterator[str]:
    if silent:
        days = (time.time() - silent) / DAY
        yield f"silent: nothing new since {day_of(silent)}, {days:.0f} days, which its own rhythm does not explain"


def _walk(walk: Backfill | None) -> Iterator[str]:
    if walk is None or (walk.ended and time.time() - walk.ended > REMARKED):
        return
    why = "entries were missed: its past is walked" if walk.why == "gap" else "its past is walked"
    trouble = f"; {walk.error}" if walk.running and walk.error else ""
    yield f"{why} back to {day_of(walk.since)}: {walk_in_words(walk)}{trouble}"


def _hub(state: FeedState) -> str:
    """How the feed's hub does."""
    if state.hub_until <= time.time():
        return f"its hub {state.follows} does not tell of its news yet{state.hub_error and ': '}{state.hub_error}"
    until = datetime.fromtimestamp(state.hub_until, UTC)
    trusted = "trusted, polled less often" if state.proved >= PROVEN else "not trusted yet, polled by its rhythm"
    refused = f"; {state.refused} calls were signed wrongly" if state.refused else ""
    return (
        f"its hub {state.follows} tells of its news until {until:%Y-%m-%d %H:%M} UTC: {state.announced} announced, "
        f"{state.missed} left out; {trusted}{refused}"
    )
