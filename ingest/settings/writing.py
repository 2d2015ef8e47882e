"""A Source -> its TOML file, as a person would write it, and as `load` reads it again.

    Source ─source_toml─► text ─write_source─► sources/<id>.toml, whole or not at all

Only what differs from a default is written. Comments say what is believed and how it was found: some at the top, others
above the key that they are about.
"""

import os
import re
import secrets
import tomllib
from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import tomlkit
from courlan import extract_domain
from tomlkit.items import Array, Table

from ingest.errors import ConfigError
from ingest.models import Record, Source
from ingest.settings.loading import is_packaged, read_source
from ingest.words import without_accents

WIDTH = 110
"""A list that is longer than this on one line has an entry a line."""

LONGEST_ID = 60


def source_toml(source: Source, comments: Iterable[str] = (), notes: Mapping[str, str] | None = None) -> str:
    """The text of a source's file. comments: lines for its top; notes: by key, a line to stand above that key."""
    document = tomlkit.document()
    for line in comments:
        document.add(tomlkit.comment(_one_line(line)))
    stated = _stated(source)
    tables = {key: value for key, value in stated.items() if _is_table(value)}
    for key, value in stated.items():  # in TOML, what follows a table is a part of it
        if key not in tables:
            if note := (notes or {}).get(key):
                document.add(tomlkit.comment(_one_line(note)))
            document.add(key, _written(value))
    for key, value in tables.items():
        document.add(key, _tables(key, value, (notes or {}).get(key, "")))
    return tomlkit.dumps(document).rstrip() + "\n"


def write_source(folder: Path, text: str, *, replace: bool = False, sync: bool = True) -> Path:
    """Write a source's file into the sources folder of a configuration, and return its path.

    sync: whether it is on the disk when this returns; whoever writes many syncs once, at the end. Whoever loads the
    configuration at that moment sees the file whole or not at all. Raises ConfigError where the text
    is no source that would load, where the file is there already and is not to be replaced, or where it cannot be
    written.
    """
    file = folder / f"{_id_in(text)}.toml"
    read_source(file, tomllib.loads(text))
    beside = folder / f".{file.stem}.{secrets.token_hex(4)}"
    try:
        if file.exists() and not replace:
            raise _there(file)
        folder.mkdir(exist_ok=True)
        with beside.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
            opened.flush()
            if sync:
                os.fsync(opened.fileno())
        _put(beside, file, replace=replace)
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be written: {error.strerror}; `teletipo init DIR` makes a configuration of your own, "
            "and `teletipo --config DIR` uses it"
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return file


def add_feeds(file: Path, urls: Iterable[str]) -> None:
    """Add these to the feeds of a source's file, which stays as it is otherwise. Raises ConfigError."""
    try:
        document = tomlkit.parse(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file}: cannot be read: {error}") from error
    feeds = document.get("feeds", ())
    if isinstance(feeds, Array):
        feeds.extend(urls)
        feeds.multiline(len(feeds.as_string()) > WIDTH)
        write_source(file.parent, tomlkit.dumps(document), replace=True)
        return
    body = tomlkit.dumps(document)
    line = tomlkit.dumps({"feeds": _written(tuple(urls))})
    at = re.search(r"^\[", body, re.MULTILINE)  # in TOML, what follows a table is a part of it
    cut = at.start() if at else len(body)
    write_source(file.parent, f"{body[:cut].rstrip()}\n{line}\n{body[cut:]}".rstrip() + "\n", replace=True)


def sources_folder(config: Path) -> Path:
    """Where the files of this configuration's sources are. Raises ConfigError for the one within the package, which is
    nobody's own and which the next version of teletipo replaces."""
    if is_packaged(config):
        raise ConfigError(
            "the configuration in use is the one that comes with teletipo, and no place for your sources; "
            "`teletipo init config` writes one of your own, which is used from then on"
        )
    return config / "sources"


def source_id(homepage: str, taken: Container[str] = ()) -> str:
    """A short id for the outlet at this address, that is none of those taken.

    `elfaro` for www.elfaro.com.ve, `bbc-mundo` for www.bbc.com/mundo, `elfaro-2` where that is taken.
    """
    name = _slug(homepage) or "source"
    numbered = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(each for each in numbered if each not in taken)


def is_id(name: str) -> bool:
    """Whether a source may be called so: it is the name of a file too."""
    return bool(re.fullmatch(r"[a-z0-9][a-z0-9-]*", name))


# ── the text ──


def _stated(record: Record) -> dict[str, Any]:
    """What a record says beyond its defaults, by the file's keys."""
    return {
        field.encode_name: value
        for field in msgspec.structs.fields(record)
        if (value := getattr(record, field.name)) != field.default
    }


def _is_table(value: Any) -> bool:
    return isinstance(value, Record) or (isinstance(value, tuple) and isinstance(next(iter(value), None), Record))


def _tables(key: str, value: Any, note: str) -> Any:
    if isinstance(value, Record):
        return _table(value, note)
    if key == "extract" and len(value) == 1:
        return _table(value[0], note)
    tables = tomlkit.aot()
    for number, each in enumerate(value):
        tables.append(_table(each, "" if number else note))
    return tables


def _table(record: Record, note: str) -> Table:
    table = tomlkit.table()
    if note:
        table.add(tomlkit.comment(_one_line(note)))
    for key, value in _stated(record).items():
        table.add(key, _written(value))
    return table


def _written(value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    array = tomlkit.array()
    array.extend(value)
    return array.multiline(len(array.as_string()) > WIDTH)


def _one_line(text: str) -> str:
    """A comment ends where its line does, and TOML lets no control character into it."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


# ── the file ──


def _id_in(text: str) -> str:
    """The id that the text states. Raises ConfigError for one that is no name of a file, such as `../x`."""
    name = str(tomllib.loads(text).get("id", ""))
    if not is_id(name):
        raise ConfigError(f"{name!r} is no id of a source; it has lower-case letters, digits and hyphens")
    return name


def _put(beside: Path, file: Path, *, replace: bool) -> None:
    """The file is at its place at once. A link fails where another one came in between, and a rename would not."""
    if replace:
        beside.replace(file)
        return
    try:
        file.hardlink_to(beside)
    except FileExistsError:
        raise _there(file) from None
    except OSError:  # no links on this file system
        beside.rename(file)


def _there(file: Path) -> ConfigError:
    return ConfigError(f"{file} is there already; give another id (--id), or --force to replace it")


def _slug(homepage: str) -> str:
    parts = urlsplit(homepage)
    host = re.sub(r"^www\d*\.", "", (parts.hostname or "").lower())
    path = re.sub(r"(?:^|/)index\.\w+$|\.\w+$", "", parts.path.strip("/"))
    port = str(parts.port or "")
    name = " ".join((_without_suffix(host), port, path))
    return re.sub(r"[^a-z0-9]+", "-", without_accents(name).lower()).strip("-")[:LONGEST_ID].strip("-")


def _without_suffix(host: str) -> str:
    """`elfaro` of elfaro.com.ve, by the list of public suffixes; a host that is not in it loses its last part."""
    domain = extract_domain(f"https://{host}/") or ".".join(host.split(".")[-2:])
    suffix = domain.partition(".")[2]
    return host.removesuffix(f".{suffix}") if suffix and not suffix.isdigit() else host
