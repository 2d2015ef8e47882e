"""Articles by filter and time, and one article with its revisions."""

import re
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BeforeValidator, StringConstraints, WithJsonSchema

from ingest.api.answers import Failed, Json, documented
from ingest.api.asked import AnyWire, ArticleId, Moment
from ingest.api.finding import CURSOR, Wanted, checked_cursor, find, search_words
from ingest.cluster import Cluster, cluster
from ingest.errors import UnknownName
from ingest.models import Article, Record
from ingest.settings import QueueSettings
from ingest.store import Place
from ingest.wire import Wire

router = APIRouter(tags=["articles"])


class ArticlePage(Record, frozen=True, kw_only=True):
    """Articles, the newest first. next: the `cursor` of the next page, null at the end; a page may be short, or empty,
    and still name the next one."""

    articles: list[Article]
    next: str | None


class Revisions(Record, frozen=True, kw_only=True):
    """The kept revisions of an article, the oldest first, the present one last."""

    revisions: list[Article]


_ADDRESS = r"[Hh][Tt][Tt][Pp][Ss]?://[^/?#\s]"


def _checked_address(said: str) -> str:
    if not re.match(_ADDRESS, said):
        raise ValueError(f"{said[:40]!r} is no address; write the whole of it, with https:// before it")
    return said


Said = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Cursor = Annotated[str, BeforeValidator(checked_cursor), WithJsonSchema({"type": "string", "pattern": f"^{CURSOR}$"})]
Address = Annotated[
    str, BeforeValidator(_checked_address), WithJsonSchema({"type": "string", "pattern": f"^{_ADDRESS}"})
]
Named = Annotated[str, StringConstraints(pattern=r"\w", max_length=200)]


def wanted(
    wire: AnyWire,
    source: Annotated[list[Said], Query(description="Ids of sources.", max_length=100)] = [],  # noqa: B006
    language: Annotated[list[Language], Query(description="ISO 639-1, of the text.", max_length=100)] = [],  # noqa: B006
    country: Annotated[list[Country], Query(description="ISO 3166-1, of the outlet.", max_length=100)] = [],  # noqa: B006
    topic: Annotated[list[Said], Query(description="What enrichers found it to be about.", max_length=100)] = [],  # noqa: B006
    tag: Annotated[list[Said], Query(description="The source's own.", max_length=100)] = [],  # noqa: B006
    keyword: Annotated[list[Named], Query(description="The outlet's labels.", max_length=100)] = [],  # noqa: B006
    author: Annotated[list[Named], Query(description="Names.", max_length=100)] = [],  # noqa: B006
    q: Annotated[str, Query(description='All of these: words, "phrases", beginnings*.', max_length=500)] = "",
    since: Annotated[Moment | None, Query(description="Not before this time.")] = None,
    until: Annotated[Moment | None, Query(description="Before this time.")] = None,
) -> Wanted:
    """The filter of a listing: any of the values of one parameter, all of the parameters."""
    for name in source:
        _expect_source(wire, name)
    conditions = QueueSettings(
        source=tuple(source),
        language=tuple(language),
        country=tuple(country),
        topics=tuple(topic),
        tags=tuple(tag),
        keywords=tuple(keyword),
        authors=tuple(author),
    )
    return Wanted(conditions, search_words(q), since, until)


@router.get("/articles", responses=documented(ArticlePage, 404))
def list_articles(
    wire: AnyWire,
    wanted: Annotated[Wanted, Depends(wanted)],
    url: Annotated[Address | None, Query(description="The article at this address, and no other.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[Cursor | None, Query(description="`next` of the page before.")] = None,
) -> Json:
    """Articles, the newest first."""
    if url:
        return Json(ArticlePage(articles=_at(wire, url), next=None))
    found = find(wire, wanted, cursor, limit)
    return Json(ArticlePage(articles=found.articles, next=found.next))


@router.get("/articles/{article}", responses=documented(Article, 404, 410))
def one_article(wire: AnyWire, article: ArticleId) -> Json:
    """One article, its latest revision."""
    if kept := wire.store.article(article):
        return Json(kept)
    raise _missing(wire, article)


@router.get("/articles/{article}/revisions", responses=documented(Revisions, 404, 410))
def its_revisions(wire: AnyWire, article: ArticleId) -> Json:
    """Every kept revision of one article."""
    if kept := wire.store.revisions(article):
        return Json(Revisions(revisions=kept))
    raise _missing(wire, article)


@router.get("/articles/{article}/cluster", responses=documented(Cluster, 404))
def its_cluster(wire: AnyWire, article: ArticleId) -> Json:
    """The copies of one article, itself among them, and who published what first; empty where there are none."""
    if wire.store.revision(article):
        return Json(cluster(wire.store, article))
    raise _missing(wire, article)


def _missing(wire: Wire, article: str) -> Failed:
    if wire.store.revision(article):
        return Failed(410, "retention dropped this article", "a longer [retention] article_days keeps them longer")
    return Failed(404, "no article has this id", "look for it with /articles, or by its address with /articles?url=")


def _at(wire: Wire, url: str) -> list[Article]:
    with suppress(ValueError):  # one that cannot be read has no article
        if kept := wire.article(url):
            return [kept]
    return []


def _expect_source(wire: Wire, name: str) -> None:
    """A configured one, a host (of articles fetched by hand), or one that was taken out and left articles."""
    if name in wire.settings.sources or "." in name:
        return
    newest: list[tuple[Place, bytes]] = wire.store.articles_before(None, 1, source=name)
    if not newest:
        raise UnknownName("source", name, wire.settings.sources)
