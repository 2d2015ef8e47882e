"""The page's pure parts: what changed between two revisions, what a link may be, how times and searches are read."""

import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from ingest.api.page.changes import Change, compared, revised
from ingest.api.page.render import at, counted, distance, lead, query, web
from ingest.api.page.search import Search, taker
from ingest.api.page.standing import HEIGHT, bars
from ingest.dedupe import Piece
from ingest.models import Article
from tests.integration.making import NOW, article

CALM = "The harbour office counted nineteen boats on Monday and expects the same tomorrow."
LATE = "The harbour office counted twenty boats on Monday and expects the same tomorrow."
OTHER = "Nobody in town remembers a summer with so little wind, says the keeper of the light."


def edition(*paragraphs: str, **more: object) -> Article:
    return msgspec.structs.replace(article(body="\n\n".join(paragraphs)), **more)


# ── changes ──


def test_an_edited_paragraph_shows_the_words_that_went_and_came() -> None:
    (change,) = compared(edition(CALM), edition(LATE)).paragraphs
    assert [piece for piece in change.pieces if piece.mark != "same"] == [
        Piece("gone", "nineteen"),
        Piece("new", "twenty"),
    ]


def test_whatever_changed_both_texts_can_be_read_off_it() -> None:
    for before, after in ((CALM, LATE), (CALM, OTHER), ("", CALM), (f"{CALM} {OTHER}", f"{OTHER} {CALM}")):
        pieces = [piece for change in compared(edition(before), edition(after)).paragraphs for piece in change.pieces]
        assert "".join(piece.text for piece in pieces if piece.mark != "new") == before
        assert "".join(piece.text for piece in pieces if piece.mark != "gone") == after


def test_a_paragraph_that_was_replaced_is_one_that_went_and_one_that_came() -> None:
    assert compared(edition(CALM, CALM), edition(CALM, OTHER)).paragraphs == (
        Change(skipped=1),
        Change((Piece("gone", CALM),)),
        Change((Piece("new", OTHER),)),
    )


def test_a_few_words_that_stayed_do_not_break_a_change_up() -> None:
    before, after = "one two three of four five six seven eight nine", "a b c of d e six seven eight nine"
    (change,) = compared(edition(before), edition(after)).paragraphs
    assert [piece.mark for piece in change.pieces] == ["gone", "new", "same"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("word " * 40_000, "other " * 40_000),
        ("\n\n".join(["a b " * 200] * 150), "\n\n".join(["b a " * 201] * 150)),
        ("\n\n".join("ab" * 25_000), "\n\n".join("ba" * 25_000)),
    ],
)
def test_no_text_keeps_us_comparing_for_long(before: str, after: str) -> None:
    started = time.process_time()
    changes = compared(edition(before), edition(after)).paragraphs
    assert time.process_time() - started < 3
    assert changes


def test_revisions_come_newest_first_each_against_the_one_before() -> None:
    first, second, third = (edition(CALM, revision=n, title=f"Title {n}") for n in (1, 2, 3))
    newest, middle, oldest = revised([first, second, third])
    assert (newest.article, newest.before) == (third, second)
    assert (middle.article, middle.before) == (second, first)
    assert (oldest.article, oldest.before) == (first, None)
    assert newest.title
    assert newest.authors is None


# ── links, times, words ──


@pytest.mark.parametrize("url", ["https://outlet.example/a", "http://127.0.0.1:8000/", "HTTPS://Outlet.example/"])
def test_a_web_address_is_a_link(url: str) -> None:
    assert web(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>",
        "//evil.example/",
        "/local",
        "https:",
        "http://[::1",
        "",
    ],
)
def test_anything_else_is_none(url: str) -> None:
    assert web(url) is None


def test_a_time_is_given_exactly_and_shown_in_utc() -> None:
    moment = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)
    assert at(moment, "full") == '<time datetime="2026-03-01T09:05:00Z" data-as="full">01 Mar 2026 09:05</time>'
    assert at(moment.timestamp(), "clock") == '<time datetime="2026-03-01T09:05:00Z" data-as="clock">09:05</time>'
    assert "<time" not in at(None)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "now"), (59, "now"), (60, "1 min ago"), (7_300, "2 h ago"), (200_000, "2 d ago"), (-300, "in 5 min")],
)
def test_a_distance_is_in_one_unit(seconds: int, said: str) -> None:
    assert distance(NOW - timedelta(seconds=seconds), NOW) == said


def test_counts_and_queries_read_well() -> None:
    assert [counted(1, "entry", "entries"), counted(2, "entry", "entries"), counted(1234, "word")] == [
        "1 entry",
        "2 entries",
        "1\u2009234 words",
    ]
    assert query({"q": "a b&c", "source": ""}, cursor="x") == "?q=a+b%26c&cursor=x"
    assert query({}) == ""


def test_a_lead_ends_at_a_word() -> None:
    shown = lead(edition(" ".join(["abcdefgh"] * 60)))
    assert shown.removesuffix(" …").split() == ["abcdefgh"] * 24  # 24 words and 23 spaces: 215 characters


def test_the_tallest_bar_fills_the_picture_and_no_day_disappears() -> None:
    drawn = bars(["2026-03-01", "2026-03-02", "2026-03-03"], [0, 5, 1_000])
    assert drawn[2].height == HEIGHT
    assert 0 < drawn[0].height <= drawn[1].height < HEIGHT
    assert all(bar.y + bar.height == HEIGHT for bar in drawn)


# ── searches ──


def test_a_search_is_what_its_address_says_and_says_it_again() -> None:
    said = {"q": "oil", "source": "outlet", "since": "2026-03-01"}
    search = Search.of({**said, "language": " ", "nonsense": "x"})
    assert search.parameters == said
    assert search.narrowed == 2


def test_what_just_arrived_is_taken_by_words_field_and_time_alike() -> None:
    made = edition(CALM, language="en")
    for said, taken in (
        ({"q": "nineteen boats"}, True),
        ({"q": '"boats nineteen"'}, False),
        ({"language": "en", "country": ""}, True),
        ({"language": "es"}, False),
        ({"since": "2026-03-01T12:00:00Z"}, True),
        ({"since": "2026-03-01T12:00:01Z"}, False),
    ):
        assert taker(Search.of(said).wanted())(made) is taken, said


def test_a_time_that_cannot_be_read_is_an_error_that_shows_how() -> None:
    with pytest.raises(ValueError, match="2026-11-01"):
        Search.of({"since": "yesterday"}).wanted()
