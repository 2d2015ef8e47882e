"""What is shown. Each view asks the store, and hands what it found to one template."""

from typing import Annotated, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query, Request, Response

from ingest.api.finding import Found, find
from ingest.api.page import standing
from ingest.api.page.changes import revised
from ingest.api.page.render import assets, html
from ingest.api.page.route import PageRoute, wire_of
from ingest.api.page.search import Search, taker
from ingest.wire import Wire

router = APIRouter(route_class=PageRoute)

SHOWN = 40
MOST_DEAD = 200
MOST_NEW = 100
"""Articles that may arrive between two looks; of more, the newest are shown."""


@router.get("/")
def show_wire(request: Request) -> Response:
    """The wire: articles, the newest first, narrowed by the address's query."""
    wire, search = wire_of(request), Search.of(request.query_params)
    cursor, wrong = request.query_params.get("cursor", "")[:200], ""
    # Its place is taken before the articles are: what is published in between comes twice rather than never.
    stream = stream_of(wire) if not cursor else None
    try:
        found = find(wire, search.wanted(), cursor or None, SHOWN)
    except ValueError as error:
        found, wrong = Found([], None), str(error)
    return html(
        request,
        "wire.html",
        400 if wrong else 200,
        here="wire",
        search=search,
        found=found,
        first=not cursor,
        wrong=wrong,
        stream=None if wrong else stream,
        shown=SHOWN,
        names=_names(wire),
        choices=_choices(wire, search),
    )


@router.get("/page/rows")
def show_rows(request: Request, id: Annotated[list[str], Query()]) -> Response:
    """The rows of these articles, those that the search takes: what the script puts on top of the list."""
    wire, takes = wire_of(request), taker(Search.of(request.query_params).wanted())
    articles = [article for article in wire.store.articles_of(id[-MOST_NEW:]) if takes(article)]
    return html(request, "rows.html", articles=articles, names=_names(wire))


@router.get("/page/article/{article_id}")
def show_article(request: Request, article_id: str) -> Response:
    """One article: its text, its revisions, and what each stage did to it."""
    wire = wire_of(request)
    revisions = wire.store.revisions(article_id)
    if not revisions:
        raise HTTPException(404, "No article is kept under that id; retention may have dropped it.")
    wanted = request.query_params.get("revision", "")
    shown = next((each for each in revisions if str(each.revision) == wanted), revisions[-1])
    return html(
        request,
        "article.html",
        article=shown,
        latest=revisions[-1],
        revised=revised(revisions),
        life=wire.why(article_id),
        names=_names(wire),
    )


@router.get("/page/sources")
def show_sources(request: Request) -> Response:
    """Every source with its last fourteen days, what went wrong last, and when it is polled next."""
    wire = wire_of(request)
    return html(
        request, "sources.html", here="sources", sources=standing.sources(wire.settings, wire.store), days=standing.DAYS
    )


@router.get("/page/queues")
def show_queues(request: Request) -> Response:
    """Every queue with its length, and how far behind each group is."""
    wire = wire_of(request)
    return html(request, "queues.html", here="queues", queues=standing.queues(wire.settings, wire.store))


@router.get("/page/dead")
def show_dead(request: Request) -> Response:
    """Entries and deliveries that failed too often, each with a way to try again."""
    wire = wire_of(request)
    return html(
        request,
        "dead.html",
        here="dead",
        entries=wire.store.dead(MOST_DEAD),
        count=wire.store.dead_count(),
        letters=standing.dead_letters(wire.settings, wire.store, MOST_DEAD),
        names=_names(wire),
        did=request.query_params.get("did", "")[:80],
    )


@router.get("/page/static/{name}")
def static(name: str) -> Response:
    """The style sheet and the script; their address changes with them, so a browser may keep them for good."""
    asset = assets().get(name)
    if asset is None:
        raise HTTPException(404, "No such file.")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(asset.body, media_type=asset.media_type, headers=headers)


class Stream(NamedTuple):
    """Where what arrives can be listened to, and the last entry that was there already."""

    url: str
    last: str


def stream_of(wire: Wire) -> Stream | None:
    """The events of a queue that takes everything; None where there is no such queue."""
    queues = wire.settings.queues
    everything = (name for name, queue in queues.items() if not standing.has_filter(queue))
    name = next(everything, None)
    return Stream(f"/queues/{quote(name)}/events", wire.store.last_entry(name)) if name else None


def _names(wire: Wire) -> dict[str, str]:
    """Source id -> what people call it."""
    return {source.id: source.name for source in wire.settings.sources.values()}


def _choices(wire: Wire, search: Search) -> dict[str, list[tuple[str, str]]]:
    """What the filters' lists offer: (value, what it is called)."""
    sources = wire.settings.sources.values()

    def offered(values: set[str], chosen: str) -> list[tuple[str, str]]:
        return [(value, value) for value in sorted({*values, chosen} - {""})]

    names = sorted(((source.id, source.name) for source in sources), key=lambda pair: pair[1].casefold())
    known = {source.id for source in sources}
    return {
        "source": names + ([(search.source, search.source)] if search.source not in {*known, ""} else []),
        "language": offered({source.language for source in sources}, search.language),
        "country": offered({source.country for source in sources}, search.country),
    }
