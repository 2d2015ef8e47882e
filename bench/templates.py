"""Learned templates on virtual outlets, beside reading every page the long way, in the same run on the same pages.

    python bench/templates.py [--outlets 12] [--pages 60] [--half a|b] [--workers 2]

Each outlet is a real page's frame with other outlets' articles in it (bench/outlets.py); every second one is redesigned
in the middle: it goes on in another outlet's frame. What was learned is kept as the store keeps it. Prints, for pages
before and after a template is known, and of redesigned outlets after that:

    text, title, date, authors   as in bench/extract.py, the lines that are no part of any article not among the gold
    foreign   of those lines, how many are left out      kept   of the lines that follow-ups share, how many are not
    template  share of pages that were read by one       ms     CPU a page, to read it (`extract`), or all of `compose`

Needs ../shared/corpora/pages, and says so where it is absent.
"""

import argparse
import math
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from statistics import fmean
from typing import NamedTuple

from bench.outlets import Virtual, outlet, real_frames, real_manuscripts
from bench.readers import warm_up
from bench.scoring import PAGES, Read, Scores, day_of, half_of, rows, score
from ingest.compose import Composed, compose_known
from ingest.errors import ExtractFailed
from ingest.extract import Outlet, evidence_of, outlet_of, packed, read, taught
from ingest.models import Entry, Page, Source

GOAL = "under 4 ms, and no text worse"
KNOWN_AFTER = 8
"""Pages of one layout after which an outlet counts as known."""
FEWEST_MANUSCRIPTS = 30
COLUMNS = ("text", "title", "date", "authors", "foreign", "kept", "template", "extract", "ms")


class Lived(NamedTuple):
    """One page: when in its outlet's life, and the scores of both ways."""

    phase: str
    long: Scores
    known: Scores


class Task(NamedTuple):
    """What one process has to do: an outlet, its frames by their domains, and how many pages."""

    domains: tuple[str, ...]
    seed: int
    pages: int


def live(task: Task) -> list[Lived]:
    """The pages of one outlet, each read both ways."""
    warm_up(["ours"])
    frames = real_frames([row for row in rows("fundus") if row["domain"] in task.domains])
    ordered = [frames[domain][0] for domain in task.domains]
    language = frames[task.domains[0]][1]
    manuscripts = real_manuscripts([language])
    if len(manuscripts) < FEWEST_MANUSCRIPTS:
        manuscripts = real_manuscripts()
    pages = outlet(ordered, manuscripts, count=task.pages, seed=task.seed, language=language)
    return list(_lives(pages))


def _lives(pages: Iterator[Virtual]) -> Iterator[Lived]:
    kept = (b"", b"")
    counts: dict[int, int] = defaultdict(int)
    for page in pages:
        long, _ = _read(page, Outlet())
        known, kept = _read(page, outlet_of(kept[0]), kept)
        counts[page.frame] += 1
        young = counts[page.frame] <= KNOWN_AFTER
        yield Lived(("redesign, " if page.frame else "") + ("young" if young else "known"), long, known)


def _read(page: Virtual, known: Outlet, kept: tuple[bytes, bytes] = (b"", b"")) -> tuple[Scores, tuple[bytes, bytes]]:
    """The scores, and what is kept of the outlet after the page."""
    source = Source(id="virtual", name="", homepage=page.url, language="", country="", timezone="UTC")
    fetched = Page(url=page.url, body=page.body, fetched=datetime.now(UTC))
    start = time.process_time()
    try:
        composed = compose_known(Entry(url=page.url), source, fetched, fetched.fetched, known)
    except ExtractFailed:
        return _scores(page, None, time.process_time() - start), kept
    seconds = time.process_time() - start
    start = time.process_time()
    read(fetched, known)
    reading = 1000 * (time.process_time() - start)
    if composed.lesson:
        kept = packed(*taught(outlet_of(kept[0]), evidence_of(kept[1]), composed.lesson))
    return _scores(page, composed, seconds) | {"extract": reading}, kept


def _scores(page: Virtual, composed: Composed | None, seconds: float) -> Scores:
    article = composed.article if composed else None
    read = Read()
    if article:
        day = day_of(article.published_raw) if article.published else ""
        read = Read(article.text, article.title, day, article.authors)
    lines = set(read.text.split("\n\n"))
    scores = score(read, page.gold) | {"ms": 1000 * seconds}
    scores["template"] = float(article is not None and article.extraction.method == "template")
    if page.foreign:
        scores["foreign"] = sum(line not in lines for line in page.foreign) / len(page.foreign)
    if page.repeated:
        scores["kept"] = sum(line in lines for line in page.repeated) / len(page.repeated)
    return scores


def tasks(count: int, pages: int, half: str) -> list[Task]:
    """So many outlets, over all languages; every second one is redesigned."""
    chosen = [row for row in rows("fundus") if not half or half_of(row["domain"]) == half]
    domains = sorted(real_frames(chosen))
    firsts = domains[:: max(1, len(domains) // count)][:count]
    others = domains[1:] + domains[:1]
    return [
        Task((first, others[domains.index(first)]) if number % 2 else (first,), number, pages)
        for number, first in enumerate(firsts)
    ]


def table(lived: Sequence[Lived]) -> Iterator[str]:
    """Two lines for each phase: the long way, and by what is known."""
    yield f"{'phase':18}{'way':7}{'pages':>6}" + "".join(f"{name:>10}" for name in COLUMNS)
    for phase in ("young", "known", "redesign, young", "redesign, known"):
        of_phase = [each for each in lived if each.phase == phase]
        for way in ("long", "known") if of_phase else ():
            scores: list[Scores] = [getattr(each, way) for each in of_phase]
            means = [f"{mean(scores, name):.3f}" for name in COLUMNS]
            yield f"{phase:18}{way:7}{len(scores):6}" + "".join(f"{each:>10}" for each in means)


def mean(scores: Sequence[Scores], name: str) -> float:
    """Over those pages that have this score; not a number where none has."""
    values = [each[name] for each in scores if name in each]
    return fmean(values) if values else math.nan


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outlets", type=int, default=12)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--half", default="", choices=("", "a", "b"), help="of the domains")
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    if not (PAGES / "gold.jsonl").is_file():
        print(f"skipped: {PAGES} is absent")
        return 0
    with ProcessPoolExecutor(asked.workers) as pool:
        lived = [each for lives in pool.map(live, tasks(asked.outlets, asked.pages, asked.half)) for each in lives]
    print(*table(lived), sep="\n")
    by_template = mean([each.known for each in lived if each.known["template"]], "extract")
    long = mean([each.long for each in lived], "extract")
    print(f"by a template {by_template:.1f} ms of CPU to read a page, the long way {long:.1f} ms   goal: {GOAL}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
