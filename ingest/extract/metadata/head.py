"""The parts of a page in which it states things about itself, gathered in one pass.

    tree ─► meta, link, title, script, h1 and time elements, microdata ─► Head

The tree is walked by libxml2, once for elements and once for attributes: another walk in Python would cost as much as
all the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement

from ingest.extract import linked_data as ld
from ingest.extract.metadata.found import Found, line
from ingest.extract.metadata.outlet import Outlet

Metas = dict[str, list[str]]

_MARKED = etree.XPath("//*[@itemprop or @rel = 'author']")
_MOST = 500
"""Marked elements that are looked at."""
_SITE_NAMES = (
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "dc.publisher",
    "publisher",
    "twitter:site",
)
_SITES = {"website", "organization", "newsmediaorganization", "corporation"}


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a page states, not yet weighed.

    metas: contents by the name or property of the meta, in lower case; canonical: declared addresses, absolute;
    license: that of the licence in a link element, absolute, or empty; headings, times: the h1 and time elements in
    order, of which `early` times stand before the first heading; nodes: all JSON-LD, article: the node of it that is
    the article.
    """

    tree: HtmlElement
    url: str
    language: str
    metas: Metas
    canonical: tuple[str, ...]
    license: str
    title: str
    headings: tuple[HtmlElement, ...]
    times: tuple[HtmlElement, ...]
    early: int
    nodes: list[ld.Node]
    article: ld.Node
    outlet: Outlet

    @cached_property
    def marked(self) -> list[HtmlElement]:
        """The elements with an itemprop or rel=author, looked for only where JSON-LD and metas leave something open."""
        return list(_MARKED(self.tree))[:_MOST]

    def stated(self, *names: str) -> Iterator[Found]:
        """The contents of the metas of these names, in this order."""
        return (Found(value, f"meta {name}") for name in names for value in self.metas.get(name, ()))

    def linked(self, *names: str) -> Iterator[Found]:
        """The texts of these properties of the article in JSON-LD."""
        properties = (self.article.get(name) for name in names)
        return (
            Found(text, "json-ld") for value in properties for text in ld.texts(value, "@id", "url", "name", "@value")
        )


def read_head(tree: HtmlElement, url: str) -> Head:
    """Gather what the page at `url` states."""
    found: dict[str, list[HtmlElement]] = {tag: [] for tag in ("meta", "link", "title", "script", "h1", "time")}
    early = 0
    for element in tree.iter(*found):
        found[element.tag].append(element)
        early += element.tag == "time" and not found["h1"]
    metas = _metas(found["meta"])
    canonical = [absolute(url, href) for link in found["link"] if (href := _href(link, "canonical"))]
    nodes = ld.linked_data(script.text for script in found["script"] if _is_linked_data(script))
    article = ld.article_node(nodes, (url, *canonical, *metas.get("og:url", ())))
    return Head(
        tree=tree,
        url=url,
        language=tree.get("lang") or tree.get("xml:lang") or "",
        metas=metas,
        canonical=tuple(canonical),
        license=next((absolute(url, href) for link in found["link"] if (href := _href(link, "license"))), ""),
        title=line(found["title"][0]) if found["title"] else "",
        headings=tuple(found["h1"]),
        times=tuple(found["time"]),
        early=early,
        nodes=nodes,
        article=article,
        outlet=Outlet.of(_outlet_names(metas, article, nodes), url),
    )


def _metas(elements: list[HtmlElement]) -> Metas:
    metas: dict[str, dict[str, None]] = {}  # a list of thirty thousand tags is searched for each of them
    for element in elements:
        if not (content := ld.plain(element.get("content") or element.get("value") or "")):
            continue
        for name in filter(None, map(element.get, ("property", "name", "http-equiv"))):
            metas.setdefault(name.strip().lower(), {})[content] = None
    return {name: [*contents] for name, contents in metas.items()}


def _href(link: HtmlElement, rel: str) -> str:
    return (link.get("href") or "").strip() if rel in (link.get("rel") or "").lower().split() else ""


def _is_linked_data(script: HtmlElement) -> bool:
    return "ld+json" in (script.get("type") or "").lower() and bool(script.text)


def _outlet_names(metas: Metas, article: ld.Node, nodes: list[ld.Node]) -> Iterator[str]:
    for name in _SITE_NAMES:
        yield from metas.get(name, ())
    yield ld.site_name(article, nodes)
    for node in nodes:
        if ld.types(node) & _SITES:
            yield from (*ld.texts(node.get("name")), *ld.texts(node.get("alternateName")))


def absolute(base: str, address: str) -> str:
    """The address as seen from `base`; as it is where it is none."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address
