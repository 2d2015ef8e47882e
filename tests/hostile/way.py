"""What is known of each way to misbehave: where, and how the newswire ends it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

from ingest.models import Outcome

if TYPE_CHECKING:
    from tests.hostile.line import Line

Call = Callable[["Line"], None]
Tls = Literal["", "good", "unknown", "expired", "other", "none"]
""""": the address is http. Else the certificate: good, of no authority, out of date, another host's; or the line is
handed over before the handshake."""


class Way(NamedTuple):
    """One way to misbehave. ends: the outcome that the newswire names; says: a part of its error; holds: the limit or
    rule by which it ends; at: the path where it misbehaves; entries: good ones that are published all the same."""

    name: str
    does: str
    call: Call
    ends: str
    says: str
    holds: str
    at: str
    kind: str
    tls: Tls
    entries: int


WAYS: dict[str, Way] = {}

PARSE_FAILED = "ParseFailed"


def way(
    ends: str | Outcome,
    says: str = "",
    *,
    holds: str,
    at: str = "/feed",
    kind: str = "feed",
    tls: Tls = "",
    entries: int = 0,
) -> Callable[[Call], Call]:
    """Add a function to WAYS, by its name and with its docstring."""

    def add(call: Call) -> Call:
        name = call.__name__.replace("_", "-").lower()
        does = " ".join((call.__doc__ or "").split())
        WAYS[name] = Way(name, does, call, str(ends), says, holds, at, kind, tls, entries)
        return call

    return add


def row(way: Way) -> str:
    """This way's row in docs/hostile.md."""
    entries = {0: "", 1: ", with its entry"}.get(way.entries, f", with {way.entries} good entries")
    ends = way.ends + entries if way.ends == "ok" else way.ends
    what = {"/robots.txt": "robots.txt", "/article/": "page"}.get(way.at, way.kind)
    return f"| {way.name} | {what} | {way.does.rstrip('.')} | {ends} | {way.holds} |"
