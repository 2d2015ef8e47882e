"""Copies: how many are found, how many that are none, and what it costs beside datasketch in the same run.

    python bench/copies.py [--pages 400] [--seed 1] [--worst 20]

Real articles are given the edits of bench/edits.py. A made pair whose runs of five words have a Jaccard of half or more
is a copy, by a count of its own in plain sets; so is any text in a longer page. It is *found* when both have features
enough in common and the likeness of the whole texts says so. Prints

    recall          of each edit, and of all: goal .98; in a longer page: goal .95
    precision       of every verdict on pairs of different articles: goal .999, as false ones of how many pairs
    candidates      pairs that share enough features although they are no copies: each costs one comparison
    other figures   of articles with figures in one word of twelve, the next day's report that is taken for a copy
    time            an article of about 600 words: features, likeness, and how many times that is in a MinHash of
                    datasketch with as many rows over the same runs

Needs ../shared/corpora, and says so where it is absent.
"""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from random import Random
from typing import NamedTuple

from bench.edits import AROUND, COPIES, other_figures
from bench.scoring import PAGES, page_of, rows
from ingest import extract_article
from ingest.dedupe import Features, features, likeness
from ingest.dedupe.features import MINIMA
from ingest.dedupe.tokens import has_words, tokens
from ingest.errors import ExtractFailed

RECALL, PRECISION, CONTAINED = 0.98, 0.999, 0.95
"""The goals."""
SHORTEST = 60
"""Words: shorter pages of the corpus are not articles."""
PAIRS = PAGES.parent / "neardup" / "pairs-en.jsonl"


class Text(NamedTuple):
    """An article: whose it is, its language, and its text."""

    domain: str
    language: str
    url: str
    text: str


class Made(NamedTuple):
    """A pair that an edit made: its true Jaccard, whether the features meet, and what the texts were said to be."""

    edit: str
    jaccard: float
    met: bool
    kind: str

    @property
    def found(self) -> bool:
        return self.met and self.kind != ""


def texts(pages: int, seed: int) -> list[Text]:
    """Articles of as many pages of the corpus, read from them."""
    found = []
    for row in Random(seed).sample(rows(), len(rows()))[:pages]:
        try:
            text = extract_article(page_of(row), row["url"]).text
        except ExtractFailed:
            continue
        found.append(Text(row["domain"], row["lang"], row["url"], text))
    return long_enough(found)


def gold_texts() -> list[Text]:
    """The texts that the gold standard has in full."""
    return long_enough(
        Text(row["domain"], row["lang"], row["url"], row["gold"]["text"]) for row in rows() if row["gold"].get("text")
    )


def long_enough(found: Iterator[Text] | list[Text]) -> list[Text]:
    return list({each.url: each for each in found if has_words(tokens(each.text), SHORTEST)}.values())


def runs(text: str) -> set[tuple[str, ...]]:
    """The runs of five words, by no means but Python's own."""
    found = tokens(text)
    return set(zip(found, found[1:], found[2:], found[3:], found[4:], strict=False))


def jaccard(one: set[tuple[str, ...]], two: set[tuple[str, ...]]) -> float:
    return len(one & two) / (len(one | two) or 1)


def meet(one: Features, two: Features) -> bool:
    """Whether the store has the one compared with the other: for one paragraph in common, or for two minima."""
    minima, paragraphs = (len(set(mine) & set(theirs)) for mine, theirs in zip(one, two, strict=True))
    return paragraphs >= 1 or minima >= 2


def made(found: Sequence[Text], seed: int) -> Iterator[Made]:
    """Every text with every edit."""
    others: defaultdict[str, list[str]] = defaultdict(list)
    for each in found:
        others[each.language].append(each.text)
    for number, each in enumerate(found):
        own, truth = features(each.text), runs(each.text)
        strangers = [text for text in others[each.language] if text != each.text]
        strangers = strangers if len(strangers) >= 5 else [text for text in others["en"] if text != each.text]
        for name, edit in {**COPIES, **AROUND}.items():
            copy = edit(Random(f"{seed} {number} {name}"), each.text, strangers)
            yield Made(name, jaccard(truth, runs(copy)), meet(own, features(copy)), likeness(copy, each.text).kind)


class Strangers(NamedTuple):
    """Pairs of different articles: how many, those that are copies by their runs, that are said to be although they are
    none, and that are compared although they are none; the last for pairs of one outlet as well."""

    pairs: int
    copies: int
    false: list[tuple[str, str]]
    compared: int
    of_one_outlet: int
    compared_of_one_outlet: int


def strangers(found: Sequence[Text]) -> Strangers:
    """Every pair of the articles: those without a run in common need no look."""
    sets, known = [runs(each.text) for each in found], [features(each.text) for each in found]
    owners: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, own in enumerate(sets):
        for run in own:
            owners[run].append(number)
    alike = {pair for numbers in owners.values() for pair in combinations(numbers, 2)}
    copies = {pair for pair in alike if jaccard(sets[pair[0]], sets[pair[1]]) >= 0.5}
    others = sorted(alike - copies)
    compared = [(one, two) for one, two in others if meet(known[one], known[two])]
    outlets = Counter(each.domain for each in found)
    return Strangers(
        pairs=len(found) * (len(found) - 1) // 2 - len(copies),
        copies=len(copies),
        false=[(found[a].url, found[b].url) for a, b in others if likeness(found[a].text, found[b].text).kind],
        compared=len(compared),
        of_one_outlet=sum(count * (count - 1) // 2 for count in outlets.values()),
        compared_of_one_outlet=sum(found[one].domain == found[two].domain for one, two in compared),
    )


class Labelled(NamedTuple):
    """A labelled pair of real texts: whether it is of one thread of news, the Jaccard of its runs, and our verdict."""

    thread: bool
    jaccard: float
    met: bool
    kind: str


def labelled() -> list[Labelled]:
    """The pairs that people labelled."""
    pairs = map(json.loads, PAIRS.read_text("utf-8").splitlines())
    return [
        Labelled(
            bool(pair["label"]),
            jaccard(runs(pair["text1"]), runs(pair["text2"])),
            meet(features(pair["text1"]), features(pair["text2"])),
            likeness(pair["text1"], pair["text2"]).kind,
        )
        for pair in pairs
    ]


def next_days(found: Sequence[Text], seed: int) -> tuple[int, int]:
    """Articles with many figures, and how many of them with other figures are copies still."""
    rich = [each.text for each in found if _figures(each.text) >= 1 / 12]
    kinds = [likeness(other_figures(Random(seed), text), text).kind for text in rich]
    return len(kinds), sum(map(bool, kinds))


def _figures(text: str) -> float:
    found = tokens(text)
    return sum(token.isdigit() for token in found) / len(found)


def seconds(call: Callable[[], object], times: int = 300) -> float:
    """The quickest of many calls: what it takes where nobody else wants the processor."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken)


def datasketch_of(text: str) -> Callable[[], object] | None:
    """A MinHash of datasketch over the same runs, or None where it is not installed."""
    try:
        from datasketch import MinHash
    except ImportError:
        return None

    def signature() -> object:
        minhash = MinHash(num_perm=MINIMA)
        minhash.update_batch([" ".join(run).encode() for run in runs(text)])
        return minhash

    return signature


def recall(pairs: Sequence[Made]) -> float:
    return sum(pair.found for pair in pairs) / len(pairs)


def report_made(pairs: Sequence[Made], worst: int) -> bool:
    """Print recall by edit; whether the goals are met."""
    copies = [pair for pair in pairs if pair.edit in COPIES and pair.jaccard >= 0.5]
    around = [pair for pair in pairs if pair.edit in AROUND]
    print(f"{'edit':26}{'pairs':>7}{'recall':>9}{'met':>9}   kinds")
    for name in (*COPIES, *AROUND):
        mine = [pair for pair in (*copies, *around) if pair.edit == name]
        kinds = dict(Counter(pair.kind or "none" for pair in mine))
        met = sum(pair.met for pair in mine) / len(mine)
        print(f"{name:26}{len(mine):>7}{recall(mine):>9.4f}{met:>9.4f}   {kinds}")
    less = Counter(pair.kind or "none" for pair in pairs if pair.edit in COPIES and pair.jaccard < 0.5)
    print(f"recall {recall(copies):.4f} (goal {RECALL}) of {len(copies)} copies")
    print(f"recall {recall(around):.4f} (goal {CONTAINED}) of {len(around)} in a longer page")
    print(f"of edits that left less than half in common: {dict(less)}")
    for pair in [pair for pair in (*copies, *around) if not pair.found][:worst]:
        print("   missed", pair)
    return recall(copies) >= RECALL and recall(around) >= CONTAINED


def main() -> int:
    parser = argparse.ArgumentParser(description="Copies found, and copies that are none.")
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worst", type=int, default=0)
    arguments = parser.parse_args()
    if not PAGES.is_dir():
        print(f"{PAGES} is absent: nothing to measure", file=sys.stderr)
        return 0
    found = texts(arguments.pages, arguments.seed)
    recalled = report_made(list(made(found, arguments.seed)), arguments.worst)
    precise = report_strangers(strangers(found), labelled())
    rich, taken = next_days(found, arguments.seed)
    print(f"other figures: {taken} of {rich} taken for copies")
    report_time(found)
    return 0 if recalled and precise else 1


def report_strangers(among: Strangers, pairs: Sequence[Labelled]) -> bool:
    """Print the false verdicts and what is compared in vain; whether the goal is met."""
    false = [pair for pair in pairs if pair.jaccard < 0.5 and pair.kind]
    print(f"false verdicts: {len(among.false)} of {among.pairs} pairs of articles", *among.false)
    print(f"false verdicts: {len(false)} of {len(pairs)} labelled pairs", *false)
    print("labelled pairs (one thread, copies, kind):", end=" ")
    print(dict(Counter((pair.thread, pair.jaccard >= 0.5, pair.kind) for pair in pairs)))
    print(f"compared in vain: {among.compared} of {among.pairs} pairs,", end=" ")
    print(f"of one outlet {among.compared_of_one_outlet} of {among.of_one_outlet}")
    return not false and len(among.false) <= (1 - PRECISION) * (among.copies + len(among.false))


def report_time(found: Sequence[Text]) -> None:
    """Print what one article costs."""
    text = min((each.text for each in found), key=lambda text: abs(len(text.split()) - 600))
    edited = COPIES["several"](Random(1), text, [each.text for each in found])
    ours, judged = seconds(lambda: features(text)), seconds(lambda: likeness(text, edited))
    print(f"{len(text.split())} words: features {ours * 1e3:.3f} ms, likeness {judged * 1e3:.3f} ms")
    if peer := datasketch_of(text):
        print(f"datasketch's MinHash over the same runs: {seconds(peer) / ours:.1f} times as long")


if __name__ == "__main__":
    raise SystemExit(main())
