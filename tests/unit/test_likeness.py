"""Two texts are copies by the words that they have in common, and their features find them again."""

from ingest.dedupe import likeness

SYLLABLES = ("ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su")


def prose(start: int, words: int) -> str:
    """Invented words, each once: those from one number on share none with those from a number far away."""
    return " ".join("".join(SYLLABLES[int(digit)] for digit in str(number)) for number in range(start, start + words))


PARAGRAPHS = [f"{prose(start, 40).capitalize()}." for start in range(1000, 5000, 400)]
TEXT = "\n\n".join(PARAGRAPHS)


def test_identical_texts_are_the_same() -> None:
    assert likeness(TEXT, TEXT) == (1.0, 1.0, 1.0, "same")


def test_texts_without_anything_in_common_are_no_copies() -> None:
    assert likeness(TEXT, prose(9000, 400)) == (0.0, 0.0, 0.0, "")


def test_what_is_in_common_is_measured_in_runs_of_five_words() -> None:
    forty, forty_five = prose(1000, 44), f"{prose(1000, 24)} {prose(9000, 25)}"  # runs, of which both have twenty
    like = likeness(forty, forty_five)
    assert like == (20 / 65, 20 / 40, 20 / 45, "")
