"""One step of a walk into a source's past: what was found is taken up, or the next page is asked for.

open entries ─► what became of them
entries of the last page ─► claims, as many as their hosts can be asked for soon
none left ─► GET the next page ─► its entries, and the cursor of the page after it
"""

import logging
import time

from msgspec.structs import replace

from ingest.backfill import pages
from ingest.backfill.asking import gap
from ingest.backfill.claims import claimed
from ingest.backfill.ways import ORDERED, begun, left_out, onward
from ingest.context import Context
from ingest.errors import FetchFailed
from ingest.models import Source
from ingest.schedule import UNKNOWN_SECONDS, UNKNOWN_TRIES, jittered, retry_after
from ingest.store import Backfill, Cursor, Lease, Walk, Way, day_of, walk_in_words

SOON, LATER = 2.0, 30.0
"""Seconds to the next look at entries that are not done yet."""

MOST_OPEN = 500
"""Entries that may be under way: a page whose host is down for hours is not to be joined by thousands."""

TRIES, TRIES_WHILE_ASKED_TO_WAIT = 4, 20
"""Failures in a row at one address until it is left out; more of them where its host says to come later."""

MOST_LEFT = 20
"""Notes of what was left out that are kept."""

PATIENCE = 3 * 86_400.0
"""Seconds after its last page in which a walk waits for the last of its entries."""

_log = logging.getLogger("teletipo.backfill")


def walk_back(context: Context, lease: Lease) -> str:
    """Take the walk's next step. Returns what was done, in a word or two, for the log."""
    walk, source = context.store.walk(lease.id), context.settings.sources.get(lease.id)
    if walk is None or not walk.state.running:
        context.store.forget_feed(lease)
        return "forgotten"
    walk = _with_outcomes(context, walk)
    if source is None:
        return _wait_or_end(context, lease, walk.state)
    if walk.state.taken < walk.state.waiting:
        return _take_up(context, lease, walk, source)
    if walk.state.way >= len(walk.state.ways):
        return _end_when_done(context, lease, walk.state)
    if len(walk.state.open) >= MOST_OPEN:
        context.store.step_back(lease, LATER, walk.state)
        return f"waits for {len(walk.state.open)} entries"
    return _ask(context, lease, walk, source)


def step_failed(context: Context, lease: Lease, error: Exception, wait: float | None) -> str:
    """A page that cannot be had is asked for again a few times, later each time, then left out; where it was the way
    itself, the next way is tried."""
    walk = context.store.walk(lease.id)
    if walk is None or not walk.state.running:
        context.store.forget_feed(lease)
        return f"forgotten: {error}"
    fetch = error.fetch if isinstance(error, FetchFailed) else None
    asked_to_wait = fetch is not None and fetch.slows_its_host
    state = replace(walk.state, failures=walk.state.failures + 1, error=str(error))
    tries = TRIES_WHILE_ASKED_TO_WAIT if asked_to_wait else TRIES
    crashed = lease.attempt > context.settings.schedule.attempts
    if state.failures < tries and getattr(error, "again", True) and not crashed:
        delay = retry_after(state.failures, wait, context.settings.schedule)
        context.store.step_back(lease, jittered(delay, context.random), state)
        return f"again in {delay:.0f} s: {error}"
    if state.taken < state.waiting:  # it is not a page that fails, but what the last one had
        context.store.step_back(lease, 0.0, replace(state, taken=state.waiting, failures=0, error=""))
        return f"left out {state.waiting - state.taken} entries: {error}"
    state, cursor = _without(state, walk.cursor, str(error))
    context.store.step_back(lease, 0.0, state, cursor)
    return f"left out: {error}"


# ── the things that a step may do ──


def _take_up(context: Context, lease: Lease, walk: Walk, source: Source) -> str:
    taken = claimed(context, walk, source)
    state = replace(
        walk.state,
        open=(*walk.state.open, *taken.claimed),
        known=walk.state.known + taken.known,
        taken=walk.state.taken + taken.passed,
    )
    context.store.step_back(lease, taken.wait, state)
    return f"{len(taken.claimed)} to fetch, {taken.known} known, {state.waiting - state.taken} to look at"


def _ask(context: Context, lease: Lease, walk: Walk, source: Source) -> str:
    """GET the next page. What it had is kept before the cursor moves on, and the cursor is saved last."""
    state, cursor, way = walk.state, walk.cursor, walk.state.ways[walk.state.way]
    if not cursor.url:
        context.store.step_back(lease, 0.0, state, _begun(context, source, way, state))
        return f"begins on a {way.kind}"
    if state.pages >= state.most:
        note = f"{state.most} pages were asked for, which is as many as it may"
        return _over(context, lease, replace(state, left=(*state.left, note)[-MOST_LEFT:]))
    if way.kind in ORDERED and cursor.page > 1 and state.waiting:
        newest, unsettled = pages.newest_of(context, walk)
        if unsettled:
            context.store.step_back(lease, SOON, state)
            return "waits to see how old they are"
        if newest and newest < state.since:
            return _over(context, lease, replace(state, reached=True))
    delay = context.settings.delay(source.id)
    with context.alone_at(cursor.url) as alone:
        if not context.store.take_slot(lease, cursor.url, delay, busy=delay > 0 and not alone):
            return "waits for its host"
        page = pages.asked(context, source, way, cursor, state)
    context.store.keep_found(source.id, page.entries)
    state, after = _after(state, way, cursor, page)
    context.store.step_back(lease, 0.0, state, after)
    return f"{page.total} entries in {cursor.url}"


def _wait_or_end(context: Context, lease: Lease, state: Backfill) -> str:
    """Its source is not configured (any more, or here)."""
    if lease.attempt < min(UNKNOWN_TRIES, context.settings.schedule.attempts):
        context.store.defer(lease, UNKNOWN_SECONDS)
        return "not configured here yet"
    return _end(context, lease, state, "its source is no longer configured")


def _end_when_done(context: Context, lease: Lease, state: Backfill) -> str:
    """All pages were asked for: what is still under way is waited for, so that the walk can say what came of it."""
    now = time.time()
    if state.open and now - (state.over or now) < PATIENCE:
        waited = now - (state.over or now)
        wait = SOON if waited < LATER else LATER
        context.store.step_back(lease, wait, replace(state, over=state.over or now))
        return f"waits for {len(state.open)} entries"
    return _end(context, lease, state, "")


# ── parts ──


def _after(state: Backfill, way: Way, cursor: Cursor, page: pages.Page) -> tuple[Backfill, Cursor]:
    """Where the walk stands after this page."""
    state = replace(
        state,
        pages=state.pages + 1,
        found=state.found + page.total,
        outside=state.outside + page.total - len(page.entries),
        by=way.kind,
        waiting=len(page.entries),
        taken=0,
        oldest=min(filter(None, (state.oldest, page.oldest)), default=0.0),
        reached=state.reached or page.reached,
        failures=0,
        error="",
    )
    after, why = onward(way, cursor, page.answer)
    if page.past:
        return _past(state, "", complete=True)
    if after is None:
        return _past(state, why, complete=not why and (state.reached or way.kind == "wordpress"))
    return state, after


def _end(context: Context, lease: Lease, state: Backfill, why: str) -> str:
    now = time.time()
    ended = replace(
        state,
        ended=now,
        end="complete" if state.reached and not why else "as far as it goes",
        left=(*state.left, *([why] if why else []))[-MOST_LEFT:],
    )
    _log.info("backfill of %s has ended: %s", state.source, walk_in_words(ended))
    if state.again_since and (source := context.settings.sources.get(state.source)):
        context.store.step_back(lease, 0.0, gap(source, state.again_since, now), Cursor())
    else:
        context.store.end_backfill(lease, ended)
    return f"ended, {ended.end}"


def _over(context: Context, lease: Lease, state: Backfill) -> str:
    """No other page is asked for."""
    context.store.step_back(lease, 0.0, replace(state, way=len(state.ways)), Cursor())
    return "has come to its end"


def _past(state: Backfill, why: str, *, complete: bool) -> tuple[Backfill, Cursor]:
    """The end of a way: the next one is tried, unless this one came back far enough."""
    if complete:
        return replace(state, reached=True, way=len(state.ways)), Cursor()
    way = state.ways[state.way]
    note = f"{way.kind} {way.url}".strip() + ": " + (why or _reach(state))
    _log.info("backfill of %s goes on another way: %s", state.source, note)
    return replace(state, way=state.way + 1, reached=False, left=(*state.left, note)[-MOST_LEFT:]), Cursor()


def _begun(context: Context, source: Source, way: Way, state: Backfill) -> Cursor:
    return begun(way, pages.sitemaps(context, source) if way.kind == "sitemap" else (), state)


def _reach(state: Backfill) -> str:
    return f"goes back to {day_of(state.oldest)} only" if state.oldest else "had no dates"


def _without(state: Backfill, cursor: Cursor, why: str) -> tuple[Backfill, Cursor]:
    """Without the page at which it stands."""
    way = state.ways[state.way] if state.way < len(state.ways) else None
    _log.warning("backfill of %s leaves out %s: %s", state.source, cursor.url or (way and way.url), why)
    state = replace(state, failures=0, error="")
    if way is None:
        return state, cursor
    if after := left_out(way, cursor):
        note = f"{cursor.url}: {why}"
        return replace(state, left=(*state.left, note)[-MOST_LEFT:]), after
    return _past(state, why, complete=False)


def _with_outcomes(context: Context, walk: Walk) -> Walk:
    """The walk, with what became of the entries that it took up. Those that a step took up which ended before it could
    say so are among them."""
    known = context.store.known_entries([each for each in walk.claiming if each not in walk.state.open])
    unsettled, outcomes = [], dict(walk.state.outcomes)
    ids = [*walk.state.open, *(each for each in walk.claiming if each in known)]
    for entry_id, state in zip(ids, context.store.entry_states(ids), strict=True):
        if state and not state.settled:
            unsettled.append(entry_id)
        else:
            outcome = state.outcome if state else "forgotten"
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return walk._replace(state=replace(walk.state, open=tuple(unsettled), outcomes=outcomes))
