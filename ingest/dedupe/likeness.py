"""Whether two texts are copies of one text: judged by all of their words, where features.py only guessed.

    text + another ─► the share of five-word runs in common, in both directions ─► same | inside | around | ""

The same report with other figures (yesterday's exchange rates, last week's weather) has most of its runs in common and
is no copy, so the figures that stand in the same words are compared as well.
"""

from typing import Literal, NamedTuple

import numpy as np

from ingest.dedupe.fingerprint import LEAST_WORDS
from ingest.dedupe.tokens import RUN, Hashes, hashes, shingles, tokens, words

SAME = 0.5
"""Jaccard of the runs from which two texts are one: half of what both have is in both."""
WHOLE = 0.95
"""Share of the shorter's runs from which it is a copy although SAME is not reached: it is there as it stands."""
INSIDE = 0.7
"""The same, of a text inside one that is LONGER times as long: there is room for other reasons to be so long."""
LONGER = 2.5

FIGURES = 0.5
"""Share of the figures in the same words that must be the same ones."""
FEW_FIGURES = 3
"""Runs in common with figures in them, below which they say nothing."""


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
    if min(words(one), words(two)) < LEAST_WORDS:
        return Likeness()
    hashed, hashed_other = hashes(one), hashes(two)
    runs, others = (np.unique(shingles(each)) for each in (hashed, hashed_other))
    common = _common(runs, others)
    jaccard, shared, covered = common / (len(runs) + len(others) - common), common / len(runs), common / len(others)
    kind = _kind(jaccard, shared, covered)
    if kind and not _same_figures(_runs_with_figures(one, hashed), _runs_with_figures(two, hashed_other)):
        kind = ""
    return Likeness(jaccard, shared, covered, kind)


def _kind(jaccard: float, shared: float, covered: float) -> Kind:
    if jaccard >= SAME:
        return "same"
    longer = max(shared, covered) / (min(shared, covered) or 1)
    if max(shared, covered) < (INSIDE if longer >= LONGER else WHOLE):
        return ""
    return "inside" if shared > covered else "around"


def _same_figures(runs: tuple[Hashes, Hashes], others: tuple[Hashes, Hashes]) -> bool:
    """Whether the figures in the words that both have are mostly the same: not those of another day."""
    as_written, with_any_figure = map(_common, runs, others)
    return with_any_figure < FEW_FIGURES or as_written >= FIGURES * with_any_figure


def _runs_with_figures(tokens: list[str], hashed: Hashes) -> tuple[Hashes, Hashes]:
    """The runs that have a figure in them: as they are written, and as they are with any figure in its place."""
    figures = np.array([token[0].isdigit() for token in tokens])
    here = np.lib.stride_tricks.sliding_window_view(figures, RUN).any(axis=1)
    return np.unique(shingles(hashed)[here]), np.unique(shingles(np.where(figures, np.uint64(0), hashed))[here])


def _common(runs: Hashes, others: Hashes) -> int:
    """How many of the runs are among the others; each is there once."""
    return len(np.intersect1d(runs, others, assume_unique=True))
