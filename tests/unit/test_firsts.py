"""Who published which paragraph first."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ingest.dedupe import shared_paragraphs
from ingest.models import Article, Extraction, article_id

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LONG = [f"Paragraph {n} is long enough to be told from the others by its words {n}." for n in range(6)]


def article(outlet: str, *paragraphs: str) -> Article:
    url = f"https://{outlet}.example/"
    return Article(
        id=article_id(url), revision=1, url=url, source=outlet, title="T", text="\n\n".join(paragraphs), fetched=NOW,
        sorted=NOW, extraction=Extraction(method="feed"),
    )  # fmt: skip


def test_each_paragraph_that_several_have_is_told_with_whom_it_began() -> None:
    agency, daily = article("agency", LONG[0], LONG[1]), article("daily", LONG[2], LONG[1].upper(), LONG[0])
    weekly = article("weekly", LONG[2], "Read more.")
    found = shared_paragraphs([agency, daily, weekly])
    assert [(each.text, each.articles) for each in found] == [
        (LONG[0], (agency.id, daily.id)),
        (LONG[1], (agency.id, daily.id)),
        (LONG[2], (daily.id, weekly.id)),
    ]


def test_short_paragraphs_and_those_that_one_article_repeats_are_not_told() -> None:
    assert shared_paragraphs([article("a", "Read more.", LONG[0], LONG[0]), article("b", "Read more.")]) == ()


@given(st.lists(st.lists(st.sampled_from(LONG), max_size=5), max_size=5))
def test_it_is_exactly_what_two_or_more_have(texts: list[list[str]]) -> None:
    articles = [article(f"outlet{n}", *text) for n, text in enumerate(texts)]
    shared = {each.text for each in shared_paragraphs(articles)}
    assert shared == {each for each in LONG if sum(each in text for text in texts) > 1}
