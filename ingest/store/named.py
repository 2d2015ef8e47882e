"""What a feed called its entries at its last poll, see ingest/guids.py."""

from collections.abc import Mapping

import msgspec

from ingest.guids import Named
from ingest.store.base import Base, days_ms

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(dict[str, Named])


class NamedEntries(Base):
    """Guids of the entries that a feed has."""

    def guids(self, feed_id: str) -> dict[str, Named]:
        """Those of the feed's last poll; none where they are not kept, or were written by another version."""
        try:
            kept = self._redis.get(self.keys.guids(feed_id))
            return _decoder.decode(kept) if kept else {}
        except msgspec.MsgspecError:
            return {}

    def keep_guids(self, feed_id: str, named: Mapping[str, Named]) -> None:
        """Keep those of this poll."""
        kept = days_ms(self._retention.entry_days) or None
        self._redis.set(self.keys.guids(feed_id), _encoder.encode(named), px=kept)
