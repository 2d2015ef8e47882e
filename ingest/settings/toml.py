"""One TOML file -> one record, or a ConfigError that names the file, the key and the remedy."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec

from ingest.errors import ConfigError

T = TypeVar("T")


def read(file: Path) -> dict[str, Any]:
    """The file's tables; none where it is not there. Raises ConfigError where it is no TOML."""
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: not readable as TOML: {error}") from error


def convert(kind: type[T], values: Mapping[str, Any], file: Path, path: str = "") -> T:
    """The record that these values are. path: where they stand in the file, as `queues.all.`."""
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        refuse_unknown(kind, values, file, path)
        what, _, where = str(error).partition(" - at `$")
        key = f"{path}{where.strip('`.')}".rstrip(".") or "the file"
        raise ConfigError(f"{file}: {key}: {lower(what)}; correct that value") from error


def convert_named(kind: type[T], values: Mapping[str, Any], table: str, file: Path) -> dict[str, T]:
    """Every `[table.NAME]` of a file that holds nothing else."""
    for key in values:
        if key != table:
            raise ConfigError(f"{file}: there is no table {key!r}; write [{table}.NAME]")
    named = values.get(table, {})
    if not isinstance(named, Mapping) or not all(isinstance(each, Mapping) for each in named.values()):
        raise ConfigError(f"{file}: {table} is a table of tables; write [{table}.NAME] and its keys below it")
    return {name: convert(kind, each, file, f"{table}.{name}.") for name, each in named.items()}


def refuse_unknown(kind: Any, values: Mapping[str, Any], file: Path, path: str = "") -> None:
    """msgspec refuses unknown keys too, but cannot name the nearest right one."""
    known = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    for key, value in values.items():
        if key not in known:
            raise ConfigError(f"{file}: there is no key {path + key!r}; {nearest(key, known)}")
        inner = known[key]
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            if not isinstance(value, Mapping):
                raise ConfigError(f"{file}: {path}{key} is a table; write [{path}{key}] and its keys below it")
            refuse_unknown(inner, value, file, f"{path}{key}.")
        elif isinstance(value, list) and (each := _record_of(inner)):
            for table in value:
                if isinstance(table, Mapping):
                    refuse_unknown(each, table, file, f"{path}{key}.")


def _record_of(kind: Any) -> Any:
    """The record of which `kind` is a tuple, None where it is none."""
    inner = next(iter(get_args(kind)), None)
    return inner if isinstance(inner, type) and issubclass(inner, msgspec.Struct) else None


def nearest(name: str, known: Iterable[str]) -> str:
    """A remedy for a name that is not there."""
    names = list(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"use one of: {', '.join(names)}"


def check(file: Path, key: str, value: str, reader: Callable[[str], object], wanted: str) -> None:
    """Raises ConfigError where `reader` cannot read the value."""
    try:
        reader(value)
    except (ValueError, KeyError, OSError) as error:
        raise ConfigError(f"{file}: {key}: {value!r} is not {wanted}; correct it") from error


def value_of(raw: str) -> Any:
    """Numbers and lists as TOML writes them; anything else is text."""
    try:
        return tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        return raw


def lower(text: str) -> str:
    """The text with its first letter small, to stand in a sentence."""
    return text[:1].lower() + text[1:]
