"""What is known of each host's robots.txt, and the pace that each host needs."""

import msgspec
import zstandard

from ingest.models import Robots, to_json
from ingest.store.base import Base, days_ms, ms
from ingest.store.pages import compress

KEPT_DAYS = 30.0
"""How long rules are kept after they were last read: so long they may stand in for a robots.txt that cannot be had."""


class RobotsKept(Base):
    """robots.txt, by the origin (scheme, host, port) that it speaks of."""

    def robots(self, origin: str) -> Robots | None:
        """What is known of it, which may be out of date; None where nothing is."""
        kept = self._redis.get(self.keys.robots(origin))
        return msgspec.json.decode(zstandard.decompress(kept), type=Robots) if kept else None

    def keep_robots(self, origin: str, robots: Robots) -> None:
        """Keep what is known of it now."""
        self._redis.set(self.keys.robots(origin), compress(to_json(robots)), px=days_ms(KEPT_DAYS))

    def keep_crawl_delay(self, host: str, seconds: float) -> None:
        """The host's robots.txt asks for so many seconds between two pages, 0 for none: `due` spaces them so."""
        pace = self.keys.pace(host)
        self._redis.hset(pace, "crawl", ms(seconds))
        self._redis.pexpire(pace, days_ms(KEPT_DAYS))
