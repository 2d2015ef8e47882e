"""What a feed had at its last poll, see ingest/roll.py."""

from collections.abc import Sequence

import msgspec

from ingest.roll import Roll, RollEntry
from ingest.store.base import Base, days_ms

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Roll)

_BATCH = 1000
"""Entries that one script looks after: the store does nothing else meanwhile."""


class Rolls(Base):
    """The rolls of feeds."""

    def roll(self, feed_id: str) -> Roll:
        """That of the feed's last poll; an empty one where none is kept, or another version wrote it."""
        try:
            kept = self._redis.get(self.keys.roll(feed_id))
            return _decoder.decode(kept) if kept else Roll()
        except msgspec.MsgspecError:
            return Roll()

    def keep_roll(self, feed_id: str, roll: Roll) -> None:
        """Keep that of this poll."""
        kept = days_ms(self._retention.entry_days) or None
        self._redis.set(self.keys.roll(feed_id), _encoder.encode(roll), px=kept)

    def renew(self, feed_id: str, entries: Sequence[RollEntry]) -> list[RollEntry]:
        """Remember these entries for as long as if they had been claimed again. Returns those of which that is all that
        a claim would do: they stand in the store with the words that the feed last said."""
        standing: list[RollEntry] = []
        for first in range(0, len(entries), _BATCH):
            batch = entries[first : first + _BATCH]
            keys = [key for each in batch for key in (self.keys.entry(each.id), self.keys.life(each.id))]
            hashes = [each.hash.hex() for each in batch]
            answers = self._run("renew", keys, [days_ms(self._retention.entry_days), feed_id, *hashes])
            standing += [each for each, stands in zip(batch, answers, strict=True) if stands]
        return standing
