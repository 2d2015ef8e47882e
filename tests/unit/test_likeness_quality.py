"""On real articles, copies are found and nothing else is: with edits as other outlets make them, and labelled pairs."""

import pytest

from bench import copies as bench
from bench.edits import AROUND, COPIES
from tests.conftest import needs_corpora

pytestmark = needs_corpora

EVERY = 2
"""Of the texts that the gold standard has in full; each is edited in thirteen ways."""


@pytest.fixture(scope="module")
def found() -> list[bench.Text]:
    texts = bench.gold_texts()[::EVERY]
    assert len(texts) >= 60
    assert len({each.language for each in texts}) >= 5
    return texts


@pytest.fixture(scope="module")
def made(found: list[bench.Text]) -> list[bench.Made]:
    return list(bench.made(found, seed=3))


def test_copies_with_half_or_more_in_common_are_found(made: list[bench.Made]) -> None:
    copies = [pair for pair in made if pair.edit in COPIES and pair.jaccard >= 0.5]
    assert len(copies) >= 600
    assert bench.recall(copies) >= bench.RECALL


@pytest.mark.parametrize("edit", COPIES)
def test_no_kind_of_edit_hides_a_copy(made: list[bench.Made], edit: str) -> None:
    copies = [pair for pair in made if pair.edit == edit and pair.jaccard >= 0.5]
    assert len(copies) >= 40
    assert bench.recall(copies) >= bench.RECALL


def test_copies_in_a_longer_page_are_found(made: list[bench.Made]) -> None:
    """Those that were touched and those that were not together, as the goal is meant."""
    around = [pair for pair in made if pair.edit in AROUND]
    assert len(around) >= 100
    assert bench.recall(around) >= bench.CONTAINED


def test_what_has_less_than_half_in_common_is_never_the_same(made: list[bench.Made]) -> None:
    less = [pair for pair in made if pair.jaccard < 0.5]
    assert len(less) >= 100
    assert {pair.kind for pair in less} <= {"inside", "around", ""}


def test_no_two_different_articles_are_copies_and_few_are_compared(found: list[bench.Text]) -> None:
    among = bench.strangers(found)
    assert among.pairs >= 1500
    assert among.false == []
    assert among.compared <= among.pairs / 1000


def test_labelled_pairs_are_merged_if_they_are_copies_and_never_for_being_of_one_thread() -> None:
    pairs = bench.labelled()
    copies = [pair for pair in pairs if pair.jaccard >= 0.5]
    assert (len(pairs), len(copies)) == (35, 6)
    assert {(pair.met, pair.kind) for pair in copies} == {(True, "same")}
    assert {pair.kind for pair in pairs if pair not in copies} == {""}
    assert sum(pair.thread for pair in pairs if pair not in copies) == 12


def test_an_article_full_of_figures_is_no_copy_of_the_next_days_report() -> None:
    rich, taken = bench.next_days(bench.gold_texts(), seed=3)
    assert rich >= 2
    assert taken == 0
