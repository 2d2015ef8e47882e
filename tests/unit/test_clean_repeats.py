"""What was captured twice is said once, and what was written twice is said twice."""

import time
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import unrepeated
from ingest.clean.repeats import LONG

FERRY = "The night ferry left the harbour at ten with ninety people on board."
FOG = "Fog closed the bay an hour later, and the pilots turned every ship back."
QUAY = "On the quay the families waited until the morning for a word from the captain."
MAYOR = "The mayor said that the pier would be lit before the winter, whatever it cost."
BODY = [FERRY, FOG, QUAY, MAYOR]

# A few sentences, long and short, so that chance repeats them often and in every order.
PARAGRAPHS = st.lists(st.sampled_from([*BODY, "Yes.", "No.", "* * *", FERRY.upper(), "Yes!"]), max_size=14)


def drop_repeats(paragraphs: Sequence[str], quotes: Sequence[int] = ()) -> tuple[str, ...]:
    return tuple(paragraphs[place] for place in unrepeated(paragraphs, quotes))


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


# ── nested ──


@pytest.mark.parametrize(
    "captured",
    [
        [" ".join(BODY), *BODY],
        [*BODY, " ".join(BODY)],
        [*BODY, "".join(BODY), *BODY],
        [FERRY, f"{FERRY} {FOG}", FOG, QUAY, MAYOR],
        [FERRY, FOG, QUAY, f"{FOG}\n{QUAY}", MAYOR],
    ],
)
def test_a_body_captured_by_paragraphs_and_in_one_piece_comes_out_by_paragraphs(captured: list[str]) -> None:
    assert drop_repeats(captured) == tuple(BODY)


def test_paragraphs_whose_piece_says_more_go_and_the_piece_stays() -> None:
    piece = f"HARBOUR. {FERRY} {FOG} Nobody slept."
    assert drop_repeats([FERRY, FOG, piece, QUAY]) == (piece, QUAY)


def test_a_paragraph_that_quotes_another_leaves_it() -> None:
    written = (FERRY, f"“{FERRY}” he wrote in the log, and no more.", FOG)
    assert drop_repeats(written) == written


def test_a_pull_quote_goes_and_any_other_quote_stays() -> None:
    pull, said = "and the pilots turned every ship back.”", "The mayor said that he did not know."
    pull = f"“An hour later, {pull}"
    assert drop_repeats([FERRY, pull, FOG, said], quotes=[1, 3]) == (FERRY, FOG, said)
    assert drop_repeats(["Every ship back", FOG], quotes=[0]) == ("Every ship back", FOG), "too short to tell"


@given(PARAGRAPHS, st.lists(st.integers(0, 14)), st.integers(0, 13), st.integers(0, 13))
def test_no_words_are_lost_to_nesting(paragraphs: list[str], quotes: list[int], start: int, stop: int) -> None:
    captured = [*paragraphs, " ".join(paragraphs[start:stop]) or "Yes."]
    kept = drop_repeats(captured, quotes)
    assert all(any(key(text) in key(one) for one in kept) for text in paragraphs)
    assert drop_repeats(kept) == kept or quotes


def test_a_page_of_endless_repeats_is_not_compared_for_long() -> None:
    tail = "in the harbour of the night ferry and the fog"
    started = time.process_time()
    unrepeated([f"{number} {tail * 40}" for number in range(4000)])
    assert time.process_time() - started < 3
