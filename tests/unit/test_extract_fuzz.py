"""Pages built to make their reader wait, or to fill its memory, take seconds and megabytes like any other."""

import time
from contextlib import suppress
from itertools import pairwise

import pytest

from ingest import extract_article
from ingest.clean import unrepeated
from ingest.errors import ExtractFailed
from ingest.extract import blocks_of
from ingest.extract.linked_data import linked_data

URL = "https://harbour.example/news/ferry"
PARAGRAPH = (
    "<p>The crews of the night ferry walked out on Monday evening, an hour before fog closed the bay to every ship, "
    "and ninety people spent the night on board.</p>"
)
SECONDS = 5
"""Of the processor; each of these once took longer, most of them minutes."""


def seconds_for(body: str, head: str = "") -> float:
    html = f"<html><head><title>Fog</title>{head}</head><body><article>{body}</article></body></html>".encode()
    start = time.process_time()
    with suppress(ExtractFailed):
        extract_article(html, URL)
    return time.process_time() - start


@pytest.mark.parametrize("mark", ["<h1><div>", "<div class='author'>"], ids=["headings", "bylines"])
def test_a_text_in_a_hundred_nested_elements_that_are_looked_at_is_not_read_a_hundred_times(mark: str) -> None:
    assert seconds_for(PARAGRAPH + mark * 100 + "word fog bay " * 400_000) < SECONDS


def test_line_breaks_before_a_long_text_cost_no_copy_of_it_each() -> None:
    start = time.process_time()
    (block,) = blocks_of("<span><br></span>" * 18_000 + "fog on bay " * 750_000)
    assert time.process_time() - start < SECONDS
    assert block.html.startswith("fog on bay")


def test_an_address_longer_than_any_is_no_link_in_each_of_the_blocks_inside() -> None:
    long, usual = "/" + "x" * 100_000, "/ferry"
    blocks = blocks_of(f'<a href="{long}">{PARAGRAPH * 100}</a><p><a href="{usual}">The ferry</a></p>')
    assert sum(len(block.html) for block in blocks) < 100_000
    assert blocks[-1].html == f'<a href="{usual}">The ferry</a>'


@pytest.mark.parametrize(
    "script",
    [
        '{"a":' + "\n" * 100_000 + "x}",
        '{"@type":' + " " * 100_000 + "x}",
        '{"@type":"NewsArticle" "author":' + " " * 19_000 + "x}" + '"author":' * 1000,
        '{"@type":"' + "NewsX" * 100_000 + '"@type":"NewsX' * 50_000,
    ],
    ids=["line ends", "spaces", "spaces before an author", "half a type"],
)
def test_broken_linked_data_is_given_up_in_linear_time(script: str) -> None:
    start = time.process_time()
    linked_data([script])
    assert time.process_time() - start < SECONDS


def test_twenty_thousand_authors_are_not_each_looked_for_among_as_many_nodes() -> None:
    people, nodes = '{"@id":"x"},' * 20_000, '{"@id":"b","a":1},' * 20_000
    graph = f'{{"@graph":[{nodes}{{"@type":"NewsArticle","author":[{people}{{}}]}}]}}'
    assert seconds_for(PARAGRAPH, f"<script type='application/ld+json'>{graph}</script>") < SECONDS


def test_a_type_before_a_hundred_thousand_spaces_is_looked_for_in_linear_time() -> None:
    script = f"""<script type='application/ld+json'>{{"@type":{" " * 100_000}x}}</script>"""
    assert seconds_for(PARAGRAPH, script) < SECONDS


def test_thirty_thousand_tags_are_told_apart_without_comparing_each_with_each() -> None:
    tags = "".join(f"<meta property='article:tag' content='quay {number}'>" for number in range(38_000))
    assert seconds_for(PARAGRAPH, tags) < SECONDS


def test_a_title_of_separators_alone_is_no_title() -> None:
    assert seconds_for(PARAGRAPH, f"<meta property='og:title' content='{'a - ' * 100_000}b'>") < SECONDS


def test_texts_that_are_all_made_of_others_are_compared_a_bounded_number_of_times() -> None:
    lines = [f"The ship {number} left for the isle of number {number} today" for number in range(330)]
    start = time.process_time()
    unrepeated([*lines, *map(" ".join, pairwise(lines))])
    assert time.process_time() - start < SECONDS


def test_keywords_have_no_control_characters_and_no_mojibake() -> None:
    tags = "<meta property='article:tag' content='fog&#x9d;bell'><meta property='article:tag' content='PerÃº'>"
    html = f"<html><head><meta charset='utf-8'><title>Fog</title>{tags}</head><body>{PARAGRAPH * 2}</body></html>"
    assert extract_article(html.encode(), URL).keywords == ("fogbell", "Perú")
