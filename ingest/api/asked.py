"""What comes in: the wire that a route works on, and parameters that several routes share."""

import re
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Annotated, Any

from fastapi import Depends, Path, Request
from pydantic import BeforeValidator, WithJsonSchema

from ingest.api.answers import Failed
from ingest.errors import UnknownName
from ingest.wire import Wire

ArticleId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="The article's id.")]

_PLUS = re.compile(r"(T.*) (\d\d:?\d\d)$")


def _wire(request: Request) -> Wire:
    wire: Wire = request.app.state.wire
    return wire


AnyWire = Annotated[Wire, Depends(_wire)]


def moment(said: Any) -> datetime:
    """A time of ISO 8601, in UTC where it says no zone; also where its + became a space on the way here.

    Raises ValueError.
    """
    try:
        found = datetime.fromisoformat(_PLUS.sub(r"\1+\2", str(said).upper()))
    except ValueError:
        raise ValueError(f"{str(said)[:40]!r} is no time; write 2026-11-01 or 2026-11-01T08:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


Moment = Annotated[
    datetime,
    BeforeValidator(moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}),
]


def expect_known_parameters(request: Request) -> None:
    """A parameter that no route knows would be ignored in silence, and what was not asked for be answered."""
    known = {field.alias for field in _parameters(request.scope["route"].dependant)}
    for name in request.query_params:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.4)
            there = f"there are: {', '.join(sorted(known))}" if known else "there are none here"
            raise Failed(422, f"no parameter is called {name!r}", f"did you mean {near[0]!r}?" if near else there)


def expect_queue(wire: Wire, name: str) -> None:
    """Raises UnknownName where the configuration names no such queue."""
    if name not in wire.settings.queues:
        raise UnknownName("queue", name, wire.settings.queues)


def _parameters(dependant: Any) -> list[Any]:
    return [*dependant.query_params, *(each for part in dependant.dependencies for each in _parameters(part))]
