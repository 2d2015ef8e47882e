"""What a source's pages are usually like, and whether the latest differ from it: then the source is drifting.

    Observed (one page) ─► observe ─► Baseline, the source's running figures ─► drift: in words, empty while all is well
                                                                            └─► doubtful: is this page like the others?

Each figure is a mean in which later pages weigh more, kept twice: `recent` follows the last eight pages or so, `usual`
the last hundred. `usual` stands still while the source drifts, or what is broken would soon be what is usual; after two
weeks it goes on, since nobody has mended anything and the outlet is what it is. Pure: the store only keeps the figures.
"""

from collections.abc import Iterator, Mapping
from math import exp, log, sqrt
from typing import NamedTuple

import msgspec

from ingest.models import Article, Record

FAST, SLOW = 1 / 8, 1 / 100
"""The weight of the latest page. A mean that begins gives all of its pages the same."""

ENOUGH = 30
"""Articles that make a baseline: before, nothing is unusual."""

ENOUGH_REFUSED = 8
MOST_REFUSED = 0.6
"""Pages of which most are no articles are out of order, whatever there was before; seven in a row are enough."""

STAND_STILL = 14 * 86_400.0

MOST = 0.5
"""A share that moves by half of all pages has moved; by chance it does so in one of ten thousand."""

LESS_SURE = 0.2
"""Of the F1 that is expected of a text. On real pages it differs by a tenth from article to article."""

LEAST_SPREAD = 0.35
"""Lengths differ by a third even where they hardly do, as logarithms."""

FIELDS = {"title": "title", "authors": "authors", "published": "date"}
"""Each field by the word for it."""

OWN = {"rules": "the rules of [extract] find", "template": "the learned template finds"}
"""Methods that know the outlet's layout, and find nothing in another. The general ones may follow one another."""

_ELSEWHERE = frozenset({"feed", "first sentence", "none"})
"""Evidence that a field did not come from the page."""

_REFUSED = {
    "challenge": "bring a bot challenge; fetch slower ([fetch] delay), or ask the outlet to let your user_agent in",
    "consent": 'bring a consent wall; where its feed has the whole text, set [fetch] full_text = "never"',
    "login": 'bring a login; where its feed has the whole text, set [fetch] full_text = "never"',
    "paywall": 'bring a paywall; where its feed has the whole text, set [fetch] full_text = "never"',
    "bad rule": "were not read, as a selector of [extract] is none; correct it",
}


class Baseline(Record, frozen=True, kw_only=True):
    """A source's running figures: a mean for each, by its name.

    pages: how many were looked at; articles: those among them that were one; drifting: since when the latest differ
    from the usual, Unix seconds, 0 where they do not.
    """

    pages: int = 0
    articles: int = 0
    usual: dict[str, float] = msgspec.field(default_factory=dict)
    recent: dict[str, float] = msgspec.field(default_factory=dict)
    drifting: float = 0.0


class Observed(NamedTuple):
    """What one page was like. kind: of a page without an article (see PageKind), empty where there was one; lacking:
    the FIELDS that it does not state; method: what gave the body; agreed: whether two methods that were both asked
    found the same, None where one was; confidence: in the text, None where nothing states any."""

    kind: str = ""
    words: int = 0
    lacking: frozenset[str] = frozenset()
    method: str = ""
    agreed: bool | None = None
    confidence: float | None = None


def observed(article: Article) -> Observed:
    """What the page of this article was like; its kind, where the feed's text had to stand in for it."""
    extraction = article.extraction
    evidence = extraction.evidence
    if kind := evidence.get("page", ""):
        return Observed(kind)
    lacking = frozenset(field for field in FIELDS if evidence.get(field, "none") in _ELSEWHERE)
    return Observed("", article.words, lacking, extraction.method, confidence=extraction.confidence or None)


def observe(baseline: Baseline, seen: Observed, now: float) -> Baseline:
    """The baseline with one page more. now: Unix seconds."""
    articles = baseline.articles + (not seen.kind)
    still = baseline.articles >= ENOUGH and bool(baseline.drifting) and now - baseline.drifting < STAND_STILL
    figures = _figures(baseline, seen)
    counts = {name: baseline.pages + 1 if name.startswith("kind ") else articles for name in figures}
    after = msgspec.structs.replace(
        baseline,
        pages=baseline.pages + 1,
        articles=articles,
        recent=_moved(baseline.recent, figures, counts, FAST),
        usual=baseline.usual if still else _moved(baseline.usual, figures, counts, SLOW),
    )
    since = (baseline.drifting or now) if drift(after) else 0.0
    return msgspec.structs.replace(after, drifting=since)


def drift(baseline: Baseline) -> tuple[str, ...]:
    """How the source's latest pages differ from its usual ones, in words; empty where they do not."""
    return tuple(_drift(baseline))


def doubtful(baseline: Baseline, seen: Observed) -> bool:
    """Whether this page is unlike the source's others: believe no shortcut about it. That the source drifts is none of
    it, as a redesign's end is that its template finds the bodies again."""
    if seen.kind:
        return True
    if baseline.articles < ENOUGH:
        return False
    usual = baseline.usual
    return abs(_length(seen) - usual["length"]) > 3 * _spread(usual) or any(
        usual[f"no {field}"] < 0.05 for field in seen.lacking
    )


def _drift(baseline: Baseline) -> Iterator[str]:
    recent, usual = baseline.recent, baseline.usual
    kinds = {name.removeprefix("kind "): share for name, share in recent.items() if name.startswith("kind ")}
    if baseline.pages >= ENOUGH_REFUSED and sum(kinds.values()) > MOST_REFUSED:
        worst = max(kinds, key=lambda kind: kinds[kind])
        yield f"{sum(kinds.values()):.0%} of the latest pages {_REFUSED.get(worst, f'have no article ({worst})')}"
    if baseline.articles < ENOUGH:
        return
    if abs(recent["length"] - usual["length"]) > max(log(2), 1.2 * _spread(usual)):
        yield f"articles have about {exp(recent['length']):.0f} words lately, and {exp(usual['length']):.0f} usually"
    for field, word in FIELDS.items():
        lately, before = recent[f"no {field}"], usual[f"no {field}"]
        if lately - before > MOST:
            yield f"{lately:.0%} of the latest pages state no {word}, and {before:.0%} usually"
    for method, finds in OWN.items():
        lately, before = recent.get(f"by {method}", 0.0), usual.get(f"by {method}", 0.0)
        if before - lately > MOST:
            yield f"{finds} the body of {lately:.0%} of the latest pages, and of {before:.0%} usually"
    if usual.get("confidence", 0.0) - recent.get("confidence", 0.0) > LESS_SURE:
        yield f"texts are believed to be {recent['confidence']:.0%} right lately, and {usual['confidence']:.0%} usually"
    if recent.get("disagreed", 0.0) - usual.get("disagreed", 0.0) > MOST:
        yield f"two ways of reading disagree about {recent['disagreed']:.0%} of the latest pages"


# ── figures ──


def _figures(baseline: Baseline, seen: Observed) -> dict[str, float]:
    """What this page says about each figure that it says anything about; a share of all moves with every page."""
    kinds = {name: 0.0 for name in baseline.recent if name.startswith("kind ")}
    if seen.kind:
        return {**kinds, f"kind {seen.kind}": 1.0}
    length = _length(seen)
    figures = {**kinds, "length": length, "length squared": length**2}
    figures |= {f"no {field}": float(field in seen.lacking) for field in FIELDS}
    figures |= {name: 0.0 for name in baseline.recent if name.startswith("by ")} | {f"by {seen.method}": 1.0}
    if seen.confidence is not None:
        figures["confidence"] = seen.confidence
    if seen.agreed is not None:
        figures["disagreed"] = float(not seen.agreed)
    return figures


def _moved(
    means: Mapping[str, float], figures: Mapping[str, float], counts: Mapping[str, int], weight: float
) -> dict[str, float]:
    """A share that was never seen before was nought."""
    moved = dict(means)
    for name, value in figures.items():
        share = max(weight, 1 / counts[name])
        before = means.get(name, 0.0)
        moved[name] = before + share * (value - before)
    return moved


def _length(seen: Observed) -> float:
    return log(max(seen.words, 1))


def _spread(usual: Mapping[str, float]) -> float:
    return max(LEAST_SPREAD, sqrt(max(0.0, usual["length squared"] - usual["length"] ** 2)))
