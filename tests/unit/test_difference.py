"""What a revision changed: what matters to a reader is told, and nothing else makes a revision."""

import time
import unicodedata
from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dedupe import aligned, difference, pieces
from ingest.models import Article, Change, Difference, Extraction
from ingest.words import word_count
from tests.integration.making import article

FIRST = "The harbour office counted 19 boats on Monday, and expects the same tomorrow."
SECOND = "Nobody in town remembers a summer with so little wind, says the keeper of the light."
THIRD = "“We wait,” he said — as his father did in 1962."
TEXT = (FIRST, SECOND, THIRD)


def edition(*paragraphs: str, **more: object) -> Article:
    return msgspec.structs.replace(article(body="\n\n".join(paragraphs)), **more)


def changes(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Change, ...]:
    found = difference(edition(*before), edition(*after))
    return found.paragraphs if found else ()


# ── what matters ──


def test_a_corrected_figure_in_a_sentence_is_a_change() -> None:
    corrected = FIRST.replace("19", "21")
    assert difference(edition(*TEXT), edition(corrected, SECOND, THIRD)) == Difference(
        paragraphs=(Change(kind="changed", before=FIRST, after=corrected),), words_added=1, words_removed=1
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It was 3.5 degrees.", "It was 35 degrees."),
        ("It was -3 degrees.", "It was 3 degrees."),
        ("They won 2:1 at home.", "They won 1:2 at home."),
        ("Prices rose 3% in May.", "Prices rose 3 in May."),
        ("He paid $300 for it.", "He paid €300 for it."),
        ("Nicolas Marin spoke first.", "Nicolás Marín spoke first."),
        ("It sank.", "It sank?"),
        ("彼は三人を救助した。", "彼は五人を救助した。"),
        ("The video has 1,234 views already.", "The video has 4,321 views already."),
        ("She left 3 hours ago, the crew said.", "She left 5 hours ago, the crew said."),
    ],
)
def test_what_a_sentence_says_is_no_matter_of_setting(before: str, after: str) -> None:
    assert changes((FIRST, before), (FIRST, after)) == (Change(kind="changed", before=before, after=after),)


def test_paragraphs_that_came_went_and_were_edited_stand_in_the_order_of_the_text() -> None:
    edited = SECOND.replace("summer", "winter")
    found = difference(edition(FIRST, SECOND, THIRD), edition("Fog again.", FIRST, edited))
    assert found == Difference(
        paragraphs=(
            Change(kind="added", after="Fog again."),
            Change(kind="changed", before=SECOND, after=edited),
            Change(kind="removed", before=THIRD),
        ),
        words_added=2 + 1,
        words_removed=1 + len(THIRD.split()),
    )


def test_an_edited_paragraph_is_known_beside_one_that_was_put_before_it() -> None:
    edited = SECOND.replace("summer", "winter")
    assert changes((FIRST, SECOND), (FIRST, "Then the fog came down over all of it.", edited)) == (
        Change(kind="added", after="Then the fog came down over all of it."),
        Change(kind="changed", before=SECOND, after=edited),
    )


def test_a_title_and_authors_are_told_as_they_were() -> None:
    before = edition(FIRST, title="Nineteen boats", authors=("Ana Marín",))
    assert difference(before, edition(FIRST, title="Twenty boats", authors=("Ana Marín", "Luis Paz"))) == Difference(
        title="Nineteen boats", authors=("Ana Marín",)
    )
    unsigned = edition(FIRST, authors=())
    assert difference(unsigned, edition(FIRST, authors=("Luis Paz",))) == Difference(authors=())


# ── what does not ──


@pytest.mark.parametrize(
    "set_otherwise",
    [
        (FIRST, SECOND, '"We wait", he said - as his father did in 1962'),
        (FIRST, SECOND, "«We wait», he said – as his father did in 1962."),
        (FIRST.upper(), SECOND, THIRD),
        tuple(text.replace(" ", "\u00a0") for text in TEXT),
        (FIRST, SECOND, THIRD.replace("wait", "ｗａｉｔ")),
        (SECOND, THIRD, FIRST),
        (f"{FIRST} {SECOND}", THIRD),
        (FIRST, *SECOND.split(", "), THIRD),
        (FIRST, "***", SECOND, THIRD),
    ],
    ids=["quotes", "other quotes", "capitals", "spaces", "full width", "order", "joined", "divided", "a rule"],
)
def test_how_a_text_is_set_is_no_change(set_otherwise: tuple[str, ...]) -> None:
    assert difference(edition(*TEXT), edition(*set_otherwise)) is None
    assert difference(edition(*set_otherwise), edition(*TEXT)) is None


def test_dates_pictures_markup_case_of_the_title_and_order_of_the_authors_are_no_change() -> None:
    before = edition(*TEXT, title="Fog closes the bay", authors=("Ana Marín", "Luis Paz"))
    after = edition(
        *TEXT,
        title="FOG CLOSES THE BAY",
        authors=("Luis Paz", "ANA MARÍN"),
        published=None,
        updated=before.fetched,
        image="https://harbour.example/other.jpg",
        html="<p>Other</p>",
        keywords=("fog",),
        extraction=Extraction(method="rules"),
    )
    assert difference(before, after) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1,234 views", "1,301 views"),
        ("12 comments", "No"),
        ("3 min read", "4 min read"),
        ("Reading time: 3 minutes", "Reading time: 1 minute"),
        ("Updated 3 hours ago", "Updated yesterday at 14:05"),
        ("1.2K Shares | 532 views | 3 comments", "1.3K Shares | 533 views | 4 comments"),
        ("Last updated: 12:34 GMT, 3 May 2026", "Last updated: 12:36 GMT, 3 May 2026"),
        ("Monday, 3 May 2026 12:34", "Monday, 3 May 2026 12:36"),
        ("Leído 532 veces", "Leído 540 veces"),
        ("hace 3 horas", "hace una hora"),
        ("Compartido 45 veces • Me gusta 3", "Compartido 46 veces • Me gusta 4"),
        ("Actualizado a las 14:05 horas", "Actualizado a las 14:20 horas"),
        ("Atualizado há 2 horas", "Atualizado há 3 horas"),
        ("1.234 visualizações", "1.240 visualizações"),
        ("Publié il y a 3 heures", "Publié il y a 4 heures"),
        ("Mis à jour le 3 mai 2026 à 12h34", "Mis à jour le 3 mai 2026 à 12h40"),
        ("vor 3 Stunden", "vor 4 Stunden"),
        ("Stand: 24.11.2026, 14:05 Uhr", "Stand: 24.11.2026, 15:05 Uhr"),
        ("Lesezeit: 3 Minuten", "Lesezeit: 4 Minuten"),
        ("Aggiornato 3 ore fa", "Aggiornato 4 ore fa"),
        ("更新 2026年11月24日 12:30", "更新 2026年11月24日 13:30"),
        ("コメント 3件", "コメント 4件"),
    ],
)
def test_a_counter_that_runs_between_two_fetches_is_no_change(before: str, after: str) -> None:
    after = "" if after == "No" else after
    assert difference(edition(before, *TEXT), edition(after, *TEXT)) is None
    assert difference(edition(*TEXT), edition(*TEXT, after)) is None


def test_beside_a_counter_the_rest_of_its_line_counts() -> None:
    assert changes(("By Ana Marín | 3 hours ago",), ("By Ana Marín | 4 hours ago",)) == ()
    assert changes(("By Ana Marín | 3 hours ago",), ("By Luis Paz | 4 hours ago",)) != ()


@pytest.mark.parametrize("text", ["5", "3 May 2026", "Deaths: 5", "10 hours."])
def test_a_bare_figure_or_date_is_the_texts_own(text: str) -> None:
    assert changes((FIRST, text), (FIRST, text.replace("5", "7").replace("10", "12").replace("3 ", "4 "))) != ()


def test_a_line_of_the_outlets_own_is_no_change() -> None:
    before, after = edition(*TEXT, "Subscribe to our letter."), edition("Support us today.", *TEXT)
    assert difference(before, after) is not None
    assert difference(before, after, {"Subscribe to our letter.", "Support us today."}.__contains__) is None


def test_a_page_that_shows_less_takes_nothing_back() -> None:
    whole, stub = edition(*TEXT), edition(FIRST, SECOND[:40], extraction=Extraction(method="body", partial=True))
    assert difference(whole, stub) is None
    filled_in = difference(stub, whole)
    assert filled_in
    assert [change.kind for change in filled_in.paragraphs] == ["changed", "added"]


# ── of any texts ──

PARAGRAPHS = st.lists(
    st.one_of(
        st.sampled_from([*TEXT, FIRST.replace("19", "21"), "12 comments", "Fog.", "Fog!", "", "彼は三人を救助した。"]),
        st.text("ab 1.-–“\n", max_size=12),
        st.text(max_size=30),
    ),
    max_size=8,
).map(lambda texts: tuple(text.replace("\n\n", " ") for text in texts))


@given(PARAGRAPHS, st.text(max_size=10))
def test_nothing_differs_from_itself_however_it_is_composed(paragraphs: tuple[str, ...], title: str) -> None:
    made = edition(*paragraphs, title=title)
    assert difference(made, made) is None
    decomposed = msgspec.structs.replace(made, text=unicodedata.normalize("NFD", made.text))
    assert difference(made, decomposed) is None


@given(PARAGRAPHS, PARAGRAPHS)
def test_a_difference_explains_how_one_text_became_the_other(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    found = changes(before, after)
    old, new = "\n\n".join(before).split("\n\n"), "\n\n".join(after).split("\n\n")
    assert not Counter(change.before for change in found if change.before) - Counter(old)
    assert not Counter(change.after for change in found if change.after) - Counter(new)
    for change in found:
        assert (bool(change.before), bool(change.after)) == (change.kind != "added", change.kind != "removed")
    assert [change.after for change in found if change.after] == _in_order(
        new, Counter(change.after for change in found)
    )
    assert bool(found) == bool(changes(after, before)), "what was changed is a change to take back"


def _in_order(texts: list[str], wanted: Counter[str]) -> list[str]:
    """Those of the texts that are wanted, in their order; where one is there more often than it is wanted, the last."""
    kept = []
    for text in reversed(texts):
        if text and wanted[text]:
            wanted[text] -= 1
            kept.append(text)
    return kept[::-1]


@given(PARAGRAPHS, PARAGRAPHS)
def test_to_apply_what_is_aligned_makes_the_new_text(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    pairs = aligned(before, after)
    assert [pair.after for pair in pairs if pair.after] == [text for text in after if text]


@given(st.text("ab, .“", max_size=40), st.text("ab, .“", max_size=40))
def test_the_pieces_of_a_paragraph_make_it_as_it_is_now(before: str, after: str) -> None:
    assert "".join(piece.text for piece in pieces(before, after) if piece.mark != "gone") == after


@given(PARAGRAPHS, PARAGRAPHS)
def test_the_words_that_are_counted_are_those_of_the_paragraphs(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    found = difference(edition(*before), edition(*after))
    if found:
        grown = sum(word_count(change.after) - word_count(change.before) for change in found.paragraphs)
        assert found.words_added <= sum(word_count(change.after) for change in found.paragraphs)
        assert found.words_removed <= sum(word_count(change.before) for change in found.paragraphs)
        if all("彼" not in change.before + change.after for change in found.paragraphs):
            assert found.words_added - found.words_removed == grown


# ── of hostile texts ──


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("word " * 40_000, "other " * 40_000),
        ("\n\n".join(f"{n % 150} a b" for n in range(90_000)), "\n\n".join(f"{n % 151} b a" for n in range(90_000))),
        ("\n\n".join(["a b c d " * 300] * 49), "\n\n".join(["b a c e " * 301] * 51)),
        ("-" * 200_000, "1." * 100_000),
        ("1 | " * 40, "| 1 " * 39),
    ],
    ids=["one paragraph", "many lines", "many pairs", "marks", "bars"],
)
def test_no_text_keeps_us_comparing_for_long(before: str, after: str) -> None:
    started = time.process_time()
    found = difference(edition(before), edition(after))
    assert time.process_time() - started < 3
    assert found is None or sum(len(change.before + change.after) for change in found.paragraphs) <= 100_000
