"""What looks the same is spelled the same."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import clean_text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  El\tpuerto\n reabrió ", "El puerto reabrió"),
        ("10\u00a0000\u202f€", "10 000 €"),
        ("mañana", "mañana"),
        ("com\u00adpa\u00adñía", "compañía"),
        ("\ufefffe\u200brry\u200e", "ferry"),
        ("a\x00b\x07c\x85d", "abc d"),
        ("half \ud83d of an emoji", "half of an emoji"),
        ("", ""),
    ],
    ids=["white space", "no-break", "NFC", "soft hyphens", "invisible", "controls", "surrogate", "empty"],
)
def test_what_looks_the_same_is_spelled_the_same(written: str, kept: str) -> None:
    assert clean_text(written) == kept


@pytest.mark.parametrize("text", ["👩\u200d🚀", "می\u200cخواهم", "क\u094d\u200dष"], ids=["emoji", "Persian", "Hindi"])
def test_joiners_that_shape_letters_stay(text: str) -> None:
    assert clean_text(text) == text


def test_joiners_between_latin_letters_go() -> None:
    assert clean_text("fer\u200dry \u200cfog") == "ferry fog"


@given(st.text())
def test_clean_text_is_one_line_of_nfc_and_cleaning_it_again_changes_nothing(text: str) -> None:
    clean = clean_text(text)
    assert clean_text(clean) == clean == unicodedata.normalize("NFC", clean)
    assert clean.split() == clean.split(" ") or not clean
    clean.encode("utf-8")
