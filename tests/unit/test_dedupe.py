"""Equal bodies have equal fingerprints, however they are set; texts too short to tell have none."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dedupe import LEAST_WORDS, fingerprint

WORDS = (
    "el puerto de la ciudad reabrió tras dos días de niebla y lluvia según la capitanía que había pedido calma a todos"
)
BODY = f"{WORDS.capitalize()}.\n\n«Nunca habíamos visto 3 barcos así», dijo José Muñoz."


def test_a_fingerprint_is_sixteen_hexadecimal_digits() -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", fingerprint(BODY))


@pytest.mark.parametrize(
    "set_otherwise",
    [
        BODY.upper(),
        BODY.replace("\n\n", " "),
        BODY.replace(" ", "\u00a0\n"),
        BODY.replace("«", "“").replace("»", "”").replace(",", " -"),
        unicodedata.normalize("NFD", BODY),
        BODY.replace("3", "３"),
        f"  {BODY} …",
    ],
    ids=["capitals", "no breaks", "other spaces", "other quotes", "decomposed", "full width", "around it"],
)
def test_the_same_words_have_the_same_fingerprint(set_otherwise: str) -> None:
    assert fingerprint(set_otherwise) == fingerprint(BODY)


@pytest.mark.parametrize(
    "another",
    [
        BODY.replace("dos", "tres"),
        BODY.replace("3", "4"),
        BODY.replace("Nunca", ""),
        BODY.replace("había", "habia"),
        BODY.replace("la ciudad", "laciudad"),
        BODY.replace("José Muñoz", "Muñoz José"),
    ],
    ids=["a word", "a number", "a word less", "an accent", "a space", "the order"],
)
def test_other_words_have_another_fingerprint(another: str) -> None:
    assert fingerprint(another) != fingerprint(BODY)


@given(st.integers(0, 60), st.sampled_from([" ", "\n\n", ", ", " – "]))
def test_only_a_text_of_at_least_twenty_five_words_has_one(words: int, between: str) -> None:
    assert LEAST_WORDS == 25
    assert bool(fingerprint(between.join(["ferry"] * words))) is (words >= 25)


CHINESE = (
    "城市昨天早上在河上开了一座新桥，很多市民冒着大雨来看，直到中午才离开，"
    "市长也到了现场，发表讲话，感谢所有辛苦的工人。"
)


def test_two_characters_of_a_script_without_spaces_count_as_a_word() -> None:
    characters = CHINESE.replace("，", "").replace("。", "")
    assert fingerprint(characters[:50])
    assert not fingerprint(characters[:48])
    assert fingerprint(characters) == fingerprint(CHINESE)
    assert fingerprint(characters.replace("新", "旧")) != fingerprint(CHINESE)


@given(st.lists(st.text("abcñéüÑß9", min_size=1), min_size=25, max_size=40), st.text(" \n\t.,;:!?«»—", min_size=1))
def test_case_and_what_stands_between_the_words_never_matter(words: list[str], between: str) -> None:
    assert fingerprint(between.join(words)) == fingerprint(" ".join(words).upper()) != ""


@given(st.text())
def test_any_text_has_a_fingerprint_or_none(text: str) -> None:
    assert re.fullmatch(r"(?:[0-9a-f]{16})?", fingerprint(text))
