"""JSON Feed 1.0 and 1.1 (jsonfeed.org) -> Parsed, forgiving what the wild has: numbers for ids, bare authors."""

import json
from typing import Any
from urllib.parse import quote

from ingest.errors import ParseFailed
from ingest.models import Entry, Feed
from ingest.parse.parsed import Parsed, absolute, refusal
from ingest.parse.text import as_paragraphs, plain, storable

MAX_ENTRIES = 10_000


def parse_json_feed(text: str, feed: Feed, base: str) -> Parsed:
    """Read a JSON Feed whose relative addresses belong to `base`. Raises ParseFailed."""
    try:
        about = json.loads(text.lstrip("\ufeff"), strict=False)  # raw newlines in strings happen
    except (ValueError, RecursionError) as error:
        raise ParseFailed(f"JSON that cannot be read, not a feed: {error}") from error
    listed = about.get("items") if isinstance(about, dict) else None
    if not isinstance(listed, list):
        raise refusal(text, "a feed")
    language = _text(about, "language")
    entries = (_entry(raw, feed, base, about) for raw in listed[:MAX_ENTRIES] if isinstance(raw, dict))
    return Parsed(
        entries=tuple(entry for entry in entries if entry), title=plain(_text(about, "title")), language=language
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
