"""What became of an address, and why."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BeforeValidator, WithJsonSchema

from ingest.api.answers import Failed, Json, documented
from ingest.api.asked import AnyWire
from ingest.errors import UnknownName
from ingest.why import Life

router = APIRouter(tags=["articles"])

_ASKED = r"^([Hh][Tt][Tt][Pp][Ss]?://[^/?#\s]|[0-9a-f]{16}$)"


def _checked(said: str) -> str:
    return said.strip()[:4000]


Asked = Annotated[str, BeforeValidator(_checked), WithJsonSchema({"type": "string", "pattern": _ASKED})]


@router.get("/why", responses=documented(Life, 404))
def why(wire: AnyWire, url: Annotated[Asked, Query(description="Any address of an article, or its id.")]) -> Json:
    """The life of an address: every step with its time and reason, and which queues have it."""
    try:
        life = wire.why(url)
    except UnknownName:
        said = f"{url[:40]!r} is neither an address nor an id"
        raise Failed(422, said, "write the whole of it, with https:// before it") from None
    if not life.known:
        raise Failed(404, life.stands.words, "; ".join(life.help))
    return Json(life)
