"""A walk begins because a person asked for it, or because a poll saw that entries were missed; and it is stopped."""

import logging
import time

from msgspec.structs import replace

from ingest.backfill.ways import ways_of
from ingest.models import Source
from ingest.store import Backfill, Cursor, Store

MOST_AFTER_GAP = 50
"""Pages that are asked for where entries were missed."""

_log = logging.getLogger("teletipo.backfill")


def begin(store: Store, source: Source, since: float, until: float | None = None) -> tuple[Backfill, str]:
    """Walk back to `since`, Unix seconds; until: left out, the present.

    Returns the walk, and in a few words what was done about one that is there: one that is running and goes back as far
    goes on, one that was stopped goes on where it was, and else it begins anew for all that was asked for.
    """
    now = time.time()
    known = store.backfill(source.id)
    if known and (known.running or known.end == "stopped") and _covers(known, since, until):
        if not known.running:
            known = replace(known, ended=0.0, end="")
            store.begin_backfill(known)
            return known, "goes on where it was stopped"
        return known, "is under way already"
    state = Backfill(
        source=source.id, since=since, until=now if until is None else until, begun=now, ways=ways_of(source)
    )
    said = "begins"
    if known and known.running:
        state = replace(
            state,
            since=min(since, known.since),
            until=max(state.until, known.until),
            why="asked",
            again_since=known.again_since,
        )
        said = "begins anew, for all that was asked for"
    store.begin_backfill(state, Cursor())
    return state, said


def missed(store: Store, source: Source, since: float, now: float) -> str:
    """Entries were missed since then: walk back to there, unless another walk of this source is under way, which does
    so after its end. Returns what is done about it, in a few words."""
    known = store.backfill(source.id)
    if known and known.running and known.why == "gap" and known.since <= since and known.begun > now - MOST_RECENT:
        return "they are being looked for already"
    if store.amend_backfill(source.id, lambda walk: replace(walk, again_since=min(since, walk.again_since or since))):
        return "they are looked for after the walk that is under way"
    store.begin_backfill(gap(source, since, now), Cursor())
    return "they are looked for on the source's other paths"


MOST_RECENT = 60.0
"""Seconds: a walk that began so lately sees what was missed until now."""


STOPPING = 60.0
"""Seconds in which a walk that has been stopped leaves `due`."""


def gap(source: Source, since: float, now: float) -> Backfill:
    """The walk for what was missed since then."""
    return Backfill(
        source=source.id,
        since=since,
        until=now + 86_400,
        why="gap",
        begun=now,
        ways=ways_of(source),
        most=MOST_AFTER_GAP,
    )


def stop(store: Store, source: str) -> Backfill | None:
    """Stop the source's walk; it may be gone on with. Returns it as it stands, None where there is none under way."""
    stopped = store.amend_backfill(source, lambda walk: replace(walk, ended=time.time(), end="stopped"), STOPPING)
    if stopped:
        store.stop_backfill(source)
    return stopped


def _covers(known: Backfill, since: float, until: float | None) -> bool:
    wanted = known.begun if until is None else until
    return known.why == "asked" and known.since <= since and known.until >= wanted
