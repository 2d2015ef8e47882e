"""Extraction beside plain trafilatura, measured in the same run on the same pages.

    python bench/extract.py [--set fundus] [--workers 2]

Needs ../shared/corpora/pages (967 real article pages with a gold standard), and says so where it is absent. Prints

    text     F1 over 4-grams of words (of characters in Chinese and Japanese) against the gold text, mean over pages
    segments segments that must be in the text and are, and that must not and are not, as one F1
    title    pages whose title equals the gold one, case, white space and punctuation aside
    date     pages whose day of publication is the gold one
    authors  F1 over names, mean over pages
    ms       CPU per page

and the ratio of ours to plain trafilatura's. Pages that cannot be read count as empty.
"""

import argparse
import gzip
import json
import re
import sys
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import trafilatura
from trafilatura.settings import Document

from ingest.clean import clean_paragraphs, clean_text, read_date, split_authors
from ingest.errors import ExtractFailed
from ingest.extract import extract

PAGES = Path(__file__).resolve().parents[2] / "shared/corpora/pages"
_TOKEN = re.compile("[\u3040-\u30ff\u3400-\u9fff]|[^\\W_]+")

Scores = dict[str, float]


class Read(NamedTuple):
    """What one reader made of a page."""

    text: str = ""
    title: str = ""
    day: str = ""
    authors: tuple[str, ...] = ()


def ours(body: bytes, url: str) -> Read:
    """This project's reading."""
    try:
        found = extract(body, url)
    except ExtractFailed:
        return Read()
    return Read(
        "\n\n".join(clean_paragraphs(found.paragraphs)),
        clean_text(found.title),
        _day(found.published),
        split_authors(found.authors),
    )


def plain(body: bytes, url: str) -> Read:
    """trafilatura as it comes."""
    found = trafilatura.bare_extraction(body, url=url, with_metadata=True)
    if not isinstance(found, Document):
        return Read()
    return Read(found.text or "", found.title or "", found.date or "", split_authors((found.author or "").split("; ")))


READERS: dict[str, Callable[[bytes, str], Read]] = {"plain": plain, "ours": ours}


def score(read: Read, gold: dict[str, Any]) -> Scores:
    """The page's scores, 0 to 1, for each kind of gold that it has."""
    scores: Scores = {}
    if gold.get("text"):
        scores["text"] = _f1(_shingles(read.text), _shingles(gold["text"]))
    if gold.get("segments_with"):
        scores["segments"] = _segments(read.text, gold["segments_with"], gold.get("segments_without") or ())
    if gold.get("title"):
        scores["title"] = float(_key(read.title) == _key(gold["title"]))
    if gold.get("date"):
        scores["date"] = float(read.day in {gold["date"][:10], _day_in_utc(gold["date"])})
    if gold.get("author"):
        stated = gold["author"] if isinstance(gold["author"], list) else gold["author"].split("; ")
        scores["authors"] = _f1(Counter(map(_key, read.authors)), Counter(map(_key, split_authors(stated))))
    return scores


def _shingles(text: str) -> Counter[str]:
    words = _TOKEN.findall(text.casefold())
    return Counter(" ".join(words[i : i + 4]) for i in range(max(1, len(words) - 3)) if words)


def _f1(ours: Counter[str], gold: Counter[str]) -> float:
    total = sum(ours.values()) + sum(gold.values())
    return 2 * sum((ours & gold).values()) / total if total else 1.0


def _segments(text: str, wanted: Iterable[str], unwanted: Iterable[str]) -> float:
    present = [_key(part) in _key(text) for part in wanted]
    intruders = sum(_key(part) in _key(text) for part in unwanted)
    return 2 * sum(present) / (len(present) + sum(present) + intruders)


def _key(text: str) -> str:
    return "".join(_TOKEN.findall(clean_text(text).casefold()))


def _day(raw: str) -> str:
    """The day as the page has it, in the outlet's own zone."""
    if match := re.match(r"\s*(\d{4}-\d\d-\d\d)", raw):
        return match[1]
    return _day_in_utc(raw)


def _day_in_utc(raw: str) -> str:
    moment = read_date(raw, "UTC", "en")
    return moment.date().isoformat() if moment else ""


def measure(row: dict[str, Any]) -> dict[str, Scores]:
    """Both readers' scores for one page, `ms` of CPU included."""
    warnings.simplefilter("ignore")
    body = gzip.decompress((PAGES / row["page"]).read_bytes())
    scores = {}
    for name, reader in READERS.items():
        start = time.process_time()
        read = reader(body, row["url"])
        scores[name] = {"ms": 1000 * (time.process_time() - start)} | score(read, row["gold"])
    return scores


def rows(only: str = "") -> list[dict[str, Any]]:
    """The gold standard's lines, of one set or of all."""
    lines = (PAGES / "gold.jsonl").read_text("utf-8").splitlines()
    return [row for row in map(json.loads, lines) if not only or row["set"] == only]


def table(chosen: list[dict[str, Any]], measured: Iterable[dict[str, Scores]]) -> list[str]:
    """A line for each set and measure: pages, plain, ours, ratio."""
    groups: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row, result in zip(chosen, measured, strict=True):
        for reader, scores in result.items():
            for what, value in scores.items():
                groups[what, row["set"]][reader].append(value)
                groups[what, "all"][reader].append(value)
    lines = [f"{'measure':10}{'set':12}{'pages':>6}{'plain':>9}{'ours':>9}{'ratio':>8}"]
    for (what, name), values in sorted(groups.items()):
        before, now = (sum(values[reader]) / len(values[reader]) for reader in READERS)
        lines.append(f"{what:10}{name:12}{len(values['ours']):6}{before:9.3f}{now:9.3f}{now / (before or 1):8.3f}")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="", help="fundus, newspaper4k, trafilatura, htmldate, postlight or mcmetadata")
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    if not (PAGES / "gold.jsonl").is_file():
        print(f"skipped: {PAGES} is absent")
        return 0
    chosen = rows(options.set)
    with ProcessPoolExecutor(options.workers) as pool:
        print(*table(chosen, pool.map(measure, chosen, chunksize=8)), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
