"""What was asked for -> the addresses that may be meant by it, in the order in which they are looked for. Pure."""

import re

from ingest.clean import clean_url, plain_url
from ingest.errors import UnknownName
from ingest.models import article_id
from ingest.settings import Settings

_ID = re.compile(r"[0-9a-f]{16}")


def meant(asked: str, settings: Settings) -> dict[str, str]:
    """id -> address, empty for an id alone. Wrapped, AMP and tracked addresses are those that they lead to; http and
    https, with a slash at the end and without, are tried after the address as it is.

    Raises UnknownName for what is neither an id nor an address.
    """
    said = asked.strip()
    if _ID.fullmatch(said):
        return {said: ""}
    found: dict[str, str] = {}
    for url in _spellings(said, settings):
        found.setdefault(article_id(url), url)
    return found


def _spellings(said: str, settings: Settings) -> list[str]:
    try:
        with_fragment, clean = clean_url(said, keep_fragment=True), clean_url(said)
    except ValueError:
        raise UnknownName("article or address", said, ()) from None
    plain = list(dict.fromkeys(plain_url(clean, source.homepage) for source in settings.sources.values()))
    firm = [clean, *plain, *map(_other_scheme, (clean, *plain))]
    return [with_fragment, *firm, *map(_other_end, firm)]


def _other_scheme(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{'http' if scheme == 'https' else 'https'}://{rest}"


def _other_end(url: str) -> str:
    head, mark, query = url.partition("?")
    return (head.removesuffix("/") if head.endswith("/") else f"{head}/") + mark + query
