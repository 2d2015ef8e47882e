"""Where the page before this one in time is, as a listing, an archived feed or WordPress says it.

A listing by the selector `next` of its source; Atom and RSS by RFC 5005 (`prev-archive`, `next`); JSON Feed by
`next_url`; a feed that WordPress made has older pages at `?paged=2` and on.
"""

import io
import re
from contextlib import suppress
from typing import Any

import msgspec
from bs4 import Tag
from lxml import etree
from soupsieve import SelectorSyntaxError

from ingest.errors import ParseFailed
from ingest.models import Feed, Fetch
from ingest.parse.parsed import absolute
from ingest.parse.text import soup

_WORDPRESS = re.compile(rb"<generator>\s*https?://(?:www\.)?wordpress\.(?:org|com)/", re.IGNORECASE)

HEAD = 20_000
"""Bytes in which a feed says by whom it was made."""


def older_page(feed: Feed, fetch: Fetch) -> str:
    """The absolute address of the page with the entries before those of this one; empty where none is named."""
    base = fetch.url or feed.url
    if feed.kind == "listing":
        return absolute(base, _next_of_listing(feed, fetch))
    if fetch.body.lstrip()[:1] == b"{":
        return absolute(base, _next_url(fetch.body))
    links = _links(fetch.body)
    return absolute(base, links.get("prev-archive") or links.get("next") or "")


def by_wordpress(fetch: Fetch) -> bool:
    """Whether WordPress made this feed."""
    return bool(_WORDPRESS.search(fetch.body[:HEAD]))


def _next_of_listing(feed: Feed, fetch: Fetch) -> str:
    if not (feed.listing and feed.listing.next):
        return ""
    try:
        found = soup(fetch.body, fetch.content_type).select(feed.listing.next)
    except (SelectorSyntaxError, NotImplementedError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ParseFailed(f"the selector {feed.listing.next!r} cannot be used: {reason}", again=False) from error
    inside = found[0].find("a", href=True) if found else None
    link = next((each for each in found if each.get("href")), inside)
    return str(link["href"]) if isinstance(link, Tag) else ""


def _next_url(body: bytes) -> str:
    try:
        said = msgspec.json.decode(body)
    except msgspec.MsgspecError as error:
        raise ParseFailed(f"JSON that cannot be read: {error}") from error
    return str(said.get("next_url") or "") if isinstance(said, dict) else ""


def _links(body: bytes) -> dict[str, str]:
    """rel -> href of the links in a feed's head, not those of its entries."""
    found: dict[str, str] = {}
    walk = etree.iterparse(
        io.BytesIO(body.lstrip()), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, recover=True,
    )  # fmt: skip
    inside = 0
    with suppress(etree.XMLSyntaxError):
        for event, element in walk:
            entry = _name(element) in {"item", "entry"}
            inside += (event == "start") - (event == "end") if entry else 0
            if event == "end" and not inside and _name(element) == "link" and element.get("rel"):
                found.setdefault(element.get("rel").strip().lower(), element.get("href") or "")
            if event == "end" and entry:
                element.clear()
    return found


def _name(element: Any) -> str:
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""
