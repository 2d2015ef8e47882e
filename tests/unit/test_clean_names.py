"""A byline comes apart into the names in it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import clean_text, split_authors


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ana Pérez and John Smith", ("Ana Pérez", "John Smith")),
        ("Por: Ana Pérez", ("Ana Pérez",)),
        ("Por Ana Pérez y João Souza", ("Ana Pérez", "João Souza")),
        ("ANA PÉREZ / EFE", ("ANA PÉREZ", "EFE")),
        ("Texto: Ana Pérez | Fotos", ("Ana Pérez", "Fotos")),
        ("Von Max Ernst und Eva Klein", ("Max Ernst", "Eva Klein")),
        ("Von der Leyen", ("Von der Leyen",)),
        ("Di Maio", ("Di Maio",)),
        ("Jean-Luc Moreau et Marie Petit", ("Jean-Luc Moreau", "Marie Petit")),
        ("Ana Pérez - Harbour Post", ("Ana Pérez", "Harbour Post")),
        ("ana@harbour.example, Ana Pérez (@anap) https://harbour.example/ana", ("Ana Pérez",)),
        ("“Ana Pérez”", ("Ana Pérez",)),
        ("By\nAna Pérez\nJohn Smith", ("Ana Pérez", "John Smith")),
        ("陈明、李华", ("陈明", "李华")),
        ("作者：陈明", ("陈明",)),
        ("View all posts by Ana Pérez", ("Ana Pérez",)),
        ("Zeige alle Beiträge von Ana Pérez →", ("Ana Pérez",)),
        ("Publicado por Ana Pérez", ("Ana Pérez",)),
        ("Autora Ana Pérez", ("Ana Pérez",)),
        ("By Ana Pérez, Senior Politics Editor, and John Smith", ("Ana Pérez", "John Smith")),
        ("Ana Pérez Staff Writer", ("Ana Pérez",)),
        ("By Ana Pérez for Harbour Post", ("Ana Pérez",)),
        ("Por Ana Pérez en Caracas", ("Ana Pérez",)),
        ("Ana Pérez (Harbour Post)", ("Ana Pérez",)),
        ("By Ana Pérez 8 January 2020, 3:51 pm 11 Comments", ("Ana Pérez",)),
        ("Par Ana Pérez le 7 mai 2020", ("Ana Pérez",)),
        ("Theresa May", ("Theresa May",)),
        ("Ana Pérez Link Copied", ("Ana Pérez",)),
        ("Ana Pérez, PhD, John Smith, PhD", ("Ana Pérez", "John Smith")),
        ("AFP", ("AFP",)),
        ("ana-perez", ("Ana Perez",)),
        ("José Pérez\nJOSE PEREZ", ("José Pérez",)),
    ],
)
def test_a_byline_gives_its_names(byline: str, names: tuple[str, ...]) -> None:
    assert split_authors([byline]) == names


@pytest.mark.parametrize(
    "nobody",
    [
        "admin",
        "Redacción",
        "Redação",
        "Staff",
        "Staff Reporter",
        "The Newsroom",
        "N/A",
        "undefined",
        "-",
        "",
        "By",
        "7",
    ],
)
def test_nobody_is_no_author(nobody: str) -> None:
    assert split_authors([nobody]) == ()


def test_a_sentence_is_no_author() -> None:
    assert split_authors(["The people who wrote this text at the harbour"]) == ()


@pytest.mark.parametrize("noise", ["a", "@", "a@", "a.", "(", "- "])
def test_a_byline_without_an_end_is_read_at_once(noise: str) -> None:
    start = time.process_time()
    assert split_authors(["Ana Pérez, " + noise * 200_000]) == ("Ana Pérez",)
    assert time.process_time() - start < 1


def test_a_name_comes_once_as_it_was_first_written() -> None:
    assert split_authors(["Ana Pérez", "By ANA PÉREZ and John Smith"]) == ("Ana Pérez", "John Smith")


@given(st.lists(st.text()))
def test_any_byline_gives_clean_names_or_none(bylines: list[str]) -> None:
    assert all(name == clean_text(name) and name for name in split_authors(bylines))
