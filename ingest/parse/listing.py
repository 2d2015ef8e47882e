"""A section page without a feed, read by the CSS selectors of its source -> Parsed."""

from bs4 import BeautifulSoup, Tag
from soupsieve import SelectorSyntaxError

from ingest.errors import ParseFailed
from ingest.models import Entry, Feed, Fetch
from ingest.parse.parsed import Parsed, absolute, refusal
from ingest.parse.text import decoded, plain, soup, storable

MAX_ENTRIES = 10_000


def parse_listing(feed: Feed, fetch: Fetch) -> Parsed:
    """Read a listing, one entry an address. Raises ParseFailed where a selector is wrong or nothing is found."""
    listing = feed.listing
    if listing is None:
        raise ParseFailed(f"{feed.url} is a listing without selectors; add `entry` to its [[listings]]", again=False)
    if b"<" not in fetch.body:
        raise refusal(decoded(fetch.body, fetch.content_type), "an HTML page")
    page = soup(fetch.body, fetch.content_type)
    base = _base(page, fetch.url or feed.url)
    found: dict[str, Entry] = {}
    for element in _select(page, listing.entry)[:MAX_ENTRIES]:
        link = _link(element, listing.link)
        url = absolute(base, str(link.get("href", ""))) if link else ""
        if not url or not link:
            continue
        entry = Entry(
            url=url,
            title=_text(element, listing.title) if listing.title else plain(link.get_text(" ")),
            published=_date(element, listing.published),
            summary=_text(element, listing.summary),
        )
        # The picture and the headline are often two links to one article; the one with words is it.
        if not found.get(url) or not found[url].title:
            found[url] = entry
    if not found:
        raise ParseFailed(f"no entry with a link matched {listing.entry!r}; the page may have changed")
    return Parsed(entries=tuple(found.values()), title=plain(page.title.get_text()) if page.title else "")


def _select(element: Tag, selector: str) -> list[Tag]:
    try:
        return list(element.select(selector))
    except (SelectorSyntaxError, NotImplementedError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ParseFailed(f"the selector {selector!r} cannot be used: {reason}", again=False) from error


def _base(page: BeautifulSoup, url: str) -> str:
    base = page.find("base", href=True)
    return absolute(url, str(base["href"])) or url if isinstance(base, Tag) else url


def _link(element: Tag, selector: str) -> Tag | None:
    if not selector and element.name == "a" and element.get("href"):
        return element
    matches = _select(element, selector or "a[href]")
    if matches and not matches[0].get("href"):
        matches = _select(matches[0], "a[href]")
    return matches[0] if matches else None


def _text(element: Tag, selector: str) -> str:
    matches = _select(element, selector) if selector else []
    return " ".join(storable(matches[0].get_text(" ")).split()) if matches else ""


def _date(element: Tag, selector: str) -> str:
    """What a machine may read (`datetime`, `content`) before what a reader sees."""
    matches = _select(element, selector) if selector else []
    written = (matches[0].get("datetime") or matches[0].get("content")) if matches else None
    return str(written).strip() if written else _text(element, selector)
