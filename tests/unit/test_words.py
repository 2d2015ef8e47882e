"""Words are counted alike wherever a length decides."""

import pytest

from ingest.words import word_count


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        (" \n\n", 0),
        ("The ferry\nleaves at ten.", 5),
        ("El alcalde — dijo él — no vendrá", 8),
        ("Паром отходит в десять", 4),
        ("여객선은 열 시에 떠난다", 4),  # Korean writes spaces
        ("渡轮十点出发", 1 + 3),  # one run of six characters, and two are a word
        ("เรือข้ามฟาก", 1 + 5),
        ("OPEC と産油国", 2 + 2),
    ],
)
def test_words_are_counted_by_white_space_and_by_two_characters_where_none_is_written(text: str, words: int) -> None:
    assert word_count(text) == words
