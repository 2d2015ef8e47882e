"""An outlet's front page -> what it says about itself: names, language, country, feeds, the software behind it."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from ingest.discover.claims import Claim, one_line

MOST_LINKS = 3000
"""Links of a page that are looked at."""

FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
OTHER_TYPES = {"text/xml", "application/xml", "application/rss", "application/atom", "text/rss", "application/json"}
"""Types by which some outlets state their feeds, and WordPress other things."""

_FEED_ADDRESS = re.compile(
    r"(?:^|[/.?&=_-])(?:rss2?|feeds?|atom|rdf|feedburner)(?:[/.?&=_-]|$)|\.(?:rss|rdf|atom)(?:$|\?)", re.IGNORECASE
)
_ARTICLE_TYPE = re.compile(r'"@type"\s*+:\s*+(?:\[\s*+)?"(?:\w*NewsArticle|Article|BlogPosting|LiveBlogPosting)"')

_SOFTWARE = (
    ("wordpress", r"wp-content/|wp-includes/|/wp-json"),
    ("arc", r"/pf/resources/|Fusion\.globalContent|/arc/outboundfeeds/"),
    ("drupal", r"/sites/default/files/|drupal-settings-json|Drupal\.settings"),
    ("ghost", r"/ghost/api/|ghost-(?:sdk|portal)|content=\"Ghost "),
    ("blogger", r"blogger\.com/(?:static|feeds)|content=['\"]blogger['\"]"),
    ("joomla", r"/media/(?:system|vendor)/js/|Joomla!|com_content"),
    ("substack", r"substackcdn\.com"),
    ("squarespace", r"static1\.squarespace\.com"),
    ("wix", r"static\.wixstatic\.com|static\.parastorage\.com"),
    ("hugo", r"content=\"Hugo "),
    ("jekyll", r"content=\"Jekyll "),
)


class Link(NamedTuple):
    """A link to what may be a feed. head: stated as one in the page's head; label: its title or words."""

    url: str
    label: str
    head: bool


class Front(NamedTuple):
    """A front page, read. about: its description; api: the root of its WordPress API, where one is stated; software: by
    its name here, empty where it is not known; article: it is an article's page."""

    url: str
    links: tuple[Link, ...] = ()
    names: tuple[Claim, ...] = ()
    languages: tuple[Claim, ...] = ()
    countries: tuple[Claim, ...] = ()
    about: str = ""
    api: str = ""
    software: str = ""
    article: bool = False


def read_front(tree: HtmlElement, url: str) -> Front:
    """What the page at this address, its own after redirects, says about itself."""
    metas = _metas(tree)
    base = absolute(url, next((each.get("href") or "" for each in tree.iter("base")), "")) or url
    linked = list(_objects(tree))
    return Front(
        url=url,
        links=tuple(dict.fromkeys((*_head_links(tree, base), *_body_links(tree, base)))),
        names=tuple(_names(tree, metas, linked)),
        languages=tuple(_languages(tree, metas, linked)),
        countries=tuple(_countries(tree, metas, linked)),
        about=one_line(metas.get("description") or metas.get("og:description") or ""),
        api=_api(tree, base),
        software=_software(tree, metas),
        article=_is_article(tree, metas, url),
    )


# ── links ──


def _head_links(tree: HtmlElement, base: str) -> Iterator[Link]:
    for link in tree.iter("link"):
        relations = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        address = absolute(base, link.get("href") or "")
        stated = kind in FEED_TYPES or (kind in OTHER_TYPES and bool(_FEED_ADDRESS.search(urlsplit(address).path)))
        if address and ("feed" in relations or ("alternate" in relations and stated)) and "/wp-json/" not in address:
            yield Link(address, one_line(link.get("title") or ""), True)


def _body_links(tree: HtmlElement, base: str) -> Iterator[Link]:
    host = _plain_host(base)
    for anchor, _ in zip(tree.iter("a"), range(MOST_LINKS), strict=False):
        written = anchor.get("href") or ""
        if not _FEED_ADDRESS.search(written):
            continue
        address = absolute(base, written)
        parts, there = urlsplit(address), _plain_host(address)
        own = there == host or there.endswith(f".{host}") or host.endswith(f".{there}")
        if address and ("feedburner." in there or (own and _FEED_ADDRESS.search(f"{parts.path}?{parts.query}"))):
            yield Link(address.partition("#")[0], one_line(anchor.get("title") or "".join(anchor.itertext())), False)


def _api(tree: HtmlElement, base: str) -> str:
    stated = (each.get("href") or "" for each in tree.iter("link") if "api.w.org" in (each.get("rel") or ""))
    return absolute(base, next(stated, ""))


# ── claims ──


def _names(tree: HtmlElement, metas: dict[str, str], linked: list[dict[str, Any]]) -> Iterator[Claim]:
    for key, weight in (("og:site_name", 4.0), ("application-name", 3.0), ("apple-mobile-web-app-title", 2.0)):
        if name := one_line(metas.get(key, "")):
            yield Claim(name, key, weight)
    for each in linked:
        if _types(each) & {"WebSite", "NewsMediaOrganization", "Organization"} and (name := _text(each.get("name"))):
            yield Claim(one_line(name), "JSON-LD", 3.0)
    title = one_line("".join(next(tree.iter("title"), tree.makeelement("title")).itertext()))
    for number, part in enumerate(filter(None, re.split(r"\s+[|–—·:»-]+(?:\s+|$)|:\s+", title))):
        yield Claim(part.strip(), "title", 1.5 if number == 0 else 1.0)


def _languages(tree: HtmlElement, metas: dict[str, str], linked: list[dict[str, Any]]) -> Iterator[Claim]:
    root = tree.getroottree().getroot()
    stated = (
        (
            root.get("lang") or root.get("xml:lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang"),
            "html lang",
        ),
        (metas.get("og:locale"), "og:locale"),
        (metas.get("content-language"), "meta content-language"),
        (metas.get("language") or metas.get("dc.language"), "meta language"),
        (next((_text(each.get("inLanguage")) for each in linked if each.get("inLanguage")), ""), "JSON-LD"),
    )
    yield from (Claim(one_line(said)[:20], where) for said, where in stated if said and said.strip())


def _countries(tree: HtmlElement, metas: dict[str, str], linked: list[dict[str, Any]]) -> Iterator[Claim]:
    for key in ("geo.region", "geo.country"):
        if found := re.match(r"([A-Za-z]{2})(?:-|$)", metas.get(key, "").strip()):
            yield Claim(found[1].upper(), f"meta {key}", 4.0)
    for each in linked:
        address = each.get("address")
        country = address.get("addressCountry") if isinstance(address, dict) else None
        if said := _text(country.get("name") if isinstance(country, dict) else country):
            yield Claim(one_line(said), "JSON-LD address", 5.0)
    telephones = (_text(each.get("telephone")) for each in linked)
    dialled = (anchor.get("href") or "" for anchor in tree.iter("a") if (anchor.get("href") or "").startswith("tel:"))
    for number in (*telephones, *dialled):
        if found := re.match(r"(?:tel:)?\s*(?:\+|00)\s*(\d[\d\s().-]{7,})", number):
            yield Claim("+" + re.sub(r"\D", "", found[1]), "telephone", 2.0)


# ── the page ──


def _is_article(tree: HtmlElement, metas: dict[str, str], url: str) -> bool:
    """Whether it is an article's page, by its own word; a home page is none, whatever its template says."""
    if urlsplit(url).path.strip("/") == "":
        return False
    if metas.get("og:type", "").lower() == "article" or "article:published_time" in metas:
        return True
    scripts = (each.text or "" for each in tree.iter("script") if "ld+json" in (each.get("type") or ""))
    return any(_ARTICLE_TYPE.search(script[:5000]) and '"ItemList"' not in script for script in scripts)


def _software(tree: HtmlElement, metas: dict[str, str]) -> str:
    generator = metas.get("generator", "").lower()
    named = next((name for name, _ in _SOFTWARE if name in generator), "")
    return named or next((name for name, marks in _marks(tree) if marks), "")


def _marks(tree: HtmlElement) -> Iterator[tuple[str, bool]]:
    addresses = " ".join(
        each.get("src") or each.get("href") or "" for each in tree.iter("script", "link", "img") if each.attrib
    )
    code = " ".join((each.text or "")[:2000] for each in tree.iter("script"))
    for name, pattern in _SOFTWARE:
        yield name, bool(re.search(pattern, addresses) or re.search(pattern, code[:200_000]))


def _metas(tree: HtmlElement) -> dict[str, str]:
    """The first content of each meta, by its name in lower case."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("http-equiv") or "").strip().lower()
        if name and (content := (meta.get("content") or "").strip()):
            metas.setdefault(name, content)
    return metas


def _objects(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD, and those within them that are about its publisher."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            stated = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        waiting = list(stated) if isinstance(stated, list) else [stated]
        for each, _ in zip(waiting, range(100), strict=False):  # it grows meanwhile
            if isinstance(each, dict):
                yield each
                inner = each.get("@graph")
                waiting.extend(inner if isinstance(inner, list) else [])
                waiting.extend(
                    each[key] for key in ("publisher", "sourceOrganization") if isinstance(each.get(key), dict)
                )


def _types(thing: dict[str, Any]) -> set[str]:
    kind = thing.get("@type")
    return {each for each in (kind if isinstance(kind, list) else [kind]) if isinstance(each, str)}


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = next(iter(value), "")
    return value.strip() if isinstance(value, str) else ""


def _plain_host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def absolute(base: str, link: str) -> str:
    """The link as an absolute http or https address, empty where it is none."""
    link = re.sub(r"^feed:(?=(?:https?:)?//)", "", link.strip()).replace("feed://", "http://")
    try:
        url = urljoin(base, link) if link else ""
        parts = urlsplit(url)
        return url if parts.scheme in {"http", "https"} and parts.hostname and url.isprintable() else ""
    except ValueError:
        return ""
