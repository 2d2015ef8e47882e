"""The body's model: rows of numbers (see features.py) -> how likely each passage is a part of the article.

Boosted trees that ask the same question at every node of a level, so a row's leaf in a tree is a binary number, and
hundreds of trees over a hundred rows are four operations on arrays. The numbers in body.npz come from
bench/train_body.py, which says what they were learned from.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.extract.features import FEATURES, Lexicon, Matrix

AT_ONCE = 2000
"""Rows: more than nearly any page has, and 40 MB of answers; the fullest pages would take 700."""

FILE = Path(__file__).with_name("body.npz")


class Model(NamedTuple):
    """questions, borders: trees x levels, a column of the matrix and what it is compared with; leaves: trees x
    2**levels, log odds; bias: log odds of a row that no tree has an opinion on."""

    questions: NDArray[np.int64]
    borders: Matrix
    leaves: NDArray[np.float32]
    bias: float
    lexicon: Lexicon

    def chances(self, matrix: Matrix) -> NDArray[np.float64]:
        """For each row, from 0 to 1."""
        parts = [self._odds(matrix[start : start + AT_ONCE]) for start in range(0, len(matrix), AT_ONCE)]
        odds = np.concatenate(parts) if parts else np.zeros(0)
        chances: NDArray[np.float64] = 1 / (1 + np.exp(-odds.astype(np.float64)))
        return chances

    def _odds(self, matrix: Matrix) -> NDArray[np.float32]:
        answers = matrix[:, self.questions] > self.borders
        leaf = answers @ (1 << np.arange(self.questions.shape[1]))
        odds: NDArray[np.float32] = self.leaves[np.arange(len(self.leaves)), leaf].sum(axis=1) + self.bias
        return odds


def save(model: Model, features: tuple[str, ...] = FEATURES, file: Path = FILE) -> None:
    """Write the model, with the names of its features."""
    arrays = {
        "features": np.array(features),
        "questions": model.questions.astype(np.uint8),
        "borders": model.borders.astype(np.float32),
        "leaves": model.leaves.astype(np.float32),
        "bias": np.array(model.bias),
    }
    for kind, scores in zip(Lexicon._fields, model.lexicon, strict=True):
        arrays[kind] = np.array(list(scores))
        arrays[f"{kind}_scores"] = np.array(list(scores.values()), np.float16)
    np.savez_compressed(file, allow_pickle=False, **arrays)


@cache
def load(file: Path = FILE) -> Model:
    """The model that comes along. Raises ValueError where it was learned for other features than this code measures."""
    with np.load(file, allow_pickle=False) as arrays:
        if tuple(arrays["features"]) != FEATURES:
            raise ValueError(f"{file.name} is of other features than ingest/extract/features.py: train it anew")
        names, words = (
            dict(zip(arrays[kind].tolist(), arrays[f"{kind}_scores"].tolist(), strict=True)) for kind in Lexicon._fields
        )
        return Model(
            arrays["questions"].astype(np.int64),
            arrays["borders"],
            arrays["leaves"],
            float(arrays["bias"]),
            Lexicon(names, words),
        )
