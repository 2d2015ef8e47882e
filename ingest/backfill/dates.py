"""When an entry may have been published, by what was said of it and by its address. Pure.

published ─► that moment      /2024/05/17/ in its address ─► that day
changed   ─► before then      nothing ─► any time
"""

import re
from datetime import UTC, datetime, timedelta
from math import inf
from typing import NamedTuple
from urllib.parse import urlsplit

from ingest.clean import read_date
from ingest.models import Entry, Source

DAY = 86_400.0

_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[-/](0?[1-9]|1[0-2])(?:[-/](0?[1-9]|[12]\d|3[01]))?(?=[-/_.]|$)")


class Span(NamedTuple):
    """From when to when, in Unix seconds; infinite where nothing is known."""

    first: float = -inf
    last: float = inf

    def meets(self, since: float, until: float) -> bool:
        """Whether it may have been within this time."""
        return self.first <= until and self.last >= since

    @property
    def dated(self) -> bool:
        """Whether it is known when, to a month."""
        return self.first > -inf and self.last < inf


def span_of(entry: Entry, source: Source) -> Span:
    """When the article at this entry may have been published."""
    if moment := _moment(entry.published, source):
        return Span(moment, moment)
    if span := _in_address(entry.url):
        return span
    changed = _moment(entry.updated, source)
    return Span(last=changed + DAY) if changed else Span()


def _moment(written: str, source: Source) -> float | None:
    moment = read_date(written, source.timezone, source.language) if written else None
    return moment.timestamp() if moment else None


def _in_address(url: str) -> Span | None:
    """A day wide on either side: an address tells the day by its outlet's clock."""
    named = _IN_ADDRESS.search(urlsplit(url).path)
    if not named:
        return None
    try:
        first = datetime(int(named[1]), int(named[2]), int(named[3] or 1), tzinfo=UTC)
    except ValueError:
        return None
    length = timedelta(days=1 if named[3] else 31)
    return Span(first.timestamp() - DAY, (first + length).timestamp() + DAY)
