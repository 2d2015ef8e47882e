"""The store: the only room that knows Redis.

    in    feeds, entries, pages and articles, and which piece of work holds which lease
    out   what is due, what is published, and how things stand

Two places are atomic, both Lua: `claim` (is this entry new?) and `commit` (publish this article, once). Everything
between them may be repeated safely, because a piece of work stays in `due` until it is done. keys.py lists every key.
"""

from ingest.store.backfills import Backfill, Cursor, Walk, Way, WayKind, day_of, walk_in_words
from ingest.store.committing import Candidate, Case, Committed, Member, Other, Verdict
from ingest.store.connection import STORE_DOWN, Store, open_store
from ingest.store.counts import Heartbeat
from ingest.store.embedded import EmbeddedServer, die_with_parent, running_url
from ingest.store.entries import QueueEntry
from ingest.store.keeping import FillProgress
from ingest.store.keys import QUEUES, Keys, QueueName
from ingest.store.letters import DeadLetter
from ingest.store.life import Happened, Identity, Lived
from ingest.store.queues import QueueState
from ingest.store.reading import EntryState, FeedState, Known, Place, Standing, silence_of
from ingest.store.sources import SourceState, silent_now, source_state
from ingest.store.subscribing import NO_LIMIT, GroupState, Limits
from ingest.store.taking import Batch, Handed, Missed
from ingest.store.watching import Looks, Watched
from ingest.store.webhooks import WebhookState
from ingest.store.work import BY_HAND, IMPORT, Claim, FirstLook, Lease

__all__ = [
    "BY_HAND",
    "IMPORT",
    "NO_LIMIT",
    "QUEUES",
    "STORE_DOWN",
    "Backfill",
    "Batch",
    "Candidate",
    "Case",
    "Claim",
    "Committed",
    "Cursor",
    "DeadLetter",
    "EmbeddedServer",
    "EntryState",
    "FeedState",
    "FillProgress",
    "FirstLook",
    "GroupState",
    "Handed",
    "Happened",
    "Heartbeat",
    "Identity",
    "Keys",
    "Known",
    "Lease",
    "Limits",
    "Lived",
    "Looks",
    "Member",
    "Missed",
    "Other",
    "Place",
    "QueueEntry",
    "QueueName",
    "QueueState",
    "SourceState",
    "Standing",
    "Store",
    "Verdict",
    "Walk",
    "Watched",
    "Way",
    "WayKind",
    "WebhookState",
    "day_of",
    "die_with_parent",
    "open_store",
    "running_url",
    "silence_of",
    "silent_now",
    "source_state",
    "walk_in_words",
]
