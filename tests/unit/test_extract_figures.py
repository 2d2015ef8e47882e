"""The pictures of an article come with its text, and those of other articles do not."""

import pytest

from ingest.extract.blocks import blocks_in
from ingest.extract.figures import LONGEST_CAPTION, with_figures
from ingest.extract.page import parse

FIGURE = "<figure><img src=/a.jpg><figcaption>A ferry</figcaption></figure>"


def shown(between: str, around: str = "{}") -> list[str]:
    """The tags of what is read where the paragraphs before and after are chosen."""
    tree = parse(around.format(f"<article><p>One</p>{between}<p>Two</p></article>"))
    chosen = [element for element in tree.iter("p") if element.text in {"One", "Two"}]
    return [block.tag for block in blocks_in(with_figures(chosen))]


@pytest.mark.parametrize("between", [FIGURE, f"<div><div>{FIGURE}</div></div>", f"<p>Not chosen</p>{FIGURE}"])
def test_a_figure_between_two_chosen_elements_is_shown_there(between: str) -> None:
    assert shown(between) == ["p", "img", "figcaption", "p"]


@pytest.mark.parametrize(
    "between",
    [
        f"<aside>{FIGURE}</aside>",
        f"<a href=/other>{FIGURE}</a>",
        f"<ul><li>{FIGURE}</li></ul>",
        "<figure><img src=/a.jpg><figcaption><h3>Another article</h3>Its lead.</figcaption></figure>",
        "<figure><img src=/a.jpg></figure>",
        "<figure><figcaption>A film</figcaption></figure>",
        "<figure><img src=/a.jpg><figcaption> </figcaption></figure>",
        f"<figure><img src=/a.jpg><figcaption>{'x' * (LONGEST_CAPTION + 1)}</figcaption></figure>",
    ],
    ids=["beside", "link", "list", "headline", "no caption", "no picture", "empty", "long"],
)
def test_what_belongs_to_another_article_or_to_nothing_is_not(between: str) -> None:
    assert shown(between) == ["p", "p"]


def test_figures_before_the_first_and_after_the_last_are_not() -> None:
    assert shown("", f"{FIGURE}{{}}{FIGURE}") == ["p", "p"]


def test_a_figure_that_is_chosen_with_what_is_around_it_is_shown_once() -> None:
    tree = parse(f"<article><div id=a><p>One</p>{FIGURE}</div><p id=b>Two</p></article>")
    chosen = [element for element in tree.iter() if element.get("id")]
    assert [block.tag for block in blocks_in(with_figures(chosen))] == ["p", "img", "figcaption", "p"]


def test_one_element_or_none_has_nothing_between() -> None:
    tree = parse(f"<article><p>One</p>{FIGURE}</article>")
    paragraph = next(tree.iter("p"))
    assert with_figures([paragraph]) == [paragraph]
    assert with_figures([]) == []
