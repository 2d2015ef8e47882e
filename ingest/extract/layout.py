"""A page's tree -> its layout: boxes, and the passages of text in them, in the order in which a reader meets them.

    <div class="story"><p>The <a>crews</a> walked.</p><p>They sang.</p></div>

    boxes      0 body   1 div.story   2 p   3 p        (each a block-level element, with the box that it is in)
    passages   "The crews walked." in 2, 5 characters of it linked      "They sang." in 3

A passage is text with no block element and no double line break inside: what may be one paragraph of an article. What
readers never see (scripts, forms' fields, drawings) is left out, and so are navigation and footers, a third of all
elements with one word of ten thousand of the articles'. What is hidden until a script shows it is marked.
"""

import re
from collections.abc import Sequence, Set
from typing import NamedTuple

from lxml.html import HtmlElement

_BOXES = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
    "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
}  # fmt: skip
_UNREAD = {
    "audio", "button", "canvas", "dialog", "embed", "iframe", "input", "label", "map", "math", "menu",
    "noscript", "object", "option", "script", "select", "style", "svg", "template", "textarea", "title", "video",
}  # fmt: skip
_OPENED = {"dialog", "menu", "noscript", "object", "svg", "template"}
"""Of these, what is looked into where nothing else has a text."""
_FRAME = {"nav", "footer"}
_FRAME_ROLES = {"navigation", "contentinfo", "dialog", "search"}
"""Elements of the site rather than of the page, by name and by ARIA role."""
_INLINE, _BOX, _SKIP, _BREAK, _LINK, _BOLD = range(6)
_KINDS = {
    **dict.fromkeys(_BOXES, _BOX), **dict.fromkeys(_UNREAD, _SKIP), "br": _BREAK, "a": _LINK, "b": _BOLD,
    "strong": _BOLD,
}  # fmt: skip
_NO_DISPLAY = re.compile(r"display\s*:\s*none", re.IGNORECASE)


class Box(NamedTuple):
    """A block-level element. `parent` is the number of the box around it, -1 for the outermost."""

    element: HtmlElement
    parent: int
    hidden: bool


class Passage(NamedTuple):
    """A run of text. `box` is the number of the box that it stands in; `linked` and `bold` count its characters."""

    box: int
    text: str
    linked: int
    bold: int


class Layout(NamedTuple):
    """A page as boxes and passages; a box comes after the box that it is in. broken: the boxes from which a part of the
    site's frame was left out. unseen: the elements inside passages that were left out, as nobody sees them."""

    boxes: Sequence[Box]
    passages: Sequence[Passage]
    broken: Set[int]
    unseen: Set[HtmlElement]


def layout(tree: HtmlElement, *, whole: bool = False) -> Layout:
    """The layout of the page's body. whole: with all that is otherwise left out, for pages that have their text there,
    mostly since an element was never closed.

    The tree is no deeper than the parser allows (255 elements).
    """
    body = None if whole else tree.find("body")
    return _read(tree if body is None else body, whole)


def _read(body: HtmlElement, whole: bool) -> Layout:  # noqa: PLR0915 - a class for its state takes a third longer
    """One pass over a thousand elements: its state is in local variables and it passes by position, for speed."""
    kinds = {**_KINDS, **dict.fromkeys(_OPENED, _BOX)} if whole else _KINDS
    boxes: list[Box] = []
    passages: list[Passage] = []
    texts: list[str] = []
    broken: set[int] = set()
    hidden_words: set[HtmlElement] = set()
    box, linked, bold, breaks = -1, 0, 0, 0

    def end() -> None:
        nonlocal linked, bold, breaks
        if texts:
            if text := " ".join("".join(texts).split()):
                passages.append(Passage(box, text, linked, bold))
            texts.clear()
            linked = bold = 0
        breaks = 0

    def add(text: str, in_link: bool, in_bold: bool) -> None:
        nonlocal linked, bold, breaks
        if text.isspace():
            if texts:
                texts.append(" ")
            return
        texts.append(text)
        breaks = 0
        if in_link:
            linked += len(text)
        if in_bold:
            bold += len(text)

    def open_box(element: HtmlElement, hidden: bool) -> None:
        nonlocal box
        end()
        boxes.append(Box(element, box, hidden))
        box = len(boxes) - 1

    def read(element: HtmlElement, kind: int, in_link: bool, in_bold: bool, hidden: bool) -> None:
        nonlocal box, breaks
        if kind == _BOX:
            open_box(element, hidden)
        elif kind == _BREAK:
            breaks += 1
            add(" ", False, False)
            if breaks == 2:
                end()
        in_link = in_link or kind == _LINK
        in_bold = in_bold or kind == _BOLD
        if text := element.text:
            add(text, in_link, in_bold)
        for child in element:
            inner = kinds.get(child.tag, _INLINE)
            if inner == _BOX and not whole and is_frame(child):
                end()
                broken.add(box)
            elif inner != _SKIP:
                unseen = is_hidden(child)
                if inner == _BOX or not unseen:
                    read(child, inner, in_link, in_bold, hidden or unseen)
                else:  # words hidden inside a paragraph are for machines
                    hidden_words.add(child)
            if text := child.tail:
                add(text, in_link, in_bold)
        if kind == _BOX:
            end()
            box = boxes[box].parent

    read(body, _BOX, False, False, False)
    return Layout(boxes, passages, broken, hidden_words)


def is_frame(element: HtmlElement) -> bool:
    """Whether it is a part of the site rather than of the page."""
    return element.tag in _FRAME or element.get("role") in _FRAME_ROLES


def is_hidden(element: HtmlElement) -> bool:
    """Whether nobody sees it, by what it says itself."""
    get = element.get
    style = get("style")
    return (
        (style is not None and _NO_DISPLAY.search(style) is not None)
        or get("hidden") is not None
        or get("aria-hidden") == "true"
    )
