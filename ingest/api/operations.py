"""How the newswire is: sources and their health, what is dead, and whether it is alive and ready."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from ingest.api.answers import Failed, Json, Retried, documented
from ingest.api.asked import AnyWire, ArticleId
from ingest.api.metrics import CONTENT_TYPE, Requests, exposition
from ingest.baseline import Baseline
from ingest.models import Record, Source
from ingest.store import Backfill, EntryState, FeedState, source_state

router = APIRouter(tags=["operations"])


DAYS = 14


class FeedHealth(Record, frozen=True, kw_only=True):
    """One feed. outcome: of the last fetch, empty before the first; failures: in a row."""

    id: str
    url: str
    outcome: str
    error: str
    failures: int
    last_poll: datetime | None
    last_success: datetime | None
    next_poll: datetime | None


class Day(Record, frozen=True, kw_only=True):
    """Articles published on one day (UTC)."""

    date: date
    articles: int


class SourceHealth(Record, frozen=True, kw_only=True):
    """One source. healthy: no feed of it failed last, and it does not drift; drift: how its latest pages differ from
    the usual ones, empty where they do not; drifting_since: when that began; remarks: what its feeds do that a person
    may want to know; days: the last 14, today at the end."""

    id: str
    name: str
    homepage: str
    language: str
    country: str
    tags: tuple[str, ...]
    healthy: bool
    last_error: str
    drift: str
    drifting_since: datetime | None
    remarks: list[str]
    last_poll: datetime | None
    next_poll: datetime | None
    days: list[Day]
    feeds: list[FeedHealth]


class Sources(Record, frozen=True, kw_only=True):
    """Every configured source."""

    sources: list[SourceHealth]


class DeadEntry(Record, frozen=True, kw_only=True):
    """An address whose every attempt failed. step: at which it died, fetch or process."""

    id: str
    url: str
    source: str
    feed: str
    step: str
    error: str


class DeadEntries(Record, frozen=True, kw_only=True):
    """What was set aside, the newest first. total: how many there are."""

    total: int
    entries: list[DeadEntry]


class Alive(Record, frozen=True, kw_only=True):
    """This process answers."""

    status: str = "ok"


class Ready(Record, frozen=True, kw_only=True):
    """The store answers, and these processes live: kind -> how many."""

    status: str
    processes: dict[str, int]


@router.get("/healthz", responses=documented(Alive), openapi_extra={"security": []})
async def healthz() -> Json:
    """Whether this process answers; needs no token."""
    return Json(Alive())


@router.get("/readyz", responses=documented(Ready))
def readyz(wire: AnyWire) -> Json:
    """Whether the whole newswire works: the store answers, a scheduler and workers of both kinds live."""
    alive = [beat.kind for beat in wire.store.alive()]
    if missing := [kind for kind in ("scheduler", "fetch", "process") if kind not in alive]:
        raise Failed(503, f"not alive: {', '.join(missing)}", "start `teletipo run`, or see its log")
    return Json(Ready(status="ok", processes={kind: alive.count(kind) for kind in sorted(set(alive))}))


@router.get(
    "/metrics", response_class=Response, responses=documented(None, kind="text/plain", text="Prometheus' text format.")
)
def metrics(request: Request, wire: AnyWire) -> Response:
    """How things stand, for Prometheus."""
    requests: Requests = request.app.state.requests
    return Response(exposition(wire, requests, request.app.state.live.listening), media_type=CONTENT_TYPE)


@router.get("/sources", responses=documented(Sources))
def list_sources(wire: AnyWire) -> Json:
    """Every source: its health, its last error, its next poll, and its articles a day."""
    sources = wire.settings.sources.values()
    today = datetime.now(UTC).date()
    dates = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    states = wire.store.feed_states(list(wire.settings.feeds))
    counts = wire.store.created([source.id for source in sources], [each.isoformat() for each in dates])
    baselines = wire.store.baselines([source.id for source in sources])
    walks = wire.store.backfills(source.id for source in sources)
    return Json(Sources(sources=[_source(each, states, baselines, walks, dates, counts[each.id]) for each in sources]))


@router.get("/dead", responses=documented(DeadEntries))
def list_dead(wire: AnyWire, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Json:
    """Addresses whose every attempt failed, and why."""
    entries = [_dead(state) for state in wire.store.dead(limit)]
    return Json(DeadEntries(total=wire.store.dead_count(), entries=entries))


@router.post("/dead/{entry}/retry", responses=documented(Retried, 403, 404, 415))
def retry_dead(wire: AnyWire, entry: ArticleId) -> Json:
    """Give a dead entry all its attempts again."""
    if not wire.store.revive([entry]):
        raise Failed(404, "no dead entry has this id", "see /dead for those that there are")
    return Json(Retried(retried=1))


# ── parts ──


def _source(
    source: Source,
    states: dict[str, FeedState],
    baselines: dict[str, Baseline],
    walks: dict[str, Backfill],
    dates: list[date],
    counts: list[int],
) -> SourceHealth:
    stands = source_state(source, states, baselines, walks)
    return SourceHealth(
        id=source.id,
        name=source.name,
        homepage=source.homepage,
        language=source.language,
        country=source.country,
        tags=source.tags,
        healthy=not stands.drift and not any(state.failures for _, state in stands.feeds),
        last_error=stands.last_error,
        drift=stands.drift,
        drifting_since=_moment(stands.drifting),
        remarks=stands.remarks,
        last_poll=_moment(stands.last_poll),
        next_poll=_moment(stands.next_poll),
        days=[Day(date=each, articles=count) for each, count in zip(dates, counts, strict=True)],
        feeds=[_feed(feed.id, feed.url, state) for feed, state in stands.feeds],
    )


def _feed(feed_id: str, url: str, state: FeedState) -> FeedHealth:
    return FeedHealth(
        id=feed_id,
        url=url,
        outcome=state.outcome,
        error=state.error,
        failures=state.failures,
        last_poll=_moment(state.last_poll),
        last_success=_moment(state.last_ok),
        next_poll=_moment(state.next_poll),
    )


def _dead(state: EntryState) -> DeadEntry:
    return DeadEntry(
        id=state.id, url=state.url, source=state.source, feed=state.feed, step=state.step, error=state.error
    )


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
