"""What a poll does about the feed's hub: what it shows of it, and the subscription that is to be made or renewed.

    FeedState + Found ─► believed ─► the next poll, later where the hub is trusted
    feed, hub ─► tended ─POST─► the hub, which verifies at /websub/<callback> (see ingest/websub/announcing.py)

A hub never harms a poll: it is asked when that is over, and what it answers decides nothing but the subscription.
"""

import logging
import secrets
import time
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec

from ingest.claiming import Found
from ingest.context import Context
from ingest.models import Feed, Fetch
from ingest.pacing import Fields, came, half_renewed_in
from ingest.schedule import Interval
from ingest.settings import Settings
from ingest.store import FeedState
from ingest.websub.trust import HOUR, Callback, Named, Trust, judged, step, stretched

_log = logging.getLogger("teletipo.websub")

SECONDS = 10.0
"""For all that is asked of hubs at the end of a poll, or half of the lease, where that is less."""

FORM = "application/x-www-form-urlencoded"

MOST_REDIRECTS = 3

BETWEEN = 120.0
"""Seconds at least between two polls of a feed that a hub makes due."""

SWEEP = HOUR / 6
"""Seconds between two looks for subscriptions of feeds that are not configured any more."""

_NOT_STRETCHED = {"new to us", "entries were missed", "asked by Retry-After"}


class Believed(NamedTuple):
    """The interval, and what is to be saved of the feed's hub."""

    interval: Interval
    told: Fields


def trust_of(state: FeedState, now: float) -> Trust:
    """How far the feed's hub is trusted; not at all where no subscription is live."""
    if not state.hub_since < now < state.hub_until:
        return Trust()
    return Trust(state.hub_since, state.hub_until, state.told if state.told > state.last_ok else 0.0, state.proved)


def believed(
    settings: Settings,
    feed: Feed,
    state: FeedState,
    found: Found | None,
    told: Collection[str],
    interval: Interval,
    now: float,
) -> Believed:
    """What this poll shows of the hub, and the interval that follows from that. told: ids of entries that the hub told
    of since the last poll that brought anything. Pure."""
    trust = trust_of(state, now)
    if not trust.until:
        return Believed(interval, {"proved": 0} if state.proved else {})
    source = settings.sources[feed.source]
    fields: Fields = {}
    if found:
        moments = list(came(found.said, source, min(state.last_ok, now), now)) if state.last_ok else []
        ids = {each.id for each in found.roll.entries}
        confirmed = sum(entry in ids for entry in told)
        proved, missed = judged(trust, moments, confirmed, now)
        trust = trust._replace(proved=proved)
        fields = {"proved": proved, "missed": state.missed + missed}
        if missed:
            _log.warning("hub %s left out %d entries of feed %s", state.follows, missed, feed.id)
    if interval.why in _NOT_STRETCHED:
        return Believed(interval, fields)
    most = half_renewed_in(settings, feed, state, found.total if found else state.entries, now)
    seconds = stretched(interval.seconds, trust, most, now)
    if seconds <= interval.seconds:
        return Believed(interval, fields)
    return Believed(Interval(seconds, "its hub tells"), {**fields, "interval": seconds, "why": "its hub tells"})


def tended(context: Context, feed: Feed, names: Named, state: FeedState, ahead: float, began: float) -> None:
    """See to the feed's subscription: ask its hub for one, or once more before it ends, or leave it.

    state: as it was before this poll; ahead: seconds to the next one; began: when this one did.
    """
    names = names if feed.kind == "feed" else Named()
    base, now = context.settings.websub.callback.rstrip("/"), time.time()
    if not state.follows and not (names and base):
        return
    asking = _Asking(context)
    if context.store.told_since(feed.id, began):
        poll_soon(context, feed.id, now)
    known = context.store.callback_of(feed.id)
    wanted = step(names, base, known, state.hub_until, ahead, now)
    left = [known] if known and wanted in {"leave", "subscribe"} else []
    if left:
        context.store.leave_hub(left[0], now)
    elif state.follows and not known:
        context.store.forget_hub(feed.id)
    if wanted == "subscribe":
        asking.subscribe(_callback(feed, names, base))
    elif wanted == "renew" and known:
        asking.subscribe(known)
    for callback in left:
        asking.unsubscribe(callback)
    if base and context.store.hold("websub", secrets.token_hex(8), SWEEP):
        _sweep(context, asking)


def poll_soon(context: Context, feed_id: str, now: float) -> None:
    """The feed is due, as its hub says so."""
    settings = context.settings
    context.store.poll_soon(feed_id, now, BETWEEN, settings.fetch.deadline + settings.schedule.lease)


# ── parts ──


def _callback(feed: Feed, names: Named, base: str) -> Callback:
    return Callback(
        id=secrets.token_urlsafe(24),
        feed=feed.id,
        hub=names.hub,
        topic=names.topic,
        base=base,
        secret=secrets.token_urlsafe(32),
    )


def _sweep(context: Context, asking: "_Asking") -> None:
    """Leave hubs of feeds that are not configured any more, as many as there is time for; the others the next time."""
    for callback in context.store.callbacks_except(context.settings.feeds):
        if not asking.left:
            return
        context.store.leave_hub(callback, time.time())
        asking.unsubscribe(callback)


class _Asking:
    """What is asked of hubs at the end of one poll, all of it within the time that the poll's lease leaves for that."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._until = time.monotonic() + min(SECONDS, context.settings.schedule.lease / 2)

    @property
    def left(self) -> float:
        """Seconds."""
        return max(0.0, self._until - time.monotonic())

    def subscribe(self, known: Callback) -> None:
        """It is written down first: many a hub verifies before it answers."""
        callback = msgspec.structs.replace(known, mode="subscribe", asked=time.time(), attempts=known.attempts + 1)
        asked = f"verified none of {known.attempts} requests; does {known.base}/websub/ lead to the HTTP interface?"
        self._context.store.ask_hub(callback, asked if known.attempts else "")
        seconds = round(self._context.settings.websub.lease_days * 86_400)
        form = {"hub.mode": "subscribe", "hub.secret": callback.secret, "hub.lease_seconds": str(seconds)}
        answer = self._post(callback, form)
        if not answer.ok:
            self._context.store.hub_failed(callback.feed, answer.error)

    def unsubscribe(self, callback: Callback) -> None:
        """Where the hub does not hear, the lease ends by itself, and what it sends is refused."""
        self._post(callback, {"hub.mode": "unsubscribe"})

    def _post(self, callback: Callback, form: dict[str, str]) -> Fetch:
        """The hub's answer. A redirect that keeps the method is followed (WebSub, 5.1)."""
        both = {"hub.topic": callback.topic, "hub.callback": callback.url, "hub.verify": "async"}  # asked for until 0.3
        body = urlencode({**form, **both}).encode()
        url = callback.hub
        for _ in range(MOST_REDIRECTS + 1):
            seconds = max(self.left, 0.1)
            answer = self._context.fetcher.post(url, body, {"Content-Type": FORM}, seconds)
            if not answer.moved:
                break
            url = answer.moved
        _log.info("%s %s feed=%s %s", form["hub.mode"], callback.hub, callback.feed, answer.error or answer.status)
        return answer
