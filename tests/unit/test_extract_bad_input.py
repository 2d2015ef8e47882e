"""Whatever comes instead of a page is an error that names it, or a partial article, in bounded time and memory."""

import random
import subprocess
import sys
import textwrap
import time
import zlib

import pytest

from ingest import extract_article
from ingest.errors import ExtractFailed, PageKind

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


def test_fifty_megabytes_take_no_memory_beyond_themselves() -> None:
    program = f"""
        import resource
        from ingest import extract_article
        from ingest.errors import ExtractFailed

        def most(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        html = b"<html><body>" + {PARAGRAPH.encode()!r} * ({50 * MB} // {len(PARAGRAPH)})
        before = most()
        try:
            extract_article(html, {URL!r})
        except ExtractFailed:
            print(most() - before)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 64


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
