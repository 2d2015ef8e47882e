"""`python -m tests.hostile.measuring KIND URL ...`: GET and parse each, and print what memory that took at its peak.

A process of its own, as what a process ever took is never given back to the figure that the system has of it.
"""

import resource
import sys
from contextlib import suppress

from ingest.errors import ParseFailed
from ingest.fetch import Fetcher
from ingest.models import Feed
from ingest.parse import parse
from ingest.settings import FetchSettings
from tests.hostile.outlet import NETWORK

MEGABYTE = 1_000_000


def peak() -> int:
    """Bytes that this process has had in memory at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(arguments: list[str]) -> None:
    fetcher = Fetcher(FetchSettings(allow_addresses=(NETWORK,), timeout=10.0, deadline=20.0))
    first = peak()
    for kind, url in zip(arguments[::2], arguments[1::2], strict=True):
        before = peak()
        fetch = fetcher.get(url)
        if fetch.ok:
            with suppress(ParseFailed):
                parse(Feed(id="a:b", source="a", url=url, kind=kind), fetch)  # type: ignore[arg-type]
        print(url, (peak() - before) // MEGABYTE, file=sys.stderr)
    print((peak() - first) // MEGABYTE)


if __name__ == "__main__":
    main(sys.argv[1:])
