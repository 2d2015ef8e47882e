"""Where in a queue: what a person says ("0", a time, an entry's id) -> a stream id. Pure."""

import re
from datetime import datetime

_ENTRY = re.compile(r"(\d{13,20})(?:-(\d{1,20}))?", re.ASCII)
_MOST = 2**64
"""Both halves of a stream id are below it."""


def position(said: str | datetime) -> str:
    """The stream id to read after.

    "0" is the beginning and "$" the end; a time (ISO 8601, this machine's zone where it says none) is that moment; an
    entry's id is that entry. Raises ValueError for anything else.
    """
    if isinstance(said, datetime):
        return f"{max(0, round(said.timestamp() * 1000))}-0"
    if said in {"0", "$"} or is_entry(said):
        return said
    try:
        return position(datetime.fromisoformat(said))
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{said!r} is no time, no entry's id and not 0; write 2026-11-01T08:00") from None


def is_entry(said: str) -> bool:
    """Whether it is the id of a stream's entry, or the milliseconds alone."""
    match = _ENTRY.fullmatch(said)
    return match is not None and all(int(half or 0) < _MOST for half in match.groups())
