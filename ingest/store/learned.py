"""What was learned of each outlet, and from which pages, as bytes. What they mean is for ingest/extract/outlet.py.

They are read with the page (`known`), and written where a page teaches something: a quarter of all pages, once an
outlet is known. Of two lessons at once one is lost, which costs nothing, as there are more.
"""

from hashlib import sha1

from ingest.store.base import Base, days_ms


class LearnedPages(Base):
    """What is known of an outlet is forgotten when no page of it came for as long as entries are remembered."""

    def learned(self, source: str) -> tuple[bytes, bytes]:
        """What was learned of the source, and its evidence; empty before its first page."""
        learned, evidence = self._redis.mget([self.keys.learned(source), self.keys.evidence(source)])
        return learned or b"", evidence or b""

    def keep_learned(self, source: str, before: bytes, learned: bytes, evidence: bytes) -> bool:
        """Keep it where what was read `before` is still what is kept; returns whether it is."""
        keys = [self.keys.learned(source), self.keys.evidence(source)]
        read = sha1(before, usedforsecurity=False).hexdigest()
        return bool(self._run("learn", keys, [read, learned, evidence, days_ms(self._retention.entry_days)]))

    def forget_learned(self, source: str) -> bool:
        """Begin anew with this source; returns whether anything was known of it."""
        return bool(self._redis.delete(self.keys.learned(source), self.keys.evidence(source)))
