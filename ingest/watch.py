"""The correction watch: pages of published articles are looked at again, and found unchanged, changed or gone.

    due:watch ──lease──► look_again ── as it was ──────► due:watch, until the last look
                              │ ────── changed ────────► due:process, as a page that was fetched anew
                              └─────── gone, twice ────► `retracted`: a revision of its own in the queues that have it

A look never harms what was published: where the page cannot be had, or nothing comes of it, the article stays as it is.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus

import msgspec

from ingest import robots
from ingest.context import Context
from ingest.errors import FetchFailed
from ingest.models import Article, Fetch, Outcome
from ingest.schedule import FINAL, FINAL_STATUS, jittered, retry_after
from ingest.store import Lease, Watched

TRIES = 3
"""Attempts at one look before it is left out; the next one is hours or days away."""

BUSY = 600.0
"""An entry that is being fetched or processed is looked at when that is over, hence in ten minutes."""

MOST_ADDRESSES = 3
"""Others at which an article that is gone is asked for: "not found" comes quickly, so one lease is enough for all."""

CONFLICTS = 10
"""Times that an article may be revised between being read and being retracted."""


AFTERWARDS = 43_200.0
"""Seconds after a retraction at the last look until the page is asked for once more: an outlet that answers 404 for
everything, while it is rebuilt, is not to take back for ever what was a week old that day. The feed's words are kept a
day longer than a look is planned for."""


def next_look(age: float, after: Sequence[float]) -> float | None:
    """Seconds until the next look at a page that was first kept `age` seconds ago; None when the last one was made.

    Looks that were missed, the newswire being off, are not made up for: one look tells as much as three.
    """
    return next((moment - age for moment in after if moment > age), None)


def is_gone(fetch: Fetch) -> bool:
    """Whether the outlet says that there is no such page. Nothing but 404 and 410 does: a page of status 200 that says
    "not found", or a way to the home page, may be a fault of a day, and a retraction is published."""
    return fetch.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


def look_again(context: Context, lease: Lease) -> str:
    """Ask for the page of a published article, with the validators of last time."""
    after = context.settings.looks(lease.source)
    watched = context.store.watched(lease)
    if over := _over(watched, after):
        context.store.end_look(lease, None, over if watched.article else "")
        return over
    if watched.step != "done" and watched.outcome != "dead":
        context.store.look_later(lease, BUSY, made=False)
        return "at work already"
    delay = context.settings.delay(lease.source)
    with context.alone_at(watched.url) as alone:
        if not context.store.take_slot(lease, watched.url, delay, busy=delay > 0 and not alone):
            return "waits for its host"
        fetch = _asked(context, lease.source, watched)
    return _answered(context, lease, watched, fetch)


def look_failed(context: Context, lease: Lease, error: Exception, wait: float | None) -> str:
    """A look that got no answer about the page is made again a few times, later each time, then left out."""
    if getattr(error, "again", True) and lease.attempt < TRIES:
        delay = jittered(retry_after(lease.attempt, wait, context.settings.schedule), context.random)
        context.store.look_later(lease, delay, made=True, error=str(error))
        return f"again in {delay:.0f} s: {error}"
    wait = _until_next(context, lease, context.store.watched(lease))
    return _ended(context, lease, wait, f"left out: {error}")


# ── parts ──


def _over(watched: Watched, after: Sequence[float]) -> str:
    """Why there is nothing to look at any more; empty where there is."""
    if not after:
        return "no longer watched"
    if not watched.article and (watched.step in {"", "done"} or watched.outcome == "dead"):
        return "nothing of it is published, or kept"
    # An archive's article: its corrections were made long ago, and an archive has a hundred thousand pages.
    if watched.article and watched.since / 1000 - watched.article.sorted.timestamp() > after[-1]:
        return "older than the last look when it was found"
    return ""


def _asked(context: Context, source: str, watched: Watched) -> Fetch:
    """The page's answer. One that was gone the last time is asked for at the article's own address too, and at others
    that it is known by: an outlet that gives an article another address has not taken it back."""
    fetch = robots.get(context.asking, source, watched.url, watched.validators)
    for url in _other_addresses(context, watched):
        if not is_gone(fetch):
            break
        fetch = robots.get(context.asking, source, url)
    return fetch


def _other_addresses(context: Context, watched: Watched) -> list[str]:
    if not watched.gone or not watched.article:
        return []
    article = watched.article
    known = (article.url, *sorted(context.store.addresses(article.id)), *article.addresses)
    return [url for url in dict.fromkeys(known) if url != watched.url][:MOST_ADDRESSES]


def _answered(context: Context, lease: Lease, watched: Watched, fetch: Fetch) -> str:
    wait = _until_next(context, lease, watched)
    if is_gone(fetch):
        return _gone(context, lease, watched, wait)
    if fetch.outcome is Outcome.NOT_MODIFIED:
        context.store.end_look(lease, wait, "as it was", validators=fetch.validators)
        if watched.article:
            context.store.calm(watched.article.id)
        return "as it was"
    if not fetch.ok:
        again = fetch.outcome not in FINAL and fetch.status not in FINAL_STATUS
        raise FetchFailed(fetch.error, again=again, wait=fetch.retry_after, fetch=fetch)
    if fetch.requested != watched.url:
        return _ended(context, lease, wait, "there at another address")
    page = fetch.page(datetime.now(UTC))
    handed = context.store.end_look(lease, wait, "changed", page=page, validators=fetch.validators)
    return "changed" if handed else "changed, and left alone"


def _is_up(context: Context, lease: Lease) -> bool:
    """Whether the outlet has its home page: one that answers 404 for everything has taken nothing back."""
    homepage = context.settings.source_or_host(lease.source).homepage
    fetch = robots.get(context.asking, lease.source, homepage)
    return fetch.ok or fetch.outcome is Outcome.REFUSED_BY_ROBOTS


def _until_next(context: Context, lease: Lease, watched: Watched) -> float | None:
    return next_look((watched.now - watched.since) / 1000, context.settings.looks(lease.source))


def _gone(context: Context, lease: Lease, watched: Watched, wait: float | None) -> str:
    article = watched.article
    if article is None or article.retracted:
        return _ended(context, lease, wait, "still gone")
    if not watched.gone:
        return _ended(context, lease, context.settings.watch.confirm, "gone, to be confirmed", gone=1)
    if not _is_up(context, lease):
        return _ended(context, lease, wait, "gone, and the outlet's home page with it")
    for _ in range(CONFLICTS):
        told = context.store.retract(
            lease, _retracted(article), _queues(context, article), context.settings.queues, wait or AFTERWARDS
        )
        if told == "retracted":
            return f"retracted {article.id}"
        read = context.store.article(article.id)
        if read is None or read.retracted:
            break
        article = read
    return _ended(context, lease, wait, "gone, and no longer kept")


def _ended(context: Context, lease: Lease, wait: float | None, said: str, gone: int = 0) -> str:
    context.store.end_look(lease, wait, said, gone=gone)
    return said


def _retracted(article: Article) -> Article:
    """Its next revision, which says that it is gone. What it says stays as it was."""
    return msgspec.structs.replace(article, revision=article.revision + 1, retracted=datetime.now(UTC), difference=None)


def _queues(context: Context, article: Article) -> list[str]:
    """The queues that have the article and are still there."""
    has = context.store.identity(article.id).queues
    return (
        list(context.filters.queues_for(article)) if has is None else [q for q in has if q in context.settings.queues]
    )
