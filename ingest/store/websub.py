"""Subscriptions at the hubs of feeds (WebSub), by the addresses at which hubs call, and what hubs have told of.

What a person may see stands in the feed's own state (`FeedState`); the rest lets its holder speak for the hub.
"""

from collections.abc import Collection, Iterable

import msgspec

from ingest.store.base import Base, days_ms, ms
from ingest.store.entries import text
from ingest.websub.trust import LONGEST_WAIT, PENDING, Callback

_KEPT_LONGER = 2 * LONGEST_WAIT
"""Seconds that a subscription is known beyond its lease: a hub that does not verify is asked again meanwhile."""

_MOST_ANNOUNCED, _ANNOUNCED_DAYS = 1000, 7.0
_NOTHING = {"follows": "", "hub_since": 0, "hub_until": 0, "proved": 0}


class Callbacks(Base):
    """One hash for each address at which a hub may call."""

    def callback(self, callback_id: str) -> Callback | None:
        """The subscription with this address, None where there is none (any more)."""
        kept = text(self._redis.hgetall(self.keys.callback(callback_id)))
        return msgspec.convert(kept, Callback, strict=False) if "secret" in kept else None

    def callback_of(self, feed_id: str) -> Callback | None:
        """The feed's subscription."""
        known = self._redis.hget(self.keys.callbacks, feed_id)
        return self.callback(known.decode()) if known else None

    def callbacks_except(self, feed_ids: Collection[str]) -> list[Callback]:
        """Subscriptions of feeds that are none of these. Those that have run out are forgotten."""
        kept = text(self._redis.hgetall(self.keys.callbacks))
        found = {feed_id: self.callback(kept[feed_id]) for feed_id in kept if feed_id not in feed_ids}
        if lost := [feed_id for feed_id, callback in found.items() if not callback]:
            self._redis.hdel(self.keys.callbacks, *lost)
        return [callback for callback in found.values() if callback]

    def ask_hub(self, callback: Callback, error: str) -> None:
        """The hub is about to be asked for this. error: what became of the requests before."""
        with self._redis.pipeline() as pipeline:
            pipeline.hset(self.keys.callback(callback.id), mapping=msgspec.structs.asdict(callback))
            pipeline.pexpire(self.keys.callback(callback.id), ms(callback.granted + _KEPT_LONGER))
            pipeline.hset(self.keys.callbacks, callback.feed, callback.id)
            pipeline.hset(self.keys.feed(callback.feed), mapping={"follows": callback.hub, "hub_error": error})
            pipeline.execute()

    def hub_failed(self, feed_id: str, error: str) -> None:
        """The hub could not be asked."""
        self._redis.hset(self.keys.feed(feed_id), "hub_error", error)

    def verified(self, callback: Callback, granted: float, now: float) -> None:
        """The hub tells of news for so many seconds from now."""
        with self._redis.pipeline() as pipeline:
            pipeline.hset(self.keys.callback(callback.id), mapping={"attempts": 0, "granted": granted})
            pipeline.pexpire(self.keys.callback(callback.id), ms(granted + _KEPT_LONGER))
            pipeline.hget(self.keys.feed(callback.feed), "hub_until")
            until = pipeline.execute()[-1]
        told: dict[str, str | float] = {"hub_until": now + granted, "hub_error": ""}
        anew = {} if float(until or 0) > now else {"hub_since": now}
        self._redis.hset(self.keys.feed(callback.feed), mapping={**told, **anew})

    def denied(self, callback: Callback, reason: str, attempts: int) -> None:
        """The hub does not tell of news (any more)."""
        self._redis.hset(self.keys.callback(callback.id), mapping={"attempts": attempts, "granted": 0})
        state = {**_NOTHING, "follows": callback.hub, "hub_error": f"the hub denies it: {reason or 'no reason given'}"}
        self._redis.hset(self.keys.feed(callback.feed), mapping=state)

    def leave_hub(self, callback: Callback, now: float) -> None:
        """The hub is about to be asked to tell of no more news; it is known for as long as it may verify that."""
        with self._redis.pipeline() as pipeline:
            pipeline.hset(self.keys.callback(callback.id), mapping={"mode": "unsubscribe", "asked": now})
            pipeline.pexpire(self.keys.callback(callback.id), ms(PENDING))
            pipeline.hdel(self.keys.callbacks, callback.feed)
            pipeline.hset(self.keys.feed(callback.feed), mapping={**_NOTHING, "hub_error": ""})
            pipeline.execute()

    def forget_hub(self, feed_id: str) -> None:
        """There is no subscription of this feed (any more)."""
        self._redis.hset(self.keys.feed(feed_id), mapping={**_NOTHING, "hub_error": ""})

    # ── what hubs tell ──

    def count_call(self, callback_id: str) -> int:
        """How often the hub has called within this minute, this time included."""
        key = self.keys.calls(callback_id)
        with self._redis.pipeline() as pipeline:
            pipeline.incr(key)
            pipeline.pexpire(key, ms(60), nx=True)
            return int(pipeline.execute()[0])

    def refused_call(self, feed_id: str) -> None:
        """Somebody called who does not know the secret."""
        self._redis.hincrby(self.keys.feed(feed_id), "refused", 1)

    def announced(self, feed_id: str, new: Iterable[str], *, whole: bool, now: float) -> None:
        """The hub told of these new entries, all of them in `due`; not whole: and of more, for which the feed has to be
        polled."""
        scores = dict.fromkeys(new, ms(now))
        feed, key = self.keys.feed(feed_id), self.keys.announced(feed_id)
        added = self._redis.zadd(key, scores, nx=True) if scores else 0
        with self._redis.pipeline() as pipeline:
            if scores:
                pipeline.zremrangebyrank(key, 0, -_MOST_ANNOUNCED - 1)
                pipeline.pexpire(key, days_ms(_ANNOUNCED_DAYS))
                pipeline.hincrby(feed, "announced", added)
            pipeline.hset(feed, mapping={"pinged": now, **({} if whole else {"told": now})})
            pipeline.execute()

    def poll_soon(self, feed_id: str, now: float, between: float, lease: float) -> None:
        """Poll the feed now, but not sooner than `between` seconds after its last poll. What is due within a `lease`
        stays as it is: that may be the lease of a poll."""
        member, due = f"feed:{feed_id}", self.keys.due("fetch")
        planned = self._redis.zscore(due, member)
        last = float(self._redis.hget(self.keys.feed(feed_id), "last_poll") or 0)
        if planned is not None and planned > self.now_ms() + ms(lease):
            self._redis.zadd(due, {member: self.now_ms() + ms(max(0.0, last + between - now))}, xx=True, lt=True)

    def told_since(self, feed_id: str, moment: float) -> bool:
        """Whether the hub has said after that moment that the feed has to be polled."""
        return float(self._redis.hget(self.keys.feed(feed_id), "told") or 0) > moment

    def told_of(self, feed_id: str, until: float) -> dict[str, float]:
        """Entries of which the hub told by then and that no poll has looked for yet -> when it did, Unix seconds."""
        kept = self._redis.zrange(self.keys.announced(feed_id), "-inf", ms(until), byscore=True, withscores=True)
        return {entry.decode(): score / 1000 for entry, score in kept}

    def drop_told_of(self, feed_id: str, until: float) -> None:
        """A poll has looked for all that was told of until then."""
        self._redis.zremrangebyscore(self.keys.announced(feed_id), "-inf", ms(until))
