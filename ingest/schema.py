"""The JSON Schema of an article, made of the model: `make schema` writes it to docs/article.schema.json.

What a field means is said once, in the docstrings of the models, and is found there: `name: ...` in the record's own,
or the words below the field.
"""

import ast
import inspect
import re
import sys
from datetime import datetime
from typing import Any

import msgspec

from ingest import models
from ingest.models import Article, Record


def article_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of what stands at `teletipo:article:<id>`. Every field is always there; more may be added."""
    found = msgspec.json.schema(Article)
    for name, defined in found["$defs"].items():
        kind: type[Record] = getattr(models, name)
        defined["required"] = list(defined["properties"])
        defined["description"] = (inspect.getdoc(kind) or "").split("\n\n")[0]
        for field_name, words in _described(kind).items():
            defined["properties"][field_name]["description"] = words
        for field in msgspec.structs.fields(kind):
            if field.type in {datetime, datetime | None}:
                _text_of(defined["properties"][field.name])["format"] = "date-time"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Article",
        "$ref": found["$ref"],
        "$defs": found["$defs"],
    }


def schema_text() -> str:
    """The file, byte for byte."""
    return msgspec.json.format(msgspec.json.encode(article_schema()), indent=2).decode() + "\n"


def _text_of(defined: dict[str, Any]) -> dict[str, Any]:
    """The part of a property that is a string, which may be one of several things."""
    return next(each for each in defined.get("anyOf", [defined]) if each["type"] == "string")


def _described(kind: type[Record]) -> dict[str, str]:
    names = "|".join(kind.__struct_fields__)
    said = " ".join((inspect.getdoc(kind) or "").split())
    return dict(re.findall(rf"\b({names}): (.+?\.)(?= (?:{names}): |$)", said)) | _below_fields(kind)


def _below_fields(kind: type[Record]) -> dict[str, str]:
    """The string that stands below a field, which Python itself throws away."""
    (record,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(record, ast.ClassDef)  # noqa: S101 — for the type checker
    found = {}
    for field, below in zip(record.body, record.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                found[name] = " ".join(words.split())
    return found


if __name__ == "__main__":
    sys.stdout.write(schema_text())
