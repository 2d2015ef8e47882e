"""Learns ingest/extract/body.npz: which passages of a page are its article's.

    python bench/train_body.py [--check] [--cache FILE]

From ../shared/corpora/pages, in two rounds. First from the pages whose whole text is known: a passage is an article's
where its 4-grams of words are in that text. Then from all pages: where the text is not known, the teacher is the vote
of that first model, trafilatura (plain and precise), newspaper4k and resiliparse, weighing little where they disagree;
known segments overrule it. What a box's names and a passage's words say is counted over outlets, each outlet's own
pages aside, so that no page is learned from itself.

--check trains five times on four fifths of the outlets and prints the text F1 on the pages of the others; that is the
figure to believe. Without it, the model of all pages is written. --cache keeps the peers' texts from run to run. Needs
catboost besides requirements-peers.lock.
"""

import argparse
import importlib
import json
import math
import pickle
import sys
from collections import ChainMap, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.readers import READERS
from bench.scoring import PAGES, Read, Row, page_of, rows, score
from ingest.errors import ExtractFailed
from ingest.extract.body import stated_for_body
from ingest.extract.boxes import names_of, split_names
from ingest.extract.choice import best_limit
from ingest.extract.features import (
    Lexicon,
    Measured,
    Stated,
    measure,
    shingles,
    words_of,
)
from ingest.extract.layout import Layout, layout
from ingest.extract.metadata import read_metadata
from ingest.extract.model import Model, save
from ingest.extract.page import decode, parse
from ingest.words import word_count

Floats = NDArray[np.float64]
FOLDS = 5
PRIOR, AVERAGE = 3.0, 0.3
"""Outlets that a score starts from, so that one outlet's word for something says little; and the share of passages
that are an article's."""
SILVER, FIRST = 0.2, 0.8
"""Weight of a page whose text is not known, and the first model's vote, where all peers together have about two."""
VOTES = {"plain": 0.5, "precise": 0.5, "newspaper4k": 0.5, "resiliparse": 0.7}
TREES = {
    "iterations": 300, "depth": 5, "learning_rate": 0.08, "l2_leaf_reg": 5, "random_seed": 1, "verbose": 0,
    "border_count": 64, "rsm": 0.5, "bootstrap_type": "Bernoulli", "subsample": 0.7, "allow_writing_files": False,
}  # fmt: skip


class Reference(NamedTuple):
    """A text to find passages in."""

    grams: set[tuple[str, ...]]
    lines: set[str]
    running: str

    @classmethod
    def of(cls, text: str) -> "Reference":
        words = words_of(text)
        return cls(shingles(words, 4), {" ".join(words_of(line)) for line in text.split("\n")}, f" {' '.join(words)} ")

    def share(self, text: str) -> float:
        """How much of a passage is in the text."""
        words = words_of(text)
        if len(words) >= 5:
            grams = shingles(words, 4)
            return sum(gram in self.grams for gram in grams) / len(grams)
        line = " ".join(words)
        return 1.0 if line in self.lines else 0.9 if len(words) >= 3 and f" {line} " in self.running else 0.0


class Example:
    """A page to learn from. labels: whether each passage is the article's; weights: how sure that is."""

    def __init__(self, row: Row, page: Layout, stated: Stated, peers: Mapping[str, str]) -> None:
        self.row, self.page, self.stated, self.domain = row, page, stated, row["domain"]
        texts = [passage.text for passage in page.passages]
        gold = row["gold"].get("text")
        references = {"gold": gold} if gold else {name: text for name, text in peers.items() if text}
        self.known = bool(gold)
        known = {name: Reference.of(text) for name, text in references.items()}
        self.shares = {name: np.array([of.share(text) for text in texts]) for name, of in known.items()}
        self.labels = np.zeros(len(texts))
        self.weights = np.zeros(len(texts))
        self.measured = Measured([], np.zeros((0, 0), np.float32), np.zeros(0))
        if self.known:
            self.labels, self.weights = (self.shares["gold"] >= 0.5).astype(float), np.ones(len(texts))

    def teach(self, first: Floats) -> None:
        """Labels by vote, where the text is not known."""
        if self.known:
            return
        votes = FIRST * first + sum(VOTES[name] * share for name, share in self.shares.items())
        mean = votes / (FIRST + sum(VOTES[name] for name in self.shares))
        self.labels, self.weights = (mean >= 0.5).astype(float), SILVER * np.abs(mean - 0.5) * 2
        for kind, label in (("segments_with", True), ("segments_without", False)):
            for segment in map(_key, self.row["gold"].get(kind) or ()):
                for number, passage in enumerate(self.page.passages):
                    if segment and segment in _key(passage.text):
                        self.labels[number], self.weights[number] = float(label), 1.5


Part = tuple[int, set[str], float]
"""A passage's number, the names or words that it has, and its weight."""


def _key(text: str) -> str:
    return "".join(words_of(text))


class Counts:
    """Name or word -> outlet -> the share of its passages that are and are not an article's."""

    def __init__(self) -> None:
        self.of: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)

    def add(
        self, examples: Iterable[Example], parts: Callable[[Example], Iterator[tuple[int, set[str], float]]]
    ) -> None:
        sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        for example in examples:
            for number, found, weight in parts(example):
                for part in found:
                    cell = sums[part, example.domain]
                    cell[0 if example.labels[number] else 1] += weight * example.weights[number]
                    cell[2] = 1.0 if example.known else max(cell[2], 0.5)
        for (part, domain), (good, bad, sure) in sums.items():
            if good + bad:
                self.of[part][domain] = (sure * good / (good + bad), sure * bad / (good + bad))

    def scores(self, outlets: int) -> dict[str, float]:
        """Log odds of what enough outlets have."""
        return {part: _odds(*sums) for part, sums in self._sums(outlets).items()}

    def without(self, outlets: int) -> dict[str, dict[str, float]]:
        """For each outlet the scores of what its own pages have, as if these were not known."""
        own: dict[str, dict[str, float]] = defaultdict(dict)
        for part, (good, bad) in self._sums(outlets).items():
            for domain, (own_good, own_bad) in self.of[part].items():
                own[domain][part] = _odds(good - own_good, bad - own_bad)
        return own

    def _sums(self, outlets: int) -> dict[str, tuple[float, float]]:
        return {
            part: (sum(good for good, _ in of.values()), sum(bad for _, bad in of.values()))
            for part, of in self.of.items()
            if len(of) >= outlets
        }


def _odds(good: float, bad: float) -> float:
    average = math.log(AVERAGE / (1 - AVERAGE))
    return math.log((good + PRIOR * AVERAGE) / (bad + PRIOR * (1 - AVERAGE))) - average


NAMES_FROM, WORDS_FROM = 4, 5
"""Outlets that must use a name or a word."""


def _names(example: Example) -> Iterator[tuple[int, set[str], float]]:
    boxes = example.page.boxes
    around: list[set[str]] = []
    for box in boxes:
        own = split_names(names_of(box)) if box.parent >= 0 else set()
        around.append(around[box.parent] | own if box.parent >= 0 else own)
    for number, passage in enumerate(example.page.passages):
        yield number, around[passage.box], math.log1p(word_count(passage.text))


def _words(example: Example) -> Iterator[tuple[int, set[str], float]]:
    for number, passage in enumerate(example.page.passages):
        words = words_of(passage.text)
        if len(words) <= 25:
            yield number, set(words), 1.0


def lexicons(examples: list[Example]) -> tuple[Counts, Counts]:
    """What names and words say, by outlet."""
    names, words = Counts(), Counts()
    names.add(examples, _names)
    words.add(examples, _words)
    return names, words


def measure_all(examples: list[Example], names: Counts, words: Counts) -> None:
    """Each page by a lexicon that its own outlet had no part in."""
    all_names, all_words = names.scores(NAMES_FROM), words.scores(WORDS_FROM)
    own_names, own_words = names.without(NAMES_FROM), words.without(WORDS_FROM)
    for example in examples:
        lexicon = Lexicon(
            ChainMap(own_names.get(example.domain, {}), all_names),
            ChainMap(own_words.get(example.domain, {}), all_words),
        )
        example.measured = measure(example.page, example.stated, lexicon)


def train(examples: list[Example]) -> Any:
    """Trees over the passages of these pages. A page weighs about the same, whatever its length; a long passage weighs
    more than a short one."""
    catboost: Any = importlib.import_module("catboost")
    matrix = np.vstack([example.measured.matrix for example in examples if example.measured.numbers])
    labels = np.concatenate([example.labels[example.measured.numbers] for example in examples])
    weights = np.concatenate([_weights(example) for example in examples])
    trees = catboost.CatBoostClassifier(**TREES)
    return trees.fit(matrix, labels.astype(int), sample_weight=weights)


def _weights(example: Example) -> Floats:
    numbers, words = example.measured.numbers, example.measured.words
    body = (words * example.labels[numbers]).sum()
    weights: Floats = example.weights[numbers] * np.log1p(words) / np.log1p(body + 20) * 8
    return weights


def predict(trees: Any, example: Example) -> Floats:
    """The chance of each passage of the page."""
    chances = np.zeros(len(example.page.passages))
    if example.measured.numbers:
        chances[example.measured.numbers] = trees.predict_proba(example.measured.matrix)[:, 1]
    return chances


def held_out(examples: list[Example], learn_from: Callable[[Example], bool]) -> list[Floats]:
    """Each page's chances by trees that saw no page of its outlet."""
    chances: list[Floats] = [np.zeros(0)] * len(examples)
    for fold in range(FOLDS):
        trees = train([one for one in examples if _fold(one.domain) != fold and learn_from(one)])
        for number, example in enumerate(examples):
            if _fold(example.domain) == fold:
                chances[number] = predict(trees, example)
    return chances


def _fold(domain: str) -> int:
    return sha256(domain.encode()).digest()[1] % FOLDS


def report(examples: list[Example], chances: list[Floats]) -> Iterator[str]:
    """Text F1 and segments of the passages that the chances choose, by set."""
    scores: dict[tuple[str, str], list[float]] = defaultdict(list)
    for example, own in zip(examples, chances, strict=True):
        numbers = example.measured.numbers
        chosen = own[numbers] >= best_limit(own[numbers], example.measured.words)[0]
        text = "\n\n".join(
            dict.fromkeys(example.page.passages[n].text for n, yes in zip(numbers, chosen, strict=True) if yes)
        )
        for what, value in score(Read(text), example.row["gold"]).items():
            if what in {"text", "segments"}:
                scores[what, example.row["set"]].append(value)
    for (what, name), values in sorted(scores.items()):
        yield f"{what:10}{name:14}{len(values):5}{fmean(values):8.4f}"


def examples_of(cache: Path | None) -> list[Example]:
    """Every page that can be read, with its peers' texts where its own is not known."""
    known: dict[str, dict[str, str]] = pickle.loads(cache.read_bytes()) if cache and cache.is_file() else {}  # noqa: S301
    examples = []
    for row in rows():
        body = page_of(row)
        try:
            tree = parse(decode(body))
        except ExtractFailed:
            continue
        if row["page"] not in known and not row["gold"].get("text"):
            known[row["page"]] = {name: READERS[name](body, row["url"]).text for name in VOTES}
        stated = stated_for_body(read_metadata(tree, row["url"]))
        example = Example(row, layout(tree), stated, known.get(row["page"], {}))
        if example.page.passages and any(share.max() >= 0.5 for share in example.shares.values()):
            examples.append(example)
    if cache:
        cache.write_bytes(pickle.dumps(known))
    return examples


def model_of(trees: Any, names: Counts, words: Counts, file: Path) -> Model:
    """Catboost's trees as arrays; it numbers a leaf by its answers too, the first question lowest."""
    trees.save_model(str(file), format="json")
    said = json.loads(file.read_text())
    depth = max(len(tree["splits"]) for tree in said["oblivious_trees"])
    questions, borders, leaves = [], [], []
    for tree in said["oblivious_trees"]:
        splits = tree["splits"]
        missing = depth - len(splits)
        questions.append([split["float_feature_index"] for split in splits] + [0] * missing)
        borders.append([split["border"] for split in splits] + [math.inf] * missing)
        leaves.append([*tree["leaf_values"], *[0.0] * (2**depth - len(tree["leaf_values"]))])
    scale, bias = said["scale_and_bias"][0], said["scale_and_bias"][1][0]
    return Model(
        np.array(questions),
        np.array(borders, np.float32),
        np.array(leaves, np.float32) * np.float32(scale),
        bias,
        Lexicon(names.scores(NAMES_FROM), words.scores(WORDS_FROM)),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    if not (PAGES / "gold.jsonl").is_file():
        print(f"skipped: {PAGES} is absent")
        return 0
    examples = examples_of(options.cache)
    known = [example for example in examples if example.known]
    measure_all(examples, *lexicons(known))
    for example, first in zip(examples, held_out(examples, lambda one: one.known), strict=True):
        example.teach(first)
    names, words = lexicons(examples)
    measure_all(examples, names, words)
    print(len(examples), "pages,", len(known), "of them with their whole text", flush=True)
    if options.check:
        print(*report(examples, held_out(examples, lambda _: True)), sep="\n")
        return 0
    save(model_of(train(examples), names, words, Path("trees.json")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
