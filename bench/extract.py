"""Extraction beside trafilatura (plain and precise), newspaper4k and resiliparse, in the same run on the same pages.

    python bench/extract.py [--set fundus] [--lang es] [--half a|b] [--workers 2] [--readers ours,plain]
                            [--worst 20 [--of title]] [--json]

Needs ../shared/corpora/pages (967 real article pages with a gold standard), and says so where it is absent. Prints one
table per measure (see bench/scoring.py; `ms` is CPU per page) with a line for each set and language: means over those
pages that have that kind of gold; then the pages on which ours is worst. Pages that cannot be read count as empty.
--json prints all of it, with each page's scores, as one JSON object.

The model of the body was learned from these very pages, so ours does better here than on others: text and segments on
outlets that it has not seen are what `bench/train_body.py --check` prints. All else is code, the same for any page.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from statistics import fmean
from typing import Any, NamedTuple

from bench.readers import ONLY_TEXT, READERS, absent, ours, warm_up
from bench.scoring import MEASURES, PAGES, Read, Row, Scores, gold_authors, page_of, rows, score

__all__ = ["PAGES", "READERS", "Read", "measure", "ours", "page_of", "rows", "score"]

COLUMNS = (*MEASURES, "ms")


class Measured(NamedTuple):
    """One page: each reader's scores, and what ours read."""

    row: Row
    scores: dict[str, Scores]
    read: Read


Means = dict[str, float]
"""Reader -> mean."""


def measure(row: Row, names: Iterable[str]) -> Measured:
    """The readers' scores for one page, `ms` of CPU included."""
    body, read = page_of(row), Read()
    scores: dict[str, Scores] = {}
    for name in names:
        start = time.process_time()
        read = READERS[name](body, row["url"])
        scores[name] = {"ms": 1000 * (time.process_time() - start)} | score(read, row["gold"])
        if name in ONLY_TEXT:
            scores[name] = {kind: value for kind, value in scores[name].items() if kind in {"ms", "text", "segments"}}
    return Measured(row, scores, read)


def means(measured: Iterable[Measured]) -> dict[str, dict[str, tuple[int, Means]]]:
    """Measure -> group (a set, a language, or `all`) -> pages and each reader's mean."""
    values: dict[str, dict[str, dict[str, list[float]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for page in measured:
        for reader, scores in page.scores.items():
            for what, value in scores.items():
                for group in (page.row["set"], page.row["lang"] or "??", "all"):
                    values[what][group][reader].append(value)
    return {
        what: {
            group: (max(map(len, of.values())), {reader: fmean(each) for reader, each in of.items()})
            for group, of in sorted(values[what].items(), key=_place)
        }
        for what in COLUMNS
        if what in values
    }


def _place(group: tuple[str, Any]) -> tuple[bool, bool, str]:
    """Sets, then languages, then all."""
    return group[0] == "all", len(group[0]) == 2, group[0]


def table(measured: Iterable[Measured], names: list[str]) -> Iterator[str]:
    """Lines: for each measure a table, its groups down, the readers across, and ours to the best of the others."""
    for what, groups in means(measured).items():
        yield f"\n{what:12}{'pages':>6}" + "".join(f"{name:>13}" for name in names) + f"{'ours/best':>11}"
        for group, (pages, of) in groups.items():
            cells = "".join(f"{of[name]:13.3f}" if name in of else f"{'–':>13}" for name in names)
            yield f"{group:12}{pages:6}{cells}{_ratio(of, what):>11}"


def _ratio(of: Means, what: str) -> str:
    others = [value for name, value in of.items() if name != "ours"]
    if "ours" not in of or not others:
        return ""
    best = min(others) if what == "ms" else max(others)
    return f"{of['ours'] / best:.3f}" if best else "–"


def worst(measured: list[Measured], what: str, most: int) -> Iterator[str]:
    """Lines: the pages on which ours does worst in this measure, and what it read beside what is right."""
    pages = sorted(
        (page for page in measured if what in page.scores.get("ours", ())), key=lambda page: page.scores["ours"][what]
    )
    yield f"\nworst {what}:  ours  best of the others   page   url   ours | gold"
    for page in pages[:most]:
        others = [scores.get(what, 0.0) for name, scores in page.scores.items() if name != "ours"]
        best = f"{max(others):.3f}" if others else "–"
        yield f"{page.scores['ours'][what]:.3f} {best:>5}  {page.row['page']}  {page.row['url']}  {_beside(page, what)}"


def _beside(page: Measured, what: str) -> str:
    gold, read = page.row["gold"], page.read
    if what in {"text", "segments"}:
        return f"{len(read.text)} | {len(gold.get('text') or '') or '?'} characters"
    stated = gold_authors(gold) if what == "authors" else gold[what]
    return f"{getattr(read, 'day' if what == 'date' else what)!r} | {stated!r}"


def as_json(measured: list[Measured]) -> str:
    """Everything, for programs."""
    pages = [{"page": each.row["page"], "url": each.row["url"], "scores": each.scores} for each in measured]
    return json.dumps({"means": means(measured), "pages": pages})


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="", help="fundus, newspaper4k, trafilatura, htmldate, postlight or mcmetadata")
    parser.add_argument("--lang", default="", help="two letters, as in the gold standard")
    parser.add_argument("--half", default="", choices=("", "a", "b"), help="of the domains")
    parser.add_argument("--readers", default=",".join(READERS), help="names with commas")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--worst", type=int, default=10, metavar="N", help="pages listed")
    parser.add_argument("--of", default="text", choices=MEASURES, help="the measure by which they are")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def run(asked: argparse.Namespace, names: list[str]) -> list[Measured]:
    """Every page that was asked for, through every reader. Ours is last, so that its reading is kept."""
    chosen = rows(asked.set, asked.lang, asked.half)
    with ProcessPoolExecutor(asked.workers, initializer=warm_up, initargs=(names,)) as pool:
        return list(pool.map(partial(measure, names=names), chosen, chunksize=8))


def main() -> int:
    asked = options()
    if not (PAGES / "gold.jsonl").is_file():
        print(f"skipped: {PAGES} is absent")
        return 0
    wanted = [name for name in READERS if name in asked.readers.split(",")]
    names = [name for name in wanted if name not in absent()]
    measured = run(asked, names)
    if asked.json:
        print(as_json(measured))
        return 0
    for name in wanted:
        if name not in names:
            print(f"{name}: absent; pip install --no-deps --require-hashes -r requirements-peers.lock")
    print(*table(measured, names), sep="\n")
    if asked.worst and "ours" in names:
        print(*worst(measured, asked.of, asked.worst), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
