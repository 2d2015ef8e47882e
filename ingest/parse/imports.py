"""Articles read from a file: scraped plain text, JSON Lines (or one JSON array), a saved page."""

import json
import re
from collections.abc import Iterator
from typing import Any

from bs4 import Tag

from ingest.errors import ParseFailed
from ingest.models import Entry, Record, article_id
from ingest.parse.parsed import absolute
from ingest.parse.scrape import read_scrape
from ingest.parse.text import as_paragraphs, decoded, looks_like_html, plain, soup, storable


class Imported(Record, frozen=True, kw_only=True):
    """One article read from a file, with its page where the file has it. exact: it has the id of its address as it
    stands, so it was exported from a newswire, and what follows a "#" tells it from others of the same page."""

    entry: Entry
    page: bytes | None = None
    exact: bool = False


def read_import(content: bytes, name: str, *, url: str = "") -> Iterator[Imported]:
    """The articles of a file, whose shape is told from its first characters (JSON Lines also from its name).

    name: the file's, for messages. url: the address of the only article, for a saved page or text that lacks one.
    Yields as it reads; raises ParseFailed with the line at fault, what is missing there and the remedy.
    """
    text = decoded(content)
    start = text.lstrip("\ufeff \t\r\n")
    if not start:
        raise ParseFailed(f"{name}: the file is empty", again=False)
    if re.match(r"\{\s*[\"}]|\[\s*[{\]]", start) or name.lower().endswith((".json", ".jsonl", ".ndjson")):
        yield from _json(start if start.startswith("[") else text, name)
    elif start.startswith("<") and not re.match(r"<https?://", start):
        yield _saved_page(content, name, url)
    else:
        yield from (Imported(entry=entry) for entry in read_scrape(text.lstrip("\ufeff"), name, url))


# ── a saved page ─────────────────────────────────────────────────────────────────────────────────────────────────────

# Browsers write the first ("saved from url=(0042)https://..."), the SingleFile extension the second.
_SAVED_FROM = re.compile(r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:)\s*(https?://\S+)")


def _saved_page(content: bytes, name: str, url: str) -> Imported:
    address = url or _own_address(content)
    if not address:
        raise ParseFailed(f"{name}: the page does not say its address (canonical link, og:url); use --url", again=False)
    return Imported(entry=Entry(url=address), page=content)


def _own_address(content: bytes) -> str:
    page = soup(content)
    saved = _SAVED_FROM.search(decoded(content[:20_000]))
    found = (
        _attribute(page.select_one('link[rel~="canonical" i][href]'), "href"),
        _attribute(page.select_one('meta[property="og:url" i][content]'), "content"),
        saved[1] if saved else "",
    )
    return next((address for address in (absolute("", each) for each in found) if address), "")


def _attribute(element: Tag | None, name: str) -> str:
    return str(element.get(name, "")) if element else ""


# ── JSON Lines ───────────────────────────────────────────────────────────────────────────────────────────────────────

_URL = ("url", "link", "canonical_url", "source_url")
_TEXT = ("text", "body", "content", "maintext")
_PUBLISHED = ("published", "date", "date_publish", "published_at", "date_published", "published_raw")
_PAGE = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_UPDATED = ("updated", "date_modify", "updated_at", "date_modified")


def _json(text: str, name: str) -> Iterator[Imported]:
    for place, raw in _records(text, name):
        yield _imported(raw, f"{name}: {place}")


def _records(text: str, name: str) -> Iterator[tuple[str, Any]]:
    """Each record with where it stands: "line 3", or "entry 3" of an array."""
    if text.startswith("["):
        yield from ((f"entry {number}", raw) for number, raw in enumerate(_loaded(text, name), start=1))
        return
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if len(lines) > 1 and lines[0][1].strip() == "{":  # one object over many lines
        yield "line 1", _loaded(text, name)
        return
    for number, line in lines:
        yield f"line {number}", _loaded(line, f"{name}: line {number}")


def _loaded(text: str, where: str) -> Any:
    try:
        return json.loads(text.strip().lstrip("\ufeff"), strict=False)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}: " if "\n" in text.strip() else ""
        raise ParseFailed(
            f"{where}: {place}not JSON ({error.msg}, column {error.colno}); write one object a line", again=False
        ) from error
    except RecursionError as error:
        raise ParseFailed(f"{where}: JSON nested too deeply; write one flat object a line", again=False) from error


def _imported(raw: Any, where: str) -> Imported:
    if isinstance(raw, dict) and isinstance(raw.get("article"), dict):
        raw = raw["article"]  # a line of `teletipo tail --json`
    if not isinstance(raw, dict):
        raise ParseFailed(f'{where}: not an object; write {{"url": ..., "text": ...}}', again=False)
    said = _first(raw, _URL)
    if not said:
        raise ParseFailed(f'{where}: no address; add "url" ({", ".join(_URL[1:])} will do)', again=False)
    url = absolute("", said)
    if not url:
        raise ParseFailed(f"{where}: {said!r} is not an http(s) address; correct it", again=False)
    exact = raw.get("id") == article_id(said)
    text, page = _first(raw, _TEXT), _first(raw, ("html",))
    if not _PAGE.search(page):  # a body alone, as in our own exports, which says more than the text
        text, page = (page or text) if exact else (text or page), ""
    entry = Entry(
        url=url,
        title=plain(_first(raw, ("title",))),
        authors=_names(raw.get("authors") or raw.get("author") or raw.get("byline")),
        published=_first(raw, _PUBLISHED),
        updated=_first(raw, _UPDATED),
        summary=_first(raw, ("summary", "description")),
        content=text if looks_like_html(text) else as_paragraphs(text),
        language=_first(raw, ("language", "lang")),
        tags=_names(raw.get("keywords") or raw.get("tags")),
        image=absolute(url, _first(raw, ("image", "image_url", "top_image"))),
    )
    return Imported(entry=entry, page=page.encode("utf-8") if page else None, exact=exact)


def _first(raw: dict[str, Any], keys: tuple[str, ...]) -> str:
    """The first of these keys that says something, as text."""
    for key in keys:
        value = raw.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and value.strip():
            return storable(value).strip()
    return ""


def _names(value: Any) -> tuple[str, ...]:
    """One name or a list of names, as strings or as objects with a `name`."""
    listed = value if isinstance(value, list) else [value]
    names = (
        plain(each if isinstance(each, str) else _first(each, ("name",)))
        for each in listed
        if isinstance(each, str | dict)
    )
    return tuple(dict.fromkeys(name for name in names if name))
