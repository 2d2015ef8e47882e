"""Articles by themselves, before they are set into a page: what the gold standard says of one, line by line."""

from datetime import datetime
from typing import Any, Literal, NamedTuple

from ingest.clean import read_date
from ingest.extract.metadata import key

Role = Literal["summary", "heading", "paragraph", "foreign"]
"""What a line is. `foreign`: it looks like a paragraph, and is none of the article's."""


class Line(NamedTuple):
    role: Role
    text: str


class Manuscript(NamedTuple):
    """An article before it is set into a frame."""

    title: str
    authors: tuple[str, ...]
    published: datetime
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines if line.role != "foreign")


def manuscript_of(gold: dict[str, Any]) -> Manuscript | None:
    """What a line of the gold standard says of its article; None where it has no paragraphs or no date."""
    body, published = gold.get("body"), read_date(gold.get("date", ""), "UTC", "en")
    if not body or not published:
        return None
    lines = [Line("summary", text) for text in body["summary"]]
    for section in body["sections"]:
        lines += [Line("heading", text) for text in section["headline"]]
        lines += [Line("paragraph", text) for text in section["paragraphs"]]
    lines = [line._replace(text=" ".join(line.text.split())) for line in lines if key(line.text)]
    return Manuscript(gold["title"], tuple(gold.get("author") or ()), published, tuple(lines))
