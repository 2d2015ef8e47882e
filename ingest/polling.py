"""How a feed is asked for: at which address, whether by the validators of last time, and what its answers teach.

    state ─► ask ─► Fetch ─► what is new in it ─► learned ─► state of the next poll
              └── a 304, once a day: asked again without validators, for what it may hide

An address that moves for good is followed at once, and asked directly only once it has said so for days: many a
redirect is a mistake of an afternoon. The configured address is asked again as soon as the adopted one is not there.
"""

from http import HTTPStatus

from ingest import robots
from ingest.context import Context
from ingest.models import Feed, Fetch, Outcome, Validators
from ingest.store import FeedState

DAY = 86_400.0

MOVES, MOVED_FOR = 5, 3 * DAY
"""A permanent redirect is adopted when so many polls in a row, over so long, have led to the same address."""

LEAST_SECONDS = 1.0
"""For a second GET in one poll, however long the first one took."""

_NOT_THERE = {
    Outcome.GONE,
    Outcome.BAD_URL,
    Outcome.NAME_NOT_FOUND,
    Outcome.REFUSED_ADDRESS,
    Outcome.REFUSED_BY_ROBOTS,
    Outcome.TOO_MANY_REDIRECTS,
}


def address(feed: Feed, state: FeedState) -> str:
    """Where the feed is asked for: the address that it has moved to, else the configured one."""
    return state.address or feed.address


def ask(context: Context, feed: Feed, state: FeedState, now: float, unpaced: str = "") -> tuple[Fetch, bool]:
    """The feed's answer, and whether it was asked for in full behind a 304. now: Unix seconds; unpaced: as for
    `robots.get`."""
    url, known = address(feed, state), _known(state)
    fetch = robots.get(context.asking, feed.source, url, known, unpaced=unpaced)
    left = max(context.settings.fetch.deadline - fetch.elapsed, LEAST_SECONDS)  # two GETs, but one lease
    if url != feed.address and _is_not_there(fetch):
        return robots.get(context.asking, feed.source, feed.address, seconds=left), False
    if fetch.status == HTTPStatus.NOT_MODIFIED and now - state.whole >= DAY:
        whole = robots.get(context.asking, feed.source, url, Validators(body_hash=state.body_hash), seconds=left)
        if whole.ok or whole.outcome is Outcome.NOT_MODIFIED:
            return whole, True
    return fetch, False


def learned(feed: Feed, state: FeedState, fetch: Fetch, *, hidden: bool, now: float) -> dict[str, str | int | float]:
    """What a good answer teaches about how to ask, as fields of the feed's state. Pure.

    hidden: a 304 stood before what is new in it. From then on the feed is asked for without validators.
    """
    told: dict[str, str | int | float] = {
        "whole": now if fetch.status == HTTPStatus.OK else state.whole,
        "lies": int(hidden or state.lies),
        "address": state.address if fetch.requested == address(feed, state) else "",
        "moving_to": fetch.moved,
        "moves": 0,
        "moving_since": 0.0,
    }
    if not fetch.moved:
        return told
    again = fetch.moved == state.moving_to
    moves, since = (state.moves + 1, state.moving_since) if again else (1, now)
    if moves >= MOVES and now - since >= MOVED_FOR:
        adopted = "" if fetch.moved == feed.address else fetch.moved
        return told | {"address": adopted, "moving_to": ""}
    return told | {"moves": moves, "moving_since": since}


def _known(state: FeedState) -> Validators:
    if state.unfinished:
        return Validators()  # there may be more in what stays as it is
    if state.lies:
        return Validators(body_hash=state.body_hash)
    return Validators(etag=state.etag, last_modified=state.last_modified, body_hash=state.body_hash)


def _is_not_there(fetch: Fetch) -> bool:
    """Whether the address is none any more, rather than out of order for a while."""
    refused = 400 <= fetch.status < 500 and fetch.status != HTTPStatus.TOO_MANY_REQUESTS
    return fetch.outcome in _NOT_THERE or refused
