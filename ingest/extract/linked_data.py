"""JSON-LD (schema.org) as pages carry it: broken, nested, repeated -> the one node that is the article."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

Node = dict[str, Any]

_ARTICLES = {
    "blogposting",
    "report",
    "reportage",
    "liveblogposting",
    "socialmediaposting",
    "review",
    "critic",
    "column",
    "discussionforumposting",
}
_PAGES = {"webpage", "itempage", "medicalwebpage", "newsmediaorganization"}
_CONTROL = re.compile(r"[\x00-\x1f]+")
_COMMENT = re.compile(
    r"^(?:<!--|/\*.{0,40}?\*/|(?://)?\s*<!\[CDATA\[)|(?:-->|(?://\s*)?\]\]>|/\*.{0,40}?\*/)$", re.DOTALL
)
_AROUND = " \t\r\n;"
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
# Possessive and within a line, since a script of spaces or of line ends made these run for minutes.
_COMMENT_LINE = re.compile(r"^[^\S\n]*+//.*$", re.MULTILINE)
_ARTICLE_TYPE = re.compile(r"@type[\"']?\s*+:\s*+(?:\[\s*+)?[\"'][\w:/.]{0,100}(?:Article|Posting|Report)\b")
# A value ends at a quote that a comma, brace or line end follows, so that quotes within it do not end it.
_PICKED = re.compile(
    r"\"(headline|datePublished|dateModified|dateCreated|description|url)\"\s*:\s*[\"']([^\n]{1,400}?)[\"']\s*(?:[,}\n]|$)"
)
_PICKED_AUTHOR = re.compile(r"\"author\"\s*+:\s*+(?:\[\s*+)?(?:\{[^{}]{0,200}?\"name\"\s*+:\s*+)?\"([^\"\n]{2,80})\"")
_LONGEST_BROKEN = 20_000
_MOST_PEOPLE = 100
"""Authors of one article, each of whom may have to be looked for among all nodes."""
_MARKUP = re.compile(r"<[^<>]+>")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DEEPEST = 12
"""Levels of nesting that are followed; real pages have their article within five."""


def linked_data(scripts: Iterable[str]) -> list[Node]:
    """Every JSON-LD node at the top of a script, in a list, in an @graph or as a mainEntity.

    Broken scripts are mended where that is easy (control characters, comments, commas too many). Of an article in one
    that cannot be, the few fields that metadata needs are picked out by their names.
    """
    return [node for script in scripts for node in _nodes(_loads(script), 0)]


def _loads(script: str) -> Any:
    for mend in (str, _mended, _without_comment_lines):
        try:
            return json.loads(mend(script), strict=False)
        except (ValueError, RecursionError):
            continue
    return _picked(script)


def _mended(script: str) -> str:
    return _TRAILING_COMMA.sub("", _CONTROL.sub(" ", _bare(script)))


def _without_comment_lines(script: str) -> str:
    return _mended(_COMMENT_LINE.sub("", script))


def _picked(script: str) -> Node | None:
    """The article of a script that is no JSON (unescaped quotes, a template half filled in), field by field."""
    if not _ARTICLE_TYPE.search(script):
        return None
    node: Node = {"@type": "NewsArticle"}
    for match in _PICKED.finditer(script[:_LONGEST_BROKEN]):
        node.setdefault(match[1], match[2].replace('\\"', '"').replace("\\/", "/"))
    for match in _PICKED_AUTHOR.finditer(script[:_LONGEST_BROKEN]):
        node.setdefault("author", []).append(match[1])
    return node


def _bare(script: str) -> str:
    """Without the comments and semicolons that some systems put around JSON as if it were JavaScript."""
    return _COMMENT.sub("", script.strip(_AROUND)).strip(_AROUND)


def _nodes(value: Any, depth: int) -> Iterator[Node]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for element in value:
            yield from _nodes(element, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"):
            yield from _nodes(value.get(key), depth + 1)


def article_node(nodes: list[Node], addresses: Iterable[str]) -> Node:
    """The node of the page's article: of several the one that names one of the page's addresses, else the one that
    says the most."""
    articles = [node for node in nodes if _is_article(node)]
    paths = {path for address in addresses if (path := _path(address))}

    def worth(node: Node) -> tuple[bool, int]:
        own = any(_path(text) in paths for text in _addresses(node))
        return own, sum(key in node for key in ("headline", "datePublished", "author", "articleBody", "image"))

    return max(articles, key=worth, default={})


def _path(address: str) -> str:
    try:
        return urlsplit(address).path.rstrip("/")
    except ValueError:  # "https://[outlet]/", a template that was never filled in
        return ""


def page_nodes(nodes: list[Node]) -> list[Node]:
    """The nodes about the page as a whole, which some systems date instead of the article."""
    return [node for node in nodes if types(node) & _PAGES]


def types(node: Node) -> set[str]:
    """The node's types, in lower case and without a vocabulary's address."""
    kinds = node.get("@type") or ()
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return {str(kind).rpartition("/")[2].rpartition(":")[2].lower() for kind in kinds}


def _is_article(node: Node) -> bool:
    return any(kind.endswith("article") or kind in _ARTICLES for kind in types(node))


def _addresses(node: Node) -> list[str]:
    return [text for key in ("url", "@id", "mainEntityOfPage") for text in texts(node.get(key), "@id", "url")]


def texts(value: Any, *keys: str, depth: int = 0) -> list[str]:
    """The strings in a value that may be a string, a number, a node (then one of its `keys`) or a list of these."""
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        flat = (element for element in value if not isinstance(element, list))
        return [text for element in flat for text in texts(element, *keys, depth=depth + 1)]
    if isinstance(value, dict):
        return next((found for key in keys if (found := texts(value.get(key), "name", "url", depth=depth + 1))), [])
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return []
    return [text] if (text := plain(str(value))) else []


def plain(text: str) -> str:
    """The text without entities and tags, which many systems leave in JSON, and without the half of a character that
    stays where they cut a text within an emoji."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    return " ".join(_SURROGATE.sub("", _MARKUP.sub(" ", text)).split())


def named(node: Node, nodes: list[Node]) -> Node:
    """The node that `node` refers to by its @id where it says nothing else itself."""
    if set(node) - {"@id", "@type"}:
        return node
    return next(
        (other for other in nodes if other is not node and other.get("@id") == node.get("@id") and "name" in other),
        node,
    )


def authors(article: Node, nodes: list[Node]) -> list[str]:
    """The names of the article's authors, else of its creators."""
    for key in ("author", "creator"):
        value = article.get(key)
        people = value[:_MOST_PEOPLE] if isinstance(value, list) else [value]
        people = [named(person, nodes) if isinstance(person, dict) else person for person in people]
        if names := texts(people, "name", "alternateName"):
            return names
    return []


def body_of(article: Node) -> str:
    """articleBody as written, HTML or plain text."""
    body = article.get("articleBody")
    return body if isinstance(body, str) else ""


def site_name(article: Node, nodes: list[Node]) -> str:
    """The publisher's name."""
    publisher = article.get("publisher")
    publisher = publisher[0] if isinstance(publisher, list) and publisher else publisher
    publisher = named(publisher, nodes) if isinstance(publisher, dict) else publisher
    return next(iter(texts(publisher, "name")), "")
