"""What was read of each sitemap of a feed, see ingest/sitemaps: a feed has one, or as many as its index names."""

from collections.abc import Mapping
from contextlib import suppress
from itertools import accumulate
from urllib.parse import urlsplit

import msgspec

from ingest.sitemaps.noted import KnownMap, Noted
from ingest.store.base import Base, days_ms, ms

MOST, MOST_ADDRESSES = 400, 500_000
"""Sitemaps of one feed that are remembered, and addresses in them: those that were read last."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(KnownMap)


class Maps(Base):
    """Sitemaps by their addresses."""

    def maps(self, feed_id: str) -> dict[str, KnownMap]:
        """Those that were read; one that another version wrote is read anew."""
        known: dict[str, KnownMap] = {}
        for url, kept in self._redis.hgetall(self.keys.maps(feed_id)).items():
            with suppress(msgspec.MsgspecError):
                known[url.decode()] = _decoder.decode(kept)
        return known

    def noted(self, feed_id: str) -> dict[str, Noted]:
        """The addresses that stood in each of them."""
        noted: dict[str, Noted] = {}
        for url, kept in self._redis.hgetall(self.keys.noted(feed_id)).items():
            with suppress(ValueError):
                noted[url.decode()] = Noted.unpacked(kept)
        return noted

    def keep_map(self, feed_id: str, url: str, known: KnownMap, noted: Noted | None = None) -> None:
        """It was read now, or could not be. noted: what stands in it, None where that is as it was."""
        maps, addresses = self.keys.maps(feed_id), self.keys.noted(feed_id)
        kept = days_ms(self._retention.entry_days)
        with self._redis.pipeline() as pipeline:
            pipeline.hset(maps, url, _encoder.encode(known))
            if noted is not None:
                pipeline.hset(addresses, url, noted.packed())
            for key in (maps, addresses) if kept else ():
                pipeline.pexpire(key, kept)
            pipeline.execute()

    def forget_old_maps(self, feed_id: str, known: Mapping[str, KnownMap]) -> None:
        """Forget those beyond the 400, or the 500,000 addresses, that were read last. known: all of them."""
        latest = sorted(known, key=lambda url: known[url].read, reverse=True)
        counts = accumulate(known[url].entries for url in latest)
        old = [
            url
            for n, (url, count) in enumerate(zip(latest, counts, strict=True))
            if n >= MOST or (n and count > MOST_ADDRESSES)
        ]
        if old:
            self._redis.hdel(self.keys.maps(feed_id), *old)
            self._redis.hdel(self.keys.noted(feed_id), *old)

    def turn(self, url: str, delay: float, patience: float) -> float | None:
        """Take the next turn of the URL's host. Returns the seconds until it comes, None where that is more than
        `patience`, or the host asked for a pause. delay: seconds between two pages of the host."""
        host = urlsplit(url).netloc
        keys = [self.keys.turn(host), self.keys.pause(host), self.keys.pace(host)]
        waits = self._run("turn", keys, [ms(delay), ms(patience)])
        return None if waits < 0 else waits / 1000
