"""A cluster as it stands: copies of one text by time, what each has of it, and who published which paragraph first."""

from ingest.models import Record
from ingest.store import Store
from ingest.why import Republished, republished


class SharedParagraph(Record, frozen=True, kw_only=True):
    """A paragraph that several articles have. text: as the first of them has it; articles: their ids, the first one
    first."""

    text: str
    articles: tuple[str, ...]


class Cluster(Record, frozen=True, kw_only=True):
    """Copies of one text, the first publisher first. paragraphs: those that two or more have."""

    members: tuple[Republished, ...]
    paragraphs: tuple[SharedParagraph, ...]


def cluster(store: Store, article_id: str) -> Cluster:
    """The cluster of the article; without members where it has no copies, or was never here."""
    from ingest.dedupe import shared_paragraphs  # with numpy, which few commands need

    found = store.cluster(article_id)
    kept = [member.article for member in found if member.article]
    shared = (SharedParagraph(text=text, articles=articles) for text, articles in shared_paragraphs(kept))
    return Cluster(members=republished(found), paragraphs=tuple(shared))
