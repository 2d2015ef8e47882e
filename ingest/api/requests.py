"""Fetch by hand, and its progress. The ticket is kept in the store, so any api process can tell how far it has come."""

from datetime import UTC, datetime
from secrets import token_hex
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ingest.api.answers import Failed, Json, documented
from ingest.api.asked import AnyWire
from ingest.models import Record, to_json
from ingest.store import Backfill
from ingest.ticket import Ticket, TicketState
from ingest.wire import Wire

router = APIRouter(tags=["fetch"])

TICKET_SECONDS = 86_400.0
"""A ticket is kept for so long after it was last asked about."""


class Names(BaseModel):
    """What to fetch now: ids of sources, addresses of their feeds, or addresses of articles."""

    model_config = ConfigDict(extra="forbid")
    names: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=2000, examples=["efectococuyo"])]],
        Field(min_length=1, max_length=50),
    ]
    since: Annotated[AwareDatetime | None, Field(description="Walk the past of these sources, back to then.")] = None


class WalkProgress(Record, frozen=True, kw_only=True):
    """How far a walk into a source's past has come. pages: asked for; found: entries on them; claimed: those that were
    new; back_to: the earliest date seen; end: empty while it goes on."""

    source: str
    since: datetime
    pages: int
    found: int
    claimed: int
    published: int
    back_to: datetime | None
    end: str


class FetchProgress(Record, frozen=True, kw_only=True):
    """How far a fetch has come. outcomes: created, copy, updated, unchanged, quietened, duplicate, dead -> how many;
    walks: those into the past of sources, of which the entries are counted too."""

    ticket: str
    done: bool
    feeds: int
    feeds_done: int
    entries: int
    entries_done: int
    outcomes: dict[str, int]
    errors: list[str]
    walks: list[WalkProgress]


@router.post("/fetch", status_code=202, responses=documented(FetchProgress, 403, 404, 409, 415, status=202))
def fetch(wire: AnyWire, asked: Names) -> Json:
    """Fetch now, whatever the schedule says, or walk the past; the answer's ticket tells how far it has come."""
    begun = begin(wire, *asked.names, since=asked.since)
    return Json(begun, 202, {"Location": f"/fetch/{begun.ticket}"})


@router.get("/fetch/{ticket}", responses=documented(FetchProgress, 404))
def progress(wire: AnyWire, ticket: Annotated[str, Path(pattern="^[0-9a-f]{16}$")]) -> Json:
    """How far a fetch has come; kept for a day."""
    return Json(look(wire, ticket))


def begin(wire: Wire, *names: str, since: datetime | None = None) -> FetchProgress:
    """Fetch these now, under a new ticket. Raises UnknownName and ConfigError as `Wire.fetch`."""
    return _look(wire, token_hex(8), wire.fetch(*dict.fromkeys(names), since=since))


def look(wire: Wire, ticket_id: str) -> FetchProgress:
    """How far the fetch with this ticket has come. Raises Failed (404) where it is not known."""
    kept = wire.store.ticket(ticket_id)
    if not kept:
        raise Failed(404, "no fetch has this ticket", "tickets are kept for a day; ask for another with POST /fetch")
    return _look(wire, ticket_id, Ticket.from_state(wire.store, msgspec.json.decode(kept, type=TicketState)))


def _look(wire: Wire, ticket_id: str, ticket: Ticket) -> FetchProgress:
    """Look at the store, and keep what was seen: a feed's next poll may replace what this one found."""
    now = ticket.progress()
    wire.store.keep_ticket(ticket_id, to_json(ticket.state()), TICKET_SECONDS)
    return FetchProgress(
        ticket=ticket_id,
        done=now.done,
        feeds=now.feeds,
        feeds_done=now.feeds_done,
        entries=now.entries,
        entries_done=now.entries_done,
        outcomes=dict(now.outcomes),
        errors=list(now.errors),
        walks=[_walk(walk) for walk in now.walks],
    )


def _walk(walk: Backfill) -> WalkProgress:
    return WalkProgress(
        source=walk.source,
        since=datetime.fromtimestamp(walk.since, UTC),
        pages=walk.pages,
        found=walk.found,
        claimed=walk.claimed,
        published=walk.published,
        back_to=datetime.fromtimestamp(walk.oldest, UTC) if walk.oldest else None,
        end=walk.end,
    )
