"""What an outlet's pages have in common -> where its next page has its body, without looking for it anew.

    a page and the body that was found in it ─observe─► Observation ─┐
    some more of them                                                ├─derive─► Template ─► fitting.py
                                                                     ┘
An observation says which element held the body, and of each kind of element inside it how often its text was a part of
the body and how often not. A kind is the path of steps to it from there (places.py). A template is where observations
agree. It is applied only to what they have seen: text in an element of a kind that none of them knew may be anything,
so that page is read the long way, and learned from. Pure; when it is learned and trusted is said in outlet.py.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from lxml.html import HtmlElement

from ingest.extract.layout import Layout, Passage, layout
from ingest.extract.metadata import key
from ingest.extract.places import (
    BETWEEN,
    joined,
    path_of,
    step_of,
    tags_of,
    tokens_of,
    without_number,
)
from ingest.models import Record
from ingest.words import word_count

FEWEST = 3
"""Observations that agree before there is a template."""
STABLE = 0.6
"""Share of the observations in which a class must be for their template to ask for it."""
FOUND = 0.9
"""Share of the body's letters that must be in elements of the page to learn from it."""
NEARLY_ALL = 0.9
"""Share of the texts in elements of one kind that must have been in the body to take them all."""
LINKED = 0.8
"""Share of letters in links from which an element is one of links."""
DEEPER = 3
"""Levels between two containers of one layout."""
MOST_KINDS = 300
_LINKS = " (links)"


class Verdict(StrEnum):
    """What becomes of the elements of one kind. PROSE: they are the body's unless they are links; OPEN: it depends on
    what is in them."""

    IN = "in"
    OUT = "out"
    PROSE = "prose"
    OPEN = "open"


class Observation(Record, frozen=True, kw_only=True):
    """One page. article: its id; container: path from the root to the element that holds the body; kinds: path from
    there -> texts that were in the body, and texts that were not, those of links by themselves; words: of the body."""

    article: str
    container: tuple[str, ...]
    kinds: dict[str, tuple[int, int]]
    words: int
    confidence: float = 0.0


class Template(Record, frozen=True, kw_only=True):
    """What several observations agree on. kinds: path from the container -> what becomes of it; words: of the
    shortest and of the longest body among them; confidence: their mean."""

    container: tuple[str, ...]
    kinds: dict[str, Verdict]
    pages: int
    words: tuple[int, int]
    confidence: float


# ── observing ──


def observe(tree: HtmlElement, article: str, texts: Iterable[str], confidence: float = 0.0) -> Observation | None:
    """Where in the page these texts are, the blocks of its body; None where most of them are in no element of their own
    (a body that came from JSON-LD, say)."""
    texts = list(texts)
    wanted = {short for text in texts if (short := key(text))}
    page = layout(tree)
    chosen = _chosen(page, wanted)
    letters = sum(map(len, wanted))
    if not chosen or sum(len(key(page.passages[number].text)) for number in chosen) < FOUND * letters:
        return None
    container = _common([page.boxes[page.passages[number].box].element for number in chosen])
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    inside = {container, *container.iterdescendants()}
    for number, passage in enumerate(page.passages):
        element = page.boxes[passage.box].element
        if element in inside:
            for path in _kinds_of(element, container, passage):
                counts[path][number not in chosen] += 1
    kinds = {path: (there, not_there) for path, (there, not_there) in list(counts.items())[:MOST_KINDS]}
    words = sum(map(word_count, texts))
    return Observation(article=article, container=path_of(container), kinds=kinds, words=words, confidence=confidence)


def _chosen(page: Layout, wanted: set[str]) -> set[int]:
    """The passages that are in the body. Of several with the same text (a lead that a teaser repeats) the one that is
    among most others."""
    fitting = [
        (number, short) for number, passage in enumerate(page.passages) if (short := key(passage.text)) in wanted
    ]
    near = Counter(parent for number, _ in fitting for parent in _around(page, number))
    best: dict[str, tuple[int, int]] = {}
    for number, short in fitting:
        company = sum(near[parent] for parent in _around(page, number))
        if short not in best or company > best[short][0]:
            best[short] = (company, number)
    return {number for _, number in best.values()}


def _around(page: Layout, number: int) -> Iterator[int]:
    """The two boxes around a passage's own."""
    box = page.boxes[page.passages[number].box].parent
    for _ in range(2):
        if box >= 0:
            yield box
            box = page.boxes[box].parent


def _common(elements: Sequence[HtmlElement]) -> HtmlElement:
    """The innermost element that has them all in it."""
    common = list(reversed([elements[0], *elements[0].iterancestors()]))
    for element in elements[1:]:
        own = {element, *element.iterancestors()}
        common = [one for one in common if one in own]
    return common[-1]


def _kinds_of(element: HtmlElement, container: HtmlElement, passage: Passage) -> Iterator[str]:
    """The kinds that a passage is of: each element from the container down to its own, and that as links."""
    steps: list[str] = []
    while element is not container:
        steps.append(step_of(element))
        element = element.getparent()
    path = ""
    for step in reversed(steps):
        path = joined(path, step)
        yield path
    if path and passage.linked >= LINKED * len(passage.text):
        yield f"{path}{_LINKS}"


# ── deriving ──


def same_layout(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two containers may be of one layout: the same tags, and classes in common at every step but one; those of
    `body` aside, which say what a page is about. One may be inside the other, since a body with a lead of its own is
    held by an element further out than a body without."""
    shared = min(len(one), len(other))
    if tags_of(one)[:shared] != tags_of(other)[:shared] or abs(len(one) - len(other)) > DEEPER:
        return False
    steps = ((tokens_of(step), tokens_of(like)) for step, like in zip(one[2:], other[2:], strict=False))
    apart = [bool(first and second) and first.isdisjoint(second) for first, second in steps]
    return sum(apart) <= 1 and not any(apart[-1:])


def derive(observations: Sequence[Observation]) -> Template | None:
    """What these observations of one layout agree on; None while they are too few."""
    if len(observations) < FEWEST:
        return None
    depth = min(len(observation.container) for observation in observations)
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for observation in observations:
        for path, counts in _kinds_from(observation, depth):
            totals[path][0] += counts[0]
            totals[path][1] += counts[1]
    words = [observation.words for observation in observations]
    parents = {path.rpartition(BETWEEN)[0] for path in totals}
    return Template(
        container=tuple(_stable([observation.container[at] for observation in observations]) for at in range(depth)),
        kinds={path: _verdict(path, totals, path in parents) for path in totals if not path.endswith(_LINKS)},
        pages=len(observations),
        words=(min(words), max(words)),
        confidence=sum(observation.confidence for observation in observations) / len(observations),
    )


def _stable(steps: Sequence[str]) -> str:
    """The step with those of its classes that most of the observations have."""
    seen = Counter(token for step in steps for token in set(step.split(" ")[1:]))
    kept = sorted((token.startswith("@"), token) for token, times in seen.items() if times >= STABLE * len(steps))
    return " ".join((*tags_of(steps[:1]), *(token for _, token in kept)))


def _kinds_from(observation: Observation, depth: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """The kinds as seen from an element so deep, which is the container or further out."""
    inner = ""
    for step in observation.container[depth:]:
        inner = joined(inner, without_number(step))
        yield inner, (1, 0)
    for path, counts in observation.kinds.items():
        yield joined(inner, path), counts


def _verdict(path: str, totals: dict[str, list[int]], has_inner: bool) -> Verdict:
    there, not_there = totals[path]
    if not not_there:
        return Verdict.IN
    if not there:
        return Verdict.OUT
    if has_inner:
        return Verdict.OPEN
    linked, linked_out = totals.get(f"{path}{_LINKS}", (0, 0))
    return Verdict.PROSE if linked_out > linked else Verdict.IN if there > not_there else Verdict.OUT
