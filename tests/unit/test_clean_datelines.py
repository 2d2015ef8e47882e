"""A dateline is told from the words that only look like one."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean.datelines import LONGEST, dateline
from ingest.clean.places import AGENCIES, PLACES


@pytest.mark.parametrize(
    "text",
    [
        "CARACAS, Nov 3 (Reuters) –| The port opened.",
        "LOS ANGELES (AP) --| “We sail,” she said.",
        "SEOUL, Aug. 20 (Yonhap) --| A ferry sank.",
        "NAPA COUNTY, Calif. (KGO) --| A plan was made.",
        "WASHINGTON, D.C. —| The harbour closed.",
        "SIMMELSDORF –| Am Samstag sank die Fähre.",
        "KOBE –| A ferry sank in Kobe.",
        "(KRON) —| The mother of all ferries sailed.",
        "(Motorsport-Total.com) -| Das Rennen beginnt.",
        "NEW DELHI:| The minister sailed.",
        "JAKARTA, KOMPAS.com -| Menteri berlayar.",
        "Berlin (dpa) -| Die Fähre sank.",
        "Berlin/Kiew (dpa/AFP) -| Die Fähre sank.",
        "Frankfurt/Main (dpa/lhe) -| Die Fähre sank.",
        "London/Teheran -| Iranische Fähren sanken.",
        "Berlin –| Die Fähre sank.",
        "(Leipzig) -| Von Fähren und Lotsen.",
        "Caracas, 3 nov (EFE).-| El puerto abrió.",
        "Caracas, 3 de noviembre de 2024 (EFE).-| «El puerto abrió», dijo.",
        "Caracas, 05 de noviembre de 2024. –| ¿Quién abrió el puerto?",
        "Caracas.-| El puerto abrió.",
        "CARACAS.-|El puerto abrió.",
        "BUENOS AIRES (AP) —| El puerto abrió.",
        "Puerto Cabello (AVN).-| El puerto abrió.",
        "Ciudad de México. —| El puerto abrió.",
        "Brasília –| O porto abriu.",
        "Lisboa, 03 nov 2023 (Lusa) –| O porto abriu.",
        "RIO DE JANEIRO -| O porto abriu.",
        "PARIS (Reuters) -| Le port a ouvert.",
        "Paris, le 3 novembre 2023 -| Le port a ouvert.",
        "Kinshasa, le 1er novembre (AFP) –| Le port a ouvert.",
        "(ANSA) - ROMA, 03 NOV -| Il porto è aperto.",
        "(AFP) -| Le port a ouvert.",
    ],
)
def test_a_dateline_is_found_as_it_is_written(text: str) -> None:
    words, rest = text.split("|")
    found = dateline(words + rest)
    assert found
    assert found.words == words.rstrip(" .-–—:") or found.words == words.rstrip(" -–—:")
    assert (words + rest)[found.length :] == rest.strip()


@pytest.mark.parametrize(
    "text",
    [
        "Dee Dee Myers — a spokeswoman — resigned.",
        "NASA – The agency launched a ship.",
        "TESLA – Der Konzern TESLA baut Autos.",
        "LE POINT SUR LA SITUATION - «Nous avons gagné», dit-il.",
        "HOLIDAY DISCOUNTS — Retailers cut prices.",
        "EXCLUSIVE — The harbour closed.",
        "BREAKING NEWS: The harbour closed.",
        "ANÁLISIS.- El puerto abrió.",
        "London: The harbour closed.",
        "Barcelona - Real Madrid: 2-1 nach Verlängerung.",
        "Paris – London: Der Zug fährt wieder.",
        "Angela Merkel (CDU) - Die Kanzlerin sprach.",
        "Kathrin Göbel (Twitter) ist Astrophysikerin.",
        "Pregunta.- ¿Quién abrió el puerto?",
        "Baden-Württemberg hat keinen Hafen.",
        "Berlin – die Hauptstadt – hat einen Hafen.",
        "Caracas (EFE) informó del puerto.",
        "3 – Así abrió el puerto.",
        "FERIENHAUS FEINEN - LIERFELD / EIFEL Wir haben ein Haus.",
        "— The ferry sank.",
        "Berlin (dpa) -",
        "",
    ],
)
def test_words_before_a_dash_that_could_be_anything_else_stay(text: str) -> None:
    assert dateline(text) is None


def test_a_word_in_capitals_that_comes_again_in_capitals_is_no_place() -> None:
    assert dateline("FREMONT — Two ferries sank.", "They sailed to Fremont.")
    assert dateline("FREMONT — Two ferries sank.", "They sailed for FREMONT and others.") is None


def test_a_place_that_is_missing_needs_an_agency() -> None:
    assert dateline("Kleinkleckersdorf - Die Fähre sank.") is None
    assert dateline("Kleinkleckersdorf (dpa) - Die Fähre sank.")


def test_names_are_looked_up_in_lower_case() -> None:
    assert all(name == name.casefold() and name.strip() for name in PLACES | AGENCIES)


@given(st.text(alphabet="BERLINberlin(dpa)/,.:-–— 3Nov“", max_size=LONGEST + 20), st.text(max_size=20))
def test_any_text_can_be_asked(text: str, rest: str) -> None:
    if found := dateline(text, rest):
        assert text.startswith(found.words)
        assert len(found.words) < found.length < len(text)


@pytest.mark.parametrize("text", ["A" * 100_000, "- " * 50_000, "BERLIN (" * 20_000, "Aa, " * 50_000])
def test_no_text_keeps_us_looking(text: str) -> None:
    started = time.process_time()
    dateline(text, text)
    assert time.process_time() - started < 0.5
