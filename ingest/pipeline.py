"""The way through the house: three steps, each one function.

    due ──lease──► refresh_feed ──claim──► fetch_page ──advance──► process_article ──commit──► store + queues

`run` starts a leased piece of work, takes its step, and puts it back into `due` when the step fails. A step ends its
own lease on success. Nothing here knows of Celery: workers call `run`, and so does a command that has no workers.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from ingest import robots
from ingest.alarms import say_silence
from ingest.backfill import walk_back
from ingest.baseline import Baseline, Observed, doubtful, drift, observe, observed
from ingest.changed import Changed, changed_posts
from ingest.claiming import Found, claim_found, claim_mapped
from ingest.compose import Composed, compose_known
from ingest.context import Context, InHand
from ingest.errors import ExtractFailed, FetchFailed, LeaseLost, WorkFailed
from ingest.extract import Evidence, Outlet, attentive, evidence_of, outlet_of, packed, taught
from ingest.missed import look_for_missed
from ingest.models import Entry, Feed, Fetch, Outcome, Page, Source
from ingest.pacing import Heard, next_poll
from ingest.polling import address, ask, learned
from ingest.publishing import publish
from ingest.schedule import FINAL, FINAL_STATUS, UNKNOWN_SECONDS, UNKNOWN_TRIES, jittered
from ingest.setbacks import set_back
from ingest.settings import Settings
from ingest.store import FeedState, FirstLook, Known, Lease
from ingest.watch import look_again
from ingest.websub.hubs import believed, tended
from ingest.websub.trust import Named, named

_log = logging.getLogger("teletipo.pipeline")

CONFLICTS = 10
"""Times that what is learned of a source may be another than was just read; each needs another worker in between."""


def run(context: Context, lease: Lease) -> str:
    """Take the step that this lease is for. Returns what became of it, in a word or two, for the log.

    A message that was repeated or came too late finds its lease gone and does nothing ("stale").
    """
    limit = _limit(context.settings, lease)
    held = context.store.start(lease, limit)
    if held is None:
        return "stale"
    context.in_hand[held.member] = InHand(held, time.monotonic() + limit)
    try:
        _expect_attempts_left(context, held)
        return _step(held)(context, held)
    except LeaseLost:
        return "lease lost"
    except Exception as error:
        if not isinstance(error, WorkFailed):
            _log.exception("unexpected error member=%s", held.member)
        return set_back(context, held, error)
    finally:
        context.in_hand.pop(held.member, None)


# ── the three steps ──


def refresh_feed(context: Context, lease: Lease) -> str:
    """Poll the feed and claim what is new in it; its validators are saved last, and then what need not be read again,
    for a crash must not lose its entries."""
    feed = context.settings.feeds.get(lease.id)
    if feed is None:
        if lease.attempt < min(UNKNOWN_TRIES, context.settings.schedule.attempts):
            context.store.defer(lease, UNKNOWN_SECONDS)
            return "not configured here yet"
        context.store.forget_feed(lease)
        return "no longer configured"
    state, now = context.store.feed_states([feed.id])[feed.id], time.time()
    turn = context.store.postpone(lease, address(feed, state), context.settings.delay(feed.source))
    if turn.waits:
        return turn.waits
    fetch, behind = ask(context, feed, state, now, turn.unpaced)
    if fetch.outcome is not Outcome.NOT_MODIFIED:
        _expect_ok(fetch)
    found = _found(context, lease, feed, state, fetch) if fetch.ok else None
    changed = changed_posts(context, feed, state, context.in_hand[lease.member].overdue_at, now)
    taught_by_it = learned(feed, state, fetch, hidden=behind and bool(found and found.new), now=now)
    told_of = context.store.told_of(feed.id, now) if found and state.follows else {}
    heard = Heard(found.said, found.total, found.ttl, tuple(told_of.values()), found.fresh) if found else None
    interval, pace = next_poll(context.settings, feed, state, fetch, heard, now)
    missed = look_for_missed(context, lease, state, found, now)
    interval, trust = believed(context.settings, feed, state, found, told_of, interval, now)
    names = _named(state, fetch, found)
    told = {**_polled(state, fetch, found, changed, now), **pace, **taught_by_it, **missed, **trust, **names._asdict()}
    context.store.finish_poll(lease, jittered(interval.seconds, context.random), told)
    if found:
        context.store.keep_roll(feed.id, found.roll)
    if told_of:
        context.store.drop_told_of(feed.id, now)
    tended(context, feed, names, state, interval.seconds, now)
    say_silence(context, feed, state, str(pace["silence"]))
    return f"{len(found.new)} to fetch of {found.total}" if found else "not modified"


def fetch_page(context: Context, lease: Lease) -> str:
    """GET the article's page and keep its bytes; its next step is to be processed."""
    entry = _expect_known(lease, context.store.said(lease.id))
    policy = context.settings.source_or_host(lease.source).fetch
    if policy.full_text == "never" or "#" in entry.url:  # a "#": the entry has no page of its own, see claiming.py
        context.store.advance(lease, None, "full_text" if policy.full_text == "never" else "no page")
        return "feed's text"
    delay = context.settings.delay(lease.source)
    with context.alone_at(entry.url) as alone:
        turn = context.store.postpone(lease, entry.url, delay, busy=delay > 0 and not alone)
        if turn.waits:
            return turn.waits
        fetch = robots.get(context.asking, lease.source, entry.url, unpaced=turn.unpaced)
    _expect_ok(fetch)
    after = context.settings.looks(lease.source)
    context.store.advance(
        lease, fetch.page(datetime.now(UTC)), look=FirstLook(after[0], fetch.validators) if after else None
    )
    return f"{len(fetch.body)} bytes"


def process_article(context: Context, lease: Lease) -> str:
    """Page -> article -> commit. Whether it is new, an update, unchanged or a duplicate is for commit to say."""
    source = context.settings.source_or_host(lease.source)
    known = context.store.known(lease.id, source.id)
    entry, page = _expect_known(lease, known.said), known.page
    fetched = page is not None and not page.imported
    try:
        article, lesson = _composed(entry, source, page, known)
    except ExtractFailed as error:
        if fetched:
            context.store.save_baseline(source.id, _with_page(source.id, known.baseline, Observed(error.kind)))
        raise
    if lesson:
        _learn(context, source.id, lambda outlet, evidence: taught(outlet, evidence, lesson))
    seen = observed(article)._replace(agreed=lesson.agreed if lesson and lesson.version else None)
    baseline = _with_page(source.id, known.baseline, seen) if fetched else None
    committed, shares_lines = publish(context, lease, article, entry.guid, baseline, known.looked)
    if shares_lines and attentive(outlet := outlet_of(known.learned)) is not outlet:
        _learn(context, source.id, lambda outlet, evidence: (attentive(outlet), evidence))
    return f"{committed.outcome} {committed.id}".strip()


# ── parts of the steps ──


def _step(lease: Lease) -> Callable[[Context, Lease], str]:
    if lease.member.startswith("feed:"):
        return refresh_feed
    if lease.member.startswith("backfill:"):
        return walk_back
    if lease.queue == "watch":
        return look_again
    return fetch_page if lease.queue == "fetch" else process_article


def _limit(settings: Settings, lease: Lease) -> float:
    """Seconds that the step may take before it is found again in `due`."""
    longest = settings.workers.process_seconds if lease.queue == "process" else settings.fetch.deadline
    return longest + settings.schedule.lease


def _expect_attempts_left(context: Context, lease: Lease) -> None:
    """An attempt is counted when it starts, so work that kills its worker each time ends here."""
    if lease.attempt > context.settings.schedule.attempts:
        raise WorkFailed(f"{lease.attempt - 1} attempts in a row ended without an answer (crash or time limit)")


def _found(context: Context, lease: Lease, feed: Feed, state: FeedState, fetch: Fetch) -> Found:
    if feed.kind != "sitemap":
        return claim_found(context, feed, fetch)
    return claim_mapped(context, feed, fetch, state, context.in_hand[lease.member].overdue_at)


def _polled(
    state: FeedState, fetch: Fetch, found: Found | None, changed: Changed, now: float
) -> dict[str, str | int | float]:
    """The feed's state after a good poll, but for its pace."""
    return {
        "etag": fetch.validators.etag,
        "last_modified": fetch.validators.last_modified,
        "body_hash": fetch.validators.body_hash,
        "polls": state.polls + 1,
        "last_poll": now,
        "last_ok": now,
        "status": fetch.status,
        "outcome": fetch.outcome.value,
        "error": "",
        "failures": 0,
        "entries": found.total if found else state.entries,
        "unfinished": int(found.unfinished) if found else state.unfinished,
        "claimed": " ".join((*(found.new if found else ()), *changed.ids)),
        "changes": changed.asked,
    }


def _named(state: FeedState, fetch: Fetch, found: Found | None) -> Named:
    """The hub that the feed names now."""
    return named(fetch.links, Named(found.hub, found.topic) if found else Named(state.hub, state.topic))


def _composed(entry: Entry, source: Source, page: Page | None, known: Known) -> Composed:
    """The article by what is known of its outlet; without templates where theirs is unlike the outlet's others."""
    now, outlet = datetime.now(UTC), outlet_of(known.learned)
    composed = compose_known(entry, source, page, now, outlet)
    if composed.article.extraction.method == "template" and doubtful(known.baseline, observed(composed.article)):
        return compose_known(entry, source, page, now, msgspec.structs.replace(outlet, learned=()))
    return composed


def _learn(context: Context, source: str, lesson: Callable[[Outlet, Evidence], tuple[Outlet, Evidence]]) -> None:
    """Keep what the page teaches. It is lost where others teach at the same moment, again and again: there is more."""
    for _ in range(CONFLICTS):
        learned, evidence = context.store.learned(source)
        after = packed(*lesson(outlet_of(learned), evidence_of(evidence)))
        if after[0] == learned or context.store.keep_learned(source, learned, *after):
            return


def _with_page(source: str, baseline: Baseline, page: Observed) -> Baseline:
    """The source's figures with this page in them."""
    after = observe(baseline, page, time.time())
    if after.drifting and not baseline.drifting:
        _log.warning("source %s is drifting: %s", source, "; ".join(drift(after)))
    elif baseline.drifting and not after.drifting:
        _log.warning("source %s drifts no more", source)
    return after


def _expect_known(lease: Lease, said: Entry | None) -> Entry:
    if not lease.source:
        raise LeaseLost("the entry is gone from the store")
    if said is None:
        raise WorkFailed("what the feed said is no longer kept ([retention] page_days); fetch it by hand", again=False)
    return said


def _expect_ok(fetch: Fetch) -> None:
    if not fetch.ok:
        again = fetch.outcome not in FINAL and fetch.status not in FINAL_STATUS
        raise FetchFailed(fetch.error, again=again, wait=fetch.retry_after, fetch=fetch)
