"""Who published which paragraph first, among copies of one text.

articles, the first publisher first ─► the paragraphs that two or more of them have, each with whom it began
"""

from collections.abc import Sequence
from typing import NamedTuple

from ingest.dedupe.features import LEAST_PARAGRAPH
from ingest.dedupe.tokens import has_words, paragraphs
from ingest.models import Article


class Shared(NamedTuple):
    """A paragraph that several articles have. text: as the first of them has it; articles: their ids, the first one
    first."""

    text: str
    articles: tuple[str, ...]


def shared_paragraphs(articles: Sequence[Article]) -> tuple[Shared, ...]:
    """The paragraphs of eight words or more that two or more of the articles have, by their words alone, in the order
    in which they began. articles: by time."""
    found: dict[tuple[str, ...], tuple[str, list[str]]] = {}
    for article in articles:
        for text in dict.fromkeys(article.text.split("\n\n")):
            for words in paragraphs(text):
                if has_words(words, LEAST_PARAGRAPH):
                    _, ids = found.setdefault(tuple(words), (text, []))
                    if article.id not in ids[-1:]:
                        ids.append(article.id)
    return tuple(Shared(text, tuple(ids)) for text, ids in found.values() if len(ids) > 1)
