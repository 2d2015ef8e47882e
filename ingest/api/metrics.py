"""How things stand, in Prometheus' text format. All but the count of requests is read from the store when asked for, so
every api process says the same and none of it starts from nothing when one is started again."""

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.registry import Collector

from ingest.baseline import drift
from ingest.store import silent_now
from ingest.wire import Wire

__all__ = ["CONTENT_TYPE", "Requests", "exposition"]


class Requests:
    """Requests that this process answered."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._count = Counter(
            "teletipo_api_requests",
            "Requests answered by this process, by route and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )

    def add(self, method: str, route: str, status: int) -> None:
        """Count one."""
        self._count.labels(method, route, str(status)).inc()


def exposition(wire: Wire, requests: Requests, listening: int) -> bytes:
    """Everything, as Prometheus reads it."""
    state = CollectorRegistry()
    state.register(_State(wire, listening))
    return generate_latest(state) + generate_latest(requests.registry)


class _State(Collector):
    """The store's figures at this moment."""

    def __init__(self, wire: Wire, listening: int) -> None:
        self._wire, self._listening = wire, listening

    def describe(self) -> Iterator[Metric]:
        """Nothing, so that registering asks nothing of the store."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        yield from self._articles()
        yield from self._queues()
        yield from self._work()
        yield _gauge("teletipo_api_listeners", "Who listens to queues at this process.", {(): self._listening})

    def _articles(self) -> Iterator[Metric]:
        days = self._wire.store.days(list(self._wire.settings.sources))
        yield _gauge(
            "teletipo_articles_today",
            "What became of entries since midnight UTC, by source and outcome.",
            {(source, outcome): count for source, counts in days.items() for outcome, count in counts.items()},
            "source",
            "outcome",
        )
        states = self._wire.store.feed_states(list(self._wire.settings.feeds))
        yield _gauge(
            "teletipo_feed_failures",
            "Failures of a feed in a row.",
            {(feed.partition(":")[0], feed): state.failures for feed, state in states.items()},
            "source",
            "feed",
        )
        silent = {
            (source.id,): int(bool(silent_now(states[feed.id] for feed in source.polled())))
            for source in self._wire.settings.sources.values()
        }
        yield _gauge("teletipo_source_silent", "Whether nothing has come for longer than usual.", silent, "source")
        walks = self._wire.store.backfills(self._wire.settings.sources)
        running = {(source,): int(walk.running) for source, walk in walks.items()}
        yield _gauge("teletipo_backfill_running", "Whether a source's past is being walked.", running, "source")

        baselines = self._wire.store.baselines(list(self._wire.settings.sources))
        yield _gauge(
            "teletipo_source_drifting",
            "Whether a source's latest pages differ from its usual ones.",
            {(source,): int(bool(drift(baseline))) for source, baseline in baselines.items()},
            "source",
        )

    def _queues(self) -> Iterator[Metric]:
        states = self._wire.store.queue_states(list(self._wire.settings.queues))
        groups = [(state.name, group) for state in states for group in state.groups]
        lengths = {(state.name,): state.length for state in states}
        yield _gauge("teletipo_queue_entries", "Entries in a queue.", lengths, "queue")
        lags = {(queue, group.name): group.lag for queue, group in groups if group.lag is not None}
        yield _gauge("teletipo_group_lag", "Entries that a group has not read.", lags, "queue", "group")
        pending = {(queue, group.name): group.in_hand + group.later for queue, group in groups}
        yield _gauge("teletipo_group_pending", "Read and not acknowledged, or put off.", pending, "queue", "group")
        dead = {(queue, group.name): group.dead for queue, group in groups}
        yield _gauge("teletipo_group_dead", "Deliveries that failed too often.", dead, "queue", "group")

    def _work(self) -> Iterator[Metric]:
        store = self._wire.store
        due = {(queue,): count for queue, count in store.due_counts().items()}
        yield _gauge("teletipo_due", "Unfinished work, leased work included.", due, "queue")
        looks = store.looks()
        yield _gauge(
            "teletipo_looks",
            "Looks at the pages of published articles: planned, those that are due included.",
            {("planned",): looks.planned, ("due",): looks.due},
            "state",
        )
        yield _gauge("teletipo_dead", "Entries whose every attempt failed.", {(): store.dead_count()})
        alive = [beat.kind for beat in store.alive()]
        kinds = {(kind,): alive.count(kind) for kind in ("scheduler", "fetch", "process", "api", "webhooks")}
        yield _gauge("teletipo_processes_alive", "Processes that beat in the last ten seconds.", kinds, "kind")


def _gauge(name: str, what: str, values: Mapping[Any, int], *labels: str) -> Metric:
    family = GaugeMetricFamily(name, what, labels=labels)
    for given, value in values.items():
        family.add_metric(given, value)
    return family
