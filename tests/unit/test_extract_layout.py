"""A page's tree is read as boxes, and as passages of text in them."""

from ingest.extract.layout import Layout, layout
from ingest.extract.page import parse


def read(body: str) -> Layout:
    return layout(parse(f"<html><head><title>Ferries</title></head><body>{body}</body></html>"))


def texts(body: str) -> list[str]:
    return [passage.text for passage in read(body).passages]


def test_a_passage_ends_where_a_block_element_begins_or_ends() -> None:
    assert texts("<div>Before <b>it</b><p>Inside.</p>after</div>") == ["Before it", "Inside.", "after"]


def test_two_line_breaks_end_a_passage_and_one_does_not() -> None:
    assert texts("<div>One<br>line.<br> <br>Another.<br/>Still it.</div>") == ["One line.", "Another. Still it."]


def test_a_link_around_paragraphs_leaves_them_apart() -> None:
    assert texts("<a href='/1'><p>First.</p><p>Second.</p></a>") == ["First.", "Second."]


def test_linked_and_bold_characters_are_counted() -> None:
    (passage,) = read("<p>The <a href='/'>crews</a> <b>sang</b>.</p>").passages
    assert (passage.text, passage.linked, passage.bold) == ("The crews sang.", 5, 4)


def test_what_nobody_reads_is_left_out() -> None:
    assert texts("<script>x()</script><p>Seen <span hidden>machine</span> text.</p><button>Share</button>") == [
        "Seen text."
    ]


def test_a_hidden_box_is_kept_and_marked_as_scripts_may_show_it() -> None:
    page = read("<div hidden id='S:1'><p>Streamed in.</p></div><p>Shown.</p>")
    assert [(p.text, page.boxes[p.box].hidden) for p in page.passages] == [("Streamed in.", True), ("Shown.", False)]


def test_boxes_come_after_the_box_around_them() -> None:
    page = read("<main><section><p>One.</p></section><p>Two.</p></main>")
    assert [(box.element.tag, box.parent) for box in page.boxes] == [
        ("body", -1),
        ("main", 0),
        ("section", 1),
        ("p", 2),
        ("p", 1),
    ]
    assert [passage.box for passage in page.passages] == [3, 4]


def test_navigation_and_footers_are_left_out_and_their_boxes_are_known_as_broken() -> None:
    body = "<nav>Home</nav><div><p>Text.</p><div role='dialog'>Accept?</div></div><footer><p>Imprint</p></footer>"
    page = read(body)
    assert [passage.text for passage in page.passages] == ["Text."]
    assert {page.boxes[number].element.tag for number in page.broken} == {"body", "div"}
    assert [passage.text for passage in layout(parse(f"<body>{body}</body>"), whole=True).passages] == [
        "Home",
        "Text.",
        "Accept?",
        "Imprint",
    ]


def test_a_page_without_a_body_element_is_read_where_its_text_is() -> None:
    page = layout(parse("<html><title>The ferry</title><article><p>It left the quay.</p></article></html>"))
    assert [passage.text for passage in page.passages] == ["It left the quay."]
