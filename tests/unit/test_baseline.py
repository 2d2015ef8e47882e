"""A source's usual pages make a baseline; pages that differ from it for long make the source drift, and say how."""

import random
import re
from typing import Any

import pytest

from ingest.baseline import ENOUGH, FIELDS, STAND_STILL, Baseline, Observed, doubtful, drift, observe, observed
from ingest.models import Extraction, to_json
from tests.integration.making import article

DAY = 86_400.0


class Source:
    """A source whose pages come an hour apart; `rest` of them are drawn around a usual length."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)
        self.baseline = Baseline()
        self.now = 1_700_000_000.0

    def pages(self, count: int, words: float = 600.0, **like: Any) -> "Source":
        for _ in range(count):
            self.page(Observed("", round(self.random.lognormvariate(0, 0.6) * words), **{"method": "body", **like}))
        return self

    def refused(self, count: int, kind: str = "challenge") -> "Source":
        for _ in range(count):
            self.page(Observed(kind))
        return self

    def page(self, seen: Observed) -> None:
        self.now += 3600
        self.baseline = observe(self.baseline, seen, self.now)

    @property
    def drift(self) -> str:
        return "; ".join(drift(self.baseline))


def lacking(*fields: str) -> dict[str, Any]:
    return {"lacking": frozenset(fields)}


def test_a_source_that_stays_as_it_is_does_not_drift() -> None:
    for seed in range(10):
        source = Source(seed)
        for _ in range(500):
            missing = frozenset(field for field in ("authors", "published") if source.random.random() < 0.4)
            source.pages(1, lacking=missing, method=source.random.choice(["rules", "body"]))
            assert source.drift == ""
            source.refused(source.random.random() < 0.05)
            assert source.drift == ""


def test_texts_that_collapse_are_noticed_within_a_dozen_pages_and_said_in_words() -> None:
    source = Source().pages(100)
    assert not source.baseline.drifting
    source.pages(12, words=60)
    assert "words lately, and" in source.drift
    assert source.baseline.drifting <= source.now


def test_texts_that_swell_are_noticed_too() -> None:
    assert "words lately" in Source().pages(100, words=200).pages(12, words=3000).drift


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_that_vanishes_is_noticed_and_one_that_was_often_missing_is_not(field: str) -> None:
    source = Source().pages(100).pages(7, **lacking(field))
    name = {"published": "date"}.get(field, field)
    assert re.search(rf"of the latest pages state no {name}, and \d% usually", source.drift)
    assert Source().pages(100, **lacking(field)).pages(20, **lacking(field)).drift == ""


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("challenge", "bring a bot challenge; fetch slower"),
        ("consent", 'bring a consent wall; where its feed has the whole text, set [fetch] full_text = "never"'),
        ("bad rule", "a selector of [extract] is none; correct it"),
        ("gone", "have no article (gone)"),
    ],
)
def test_a_kind_of_refusal_in_most_pages_is_named_with_its_remedy(kind: str, says: str) -> None:
    assert says in Source().pages(50).refused(8, kind).drift
    assert says in Source().refused(8, kind).drift, "whether or not it was ever better"
    assert Source().pages(50).refused(3, kind).drift == ""


def test_rules_that_find_nothing_any_more_are_noticed() -> None:
    source = Source().pages(100, method="rules").pages(8, method="body")
    assert "the rules of [extract] find the body of" in source.drift
    assert Source().pages(100, method="trafilatura").pages(20, method="json-ld").drift == "", "general ways may change"


def test_two_ways_that_begin_to_disagree_are_noticed() -> None:
    source = Source().pages(60, agreed=True).pages(40)
    assert "disagree" in source.pages(7, agreed=False).drift


def test_texts_of_which_less_is_expected_than_usual_are_noticed() -> None:
    source = Source().pages(60, confidence=0.95)
    assert "texts are believed to be" in source.pages(12, confidence=0.6).drift
    assert Source().pages(60, confidence=0.95).pages(20, confidence=0.85).drift == ""
    assert Source().pages(60, confidence=0.95).pages(20, method="feed").drift == "", "a feed's text states none"


def test_before_there_are_enough_articles_nothing_is_unusual() -> None:
    assert Source().pages(ENOUGH - 9).pages(8, words=20, **lacking(*FIELDS)).drift == ""


def test_what_is_usual_stands_still_while_the_source_drifts_and_gives_in_after_two_weeks() -> None:
    source = Source().pages(100).pages(14, words=50)
    usual = source.baseline.usual
    since = source.baseline.drifting
    source.pages(200, words=50)
    assert source.baseline.usual["length"] == usual["length"]
    assert source.baseline.drifting == since, "the day on which it began"
    source.now = since + STAND_STILL
    source.pages(300, words=50)
    assert source.drift == ""
    assert source.baseline.drifting == 0


def test_a_source_that_was_mended_drifts_no_more() -> None:
    source = Source().pages(100).refused(20)
    assert source.baseline.drifting
    assert source.pages(8).drift == ""
    assert source.baseline.drifting == 0


def test_a_page_is_doubtful_where_it_is_unlike_the_others_of_its_source() -> None:
    usual = Observed("", 600, frozenset(), "body")
    source = Source().pages(ENOUGH - 1)
    assert not doubtful(source.baseline, usual), "nothing is known yet that it could be unlike"
    source.pages(70)
    assert not doubtful(source.baseline, usual)
    assert doubtful(source.baseline, usual._replace(words=15))
    assert doubtful(source.baseline, usual._replace(lacking=frozenset({"title"})))
    assert doubtful(source.baseline, Observed("challenge"))
    assert not doubtful(source.refused(10).baseline, usual), "it is what it was before the source drifted"
    often = Source().pages(100, **lacking("authors"))
    assert not doubtful(often.baseline, usual._replace(lacking=frozenset({"authors"})))


def test_what_a_page_lacks_is_what_its_article_had_to_get_elsewhere() -> None:
    def seen(**evidence: str) -> Observed:
        return observed(article(extraction=Extraction(method="body", evidence=evidence)))

    assert seen(title="h1", authors="json-ld", published="meta date").lacking == frozenset()
    assert seen(title="feed", published="feed").lacking == {"title", "authors", "published"}
    assert seen(title="first sentence", authors="rule", published="none").lacking == {"title", "published"}
    assert seen(page="consent").kind == "consent", "the feed's text stood in for the page"


def test_the_figures_of_a_source_stay_small_whatever_comes() -> None:
    source = Source()
    kinds = ("consent", "challenge", "login", "paywall", "gone", "index", "search", "notice", "binary", "unreadable")
    for _ in range(30):
        for kind in (*kinds, "no text", "bad rule"):
            source.refused(1, kind).pages(
                1, method=source.random.choice(["rules", "template", "body", "json-ld", "feed"])
            )
    assert len(to_json(source.baseline)) < 2500
