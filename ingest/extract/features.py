"""A page's layout -> a row of numbers for each passage: what the body's model judges it by.

Nothing here decides. A row says what the passage is (words, links, tag), what its boxes are called and hold, where it
stands among the page's prose, and what it shares with the page's title, description and structured data.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.extract.layout import Box, Layout, Passage
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

_TAGS = {
    "p": 0, "li": 1, "h1": 2, "h2": 3, "h3": 4, "h4": 4, "h5": 4, "h6": 4, "td": 5, "th": 5, "blockquote": 6, "pre": 6,
    "figcaption": 7, "caption": 7, "div": 8, "section": 8, "article": 8,
}  # fmt: skip
_AROUND = {
    name: number
    for number, names in enumerate((
        ("article",), ("main",), ("aside",), ("footer",), ("header",), ("nav",), ("form",), ("figure",), ("table",),
        ("ul",), ("ol",), ("blockquote",), ("section",), ("li",), ("figcaption",), ("h1", "h2", "h3", "h4"),
    ))
    for name in names
}  # fmt: skip
_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff]|[^\\W_]+")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE = re.compile(r"[.!?。！？…:]['\"”’»)）」』\s]*$")
_HEAD = 400
"""Characters of a passage whose words are looked at."""
PROSE = 10
"""Words from which a passage with few links is prose: a sentence rather than a label."""


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
    boxes = _Boxes(page, counts)
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


def names_of(box: Box) -> str:
    """What the outlet calls the box: its class, id, role and itemprop."""
    get = box.element.get
    return f"{get('class', '')} {get('id', '')} {get('role', '')} {get('itemprop', '')}"


def split_names(names: str) -> set[str]:
    """ "articleBody article-text_42" -> article, body, text."""
    return {name.lower() for name in _NAME.findall(names) if len(name) > 1}


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


class _Boxes:
    """What is known of the boxes: of all of them what they hold, of those around measured passages the rest.

    half, most: the box that holds half, and the one that holds four fifths, of the page's prose, with all boxes in it.
    """

    def __init__(self, page: Layout, counts: Sequence[int]) -> None:
        self.parents = [max(0, box.parent) for box in page.boxes]
        self._add_up(page, counts)
        self.half, self.most = self._inmost(0.5), self._inmost(0.8)

    def describe(self, page: Layout, numbers: Sequence[int], lexicon: Mapping[str, float]) -> None:
        """Learn the rest of the boxes that these passages are in."""
        needed = self._around(page.passages[number].box for number in numbers)
        self._name(page, needed, lexicon)
        self._mark(page, needed)

    def _add_up(self, page: Layout, counts: Sequence[int]) -> None:
        """Words, links and prose of each box, with those of the boxes in it."""
        parents, size = self.parents, len(self.parents)
        prose, words, links, passages = [0.0] * size, [0.0] * size, [0.0] * size, [0] * size
        for passage, count in zip(page.passages, counts, strict=True):
            box = passage.box
            words[box] += count
            links[box] += count * min(1.0, passage.linked / len(passage.text))
            passages[box] += 1
            if is_prose(passage, count):
                prose[box] += count
        for number in range(size - 1, 0, -1):
            if passages[number]:
                parent = parents[number]
                prose[parent] += prose[number]
                words[parent] += words[number]
                links[parent] += links[number]
                passages[parent] += passages[number]
        self.prose, self.words, self.links, self.passages = prose, words, links, passages

    def _around(self, boxes: Iterable[int]) -> list[int]:
        """These boxes and all that they are in, the outermost first."""
        needed = {0}
        for number in boxes:
            outward = number
            while outward not in needed:
                needed.add(outward)
                outward = self.parents[outward]
        return sorted(needed)

    def _name(self, page: Layout, needed: Sequence[int], lexicon: Mapping[str, float]) -> None:
        """Scores of the names: of each box alone, and the worst and the best on the way out to the body."""
        known: dict[str, tuple[float, float, float]] = {}
        size, parents = len(self.parents), self.parents
        self.sums, self.lows = [0.0] * size, [0.0] * size
        self.worst, self.best = [0.0] * size, [0.0] * size
        for number in needed:
            names = names_of(page.boxes[number])
            if (scores := known.get(names)) is None:
                found = [lexicon.get(name, 0.0) for name in split_names(names)]
                scores = known[names] = (sum(found), min(found, default=0.0), max(found, default=0.0))
            self.sums[number], low, high = scores
            self.lows[number] = low
            worst, best = self.worst[parents[number]], self.best[parents[number]]
            self.worst[number] = low if low < worst or not number else worst
            self.best[number] = high if high > best or not number else best

    def _inmost(self, share: float) -> range:
        """The innermost box that holds such a share of the page's prose, and the boxes in it, which follow it."""
        number, least, parents = 0, share * self.prose[0], self.parents
        for other in range(1, len(parents)):
            if self.prose[other] >= least and parents[other] == number:
                number = other
        end = next((other for other in range(number + 1, len(parents)) if parents[other] < number), len(parents))
        return range(number, end)

    def _mark(self, page: Layout, needed: Sequence[int]) -> None:
        """How deep each box is, and which elements it is in."""
        size, parents = len(self.parents), self.parents
        self.depths, self.tags, self.hidden = [0] * size, [9] * size, [False] * size
        self.around: list[list[float]] = [[0.0] * (max(_AROUND.values()) + 1)] * size
        self.styles = [""] * size
        for number in needed:
            box, parent = page.boxes[number], parents[number]
            tag = box.element.tag
            self.around[number] = self.around[parent]
            if tag in _AROUND:
                self.around[number] = self.around[parent].copy()
                self.around[number][_AROUND[tag]] = 1.0
            self.depths[number] = self.depths[parent] + 1 if number else 0
            self.tags[number], self.hidden[number] = _TAGS.get(tag, 9), box.hidden
            self.styles[number] = f"{tag}.{box.element.get('class', '')}"

    def style(self, number: int) -> str:
        """Equal for boxes that look alike: the same tag and class, in one of the same."""
        return f"{self.styles[self.parents[number]]} {self.styles[number]}"

    def of(self, number: int) -> list[float]:
        parent = self.parents[number]
        grand = self.parents[parent]
        great = self.parents[grand]
        total = self.prose[0] or 1.0
        depth = self.depths[number]
        tags = [0.0] * 10
        tags[self.tags[number]] = 1.0
        return [
            *tags[:9],
            self.sums[number], self.sums[parent], self.sums[grand],
            self.lows[number], self.lows[parent], self.lows[grand], self.worst[number], self.best[number],
            depth, float(self.hidden[number]),
            self.prose[number] / total, self.prose[parent] / total, self.prose[grand] / total,
            self.prose[great] / total,
            self.links[parent] / (self.words[parent] or 1.0), self.links[grand] / (self.words[grand] or 1.0),
            min(50, self.passages[number]), min(50, self.passages[parent]),
            self.prose[parent] / (self.words[parent] or 1.0), self.prose[grand] / (self.words[grand] or 1.0),
            float(number in self.half), float(number in self.most),
            depth - self.depths[self.half.start] if number in self.half else -1.0,
            depth - self.depths[self.most.start] if number in self.most else -1.0,
        ]  # fmt: skip


def is_prose(passage: Passage, words: int) -> bool:
    """A sentence or more, little of it linked."""
    return words >= PROSE and passage.linked < 0.33 * len(passage.text)


class _Places:
    """Where each passage stands among the others."""

    def __init__(self, page: Layout, counts: Sequence[int], boxes: _Boxes) -> None:
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
