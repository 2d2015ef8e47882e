"""Who wrote an article: the people whom the page states as its authors, else the agency or the outlet that it states.

    JSON-LD, metas of publishing systems, microdata, rel=author, meta author ─► names ─► the first kind with people

Many systems state the outlet where a reporter's name stands on the page, so an outlet is believed only where nothing
names anybody else. Kinds of evidence are not mixed, as they spell names differently.
"""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

from lxml.html import HtmlElement

from ingest.clean import split_authors
from ingest.extract import linked_data as ld
from ingest.extract.metadata.found import Found, line
from ingest.extract.metadata.head import Head
from ingest.extract.metadata.outlet import Outlet
from ingest.extract.metadata.places import is_aside

_METAS = (
    "parsely-author", "sailthru.author", "cxenseparse:author", "byl", "article:author_name", "og:article:author",
    "article:author", "citation_author",
)  # fmt: skip
_LAST_METAS = ("dc.creator", "dcterms.creator", "author", "dcsext.author", "rnews:creator")
_LONGEST = 120
DOUBTED = 0.72
"""Below it a byline on the page is believed rather than what is stated: many a meta author only runs the site."""
OUTLET = 0.4
"""How sure an outlet is to be all that is known of an author."""


class _Kind(NamedTuple):
    """What one kind of evidence says, and how sure people are whom it names."""

    evidence: str
    names: tuple[str, ...]
    sure: float


def authors(head: Head) -> tuple[Found, ...]:
    """The names that the page states: of the first kind of evidence that names others than the outlet, else of the
    first at all."""
    outlets = None
    for kind in filter(attrgetter("names"), _stated(head)):
        if not all(map(head.outlet.is_in, kind.names)):
            return _without_outlet(kind, head.outlet)
        outlets = outlets or kind
    return () if outlets is None else _without_outlet(outlets, head.outlet)


def _without_outlet(kind: _Kind, outlet: Outlet) -> tuple[Found, ...]:
    """Beside a person the outlet is where they work; beside an agency ("AFP") it is a second author."""
    others = tuple(name for name in kind.names if not outlet.is_in(name))
    people = any(" " in name or not name.isascii() for name in others)
    sure = kind.sure if others else OUTLET
    return tuple(Found(name, kind.evidence, sure) for name in (others if people else kind.names))


def _stated(head: Head) -> Iterator[_Kind]:
    yield _Kind("json-ld", split_authors(ld.authors(head.article, head.nodes)), 0.95)
    for name in _METAS:
        yield _of_meta(name, head, 0.95)
    yield _Kind("itemprop author", split_authors(_of_microdata(head)), 0.9)
    yield _Kind("rel author", split_authors(_of_links(head)), 0.75)
    for name in _LAST_METAS:
        yield _of_meta(name, head, 0.7)


def _of_meta(name: str, head: Head, sure: float) -> _Kind:
    values = (value for value in head.metas.get(name, ()) if "://" not in value)  # a profile's address
    return _Kind(f"meta {name}", split_authors(values), sure)


def _of_microdata(head: Head) -> Iterator[str]:
    for element in head.marked:
        if "author" in (element.get("itemprop") or "").split() and not is_aside(element, near=True):
            named = element.find(".//*[@itemprop='name']")
            yield from _short(element if named is None else named)


def _of_links(head: Head) -> Iterator[str]:
    for element in head.marked:
        if element.get("rel") == "author" and not is_aside(element):
            yield from _short(element)


def _short(element: HtmlElement) -> Iterable[str]:
    text = element.get("content") or line(element)
    return [text] if len(text) <= _LONGEST else []
