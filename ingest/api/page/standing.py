"""How things stand: sources with their last fourteen days, queues with their groups, and what is dead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.baseline import Baseline
from ingest.models import Source
from ingest.settings import Conditions, QueueSettings, Settings
from ingest.store import Backfill, DeadLetter, FeedState, GroupState, QueueState, Store, source_state

DAYS = 14

BAR, GAP, HEIGHT = 7, 2, 28
"""A sparkline's measures in its own units."""


@dataclass(frozen=True)
class Bar:
    """One day of a sparkline."""

    x: int
    y: float
    height: float
    date: str
    count: int


@dataclass(frozen=True)
class SourceStanding:
    """A source, what its feeds last did, and its articles a day, the oldest day first. Times are Unix seconds; errors:
    (a feed's address, what went wrong, failures in a row); drift: how its latest pages differ, in words;
    remarks: what else a person may want to know."""

    source: Source
    last_poll: float | None
    next_poll: float | None
    errors: tuple[tuple[str, str, int], ...]
    drift: str
    remarks: list[str]
    days: tuple[Bar, ...]

    @property
    def today(self) -> int:
        return self.days[-1].count

    @property
    def total(self) -> int:
        return sum(bar.count for bar in self.days)


@dataclass(frozen=True)
class QueueStanding:
    """A queue, what it takes and refuses in words, and its groups. newest: Unix seconds of its last entry."""

    name: str
    takes: tuple[tuple[str, str], ...]
    refuses: tuple[tuple[str, str], ...]
    length: int
    newest: float | None
    groups: tuple[GroupState, ...]


@dataclass(frozen=True)
class Letter:
    """One dead letter with the title of its article, empty where that was purged."""

    letter: DeadLetter
    article: str
    revision: str
    event: str
    title: str


@dataclass(frozen=True)
class Letters:
    """The dead letters of one group: how many there are, and the newest of them."""

    queue: str
    group: str
    count: int
    newest: tuple[Letter, ...]


def sources(settings: Settings, store: Store, now: datetime | None = None) -> list[SourceStanding]:
    """Every source, those with errors first, then those that drift, then by name."""
    today = (now or datetime.now(UTC)).date()
    dates = [(today - timedelta(days=back)).isoformat() for back in reversed(range(DAYS))]
    states = store.feed_states(list(settings.feeds))
    created = store.created(list(settings.sources), dates)
    baselines, walks = store.baselines(list(settings.sources)), store.backfills(settings.sources)
    found = [
        _source(source, states, baselines, walks, bars(dates, created[source.id]))
        for source in settings.sources.values()
    ]
    return sorted(found, key=lambda each: (not each.errors, not each.drift, each.source.name.casefold()))


def queues(settings: Settings, store: Store) -> list[QueueStanding]:
    """Every queue of the configuration, in its order."""
    return [_queue(state, settings.queues[state.name]) for state in store.queue_states(list(settings.queues))]


def dead_letters(settings: Settings, store: Store, most: int) -> list[Letters]:
    """The dead letters of every group that has some."""
    return [
        Letters(queue, group.name, group.dead, tuple(_letters(store, store.dead_letters(queue, group.name, most))))
        for queue in settings.queues
        for group in store.groups(queue)
        if group.dead
    ]


def bars(dates: Sequence[str], counts: Sequence[int]) -> tuple[Bar, ...]:
    """A sparkline's bars; the tallest is as high as the picture, and a day without articles is a hair's breadth."""
    most = max([*counts, 1])
    heights = [max(1.0, round(count / most * HEIGHT, 1)) for count in counts]
    return tuple(
        Bar(n * (BAR + GAP), HEIGHT - height, height, date, count)
        for n, (date, count, height) in enumerate(zip(dates, counts, heights, strict=True))
    )


def has_filter(queue: QueueSettings) -> bool:
    """Whether the queue takes less than everything."""
    return any(_conditions(queue)) or any(_conditions(queue.refused))


def _source(
    source: Source,
    states: dict[str, FeedState],
    baselines: dict[str, Baseline],
    walks: dict[str, Backfill],
    days: tuple[Bar, ...],
) -> SourceStanding:
    stands = source_state(source, states, baselines, walks)
    return SourceStanding(
        source,
        last_poll=stands.last_poll,
        next_poll=stands.next_poll,
        errors=tuple((feed.url, state.error, state.failures) for feed, state in stands.feeds if state.error),
        drift=stands.drift,
        remarks=stands.remarks,
        days=days,
    )


def _queue(state: QueueState, queue: QueueSettings) -> QueueStanding:
    return QueueStanding(
        state.name,
        takes=tuple(_conditions(queue)),
        refuses=tuple(_conditions(queue.refused)),
        length=state.length,
        newest=int(state.last.partition("-")[0]) / 1000 if state.last != "0" else None,
        groups=tuple(state.groups),
    )


def _conditions(conditions: Conditions) -> Iterator[tuple[str, str]]:
    for field in Conditions.__struct_fields__:
        value = getattr(conditions, field)
        if value and field == "min_words":
            yield "length", f"{value} words or more"
        elif value:
            yield field, ", ".join(value)


def _letters(store: Store, letters: list[DeadLetter]) -> Iterator[Letter]:
    parts = [letter.delivery.split("|") for letter in letters]
    titles = {article.id: article.title for article in store.articles_of([article for _, article, *_ in parts])}
    for letter, (_, article, revision, event) in zip(letters, parts, strict=True):
        yield Letter(letter, article, revision, event, titles.get(article, ""))
