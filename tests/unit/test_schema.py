"""docs/article.schema.json says what an article looks like, and stays true."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.models import Article, Extraction, to_json
from ingest.schema import schema_text

FILE = Path(__file__).parents[2] / "docs/article.schema.json"
TIMES = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-4))]))
TEXT = st.text(max_size=20)


def schema() -> Any:
    return json.loads(FILE.read_text("utf-8"))


def validator() -> Any:
    return jsonschema.Draft202012Validator(schema())


def test_the_file_is_what_the_model_says() -> None:
    assert FILE.read_text("utf-8") == schema_text(), "run `make schema`"


def test_it_is_a_schema_and_each_field_of_an_article_is_in_it() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    article = schema()["$defs"]["Article"]
    assert list(article["properties"]) == [field.name for field in msgspec.structs.fields(Article)]
    assert article["required"] == list(article["properties"])


def test_fields_are_described_in_the_models_own_words() -> None:
    fields = schema()["$defs"]["Article"]["properties"]
    assert fields["text"]["description"] == "paragraphs separated by a blank line."
    assert fields["fetched"] == {"type": "string", "format": "date-time"}
    assert fields["keywords"]["description"].startswith("What the outlet files it under")
    assert fields["revision"]["description"] == "1 when first published, one more at each change."


@given(
    st.builds(
        Article, id=TEXT, revision=st.integers(1, 2**53), url=TEXT, source=TEXT, title=TEXT, text=TEXT,
        authors=st.lists(TEXT, max_size=2).map(tuple), published=st.none() | TIMES, updated=st.none() | TIMES,
        fetched=TIMES, sorted=TIMES,
        extraction=st.builds(Extraction, method=TEXT, evidence=st.dictionaries(TEXT, TEXT, max_size=2)),
    )
)  # fmt: skip
def test_whatever_an_article_says_it_is_valid(article: Article) -> None:
    validator().validate(json.loads(to_json(article)))


@pytest.mark.parametrize(
    "wrong", [{"revision": "1"}, {"published": 5}, {"authors": "Ana"}, {"extraction": None}, {"title": None}]
)
def test_what_is_no_article_is_not_valid(wrong: dict[str, Any]) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    article = Article(
        id="1", revision=1, url="u", source="s", title="t", text="t", fetched=now, sorted=now,
        extraction=Extraction(method="feed"),
    )  # fmt: skip
    good = json.loads(to_json(article))
    validator().validate(good)
    assert not validator().is_valid({**good, **wrong})
    assert validator().is_valid({**good, "a field of tomorrow": 1})
