"""A queue as a feed, with the full text, for any feed reader: Atom (RFC 4287) and JSON Feed 1.1. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from ingest.models import Article, Record, to_json

ATOM = "application/atom+xml"
JSON_FEED = "application/feed+json"

_NAMESPACE = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"
_EMPTY = datetime(1970, 1, 1, tzinfo=UTC)

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


@dataclass(frozen=True)
class Channel:
    """What a feed says of itself. url: its own address; home: the page's; names: of the sources, by their ids."""

    queue: str
    url: str
    home: str
    names: Mapping[str, str]

    @property
    def title(self) -> str:
        return f"teletipo: {self.queue}"

    @property
    def id(self) -> str:
        """The same wherever it is served."""
        return uuid5(NAMESPACE_URL, f"teletipo:queue:{self.queue}").urn

    def outlet(self, article: Article) -> str:
        return self.names.get(article.source, article.source)


class JsonAuthor(Record, frozen=True, kw_only=True):
    """Who wrote it."""

    name: str


class JsonEntry(Record, frozen=True, kw_only=True, omit_defaults=True):
    """One article; what is empty is left out."""

    id: str
    url: str
    title: str
    content_html: str
    date_published: datetime
    date_modified: datetime
    authors: list[JsonAuthor]
    summary: str = ""
    image: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""


class JsonFeed(Record, frozen=True, kw_only=True):
    """A feed as jsonfeed.org has it; the names are that standard's."""

    version: str = "https://jsonfeed.org/version/1.1"
    title: str
    home_page_url: str
    feed_url: str
    items: list[JsonEntry]


def atom(channel: Channel, articles: Sequence[Article]) -> bytes:
    """RFC 4287. An entry's id is the article's canonical address, which never changes."""
    feed = ET.Element("feed", {"xmlns": _NAMESPACE})
    _add(feed, "title", channel.title)
    _add(feed, "id", channel.id)
    _add(feed, "updated", _time(max((_changed(article) for article in articles), default=_EMPTY)))
    _add(_add(feed, "author"), "name", "teletipo")
    _add(feed, "link", rel="self", type=ATOM, href=channel.url)
    _add(feed, "link", rel="alternate", type="text/html", href=channel.home)
    for article in articles:
        _add_entry(feed, channel, article)
    written: str = ET.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{written}'.encode()


def json_feed(channel: Channel, articles: Sequence[Article]) -> bytes:
    """JSON Feed 1.1."""
    return to_json(
        JsonFeed(
            title=channel.title,
            home_page_url=channel.home,
            feed_url=channel.url,
            items=[_json_entry(channel, article) for article in articles],
        )
    )


# ── parts ──


def _add_entry(feed: ET.Element, channel: Channel, article: Article) -> None:
    entry = _add(feed, "entry", **({f"{{{_XML}}}lang": article.language} if article.language else {}))
    _add(entry, "title", article.title)
    _add(entry, "id", article.url)
    _add(entry, "link", rel="alternate", href=article.url)
    _add(entry, "published", _time(article.sorted))
    _add(entry, "updated", _time(_changed(article)))
    for name in article.authors or (channel.outlet(article),):
        _add(_add(entry, "author"), "name", name)
    for label in dict.fromkeys((*article.topics, *article.keywords)):
        _add(entry, "category", term=label)
    if article.summary:
        _add(entry, "summary", article.summary)
    _add(entry, "content", _html(article), type="html")


def _json_entry(channel: Channel, article: Article) -> JsonEntry:
    return JsonEntry(
        id=article.url,
        url=article.url,
        title=article.title,
        content_html=_html(article),
        summary=article.summary,
        image=article.image,
        date_published=article.sorted,
        date_modified=_changed(article),
        authors=[JsonAuthor(name=name) for name in article.authors or (channel.outlet(article),)],
        tags=tuple(dict.fromkeys((*article.topics, *article.keywords))),
        language=article.language,
    )


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    clean = {key: _NOT_XML.sub("", value) for key, value in attributes.items()}
    element = ET.SubElement(parent, name, clean)
    element.text = _NOT_XML.sub("", text) or None
    return element


def _html(article: Article) -> str:
    if article.html:
        return article.html
    paragraphs = (escape(paragraph, quote=False) for paragraph in article.text.split("\n\n"))
    return "".join(f"<p>{paragraph.replace(chr(10), '<br>')}</p>" for paragraph in paragraphs if paragraph)


def _changed(article: Article) -> datetime:
    """When this revision was made."""
    return article.fetched


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
