"""What a survey of an outlet is asked for, and what it brings."""

from typing import Literal, NamedTuple

from ingest.discover import Answer, Fact
from ingest.models import Article, Source


class Wish(NamedTuple):
    """What somebody knows better than the outlet says; empty where they leave it to the survey."""

    id: str = ""
    name: str = ""
    language: str = ""
    country: str = ""
    timezone: str = ""
    full_text: Literal["", "auto", "always", "never"] = ""
    tags: tuple[str, ...] = ()


class Sample(NamedTuple):
    """One of the outlet's articles. article: as it would be published, None where there is none, for the problem.
    fed, paged: the words of its text in the feed and on its page, 0 where it is not there."""

    url: str
    title: str
    article: Article | None = None
    problem: str = ""
    fed: int = 0
    paged: int = 0


class Survey(NamedTuple):
    """What was found. remarks: what whoever asked should know; facts: by the key that they give; full_text: what is
    where, in a sentence; source: None where there is no way in."""

    asked: str
    homepage: str
    remarks: tuple[str, ...]
    answers: tuple[Answer, ...]
    facts: dict[str, Fact]
    samples: tuple[Sample, ...]
    full_text: str
    source: Source | None
    gets: int
