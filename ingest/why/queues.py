"""Which queues have an article, and why the others have not. Pure."""

from collections.abc import Mapping, Sequence

from ingest.deliver import Filter
from ingest.models import Article
from ingest.settings import QueueSettings
from ingest.store import Member
from ingest.why.records import QueueVerdict

NOT_PUT = "its filter takes it now and did not then, or was not there: `teletipo queues fill {name}` puts it in"


def verdicts(
    queues: Mapping[str, QueueSettings], article: Article, had: Sequence[str] | None, cluster: Sequence[Member]
) -> tuple[QueueVerdict, ...]:
    """One for each queue of the configuration, and for those that had it and are gone from there.

    had: the queues that it went to, None where that was not written down: then what the filters say is believed.
    """
    found = [_verdict(name, queue, article, had, cluster) for name, queue in queues.items()]
    gone = [QueueVerdict(queue=name, took=True, why="no longer configured") for name in had or () if name not in queues]
    return (*found, *gone)


def _verdict(
    name: str, queue: QueueSettings, article: Article, had: Sequence[str] | None, cluster: Sequence[Member]
) -> QueueVerdict:
    if had is not None and name in had:
        return QueueVerdict(queue=name, took=True)
    if refusal := Filter(queue).refusal(article):
        return QueueVerdict(queue=name, took=False, why=refusal)
    if had is None:
        return QueueVerdict(queue=name, took=True)
    if first := _in_its_place(name, queue, article, cluster):
        return QueueVerdict(queue=name, took=False, why=f"a copy of {first}, which this queue has")
    return QueueVerdict(queue=name, took=False, why=NOT_PUT.format(name=name))


def _in_its_place(name: str, queue: QueueSettings, article: Article, cluster: Sequence[Member]) -> str:
    """The copy that the queue has instead: its address, or its id where it was purged; empty where there is none."""
    for member in cluster:
        same_outlet = member.article is not None and member.article.source == article.source
        wanted = queue.duplicates == "first" or (queue.duplicates == "outlet" and same_outlet)
        if wanted and member.id != article.id and name in member.queues:
            return member.article.url if member.article else f"article {member.id}"
    return ""
