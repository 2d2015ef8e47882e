"""Lines that an outlet says in many of its articles are no part of them; what articles have in common stays."""

from collections.abc import Callable, Sequence

import pytest

from ingest.extract.recurring import MOST, Lines, counted, line_hash, recurs, without_recurring
from ingest.models import Block
from tests.virtual import manuscripts, pages

APPEAL = "Our reporting is free for everybody. If you can, please give a little every month."
BACKGROUND = (
    "The dispute began eleven years ago, when the council sold the old pier to a company that nobody in town had heard "
    "of. Two inquiries and a lawsuit later, the papers of the sale are still under seal."
)
QUOTE = "“We were told nothing until the water had reached the second step,” she said."

ARTICLES = [[line.text for line in each.lines] for each in manuscripts(120, seed=5)]


def after(articles: Sequence[Sequence[str]]) -> Lines:
    lines = Lines()
    for number, texts in enumerate(articles):
        lines = counted(lines, str(number), texts)
    return lines


def with_line(line: str, which: Callable[[int], bool], count: int = 60) -> Lines:
    """So many articles, of which some have this line in their midst."""
    return after([[*texts[:3], *([line] if which(n) else []), *texts[3:]] for n, texts in enumerate(ARTICLES[:count])])


@pytest.mark.parametrize(
    ("line", "which"),
    [
        (APPEAL, lambda number: True),
        (APPEAL, lambda number: number % 2 == 0),
        (APPEAL, lambda number: number >= 45),
        (BACKGROUND, lambda number: True),
        ("Edited by Ana Marín", lambda number: number % 4 == 0),
        ("Advertisement", lambda number: number % 3 > 0),
    ],
    ids=["in all", "in every second", "in all since lately", "long, in all", "short, in every fourth", "a word"],
)
def test_a_line_in_a_fair_share_of_different_articles_is_the_outlets(line: str, which: Callable[[int], bool]) -> None:
    assert recurs(with_line(line, which), line)


@pytest.mark.parametrize(
    ("line", "which"),
    [
        (QUOTE, lambda number: number in {20, 21}),
        (QUOTE, lambda number: number in {5, 30}),
        (QUOTE, lambda number: 20 <= number < 25),
        (BACKGROUND, lambda number: 20 <= number < 25),
        (BACKGROUND, lambda number: number < 5),
        (BACKGROUND, lambda number: number % 6 == 0),
        ("The ministry did not answer a request for comment.", lambda number: number % 10 == 0),
        ("“No.”", lambda number: number % 12 == 0),
    ],
    ids=[
        "a quote in two follow-ups", "a quote taken up later", "a quote in five",
        "background of five follow-ups",
        "background of the first five", "background of what goes on", "a sentence of every journalist", "an answer",
    ],
)  # fmt: skip
def test_what_follow_ups_have_in_common_stays(line: str, which: Callable[[int], bool]) -> None:
    for count in range(5, 61, 5):
        assert not recurs(with_line(line, which, count), line), count


def test_a_refrain_of_one_article_is_its_own() -> None:
    lines = after([*ARTICLES[:20], [*ARTICLES[20], *[QUOTE] * 12], *ARTICLES[21:40]])
    assert not recurs(lines, QUOTE)


def test_an_article_that_is_read_again_or_copied_does_not_count_again() -> None:
    texts = [*ARTICLES[0], APPEAL]
    lines = counted(Lines(), "a", texts)
    assert counted(lines, "a", [*texts, *ARTICLES[1]]) == lines, "its next version, under the same id"
    for copy in range(30):
        lines = counted(lines, f"copy {copy}", [*texts[:-1], f"Copied by agency {copy}", APPEAL])
    assert lines.articles == 1
    assert not recurs(lines, APPEAL)


def test_short_lines_that_differ_in_a_date_are_the_same_and_no_others() -> None:
    assert line_hash("Updated on 3 May 2025 at 10:45") == line_hash("updated on 14 May 2026, at 8:05")
    assert line_hash("2:1 (1:0)") != line_hash("3:1 (2:0)")
    assert line_hash("Hamm – Essen 28:24") != line_hash("Hamm – Essen 27:30")
    assert line_hash("Unleaded: 1.62 a litre") != line_hash("Unleaded: 1.71 a litre")


def test_what_a_report_says_each_day_with_other_figures_is_news() -> None:
    def report(day: int) -> list[str]:
        stood = f"On the morning of 2025-06-{day:02} the river stood at {day * 7} cm at the old bridge, it was said."
        return [stood, f"Gauge at the bridge: {day * 7} cm", f"Gauge at the quay: {day * 9} cm", *ARTICLES[day][:2]]

    lines = after([report(day) for day in range(1, 31)])
    assert not any(recurs(lines, text) for text in report(31))


def block(text: str, tag: str = "p") -> Block:
    return Block(tag=tag, text=text, html=text)


def test_a_heading_that_many_articles_have_stays_while_there_is_text_below_it() -> None:
    texts = [[*each[:2], "What we know", *each[2:], "More on this", APPEAL] for each in ARTICLES[:30]]
    own = [block(ARTICLES[31][0]), block("What we know", "h2"), block(ARTICLES[31][1])]
    blocks = [*own, block("More on this", "h3"), block(APPEAL)]
    assert without_recurring(blocks, after(texts)) == tuple(own)


@pytest.mark.parametrize("own", [[], ["Two lines of news."]])
def test_nothing_is_left_out_of_an_article_that_has_next_to_nothing_else(own: list[str]) -> None:
    lines = with_line(APPEAL, lambda number: True)
    blocks = tuple(block(text) for text in [*own, APPEAL])
    assert without_recurring(blocks, lines) == blocks


def test_a_short_article_loses_what_recurs_where_more_is_its_own() -> None:
    more = "Read it all on our page"
    short = block("The ferry stayed at the quay this morning.")
    assert without_recurring([short, block(more)], with_line(more, lambda number: True)) == (short,)


def test_the_memory_of_lines_is_bounded_and_keeps_what_recurs() -> None:
    lines = with_line(APPEAL, lambda number: number % 2 == 0, count=120)
    assert len(lines.seen) == MOST
    assert recurs(lines, APPEAL)


def test_of_the_pages_of_an_outlet_no_line_of_an_article_is_taken_for_the_outlets() -> None:
    """All that the articles have in common is in these pages: quotes and background that follow-ups share."""
    lines, lost, left = Lines(), [], 0
    for page in pages(60, seed=3):
        own, foreign = page.gold["text"].splitlines(), page.foreign
        lost += [text for text in own if recurs(lines, text)]
        left += sum(recurs(lines, text) for text in foreign)
        lines = counted(lines, page.url, [*own, *foreign])
    assert lost == []
    assert left > 60
