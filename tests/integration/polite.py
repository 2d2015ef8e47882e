"""One outlet, and the pipeline on it, as the tests of good manners need them."""

from collections.abc import Callable

import msgspec

from ingest import robots
from ingest.context import Context
from ingest.models import Fetch, Robots
from ingest.pipeline import run
from ingest.store import FeedState, QueueName
from workers.demo.outlet import Headline, Outlet, rss

MAIN = '[fetch]\nallow_addresses = ["127.0.0.0/8"]\ndelay = 0.0\n'


class Wire:
    """The pipeline on one outlet."""

    def __init__(self, context: Context, outlet: Outlet) -> None:
        self.context, self.outlet, self.store = context, outlet, context.store
        self.feed = next(iter(context.settings.feeds))
        self.store.add_feeds([self.feed])

    def poll(self, *headlines: Headline) -> str:
        self.outlet.publish("/feed", rss("The Outlet", self.outlet.url, headlines), "application/rss+xml")
        self.store.poll_now([self.feed])
        return self.step(f"feed:{self.feed}")

    def step(self, member: str) -> str:
        waiting = self.store.waiting(member)
        assert waiting, f"{member} is in no due"
        return run(self.context, waiting[0])

    def take(self, queue: QueueName) -> list[str]:
        return [run(self.context, lease) for lease in self.store.lease(queue, 30, 1000)]

    def get(self, path: str, source: str = "outlet") -> Fetch:
        return robots.get(self.context.asking, source, self.outlet.url + path)

    def kept(self) -> Robots:
        known = self.store.robots(self.outlet.url)
        assert known
        return known

    def passes(self, seconds: float) -> None:
        """So much time passes for what is known of robots.txt."""
        known = self.kept()
        earlier = {"until": known.until - seconds, "since": known.since and known.since - seconds}
        self.store.keep_robots(self.outlet.url, msgspec.structs.replace(known, **earlier))

    def state(self) -> FeedState:
        return self.store.feed_states([self.feed])[self.feed]


Begin = Callable[..., Wire]
ContextOf = Callable[..., Context]
