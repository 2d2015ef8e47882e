"""An outlet whose pages are watched, and time that passes for the store alone."""

from typing import Any
from urllib.parse import urlsplit

from ingest.context import Context
from ingest.fetch import Fetcher
from ingest.models import Article, article_id
from ingest.pipeline import run
from ingest.settings import Settings
from ingest.store import QUEUES, Store
from tests.e2e.newswire import page
from workers.demo.outlet import Headline, Outlet, rss

HOUR, DAY = 3600.0, 86_400.0
URGENT = '[fetch]\nallow_addresses = ["127.0.0.0/8"]\ndelay = 0.0\n'


class Watch:
    """The pipeline on one outlet, its looks made one at a time."""

    def __init__(self, settings: Settings, store: Store, outlet: Outlet, redis: Any) -> None:
        self.context = Context(settings, store, Fetcher(settings.fetch), random=lambda: 0.0)
        self.store = store
        self.outlet = outlet
        self._redis = redis
        self.outlet.publish("/feed", rss("The Outlet", outlet.url, []), "application/rss+xml")
        self.outlet.publish("/", "The Outlet")
        store.add_feeds(settings.feeds)

    def close(self) -> None:
        self.context.fetcher.close()

    def publish(self, path: str = "/report/1", number: int = 1, **more: Any) -> str:
        """The outlet has an article, its feed names it, and all that is due is done. Returns its address."""
        url = self.outlet.publish(path, page(number))
        self.name(Headline(url, f"Report {number} from the river", **more))
        return url

    def name(self, *headlines: Headline) -> None:
        """The feed names these articles, and all that is due is done."""
        self.outlet.publish("/feed", rss("The Outlet", self.outlet.url, headlines), "application/rss+xml")
        self.store.poll_now(list(self.context.settings.feeds))
        self.work()

    def work(self) -> list[str]:
        """Everything that is due, looks left out. What became of it."""
        done = []
        while leases := [lease for queue in QUEUES for lease in self.store.lease(queue, 30, 1000)]:
            done += [run(self.context, lease) for lease in leases]
        return done

    def passes(self, seconds: float) -> None:
        """So much time passes for every page that is watched, and for the outlet's pace."""
        host = urlsplit(self.outlet.url).netloc
        for key in (self.store.keys.host(host), self.store.keys.pause(host), self.store.keys.look(host)):
            if left := max(0, self._redis.pttl(key) - round(seconds * 1000)):
                self._redis.set(key, self.store.now_ms() + left, px=left)
            else:
                self._redis.delete(key)
        self.forget_turns()
        due = self.store.keys.due("watch")
        for name, score in self._redis.zrange(due, 0, -1, withscores=True):
            kept = self.store.keys.said(name.decode().partition(":")[2])
            self._redis.hincrby(self.store.keys.record(name.decode()), "since", -round(seconds * 1000))
            self._redis.zadd(due, {name: score - seconds * 1000})
            self._redis.pexpire(kept, self._redis.pttl(kept) - round(seconds * 1000))

    def forget_turns(self) -> None:
        """The host's next page may be begun at once."""
        self._redis.delete(self.store.keys.turn(urlsplit(self.outlet.url).netloc))

    def look(self) -> list[str]:
        """Every look that is due, and all that comes of them. What became of the looks."""
        made = [run(self.context, lease) for lease in self.store.lease("watch", 30, 1000)]
        self.work()
        return made

    def after(self, seconds: float) -> list[str]:
        """The same after so much time."""
        self.passes(seconds)
        return self.look()

    def next_in(self, url: str) -> float | None:
        """Seconds until the next look at this address; None where there is none."""
        waiting = self.store.waiting(member(url))
        return waiting[1] if waiting else None

    def asked(self, path: str) -> list[tuple[int, str]]:
        """(status, If-None-Match) of each request for this path."""
        return [(each.status, each.headers.get("if-none-match", "")) for each in self.outlet.asked if each.path == path]

    def queue(self, name: str = "all") -> list[tuple[str, int, str]]:
        """(path, revision, event) of all that the queue has."""
        entries = self.store.read_queue(name, "0", 1000)
        return [(each.url.removeprefix(self.outlet.url), each.revision, each.event) for each in entries]

    def article(self, url: str) -> Article:
        found = self.store.article(article_id(url))
        assert found
        return found

    def outcome(self, url: str) -> tuple[str, str]:
        """Step and outcome of the entry at this address."""
        state = self.store.entry_state(article_id(url))
        assert state
        return state.step, state.outcome


def member(url: str) -> str:
    return f"watch:{article_id(url)}"
