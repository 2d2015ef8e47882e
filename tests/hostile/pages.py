"""Articles' pages, named by a feed that is good."""

from ingest.models import Outcome
from tests.hostile.line import Line
from tests.hostile.way import way

PAGE = "/article/"
NO_ARTICLE = "what is no article is told, and never published"
EXTRACTOR = "[workers] process_seconds and process_megabytes"


def _page(body: bytes) -> bytes:
    return b'<html lang="en"><head><title>A report</title></head><body>%b</body></html>' % body


@way("ExtractFailed", "", holds=NO_ARTICLE, at=PAGE)
def page_that_is_a_challenge(line: Line) -> None:
    """A page that asks whether a person is there, with status 200."""
    line.answer(_page(b"<h1>Checking your browser before accessing</h1><div id='cf-challenge'></div>"))


@way("ExtractFailed", "", holds=NO_ARTICLE, at=PAGE)
def page_that_is_empty(line: Line) -> None:
    """A page without a word."""
    line.answer(_page(b""))


@way(Outcome.TOO_LARGE, "sends more than", holds="[fetch] max_bytes", at=PAGE)
def page_without_end(line: Line) -> None:
    """A page without an end."""
    line.flood(b"HTTP/1.1 200 OK\r\n\r\n<html>", b"<p>word</p>" * 1_000)


@way(Outcome.TIMEOUT, "not done within", holds="[fetch] deadline", at=PAGE)
def page_that_drips(line: Line) -> None:
    """A page, a letter at a time."""
    line.drip(b"HTTP/1.1 200 OK\r\n\r\n<html>", b" ")


@way(Outcome.REFUSED_ADDRESS, "is not public", holds="the address guard", at=PAGE)
def page_at_home(line: Line) -> None:
    """A page that leads to the reader's own network."""
    line.redirect("http://192.168.1.1/admin")


@way("ExtractFailed", "", holds=EXTRACTOR, at=PAGE)
def page_with_a_million_attributes(line: Line) -> None:
    """A page with twenty thousand attributes on one tag."""
    line.answer(_page(b"<div %b></div>" % b" ".join(b'a%d=""' % n for n in range(20_000))))


@way("ExtractFailed", "40,000 elements", holds="40,000 elements", at=PAGE)
def page_of_too_many_elements(line: Line) -> None:
    """A page of three hundred thousand elements."""
    line.answer(_page(b"<p>word</p>" * 300_000))


@way("ExtractFailed", "nested too deep", holds="255 elements deep", at=PAGE)
def deep_page(line: Line) -> None:
    """A page of a hundred thousand elements, each in the other."""
    line.answer(_page(b"<div>" * 100_000))
