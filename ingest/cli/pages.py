"""A page that a command was given: a saved file, or an address to fetch."""

from datetime import UTC, datetime
from pathlib import Path

import click

from ingest import robots
from ingest.clean import clean_url
from ingest.errors import FetchFailed, UnknownName
from ingest.fetch import Fetcher
from ingest.models import Fetch, Page
from ingest.settings import Settings

UNKNOWN = "https://unknown.invalid/"
"""Where a saved page came from, if nobody says."""


def page_of(settings: Settings, file_or_url: str, url: str = "") -> Page:
    """The page's bytes and address. url: where a saved page came from. Raises UnknownName, FetchFailed."""
    if "://" not in file_or_url:
        file = Path(file_or_url)
        if not file.is_file():
            raise UnknownName("file or address", file_or_url, (str(path) for path in Path().glob("*.html")))
        return Page(url=_address(url or UNKNOWN), body=file.read_bytes(), fetched=datetime.now(UTC))
    asking = robots.Asking(settings, Fetcher(settings.fetch), robots.Unkept())
    return page_from(robots.get(asking, settings.source_of(file_or_url).id, file_or_url))


def page_from(fetch: Fetch) -> Page:
    """The page that a fetch brought. Raises FetchFailed where it brought none."""
    if not fetch.ok:
        raise FetchFailed(f"{fetch.outcome}: {fetch.error}", fetch=fetch)
    return fetch.page(datetime.now(UTC))


def _address(url: str) -> str:
    try:
        return clean_url(url)
    except ValueError as error:
        raise click.BadParameter(f"--url: {error}") from error
