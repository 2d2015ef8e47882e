"""Elements of a page's tree, or what a feed carried -> Blocks: paragraphs, headings, list entries, quotes, captions.

    <h2>Talks</h2><p>The <a href="/crews">crews</a>   walked</p>  ─►  h2 "Talks", p "The crews walked", its link in html

A block ends where its element does, at the next block element, and at two line breaks in a row. Its text has white
space collapsed; its html keeps the inline markup that means something. Scripts, forms and navigation are left out. By
iteration, as a tree may be deeper than Python's stack.
"""

import html
import re
from collections.abc import Container, Iterable
from urllib.parse import urljoin

from lxml import etree

from ingest.extract.page import TAG, parse
from ingest.models import Block

# HTML's block elements.
BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p",
    "pre", "section", "summary", "table", "tr", "ul",
}  # fmt: skip
DROPPED = {
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "form", "button", "select",
    "textarea", "audio", "video", "canvas", "nav", "title",
}  # fmt: skip
_CELLS = {"td", "th"}
_INLINE = {
    "a", "abbr", "b", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "small", "strong", "sub", "sup",
    "u",
}  # fmt: skip
# What a block is for the elements around its text, the innermost deciding; the headline of a page is no `h1` in a body.
_TAGS = {
    "h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h5", "h6": "h6", "li": "li", "blockquote": "blockquote",
    "pre": "pre", "figcaption": "figcaption",
}  # fmt: skip
_MARKED = _INLINE | _TAGS.keys() | _CELLS
_NO_TARGET = re.compile(r"\s*(?:#|(?!https?:)[a-z][a-z0-9+.-]*:|$)", re.IGNORECASE)
"""Links that lead to no other page: within this one, `javascript:`, `mailto:`."""
LONGEST_ADDRESS = 2000
"""Characters; what is longer leads nowhere, and is repeated in every block that its link is open in."""
_LAZY = ("data-src", "data-original", "data-lazy-src", "src")
"""Where an image's address stands; a template that loads images late keeps a placeholder in `src`."""
# At either end, maybe inside elements that begin or end there, or nothing but an element that is empty.
_OUTER_BREAK = re.compile(
    r"^((?:<(?!br>)[^>]*>)*)(?:\s|<br>)+|(?:\s|<br>)+((?:</\w+>)*)$"
    r"|^<(\w+)(?: [^>]*)?></\3>|<(\w+)(?: [^>]*)?></\4>(?=(?:</\w+>)*$)"
)
DEEP = 10
"""Elements with nothing but breaks in them, one beside or inside the other, that are looked for."""
ICON = 200
"""Pixels: an image that is less wide, or stands in no `figure` and does not say how wide it is, is no picture."""


def blocks_of(fragment: str) -> tuple[Block, ...]:
    """The blocks of an HTML fragment (a feed's content:encoded) or of plain text.

    In plain text a blank line ends a paragraph, or each line end where there is no blank line. Raises ExtractFailed.
    """
    if not TAG.search(fragment):
        fragment = html.unescape(fragment)  # markup that was escaped twice shows now
    if not TAG.search(fragment):
        texts = (" ".join(part.split()) for part in _plain_paragraphs(fragment))
        return tuple(Block(tag="p", text=text, html=html.escape(text, quote=False)) for text in texts if text)
    return blocks_in(parse(f"<div>{fragment}</div>"))


def blocks_in(
    elements: etree._Element | Iterable[etree._Element], without: Container[etree._Element] = ()
) -> tuple[Block, ...]:
    """The blocks under one element of a tree, or under several in their order, none of which is inside another.
    without: elements inside these that are left out."""
    chosen = [elements] if isinstance(elements, etree._Element) else elements
    return tuple(block for element in chosen for block in _blocks(element, without))


def _plain_paragraphs(text: str) -> list[str]:
    blank_line = re.compile(r"\n[^\S\n]*\n")
    return blank_line.split(text) if blank_line.search(text.strip()) else text.splitlines()


def _blocks(root: etree._Element, without: Container[etree._Element]) -> list[Block]:
    draft = _Draft(_base(root))
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        ends = tag in BLOCKS or (tag == "br" and _is_second_line(element))
        if ends:
            draft.end()
        if event == "start":
            if tag in DROPPED or tag.__class__ is not str or element in without:  # a comment's tag is a function
                walk.skip_subtree()
            elif tag != "br":
                draft.open(tag, element)
            continue
        if tag == "br":
            draft.mark(" ", "" if ends else "<br>")
        elif tag in _MARKED and element not in without:
            draft.close(tag)
        if element is not root and (tail := element.tail):
            draft.mark(tail, _escaped(tail))
    return draft.all()


class _Draft:
    """The block that is being read: its text and its markup so far, and what is open around them."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._texts: list[str] = []
        self._markup: list[str] = []
        self._inline: list[tuple[str, str]] = []
        """What is open: name and start tag, which is empty where a link leads nowhere."""
        self._around: list[etree._Element] = []
        self._images: list[Block] = []
        """Seen inside the block, so shown before it."""
        self._blocks: list[Block] = []

    def open(self, tag: str, element: etree._Element) -> None:
        if tag in _TAGS:
            self._around.append(element)
        elif tag in _INLINE:
            start = f"<{tag}>" if tag != "a" else self._link(element)
            self._inline.append((tag, start))
            self.mark("", start)
        elif tag == "img" and (image := _image(element, self._base)):
            self._images.append(image)
        if text := element.text:
            self.mark(text, _escaped(text))

    def close(self, tag: str) -> None:
        if tag in _TAGS:
            self._around.pop()
        elif tag in _INLINE:
            self._shut(*self._inline.pop())
        else:  # a table's cell
            self.mark(" ", " ")

    def mark(self, text: str, markup: str) -> None:
        if text:
            self._texts.append(text)
        if markup:
            self._markup.append(markup)

    def end(self) -> None:
        """What was read until here is a block, if it is anything; what is open goes on in the next one."""
        if not self._texts:
            return
        if text := " ".join("".join(self._texts).split()):
            for tag, start in reversed(self._inline):
                self._shut(tag, start)
            self._blocks += (*self._images, self._block(text, "".join(self._markup)))
            self._images.clear()
        self._texts.clear()
        self._markup[:] = [start for _, start in self._inline if start]

    def all(self) -> list[Block]:
        self.end()
        return [*self._blocks, *self._images]

    def _link(self, element: etree._Element) -> str:
        """Empty where it leads nowhere, or is inside another, which HTML does not know."""
        inside = any(tag == "a" and start for tag, start in self._inline)
        target = "" if inside else _target(element.get("href") or "", self._base)
        return f'<a href="{html.escape(target)}">' if target else ""

    def _shut(self, tag: str, start: str) -> None:
        if start and self._markup[-1] == start:  # with nothing in it
            self._markup.pop()
        elif start:
            self._markup.append(f"</{tag}>")

    def _block(self, text: str, markup: str) -> Block:
        tag, ordered = "p", False
        if self._around:
            tags = [_TAGS[element.tag] for element in self._around]
            tag = "figcaption" if "figcaption" in tags else tags[-1]
            parent = self._around[-1].getparent()
            ordered = tag == "li" and parent is not None and parent.tag == "ol"
        markup = markup.strip("\n") if tag == "pre" else _without_outer_breaks(" ".join(markup.split()))
        return Block(tag=tag, text=text, html=markup, ordered=ordered)


def _without_outer_breaks(markup: str) -> str:
    """Without the line breaks, and what is empty besides, before the first word and after the last."""
    for _ in range(DEEP if "<br>" in markup else 0):
        before, markup = markup, _OUTER_BREAK.sub(r"\1\2", markup)
        if markup == before:
            break
    return markup


def _is_second_line(element: etree._Element) -> bool:
    """Whether only white space is between this line break and one before it."""
    before = element.getprevious()
    return before is not None and before.tag == "br" and not (before.tail or "").strip()


def _escaped(text: str) -> str:
    return html.escape(text, quote=False) if "&" in text or "<" in text or ">" in text else text


def _base(root: etree._Element) -> str:
    """What the page's links are relative to, where it is not the page itself."""
    base = root.getroottree().find("head/base[@href]")
    return "" if base is None else base.get("href")


def _target(address: str, base: str) -> str:
    """The address, relative to the page; empty where it leads to no other."""
    if _NO_TARGET.match(address):
        return ""
    try:
        target = urljoin(base, address.strip()) if len(address) + len(base) <= 2 * LONGEST_ADDRESS else ""
    except ValueError:
        return ""
    return target if len(target) <= LONGEST_ADDRESS else ""


def _image(element: etree._Element, base: str) -> Block | None:
    """A picture of the article's own: in a `figure`, or as wide as a picture."""
    width = re.match(r"\d+", element.get("width") or "")
    if not (width and int(width[0]) >= ICON) and (width or next(element.iterancestors("figure"), None) is None):
        return None
    for name in _LAZY:
        if target := _target(element.get(name) or "", base):
            alt = " ".join((element.get("alt") or "").split())
            return Block(tag="img", text="", html=f'<img src="{html.escape(target)}" alt="{html.escape(alt)}">')
    return None
