"""GETs of a survey: by robots.txt, with the pause that each host is given, and not too many of them."""

import threading
import time
from collections import Counter
from urllib.parse import urlsplit

from ingest import robots
from ingest.fetch import Fetcher
from ingest.fetch.robots import origin, rules_in
from ingest.models import Fetch, Outcome
from ingest.settings import Settings

MOST_GETS = 25
"""Of one outlet, robots.txt not counted."""

MOST_SECONDS = 60.0
"""That the pauses may take: a host that asks for long ones is asked less."""

MOST_UNANSWERED = 3
"""Answers of one host that never came; who is asked on waits for nothing. A host that asks to be left alone is."""

LEAST_GETS = 8
"""For the front page, a way or two, and the articles."""


class Turns:
    """`get(url)`, from any number of threads: two requests of one host begin its pause apart, at least."""

    def __init__(self, settings: Settings, fetcher: Fetcher) -> None:
        self._kept = robots.Unkept()
        self._asking = robots.Asking(settings, fetcher, self._kept)
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}
        self._unanswered: Counter[str] = Counter()
        self.gets = 0

    def get(self, url: str) -> Fetch | None:
        """The answer; None where too much was asked already."""
        if not self._turn(url):
            return None
        fetch = robots.get(self._asking, self._source(url), url)
        if fetch.outcome is Outcome.TIMEOUT:
            self._unanswered[_host(url)] += 1
        if fetch.asks_for_a_pause:
            self._unanswered[_host(url)] = MOST_UNANSWERED
        return fetch

    def robots(self, url: str) -> str:
        """The robots.txt of the URL's host; empty where it has none."""
        if known := self._kept.robots(origin(url)):
            return known.rules
        fetch = self.get(f"{origin(url)}/robots.txt")  # where it is ignored, nobody has asked for it
        return rules_in(fetch.body) if fetch and fetch.ok else ""

    def left_for(self, url: str) -> int:
        """How many more GETs there may be, this one's host being asked."""
        if self._unanswered[_host(url)] >= MOST_UNANSWERED:
            return 0
        pause = self.pause(url)
        most = max(LEAST_GETS, min(MOST_GETS, int(MOST_SECONDS / pause))) if pause else MOST_GETS
        return max(0, most - self.gets)

    def _turn(self, url: str) -> bool:
        """Wait for the host's turn. Returns False where none is left."""
        host = _host(url)
        with self._lock:
            if not self.left_for(url):
                return False
            self.gets += 1
            at = max(time.monotonic(), self._next.get(host, 0.0))
            self._next[host] = at + self.pause(url)
        time.sleep(max(0.0, at - time.monotonic()))
        return self._unanswered[host] < MOST_UNANSWERED  # another thread may have heard meanwhile

    def pause(self, url: str) -> float:
        """Seconds that the URL's host is given between two requests."""
        asked = self._kept.delays.get(_host(url), 0.0)
        return max(self._asking.settings.delay(self._source(url)), asked)

    def _source(self, url: str) -> str:
        return self._asking.settings.source_of(url).id


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
