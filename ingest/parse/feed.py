"""RSS 0.9x, 1.0 and 2.0, RDF, Atom (RFC 4287) and JSON Feed -> Parsed.

feedparser reads them; what stands here prepares the text so that it can (junk before the root, characters that XML
forbids, hostile entities) and takes from its answer what the outlet wrote, not what feedparser made of it.
"""

import html
import io
import re
from typing import Any
from urllib.parse import quote

import feedparser.api
from msgspec.structs import replace

from ingest.errors import ParseFailed
from ingest.models import Entry, Feed, Fetch
from ingest.parse.bounds import MAX_ENTRIES, bounded
from ingest.parse.json_feed import parse_json_feed
from ingest.parse.parsed import Listed, Parsed, absolute, context_of, refusal
from ingest.parse.parts import Parts, may_be_captioned, parts
from ingest.parse.text import as_paragraphs, as_utf8, looks_like_html, plain, without_controls
from ingest.parse.ttl import asked_for
from ingest.parse.walk import TEXT_BASE
from ingest.roll import NOTHING, Head, Seen

feedparser.api.PREFERRED_XML_PARSERS.clear()  # else each parse looks for one on disk that Python 3 never had

_BEFORE = re.compile(rb"\A(?:\xef\xbb\xbf|[\x00-\x20\x7f])+")
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_HTML_PAGE = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)


def parse_feed(feed: Feed, fetch: Fetch, seen: Seen = NOTHING) -> Parsed:
    """Read a feed. Entries without any address are left out, and those beyond what is read in seconds, see bounds.py.
    Raises ParseFailed."""
    base = fetch.url or feed.url
    document = _BEFORE.sub(b"", as_utf8(fetch.body, fetch.content_type), 1)
    if document.startswith(b"{"):
        return parse_json_feed(document, feed, base, seen)
    document, left_out = bounded(document)
    parsed = _parse_xml(document, feed, base, seen)
    return replace(parsed, left_out=left_out) if left_out else parsed


def _parse_xml(document: bytes, feed: Feed, base: str, seen: Seen) -> Parsed:
    outer = repr((feedparser.__version__, feed.url, base))
    new = parts(document, outer, seen) if seen.marks else None
    if new and new.cut:
        parsed = _new(new, feed, base, seen)
        if parsed.context == seen.context:
            return parsed
    return _parsed(document, parts(document, outer), feed, base)


def _new(new: Parts, feed: Feed, base: str, seen: Seen) -> Parsed:
    """What is new in a feed; without a context where it has to be read whole."""
    if not (new.known and seen.head):
        return _parsed(new.text, new, feed, base)
    about = _About(feed, base, seen.head)
    raw = _read(_prepared(new.text, new.captions)).entries if any(not each.seen for each in new.entries) else []
    read = [_entry(each, about) for each in raw]
    return about.parsed(read, _listed(new, read), seen.context)


def _parsed(document: bytes, found: Parts | None, feed: Feed, base: str) -> Parsed:
    """What feedparser reads in this document. found: its entries; None where nothing may be cut out of it."""
    result = _read(_prepared(document, found.captions if found else may_be_captioned(document)))
    if not result.version and not result.entries and not (found and found.cut):
        raise ParseFailed("XML with the root element of a feed, but neither a known version nor entries")
    about = _About(feed, base, _head(result, found, base))
    read = [_entry(raw, about) for raw in result.entries[:MAX_ENTRIES]]
    if not found or not result.version or len(result.entries) > MAX_ENTRIES:
        return about.parsed(read)
    context = context_of(found.context, result.version, about.head.language, about.head.authors)
    return about.parsed(read, _listed(found, read), context)


def _listed(found: Parts, read: list[Entry | None]) -> tuple[Listed, ...]:
    """Every entry in its place; none where feedparser sees other entries than expat."""
    if len(found.entries) > MAX_ENTRIES or len(read) != sum(not entry.seen for entry in found.entries):
        return ()
    new = iter(read)
    return tuple(Listed(mark=each.mark, entry=None if each.seen else next(new)) for each in found.entries)


def _head(result: Any, found: Parts | None, base: str) -> Head:
    """What was read of the feed itself."""
    atom = result.version.startswith("atom")
    return Head(
        mark=found.head if found else b"",
        top=found.top if found else 0,
        title=plain(_text(result.feed, "title")),
        language=_text(result.feed, "language"),
        ttl=asked_for(*(_text(result.feed, key) for key in ("ttl", "sy_updateperiod", "sy_updatefrequency"))),
        authors=_authors(result.feed) if atom else (),  # RFC 4287, 4.2.1; RSS has no such rule
        atom=atom,
        hub=_link(result.feed, "hub", base),
        topic=_link(result.feed, "self", base),
    )


class _About:
    """What an entry takes from the feed it stands in."""

    def __init__(self, feed: Feed, base: str, head: Head) -> None:
        self.feed = feed
        self.base = base
        self.head = head

    def parsed(self, read: list[Entry | None], listed: tuple[Listed, ...] = (), context: bytes = b"") -> Parsed:
        return Parsed(
            entries=tuple(entry for entry in read if entry),
            title=self.head.title,
            language=self.head.language,
            ttl=self.head.ttl,
            hub=self.head.hub,
            topic=self.head.topic,
            context=context if listed else b"",
            listed=listed,
            head=self.head if listed and self.head.mark else None,
        )


# ── what feedparser is given ─────────────────────────────────────────────────────────────────────────────────────────


def _prepared(document: bytes, captions: bool) -> str:
    """The feed from its root element on, with the harmless entities of its DTD and no character that XML forbids, and
    without the captions of pictures where it has words of its own."""
    text = without_controls(document.decode())
    root = _ROOT.search(text)
    page = _HTML_PAGE.search(text, 0, root.start() if root else 1)
    if not root or page:
        raise refusal(text, "a feed")
    body = _CHARACTER.sub(_allowed, text[root.start() :])
    _refuse_traps(body)
    if "xml:base" in body:
        body = _TEXT_BASE.sub(r"\1", body)
    if captions:
        # feedparser takes a later media:description, the caption of a picture, for the entry's description or content.
        body = _CAPTION.sub("", body)
    return _doctype(text[: root.start()]) + body


_TEXT_BASE = re.compile(TEXT_BASE)
_CHARACTER = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_CAPTION = re.compile(
    r"<media:description\b[^<>]*(?<!/)>[^<]*(?:<(?!/?media:description)[^<]*)*</media:description\s*>"  # linear: no .*?
)


def _allowed(reference: re.Match[str]) -> str:
    """A character reference, or U+FFFD for one that XML 1.0 (2.2) forbids; feedparser fails on those."""
    hexadecimal, decimal = reference.groups()
    digits = (hexadecimal or decimal).lstrip("0")[:8]
    code = int(digits or "0", 16 if hexadecimal else 10)
    allowed = code in {9, 10, 13} or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return reference[0] if allowed else "\ufffd"


_TRAPS = (
    ("an element with a thousand attributes", re.compile(r"<[^<>=]*(?:=[^<>=]*){1000}")),
    ("keywords without end", re.compile(r"(?:keywords|tags)\b[^<>]*>(?:<!\[CDATA\[)?[^<\]]{20000}")),
    (
        "an author of a thousand letters without a space",
        re.compile(
            r"(?:author|creator|editor|webmaster|publisher)\b[^<>]*>(?:<!\[CDATA\[)?"
            r"[^<\]]*?(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{1000}",
            re.IGNORECASE,
        ),
    ),
)
_PREFIX = re.compile(r"xmlns:([\w.-]+)")
_LABEL = re.compile(r"<(?:\w+:)?(?:category|subject|keywords)\b", re.IGNORECASE)


def _refuse_traps(body: str) -> None:
    """Raise ParseFailed for what no feed has and feedparser takes quadratic time over: 1 MB of any took over 20 s."""
    trap = next((name for name, pattern in _TRAPS if pattern.search(body)), "")
    if len(set(_PREFIX.findall(body))) > 200:
        trap = "hundreds of namespaces"
    if any(len(_LABEL.findall(piece)) > 1000 for piece in re.split(r"<(?:item|entry)\b", body)):
        trap = "an entry in a thousand categories"
    if trap:
        raise ParseFailed(f"a feed with {trap}; refused, as it could take hours to read")


_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]{1,40})\s+(?:\"([^\"<>]*)\"|'([^'\"<>]*)')\s*>")
_REFERENCE = re.compile(r"&(?!#\w+;)|%")


def _doctype(prolog: str) -> str:
    """A DTD with the entities that the prolog declares, each a few characters long, or "".

    Nothing else of a DTD reaches the XML parser. Expat alone lets a document grow a hundredfold: 15 MB to 1.5 GB.
    Raises ParseFailed for entities made of entities ("billion laughs") and long ones, which have no use in a feed.
    """
    if "<!ENTITY" not in prolog:
        return ""
    found = [(name, double or single) for name, double, single in _ENTITY.findall(prolog[:65_536])]
    if any(len(value) > 100 or _REFERENCE.search(value) for _, value in found) or len(found) > 300:
        raise ParseFailed("a feed whose DTD declares entities that expand; refused, as it could fill the memory")
    lines = "\n".join(f'<!ENTITY {name} "{value}">' for name, value in found)
    return f"<!DOCTYPE feed [\n{lines}\n]>\n" if found else ""


def _read(text: str) -> Any:
    """feedparser's answer. It gets no address: guids would become absolute with it, and change with a redirect."""
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        # A stream: bytes are first tried as the name of a file.
        stream = io.BytesIO(text.encode("utf-8", "replace"))
        return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:
        raise ParseFailed(f"a feed that cannot be read: {type(error).__name__}: {error}") from error


# ── what is taken from its answer ────────────────────────────────────────────────────────────────────────────────────


def _entry(raw: Any, about: _About) -> Entry | None:
    content = _content(raw)
    summary = _text(raw, "summary")
    guid = _text(raw, "id")
    url = _address(raw, about.base) or (_made_up(about.feed, guid) if content or summary else "")
    if not url:
        return None
    published, updated = _text(raw, "published"), _text(raw, "updated")
    return Entry(
        url=url,
        guid=guid,
        title=plain(_text(raw, "title")),
        authors=_authors(raw) or about.head.authors,
        # RSS 1.0 dates an entry with dc:date alone, which feedparser calls `updated`.
        published=published or ("" if about.head.atom else updated),
        updated=updated,
        summary="" if summary == _longest(raw) else summary,
        content=content if len(content) >= len(summary) else "",  # a shorter one is a caption or a subtitle
        language=_text(raw, "language") or _text(raw.get("title_detail") or {}, "language") or about.head.language,
        tags=_tags(raw),
        image=_image(raw, about.base),
    )


def _text(raw: Any, key: str) -> str:
    """A value that feedparser has as text; an element with attributes it does not know becomes a dict."""
    value = raw[key] if key in raw else ""  # noqa: SIM401 - get("updated") answers with `published`, and warns
    return value.strip() if isinstance(value, str) else ""


def _address(raw: Any, base: str) -> str:
    """Where the article is: before the redirector of FeedBurner, then its link, then a guid that is an address."""
    guid = _text(raw, "id")
    links = [link for link in raw.get("links", ()) if link.get("rel", "alternate") in {"alternate", "via", "related"}]
    link = "" if raw.get("guidislink") else _text(raw, "link")
    candidates = [_text(raw, "feedburner_origlink"), link, *(_text(other, "href") for other in links)]
    if re.match(r"https?://", guid, re.IGNORECASE):
        candidates.append(guid)
    return next((url for url in (absolute(base, each) for each in candidates) if url), "")


def _link(about: Any, rel: str, base: str) -> str:
    """The first link of the feed itself with this rel."""
    found = (absolute(base, _text(link, "href")) for link in about.get("links", ()) if _text(link, "rel") == rel)
    return next((url for url in found if url), "")


def _made_up(feed: Feed, guid: str) -> str:
    return f"{feed.url}#{quote(guid, safe='')}" if guid else ""


def _content(raw: Any) -> str:
    """The longest content of a textual type, as HTML."""
    longest = _longest(raw)
    return longest if not longest or looks_like_html(longest) else as_paragraphs(html.unescape(longest))


def _longest(raw: Any) -> str:
    texts = (
        _text(content, "value")
        for content in raw.get("content", ())
        if content.get("type", "").startswith("text/") or content.get("type", "").endswith("xml")
    )
    return max(texts, key=len, default="")


def _authors(raw: Any) -> tuple[str, ...]:
    """Names in order, each once; "a@b.c (Name)" is Name, and an address alone is nobody's name."""
    names = (plain(_author(author)) for author in raw.get("authors", ()))
    return tuple(dict.fromkeys(name for name in names if name and not re.fullmatch(r"\S+@\S+", name)))


_CUT = re.compile(r"[a-z]{1,20}(?: \((.*?)\)?)?")


def _author(author: Any) -> str:
    """The name. feedparser ends an address after four letters: of "a@b.online (Name)" it makes the name "ne (Name"."""
    name = _text(author, "name")
    rest = _CUT.fullmatch(name) if re.search(r"\.[a-zA-Z]{4}$", _text(author, "email")) else None
    return rest[1] or "" if rest else name


def _tags(raw: Any) -> tuple[str, ...]:
    tags = (plain(tag.get("label") or tag.get("term") or "") for tag in raw.get("tags", ()))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)\b", re.IGNORECASE)


def _image(raw: Any, base: str) -> str:
    """The first picture of media:content, media:thumbnail and the enclosures."""
    pictures = [media for media in raw.get("media_content", ()) if _is_picture(media)]
    thumbnails = list(raw.get("media_thumbnail", ()))
    enclosures = [link for link in raw.get("links", ()) if link.get("rel") == "enclosure" and _is_picture(link)]
    urls = (media.get("url") or media.get("href") or "" for media in (*pictures, *thumbnails, *enclosures))
    return next((picture for picture in (absolute(base, url) for url in urls) if picture), "")


def _is_picture(media: Any) -> bool:
    kind = media.get("type", "") or media.get("medium", "")
    return kind.startswith("image") if kind else bool(_PICTURE.search(media.get("url") or media.get("href") or ""))
