"""A page's layout -> a row of numbers for each passage: what the body's model judges it by.

Nothing here decides. A row says what the passage is (words, links, tag), what its boxes are called and hold, where it
stands among the page's prose, and what it shares with the page's title, description and structured data.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.extract.boxes import PROSE, Boxes, is_prose
from ingest.extract.layout import Layout, Passage
from ingest.words import word_count

Matrix = NDArray[np.float32]

FEATURES = (
    # the passage itself
    "words", "linked", "ends_sentence", "upper", "digits", "bold", "starts_lower", "worst_word", "mean_word",
    "first_word",
    "p", "li", "h1", "h2", "h3-6", "cell", "quote", "caption", "div",
    # what its boxes are called: sums and extremes of their names' scores, from its own box outwards
    "own_name", "parent_name", "grandparent_name", "own_worst", "parent_worst", "grandparent_worst", "worst_name",
    "best_name", "depth", "hidden",
    # what its boxes hold
    "prose_in_box", "prose_in_parent", "prose_in_grandparent", "prose_in_great_grandparent", "links_in_parent",
    "links_in_grandparent", "passages_in_box", "passages_in_parent", "purity_of_parent", "purity_of_grandparent",
    "in_half", "in_most", "below_half", "below_most", "same_style",
    # where it stands
    "position", "words_before", "prose_before", "prose", "purity", "after_h1", "after_first", "before_last",
    # what it shares with what the page says about itself
    "in_title", "in_h1", "in_summary", "in_stated_body",
    # which elements it is in
    "in_article", "in_main", "in_aside", "in_footer", "in_header", "in_nav", "in_form", "in_figure", "in_table",
    "in_ul", "in_ol", "in_blockquote", "in_section", "in_li", "in_figcaption", "in_heading",
    # its neighbours
    *(f"{name}_{where}" for where in ("-2", "-1", "+1", "+2") for name in ("words", "linked", "near", "prose")),
)  # fmt: skip

_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff]|[^\\W_]+")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE = re.compile(r"[.!?。！？…:]['\"”’»)）」』\s]*$")
_HEAD = 400
"""Characters of a passage whose words are looked at."""


class Stated(NamedTuple):
    """What the page says about itself; empty where it says nothing. body: JSON-LD's articleBody as plain text."""

    title: str = ""
    summary: str = ""
    body: str = ""


class Lexicon(NamedTuple):
    """How likely text is an article's by one of its boxes' names (class, id, role), or by one of its words: log odds
    against the average passage's, over many outlets."""

    names: Mapping[str, float]
    words: Mapping[str, float]


class Measured(NamedTuple):
    """numbers: which passages were measured; the others are menus. matrix: a row for each, a column per feature.
    words: of each of the measured."""

    numbers: list[int]
    matrix: Matrix
    words: NDArray[np.float64]


def measure(page: Layout, stated: Stated, lexicon: Lexicon) -> Measured:
    """The features of every passage that could be an article's.

    Left out are what has no letter, what is short and nearly all links, and what is short and outside the box that
    holds half of the page's prose: two thirds of all passages, and one word of a thousand of the articles'.
    """
    counts = [word_count(passage.text) for passage in page.passages]
    boxes = Boxes(page, counts)
    numbers = [
        number
        for number, (passage, count) in enumerate(zip(page.passages, counts, strict=True))
        if (count >= PROSE or passage.box in boxes.half)
        and not (count <= 12 and passage.linked >= 0.7 * len(passage.text))
        and _LETTER.search(passage.text)
    ]
    if not numbers:
        return Measured([], np.zeros((0, len(FEATURES)), np.float32), np.zeros(0))
    boxes.describe(page, numbers, lexicon.names)
    places = _Places(page, counts, boxes)
    said = _Said(page, stated)
    rows = []
    for number in numbers:
        passage, count = page.passages[number], counts[number]
        words = words_of(passage.text[:_HEAD])
        row = _of_text(passage, count, words, lexicon.words)
        row += boxes.of(passage.box)
        row += places.of(number)
        row += said.of(words, count)
        row += boxes.around[passage.box]
        row += places.near(number)
        rows.append(row)
    return Measured(numbers, np.array(rows, np.float32), np.array([counts[number] for number in numbers], float))


def words_of(text: str) -> list[str]:
    """The words of a text in lower case; a character each in Chinese and Japanese."""
    return _WORD.findall(text.casefold())


def _of_text(passage: Passage, count: int, words: Sequence[str], lexicon: Mapping[str, float]) -> list[float]:
    text = passage.text
    head = text[:60]
    scores = [lexicon.get(word, 0.0) for word in words] or [0.0]
    return [
        math.log1p(count),
        min(1.0, passage.linked / len(text)),
        1.0 if _SENTENCE.search(text[-8:]) else 0.0,
        sum(map(str.isupper, head)) / len(head),
        sum(map(str.isdigit, head)) / len(head),
        min(1.0, passage.bold / len(text)),
        1.0 if head[0].islower() else 0.0,
        min(scores),
        sum(scores) / len(scores),
        scores[0],
    ]


class _Places:
    """Where each passage stands among the others."""

    def __init__(self, page: Layout, counts: Sequence[int], boxes: Boxes) -> None:
        self.page, self.counts, self.boxes = page, counts, boxes
        self.prose = [is_prose(passage, count) for passage, count in zip(page.passages, counts, strict=True)]
        self.lengths = [math.log1p(count) for count in counts]
        self.shares = [min(1.0, passage.linked / len(passage.text)) for passage in page.passages]
        self.words_before, self.prose_before = [0], [0]
        styles: Counter[str] = Counter()
        for passage, count, prose in zip(page.passages, counts, self.prose, strict=True):
            self.words_before.append(self.words_before[-1] + count)
            self.prose_before.append(self.prose_before[-1] + count * prose)
            if prose:
                styles[boxes.style(passage.box)] += count
        self.styles = styles
        main = [
            number for number, passage in enumerate(page.passages) if self.prose[number] and passage.box in boxes.half
        ]
        self.first, self.last = (main[0], main[-1]) if main else (0, len(counts))
        self.headline = next(
            (n for n, passage in enumerate(page.passages) if page.boxes[passage.box].element.tag == "h1"), None
        )

    def of(self, number: int) -> list[float]:
        passage = self.page.passages[number]
        words, prose = self.words_before[-1] or 1, self.prose_before[-1] or 1
        return [
            self.styles[self.boxes.style(passage.box)] / prose,
            number / len(self.counts),
            self.words_before[number] / words,
            self.prose_before[number] / prose,
            math.log1p(prose),
            prose / words,
            -99.0 if self.headline is None else max(-30, min(60, number - self.headline)),
            max(-30, min(60, number - self.first)),
            max(-60, min(30, number - self.last)),
        ]

    def near(self, number: int) -> list[float]:
        passages, parents = self.page.passages, self.boxes.parents
        box = passages[number].box
        parent = parents[box]
        row: list[float] = []
        for other in (number - 2, number - 1, number + 1, number + 2):
            if 0 <= other < len(passages):
                near = passages[other].box == box or parents[passages[other].box] == parent
                row += (self.lengths[other], self.shares[other], float(near), float(self.prose[other]))
            else:
                row += (-1.0, -1.0, -1.0, -1.0)
        return row


class _Said:
    """What passages share with what the page says about itself elsewhere."""

    def __init__(self, page: Layout, stated: Stated) -> None:
        headline = next((p.text for p in page.passages if page.boxes[p.box].element.tag == "h1"), "")
        self.title, self.headline = set(words_of(stated.title)), set(words_of(headline))
        self.summary = shingles(words_of(stated.summary), 3)
        self.body = shingles(words_of(stated.body), 4) if len(stated.body) > 200 else set()

    def of(self, words: Sequence[str], count: int) -> list[float]:
        short = words if count <= 40 else []
        return [
            _share(short, self.title),
            _share(short, self.headline),
            _share(shingles(words, 3), self.summary) if self.summary else -1.0,
            _share(shingles(words, 4), self.body) if self.body else -1.0,
        ]


def shingles(words: Sequence[str], length: int) -> set[tuple[str, ...]]:
    """Every run of so many words."""
    return set(zip(*(words[start:] for start in range(length)), strict=False))


def _share(parts: Collection[object], whole: set[Any]) -> float:
    return len(whole.intersection(parts)) / len(parts) if parts and whole else 0.0
