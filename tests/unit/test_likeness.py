"""Two texts are copies by the words that they have in common, and their features find them again."""

import re
import time
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dedupe import LEAST_WORDS, Features, Likeness, features, fingerprint, likeness
from ingest.dedupe.features import LEAST_PARAGRAPH, MINIMA, MOST_PARAGRAPHS
from ingest.dedupe.tokens import tokens

SYLLABLES = ("ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su")


def word(number: int) -> str:
    return "".join(SYLLABLES[int(digit)] for digit in str(number))


def prose(start: int, words: int) -> str:
    """Invented words, each once: those from one number on share none with those from a number far away."""
    return " ".join(map(word, range(start, start + words)))


PARAGRAPHS = [f"{prose(start, 40).capitalize()}." for start in range(1000, 5000, 400)]
TEXT = "\n\n".join(PARAGRAPHS)
ANOTHER = "\n\n".join(prose(start, 40) for start in range(60_000, 70_000, 500))


def shared_features(one: str, two: str) -> tuple[int, int]:
    """Minima and paragraphs that both have."""
    first, second = features(one), features(two)
    return tuple(len(set(mine) & set(theirs)) for mine, theirs in zip(first, second, strict=True))  # type: ignore[return-value]


# ── likeness ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_identical_texts_are_the_same() -> None:
    assert likeness(TEXT, TEXT) == (1.0, 1.0, 1.0, "same")


def test_texts_without_anything_in_common_are_no_copies() -> None:
    assert likeness(TEXT, ANOTHER) == (0.0, 0.0, 0.0, "")


def test_what_is_in_common_is_measured_in_runs_of_five_words() -> None:
    forty, forty_five = prose(1000, 44), f"{prose(1000, 24)} {prose(9000, 25)}"  # runs, of which both have twenty
    assert likeness(forty, forty_five) == (20 / 65, 20 / 40, 20 / 45, "")


def test_a_run_that_comes_twice_counts_once() -> None:
    assert likeness(f"{prose(1000, 40)} {prose(1000, 40)}", prose(1000, 40)).covered == 1.0
    assert likeness(" ".join(["ferry"] * 30), " ".join(["ferry"] * 60)) == (1.0, 1.0, 1.0, "same")


@pytest.mark.parametrize(
    "copy",
    [
        f"A headline of their own\n\n{TEXT}",
        f"CARACAS, 3 de noviembre (Reuters) – {TEXT}\n\nTraducido por la redacción.",
        "\n\n".join(PARAGRAPHS[:6]),
        "\n\n".join(PARAGRAPHS[::-1]),
        "\n\n".join([*PARAGRAPHS, *ANOTHER.split("\n\n")[:4]]),
        re.sub(r"\w+ (\w+\.)", r"otherwise \1", TEXT),
    ],
    ids=["headline", "dateline and credit", "six of ten paragraphs", "another order", "four paragraphs more", "words"],
)
def test_a_copy_is_the_same_text_whatever_was_done_to_it(copy: str) -> None:
    assert likeness(copy, TEXT).kind == likeness(TEXT, copy).kind == "same"


def test_half_in_common_is_the_same_and_less_is_not() -> None:
    """Of 120 runs that either has, both have sixty in the first case and 59 in the second."""
    half, less = ((f"{prose(1000, n)} {prose(7000, 34)}", f"{prose(1000, n)} {prose(9000, 26)}") for n in (64, 63))
    assert likeness(*half)[::3] == (0.5, "same")
    assert likeness(*less)[::3] == (59 / 119, "")


def test_a_text_in_a_page_three_times_as_long_is_inside_it_and_the_page_is_around_the_text() -> None:
    page = "\n\n".join([prose(30_000, 500), TEXT, prose(40_000, 300)])
    assert likeness(TEXT, page).kind == "inside"
    assert likeness(page, TEXT).kind == "around"
    assert likeness(TEXT, page)[1:3] == likeness(page, TEXT)[2:0:-1]


def test_a_third_that_is_missing_is_not_inside() -> None:
    page = "\n\n".join([*PARAGRAPHS[:6], prose(30_000, 1000)])
    assert likeness(TEXT, page).kind == ""


def test_short_texts_are_no_copies_of_anything() -> None:
    assert likeness(prose(1000, LEAST_WORDS), prose(1000, LEAST_WORDS)).kind == "same"
    assert likeness(prose(1000, LEAST_WORDS - 1), prose(1000, LEAST_WORDS - 1)) == Likeness()
    assert likeness(prose(1000, LEAST_WORDS - 1), TEXT) == likeness(TEXT, "") == Likeness()


RATES = (
    "El dólar oficial cerró este {day} en {0},{1} bolívares, según informó el Banco Central de Venezuela en su "
    "página. La cotización del euro quedó en {2},{3} bolívares, mientras que el yuan alcanzó {4},{5} bolívares y "
    "la lira turca se ubicó en {6},{7} bolívares. La institución recordó que el tipo de cambio de referencia "
    "publicado en su portal resulta del promedio ponderado de las operaciones diarias de las mesas de cambio "
    "activas de las entidades bancarias participantes, y que se aplica desde el día hábil siguiente a todas las "
    "operaciones del mercado cambiario nacional, tanto del sector público como del sector privado, con la sola "
    "excepción de los contratos que fueron firmados antes de que entrara en vigor el convenio. Las reservas "
    "internacionales sumaron {8} millones de dólares."
)
WEATHER = (
    "The forecast for {day}: it will be mostly sunny along the coast, with highs of {0} degrees in the capital "
    "and {1} in the west, and lows of {2} in the mountains. There is a chance of rain of {3} percent in the "
    "evening, when winds from the north-east will pick up and may reach {4} kilometres an hour. Fishing boats are"
    " advised to stay within sight of the harbour. The sun rises at {5}:{6} and sets at {7}:{8}. The water in the"
    " bay is pleasant, and swimmers are asked to mind the flags on the beaches, which the lifeguards change as "
    "soon as the current does."
    " Visitors who come by bus will find shade under the old trees behind the market hall, and water at the fountain."
)
RESULTS = (
    "Die Ergebnisse des Spieltags: Im Stadion am See trennten sich Blau-Weiß und die Sportfreunde vor {0} "
    "Zuschauern mit {1}:{2}, die Treffer fielen in der {3}. und in der {4}. Minute. Auf dem Platz nebenan "
    "gewannen die Turner mit {5}:{6} gegen die Schwimmer, wie schon im Hinspiel, und bleiben damit vor den "
    "Kickern. Der Trainer lobte nach dem Abpfiff die Einstellung seiner Mannschaft und den Rasen, der trotz des "
    "Regens der letzten Tage in gutem Zustand gewesen sei. Die Tabelle führt weiterhin der Verein vom Hafen mit "
    "{7} Punkten an, vor dem Aufsteiger mit {8}."
)


def report(form: str, day: str, figures: Sequence[int]) -> str:
    return form.format(*figures, day=day)


@pytest.mark.parametrize("form", [RATES, WEATHER, RESULTS], ids=["exchange rates", "weather", "results"])
def test_the_same_report_with_the_figures_of_another_day_is_no_copy(form: str) -> None:
    tuesday = report(form, "Tuesday", (36, 52, 39, 81, 54, 17, 43, 28, 975))
    wednesday = report(form, "Wednesday", (31, 60, 33, 94, 58, 19, 47, 20, 981))
    assert likeness(tuesday, wednesday).jaccard >= 0.5  # by their words they are
    assert likeness(tuesday, wednesday).kind == likeness(wednesday, tuesday).kind == ""
    assert likeness(tuesday, f"Here as well.\n\n{tuesday}\n\nOur correspondent").kind == "same"


def test_a_report_of_another_day_in_a_longer_page_is_no_copy_either() -> None:
    tuesday = report(RATES, "martes", (36, 52, 39, 81, 54, 17, 43, 28, 975))
    wednesday = report(RATES, "miércoles", (31, 60, 33, 94, 58, 19, 47, 20, 981))
    assert likeness(f"{ANOTHER}\n\n{tuesday}", tuesday).kind == "around"
    assert likeness(f"{ANOTHER}\n\n{tuesday}", wednesday).kind == ""


def test_a_figure_that_was_corrected_leaves_a_copy() -> None:
    figures = (36, 52, 39, 81, 54, 17, 43, 28, 975)
    assert likeness(report(RATES, "martes", figures), report(RATES, "martes", (37, *figures[1:]))).kind == "same"


# ── features ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_features_are_sixteen_minima_and_the_paragraphs_all_of_eight_bytes() -> None:
    minima, found = features(TEXT)
    assert len(set(minima)) == len(minima) == MINIMA == 16
    assert len(found) == len(PARAGRAPHS)
    assert {len(each) for each in (*minima, *found)} == {8}


def test_features_are_the_same_ones_in_every_process_and_on_every_machine() -> None:
    """As they are kept for months: where these change, VERSION has to change."""
    minima, found = features(TEXT)
    assert (minima[0].hex(), minima[15].hex(), found[0].hex()) == (
        "859d6c0a17c06dcf",
        "c534ab1d21891b87",
        "0aa361e8d65fdb03",
    )


def test_a_short_text_has_no_features() -> None:
    assert features(prose(1000, LEAST_WORDS - 1)) == features("") == Features((), ())
    assert len(features(prose(1000, LEAST_WORDS)).minima) == MINIMA


def test_only_a_paragraph_of_at_least_eight_words_is_a_feature() -> None:
    assert LEAST_PARAGRAPH == 8
    assert len(features(f"{TEXT}\n\n{prose(9000, 8)}").paragraphs) == len(PARAGRAPHS) + 1
    assert features(f"{TEXT}\n\n{prose(9000, 7)}").paragraphs == features(TEXT).paragraphs


def test_of_many_paragraphs_two_texts_keep_the_same_ones() -> None:
    many = [prose(start, 10) for start in range(10_000, 30_000, 100)]
    kept = features("\n\n".join(many)).paragraphs
    assert len(kept) == MOST_PARAGRAPHS == 64
    assert set(kept[:-1]) <= set(features("\n\n".join([*many[::-1], prose(9000, 10)])).paragraphs)


def test_the_rows_of_minima_are_told_apart() -> None:
    """The same run is the smallest in all rows of a text that has only one."""
    assert len(set(features(" ".join(["ferry"] * 40)).minima)) == MINIMA


def test_all_bytes_of_features_are_spread() -> None:
    """The store divides by the first four and keeps the last four: none has less than its share of the values."""
    found = [each for start in range(10_000, 90_000, 100) for each in features(prose(start, 60)).minima]
    assert len(found) == 800 * MINIMA
    for place in range(8):
        assert len({each[place] for each in found}) == 256
        assert 120 < sum(each[place] for each in found) / len(found) < 135


def test_features_of_two_texts_agree_as_often_as_they_have_runs_in_common() -> None:
    """Half of what either has is in both: of sixteen minima, eight on average."""
    pairs = [(prose(start, 154), prose(start + 50, 154)) for start in range(10_000, 90_000, 400)]
    agreeing = [shared_features(*pair)[0] for pair in pairs]
    assert 7.5 < sum(agreeing) / len(pairs) < 8.5
    assert min(agreeing) >= 2


def test_a_text_in_a_much_longer_page_shares_its_paragraphs() -> None:
    assert shared_features(TEXT, "\n\n".join([prose(30_000, 9000), *PARAGRAPHS]))[1] == len(PARAGRAPHS)


def test_unrelated_texts_share_no_features() -> None:
    assert shared_features(TEXT, ANOTHER) == (0, 0)


CHINESE = (
    "城市昨天早上在河上开了一座新桥，很多市民冒着大雨来看，直到中午才离开"
    "，市长也到了现场，发表讲话，感谢所有辛苦的工人，他们用了三年时间。"
)


def test_characters_of_a_script_without_spaces_are_compared_one_by_one() -> None:
    copy = f"本报讯：{CHINESE.replace('，', '、')}"
    assert likeness(CHINESE, copy).kind == "same"
    assert min(shared_features(CHINESE, copy)[:1]) >= 2
    assert len(features(CHINESE).paragraphs) == 1


HINDI = (
    "सोमवार की सुबह शहर की नदी पर नया पुल खुल गया और सैकड़ों लोग बारिश के बावजूद उसे देखने आए, महापौर ने मज़दूरों को धन्यवाद"
    " दिया और कहा कि यह काम तीन साल में पूरा हुआ है।"
)


def test_words_with_vowel_signs_are_words() -> None:
    words = HINDI.split()
    assert tokens(HINDI) == [unicodedata.normalize("NFKC", word.strip(",।")) for word in words]
    assert features(" ".join(words[: LEAST_WORDS - 1])) == Features()


def test_digits_are_the_same_in_any_script() -> None:
    text = f"{prose(1000, 30)} 2024 {prose(3000, 20)} 15"
    assert likeness(text.translate({ord(str(n)): "٠١٢٣٤٥٦٧٨٩"[n] for n in range(10)}), text).jaccard == 1.0
    assert fingerprint(text.translate({ord(str(n)): "۰۱۲۳۴۵۶۷۸۹"[n] for n in range(10)})) == fingerprint(text)


# ── properties ───────────────────────────────────────────────────────────────────────────────────────────────────────

TURNED = {"same": "same", "inside": "around", "around": "inside", "": ""}
texts = st.lists(st.integers(1000, 1040), min_size=20, max_size=120).map(lambda numbers: " ".join(map(word, numbers)))
mixed = st.lists(st.tuples(st.integers(0, 40), st.integers(5, 60)), min_size=1, max_size=8).map(
    lambda parts: "\n\n".join(prose(1000 + start, words) for start, words in parts)
)
any_text = st.one_of(st.text(), texts, mixed)


@given(any_text, any_text)
def test_the_other_way_round_is_the_same_likeness_turned(one: str, two: str) -> None:
    like, turned = likeness(one, two), likeness(two, one)
    assert turned == (like.jaccard, like.covered, like.shared, TURNED[like.kind])


@given(any_text, any_text)
def test_shares_are_shares_and_a_kind_has_its_reason(one: str, two: str) -> None:
    like = likeness(one, two)
    assert 0 <= like.jaccard <= min(like.shared, like.covered) <= max(like.shared, like.covered) <= 1
    assert like.kind != "same" or like.jaccard >= 0.5
    assert like.kind != "inside" or like.shared > like.covered
    assert like.kind != "around" or like.covered > like.shared


@given(st.one_of(texts, mixed), st.integers(0, 9), st.integers(0, 9))
def test_equal_texts_are_the_same_and_share_all_features_however_they_are_set(
    text: str, capitals: int, dashes: int
) -> None:
    otherwise = text[: capitals * 30].upper() + text[capitals * 30 :]
    otherwise = unicodedata.normalize("NFD", otherwise.replace(" ", " – ", dashes).replace("\n\n", " ”\n\n« "))
    assert features(otherwise) == features(text)
    assert likeness(otherwise, text).kind == likeness(text, text).kind == ("same" if fingerprint(text) else "")


@given(mixed, st.sampled_from([" ", "\n", "\n\n", "\n\n\n\n"]))
def test_minima_do_not_depend_on_where_paragraphs_end(text: str, between: str) -> None:
    assert features(text.replace("\n\n", between)).minima == features(text).minima
    assert likeness(text.replace("\n\n", between), text).jaccard in {0.0, 1.0}


@given(mixed, st.permutations(range(8)))
def test_paragraphs_are_the_same_features_in_any_order(text: str, order: list[int]) -> None:
    found = text.split("\n\n")
    moved = "\n\n".join(found[place] for place in order if place < len(found))
    assert features(moved).paragraphs == features(text).paragraphs


@given(st.text(), st.text())
def test_any_text_has_features_and_a_likeness(one: str, two: str) -> None:
    assert len(features(one).minima) in {0, MINIMA}
    assert likeness(one, two).kind in TURNED


# ── bad input ────────────────────────────────────────────────────────────────────────────────────────────────────────

MEGABYTE = 1_000_000
HOSTILE = {
    "one line": prose(100_000, MEGABYTE // 13),
    "one word over and over": "spam " * (MEGABYTE // 5),
    "no spaces at all": "a" * MEGABYTE,
    "single letters": "a b " * (MEGABYTE // 4),
    "nothing but breaks": "\n" * MEGABYTE,
    "short paragraphs": "a b c d e f g h\n\n" * (MEGABYTE // 17),
    "emoji": "😀👩‍👩‍👧 " * (MEGABYTE // 25),
    "right to left": "\u202eقال الوزير إن الميناء سيفتح \u200fغدا. " * (MEGABYTE // 60),
    "figures": "1 22 333 " * (MEGABYTE // 9),
    "combining marks": ("a" + "\u0301" * 50 + " ") * (MEGABYTE // 103),
    "ligatures that grow": "ﷺ " * (MEGABYTE // 18),
    "characters": "城市昨天早上在河上开" * (MEGABYTE // 30),
    "lone surrogates": "\ud83d x " * (MEGABYTE // 6),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_of_anything_takes_a_moment(text: str) -> None:
    start = time.process_time()
    features(text)
    likeness(text, f"{text} and one word more")
    likeness(text, TEXT)
    assert time.process_time() - start < 6.0
