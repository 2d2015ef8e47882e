"""A queue's filter. Pure: any of the values within a field, all of the fields."""

from collections.abc import Mapping

from ingest.models import Article
from ingest.settings import QueueFilter


def queues_for(article: Article, queues: Mapping[str, QueueFilter]) -> list[str]:
    """The names of the queues whose filter takes this article."""
    return [name for name, wanted in queues.items() if _takes(wanted, article)]


def _takes(wanted: QueueFilter, article: Article) -> bool:
    return (
        (not wanted.source or article.source in wanted.source)
        and (not wanted.language or article.language in wanted.language)
        and (not wanted.country or article.country in wanted.country)
        and (not wanted.tags or bool(set(wanted.tags) & set(article.tags)))
    )
