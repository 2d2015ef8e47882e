"""The address that somebody typed -> the outlet's front page, wherever it leads, and what to know about the way."""

import re
from collections import Counter
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from lxml.html import HtmlElement

from ingest.clean import clean_url
from ingest.discover import Candidate, Front, read_front
from ingest.discover.ways import GIVEN
from ingest.errors import ExtractFailed, FetchFailed, ParseFailed
from ingest.extract import front
from ingest.fetch.headers import WORDPRESS
from ingest.models import Feed, Fetch, Outcome
from ingest.parse import parse
from ingest.survey.turns import Turns

MOST_LATE = 2
"""Spellings of an address that are waited for in vain."""

_NOBODY_THERE = {Outcome.NAME_NOT_FOUND, Outcome.CONNECTION_ERROR, Outcome.TLS_ERROR, Outcome.TIMEOUT}
_NO_PAGE = {Outcome.GONE, Outcome.HTTP_ERROR}
_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf|urlset|sitemapindex)\b|^\s*\{")
_OPML = re.compile(rb"<opml\b", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_STANDS_BEFORE = {
    "challenge": "a bot challenge stands before its front page",
    "consent": "a consent wall stands before its front page",
    "login": "a login stands before its front page",
}


class Home(NamedTuple):
    """front: empty but for its address where the page could not be had; tree: None then; given: the address that was
    typed, where that is itself a way in; fetch: what the page came by."""

    front: Front
    tree: HtmlElement | None
    fetch: Fetch
    given: tuple[Candidate, ...] = ()
    remarks: tuple[str, ...] = ()


def find_home(turns: Turns, address: str) -> Home:
    """Raises FetchFailed where nobody answers, ParseFailed for a list of feeds (OPML), ValueError for no address."""
    url = clean_url(address if "://" in address else f"https://{address}")
    fetch = _first_answer(turns, _spellings(url, bare="://" not in address))
    if given := _way_in(fetch):
        return _home_of_feed(turns, fetch, given)
    home = _home(fetch, url)
    if not home.front.article:
        return home
    root = urlunsplit(urlsplit(home.front.url)._replace(path="/", query="", fragment=""))
    remark = f"that is an article's page; its outlet is looked at instead: {root}"
    above = _home(_first_answer(turns, [root]), root)
    return above._replace(remarks=(remark, *above.remarks))


def _first_answer(turns: Turns, addresses: list[str]) -> Fetch:
    """Of the first of these addresses that has a page, else of the first at which anybody is. Raises FetchFailed."""
    first: Fetch | None = None
    late = 0
    for address in addresses:
        fetch = turns.get(address) if late < MOST_LATE else None
        if fetch is None:
            break
        late += fetch.outcome is Outcome.TIMEOUT
        if fetch.outcome not in _NOBODY_THERE | _NO_PAGE:
            _refuse(fetch)
            return fetch
        if first is None or (fetch.status and not first.status):
            first = fetch
    if first is None:
        raise ParseFailed("too much was asked of this outlet already", again=False)
    if not first.status:
        raise FetchFailed(f"{first.outcome}: {first.error}", fetch=first)
    return first


def _refuse(fetch: Fetch) -> None:
    if fetch.outcome in {Outcome.REFUSED_ADDRESS, Outcome.BAD_URL, Outcome.TOO_MANY_REDIRECTS, Outcome.TOO_LARGE}:
        raise FetchFailed(f"{fetch.outcome}: {fetch.error}", fetch=fetch)
    if _OPML.search(fetch.body[:2000]) and not _HTML.search(fetch.body[:2000]):
        raise ParseFailed("that is a list of feeds (OPML); `teletipo sources import` reads it", again=False)


def _spellings(url: str, *, bare: bool) -> list[str]:
    """https before http, as typed before with or without `www.`; a port says that it is meant as it is. bare: no scheme
    was typed."""
    parts = urlsplit(url)
    if parts.port:
        return [url, urlunsplit(parts._replace(scheme="http"))] if bare else [url]
    host = parts.netloc
    other = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
    tries = [("https", host), (parts.scheme, host), ("https", other), ("http", host)]
    return [urlunsplit(parts._replace(scheme=scheme, netloc=netloc)) for scheme, netloc in dict.fromkeys(tries)]


def _home(fetch: Fetch, asked: str) -> Home:
    remarks = [_moved(asked, fetch.url)]
    if not fetch.ok:
        remarks.append(f"its front page could not be had ({fetch.outcome}: {fetch.error})")
        return Home(Front(fetch.url), None, fetch, remarks=tuple(filter(None, remarks)))
    try:
        tree, kind = front(fetch.body, fetch.url, fetch.content_type)
    except ExtractFailed as error:
        remarks.append(f"its front page could not be read ({error})")
        return Home(Front(fetch.url), None, fetch, remarks=tuple(filter(None, remarks)))
    remarks.append(_STANDS_BEFORE.get(kind or "", ""))
    page = read_front(tree, clean_url(fetch.url))
    page = page._replace(api=page.api or fetch.links.get(WORDPRESS, ""))
    return Home(page, tree, fetch, remarks=tuple(filter(None, remarks)))


def _moved(asked: str, url: str) -> str:
    before, after = (re.sub(r"^www\.", "", (urlsplit(each).hostname or "").lower()) for each in (asked, url))
    return f"{before} leads to {after}" if before != after else ""


def _way_in(fetch: Fetch) -> Candidate | None:
    """The fetched address itself, where a feed or a sitemap came."""
    beginning = fetch.body[:2000]
    if not fetch.ok or not _FEED.search(beginning) or _HTML.search(beginning):
        return None
    sitemap = b"<urlset" in beginning or b"<sitemapindex" in beginning
    return Candidate(fetch.moved or fetch.requested, "sitemap" if sitemap else "feed", GIVEN)


def _home_of_feed(turns: Turns, fetch: Fetch, given: Candidate) -> Home:
    """The front page of the host that most of the feed's entries are at. Raises ParseFailed where it has none."""
    read = Feed(id="", source="", url=given.url, kind=given.kind)
    origins = Counter("/".join(entry.url.split("/")[:3]) for entry in parse(read, fetch).entries)
    root = next((f"{origin}/" for origin, _ in origins.most_common(1)), "")
    if not root:
        raise ParseFailed("that is a feed without entries, so its outlet is unknown; name the outlet's home page")
    home = _home(_first_answer(turns, [root]), root)
    return home._replace(given=(given,), remarks=(f"that is a feed; its outlet is {root}", *home.remarks))
