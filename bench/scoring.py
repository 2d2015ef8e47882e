"""Real pages with a gold standard, and how well a reading of one agrees with it.

../shared/corpora/pages/gold.jsonl ─► rows ─► page's bytes ─reader─► Read ─score─► measure -> 0 to 1

text     F1 over 4-grams of words (of characters in Chinese and Japanese) against the gold text
segments segments that must be in the text and are, and that must not and are not, as one F1
title    whether the title equals the gold one, case, white space and punctuation aside
date     whether the day of publication is the gold one
authors  F1 over names
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ingest.clean import clean_text, read_date, split_authors

PAGES = Path(__file__).resolve().parents[2] / "shared/corpora/pages"
MEASURES = ("text", "segments", "title", "date", "authors")
_TOKEN = re.compile("[\u3040-\u30ff\u3400-\u9fff]|[^\\W_]+")

Scores = dict[str, float]
Row = dict[str, Any]
"""One line of the gold standard: set, url, domain, lang, page, gold."""


class Read(NamedTuple):
    """What one reader made of a page."""

    text: str = ""
    title: str = ""
    day: str = ""
    authors: tuple[str, ...] = ()


def rows(only: str = "", lang: str = "", half: Literal["", "a", "b"] = "") -> list[Row]:
    """The gold standard's lines: of one set, one language, one half of the domains, or all."""
    lines = (PAGES / "gold.jsonl").read_text("utf-8").splitlines()
    return [
        row
        for row in map(json.loads, lines)
        if (not only or row["set"] == only)
        and (not lang or row["lang"] == lang)
        and (not half or half_of(row["domain"]) == half)
    ]


def half_of(domain: str) -> Literal["a", "b"]:
    """The half that a domain is in: mistakes are looked at in one, and what they taught is checked in the other."""
    return "a" if sha256(domain.encode()).digest()[0] % 2 == 0 else "b"


def page_of(row: Row) -> bytes:
    """The page's bytes as captured."""
    return gzip.decompress((PAGES / row["page"]).read_bytes())


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
        scores["authors"] = _f1(Counter(map(_key, read.authors)), Counter(map(_key, gold_authors(gold))))
    return scores


def gold_authors(gold: dict[str, Any]) -> tuple[str, ...]:
    """The names, however the gold standard has them."""
    stated = gold.get("author") or []
    return split_authors(stated if isinstance(stated, list) else stated.split("; "))


def day_of(raw: str) -> str:
    """The day as the page has it, in the outlet's own zone."""
    if match := re.match(r"\s*(\d{4}-\d\d-\d\d)", raw):
        return match[1]
    return _day_in_utc(raw)


def _day_in_utc(raw: str) -> str:
    moment = read_date(raw, "UTC", "en")
    return moment.date().isoformat() if moment else ""


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
