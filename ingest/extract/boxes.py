"""What is known of a page's boxes: what they are called, what they hold, and which elements they are in."""

import re
from collections.abc import Iterable, Mapping, Sequence

from ingest.extract.layout import Box, Layout, Passage

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
PROSE = 10
"""Words from which a passage with few links is prose: a sentence rather than a label."""


class Boxes:
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


def names_of(box: Box) -> str:
    """What the outlet calls the box: its class, id, role and itemprop."""
    get = box.element.get
    return f"{get('class', '')} {get('id', '')} {get('role', '')} {get('itemprop', '')}"


def split_names(names: str) -> set[str]:
    """ "articleBody article-text_42" -> article, body, text."""
    return {name.lower() for name in _NAME.findall(names) if len(name) > 1}
