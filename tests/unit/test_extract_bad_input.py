"""Whatever comes instead of a page is an error that names it, or a partial article, in bounded time and memory."""

import random
import re
import subprocess
import sys
import textwrap
import time
import zlib
from contextlib import suppress

import pytest

from ingest import extract_article
from ingest.errors import ExtractFailed, PageKind
from ingest.extract.page import MOST_ELEMENTS

URL = "https://harbour.example/news/ferry"
PARAGRAPH = (
    "<p>The crews of the night ferry walked out on Monday evening, an hour before fog closed the bay to every ship, "
    "and ninety people spent the night on board.</p>"
)
PAGE = f"<html><head><title>The ferry stays</title></head><body><article>{PARAGRAPH}</article></body></html>".encode()
MB = 1_000_000


def refused(html: bytes) -> ExtractFailed:
    with pytest.raises(ExtractFailed) as failed:
        extract_article(html, URL)
    assert "broke its reader" not in str(failed.value), "the last resort hides what should be handled"
    return failed.value


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        (b"", "no text"),
        (b"\n\t ", "no text"),
        (b"<html></html>", "no text"),
        (b"<html><head><title>The ferry</title></head></html>", "no text"),
        (b"<html><frameset><frame src='/a'></frameset></html>", "no text"),
        (b"<!-- " + PAGE, "unreadable"),
        (b"<script>" + PAGE, "no text"),
        (b"%PDF-1.7\n" + PAGE, "binary"),
        (b"\n\n%PDF-1.4\n" + PAGE, "binary"),
        (b"\x89PNG\r\n\x1a\n" + PAGE, "binary"),
        (b"RIFF\x10\x00\x00\x00WEBP" + PAGE, "binary"),
        (b"OggS\x00\x02" + PAGE, "binary"),
        (zlib.compress(PAGE), "binary"),
        (random.Random(7).randbytes(200_000), "binary"),
        (b"The ferry leaves at ten.", "unreadable"),
        (b'{"title": "Ferry"}', "unreadable"),
        (b"<rss version='2.0'><channel></channel></rss>", "unreadable"),
        (b"<div>" * 100_000 + PAGE, "unreadable"),
        (b"<table><tr><td>" * 100_000 + PAGE, "unreadable"),
        (b"<p>a" * 200_000, "unreadable"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:12]),
)
def test_what_is_no_page_is_refused_by_its_kind_at_once(html: bytes, kind: PageKind) -> None:
    start = time.process_time()
    error = refused(html)
    assert error.kind == kind
    assert error.again is (kind == "no text"), "the same bytes come again, unless the page is filled in"
    assert time.process_time() - start < 3


FIFTY = {
    "prose": PARAGRAPH.encode(),
    "elements": b"<i>a</i>",
    "depth": b"<div>",
    "text": b"ferry ",
    "attributes": b"<a href='/x' class='y' id='z'>",
    "entities": b"&amp;&nbsp;&#x41;",
    "brackets": b"<<<<",
    "comments": b"<!-- a -->",
    "white space": b" \n",
    "zeros": b"\x00",
    "random": random.Random(7).randbytes(5000),
}


@pytest.mark.parametrize("unit", FIFTY.values(), ids=FIFTY)
def test_fifty_megabytes_are_refused_within_seconds(unit: bytes) -> None:
    html = PAGE[:60] + unit * (50 * MB // len(unit))
    start = time.process_time()
    error = refused(html)
    assert time.process_time() - start < 3
    assert error.kind in {"unreadable", "binary", "no text"}


def megabytes_for(unit: str, count: int) -> int:
    """Memory that a page of so many of these takes beyond its own bytes, in a process of its own."""
    program = f"""
        import resource
        from ingest import extract_article
        from ingest.errors import ExtractFailed

        def most(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        extract_article({PAGE!r}, {URL!r})
        html = {PAGE[:-14]!r} + {unit.encode()!r} * {count}
        before = most()
        try:
            extract_article(html, {URL!r})
        except ExtractFailed:
            pass
        print(most() - before)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_fifty_megabytes_take_no_memory_beyond_themselves() -> None:
    assert megabytes_for(PARAGRAPH, 50 * MB // len(PARAGRAPH)) < 64


CROWDED = {
    "paragraphs": "<p>a",
    "prose": PARAGRAPH,
    "headings": "<h1>fog</h1>",
    "links": "<li><a href='/x'>fog</a></li>",
    "dates": "<time datetime='2020-01-01'>x</time>",
    "names": "<a rel='author'>Ana Pérez</a>",
    "statements": "<meta property='og:title' content='fog'>",
    "linked data": "<script type='application/ld+json'>{'@type': 'NewsArticle', 'author': 'x'}</script>",
    "cells": "<table><tr><td>1<td>2</table>",
    "lines": "fog<br>",
    "depth": "<div>" * 200 + "fog" + "</div>" * 200,
    "passwords": "<input type='password'><button>Accept all cookies</button>",
}
"""Kinds of elements that something is looked for in."""


@pytest.mark.parametrize("unit", CROWDED.values(), ids=CROWDED)
def test_a_page_as_full_as_is_read_at_all_is_read_or_refused_within_seconds(unit: str) -> None:
    elements = len(re.findall(r"<\w", unit))
    html = PAGE[:-14] + unit.encode() * min((MOST_ELEMENTS - 100) // elements, 9 * MB // len(unit))
    start = time.process_time()
    with suppress(ExtractFailed):
        extract_article(html, URL)
    assert time.process_time() - start < 15


@pytest.mark.parametrize("unit", [CROWDED["paragraphs"], CROWDED["headings"]], ids=["paragraphs", "headings"])
def test_a_page_as_full_as_is_read_at_all_takes_a_fraction_of_a_processs_memory(unit: str) -> None:
    assert megabytes_for(unit, MOST_ELEMENTS - 100) < 300


@pytest.mark.parametrize("declared", ["utf-16", "utf-7", "koi8-r", "shift_jis", "x-unknown", "utf-8", ""])
def test_a_wrong_declared_charset_costs_no_letter(declared: str) -> None:
    spanish = "El puerto reabrió después de dos días en que la niebla no dejó salir ningún barco, según la capitanía. "
    html = f"<html><head><meta charset='{declared}'><title>Año</title></head><body><p>{spanish * 3}</p></body></html>"
    article = extract_article(html.encode(), URL)
    assert (article.title, article.text) == ("Año", (spanish * 3).strip())


@pytest.mark.parametrize("length", range(0, len(PAGE), 5))
def test_a_truncated_page_is_an_article_of_what_came_or_refused(length: int) -> None:
    try:
        article = extract_article(PAGE[:length], URL)
    except ExtractFailed as error:
        assert error.kind in {"no text", "unreadable"}
        return
    assert article.text.rstrip("</ap>") in PAGE.decode()
    assert article.words >= 20
