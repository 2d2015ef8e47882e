"""What kind of page this is, where it is none with an article: read off its marks, before its body is looked for.

    tree, address ─► Look ─► expect_article: is it a consent wall, a bot challenge, a login, a search, a front page?

These come with status 200 and with sentences enough to pass for an article. What is recognised is an ExtractFailed with
the page's `kind`, and whether another attempt may help. Precision comes first: a page that says that it is an article
(JSON-LD, Open Graph, a date of publication) is believed, and one with paragraphs of prose is refused for marks alone
that only software makes. What is looked at is bounded, so that a page costs a fraction of a millisecond.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from ingest.errors import WALLS, ExtractFailed, PageKind
from ingest.extract import wording

MOST_SEEN = 3000
"""Characters of visible text that are looked at."""

MOST_CODE = 50_000
"""Characters of scripts that are looked at; a challenge has little else."""

SHORT = 1500
"""Fewer characters of visible text, menus included, are a page of a sentence or two."""

TEASERS = 12
"""Headings that lead elsewhere."""

PROSE = 100
"""Characters of a paragraph that is prose; three of them side by side are an article, or a wall's small print."""

_SAYS: dict[PageKind, str] = {
    "consent": "a consent wall stands before the article",
    "challenge": "a bot challenge came instead of the article",
    "login": "a login page came instead of the article",
    "paywall": "a paywall leaves no lead of the article",
    "gone": "the page says that the article is not there",
    "index": "the page is a front page or a section, not an article",
    "search": "the page is a search, not an article",
    "notice": "the page only says that the article is in another language",
}

_ARTICLE_TYPE = re.compile(r'"@type"\s*+:\s*+(?:\[\s*+)?"(?:[^"]*/)?(?:\w*Article|BlogPosting|LiveBlogPosting|Report)"')
_LIST_TYPE = re.compile(r'"@type"\s*+:\s*+(?:\[\s*+)?"(?:[^"]*/)?CollectionPage"')
_SEARCH_TYPE = re.compile(r'"@type"\s*+:\s*+(?:\[\s*+)?"(?:[^"]*/)?SearchResultsPage"')
_PUBLISHED = frozenset({
    "article:published_time", "datepublished", "parsely-pub-date", "pubdate", "publishdate", "publish-date",
    "dc.date.issued", "dcterms.created", "sailthru.date", "article:published", "date",
})  # fmt: skip
_PASSWORD = etree.XPath("boolean(//input[@type='password'])")
_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "head", "option", "textarea"})
_SINGLE = frozenset({"single", "single-post", "post-template", "post-template-default", "node-type-article"})
_ARCHIVE = frozenset({"category", "tag", "author", "date", "post-type-archive"})


_SECTION = re.compile(r"(?:/[a-z]{1,20}(?:-[a-z]{1,12})?){0,3}/?(?:index\.html?)?")
"""A section's path, as `/news/latin-america/`: short words, where an article's has a number or a sentence."""


def expect_article(look: "Look") -> None:
    """Raise ExtractFailed where the page is of another kind than an article's."""
    if kind := kind_of(look):
        raise refusal(kind)


def kind_of(look: "Look") -> PageKind | None:
    """The page's kind where it is none with an article, else None."""
    if _is_archive(look):
        return "index"
    if _says_article(look):
        return None
    return next((kind for kind, holds in _KINDS if holds(look)), None)


def refusal(kind: PageKind) -> ExtractFailed:
    """The error for a page of this kind."""
    return ExtractFailed(_SAYS[kind], kind=kind, again=kind in WALLS)


class Look:
    """What is seen of a page; each mark is read when it is first asked for. url: where the page was found."""

    def __init__(self, tree: HtmlElement, url: str) -> None:
        self.tree = tree
        self.place = url.lower()

    @cached_property
    def scripts(self) -> list[HtmlElement]:
        return list(self.tree.iter("script"))

    @cached_property
    def linked_data(self) -> str:
        """All of the page's JSON-LD as text."""
        return " ".join(each.text or "" for each in self.scripts if "ld+json" in (each.get("type") or ""))

    @cached_property
    def classes(self) -> frozenset[str]:
        """Those of the body element, where publishing systems say what they made."""
        body = self.tree.find("body")
        return frozenset((body.get("class") or "").lower().split()) if body is not None else frozenset()

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The parts of the title and the first headings, folded."""
        title = wording.fold(next(("".join(each.itertext()) for each in self.tree.iter("title")), "")[:300])
        headings = (
            wording.fold("".join(each.itertext())[:300])
            for each, _ in zip(self.tree.iter("h1"), range(2), strict=False)
        )
        return tuple(filter(None, (title, *wording.SEPARATOR.split(title), *headings)))

    @cached_property
    def opening(self) -> str:
        """The first MOST_SEEN characters of visible text, folded."""
        return wording.fold(" ".join(_visible(self.tree)))

    @cached_property
    def text(self) -> str:
        """The visible text, folded, as far as a stub's page may be expected to go."""
        return wording.fold(" ".join(_visible(self.tree, most=20_000)))

    @property
    def is_short(self) -> bool:
        return len(self.opening) < SHORT

    @cached_property
    def prose(self) -> int:
        """The most paragraphs of prose that stand side by side."""
        beside: Counter[HtmlElement] = Counter()
        for paragraph, _ in zip(self.tree.iter("p"), range(300), strict=False):
            if len("".join(paragraph.itertext())) >= PROSE:
                beside[paragraph.getparent()] += 1
        return max(beside.values(), default=0)

    @cached_property
    def code(self) -> str:
        """Addresses of scripts and frames, and the beginning of each script, in lower case."""
        frames = (each.get("src") or "" for each in self.tree.iter("iframe"))
        scripts = ((each.get("src") or "") + (each.text or "")[:2000] for each in self.scripts)
        return " ".join((*frames, *scripts))[:MOST_CODE].lower()

    def titled(self, wanted: re.Pattern[str]) -> bool:
        return any(wanted.fullmatch(title) for title in self.titles)


def _visible(tree: HtmlElement, most: int = MOST_SEEN) -> Iterator[str]:
    """Pieces of visible text, until they are so many characters."""
    left = most
    body = tree.find("body")
    for element in (tree if body is None else body).iter():
        text = None if element.tag in _UNSEEN else element.text
        for piece in (text, element.tail):
            if piece and not piece.isspace():
                yield piece
                left -= len(piece)
        if left <= 0:
            return


# ── the kinds ──


def _says_article(look: Look) -> bool:
    return (
        not _SINGLE.isdisjoint(look.classes)
        or any(map(_names_article, look.tree.iter("meta")))
        or bool(_ARTICLE_TYPE.search(look.linked_data))
    )


def _names_article(meta: HtmlElement) -> bool:
    name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
    return name in _PUBLISHED or (name == "og:type" and (meta.get("content") or "").lower() == "article")


def _is_archive(look: Look) -> bool:
    """Publishing systems call a list a list, in the body's classes, and some call it an article besides."""
    classes = look.classes
    return (
        ("archive" in classes and not _ARCHIVE.isdisjoint(classes) and _SINGLE.isdisjoint(classes))
        or ("home" in classes and "blog" in classes)
        or ("front" in classes and "page-front" in classes)
        or not {"home-template", "tag-template", "author-template"}.isdisjoint(classes)
    )


def _is_challenge(look: Look) -> bool:
    if not look.is_short or look.prose > 2:
        return False
    return (
        look.titled(wording.CHALLENGE_TITLE)
        or bool(wording.CHALLENGE.search(look.opening))
        or (len(look.opening) < SHORT / 2 and bool(wording.CHALLENGE_CODE.search(look.code)))
    )


def _is_gone(look: Look) -> bool:
    if "error404" in look.classes:
        return True
    if look.prose > 2:
        return False
    return any(map(wording.is_gone, look.titles)) or (
        len(look.opening) < SHORT / 2 and bool(wording.GONE.search(look.opening))
    )


def _is_login(look: Look) -> bool:
    if look.prose > 2 or not _PASSWORD(look.tree):
        return False
    return look.titled(wording.LOGIN) or bool(wording.LOGIN_PLACE.search(look.place)) or len(look.opening) < SHORT / 2


def _is_consent(look: Look) -> bool:
    if not any(stem in look.opening for stem in wording.CONSENT_STEMS):
        return False
    words = len(look.opening.split()) or 1
    said = len(wording.CONSENT.findall(look.opening))
    if wording.CONSENT_PLACE.search(look.place.partition("://")[2]) and said >= 3:
        return True
    return said >= 5 and said / words > 0.03 and any(map(_accepts, look.tree.iter("button", "a", "input")))


def _accepts(control: HtmlElement) -> bool:
    label = control.get("value") or "" if control.tag == "input" else "".join(control.itertext())
    return len(label) < 60 and bool(wording.ACCEPT.fullmatch(wording.fold(label)))


def _is_search(look: Look) -> bool:
    if not {"search-results", "search-no-results"}.isdisjoint(look.classes) or _SEARCH_TYPE.search(look.linked_data):
        return True
    return look.prose < 3 and look.titled(wording.SEARCH) and bool(wording.SEARCH_PLACE.search(look.place))


def _is_index(look: Look) -> bool:
    """By its JSON-LD; else by an address such as a section has, and teasers all over the page."""
    if look.prose > 2:
        return False
    if _LIST_TYPE.search(look.linked_data):
        return True
    address = urlsplit(look.place)
    if address.query or not _SECTION.fullmatch(address.path):
        return False
    return sum(map(_leads_on, look.tree.iter("h2", "h3", "h4"))) >= TEASERS


def _leads_on(heading: HtmlElement) -> bool:
    return heading.find(".//a") is not None or heading.getparent().tag == "a"


_KINDS: tuple[tuple[PageKind, Callable[[Look], bool]], ...] = (
    ("challenge", _is_challenge),
    ("gone", _is_gone),
    ("search", _is_search),
    ("login", _is_login),
    ("consent", _is_consent),
    ("index", _is_index),
)
"""In the order in which they are asked: the surer and cheaper first."""
