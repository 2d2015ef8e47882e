"""Blocks come out in one spelling, text and markup alike, and nothing is said or shown twice."""

import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import clean_blocks, unrepeated
from ingest.models import Block

FERRY = "The night ferry left the harbour at ten with ninety people on board."
FOG = "Fog closed the bay an hour later, and the pilots turned every ship back."
PICTURE = Block(tag="img", text="", html='<img src="/ferry.jpg" alt="">')


def block(text: str, tag: str = "p", markup: str = "") -> Block:
    return Block(tag=tag, text=text, html=markup or html.escape(text, quote=False))


@pytest.mark.parametrize(
    ("markup", "clean"),
    [
        ("The fer\u00adry <b>left\u200b</b>", "The ferry <b>left</b>"),
        ("An\u0303o <b>\u0338nuevo</b>", "Año <b>\u0338nuevo</b>"),
        ("ten\u00a0o'clock", "ten o'clock"),
        ("Ferry<b><i>\u200b</i></b>", "Ferry"),
        ("<b>JosÃ©</b> dijo", "<b>José</b> dijo"),
        ('<a href="/JosÃ©">Ferry</a>', '<a href="/JosÃ©">Ferry</a>'),
    ],
)
def test_markup_is_spelled_as_the_text_is(markup: str, clean: str) -> None:
    (cleaned,) = clean_blocks([block(re.sub("<[^>]*>", "", markup), markup=markup)])
    assert cleaned.html == clean
    assert cleaned.text == re.sub("<[^>]*>", "", clean)


def test_what_is_set_in_lines_keeps_them() -> None:
    (cleaned,) = clean_blocks([block("One two", "pre", "One\n  t\u00adwo")])
    assert cleaned.html == "One\n  two"


def test_a_clean_block_is_left_as_it_is() -> None:
    before = block(FERRY, "h2", f"<b>{FERRY}</b>")
    assert clean_blocks([before])[0] is before


def test_blocks_without_anything_to_see_are_none() -> None:
    assert clean_blocks([block("\u200b"), block(FERRY)]) == (block(FERRY),)


def test_a_body_captured_twice_comes_out_once_with_its_pictures_and_captions() -> None:
    body = [block("Fog", "h2"), PICTURE, block("The ferry.", "figcaption"), block(FERRY), block(FOG, "li")]
    assert clean_blocks([*body, *body]) == tuple(body)


def test_a_caption_that_repeats_a_paragraph_leaves_it() -> None:
    body = (block(FERRY, "figcaption"), block(FERRY))
    assert clean_blocks(body) == body


@given(st.lists(st.builds(block, st.text(max_size=20), st.sampled_from(["p", "li", "pre", "figcaption"]))))
def test_cleaning_blocks_again_changes_nothing(blocks: list[Block]) -> None:
    cleaned = clean_blocks(blocks)
    assert clean_blocks(cleaned) == cleaned
    assert all(unicodedata.is_normalized("NFC", each.text) for each in cleaned)
    texts = [each.text for each in cleaned if each.in_text]
    assert len(unrepeated(texts)) == len(texts)
