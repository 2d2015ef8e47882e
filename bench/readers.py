"""Who reads a page: this project, and the peers that are installed beside it.

trafilatura is there for development anyway. newspaper4k and resiliparse are in requirements-peers.lock, which `make
bench-extract` installs; what is not installed is reported as absent. Each is called as its own documentation does.
"""

import importlib
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import trafilatura
from trafilatura.settings import Document

from bench.scoring import Read, day_of
from ingest import extract_article
from ingest.clean import split_authors
from ingest.errors import ExtractFailed

Reader = Callable[[bytes, str], Read]


def ours(body: bytes, url: str) -> Read:
    """This project's reading, of a page of which it knows nothing but its address."""
    try:
        article = extract_article(body, url)
    except ExtractFailed:
        return Read()
    return Read(
        article.text, article.title, day_of(article.published_raw) if article.published else "", article.authors
    )


def plain(body: bytes, url: str) -> Read:
    """trafilatura as it comes."""
    return _trafilatura(body, url, precise=False)


def precise(body: bytes, url: str) -> Read:
    """trafilatura where it favours precision."""
    return _trafilatura(body, url, precise=True)


def _trafilatura(body: bytes, url: str, *, precise: bool) -> Read:
    found = trafilatura.bare_extraction(body, url=url, with_metadata=True, favor_precision=precise)
    if not isinstance(found, Document):
        return Read()
    return Read(found.text or "", found.title or "", found.date or "", split_authors((found.author or "").split("; ")))


def newspaper4k(body: bytes, url: str) -> Read:
    """newspaper4k, which downloads nothing where it is given the page."""
    newspaper: Any = importlib.import_module("newspaper")
    article = newspaper.Article(url, fetch_images=False)
    try:
        article.download(input_html=_decoded(body))
        article.parse()
    except Exception:  # whatever a peer stumbles over is a page that it cannot read
        return Read()
    date = article.publish_date
    day = date.date().isoformat() if hasattr(date, "date") else str(date or "")[:10]
    return Read(article.text or "", article.title or "", day, split_authors(article.authors or ()))


def resiliparse(body: bytes, _url: str) -> Read:
    """resiliparse's main content; it reads no metadata."""
    html2text: Any = importlib.import_module("resiliparse.extract.html2text")
    try:
        return Read(html2text.extract_plain_text(_decoded(body), main_content=True, alt_texts=False, comments=False))
    except Exception:
        return Read()


def _decoded(body: bytes) -> str:
    """By resiliparse where it is there, as that is made for it and costs next to nothing."""
    if find_spec("resiliparse") is None:
        return body.decode("utf-8", "replace")
    encoding: Any = importlib.import_module("resiliparse.parse.encoding")
    decoded: str = encoding.bytes_to_str(body, encoding.detect_encoding(body))
    return decoded


READERS: dict[str, Reader] = {
    "plain": plain,
    "precise": precise,
    "newspaper4k": newspaper4k,
    "resiliparse": resiliparse,
    "ours": ours,
}
ONLY_TEXT = {"resiliparse"}
_PACKAGES = {"newspaper4k": "newspaper", "resiliparse": "resiliparse"}


def absent() -> set[str]:
    """The peers that are not installed."""
    return {name for name, package in _PACKAGES.items() if find_spec(package) is None}


def warm_up(names: list[str]) -> None:
    """Read a page, so that what is loaded once is not counted as the cost of the first one."""
    warnings.simplefilter("ignore")
    sentence = "<p>The harbour opened again this morning after three days of fog, and the ferries sail.</p>"
    page = f"<html lang='en'><title>Harbour</title><article><h1>Harbour</h1>{sentence * 20}</article></html>".encode()
    for name in names:
        READERS[name](page, "https://harbour.example/news/1")
