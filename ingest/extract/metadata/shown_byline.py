"""The byline that a reader sees, where the page states nobody, only its outlet, or somebody in a doubtful place.

    elements with an author's class or a link to an author's page ─┐
    lines that begin with "By", stand beside the date, or alone    ─┴─► names and a score ─► the best

The score is where it stands (between headline and body is best) and how it is marked. Authors in the same list with
the same mark are taken together.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml.html import HtmlElement

from ingest.clean import split_authors
from ingest.clean.names import is_byline
from ingest.clean.written import find_dates
from ingest.extract.metadata.byline import OUTLET
from ingest.extract.metadata.found import Found, line
from ingest.extract.metadata.head import Head
from ingest.extract.metadata.outlet import Outlet
from ingest.extract.metadata.places import is_aside
from ingest.extract.metadata.visible import Line, Place, Visible, text_of

_OF_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:by-?lines?|authors?|autor(?:es|en|a)?|auteurs?|firmas?|vcard|p-author|writers?|reporters?"
    r"|journalists?|redact\w+|signature)(?=$|[\s_-]|name|s?__)",
    re.IGNORECASE,
)
_TO_AUTHOR = re.compile(
    r"/(?:aut(?:h?or|eur)[\w-]*|people|profile|by|staff|journalist\w*|periodista\w*|person\w*|columnist\w*"
    r"|contributor\w*|reporter\w*|writers?|redakt\w*)/",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\b(?:last|updat|modif|güncel|aktual|actuali|atualiz|aggiorn|publi|veröff|uhr|stand|lectura|leitura|lesezeit|read|comment"
    r"|kommentar|photo|foto|image|bild)",
    re.IGNORECASE,
)
_PARTICLES = {
    "de", "del", "da", "do", "dos", "das", "di", "la", "las", "los", "le", "van", "von", "der", "den", "zu", "bin",
    "ben", "al", "el", "y", "e", "du", "des", "ten", "ter", "af", "av", "vom", "'t",
}  # fmt: skip
_PICTURES = {"figure", "figcaption", "picture"}
_LONGEST, _LONGEST_LINE = 160, 100
_LEAST = 4
"""The score of a byline: a line with names in the right place, or a marked element next to it."""


class _Candidate(NamedTuple):
    names: tuple[str, ...]
    score: int
    element: HtmlElement
    evidence: str


def shown_authors(view: Visible, head: Head, *, lone: bool) -> tuple[Found, ...]:
    """The authors that the page shows; none where nothing looks like a byline.

    lone: whether one word without a space may be a name, which it rarely is.
    """
    candidates = [one for near in view.near.items() for one in _marked(*near, view.frame, head.outlet, lone)]
    candidates += [one for shown in view.lines for one in _unmarked(shown, view, head.outlet)]
    best = max(candidates, key=lambda one: one.score, default=None)
    if best is None or best.score < _LEAST:
        return ()
    alike = (one for one in candidates if one is best or _is_beside(one, best))
    names = dict.fromkeys(name for one in alike for name in one.names)
    return tuple(Found(name, best.evidence, OUTLET if head.outlet.is_in(name) else 0.75) for name in names)


def _marked(
    element: HtmlElement, place: Place, frame: frozenset[HtmlElement], outlet: Outlet, lone: bool
) -> Iterator[_Candidate]:
    marks = f"{element.get('class', '')} {element.get('id', '')}"
    classed = element.get("rel") == "author" or (marks != " " and _OF_AUTHOR.search(marks) is not None)
    if not classed and not _is_to_author(element):
        return
    text = line(element)
    in_picture = any(around.tag in _PICTURES for around in element.iterancestors())
    if not 0 < len(text) <= _LONGEST or in_picture or is_aside(element, frame, place is Place.BETWEEN):
        return
    written = split_authors([text_of(element)])
    names = _linked(element) or [name for name in written if looks_like_name(name)]
    if not names and lone and classed and len(written) == 1 and " " not in written[0]:
        names = [*written]
    if others := tuple(name for name in names if not outlet.is_in(name)):
        score = place + 3 * classed + 2 * is_byline(text) + (element.tag == "a") - 2 * max(0, len(others) - 2)
        yield _Candidate(others, score, element, "byline")
    elif names:
        yield _Candidate(tuple(names), place + classed, element, "byline")


def _is_to_author(element: HtmlElement) -> bool:
    return element.tag == "a" and bool(element.get("rel") == "author" or _TO_AUTHOR.search(element.get("href") or ""))


def _linked(element: HtmlElement) -> list[str]:
    links = map(line, filter(_is_to_author, element.iter("a")))
    return [name for name in split_authors(links) if looks_like_name(name)]


def _unmarked(shown: Line, view: Visible, outlet: Outlet) -> Iterator[_Candidate]:
    between = shown.place is Place.BETWEEN
    if len(shown.text) > _LONGEST_LINE:
        return
    bylines = [part for part in re.split(r"\s[|•·]\s", shown.text) if is_byline(part)]
    names = tuple(name for name in split_authors(bylines) if looks_like_name(name))
    if not names and between:
        names = _beside_date(shown.text) or _alone(shown, view)
    if names and not any(map(outlet.is_in, names)) and not is_aside(shown.element, view.frame, between):
        yield _Candidate(names, shown.place + 2 * bool(bylines), shown.element, "text")


def _beside_date(text: str) -> tuple[str, ...]:
    """The names before or after the date in a line that holds little else."""
    date = next(find_dates(text), "")
    parts = text.partition(date)[::2] if date else ()
    return next((names for part in parts if (names := _full_names(part))), ())


def _alone(shown: Line, view: Visible) -> tuple[str, ...]:
    """The names in a short paragraph just above the body or at its beginning that holds nothing else."""
    begins = shown.element.tag in {"p", "div"} and shown.element in view.opening
    is_prose = shown.text.endswith((".", "?", "!", ":")) or shown.text.isupper()
    return _full_names(shown.text) if begins and not is_prose else ()


def _full_names(text: str) -> tuple[str, ...]:
    names = split_authors([text])
    return names if len(names) < 4 and all(" " in name and looks_like_name(name) for name in names) else ()


def _is_beside(one: _Candidate, best: _Candidate) -> bool:
    """Whether it is another author in the same list, marked in the same way."""
    same = one.element.get("class") == best.element.get("class") and one.element.getparent() is best.element.getparent()
    return one.evidence == best.evidence == "byline" and same


def looks_like_name(text: str) -> bool:
    """Up to five words with a capital each, particles aside; in scripts without capitals a short text."""
    words = text.split()
    if not 0 < len(words) <= 5 or any(map(str.isdigit, text)) or _NO_NAME.search(text):
        return False
    return words[-1] not in _PARTICLES and all(word in _PARTICLES or not word[0].islower() for word in words)
