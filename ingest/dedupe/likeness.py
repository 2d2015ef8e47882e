"""Whether two texts are copies of one text: judged by all of their words, where features.py only guessed.

    text + another ─► the share of five-word runs in common, in both directions ─► same | inside | around | ""

The same report with other figures (yesterday's exchange rates, last week's weather) has most of its runs in common and
is no copy, so the figures that stand in the same words are compared as well.
"""

from typing import Literal, NamedTuple

import numpy as np

from ingest.dedupe.fingerprint import LEAST_WORDS
from ingest.dedupe.tokens import RUN, Hashes, distinct, has_words, hashes, shingles, tokens

SAME = 0.5
"""Jaccard of the runs from which two texts are one: half of what either has is in both. Of 35 labelled pairs of real
texts the copies have 0.80 and more, the most alike of the others 0.44."""
INSIDE = 0.7
"""Share of the shorter's runs from which it is inside the other. Copies that were edited and put into longer pages have
0.80 and more, texts of one event 0.22 at most in one that is LONGER."""
LONGER = 2.0
"""The other is then so many times as long at least: below that, all of a text in another is SAME, and two thirds of it
are what two reports of one event have in common."""

OTHER_FIGURES = 0.5
"""Share of the figures in the same words from which, when they are others, this is the report of another day."""
CHANGED_FIGURES = 0.08
"""And the share that the runs with them have of all in common: one in sixty words. Where less changes, the figures are
not what the text is about. Of 2,600 made copies none had more than 0.06."""
FEW_CHANGED = 10
"""Runs that two changed figures are in: a correction at most. Of made copies none had more than six."""


Kind = Literal["same", "inside", "around", ""]


class Likeness(NamedTuple):
    """What a text has in common with another.

    jaccard: runs of five words that both have, of those that either has. shared: share of the text's runs that the
    other has; covered: share of the other's that the text has; 0 to 1, all three. kind: `same` (one text, with what was
    added or left out), `inside` (all of the text, or nearly, is a part of the much longer other), `around` (the other
    is a part of it), empty for no copy.
    """

    jaccard: float = 0.0
    shared: float = 0.0
    covered: float = 0.0
    kind: Kind = ""


def likeness(text: str, other: str) -> Likeness:
    """Compare two texts. Those of fewer than LEAST_WORDS words are no copies of anything."""
    one, two = tokens(text), tokens(other)
    if not (has_words(one, LEAST_WORDS) and has_words(two, LEAST_WORDS)):
        return Likeness()
    hashed, hashed_other = hashes(one), hashes(two)
    runs, others = distinct(shingles(hashed)), distinct(shingles(hashed_other))
    common = _common(runs, others)
    jaccard, shared, covered = common / (len(runs) + len(others) - common), common / len(runs), common / len(others)
    kind = _kind(jaccard, shared, covered)
    if kind and max(shared, covered) < 1 - CHANGED_FIGURES:  # else too few runs differ for that
        figures = _runs_with_figures(one, hashed), _runs_with_figures(two, hashed_other)
        kind = "" if _is_of_another_day(common, *figures) else kind
    return Likeness(jaccard, shared, covered, kind)


def _kind(jaccard: float, shared: float, covered: float) -> Kind:
    if jaccard >= SAME:
        return "same"
    if shared >= INSIDE and shared >= LONGER * covered:
        return "inside"
    return "around" if covered >= INSIDE and covered >= LONGER * shared else ""


def _is_of_another_day(common: int, runs: tuple[Hashes, Hashes], others: tuple[Hashes, Hashes]) -> bool:
    """Whether the same words have other figures in them, most of them and many."""
    as_written, with_any_figure = map(_common, runs, others)
    changed = with_any_figure - as_written
    return changed > max(FEW_CHANGED, OTHER_FIGURES * with_any_figure, CHANGED_FIGURES * (common + changed))


def _runs_with_figures(tokens: list[str], hashed: Hashes) -> tuple[Hashes, Hashes]:
    """The runs that have a figure in them: as they are written, and as they are with any figure in its place."""
    figures = np.array([token[0].isdigit() for token in tokens])
    here = np.lib.stride_tricks.sliding_window_view(figures, RUN).any(axis=1)
    return distinct(shingles(hashed)[here]), distinct(shingles(np.where(figures, np.uint64(0), hashed))[here])


def _common(runs: Hashes, others: Hashes) -> int:
    """How many of the runs are among the others; each is there once."""
    return len(np.intersect1d(runs, others, assume_unique=True))
