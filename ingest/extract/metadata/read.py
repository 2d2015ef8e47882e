"""All that a page says about its article, field by field: what it states, and what it shows where it states nothing."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lxml.html import HtmlElement

from ingest.extract import linked_data as ld
from ingest.extract.metadata.byline import DOUBTED, OUTLET, authors
from ingest.extract.metadata.dates import hides_day, published, updated
from ingest.extract.metadata.found import Found, line
from ingest.extract.metadata.head import Head, absolute, read_head
from ingest.extract.metadata.shown_byline import shown_authors
from ingest.extract.metadata.shown_date import shown_clock, shown_date
from ingest.extract.metadata.title import titles
from ingest.extract.metadata.visible import HEADINGS, look

_SUMMARY = ("og:description", "description", "twitter:description", "dc.description", "sailthru.description")
_IMAGE = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "parsely-image-url")
_TAGS = ("article:tag", "parsely-tags", "sailthru.tags", "news_keywords", "keywords", "dc.subject")
_LANGUAGE = ("og:locale", "content-language", "dc.language", "language")


class Metadata(NamedTuple):
    """found: the believed finding for each field, absent where there is none; also: what else is said for `title` and
    `published`, likeliest first; authors: names; body: JSON-LD's articleBody, which may be HTML."""

    found: dict[str, Found]
    also: dict[str, tuple[Found, ...]]
    authors: tuple[Found, ...]
    tags: tuple[str, ...]
    body: str
    head: Head


def read_metadata(tree: HtmlElement, url: str) -> Metadata:
    """All that the page states about the article at `url`. Broken metadata is skipped."""
    head = read_head(tree, url)
    candidates = {
        "title": titles(head),
        "published": published(head),
        "updated": updated(head),
        "url": (*_canonical(head), *head.stated("og:url"), *head.linked("url", "mainEntityOfPage")),
        "image": tuple(_absolute(head, (*head.stated(*_IMAGE), *head.linked("image", "thumbnailUrl")))),
        "summary": (*head.stated(*_SUMMARY), *head.linked("description")),
        "language": tuple(_languages(head)),
    }
    found = {field: values[0] for field, values in candidates.items() if values}
    also = {field: candidates[field][1:] for field in ("title", "published")}
    return Metadata(found, also, authors(head), _tags(head), ld.body_of(head.article), head)


def guess_metadata(tree: HtmlElement, stated: Metadata, body: Sequence[HtmlElement] = ()) -> Metadata:
    """`stated`, completed by what the page shows: nothing is looked for that is stated and believed.

    body: the elements chosen as the body, in order; none where it is not known.
    """
    doubted = not stated.authors or stated.authors[0].sure < DOUBTED
    date = stated.found.get("published")
    if not doubted and "title" in stated.found and date and not hides_day(date):
        return stated
    found, names = dict(stated.found), stated.authors
    view = look(tree, found["title"].value if "title" in found else "", body)
    if "title" not in found and (headline := next((one for one in view.near if one.tag in HEADINGS), None)) is not None:
        found["title"] = Found(line(headline), "heading", 0.5)
    date = shown_clock(view, stated.head, date) or date if date else shown_date(tree, view, stated.head)
    if date:
        found["published"] = date
    if doubted:
        shown = shown_authors(view, stated.head, lone=not names)
        if not names or (shown and shown[0].sure > OUTLET and not {*_values(shown)} & {*_values(names)}):
            names = shown
    return stated._replace(found=found, authors=names)


def _values(found: Sequence[Found]) -> Iterator[str]:
    return (one.value.casefold() for one in found)


def _canonical(head: Head) -> Iterator[Found]:
    return (Found(address, "link canonical") for address in head.canonical)


def _absolute(head: Head, found: Sequence[Found]) -> Iterator[Found]:
    return (one._replace(value=absolute(head.url, one.value)) for one in found[:1])


def _languages(head: Head) -> Iterator[Found]:
    for found in [Found(head.language, "html lang"), *head.stated(*_LANGUAGE), *head.linked("inLanguage")]:
        code = re.split(r"[-_,;\s]", found.value.strip().lower())[0]
        if re.fullmatch(r"[a-z]{2,3}", code):
            yield found._replace(value=code)


def _tags(head: Head) -> tuple[str, ...]:
    stated = [*head.stated(*_TAGS), *head.linked("keywords", "articleSection")]
    tags = (tag.strip() for found in stated for tag in re.split(r"[,;|]", found.value))
    return tuple({tag.casefold(): tag for tag in tags if 1 < len(tag) <= 60}.values())[:30]
