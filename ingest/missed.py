"""Entries that a poll shows to have come and gone unseen are looked for on the source's other paths.

    Found.renewed ─► a walk into the source's past (ingest/backfill/), back to the last good poll, at most one at a time

It is begun before the poll's state is saved: a crash in between makes the poll again, and its gap is found again.
"""

import logging

from ingest import backfill, gaps
from ingest.claiming import Found
from ingest.context import Context
from ingest.store import FeedState, Lease

MARGIN = 86_400.0
"""Seconds before the last good poll from which on they are looked for: many a date is a day without a time."""

_log = logging.getLogger("teletipo.pipeline")


def look_for_missed(
    context: Context, lease: Lease, state: FeedState, found: Found | None, now: float
) -> dict[str, str | int | float]:
    """Begin the walk where entries were missed. Returns what is to be remembered of it: fields of the feed's state."""
    if not found or not found.renewed or not 0 < state.last_ok < now or not _unknown(found, lease):
        return {}
    if not gaps.worth_walking(state.gaps, state.gap, now):
        return {}
    source = context.settings.sources[context.settings.feeds[lease.id].source]
    done = backfill.missed(context.store, source, state.last_ok - MARGIN, now)
    minutes = (now - state.last_ok) / 60
    _log.warning("entries of %s were missed in the %.0f minutes since its last poll; %s", lease.id, minutes, done)
    return {"gap": now, "gaps": gaps.in_a_row(state.gaps, state.gap, now)}


def _unknown(found: Found, lease: Lease) -> bool:
    """Whether most of what is there was never seen before: what other paths of the source have found is not missed. A
    poll that is made again after a crash knows all of it, from the time before."""
    return 2 * len(found.said) >= found.total or lease.attempt > 1
