"""Which change of a published article is its next revision, which is none, and which has to wait."""

from typing import Any

import msgspec
import pytest

from ingest.models import Article, Difference, Extraction, Note
from ingest.revising import Revised, revised
from ingest.settings import RevisionSettings
from ingest.store import Standing
from tests.integration.making import NOW, article

RULES = RevisionSettings()
DAY = RULES.restless_seconds
BODY = "The harbour office counted 19 boats on Monday.\n\nNobody remembers a summer with so little wind."
STUB = Extraction(method="body", partial=True)
CORRECTION = Note(kind="correction", text="Correction: It was 21 boats.")


def edition(body: str = BODY, **more: Any) -> Article:
    return article(body=body, **more)


def standing(before: Article | None, revision: int = 1, changes: int = 0, age: float = 60.0) -> Standing:
    return Standing(revision, changes, age, before)


def of(after: Article, before: Article | None = None, **more: Any) -> Revised:
    return revised(standing(before or edition(), **more), after, RULES)


def test_a_change_is_the_next_revision_and_says_what_changed() -> None:
    found = of(edition(BODY.replace("19", "21")), revision=3)
    assert (found.settled, found.article.revision) == ("", 4)
    assert found.article.difference
    assert (found.article.difference.words_added, found.article.difference.words_removed) == (1, 1)


def test_what_changes_nothing_that_matters_is_unchanged() -> None:
    assert of(edition(f"{BODY}\n\n1,234 views")).settled == "unchanged"
    assert of(edition(f"Write to us.\n\n{BODY}")).settled == ""
    ours = revised(standing(edition()), edition(f"Write to us.\n\n{BODY}"), RULES, "Write to us.".__eq__)
    assert ours.settled == "unchanged"


@pytest.mark.parametrize(
    ("changes", "age", "settled"),
    [(3, 60.0, ""), (4, 60.0, "quietened"), (9, DAY - 1, "quietened"), (9, DAY + 1, "")],
)
def test_a_restless_page_is_revised_once_a_day(changes: int, age: float, settled: str) -> None:
    found = of(edition(BODY.replace("19", "21")), changes=changes, age=age)
    assert found.settled == settled
    assert found.again == (DAY - age if settled else 0)


def test_an_article_is_revised_as_often_as_is_said_and_no_more() -> None:
    after = edition(BODY.replace("19", "21"))
    assert of(after, revision=49).settled == ""
    assert of(after, revision=50) == Revised(of(after, revision=50).article, "quietened", 0.0)


def test_a_stub_that_is_filled_in_never_waits() -> None:
    before = edition(BODY[:46], extraction=STUB)
    assert of(edition(), before, revision=50, changes=9).settled == ""
    assert of(edition(BODY[:60], extraction=STUB), before, changes=9).settled == "quietened"


def test_a_correction_never_waits_and_an_update_does() -> None:
    after = edition(BODY.replace("19", "21"), notes=(CORRECTION,))
    assert of(after, changes=9).settled == ""
    for before in (
        edition(notes=(CORRECTION,)),
        edition(notes=(msgspec.structs.replace(CORRECTION, text="Correction: 20."),)),
    ):
        assert of(after, before, changes=9).settled == "quietened"
    assert of(msgspec.structs.replace(after, notes=(Note(kind="update", text="UPDATE"),)), changes=9).settled


def test_a_new_title_over_a_paywall_keeps_the_text_that_was_published() -> None:
    before = edition(notes=(CORRECTION,))
    found = of(edition(BODY[:46], title="Twenty-one boats", extraction=STUB), before)
    assert found.article == msgspec.structs.replace(
        before, title="Twenty-one boats", revision=2, difference=Difference(title=before.title)
    )


def test_an_article_that_was_retracted_is_published_again_whatever_it_says() -> None:
    gone = edition(retracted=NOW)
    assert of(edition(), gone, revision=60, changes=9).settled == ""
    assert of(edition(), gone).article.retracted is None


def test_an_article_whose_text_is_no_longer_kept_is_published_as_it_is() -> None:
    found = revised(standing(None, revision=3), edition(), RULES)
    assert found == Revised(edition(revision=4))
