"""Articles into a file, one after the other, so that a million of them need no more memory than a thousand.

    jsonl    one article a line, as at `teletipo:article:<id>`; `teletipo import` reads it back
    csv      a header and one row each; lists are joined by "; ", times are ISO 8601 in UTC
    parquet  typed columns, zstd; needs the extra `teletipo[parquet]`

CSV and Parquet have a column for each field of an article, `extraction` as JSON.
"""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any, BinaryIO, Literal, Protocol, get_origin

import msgspec

from ingest.errors import ExtraMissing
from ingest.models import Article, to_json

Format = Literal["jsonl", "csv", "parquet"]

ROWS = 1000
"""Articles in one row group of a Parquet file, a few megabytes."""

_FIELDS = msgspec.structs.fields(Article)


class Writer(Protocol):
    """Writes articles; `close` ends the file, and leaves what it is written into open."""

    def write(self, article: Article) -> None: ...

    def close(self) -> None: ...


def writer(kind: Format, out: BinaryIO) -> Writer:
    """The writer of this format. Raises ExtraMissing where it is not installed."""
    writers: dict[Format, Callable[[BinaryIO], Writer]] = {"jsonl": _Lines, "csv": _Csv, "parquet": _Parquet}
    return writers[kind](out)


class _Lines:
    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, article: Article) -> None:
        self._out.write(to_json(article) + b"\n")

    def close(self) -> None:
        self._out.flush()


class _Csv:
    def __init__(self, out: BinaryIO) -> None:
        self._text = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
        self._rows = csv.writer(self._text)
        self._rows.writerow([field.name for field in _FIELDS])

    def write(self, article: Article) -> None:
        self._rows.writerow([_cell(getattr(article, field.name)) for field in _FIELDS])

    def close(self) -> None:
        self._text.detach()


class _Parquet:
    def __init__(self, out: BinaryIO) -> None:
        try:
            import pyarrow
            from pyarrow import parquet
        except ImportError as error:
            raise ExtraMissing("Parquet", "parquet") from error
        self._arrow = pyarrow
        self._schema = pyarrow.schema([(field.name, _arrow_type(pyarrow, field.type)) for field in _FIELDS])
        self._writer = parquet.ParquetWriter(out, self._schema, compression="zstd")
        self._rows: list[Article] = []

    def write(self, article: Article) -> None:
        self._rows.append(article)
        if len(self._rows) == ROWS:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        columns = {field.name: [_column(getattr(row, field.name)) for row in self._rows] for field in _FIELDS}
        self._writer.write_table(self._arrow.table(columns, schema=self._schema))
        self._rows = []


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case msgspec.Struct():
            return to_json(value).decode()
        case tuple() if all(isinstance(each, str) for each in value):
            return "; ".join(value)
        case tuple():
            return to_json(value).decode()
    return str(value)


def _column(value: Any) -> Any:
    match value:
        case msgspec.Struct():
            return to_json(value).decode()
        case tuple():
            return [each if isinstance(each, str) else to_json(each).decode() for each in value]
    return value


def _arrow_type(arrow: Any, kind: Any) -> Any:
    if kind is int:
        return arrow.int64()
    if kind in {datetime, datetime | None}:
        return arrow.timestamp("us", tz="UTC")
    return arrow.list_(arrow.string()) if get_origin(kind) is tuple else arrow.string()
