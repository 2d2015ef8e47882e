"""Datelines and bylines leave the text for fields, with their markup, and nothing else does."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import Credited, clean_blocks, take_credits
from ingest.clean.bylines import byline
from ingest.extract import blocks_of
from ingest.models import Block

BODY = tuple(
    Block(tag="p", text=text, html=text)
    for text in (
        "The night ferry left the harbour at ten with ninety people on board.",
        "Fog closed the bay an hour later, and the pilots turned every ship back.",
        "On the quay the families waited until the morning for a word.",
        "The mayor said that the pier would be lit before the winter.",
        "Nobody slept.",
    )
)


def paragraph(text: str, tag: str = "p") -> Block:
    return Block(tag=tag, text=text, html=html.escape(text, quote=False))


def taken(fragment: str) -> Credited:
    return take_credits(clean_blocks(blocks_of(fragment)))


# ── datelines ──


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("<b>LIMA</b> (AP) — The <i>ferry</i> left.", "The <i>ferry</i> left."),
        ("<b>LIMA (AP) — The ferry</b> left.", "<b>The ferry</b> left."),
        ("<b>LIMA <i>(AP)</i></b> — <a href='/a'>The ferry</a> left.", '<a href="/a">The ferry</a> left.'),
        ("LIMA (AP&amp;T) — The ferry &amp; the fog.", "The ferry &amp; the fog."),
        ("LIMA <b> (AP)</b><br> — The ferry<br>left.", "The ferry<br>left."),
    ],
)
def test_a_dateline_leaves_the_markup_as_it_leaves_the_text(written: str, left: str) -> None:
    credited = taken(f"<p>{written}</p><p>Fog closed the bay.</p>")
    assert credited.dateline.startswith("LIMA (AP")
    assert credited.blocks[0].html == left
    assert credited.blocks[0].text == html.unescape(re.sub("<[^>]*>", " ", left).replace("  ", " ").strip())


def test_a_dateline_may_stand_below_a_heading_and_what_is_above_the_lead() -> None:
    dated = paragraph("LIMA (AP) — The ferry left.")
    for above in (paragraph("Ferries", "h2"), paragraph("The ferry left at ten, says its owner.")):
        credited = take_credits((above, dated, *BODY))
        assert (credited.dateline, credited.blocks[1].text) == ("LIMA (AP)", "The ferry left.")


def test_a_dateline_in_the_middle_is_part_of_the_story() -> None:
    blocks = (*BODY, paragraph("LIMA (AP) — The ferry left."), *BODY)
    assert take_credits(blocks) == Credited(blocks)


def test_a_quote_or_a_caption_has_no_dateline() -> None:
    blocks = (paragraph("LIMA (AP) — The ferry left.", "blockquote"), paragraph("LIMA (AP) — A", "figcaption"), *BODY)
    assert take_credits(blocks) == Credited(blocks)


# ── bylines ──


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("By Jane Roe", ("Jane Roe",)),
        ("BY JANE ROE AND JIM DOE", ("JANE ROE", "JIM DOE")),
        ("By Jane Roe, November 3, 2023 9:30 am", ("Jane Roe",)),
        ("By Jane Roe, AP Sports Writer", ("Jane Roe",)),
        ("by Jane Roe last updated 4 April", ("Jane Roe",)),
        ("By Jane Roe jane@harbour.example @janeroe", ("Jane Roe",)),
        ("Written by: Jane Roe", ("Jane Roe",)),
        ("Posted by Jane Roe, Harbour Marketing, Harbour", ("Jane Roe",)),
        ("Por: Ana Marín", ("Ana Marín",)),
        ("Por Ana Marín y José de la Cruz", ("Ana Marín", "José de la Cruz")),
        ("Texto: Ana Marín / Fotos: Luis Paz", ("Ana Marín",)),
        ("Por EFE", ("EFE",)),
        ("Escrito por Ana Marín", ("Ana Marín",)),
        ("Autora: Ana Marín", ("Ana Marín",)),
        ("Par Marie Petit, le 3 novembre 2023", ("Marie Petit",)),
        ("Von Eva Klein und Max von der Heide", ("Eva Klein", "Max von der Heide")),
        ("(Reporting by Jane Roe in Lima; editing by Jim Doe)", ("Jane Roe",)),
        (
            "Reporting by Jane Roe and Ana Marín; Additional reporting by Jim Doe; Editing by Eva Klein",
            ("Jane Roe", "Ana Marín"),
        ),
        ("(Reporte de Ana Marín. Editado en español por Luis Paz)", ("Ana Marín",)),
        ("(Reportagem de Ana Marín; edição de Luis Paz)", ("Ana Marín",)),
    ],
)
def test_a_paragraph_that_is_a_byline_gives_its_names(text: str, names: tuple[str, ...]) -> None:
    assert byline(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "By noon the harbour was closed",
        "By Monday",
        "By Jane Roe’s account, the harbour was closed at noon",
        "By Jane Roe. The harbour was closed. Nobody sailed.",
        "Por la tarde, el puerto abrió",
        "Por Dios",
        "Von der Leyen",
        "Di Maio",
        "Da Vinci Code",
        "Text: The harbour was closed",
        "Author: unknown author of this text",
        "Jane Roe contributed to this report.",
        "Reporting by the harbour office shows that nobody sailed.",
        "By " + "Jane Roe, " * 50,
        "By",
        "",
    ],
)
def test_a_sentence_that_begins_like_a_byline_is_none(text: str) -> None:
    assert byline(text) == ()


@pytest.mark.parametrize("place", [0, 1, 2, len(BODY) - 1, len(BODY)])
def test_a_byline_at_either_end_leaves_the_text(place: int) -> None:
    blocks = (*BODY[:place], paragraph("By Jane Roe"), *BODY[place:])
    assert take_credits(blocks) == Credited(BODY, authors=("Jane Roe",))


def test_a_byline_in_the_middle_stays() -> None:
    blocks = (*BODY, paragraph("By Jane Roe"), *BODY)
    assert take_credits(blocks) == Credited(blocks)


def test_a_text_that_is_all_byline_is_left() -> None:
    blocks = (paragraph("By Jane Roe"), paragraph("By Jim Doe"))
    assert take_credits(blocks) == Credited(blocks)


MARKUP = st.lists(
    st.sampled_from(["LIMA", " ", "(AP)", " — ", "A", "b", "<b>", "</b>", "<i>", "<br>", "&amp;", "<p>", "By Al Bo"])
)


@given(MARKUP.map("".join))
def test_whatever_is_taken_the_markup_says_what_the_text_says(fragment: str) -> None:
    blocks = clean_blocks(blocks_of(f"<p>{fragment}</p>"))
    credited = take_credits(blocks)
    for block in credited.blocks:
        assert block.text == " ".join(html.unescape(re.sub("<[^>]*>", "", block.html.replace("<br>", " "))).split())
    assert all(block.text for block in credited.blocks)
