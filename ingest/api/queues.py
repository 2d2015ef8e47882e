"""Queues: how they stand, their events as they happen, each as a feed, and the dead letters of their groups."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from ingest.api.answers import Failed, Json, Retried, documented
from ingest.api.asked import AnyWire, expect_queue, moment
from ingest.api.feeds import ATOM, JSON_FEED, Channel, JsonFeed, atom, json_feed
from ingest.api.live import MOST_LISTENERS, Live
from ingest.deliver import is_entry, position
from ingest.errors import UnknownName
from ingest.models import Article, Record
from ingest.settings import QueueSettings
from ingest.store import DeadLetter, GroupState, QueueEntry, QueueState
from ingest.wire import Wire

router = APIRouter(tags=["queues"])

EVENTS = "text/event-stream"


class Group(Record, frozen=True, kw_only=True):
    """A group of a queue. lag: entries that it has not read, null where the store cannot tell; in_hand: read and not
    acknowledged yet; later: put off; dead: failed too often."""

    name: str
    consumers: int
    lag: int | None
    in_hand: int
    later: int
    dead: int


class Queue(Record, frozen=True, kw_only=True):
    """How a queue stands. first, last: ids of its oldest and its newest entry, null where it has none; filter: as in
    queues.toml."""

    name: str
    entries: int
    first: str | None
    last: str | None
    filter: QueueSettings
    groups: list[Group]


class Queues(Record, frozen=True, kw_only=True):
    """All queues, in the order of queues.toml."""

    queues: list[Queue]


class Letter(Record, frozen=True, kw_only=True):
    """A delivery that failed too often. delivery: what it is retried by; article: empty for a gap, that is for entries
    that retention dropped unread."""

    delivery: str
    article: str
    revision: int
    event: str
    reason: str
    at: datetime


class Letters(Record, frozen=True, kw_only=True):
    """A group's dead letters, the newest first."""

    letters: list[Letter]


class Chosen(BaseModel):
    """Which of them; left out or null for all."""

    model_config = ConfigDict(extra="forbid")
    deliveries: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=1000)] | None = None


# ── how they stand ──


@router.get("/queues", responses=documented(Queues))
def list_queues(wire: AnyWire) -> Json:
    """Every queue with its groups."""
    states = wire.store.queue_states(list(wire.settings.queues))
    return Json(Queues(queues=[_queue(wire, state) for state in states]))


@router.get("/queues/{queue}", responses=documented(Queue, 404))
def one_queue(wire: AnyWire, queue: str) -> Json:
    """One queue with its groups."""
    expect_queue(wire, queue)
    return Json(_queue(wire, wire.store.queue_states([queue])[0]))


# ── what is in them ──


@router.get(
    "/queues/{queue}/events",
    response_class=StreamingResponse,
    responses=documented(
        None, 404, kind=EVENTS, text="`id:` the entry's, `data:` {entry, event, article}; `event: gap` tells of a loss."
    ),
)
async def follow(
    request: Request,
    wire: AnyWire,
    queue: str,
    from_: Annotated[
        str,
        Query(alias="from", max_length=64, description="After this entry or time; 0: everything; $: from now on."),
    ] = "$",
    last_event_id: Annotated[str, Header(max_length=64, description="The last entry seen; wins over `from`.")] = "",
) -> Response:
    """The queue as Server-Sent Events, for ever; a browser's EventSource resumes by itself."""
    expect_queue(wire, queue)
    live: Live = request.app.state.live
    if live.listening >= MOST_LISTENERS:
        raise Failed(503, "too many listen already", "ask again later, or read the queue in the store")
    stream = live.stream(queue, _position(last_event_id or from_))
    return StreamingResponse(stream, media_type=EVENTS, headers={"X-Accel-Buffering": "no"})


@router.get(
    "/queues/{queue}/feed.atom",
    response_class=Response,
    responses=documented(None, 304, 404, kind=ATOM, text="RFC 4287"),
)
def as_atom(request: Request, wire: AnyWire, queue: str, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Response:
    """The queue's newest articles as Atom, with their full text."""
    return _feed(request, wire, queue, limit, atom, ATOM)


@router.get(
    "/queues/{queue}/feed.json",
    response_class=Response,
    responses=documented(JsonFeed, 304, 404, kind=JSON_FEED),
)
def as_json_feed(
    request: Request, wire: AnyWire, queue: str, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Response:
    """The queue's newest articles as JSON Feed, with their full text."""
    return _feed(request, wire, queue, limit, json_feed, JSON_FEED)


# ── dead letters ──


@router.get("/queues/{queue}/groups/{group}/dead", responses=documented(Letters, 404))
def list_letters(wire: AnyWire, queue: str, group: str, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Json:
    """What failed too often for a group, and why."""
    _expect_group(wire, queue, group)
    letters = wire.store.dead_letters(queue, group, limit)
    return Json(Letters(letters=[_letter(each) for each in letters]))


@router.post("/queues/{queue}/groups/{group}/dead/retry", responses=documented(Retried, 403, 404, 415))
def retry_letters(wire: AnyWire, queue: str, group: str, chosen: Chosen | None = None) -> Json:
    """Deliver a group's dead letters again, their failures forgotten."""
    _expect_group(wire, queue, group)
    asked = chosen.deliveries if chosen else None
    letters = [each.delivery for each in wire.store.dead_letters(queue, group, 1_000_000)] if asked is None else asked
    retried = wire.store.revive_letters(queue, group, letters)
    if asked and not retried:
        raise Failed(404, "none of these is a dead letter of this group", f"see /queues/{queue}/groups/{group}/dead")
    return Json(Retried(retried=retried))


# ── parts ──


def _queue(wire: Wire, state: QueueState) -> Queue:
    return Queue(
        name=state.name,
        entries=state.length,
        first=None if state.first == "0" else state.first,
        last=None if state.last == "0" else state.last,
        filter=wire.settings.queues[state.name],
        groups=[_group(group) for group in state.groups],
    )


def _group(state: GroupState) -> Group:
    return Group(**state._asdict())


def _letter(letter: DeadLetter) -> Letter:
    _, article, revision, event = letter.delivery.split("|")
    gap = event == "gap"
    return Letter(
        delivery=letter.delivery,
        article="" if gap else article,
        revision=0 if gap else int(revision),
        event=event,
        reason=letter.reason,
        at=datetime.fromtimestamp(letter.at, UTC),
    )


def _expect_group(wire: Wire, queue: str, group: str) -> None:
    expect_queue(wire, queue)
    groups = [state.name for state in wire.store.groups(queue)]
    if group not in groups:
        raise UnknownName("group", group, groups)


def _position(said: str) -> str:
    try:
        return position(said if said in {"0", "$"} or is_entry(said) else moment(said))
    except ValueError as error:
        raise Failed(422, f"from: {error}", "use 0, $, a time, or the id of an entry as it came") from None


def _feed(
    request: Request,
    wire: Wire,
    queue: str,
    limit: int,
    write: Callable[[Channel, Sequence[Article]], bytes],
    kind: str,
) -> Response:
    """The feed, or nothing where the asker has it (RFC 9110, section 13)."""
    expect_queue(wire, queue)
    names = {source.id: source.name for source in wire.settings.sources.values()}
    channel = Channel(queue, str(request.url), str(request.base_url), names)
    entries = wire.store.newest_entries(queue, limit)
    articles = wire.store.articles_of(list(dict.fromkeys(entry.id for entry in entries)))
    body = write(channel, [article for article in articles if not article.retracted])
    validators = {"ETag": f'"{sha256(body).hexdigest()[:32]}"', "Cache-Control": "private, no-cache"}
    written = _written(entries[0]) if entries else None
    if written:  # a second that is not over may bring another entry: until then it is the one before
        over = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)
        validators["Last-Modified"] = format_datetime(min(written, over), usegmt=True)
    if _has_it(request, validators["ETag"], written):
        return Response(status_code=304, headers=validators)
    return Response(body, media_type=kind, headers=validators)


def _written(entry: QueueEntry) -> datetime:
    """When the entry was written, in whole seconds."""
    return datetime.fromtimestamp(int(entry.entry.partition("-")[0]) // 1000, UTC)


def _has_it(request: Request, etag: str, written: datetime | None) -> bool:
    known = request.headers.get("if-none-match")
    if known is not None:
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return "*" in tags or etag in tags
    since = request.headers.get("if-modified-since")
    if not since or not written:
        return False
    try:
        return written <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # no date, or one without a zone
        return False
