"""What a page says about its article, field by field, each with the evidence it came from.

Structured data first, as it is what outlets write for search engines and keep right: JSON-LD (schema.org), then Open
Graph and its article: properties, then the meta names of publishing systems (Dublin Core, Parse.ly, Sailthru,
Highwire), then elements that readers see (h1, time, rel=author). Values are as written.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from ingest.extract import linked_data as ld


class Found(NamedTuple):
    """A value as written, and where it was."""

    value: str
    evidence: str


class Metadata(NamedTuple):
    """The best finding for each field; a field that nothing states is absent from `found` and empty in the others."""

    found: dict[str, Found]
    authors: tuple[Found, ...]
    tags: tuple[str, ...]
    body: str
    """JSON-LD's articleBody, which may be HTML."""


_PUBLISHED = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date",
    "article.published", "published_time_telegram", "dc.date.issued", "dcterms.date", "dcterms.created", "dc.date",
    "dc.date.created", "dcterms.issued", "citation_publication_date", "citation_date", "citation_online_date", "date",
    "article_date_original", "originalpublicationdate", "article:post_date", "bt:pubdate", "cxenseparse:publishtime",
    "cxenseparse:recs:publishtime", "iso-8601-publish-date", "vr:published_time", "rnews:datepublished", "datecreated",
    "created", "date_published", "displaydate", "ptime", "pdate", "dc:date", "dcsext.articlefirstpublished",
)  # fmt: skip
_UPDATED = (
    "article:modified_time", "og:updated_time", "article:updated_time", "article:modified", "datemodified", "lastmod",
    "dcterms.modified", "last-modified", "dc.date.modified", "revised", "parsely-updated-date", "date_modified",
)  # fmt: skip
_TITLE = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "citation_title", "dc.title", "dcterms.title")
_AUTHORS = (
    "author", "article:author", "og:article:author", "parsely-author", "sailthru.author", "dc.creator",
    "dcterms.creator", "citation_author", "byl", "article:author_name", "cxenseparse:author",
    "dcsext.author", "rnews:creator",
)  # fmt: skip
_SUMMARY = ("og:description", "description", "twitter:description", "dc.description", "sailthru.description")
_IMAGE = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "parsely-image-url")
_TAGS = ("article:tag", "parsely-tags", "sailthru.tags", "news_keywords", "keywords", "dc.subject")
_LANGUAGE = ("og:locale", "content-language", "dc.language", "language")


Metas = dict[str, list[str]]


def read_metadata(tree: HtmlElement, url: str) -> Metadata:
    """All that the page states about the article at `url`. Broken metadata is skipped."""
    metas = _metas(tree)
    nodes = ld.linked_data(tree)
    article = ld.article_node(nodes, url)
    site = next(iter(metas.get("og:site_name", ())), "") or ld.site_name(article, nodes)
    candidates = {
        "title": _title(tree, metas, article, (site, urlsplit(url).hostname or "")),
        "published": _published(tree, metas, article, nodes),
        "updated": [*_of_node(article, "dateModified"), *_of_metas(metas, _UPDATED)],
        "url": [*_of_links(tree, url), *_of_metas(metas, ("og:url",)), *_of_node(article, "url", "mainEntityOfPage")],
        "image": [*_of_metas(metas, _IMAGE), *_of_node(article, "image", "thumbnailUrl")],
        "summary": [*_of_metas(metas, _SUMMARY), *_of_node(article, "description")],
        "language": _languages(tree, metas, article),
    }
    found = {field: first for field, values in candidates.items() if (first := next(iter(values), None))}
    if image := found.get("image"):
        found["image"] = image._replace(value=_absolute(url, image.value))
    return Metadata(found, _authors(tree, metas, article, nodes), _tags(metas, article), ld.body_of(article))


def _metas(tree: HtmlElement) -> Metas:
    """Every meta element's content by its name, property or itemprop, in lower case."""
    metas: Metas = {}
    for element in tree.iter("meta"):
        content = ld.plain(element.get("content") or element.get("value") or "")
        for name in {element.get(key) for key in ("property", "name", "itemprop", "http-equiv")}:
            if name and content:
                metas.setdefault(name.strip().lower(), []).append(content)
    return metas


def _of_metas(metas: Metas, names: Sequence[str]) -> Iterator[Found]:
    return (Found(value, f"meta {name}") for name in names for value in metas.get(name, ()))


def _of_node(article: ld.Node, *keys: str) -> Iterator[Found]:
    return (
        Found(text, "json-ld") for key in keys for text in ld.texts(article.get(key), "@id", "url", "name", "@value")
    )


def _of_links(tree: HtmlElement, url: str) -> Iterator[Found]:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and (href := (link.get("href") or "").strip()):
            yield Found(_absolute(url, href), "link canonical")


def _absolute(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _languages(tree: HtmlElement, metas: Metas, article: ld.Node) -> Iterator[Found]:
    stated = [Found(tree.get("lang") or tree.get("xml:lang") or "", "html lang")]
    for found in [*stated, *_of_metas(metas, _LANGUAGE), *_of_node(article, "inLanguage")]:
        code = re.split(r"[-_,;\s]", found.value.strip().lower())[0]
        if re.fullmatch(r"[a-z]{2,3}", code):
            yield found._replace(value=code)


def _tags(metas: Metas, article: ld.Node) -> tuple[str, ...]:
    stated = [found.value for name in _TAGS for found in _of_metas(metas, (name,))]
    stated += [*ld.texts(article.get("keywords"), "name"), *ld.texts(article.get("articleSection"), "name")]
    tags = (tag.strip() for value in stated for tag in re.split(r"[,;|]", value))
    return tuple({tag.casefold(): tag for tag in tags if 1 < len(tag) <= 60}.values())[:30]


# ── title ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_SEPARATOR = re.compile(r"\s+[|·•»«–—:~/-]{1,2}\s+|\s*[|｜]\s*|:\s+")


def _title(tree: HtmlElement, metas: Metas, article: ld.Node, site: tuple[str, str]) -> list[Found]:
    """The candidate that most others agree with once the outlet's name is cut off; of equals the first."""
    headings = [Found(" ".join(h1.text_content().split()), "h1") for h1 in tree.iter("h1")][:3]
    names = [Found(" ".join(title.text_content().split()), "title") for title in tree.iter("title")][:1]
    stated = [*_of_node(article, "headline", "name"), *_of_metas(metas, _TITLE), *headings, *names]
    whole = {key(found.value) for found in stated}
    candidates = [found._replace(value=_without_site(found.value, site, whole)) for found in stated if found.value]
    candidates = [found for found in candidates if key(found.value) not in {"", key(site[0])}]
    votes = [sum(key(found.value) == key(other.value) for other in candidates) for found in candidates]
    return [candidates[votes.index(max(votes))]] if candidates else []


def _without_site(title: str, site: tuple[str, str], whole: set[str]) -> str:
    """The title without " | Outlet" at its end or "Outlet: " at its start.

    What is cut is the site's name, a part of its host name, or what other candidates (`whole`) do without.
    """
    for separator in reversed(list(_SEPARATOR.finditer(title))):
        before, after = title[: separator.start()], title[separator.end() :]
        for rest, cut in ((before, after), (after, before)):
            if rest and (key(rest) in whole or _is_site(cut, site)):
                return _without_site(rest, site, whole)
    return title


def _is_site(text: str, site: tuple[str, str]) -> bool:
    name, host = (key(part) for part in site)
    own = key(text)
    return bool(own) and (own == name or (len(own) > 3 and (own in host or own.removesuffix("com") in host)))


def key(text: str) -> str:
    """Equal for titles that differ in case, punctuation or white space only."""
    return re.sub(r"[\W_]+", "", text.casefold())


# ── dates ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_TIME_CLASS = re.compile(r"publi|posted|entry-date|date|timestamp|byline|meta", re.IGNORECASE)


def _published(tree: HtmlElement, metas: Metas, article: ld.Node, nodes: list[ld.Node]) -> Iterator[Found]:
    yield from _dates(_of_node(article, "datePublished", "dateCreated", "uploadDate"))
    yield from _dates(_of_metas(metas, _PUBLISHED))
    for page in ld.page_nodes(nodes):
        yield from _dates(_of_node(page, "datePublished"))
    yield from _dates(_of_elements(tree))


def _dates(found: Iterable[Found]) -> Iterator[Found]:
    """Only what could be a date: templates that were never filled in are common."""
    return (one for one in found if re.search(r"\d{4}|\d{1,2}\W\d{1,2}\W\d{2}", one.value))


def _of_elements(tree: HtmlElement) -> Iterator[Found]:
    for element in tree.iterfind(".//*[@itemprop='datePublished']"):
        yield Found(element.get("datetime") or element.get("content") or _line(element), "itemprop datePublished")
    times = [time for time in tree.iter("time") if time.get("datetime")]
    marked = [time for time in times if "pubdate" in time.attrib or _TIME_CLASS.search(_classes(time))]
    for time in [*marked, *times]:
        yield Found(time.get("datetime") or "", "time element")


def _classes(element: HtmlElement) -> str:
    parent = element.getparent()
    return f"{element.get('class')} {parent.get('class') if parent is not None else ''}"


def _line(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


# ── authors ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _authors(tree: HtmlElement, metas: Metas, article: ld.Node, nodes: list[ld.Node]) -> tuple[Found, ...]:
    """All that the first kind of evidence names; the kinds are not mixed, as they spell names differently."""
    kinds: tuple[Iterable[Found], ...] = (
        (Found(name, "json-ld") for name in ld.authors(article, nodes)),
        *(_of_metas(metas, (name,)) for name in _AUTHORS),
        _of_bylines(tree, ".//*[@itemprop='author']", "itemprop author"),
        _of_bylines(tree, ".//*[@rel='author']", "rel author"),
    )
    for kind in kinds:
        if names := tuple(dict.fromkeys(one for one in kind if one.value and "://" not in one.value)):
            return names
    return ()


def _of_bylines(tree: HtmlElement, path: str, evidence: str) -> Iterator[Found]:
    for element in tree.iterfind(path):
        named = element.find(".//*[@itemprop='name']")
        text = _line(element if named is None else named)
        if len(text) <= 120:
            yield Found(text, evidence)
