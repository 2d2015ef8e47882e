"""Posts of a WordPress REST API -> Parsed, each with its whole text.

A post is read again only when its id, address or time of modification is new: what its plugins write into the text at
each request (nonces, counters) is no change.
"""

import html
import json
import re
from typing import Any

from ingest.errors import ParseFailed
from ingest.models import Entry, Feed, Fetch
from ingest.parse.parsed import Listed, Parsed, absolute, context_of, mark_of, refusal
from ingest.parse.text import as_utf8, plain, storable, without_controls
from ingest.roll import NOTHING, Seen

WANTED = "WordPress posts"


def parse_wordpress(feed: Feed, fetch: Fetch, seen: Seen = NOTHING) -> Parsed:
    """Read a page of posts. Those behind a password are left out: neither text nor page is to be had.

    Raises ParseFailed with what came instead, and the remedy.
    """
    base = fetch.url or feed.url
    context = context_of("wordpress", feed.url, base)
    marks = seen.marks if context == seen.context else frozenset()
    listed = []
    for post in _posts(without_controls(as_utf8(fetch.body, fetch.content_type).decode()).strip("\ufeff \r\n\t")):
        mark = _mark(post)
        listed.append(Listed(mark=mark, entry=None if mark and mark in marks else _entry(post, base)))
    return Parsed(
        entries=tuple(each.entry for each in listed if each.entry),
        context=context if listed else b"",
        listed=tuple(listed),
    )


def _mark(post: dict[str, Any]) -> bytes:
    """Empty where the post does not say when it was modified: it is read at each poll."""
    modified = _moment(post, "modified")
    return mark_of(repr((post.get("id"), post.get("link"), modified)).encode()) if modified else b""


# ── the answer ───────────────────────────────────────────────────────────────────────────────────────────────────────

_BEGINNING = re.compile(r"\[\s*\{\s*\"|\[\s*\]|\{\s*\"")
_decoder = json.JSONDecoder(strict=False)  # raw newlines in strings happen


def _posts(text: str) -> list[dict[str, Any]]:
    found = _value(text)
    if isinstance(found, dict):
        raise _complaint(found)
    if not isinstance(found, list) or not all(isinstance(post, dict) for post in found):
        raise refusal(text, WANTED)
    if found and not any("link" in post or "guid" in post for post in found):
        raise ParseFailed("JSON of another kind, not WordPress posts; the address ends in /wp-json/wp/v2/posts")
    return found


def _value(text: str) -> Any:
    """The JSON of an answer; of one that has PHP's warnings before it or a comment of a cache behind it too."""
    beginning = _BEGINNING.search(text)  # never a later one: within posts that break off, lists of something else stand
    if not text.startswith(("[", "{")) and not beginning:
        raise refusal(text, WANTED)
    try:
        return _decoder.raw_decode(text, beginning.start() if beginning else 0)[0]
    except (ValueError, RecursionError) as error:
        if not text.startswith(("[", "{")):
            raise refusal(text, WANTED) from error
        raise ParseFailed("JSON that breaks off or cannot be read, not WordPress posts; is it cut short?") from error


_REMEDIES = {
    "rest_no_route": "the address ends in /wp-json/wp/v2/posts",
    "rest_invalid_param": "take out what follows the `?` of the address",
    "rest_post_invalid_page_number": "there are no more posts",
}
_CLOSED = "the outlet keeps its API to itself; list its feed under `feeds` instead"


def _complaint(answer: dict[str, Any]) -> ParseFailed:
    code = _text(answer, "code")
    if code:
        remedy = _REMEDIES.get(code, _CLOSED if code.startswith(("rest_", "jwt_", "itsec_")) else "")
        said = ": ".join(part for part in (code, plain(_text(answer, "message"))[:200]) if part)
        return ParseFailed(f"WordPress answers with an error, {said}" + (f"; {remedy}" if remedy else ""))
    if "routes" in answer or "namespaces" in answer:
        return ParseFailed("what a WordPress API offers, not its posts; add wp/v2/posts to the address")
    if "id" in answer and "link" in answer:
        return ParseFailed("one post, not WordPress posts; take its number out of the address")
    if "items" in answer:
        return ParseFailed("a JSON feed, not WordPress posts; list it under `feeds`")
    return ParseFailed("JSON of another kind, not WordPress posts; the address ends in /wp-json/wp/v2/posts")


# ── a post ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _entry(post: dict[str, Any], base: str) -> Entry | None:
    content, guid = _dict(post, "content"), html.unescape(_rendered(post, "guid"))
    url = absolute(base, html.unescape(_text(post, "link"))) or absolute("", guid)
    if not url or content.get("protected") is True:
        return None
    published, updated = _moment(post, "date"), _moment(post, "modified")
    return Entry(
        url=url,
        guid=guid,
        title=plain(_rendered(post, "title")),
        authors=_authors(post),
        published=published,
        # One that was written ahead and published by the clock was last modified before.
        updated=updated if updated >= published else "",
        summary=_rendered(post, "excerpt"),
        content=_rendered(post, "content"),
        language=_text(post, "lang"),
        tags=_tags(post),
        image=_image(post, base),
    )


def _moment(post: dict[str, Any], key: str) -> str:
    """In UTC where the site says it (`date_gmt`, which is nought on some), else by the outlet's own clock."""
    stated, local = _date(post, f"{key}_gmt"), _date(post, key)
    return stated if stated.endswith("Z") else f"{stated}Z" if stated else local


_DATE = re.compile(r"(?:19|20|21)\d\d-(?!00)\d\d-(?!00)\d\d[T ]\d\d:\d\d")


def _date(post: dict[str, Any], key: str) -> str:
    written = _text(post, key)
    return written if _DATE.match(written) else ""


def _authors(post: dict[str, Any]) -> tuple[str, ...]:
    """Of PublishPress Authors, which knows several; else of WordPress itself, where it shows them; else of Yoast."""
    several = [_text(each, "display_name") for each in _dicts(post, "authors")]
    own = [_text(each, "name") for each in _dicts(_dict(post, "_embedded"), "author")]
    found = (plain(name) for name in (several if any(several) else own))
    names = tuple(dict.fromkeys(name for name in found if name))
    yoast = plain(_text(_dict(post, "yoast_head_json"), "author"))
    return names or ((yoast,) if yoast else ())


_NO_TERMS = {"post_format", "author", "nav_menu"}
_NO_CATEGORY = {"uncategorized", "sin-categoria", "sem-categoria", "non-classe", "uncategorised"}


def _tags(post: dict[str, Any]) -> tuple[str, ...]:
    groups = _dict(post, "_embedded").get("wp:term")
    terms = [term for group in groups if isinstance(group, list) for term in group] if isinstance(groups, list) else []
    names = (
        plain(_text(term, "name"))
        for term in terms
        if isinstance(term, dict)
        and _text(term, "taxonomy") not in _NO_TERMS
        and _text(term, "slug") not in _NO_CATEGORY
    )
    return tuple(dict.fromkeys(name for name in names if name))


def _image(post: dict[str, Any], base: str) -> str:
    featured = [_text(media, "source_url") for media in _dicts(_dict(post, "_embedded"), "wp:featuredmedia")]
    yoast = [_text(picture, "url") for picture in _dicts(_dict(post, "yoast_head_json"), "og_image")]
    found = (absolute(base, url) for url in (*featured, _text(post, "jetpack_featured_media_url"), *yoast))
    return next((url for url in found if url), "")


def _rendered(post: dict[str, Any], key: str) -> str:
    """`{"rendered": ...}`; some plugins make the bare text of it."""
    return _text(_dict(post, key), "rendered") or _text(post, key)


def _text(values: dict[str, Any], key: str) -> str:
    value = values.get(key)
    return storable(value).strip() if isinstance(value, str) else ""


def _dict(values: dict[str, Any], key: str) -> dict[str, Any]:
    value = values.get(key)
    return value if isinstance(value, dict) else {}


def _dicts(values: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = values.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
