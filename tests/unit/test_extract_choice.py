"""Of a page's passages those are chosen that are its article's, and elements stay as whole as they can."""

from pathlib import Path

import numpy as np
import pytest

from ingest.extract.blocks import blocks_in
from ingest.extract.choice import Choice, best_limit, choose
from ingest.extract.features import FEATURES, Lexicon, Stated, measure
from ingest.extract.layout import layout
from ingest.extract.model import Model, load, save
from ingest.extract.page import parse

PROSE = (
    "The harbour of Puerto Nuevo opened again on Tuesday after three days of fog, and the first ferries left at dawn.",
    "Crews had used the time to paint two of the boats, the port's director said, and to mend a winch that had failed.",
    "About four hundred people were waiting on the quay, many of them with goods for the market on the other side.",
    "“We slept in the car,” said one of them, a baker, who had lost two days of sales and most of her patience.",
)
MENU = (
    "<nav><ul><li><a href='/a'>Home</a></li><li><a href='/b'>Politics</a></li><li><a href='/d'>Us</a></li></ul></nav>"
)
OFFER = "<div class='newsletter'><p>Sign up for our newsletter and get the news of the day.</p></div>"
RELATED = (
    "<aside class='related'><h3>Read more</h3><p><a href='/1'>Fog closes the airport for a second night</a></p>"
    "<p><a href='/2'>Ferry prices to rise by a tenth next spring, the ministry says</a></p></aside>"
)
STATED = Stated("Harbour opens after three days of fog", "The first ferries left at dawn.")


def paragraphs(*more: str) -> str:
    return "".join(f"<p>{text}</p>" for text in (*PROSE, *more))


def chosen(body: str, stated: Stated = STATED) -> Choice:
    return choose(parse(f"<html><body>{body}</body></html>"), stated)


def texts(choice: Choice) -> list[str]:
    return [block.text for block in blocks_in(choice.elements) if block.in_text]


def test_the_article_is_chosen_and_what_stands_around_it_is_not() -> None:
    page = f"{MENU}<main><h1>{STATED.title}</h1><div class='story'>{paragraphs()}{OFFER}</div>{RELATED}</main>"
    assert texts(chosen(page)) == list(PROSE)


def test_an_article_in_a_div_with_line_breaks_for_paragraphs_is_chosen() -> None:
    page = f"{MENU}<div id='text'>{'<br><br>'.join(PROSE)}</div>{RELATED}"
    assert texts(chosen(page)) == list(PROSE)


def test_lists_and_quotes_stay_whole_within_the_article() -> None:
    inside = (
        "<ul><li>The ferry to Santa Clara sails at eight in the morning, and again in the evening.</li>"
        "<li>The ferry to Las Peñas sails at ten in the morning, on every day but Sunday.</li></ul>"
        "<blockquote><p>“Nobody with a ticket will be left on the quay tonight,” the director told us.</p></blockquote>"
    )
    page = f"{MENU}<article class='article-body'>{paragraphs()}{inside}{paragraphs('It rained.')}</article>{RELATED}"
    assert {block.tag for block in blocks_in(chosen(page).elements)} == {"p", "li", "blockquote"}


def test_words_inside_a_paragraph_that_nobody_sees_are_no_text() -> None:
    unseen = "<span style='display: none'>(72 <b>hours</b>)</span>"
    choice = chosen(f"{MENU}<article class='article-body'>{paragraphs().replace('three days', unseen)}</article>")
    assert next(block.text for block in blocks_in(choice.elements, choice.unseen)) == PROSE[0].replace(
        "three days ", ""
    )


def test_a_picture_between_paragraphs_comes_with_them() -> None:
    figure = (
        "<figure><img src='/quay.jpg' width='800'><figcaption>The quay at dawn. Photo: A. Roe</figcaption></figure>"
    )
    page = f"{MENU}<article class='article-body'><p>{PROSE[0]}</p>{figure}{paragraphs()}</article>"
    assert [block.tag for block in blocks_in(chosen(page).elements)][:3] == ["p", "img", "figcaption"]


def test_an_article_inside_a_navigation_that_nobody_closed_is_found() -> None:
    assert texts(chosen(f"<nav><a href='/'>Home</a><article class='article-body'>{paragraphs()}</article>")) == list(
        PROSE
    )


@pytest.mark.parametrize("element", ["noscript", "svg", "template"])
def test_an_article_inside_an_element_for_machines_that_nobody_closed_is_found(element: str) -> None:
    assert texts(chosen(f"{MENU}<{element}><div class='article-body'>{paragraphs()}</div>")) == list(PROSE)


def test_a_footer_inside_an_article_stays_out_of_it() -> None:
    page = (
        f"{MENU}<article class='article-body'>{paragraphs()}<footer><p>Filed under: ferries, fog</p></footer></article>"
    )
    assert texts(chosen(page)) == list(PROSE)


def test_a_page_of_links_has_no_article() -> None:
    assert chosen(MENU + RELATED).words < 25


def test_a_page_without_text_has_none() -> None:
    assert chosen("<div></div>") == Choice()


def test_a_plain_article_is_chosen_with_confidence() -> None:
    alone = chosen(f"<h1>{STATED.title}</h1><article class='article-body'>{paragraphs()}</article>")
    assert 0.9 < alone.confidence <= 1.0


def test_the_limit_is_drawn_where_the_chances_promise_most() -> None:
    words = np.array([100.0, 100.0, 100.0, 100.0])
    clear, _ = best_limit(np.array([0.9, 0.9, 0.1, 0.1]), words)
    assert 0.1 < clear < 0.9
    doubtful, promised = best_limit(np.array([0.9, 0.9, 0.45, 0.45]), words)
    assert doubtful <= 0.45
    assert promised == pytest.approx(
        2 * 270 / (400 + 270)
    )  # what is expected right, in what is taken and what there is


def test_a_model_of_other_features_is_refused(tmp_path: Path) -> None:
    model = Model(
        np.zeros((1, 1), int), np.zeros((1, 1), np.float32), np.zeros((1, 2), np.float32), 0.0, Lexicon({}, {})
    )
    save(model, ("length", "links"), tmp_path / "body.npz")
    with pytest.raises(ValueError, match="train it anew"):
        load(tmp_path / "body.npz")


def test_a_model_is_read_as_it_was_written_and_answers_by_its_trees(tmp_path: Path) -> None:
    words = FEATURES.index("words")
    model = Model(
        np.array([[words, words]]),
        np.array([[1.0, 3.0]], np.float32),
        np.array([[-4.0, -2.0, 0.0, 4.0]], np.float32),  # by answers: neither, the first, the second, both
        0.5,
        Lexicon({"story": 1.5}, {"ferry": 0.5}),
    )
    save(model, FEATURES, tmp_path / "body.npz")
    read = load(tmp_path / "body.npz")
    matrix = np.zeros((3, len(FEATURES)), np.float32)
    matrix[:, words] = (0.5, 2.0, 5.0)
    assert read.lexicon == model.lexicon
    assert np.log(1 / (1 / read.chances(matrix) - 1)) == pytest.approx([-3.5, -1.5, 4.5])


def test_menus_are_not_measured_and_prose_is() -> None:
    page = layout(parse(f"<body>{MENU}<p>{PROSE[0]}</p></body>"))
    measured = measure(page, STATED, load().lexicon)
    assert [page.passages[number].text for number in measured.numbers] == [PROSE[0]]
    assert measured.matrix.shape == (1, len(FEATURES))
