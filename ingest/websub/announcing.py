"""What hubs call with: the verification of what we asked for, a denial, and news.

    GET  hub.mode=subscribe|unsubscribe ─► the challenge, where we asked for just that; hub.mode=denied ─► noted
    POST a feed, signed ─► its entries, claimed as a poll claims them; what cannot be told of it: a poll, now

What a hub sends is often the new entries alone, so the feed's roll and validators stay as they are: the next poll finds
these entries seen. Whatever is taken is in `due` before the hub hears of it.
"""

import logging
from typing import Literal

from ingest.claiming import claim_announced
from ingest.context import Context
from ingest.errors import ParseFailed
from ingest.models import Feed, Fetch, Outcome
from ingest.websub.hubs import poll_soon
from ingest.websub.trust import DENIED, Callback, lease, meant, signed

_log = logging.getLogger("teletipo.websub")

MOST_CALLS = 60
"""News of one hub about one feed that are read within a minute; after more of them the feed is polled instead."""

MOST_READ = 1_000_000
"""Bytes of news that are read while the hub waits; what is longer is left to a poll."""

Call = Literal["gone", "unknown", "refused", "taken", "to be polled"]


def confirmed(context: Context, callback: Callback, mode: str, topic: str, seconds: str, now: float) -> bool:
    """Whether the hub is right that we asked for this; then it is done."""
    if not meant(callback, mode, topic, now):
        return False
    if mode == "subscribe":
        asked = context.settings.websub.lease_days * 86_400
        context.store.verified(callback, lease(seconds, asked), now)
    _log.info("hub %s verified %s feed=%s", callback.hub, mode, callback.feed)
    return True


def denied(context: Context, callback: Callback, topic: str, reason: str, now: float) -> bool:
    """The hub does not tell of this feed's news (any more): it is polled by its rhythm, from now on."""
    if topic != callback.topic or callback.mode != "subscribe":
        return False
    said = "".join(each if each.isprintable() else " " for each in reason[:200])  # people read it, and terminals obey
    context.store.denied(callback, said, DENIED)
    poll_soon(context, callback.feed, now)
    _log.warning("hub %s denies feed=%s: %s", callback.hub, callback.feed, said)
    return True


def announced(context: Context, callback: Callback, body: bytes, content_type: str, signature: str, now: float) -> Call:
    """A hub says that there are news. What is signed wrongly is dropped without telling who sent it (WebSub, 8)."""
    feed = context.settings.feeds.get(callback.feed)
    if callback.mode == "unsubscribe":
        return "gone"
    if feed is None:
        return "unknown"
    if not signed(callback.secret, body, signature):
        context.store.refused_call(feed.id)
        return "refused"
    new, whole = _claimed(context, callback, feed, body, content_type)
    context.store.announced(feed.id, new, whole=whole, now=now)
    if not whole:
        poll_soon(context, feed.id, now)
    _log.info("hub %s told of %d new entries feed=%s", callback.hub, len(new), feed.id)
    return "taken" if whole else "to be polled"


def _claimed(
    context: Context, callback: Callback, feed: Feed, body: bytes, content_type: str
) -> tuple[list[str], bool]:
    """The new entries, and whether there is nothing that only a poll can tell."""
    if len(body) > MOST_READ or context.store.count_call(callback.id) > MOST_CALLS:
        return [], False
    fetch = Fetch(
        requested=callback.topic, url=callback.topic, outcome=Outcome.OK, body=body, content_type=content_type
    )
    try:
        return claim_announced(context, feed, fetch, callback.hub)
    except ParseFailed as error:
        _log.info("news of hub %s cannot be read feed=%s: %s", callback.hub, feed.id, error)
        return [], False
