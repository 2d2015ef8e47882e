"""JSON Feed 1.0 and 1.1 (jsonfeed.org) -> Parsed, forgiving what the wild has: numbers for ids, bare authors.

Each of its items is first taken as the bytes it stands in, and only those with a mark that is new are read."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import msgspec

from ingest.errors import ParseFailed
from ingest.models import Entry, Feed
from ingest.parse.bounds import MAX_ENTRIES
from ingest.parse.parsed import Listed, Parsed, absolute, context_of, mark_of, refusal
from ingest.parse.text import as_paragraphs, plain, storable, without_controls
from ingest.roll import NOTHING, Seen


def parse_json_feed(document: bytes, feed: Feed, base: str, seen: Seen = NOTHING) -> Parsed:
    """Read a JSON Feed (UTF-8) whose relative addresses belong to `base`. Raises ParseFailed."""
    try:
        return _only_new(document, feed, base, seen)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _whole(without_controls(document.decode()), feed, base)


def _only_new(document: bytes, feed: Feed, base: str, seen: Seen) -> Parsed:
    """Raises MsgspecError, ValueError or RecursionError where the JSON is not quite JSON, or no feed."""
    about = _members.decode(document)
    pieces = [bytes(piece) for piece in _pieces.decode(about.pop("items", b"null"))[:MAX_ENTRIES]]
    head = {key: _value(value) for key, value in about.items()}
    context = context_of(feed.url, base, _text(head, "language"), _authors(head))
    marks = seen.marks if context == seen.context else frozenset()
    listed = []
    for piece in pieces:
        mark = mark_of(piece)
        raw = _entry_value(piece) if mark not in marks else None
        listed.append(Listed(mark=mark, entry=_entry(raw, feed, base, head) if isinstance(raw, dict) else None))
    return _parsed(head, base, (each.entry for each in listed), context if listed else b"", tuple(listed))


_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_pieces = msgspec.json.Decoder(list[msgspec.Raw])


def _value(raw: bytes | msgspec.Raw) -> Any:
    return json.loads(bytes(raw))


def _entry_value(piece: bytes) -> Any:
    """One of the items; None where it is JSON that Python does not read, such as a number of thousands of digits."""
    try:
        return _value(piece)
    except (ValueError, RecursionError):
        return None


def _whole(text: str, feed: Feed, base: str) -> Parsed:
    try:
        about = json.loads(text, strict=False)  # raw newlines in strings happen
    except (ValueError, RecursionError) as error:
        raise ParseFailed(f"JSON that cannot be read, not a feed: {error}") from error
    listed = about.get("items") if isinstance(about, dict) else None
    if not isinstance(listed, list):
        raise refusal(text, "a feed")
    return _parsed(
        about, base, (_entry(raw, feed, base, about) for raw in listed[:MAX_ENTRIES] if isinstance(raw, dict))
    )


def _parsed(
    about: dict[str, Any],
    base: str,
    read: Iterable[Entry | None],
    context: bytes = b"",
    listed: tuple[Listed, ...] = (),
) -> Parsed:
    return Parsed(
        entries=tuple(entry for entry in read if entry),
        title=plain(_text(about, "title")),
        language=_text(about, "language"),
        hub=_hub(about, base),
        topic=absolute(base, _text(about, "feed_url")),
        context=context,
        listed=listed,
    )


def _entry(raw: dict[str, Any], feed: Feed, base: str, about: dict[str, Any]) -> Entry | None:
    guid = _text(raw, "id")
    content = _text(raw, "content_html") or as_paragraphs(_text(raw, "content_text"))
    addresses = [_text(raw, "url"), _text(raw, "external_url"), guid if guid.startswith("http") else ""]
    url = next((found for found in (absolute(base, each) for each in addresses) if found), "")
    if not url and guid and (content or _text(raw, "summary")):
        url = f"{feed.url}#{quote(guid, safe='')}"
    if not url:
        return None
    return Entry(
        url=url,
        guid=guid,
        title=plain(_text(raw, "title")),
        authors=_authors(raw) or _authors(about),
        published=_text(raw, "date_published"),
        updated=_text(raw, "date_modified"),
        summary=_text(raw, "summary"),
        content=content,
        language=_text(raw, "language") or _text(about, "language"),
        tags=tuple(plain(tag) for tag in _list(raw, "tags") if isinstance(tag, str) and tag.strip()),
        image=absolute(base, _text(raw, "image") or _text(raw, "banner_image")),
    )


def _hub(about: dict[str, Any], base: str) -> str:
    """The first WebSub hub; rssCloud and the like are hubs of another kind."""
    hubs = (hub for hub in _list(about, "hubs") if isinstance(hub, dict))
    found = (absolute(base, _text(hub, "url")) for hub in hubs if _text(hub, "type").lower() == "websub")
    return next((url for url in found if url), "")


def _text(raw: dict[str, Any], key: str) -> str:
    value = raw.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return storable(value).strip() if isinstance(value, str) else ""


def _list(raw: dict[str, Any], key: str) -> list[Any]:
    value = raw.get(key)
    return value if isinstance(value, list) else []


def _authors(raw: dict[str, Any]) -> tuple[str, ...]:
    """`authors` (1.1), else `author` (1.0); a bare string instead of an object happens."""
    found = _list(raw, "authors") or [raw.get("author")]
    names = (
        plain(each if isinstance(each, str) else _text(each, "name")) for each in found if isinstance(each, str | dict)
    )
    return tuple(dict.fromkeys(name for name in names if name))
