"""A section page without a feed, read by the CSS selectors of its source -> Parsed."""

from urllib.parse import urldefrag

from bs4 import BeautifulSoup, Tag
from msgspec.structs import replace
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
    here = fetch.url or feed.url
    base = _base(page, here)
    found: dict[str, Entry] = {}
    parts: set[str] = set()  # those of which only a link to a part was seen, such as "#comments"
    for element in _select(page, listing.entry)[:MAX_ENTRIES]:
        link = _link(element, listing.link)
        url = absolute(base, str(link.get("href", ""))) if link else ""
        if not url or not link or _same_page(url, here):
            continue  # "#", or the section itself
        entry = Entry(
            url=url,
            title=_text(element, listing.title) if listing.title else plain(link.get_text(" ")) or _labelled(link),
            published=_date(element, listing.published),
            summary=_text(element, listing.summary),
            image=_image(element, base),
        )
        # The picture and the headline are often two links to one article; the one with words is it.
        address, part = urldefrag(url)
        if address not in found or not found[address].title or (address in parts and not part):
            found[address] = replace(entry, url=address)
            (parts.add if part else parts.discard)(address)
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


def _same_page(url: str, here: str) -> bool:
    return urldefrag(url)[0].rstrip("/") == urldefrag(here)[0].rstrip("/")


def _labelled(link: Tag) -> str:
    """What a link without words says to those who cannot see its picture."""
    picture = link.find("img", alt=True)
    said = link.get("aria-label") or link.get("title") or (picture.get("alt") if isinstance(picture, Tag) else "")
    return plain(str(said or ""))


_LATER = ("data-src", "data-lazy-src", "data-original", "data-srcset", "data-lazy-srcset", "srcset", "src")
"""Where the address of a picture stands that is only loaded when it is looked at: its `src` is a grey box."""


def _image(element: Tag, base: str) -> str:
    for picture in element.find_all("img"):
        for name in _LATER:
            written = str(picture.get(name) or "").strip()
            url = absolute(base, written.split()[0].rstrip(",")) if written else ""
            if url:
                return url
    return ""


def _text(element: Tag, selector: str) -> str:
    matches = _select(element, selector) if selector else []
    return " ".join(storable(matches[0].get_text(" ")).split()) if matches else ""


def _date(element: Tag, selector: str) -> str:
    """What a machine may read (`datetime`, `content`) before what a reader sees."""
    matches = _select(element, selector) if selector else []
    written = (matches[0].get("datetime") or matches[0].get("content")) if matches else None
    return str(written).strip() if written else _text(element, selector)
