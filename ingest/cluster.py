"""A cluster as it stands: copies of one text by time, what each has of it, and who published which paragraph first."""

from datetime import datetime

from ingest.models import Article, Copy, Record
from ingest.store import Member, Store


class ClusterMember(Record, frozen=True, kw_only=True):
    """An article of a cluster. sorted: by which they are in order; copy_of: null for one that was there first; queues:
    that have it; kept: false where retention dropped its text, and only the id and the queues are known."""

    id: str
    source: str = ""
    url: str = ""
    title: str = ""
    published: datetime | None = None
    sorted: datetime | None = None
    copy_of: Copy | None = None
    queues: tuple[str, ...] = ()
    kept: bool = True


class SharedParagraph(Record, frozen=True, kw_only=True):
    """A paragraph that several articles have. text: as the first of them has it; articles: their ids, the first one
    first."""

    text: str
    articles: tuple[str, ...]


class Cluster(Record, frozen=True, kw_only=True):
    """Copies of one text, the first publisher first. paragraphs: those that two or more have."""

    members: tuple[ClusterMember, ...]
    paragraphs: tuple[SharedParagraph, ...]


def cluster(store: Store, article_id: str) -> Cluster:
    """The cluster of the article; without members where it has no copies, or was never here."""
    from ingest.dedupe import shared_paragraphs  # with numpy, which few commands need

    found = store.cluster(article_id)
    kept = [member.article for member in found if member.article]
    shared = (SharedParagraph(text=text, articles=articles) for text, articles in shared_paragraphs(kept))
    return Cluster(members=tuple(map(_member, found)), paragraphs=tuple(shared))


def _member(member: Member) -> ClusterMember:
    article: Article | None = member.article
    if article is None:
        return ClusterMember(id=member.id, queues=member.queues, kept=False)
    return ClusterMember(
        id=article.id,
        source=article.source,
        url=article.url,
        title=article.title,
        published=article.published,
        sorted=article.sorted,
        copy_of=article.copy_of,
        queues=member.queues,
    )
