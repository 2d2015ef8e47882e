"""What docs/hostile.md says is what the outlets that misbehave do, and there are enough of them."""

from tests.hostile import WAYS
from tests.hostile.way import row
from tests.unit.test_docs import rows, text_of


def test_the_page_has_a_row_for_each_way_and_no_other() -> None:
    said = [f"| {' | '.join(cells)} |" for cells in rows(text_of("docs/hostile.md"))]
    assert said == [row(way) for way in WAYS.values()], "python -m tests.hostile prints the table"


def test_each_way_says_what_it_does_and_what_holds() -> None:
    assert len(WAYS) >= 100
    assert [way.name for way in WAYS.values() if not (way.does.endswith(".") and way.holds)] == []


def test_a_line_end_in_a_name_would_break_the_table() -> None:
    assert [way.name for way in WAYS.values() if "|" in row(way).strip("| ").replace(" | ", "")] == []
