"""What a walk found is taken up, as much of it as stands before nothing else.

A host is asked for one page at a time, and each entry that is claimed takes its next slot. So no more are claimed than
have theirs within half a minute, and none while other work waits for the workers: an entry that a feed brings meanwhile
waits for no more than that.
"""

from typing import NamedTuple
from urllib.parse import urlsplit

from ingest.context import Context
from ingest.models import Entry, Source
from ingest.store import Claim, Walk

NEAR = 30.0
"""Seconds within which the slots lie that a walk may take."""

BATCH, SCAN = 50, 2_000
"""Entries that are claimed, and looked at, in one step."""

BACKLOG = 100
"""Pieces of work that are due and in nobody's hands at which a walk stands back."""

BUSY = 2.0


class Taken(NamedTuple):
    """claimed: ids of those that were taken up; known: how many the newswire had; passed: how many of the page's are
    dealt with; wait: seconds to the next step."""

    claimed: list[str]
    known: int
    passed: int
    wait: float


def claimed(context: Context, walk: Walk, source: Source) -> Taken:
    """Take up the next of what the walk's last page had."""
    if context.store.overdue() > BACKLOG:
        return Taken([], 0, 0, BUSY)
    state = walk.state
    entries = context.store.found(source.id)[state.taken : state.taken + SCAN]
    known = context.store.known_entries([entry.id for entry in entries])
    chosen, passed, wait = _chosen(context, entries, known, source)
    context.store.about_to_claim(source.id, {*walk.claiming, *(entry.id for entry in chosen)})
    feed, delay = f"backfill:{state.by}", context.settings.delay(source.id)
    verdicts = context.store.claim([Claim(entry, source.id, feed, delay) for entry in chosen]) if chosen else []
    new = [entry.id for entry, verdict in zip(chosen, verdicts, strict=True) if verdict != "seen"]
    before = known.intersection(walk.claiming)  # by a step that ended before it could say so
    repeated = sum(entry.id in before for entry in entries[:passed])
    if not entries:  # they are no longer kept: the page is not asked for again, as other ways may have them
        passed = state.waiting - state.taken
    return Taken(new, passed - len(new) - repeated, passed, wait)


def _chosen(context: Context, entries: list[Entry], known: set[str], source: Source) -> tuple[list[Entry], int, float]:
    """Those to claim, how many were passed, and the seconds to the next step."""
    hosts = sorted({urlsplit(entry.url).netloc for entry in entries if entry.id not in known})
    slots = context.store.slots(hosts, context.settings.delay(source.id))
    chosen: list[Entry] = []
    for passed, entry in enumerate(entries):
        if entry.id in known:
            continue
        host = urlsplit(entry.url).netloc
        free, pace = slots[host]
        if free > NEAR:
            return chosen, passed, min(NEAR, max(1.0, free - NEAR / 2))
        if len(chosen) == BATCH:
            return chosen, passed, 0.0
        chosen.append(entry)
        slots[host] = (free + pace, pace)
    return chosen, len(entries), 0.0
