"""Queues take what their filters say: any value of a field, every field, nothing that `not` names."""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.deliver import Filter, Filters
from ingest.models import Article, Extraction
from ingest.settings import Conditions, QueueSettings

NOW = datetime(2022, 2, 21, tzinfo=UTC)
FOG = (
    "Niebla en el puerto: PDVSA detiene la exportación de petróleo.\n\n"
    "«Nadie zarpa», dijo Ana Marín. El año pasado las sanciones pararon diez buques-tanque."
)


def article(text: str = FOG, **more: Any) -> Article:
    return Article(
        **{
            "id": "1",
            "revision": 1,
            "url": "https://harbour.example/a",
            "source": "harbour",
            "title": "Cierra el Puerto",
            "text": text,
            "fetched": NOW,
            "sorted": NOW,
            "language": "es",
            "country": "VE",
            "tags": ("ports", "wire"),
            "topics": ("energy",),
            "keywords": ("Petróleo y Gas", "Niebla"),
            "authors": ("Ana Marín", "José Peña"),
            "words": len(text.split()),
            "extraction": Extraction(method="feed"),
            **more,
        }
    )


def queue(refused: Mapping[str, Any] | None = None, **wanted: Any) -> QueueSettings:
    return msgspec.convert({**wanted, "not": refused or {}}, QueueSettings)


def takes(wanted: QueueSettings, offered: Article | None = None) -> bool:
    """Asked of the one filter and of all filters at once, which must agree."""
    offered = offered or article()
    alone = Filter(wanted).takes(offered)
    assert Filters({"queue": wanted}).queues_for(offered) == (["queue"] if alone else [])
    return alone


def test_a_queue_without_a_filter_takes_everything() -> None:
    assert takes(queue())
    assert takes(queue(), article("", source="", language="", country="", tags=(), title=""))


FIELDS = [
    ("source", ["bay", "harbour"], ["bay"]),
    ("language", ["en", "es"], ["en"]),
    ("country", ["GB", "VE"], ["GB"]),
    ("topics", ["sport", "energy"], ["sport"]),
    ("tags", ["sport", "wire"], ["sport", "por"]),
    ("keywords", ["sport", "petroleo y gas"], ["sport", "gas"]),
    ("authors", ["nobody", "JOSE PEÑA"], ["nobody", "José"]),
    ("words", ["nothing", "petróleo"], ["nothing"]),
]


@pytest.mark.parametrize(("field", "right", "wrong"), FIELDS, ids=[field for field, *_ in FIELDS])
def test_any_value_of_a_field_will_do_and_none_will_not(field: str, right: list[str], wrong: list[str]) -> None:
    assert takes(queue(None, **{field: right}))
    assert not takes(queue(None, **{field: wrong}))
    assert not takes(queue({field: right}))
    assert takes(queue({field: wrong}))


@pytest.mark.parametrize("odd", [None, *(field for field, *_ in FIELDS)])
def test_all_fields_of_a_filter_must_agree(odd: str | None) -> None:
    wanted: dict[str, Any] = {field: wrong if field == odd else right for field, right, wrong in FIELDS}
    assert takes(queue(None, **wanted)) is (odd is None)


def test_any_field_of_not_is_enough_although_the_filter_takes_the_article() -> None:
    assert takes(queue(language=["es"]))
    assert not takes(queue({"tags": ["wire"], "country": ["GB"]}, language=["es"]))
    assert takes(queue({"tags": ["sport"], "country": ["GB"]}, language=["es"]))
    assert not takes(queue({"words": ["niebla"]}))


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ("petróleo", True), ("PETROLEO", True), ("petrole", False), ("petrole*", True), ("etroleo", False),
        ("exportacion de petroleo", True), ("exportación  de\tpetróleo", True), ("exportación petróleo", False),
        ("exportación de petr*", True), ("exportación de gas*", False), ("sancion*", True), ("sancion", False),
        ("nadie zarpa", True), ("zarpa dijo", True), ("cierra el puerto", True), ("puerto niebla", False),
        ("año", True), ("ano", False), ("AÑO PASADO", True), ("peña", False), ("pd*", True), ("p*", True),
        ("zz*", False),
        ("buques-tanque", True), ("buques tanque", True), ("buques-t*", True), ("tanque", True), ("pdvsa", True),
        ("diez b*", True), ("di*", True), ("petroleo*", True),
    ],
)  # fmt: skip
def test_words_are_whole_words_phrases_or_beginnings_without_case_or_accents(words: str, there: bool) -> None:
    """ñ is a letter of its own: año is a year, ano is not. What stands between words does not matter; a
    phrase does not begin in the title and end in the text."""
    assert takes(queue(words=[words])) is there
    assert takes(queue({"words": [words]})) is not there


def test_an_accent_may_be_written_in_two_ways() -> None:
    taken_apart = unicodedata.normalize("NFD", FOG)
    assert taken_apart != FOG
    for words in ("petróleo", "año", unicodedata.normalize("NFD", "año")):
        assert takes(queue(words=[words]), article(taken_apart))
    assert not takes(queue(words=["ano"]), article(taken_apart))


def test_the_title_is_looked_at_as_well_as_the_text() -> None:
    assert takes(queue(words=["cierra"]))
    assert not takes(queue(words=["cierra"]), article(title="Niebla"))


@pytest.mark.parametrize(("least", "taken"), [(0, True), (26, True), (27, True), (28, False)])
def test_a_least_length_counts_words(least: int, taken: bool) -> None:
    offered = article("word " * 27)
    assert takes(queue(min_words=least), offered) is taken
    assert takes(queue({"min_words": least}), offered) is (not taken or not least), "long ones are refused"


def test_an_article_without_a_value_is_in_no_queue_that_asks_for_one() -> None:
    bare = article("", source="", language="", country="", tags=(), topics=(), keywords=(), authors=(), title="")
    for field, right, _ in FIELDS:
        assert not takes(queue(None, **{field: right}), bare)
        assert takes(queue({field: right}), bare)


def test_an_article_goes_into_every_queue_that_takes_it_in_the_order_they_are_configured() -> None:
    queues = {"z": queue(), "en": queue(language=["en"]), "fog": queue(words=["niebla"]), "a": queue(tags=["wire"])}
    assert Filters(queues).queues_for(article()) == ["z", "fog", "a"]
    assert Filters({}).queues_for(article()) == []


# ── all at once ──────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = ["mar", "mares", "año", "ano", "PÁN", "pan", "sol y", "q"]
FEW = st.lists(st.sampled_from("abc"), max_size=2).map(tuple)
PATTERNS = st.lists(
    st.builds(
        lambda words, star: " ".join(words) + star,
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=2),
        st.sampled_from(["", "*"]),
    ),
    max_size=2,
).map(tuple)
CONDITIONS: dict[str, Any] = {
    "source": FEW, "language": FEW, "country": FEW, "topics": FEW, "tags": FEW, "keywords": FEW, "authors": FEW,
    "words": PATTERNS, "min_words": st.integers(0, 6),
}  # fmt: skip
QUEUES = st.lists(
    st.builds(
        QueueSettings, **CONDITIONS, refused=st.one_of(st.just(Conditions()), st.builds(Conditions, **CONDITIONS))
    ),
    max_size=6,
).map(lambda found: {f"queue-{number}": each for number, each in enumerate(found)})
TEXTS = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
ARTICLES = st.builds(
    lambda text, title, one, many: article(
        text, title=title, words=len(text.split()), source=one[0], language=one[1], country=one[2], topics=many[0],
        tags=many[1], keywords=many[2], authors=many[3],
    ),
    TEXTS, TEXTS, st.tuples(*[st.sampled_from("abc")] * 3), st.tuples(*[FEW] * 4),
)  # fmt: skip


@given(QUEUES, ARTICLES)
def test_one_pass_over_all_queues_finds_what_each_filter_alone_would_take(
    queues: dict[str, QueueSettings], offered: Article
) -> None:
    assert Filters(queues).queues_for(offered) == [
        name for name, wanted in queues.items() if Filter(wanted).takes(offered)
    ]


@given(QUEUES, ARTICLES)
def test_a_filter_takes_what_the_rules_say_when_they_are_spelled_out_one_by_one(
    queues: dict[str, QueueSettings], offered: Article
) -> None:
    for wanted in queues.values():
        met = [names(wanted, field, offered) for field in CONDITIONS if says(wanted, field)]
        hurt = [names(wanted.refused, field, offered) for field in CONDITIONS if says(wanted.refused, field)]
        assert Filter(wanted).takes(offered) is (all(met) and not any(hurt))


def says(conditions: Conditions, field: str) -> bool:
    return bool(getattr(conditions, field))


def names(conditions: Conditions, field: str, offered: Article) -> bool:
    """Whether this one field has the article in it, in the plainest way to say it."""
    if field == "min_words":
        return offered.words >= conditions.min_words
    if field == "words":
        return any(stands_in(pattern, part) for pattern in conditions.words for part in (offered.title, offered.text))
    has = getattr(offered, field)
    return bool(set(getattr(conditions, field)) & ({has} if isinstance(has, str) else set(has)))


def stands_in(pattern: str, told: str) -> bool:
    text = plain(told).split()
    *whole, last = plain(pattern.rstrip("*")).split()
    for start in range(len(text) - len(whole)):
        end = text[start + len(whole)]
        if text[start : start + len(whole)] == whole and (end.startswith(last) if "*" in pattern else end == last):
            return True
    return False


def plain(text: str) -> str:
    return text.lower().replace("á", "a")


# ── why not ──────────────────────────────────────────────────────────────────────────────────────────────────────────

REFUSALS = [
    ({"language": ["en", "fr"]}, "language: es is not among en, fr"),
    ({"tags": ["sport"]}, "tags: ports, wire are not among sport"),
    ({"authors": ["nobody"]}, "authors: Ana Marín, José Peña are not among nobody"),
    ({"words": ["Gas", "sol*"]}, "words: none of Gas, sol* is in it"),
    ({"min_words": 300}, "min_words: 23 words, at least 300 are asked for"),
    ({"source": list("abcdefg")}, "source: harbour is not among a, b, c, d, e and 2 more"),
    ({"not": {"tags": ["sport", "wire"]}}, "not tags: wire"),
    ({"not": {"keywords": ["PETROLEO Y GAS"]}}, "not keywords: PETROLEO Y GAS"),
    ({"not": {"min_words": 10}}, "not min_words: 23 words, 10 or more are refused"),
    ({"language": ["en"], "not": {"tags": ["wire"]}}, "language: es is not among en"),
]


@pytest.mark.parametrize(("wanted", "said"), REFUSALS, ids=[said.partition(":")[0] for _, said in REFUSALS])
def test_a_refusal_names_the_first_condition_that_refuses_with_what_the_article_has(
    wanted: dict[str, Any], said: str
) -> None:
    assert Filter(msgspec.convert(wanted, QueueSettings)).refusal(article()) == said


def test_a_refusal_of_an_article_without_any_value_says_that_it_has_none() -> None:
    assert Filter(queue(topics=["energy"])).refusal(article(topics=())) == "topics: it has none, energy is asked for"


@given(QUEUES, ARTICLES)
def test_a_refusal_is_empty_exactly_where_the_filter_takes_the_article(
    queues: dict[str, QueueSettings], offered: Article
) -> None:
    for wanted in queues.values():
        assert (Filter(wanted).refusal(offered) == "") is Filter(wanted).takes(offered)
