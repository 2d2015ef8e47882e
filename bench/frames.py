"""A real page's frame, and other articles put into its places.

    page + its gold ─► Frame ──fill(Manuscript, url, ...)──► a page of the same outlet, about something else

The frame is everything around the article: navigation, boxes, scripts, and the article's own elements with their class
names. Its places are found by the gold standard (an element whose words are a gold paragraph's is one), so a page in
which not all of its gold is found is no frame. Teasers and captions vary from page to page as they would.
"""

import random
from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import datetime
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring, tostring

from bench.manuscripts import Line, Manuscript
from bench.rewriting import Rewriting
from ingest.extract.metadata import key
from ingest.extract.page import decode

TEASER_WORDS = 5
"""Words from which a link is the title of some other article rather than a part of the navigation."""


class Frame:
    """A page with places for another article's title, authors, date and lines."""

    def __init__(self, body: bytes, url: str, own: Manuscript) -> None:
        """Raises ValueError where the article's own words are not wholly found, each in an element of its own."""
        self.url, self.own = url, own
        self._tree: HtmlElement = document_fromstring(decode(body).encode(), parser=HTMLParser(encoding="utf-8"))
        self._mark_places()
        self._authors = tuple(name for name in own.authors if self._is_a_persons(name))

    def _mark_places(self) -> None:
        """Give each place an attribute, by which it is found again in a copy of the tree."""
        etree.strip_tags(self._tree, etree.Comment, etree.ProcessingInstruction)
        by_key: dict[str, list[HtmlElement]] = {}
        for element in self._tree.iter("p", "h2", "h3", "h4", "h5", "li", "blockquote", "div", "section", "td"):
            if words := key(element.text_content()):
                by_key.setdefault(words, []).append(element)
        taken: set[HtmlElement] = set()
        for line in self.own.lines:
            found = [element for element in by_key.get(key(line.text), ()) if element not in taken]
            # The innermost one, which is the last of those that contain each other; a teaser elsewhere comes after.
            innermost = next(
                (each for each in found if not any(inner in found for inner in each.iterdescendants())), None
            )
            if innermost is None:
                raise ValueError(f"not in the page: {line.text[:60]}")
            taken.add(innermost)
            innermost.set("teletipo-place", line.role)
        headings = [h1 for h1 in self._tree.iter("h1", "h2") if key(h1.text_content()) == key(self.own.title)]
        if not headings or not any(line.role == "paragraph" for line in self.own.lines):
            raise ValueError("no heading with the title, or no paragraph")
        for heading in headings:
            heading.set("teletipo-place", "title")

    def _is_a_persons(self, name: str) -> bool:
        """Whether the name is the author's alone, and not the outlet's or an agency's that stands all over the page."""
        page = tostring(self._tree, encoding="unicode")
        return 0 < page.count(name) <= 20 and name not in (self._tree.findtext(".//title") or "")

    def fill(self, new: Manuscript, url: str, others: Sequence[str], chance: random.Random) -> tuple[bytes, Manuscript]:
        """The page of `new` at `url`, and `new` as it stands there: by as many authors as the frame has names for, and
        without headings where the frame has no place for any. others: titles for the teasers, words for captions."""
        clock = self.own.published.timetz()  # another one might be another day in the outlet's time zone
        new = new._replace(published=datetime.combine(new.published.date(), clock))
        authors = tuple((*new.authors, *self._authors)[: len(self._authors)])
        kept = tuple(name for name in self.own.authors if name not in self._authors)
        new = new._replace(authors=(*authors, *kept))
        tree = deepcopy(self._tree)
        _Tease(others, chance).apply(tree)
        lines = _set_lines(tree, new.lines, chance)
        new = new._replace(lines=lines)
        for heading in _places(tree, "title"):
            _set_text(heading, new.title)
        Rewriting(self.own, new, self._changes(authors, url)).apply(tree)
        for place in tree.iter():
            place.attrib.pop("teletipo-place", None)
        return tostring(tree, encoding="utf-8", doctype="<!DOCTYPE html>", include_meta_content_type=True), new

    def _changes(self, authors: Sequence[str], url: str) -> list[tuple[str, str]]:
        """Names and addresses, old and new."""
        return [*zip(self._authors, authors, strict=True), (self.url, url), (self.url.partition("?")[0], url)]


def _places(tree: HtmlElement, role: str) -> list[HtmlElement]:
    return [element for element in tree.iter() if element.get("teletipo-place") == role]


def _set_text(element: HtmlElement, text: str) -> None:
    for child in list(element):
        element.remove(child)
    element.text = text


def _remove(element: HtmlElement) -> None:
    element.drop_tree()


def _set_lines(tree: HtmlElement, lines: Iterable[Line], chance: random.Random) -> tuple[Line, ...]:
    """Set the lines into the places of their kind: more of them than the frame has become copies of the last one.
    Returns those that found a place."""
    slots = {role: _places(tree, role) for role in ("summary", "heading", "paragraph")}
    model = {role: deepcopy(found[0]) for role, found in slots.items() if found}
    for copy in model.values():
        copy.tail = "\n"
    for heading in slots["heading"]:
        _remove(heading)
    waiting, done, last, pending = list(slots["paragraph"]), [], slots["paragraph"][0], list[HtmlElement]()
    summaries = list(slots["summary"])
    for line in lines:
        if line.role == "heading":
            if "heading" in model:
                pending.append(_written(deepcopy(model["heading"]), line.text))
                done.append(line)
            continue
        if line.role == "summary" and summaries:
            _written(summaries.pop(0), line.text)
            done.append(line)
            continue
        if waiting and line.role != "foreign":
            place = waiting.pop(0)
        else:
            place = deepcopy(model["paragraph"])
            last.addnext(place)
        _written(place, line.text, chance)
        for heading in pending:
            place.addprevious(heading)
        pending.clear()
        last = place
        done.append(line)
    for place in (*summaries, *waiting, *pending):
        if place.getparent() is not None:
            _remove(place)
    return tuple(done)


def _written(element: HtmlElement, text: str, chance: random.Random | None = None) -> HtmlElement:
    """The element with this text; one paragraph in five has a link in its midst."""
    tail = element.tail
    _set_text(element, text)
    words = text.split(" ")
    if chance and len(words) > 12 and chance.random() < 0.2:
        at = chance.randrange(3, len(words) - 6)
        link = etree.SubElement(element, "a", href=f"/topics/{at}")
        element.text, link.text, link.tail = (
            " ".join(words[:at]) + " ",
            " ".join(words[at : at + 3]),
            " " + " ".join(words[at + 3 :]),
        )
    element.tail = tail
    return element


class _Tease(NamedTuple):
    """Other words for what varies from page to page around an article: teasers' links and pictures' captions."""

    others: Sequence[str]
    chance: random.Random

    def apply(self, tree: HtmlElement) -> None:
        for element in list(tree.iter("a", "figcaption")):
            inside = element.get("teletipo-place") or any(
                near.get("teletipo-place") for near in (*element.iterancestors(), *element.iterdescendants())
            )
            if not inside and len(element.text_content().split()) >= TEASER_WORDS:
                _set_text(element, self.chance.choice(self.others))
