"""The record of a copy says whose text it is and what became of it, paragraph by paragraph."""

import time
from datetime import UTC, datetime

import pytest

from ingest.dedupe import Likeness, copied, likeness
from ingest.models import Article, Copy, Extraction, article_id

AT = datetime(2026, 11, 3, 12, tzinfo=UTC)
PARAGRAPHS = [
    "The port of La Guaira opened again on Tuesday after two days of fog, the harbour master said.",
    "Four freighters that had waited in the bay since Sunday were the first to be unloaded.",
    "Fishermen had asked for calm while every pier was looked at by divers of the navy.",
    "“We have never seen so many ships out there,” said a baker whose shop looks onto the quay.",
    "The last time that the port was closed for so long was in the storms of 1999.",
]


def article(*paragraphs: str, source: str = "one") -> Article:
    text, url = "\n\n".join(paragraphs), f"https://{source}.example/port"
    return Article(
        id=article_id(url), revision=1, url=url, source=source, title="The port is open",
        text=text, fetched=AT, sorted=AT, extraction=Extraction(method="model"),
    )  # fmt: skip


def copy_of(*paragraphs: str) -> Copy:
    """What an article of these paragraphs is, as a copy of the whole."""
    copy, other = article(*paragraphs, source="two"), article(*PARAGRAPHS)
    return copied(copy, other, other, likeness(copy.text, other.text))


def counts(copy: Copy) -> tuple[int, int, int, int]:
    return copy.kept, copy.changed, copy.added, copy.dropped


def test_a_copy_names_the_article_that_it_is_like_and_the_first_of_all() -> None:
    first = article(*PARAGRAPHS[:3], source="agency")
    copy, other = article(*PARAGRAPHS, source="two"), article(*PARAGRAPHS)
    record = copied(copy, other, first, Likeness(0.9, 0.98765, 0.91, "same"))
    assert (record.of, record.first, record.first_source, record.first_url) == (
        other.id, first.id, "agency", "https://agency.example/port",
    )  # fmt: skip
    assert (record.shared, record.covered) == (0.988, 0.91)


@pytest.mark.parametrize(
    ("paragraphs", "kept_changed_added_dropped"),
    [
        (PARAGRAPHS, (5, 0, 0, 0)),
        (PARAGRAPHS[::-1], (5, 0, 0, 0)),
        ([paragraph.upper().replace("“", "«") for paragraph in PARAGRAPHS], (5, 0, 0, 0)),
        (PARAGRAPHS[:3], (3, 0, 0, 2)),
        (["Our own correspondent has the details of a long day.", *PARAGRAPHS], (5, 0, 1, 0)),
        ([PARAGRAPHS[0].replace("Tuesday", "Nov 3"), *PARAGRAPHS[1:]], (4, 1, 0, 0)),
        ([f"CARACAS (Reuters) – {PARAGRAPHS[0]}", *PARAGRAPHS[1:4], "By Ana Pérez"], (3, 1, 1, 1)),
        ([" ".join(PARAGRAPHS[:2]), *PARAGRAPHS[2:]], (3, 1, 0, 1)),
        ([*PARAGRAPHS, PARAGRAPHS[0]], (5, 0, 1, 0)),
        ([*PARAGRAPHS, "* * *"], (5, 0, 0, 0)),
        (["Nothing of all that was in here at any time, said all who had looked for it."], (0, 0, 1, 5)),
    ],
    ids=[
        "all", "another order", "typography", "left out", "introduction", "a word", "dateline and byline", "merged",
        "twice", "a line without words", "another text",
    ],
)  # fmt: skip
def test_paragraphs_are_kept_changed_added_or_dropped(
    paragraphs: list[str], kept_changed_added_dropped: tuple[int, int, int, int]
) -> None:
    assert counts(copy_of(*paragraphs)) == kept_changed_added_dropped


def test_a_paragraph_is_made_of_one_other_at_most() -> None:
    twice = [PARAGRAPHS[0].replace("Tuesday", day) for day in ("Monday", "Sunday")]
    assert counts(copy_of(*twice)) == (0, 1, 1, 4)


def numbered(count: int, ending: str) -> list[str]:
    return [
        f"paragraph {n} of many begins {n} and has the words of all the others in it {ending} {n}" for n in range(count)
    ]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (numbered(5000, "here"), numbered(5000, "there")),
        (["the same words " + "x" * n for n in range(5000)], ["the same words " + "y" * n for n in range(5000)]),
        (numbered(5000, "here"), [" ".join(numbered(5000, "there"))]),
        ([" ".join(numbered(5000, "here"))], numbered(5000, "there")),
    ],
    ids=["each changed", "alike", "one giant for all", "all in a giant"],
)  # fmt: skip
def test_five_thousand_paragraphs_beside_five_thousand_others_are_counted_within_a_second(
    ours: list[str], theirs: list[str]
) -> None:
    copy, other = article(*ours), article(*theirs)
    start = time.process_time()
    record = copied(copy, other, other, Likeness())
    assert time.process_time() - start < 1.0
    assert record.kept + record.changed + record.added == len(ours)
    assert record.kept + record.changed + record.dropped == len(theirs)
