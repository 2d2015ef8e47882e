"""When an attempt at a piece of work fails: again later, the feed's own text instead, or set aside with its error.

a feed        again, later each time, for ever; only 410 and a bad address stop it
a page        again after a back-off, as often as [schedule] attempts; then the feed's text, or dead
an article    crashed or ran too long: again. Nothing in the page: the page is fetched again first
a walk        a page into the past again a few times, then left out, and the walk goes on without it
a look        again a few times, then left out; the article that is looked at stays as it is, whatever happens
"""

import time

from ingest.backfill import step_failed
from ingest.context import Context
from ingest.errors import WALLS, ExtractFailed, FetchFailed, LeaseLost
from ingest.schedule import interval_after_failure, jittered, retry_after
from ingest.store import IMPORT, EntryState, Lease
from ingest.watch import look_failed

FEED_TEXT_WORDS = 100
"""A feed's text of at least so many words stands in for a page that cannot be had."""

REFETCHES = 2
REFETCHES_BEHIND_A_WALL = 4
REFETCH_AS_ATTEMPT = 5
"""A page without an article waits as if so many attempts had failed: 8 and 16 minutes by default, and 32 and 64 more
where a consent wall or a bot challenge stands before it, as these come and go with whoever asks."""


def set_back(context: Context, lease: Lease, error: Exception) -> str:
    """Put work whose attempt failed back into `due` for later, or aside after the last one. Nothing is ever dropped.

    Returns what became of it, in a word or two, for the log.
    """
    wait = getattr(error, "wait", None)
    try:
        if isinstance(error, FetchFailed) and error.fetch.slows_its_host:
            schedule = context.settings.schedule
            context.store.host_pause(error.fetch.url, wait or 0.0, first=schedule.retry_first, most=schedule.retry_cap)
        if lease.queue == "watch":
            return look_failed(context, lease, error, wait)
        if lease.member.startswith("feed:"):
            return _poll_failed(context, lease, error, wait)
        if lease.member.startswith("backfill:"):
            return step_failed(context, lease, error, wait)
        return _entry_failed(context, lease, error, wait)
    except LeaseLost:
        return "lease lost"


def _entry_failed(context: Context, lease: Lease, error: Exception, wait: float | None) -> str:
    reason = f"{type(error).__name__}: {error}"
    again = getattr(error, "again", True)
    if again and not isinstance(error, ExtractFailed) and lease.attempt < context.settings.schedule.attempts:
        delay = jittered(retry_after(lease.attempt, wait, context.settings.schedule), context.random)
        context.store.retry(lease, delay, reason)
        return f"again in {delay:.0f} s: {reason}"
    if lease.queue == "process" and context.store.stay_published(lease, reason):
        return f"stays as published: {reason}"
    if again and isinstance(error, ExtractFailed) and _fetched_again(context, lease, error, reason):
        return f"to be fetched again: {reason}"
    if _feed_text_will_do(context, lease):
        context.store.advance(lease, None, reason)
        return f"feed's text: {reason}"
    context.store.set_aside(lease, _state(context, lease).source, reason)
    return f"dead: {reason}"


def _fetched_again(context: Context, lease: Lease, error: ExtractFailed, reason: str) -> bool:
    """The same bytes give the same answer, but a stub may be filled in later: the page is fetched a few times more,
    each time after a longer wait. An imported page is what it is."""
    state = _state(context, lease)
    most = REFETCHES_BEHIND_A_WALL if error.kind in WALLS else REFETCHES
    if state.refetched >= most or state.feed == IMPORT:
        return False
    delay = retry_after(REFETCH_AS_ATTEMPT + state.refetched, None, context.settings.schedule)
    context.store.refetch(lease, jittered(delay, context.random), reason)
    return True


def _poll_failed(context: Context, lease: Lease, error: Exception, wait: float | None) -> str:
    fetch = error.fetch if isinstance(error, FetchFailed) else None
    state = context.store.feed_states([lease.id])[lease.id]
    failures = state.failures + 1
    outcome = fetch.outcome if fetch else None
    delay = interval_after_failure(failures, outcome, wait, context.settings.schedule)
    told: dict[str, str | int | float] = {
        "polls": state.polls + 1,
        "last_poll": time.time(),
        "status": fetch.status if fetch else 0,
        "outcome": outcome.value if outcome else type(error).__name__,
        "error": str(error),
        "failures": failures,
        "why": "asked by Retry-After" if wait and delay <= wait else "it failed",
        "claimed": "",
    }
    context.store.finish_poll(lease, jittered(delay, context.random), told)
    return f"failed, {failures} in a row: {error}"


def _feed_text_will_do(context: Context, lease: Lease) -> bool:
    """A page that cannot be had is no loss where the feed carried the whole text."""
    if lease.queue != "fetch":
        return False
    entry = context.store.said(lease.id)
    if not lease.source or not entry or len(entry.content.split()) < FEED_TEXT_WORDS:
        return False
    return context.settings.source_or_host(lease.source).fetch.full_text != "always"


def _state(context: Context, lease: Lease) -> EntryState:
    state = context.store.entry_state(lease.id)
    if state is None:
        raise LeaseLost("the entry is gone from the store")
    return state
