"""What is known of each host: its robots.txt, the pace that it needs, and whether it asked to be left alone."""

from urllib.parse import urlsplit

import msgspec
import zstandard

from ingest.models import Robots, to_json
from ingest.store.base import Base, days_ms, ms
from ingest.store.pages import compress

_robots = msgspec.json.Decoder(Robots)

KEPT_DAYS = 30.0
"""How long rules are kept after they were last read: so long they may stand in for a robots.txt that cannot be had."""


class Hosts(Base):
    """robots.txt by the origin (scheme, host, port) that it speaks of, the rest by host and port."""

    def robots(self, origin: str) -> Robots | None:
        """What is known of it, which may be out of date; None where nothing is."""
        kept = self._redis.get(self.keys.robots(origin))
        try:
            return _robots.decode(zstandard.decompress(kept)) if kept else None
        except msgspec.MsgspecError:  # of another version of this code
            return None

    def keep_robots(self, origin: str, robots: Robots) -> None:
        """Keep what is known of it now."""
        self._redis.set(self.keys.robots(origin), compress(to_json(robots)), px=days_ms(KEPT_DAYS))

    def keep_crawl_delay(self, host: str, seconds: float) -> None:
        """The host's robots.txt asks for so many seconds between two pages, 0 for none: `due` spaces them so."""
        pace = self.keys.pace(host)
        self._redis.hset(pace, "crawl", ms(seconds))
        self._redis.pexpire(pace, days_ms(KEPT_DAYS))

    def answered(self, url: str, seconds: float, *, well: bool) -> None:
        """The URL's host took so long to answer, or was waited for so long. well: the answer was a good one."""
        host = urlsplit(url).netloc
        keys = [self.keys.pace(host), self.keys.pause(host)]
        self._run("answered", keys, [ms(seconds), int(well), days_ms(KEPT_DAYS)])

    def host_pause(self, url: str, seconds: float, *, first: float = 0.0, most: float = 0.0) -> None:
        """The host asked for a pause: its next free slot is `seconds` from now, unless it is later already.

        first, most: seconds of the least pause, which doubles with each one that is asked for right after another.
        """
        host = urlsplit(url).netloc
        keys = [self.keys.host(host), self.keys.pause(host), self.keys.pace(host)]
        self._run("host_pause", keys, [ms(seconds), ms(first), ms(most), days_ms(KEPT_DAYS)])
