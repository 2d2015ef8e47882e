"""The bytes of a list -> the feeds in it.

listparser reads OPML with a parser for HTML, which forgives most of what real lists have wrong. What it does not: bare
ampersands are escaped before it (`&copy=1` in an address would be a sign), the encoding is found out before it, and an
address that it misses, as behind a quotation mark that was forgotten, is taken by a pattern, without its groups.
"""

import html
import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import lxml.etree
from listparser.opml import OpmlMixin

from ingest.errors import TeletipoError
from ingest.parse.text import decoded

DEEPEST = 50
"""Groups within groups; what never closes its outlines is not followed further."""

NAMESPACE = "https://teletipo.example/opml"
PREFIX = "teletipo:"
"""What a list that was written here says beyond OPML."""

_BARE_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#[xX][\da-fA-F]{1,6};|[A-Za-z][A-Za-z\d]{1,30};)")
_MISSED = re.compile(r"""\bxmlurl\s*=\s*["']?([^"'\s<>]+)""", re.IGNORECASE)
_TITLE = re.compile(r"""\b(?:text|title)\s*=\s*"([^"<>]{1,200})\"""", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_FEED_TYPES = {"rss", "rss1", "rss2", "atom", "feed", "xml"}


class NotAList(TeletipoError):
    """The file is no list of feeds; says what it is instead."""


class Listed(NamedTuple):
    """A feed of a list. url: as it is polled; tags: of a list that was written here, in place of its groups; homepage,
    language, country, timezone, id: empty where not stated."""

    url: str
    title: str = ""
    homepage: str = ""
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""
    country: str = ""
    timezone: str = ""
    id: str = ""


class Passed(NamedTuple):
    """Something in the list that is no feed, and why it is passed over."""

    what: str
    why: str


def read_list(body: bytes) -> tuple[list[Listed], list[Passed]]:
    """The feeds of an OPML file, or of a text with an address on each line, each feed once. Raises NotAList."""
    text = decoded(body).strip()
    found: Iterator[Listed | Passed]
    if re.search(r"<outline\b", text, re.IGNORECASE):
        found = _outlines(text)
    elif "<" in text or not _ADDRESS.search(text) or text[:1] in "{[":
        raise NotAList(_what_it_is(text))
    else:
        found = _lines(text)
    feeds: list[Listed] = []
    passed: list[Passed] = []
    for each in found:
        if isinstance(each, Passed):
            passed.append(Passed(_plain(each.what), _plain(each.why)))
        elif address := address_of(each.url):
            feeds.append(each._replace(url=address, homepage=address_of(each.homepage)))
        else:
            passed.append(Passed(_plain(each.url or each.title), "no web address"))
    once = {feed.url: feed for feed in reversed(feeds)}
    return list(reversed(once.values())), passed


def address_of(written: str) -> str:
    """The http(s) address that was meant, empty where none was: `feed:` is a scheme of readers, `&amp;` a slip."""
    address = re.sub(r"(?<!\s)\s++\w++=.*$", "", written.strip(), flags=re.DOTALL)  # the next attribute, unquoted
    address = address.replace("&amp;", "&")
    address = re.sub(r"^feed:(?://)?(?=https?:)", "", address, flags=re.IGNORECASE)
    address = re.sub(r"^(?:feed:)?//", "http://", address, flags=re.IGNORECASE)
    if re.match(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?/", address):
        address = f"http://{address}"
    address = re.sub(r"[\t\r\n]", "", address).replace(" ", "%20")
    try:
        parts = urlsplit(address)
        usable = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return address if usable and not re.search(r"[\"<>\s\x00-\x20\x7f]", address) else ""


# ── OPML ──


class _Outlines(OpmlMixin):
    """What listparser finds, and the attributes that it leaves aside."""

    def start_opml_outline(self, attrs: dict[str, str]) -> None:
        if "xmlurl" not in attrs and attrs.get("type", "").lower() in _FEED_TYPES:  # it is no group
            attrs = {**attrs, "xmlurl": attrs.get("url", "")}
        if len(self.hierarchy) > DEEPEST:
            del self.hierarchy[1:]
        super().start_opml_outline(attrs)
        if found := self.found_urls.get(attrs.get("xmlurl", "").strip()):
            found[1].setdefault("attributes", attrs)

    def end_opml_outline(self) -> None:
        if self.hierarchy:  # one more may be closed than was opened
            super().end_opml_outline()


def _outlines(text: str) -> Iterator[Listed | Passed]:
    outlines = _Outlines()
    outlines.harvest = {"feeds": [], "lists": [], "opportunities": [], "meta": {}}
    escaped = _BARE_AMPERSAND.sub("&amp;", re.sub(r"^<\?xml[^>]*>", "", text))
    parser = lxml.etree.HTMLParser(target=outlines, recover=True, encoding="utf-8", huge_tree=True)
    lxml.etree.parse(io.BytesIO(escaped.encode("utf-8", "replace")), parser)
    found = outlines.harvest
    listed = [_listed(feed) for feed in found["feeds"]]
    yield from listed
    known = {address_of(each.url) for each in listed}
    yield from (each for each in _missed(escaped) if address_of(each.url) not in known)
    for each in found["lists"]:
        yield Passed(each["url"], "another list, or a link; import that file by itself")
    for each in found["opportunities"]:
        yield Passed(
            each["title"] or each["url"], f"no feed's address; `teletipo sources add {each['url']}` looks for one"
        )


def _listed(feed: dict[str, Any]) -> Listed:
    said = feed.get("attributes", {})
    groups = (part for category in feed["categories"] for part in category)
    own = said.get(f"{PREFIX}id", "").strip()
    tags = said.get("category", "").split(",") if own else []
    return Listed(
        url=feed["url"],
        title=_plain(feed["title"] or said.get("title", "")),
        homepage=said.get("htmlurl", ""),
        groups=tuple(dict.fromkeys(filter(None, map(_plain, groups)))),
        tags=tuple(filter(None, map(str.strip, tags))),
        language=said.get("language", "").strip(),
        country=said.get(f"{PREFIX}country", "").strip(),
        timezone=said.get(f"{PREFIX}timezone", "").strip(),
        id=own,
    )


def _missed(text: str) -> Iterator[Listed]:
    """What stands in the text as a feed's address, in whatever is left of its outline."""
    text = _without_comments(text)
    for match in _MISSED.finditer(text):
        title = _TITLE.search(text[max(0, match.start() - 300) : match.start()].rpartition("<")[2])
        yield Listed(html.unescape(match[1]), _plain(title[1]) if title else "")


def _without_comments(text: str) -> str:
    """What is commented out is left out on purpose; a comment that never ends hides nothing."""
    first, *others = text.split("<!--")
    ends = (each.partition("-->") for each in others)
    return "".join((first, *(after if closed else before for before, closed, after in ends)))


def _plain(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in html.unescape(text)).split())[:200]


# ── other files ──


def _lines(text: str) -> Iterator[Listed]:
    """An address a line, with whatever else is on it as its name; `#` begins a comment."""
    for line in text.splitlines():
        if not line.lstrip().startswith("#") and (match := _ADDRESS.search(line)):
            rest = f"{line[: match.start()]} {line[match.end() :]}"
            yield Listed(match[0].rstrip(",;\"'>)"), _plain(rest.strip(" \t,;|\"'<>()-")))


_ROOTS = (
    ("<rss", "an RSS feed; `teletipo sources add ADDRESS` takes it by its address"),
    ("<rdf:rdf", "an RSS feed; `teletipo sources add ADDRESS` takes it by its address"),
    ("<feed", "an Atom feed; `teletipo sources add ADDRESS` takes it by its address"),
    ("<urlset", "a sitemap; write its address into `sitemaps` of a source's file"),
    ("<sitemapindex", "a sitemap; write its address into `sitemaps` of a source's file"),
    ("<opml", "OPML, but has no outline in it"),
    ("<!doctype html", "a page (HTML); export the list from your reader as OPML"),
    ("<html", "a page (HTML); export the list from your reader as OPML"),
)


def _what_it_is(text: str) -> str:
    beginning = text[:5000].lower()
    if not text:
        return "it is empty"
    if beginning[:1] in "{[":
        feed = "jsonfeed.org" in beginning
        return f"it is {'a JSON Feed' if feed else 'JSON'}; export the list from your reader as OPML"
    for root, what in _ROOTS:
        if re.search(re.escape(root) + r"\b", beginning):
            return f"it is {what}"
    return "it is neither OPML nor a text with an address on each line"
