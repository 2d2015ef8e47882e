"""A page without any way in -> the selectors of a listing: the block that recurs, with one article's link in each."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from ingest.models import Listing

LEAST = 5
"""Rows that are a list of articles."""

TITLE = 25
"""Characters of a link that is an article's title, not a section's name."""

MOST_SHAPES = 20
"""Kinds of blocks that are tried; a page made for it could have thousands."""

MOST_UP = 6
"""Elements around a link that are looked at."""

_NAME = re.compile(r"[a-zA-Z][\w-]*")
_NUMBERED = re.compile(r"\d")


def propose(tree: HtmlElement, url: str) -> Listing | None:
    """The listing that this page seems to be; None where no block with an article's link recurs on it."""
    links = [each for each in tree.iter("a") if _leads_to_an_article(each, url)]
    rows = Counter(shape for link in links for shape in dict.fromkeys(map(_shape, _around(link))) if shape)
    for shape, count in sorted(rows.items(), key=lambda pair: (-pair[1], len(pair[0])))[:MOST_SHAPES]:
        if count < LEAST:
            break
        if listing := _listing(tree, shape, url, {each.get("href") for each in links}):
            return listing
    return None


def _leads_to_an_article(link: HtmlElement, url: str) -> bool:
    href = link.get("href") or ""
    try:
        parts = urlsplit(urljoin(url, href))
    except ValueError:
        return False
    own = (parts.hostname or "").removeprefix("www.") == (urlsplit(url).hostname or "").removeprefix("www.")
    slug = parts.path.rstrip("/").rpartition("/")[2]
    return (
        own and len(_words(link)) >= TITLE and (slug.count("-") + slug.count("_") >= 2 or bool(_NUMBERED.search(slug)))
    )


def _around(link: HtmlElement) -> Iterator[HtmlElement]:
    for element, _ in zip(link.iterancestors(), range(MOST_UP), strict=False):
        if element.tag in {"body", "main", "html"}:
            return
        yield element


def _shape(element: HtmlElement) -> str:
    """A selector for this element and those like it: `article.teaser`; empty where it has no class to tell it by."""
    classes = [
        each for each in (element.get("class") or "").split() if _NAME.fullmatch(each) and not _NUMBERED.search(each)
    ]
    if classes:
        return f"{element.tag}.{classes[0]}"
    return "article" if element.tag == "article" else ""


def _listing(tree: HtmlElement, shape: str, url: str, wanted: set[str | None]) -> Listing | None:
    """The listing with this row, where each row has one article and hardly two share it."""
    tag, _, name = shape.partition(".")
    rows = [each for each in tree.iter(tag) if not name or name in (each.get("class") or "").split()]
    found = [{link.get("href") for link in row.iter("a")} & wanted for row in rows]
    single = sum(len(each) == 1 for each in found)
    if single < LEAST or single < 0.7 * len(rows) or len(set().union(*found)) < 0.8 * single:
        return None
    heading = next((tag for tag in ("h1", "h2", "h3", "h4") if _most_have(rows, tag)), "")
    link = f"{heading} a[href]" if heading and _links_within(rows, heading) else ""
    title = heading if heading else ""
    return Listing(url=url, entry=shape, link=link, title=title, published="time" if _most_have(rows, "time") else "")


def _most_have(rows: list[HtmlElement], tag: str) -> bool:
    return sum(row.find(f".//{tag}") is not None for row in rows) >= 0.7 * len(rows)


def _links_within(rows: list[HtmlElement], heading: str) -> bool:
    return sum(row.find(f".//{heading}//a[@href]") is not None for row in rows) >= 0.7 * len(rows)


def _words(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())
