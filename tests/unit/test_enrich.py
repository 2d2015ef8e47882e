"""What is added to an article, and that nothing that is added can cost it."""

import logging
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import enrich as room
from ingest.compose import compose
from ingest.enrich import ENRICHERS, add_language, add_reading_time, enrich
from ingest.models import Article, Entry, Extraction, Source

NOW = datetime(2022, 2, 21, 22, 22, tzinfo=UTC)


def article(text: str, language: str = "", title: str = "") -> Article:
    return Article(
        id="1",
        revision=1,
        url="https://harbour.example/a",
        source="harbour",
        title=title,
        text=text,
        fetched=NOW,
        sorted=NOW,
        language=language,
        extraction=Extraction(method="feed"),
    )


# ── language ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The crews of the night ferry walked out on Monday evening, an hour before fog closed the bay."),
        ("es", "El puerto reabrió el lunes por la tarde, después de dos días en que la niebla no dejó salir barcos."),
        (
            "pt",
            "O porto reabriu na segunda-feira à tarde, depois de dois dias em que a neblina não deixou sair navios.",
        ),
        ("fr", "Le port a rouvert lundi après-midi, après deux jours pendant lesquels le brouillard a tout arrêté."),
        (
            "de",
            "Der Hafen öffnete am Montagnachmittag wieder, nachdem der Nebel zwei Tage lang alles aufgehalten hatte.",
        ),
        ("zh", "城市昨天早上在河上开了一座新桥，很多市民冒着大雨来看，直到中午才离开，市长也到了现场发表讲话。"),
        ("ar", "أعيد فتح الميناء بعد ظهر يوم الاثنين بعد يومين من الضباب الذي منع السفن من المغادرة إلى البحر."),
    ],
)
def test_the_language_is_that_of_the_text_whatever_the_outlet_claims(language: str, text: str) -> None:
    assert add_language(article(text, language="xx")).language == language
    assert add_language(article(text.replace(" ", "\n\n", 3))).language == language


@pytest.mark.parametrize(
    "text",
    ["", "Fog.", "3-0, 2-1, 1-1", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26"],
    ids=["none", "a word", "a score", "numbers"],
)
def test_the_claim_stays_where_the_text_cannot_tell(text: str) -> None:
    assert add_language(article(text, language="es")).language == "es"


def test_the_claim_stays_where_the_language_has_no_code_of_two_letters() -> None:
    cebuano = (
        "Ang mga tawo nagpuyo sa siyudad sa Sugbo ug nagtrabaho sila sa tibuok adlaw aron mabuhi ang ilang pamilya."
    )
    assert add_language(article(cebuano, language="tl")).language == "tl"


def test_a_short_text_is_told_by_its_title_too() -> None:
    assert (
        add_language(article("Niebla.", title="El puerto reabre tras dos días de niebla en la bahía")).language == "es"
    )


@pytest.mark.parametrize(
    ("claim", "language"),
    [("es-VE", "es"), ("pt_BR", "pt"), ("EN", "en"), ("fil-PH", "tl"), ("Spanish", "tl"), ("", "tl")],
)
def test_a_claim_that_is_no_iso_639_1_code_gives_way_to_the_sources(claim: str, language: str) -> None:
    source = Source(id="s", name="S", homepage="https://s.example/", language="tl", country="", timezone="UTC")
    entry = Entry(url="https://s.example/a", content="<p>Niebla.</p>", language=claim)
    assert compose(entry, source, None, NOW).language == language


# ── reading time ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("words", "minutes"), [(0, 0), (1, 1), (230, 1), (231, 2), (2300, 10), (2301, 11)])
def test_reading_takes_a_minute_for_each_begun_230_words(words: int, minutes: int) -> None:
    read = add_reading_time(article("ferry \n\n" * words))
    assert (read.words, read.reading_minutes) == (words, minutes)


# ── all of them ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_enricher_that_fails_is_logged_and_leaves_the_others_their_work(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(given: Article) -> Article:
        raise RuntimeError("no model")

    monkeypatch.setattr(room, "ENRICHERS", (broken, *ENRICHERS))
    with caplog.at_level(logging.ERROR, "teletipo.enrich"):
        enriched = enrich(article("ferry " * 40, title="The crews of the night ferry walked out on Monday"))
    assert (enriched.words, enriched.language) == (40, "en")
    assert "enricher=broken article=1" in caplog.text
    assert "no model" in caplog.text


@given(st.text(), st.text())
def test_enriching_any_text_changes_nothing_but_what_it_adds(text: str, title: str) -> None:
    plain = article(text, "es", title)
    enriched = enrich(plain)
    added = {"language": "es", "words": 0, "reading_minutes": 0}
    assert msgspec.structs.replace(enriched, **added) == plain
    assert enriched.words == len(text.split())
    assert len(enriched.language) == 2
