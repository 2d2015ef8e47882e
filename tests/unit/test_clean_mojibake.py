"""What was decoded by the wrong encoding is read as it was written, and what only looks odd is left alone."""

import gzip
import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import clean_text
from ingest.clean.mojibake import repair
from ingest.errors import ExtractFailed
from ingest.extract.page import decode
from tests.conftest import CORPORA, needs_corpora


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
@pytest.mark.parametrize(
    "written",
    [
        "El niño José Muñoz cobró 5 € en Medellín",
        "“Nunca tínhamos visto”, disse a capitã – às 10h",
        "L’été dernier, c’était déjà « très » cher",
        "Die Straße führt über Köln…",
        "EDUCAÇÃO E ELECCIÓN",
        "Санкт-Петербург",
        "東京都の港",
        "Zażółć gęślą jaźń",
    ],
)
def test_utf_8_that_was_read_as_another_encoding_is_read_again(written: str, encoding: str) -> None:
    read = "".join(
        bytes([byte]).decode(encoding, "ignore") or chr(byte)  # five bytes are nothing in cp1252; browsers keep them
        for byte in written.encode()
    )
    assert read != written
    assert clean_text(read) == written
    assert clean_text(f"<{read}>") == f"<{written}>"


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("РЎР°РЅРєС‚-РџРµС‚РµСЂР±СѓСЂРі", "Санкт-Петербург"),
        ("un caf√© y un ni√±o", "un café y un niño"),
        ("JosÃƒÂ© dijo", "José dijo"),
        ("MedellÃ\xadn", "Medellín"),
        ("voilÃ  le chat", "voilà le chat"),
    ],
)
def test_other_mixtures_are_read_again_too(read: str, written: str) -> None:
    assert clean_text(read) == written


@pytest.mark.parametrize(
    "text",
    [
        "“ATÉ AMANHÃ”, disse",
        "«ATÉ AMANHû",
        "A IRMÃ DULCE",
        "VILLA CÔTÉ…",
        "Spaß“, sagte sie",
        "JOSÉ”",
        "une particulière gravité\xa0», dit-il",
        "s\xa0jejich pomocí\xa0– jak",
        "Львів, Рівне, Січень",
        "«РИА Новости»",
        "√2 ≈ 1,41",
        "10\xa0°C",
        "© 2022 El País",
        "ÀÉÎÕÜ ÄÖÜß Æ Ø Å",
        "Crème brûlée\xa0: 5\xa0€",
    ],
)
def test_what_is_only_unusual_stays(text: str) -> None:
    assert repair(text) == text


@given(st.text(max_size=60))
def test_any_text_can_be_asked_about(text: str) -> None:
    assert repair(text) or not text


@given(st.text(alphabet="aÃ©Â€âœ™Ð¡\u200b\xad\xa0\x85\u0301 ", max_size=12))
def test_a_repaired_text_needs_no_other_repair(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


def test_a_text_without_mojibake_costs_next_to_nothing() -> None:
    paragraph = "“Nunca tínhamos visto”, disse a capitã; l’été a été chaud, die Straße ist groß. " * 10
    repair(paragraph)
    start = time.process_time()
    for _ in range(1000):
        repair(paragraph)
    assert time.process_time() - start < 0.5  # 30 µs a paragraph would be one in a hundred of a page's time


@needs_corpora
def test_on_real_pages_only_what_is_broken_changes() -> None:
    """Whatever changes must hold a pair that no language writes: Ã, Â or ├ before a mark or a lower case's byte."""
    broken = re.compile("[ÃÂ][\x80-\xbfŸ¼¤¶]|├ƒ")
    pages = CORPORA / "pages"
    for line in (pages / "gold.jsonl").read_text("utf-8").splitlines()[::8]:
        try:
            page = decode(gzip.decompress((pages / json.loads(line)["page"]).read_bytes()))
        except ExtractFailed:
            continue
        for words in re.findall(r">([^<>]*[^\x00-\x7f<>][^<>]*)<", page):
            assert repair(words) == words or broken.search(words), words
