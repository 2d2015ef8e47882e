"""Paragraphs come out in one spelling, and nothing that was captured twice is said twice."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import clean_paragraphs, clean_text, drop_repeats
from ingest.clean.text import LONG

FERRY = "The night ferry left the harbour at ten with ninety people on board."
FOG = "Fog closed the bay an hour later, and the pilots turned every ship back."
QUAY = "On the quay the families waited until the morning for a word from the captain."
MAYOR = "The mayor said that the pier would be lit before the winter, whatever it cost."
BODY = [FERRY, FOG, QUAY, MAYOR]

# A few sentences, long and short, so that chance repeats them often and in every order.
PARAGRAPHS = st.lists(st.sampled_from([*BODY, "Yes.", "No.", "* * *", FERRY.upper(), "Yes!"]), max_size=14)


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


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


def test_paragraphs_without_anything_to_see_are_none() -> None:
    assert clean_paragraphs([" \u200b", "", FERRY, "\n\t"]) == (FERRY,)


# ── nothing twice ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "captured",
    [
        BODY + BODY,
        BODY * 3,
        [FERRY, FERRY, FOG, FOG, QUAY, QUAY, MAYOR, MAYOR],
        [FERRY, FOG, *BODY],
        [*BODY, QUAY],
        [FERRY, FOG, FERRY, FOG, QUAY, MAYOR, QUAY],
        [*BODY, *(text.upper() for text in BODY)],
        [*BODY, *(text.replace(",", " –").rstrip(".") + "…" for text in BODY)],
    ],
    ids=["twice", "thrice", "each twice", "its start", "one paragraph", "nested", "in capitals", "other punctuation"],
)
def test_a_body_captured_twice_comes_out_once_in_its_order(captured: list[str]) -> None:
    assert drop_repeats(captured) == tuple(BODY)


def test_short_paragraphs_that_are_repeated_with_the_one_beside_them_go() -> None:
    assert drop_repeats(["Who?", "Nobody.", FERRY, "Who?", "Nobody.", FERRY]) == ("Who?", "Nobody.", FERRY)


@pytest.mark.parametrize("short", ["Yes.", "* * *", "No, thanks.", "Left, right."])
def test_a_short_paragraph_that_is_repeated_alone_was_written_so(short: str) -> None:
    written = (short, FERRY, short, FOG, short, short)
    assert drop_repeats(written) == written


def test_eight_words_are_long_and_seven_are_short() -> None:
    eight, seven = "one two three four five six seven eight", "one two three four five six seven"
    assert LONG == 8
    assert drop_repeats([eight, FOG, eight]) == (eight, FOG)
    assert drop_repeats([seven, FOG, seven]) == (seven, FOG, seven)


def test_a_long_paragraph_without_spaces_is_long() -> None:
    chinese = "城市昨天早上在河上开了一座新桥。"
    assert drop_repeats([chinese, "是。", chinese]) == (chinese, "是。")


def test_paragraphs_that_differ_in_a_number_are_two() -> None:
    results = [f"Harbour {goals}, Bay 1, after a match of ninety long minutes." for goals in range(3)]
    assert drop_repeats(results) == tuple(results)


def key(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold())) or text


@given(PARAGRAPHS)
def test_no_paragraph_is_lost_and_what_stays_keeps_its_order(paragraphs: list[str]) -> None:
    kept = drop_repeats(paragraphs)
    assert {key(text) for text in kept} == {key(text) for text in paragraphs}
    rest = iter(paragraphs)
    assert all(text in rest for text in kept)
    assert list(dict.fromkeys(map(key, kept))) == list(dict.fromkeys(map(key, paragraphs)))


@given(PARAGRAPHS)
def test_dropping_repeats_again_drops_nothing(paragraphs: list[str]) -> None:
    kept = drop_repeats(paragraphs)
    assert drop_repeats(kept) == kept


@given(PARAGRAPHS)
def test_no_long_paragraph_and_no_run_of_two_is_left_twice(paragraphs: list[str]) -> None:
    kept = [key(text) for text in drop_repeats(paragraphs)]
    runs = [pair for pair in pairwise(kept) if pair[0] != pair[1]]
    assert len(runs) == len(set(runs))
    assert all(kept.count(key(text)) <= 1 for text in BODY)


@given(
    st.permutations(BODY),
    st.integers(0, 4),
    st.integers(0, 4),
    st.integers(0, 4),
)
def test_a_part_captured_again_anywhere_adds_nothing(body: list[str], start: int, stop: int, place: int) -> None:
    again = body[min(start, stop) : max(start, stop)]
    once = drop_repeats([*body[:place], *again, *body[place:]])
    assert sorted(once) == sorted(body)
