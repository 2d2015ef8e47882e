"""Enrichment: what an article is about and what it is like. One file per enricher, each a pure function that takes an
article and returns it with fields added. An enricher that fails leaves the article as it was; it never blocks it.
"""

import logging
from collections.abc import Callable

from ingest.enrich.language import add_language, language_of
from ingest.enrich.notes import add_notes
from ingest.enrich.reading import add_reading_time
from ingest.models import Article

__all__ = ["ENRICHERS", "add_language", "add_notes", "add_reading_time", "enrich", "language_of"]

Enricher = Callable[[Article], Article]

ENRICHERS: tuple[Enricher, ...] = (add_language, add_reading_time, add_notes)
"""In this order: a later one sees what an earlier one added."""

_log = logging.getLogger("teletipo.enrich")


def enrich(article: Article) -> Article:
    """The article with everything that the enrichers add."""
    for enricher in ENRICHERS:
        try:
            article = enricher(article)
        except Exception:
            _log.exception("enricher failed enricher=%s article=%s", enricher.__name__, article.id)
    return article
