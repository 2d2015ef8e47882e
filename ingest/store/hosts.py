"""What is known of each host: its robots.txt, the pace that it needs, and whether it asked to be left alone."""

import time
from typing import Any
from urllib.parse import urlsplit

import msgspec
import zstandard

from ingest.models import Robots, to_json
from ingest.store.base import Base, days_ms, ms
from ingest.store.pages import compress

_robots = msgspec.json.Decoder(Robots)

KEPT_DAYS = 30.0
"""How long rules are kept after they were last read: so long they may stand in for a robots.txt that cannot be had."""

REMEMBERED, MOST_REMEMBERED = 60.0, 256
"""Seconds that a process goes by the robots.txt that it read or wrote before it looks what others wrote since, and how
many it remembers. Without that each page costs a look into the store, and the reading of the same rules again."""

SLOW = 1.0
"""Seconds: what takes longer to answer is asked for less often, see answered.lua."""


class Hosts(Base):
    """robots.txt by the origin (scheme, host, port) that it speaks of, the rest by host and port."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._remembered: dict[str, tuple[float, Robots]] = {}

    def robots(self, origin: str) -> Robots | None:
        """What is known of it, which may be out of date; None where nothing is."""
        since, remembered = self._remembered.get(origin, (0.0, None))
        if remembered and time.time() < min(since + REMEMBERED, remembered.until):
            return remembered
        kept = self._redis.get(self.keys.robots(origin))
        try:
            return self._remember(origin, _robots.decode(zstandard.decompress(kept))) if kept else None
        except msgspec.MsgspecError:  # of another version of this code
            return None

    def keep_robots(self, origin: str, robots: Robots) -> None:
        """Keep what is known of it now."""
        self._redis.set(self.keys.robots(origin), compress(to_json(robots)), px=days_ms(KEPT_DAYS))
        self._remember(origin, robots)

    def keep_crawl_delay(self, host: str, seconds: float) -> None:
        """The host's robots.txt asks for so many seconds between two pages, 0 for none: `due` spaces them so."""
        pace = self.keys.pace(host)
        self._redis.hset(pace, "crawl", ms(seconds))
        self._redis.pexpire(pace, days_ms(KEPT_DAYS))

    def answered(self, url: str, seconds: float, *, well: bool, unpaced: str = "") -> None:
        """The URL's host took so long to answer, or was waited for so long. well: the answer was a good one; unpaced: a
        host of which `postpone` just found that it needs no pace, so that a quick answer changes nothing."""
        host = urlsplit(url).netloc
        if host == unpaced and seconds < SLOW:
            return
        keys = [self.keys.pace(host), self.keys.pause(host)]
        self._run("answered", keys, [ms(seconds), int(well), days_ms(KEPT_DAYS), ms(SLOW)])

    def host_pause(self, url: str, seconds: float, *, first: float = 0.0, most: float = 0.0) -> None:
        """The host asked for a pause: its next free slot is `seconds` from now, unless it is later already.

        first, most: seconds of the least pause, which doubles with each one that is asked for right after another.
        """
        host = urlsplit(url).netloc
        keys = [self.keys.host(host), self.keys.pause(host), self.keys.pace(host)]
        self._run("host_pause", keys, [ms(seconds), ms(first), ms(most), days_ms(KEPT_DAYS)])

    def _remember(self, origin: str, robots: Robots) -> Robots:
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[origin] = time.time(), robots
        return robots
