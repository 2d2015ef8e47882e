"""Two versions of a text, paragraph by paragraph: which stayed, which went, which came, which were edited; and words.

    paragraphs before, after ─► aligned ─► pairs in the order of the text
    a paragraph before, after ─► pieces ─► its words, and what became of them

A paragraph stays where its words do (see spelling.py), wherever it stands now and however they are divided into
paragraphs. An outlet's texts may be anything: whatever is compared, the time it takes grows with its length alone.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from typing import Literal, NamedTuple

from ingest.dedupe.counters import without_counters
from ingest.dedupe.spelling import spelt
from ingest.words import SPACELESS, word_count

MOST_CHARACTERS = 300_000
MOST_PAIRS = 2_500
MOST_WORDS = 1_500
"""Of two texts, of the paragraphs between two that stayed, and of one paragraph. What is more is compared as it is set,
and shown as old and new, whole, for an outlet must not be able to keep us comparing for minutes. For that reason the
matcher's shortcut for what is frequent (autojunk) is on as well: two paragraphs of 1,500 words take it 7 ms at worst,
and 0.4 s without."""

ALIKE = 0.5
"""Two paragraphs with at least this share of their words in common are one that was edited; with less, one went and
another came."""

ISLAND = 3
"""So many words that stayed are shown as such; fewer, between changes, would only break the sentence up."""

_WORD = re.compile(rf"\s+|[{SPACELESS}]|[^\s{SPACELESS}]+")

Mark = Literal["same", "gone", "new"]
Ignored = Callable[[str], bool]


class Pair(NamedTuple):
    """A paragraph before and after; empty where there was none. changed: in what matters, so not where it stayed, nor
    where a counter or a line that is to be ignored came or went."""

    before: str
    after: str
    changed: bool = True


class Piece(NamedTuple):
    """Some words, and what became of them."""

    mark: Mark
    text: str


def aligned(before: Sequence[str], after: Sequence[str], ignored: Ignored | None = None) -> list[Pair]:
    """The paragraphs of the text after, in order, each with what it was; and those that went, where they stood.

    ignored: lines that are the outlet's rather than the text's.
    """
    short = sum(map(len, before)) + sum(map(len, after)) <= MOST_CHARACTERS
    old, new = (_spelt(texts, ignored, short) for texts in (before, after))
    stayed = _stayed(old, new)
    went, place = defaultdict[int, list[Spelt]](list), -1
    for index, text in enumerate(old):
        place = stayed.get(index, place)
        if text.key and index not in stayed:
            went[place].append(text)
    found: list[Pair] = []
    came: list[Spelt] = []
    place, were = -1, {at: index for index, at in stayed.items()}
    for at, text in enumerate(new):
        if at in were:
            found += [*_between(went[place], came, short), Pair(old[were[at]].text, text.text, changed=False)]
            came, place = [], at
        else:
            came.append(text)
    return [*found, *_between(went[place], came, short)]


def pieces(before: str, after: str) -> list[Piece]:
    """The words of a paragraph, and what became of them. What stayed is set as it is now."""
    if not before or not after:
        return _swapped(before, after)
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > 2 * MOST_WORDS:  # the spaces count too
        return [Piece("gone", before), Piece("new", after)]
    found: list[Piece] = []
    gone = came = ""
    for kind, start, end, start_after, end_after in SequenceMatcher(None, _keys(old), _keys(new)).get_opcodes():
        went, now = "".join(old[start:end]), "".join(new[start_after:end_after])
        inside = bool(found or gone or came) and end < len(old)
        if kind == "equal" and not (inside and word_count(now) < ISLAND):
            found += [*_swapped(gone, came), Piece("same", now)]
            gone = came = ""
        else:
            gone += went
            came += now
    return found + _swapped(gone, came)


class Spelt(NamedTuple):
    """A paragraph, and what of it matters: empty where nothing does."""

    text: str
    key: str


def _spelt(texts: Iterable[str], ignored: Ignored | None, short: bool) -> list[Spelt]:
    if not short:
        return [Spelt(text, text) for text in texts]
    return [Spelt(text, "" if ignored and ignored(text) else spelt(without_counters(text))) for text in texts]


def _stayed(old: Sequence[Spelt], new: Sequence[Spelt]) -> dict[int, int]:
    """Where each paragraph that stayed was -> where it is now. Of several that are the same, the first is the first."""
    places = defaultdict[str, deque[int]](deque)
    for at, text in enumerate(new):
        places[text.key].append(at)
    return {index: places[text.key].popleft() for index, text in enumerate(old) if text.key and places[text.key]}


def _between(went: Sequence[Spelt], came: Sequence[Spelt], short: bool) -> Iterator[Pair]:
    """What went and what came between two paragraphs that stayed. The same words in other paragraphs are no change."""
    if _joined(went) == _joined(came):
        yield from (Pair("", text.text, changed=False) for text in came)
        return
    edited = _edited(went, came) if short else {}
    paired = set(edited.values())
    gone = deque(place for place in range(len(went)) if place not in paired)
    for text, own, following in zip(came, *_places(edited, len(came), len(went)), strict=True):
        while gone and gone[0] < following:
            yield Pair(went[gone.popleft()].text, "")
        yield Pair("" if own is None else went[own].text, text.text, changed=bool(text.key))
    yield from (Pair(went[place].text, "") for place in gone)


def _places(edited: Mapping[int, int], came: int, end: int) -> tuple[list[int | None], list[int]]:
    """For each paragraph that came: where it was, if it was edited; where the next one was that was."""
    own = [edited.get(at) for at in range(came)]
    following = list(accumulate(reversed(own), lambda later, place: later if place is None else place, initial=end))
    return own, following[:0:-1]


def _joined(texts: Iterable[Spelt]) -> str:
    return " ".join(text.key for text in texts if text.key)


def _edited(went: Sequence[Spelt], came: Sequence[Spelt]) -> dict[int, int]:
    """Of each paragraph that was edited, where it is among those that came -> where among those that went."""
    if len(went) * len(came) > MOST_PAIRS:
        return {}
    words = [Counter(text.key.split()) for text in came]
    found: dict[int, int] = {}
    for place, text in enumerate(went):
        own = Counter(text.key.split())
        alike = {at: _alike(own, theirs) for at, theirs in enumerate(words) if at not in found}
        best = max(alike, key=lambda at: alike[at], default=-1)
        if alike.get(best, 0.0) >= ALIKE:
            found[best] = place
    return found


def _alike(one: Counter[str], other: Counter[str]) -> float:
    """The share of their words that two paragraphs have in common; 0 where their lengths say that it is small."""
    total = one.total() + other.total()
    if 2 * min(one.total(), other.total()) < ALIKE * total:
        return 0.0
    return 2 * (one & other).total() / total


def _keys(words: Iterable[str]) -> list[str]:
    """Words that differ in how they are set are the same, and so are spaces, and marks that stand alone."""
    return [" " if word.isspace() else spelt(word) for word in words]


def _swapped(gone: str, came: str) -> list[Piece]:
    both = (Piece("gone", gone), Piece("new", came))
    return [piece for piece in both if piece.text] if gone != came else [Piece("same", gone)] if gone else []
