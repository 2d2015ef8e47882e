"""The configuration folder -> new settings, while the newswire runs.

    names, sizes, times of its files ─► they changed, and rest ─► load ─► Settings, or what is wrong with them

Looking costs a `stat` a file. Files are read only once they have rested, so that none is read while it is being
written; SIGHUP reads them at once. What only a restart can change is kept as it was, and said.
"""

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from ingest.settings import Settings, is_packaged

LOOK_SECONDS = 1.0
"""A change is read when two looks in a row found the same."""

MOST_NAMES = 10

_FOR_RESTART = {"store": ("url", "port", "prefix"), "broker": ("url",), "api": ("enabled", "host", "port")}
"""What the processes have agreed upon, and where others look for them."""

_NAMED = ("sources", "queues", "webhooks")

Stamp = frozenset[tuple[str, int, int, int]]

_log = logging.getLogger("teletipo.config")


class Folder:
    """The files of one configuration. `rested()` is true once after each change, and once at the beginning, for they
    may have changed since whoever starts us read them; `reread()` makes it true now."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._watched = not is_packaged(config)
        self._read: Stamp | None = None
        self._seen = stamp(config)
        self._look_at = time.monotonic() + LOOK_SECONDS
        self._wanted = False

    def reread(self) -> None:
        """Whatever the files look like."""
        self._wanted = True

    def rested(self) -> bool:
        """Whether they are to be read now."""
        if not self._wanted and (not self._watched or time.monotonic() < self._look_at):
            return False
        self._look_at = time.monotonic() + LOOK_SECONDS
        before, self._seen = self._seen, stamp(self._config)
        if self._wanted or self._seen == before != self._read:
            self._wanted, self._read = False, self._seen
            return True
        return False


def stamp(config: Path) -> Stamp:
    """What each of the files is by its name, inode, size and time of change; zeros where it cannot be had."""
    return frozenset(_stamps(config))


def _stamps(config: Path) -> Iterator[tuple[str, int, int, int]]:
    for folder in (config, config / "sources"):
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.endswith(".toml") and not entry.name.startswith("."):
                        yield entry.path, *_stat(entry)
        except OSError:
            continue


def _stat(entry: os.DirEntry[str]) -> tuple[int, int, int]:
    try:
        found = entry.stat()  # what a link points to, as mounted volumes are made of them
    except OSError:  # a link that points to nothing, for now
        return 0, 0, 0
    return found.st_ino, found.st_size, found.st_mtime_ns


# ── what is new ──


def kept(new: Settings, old: Settings) -> Settings:
    """The new settings, but with what only a restart can change as it was."""
    tables = {
        table: msgspec.structs.replace(getattr(new, table), **{key: getattr(getattr(old, table), key) for key in keys})
        for table, keys in _FOR_RESTART.items()
    }
    return msgspec.structs.replace(new, **tables)


def for_restart(new: Settings, old: Settings) -> list[str]:
    """`[store] port` and the like: what differs and is kept as it was."""
    return [f"[{table}] {key}" for table, key in _tables_changed(new, old) if key in _FOR_RESTART.get(table, ())]


def changes(new: Settings, old: Settings) -> list[str]:
    """What differs and is used from now on, a phrase each, without any value: some of them are secrets."""
    said = [line for name in _NAMED for line in _named_changes(name, getattr(new, name), getattr(old, name))]
    keys = [f"[{table}] {key}" for table, key in _tables_changed(new, old) if key not in _FOR_RESTART.get(table, ())]
    return said + ([f"settings changed: {', '.join(keys)}"] if keys else [])


def _named_changes(kind: str, new: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[str]:
    both = new.keys() & old.keys()
    for verb, names in (
        ("added", new.keys() - old.keys()),
        ("removed", old.keys() - new.keys()),
        ("changed", {name for name in both if new[name] != old[name]}),
    ):
        if names:
            yield f"{kind} {verb}: {_listed(sorted(names))}"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(islice(names, MOST_NAMES)) + more


def _tables_changed(new: Settings, old: Settings) -> Iterator[tuple[str, str]]:
    for field in msgspec.structs.fields(Settings):
        table = getattr(new, field.name)
        if field.name in _NAMED or not isinstance(table, msgspec.Struct):
            continue
        for key in table.__struct_fields__:
            if getattr(table, key) != getattr(getattr(old, field.name), key):
                yield field.name, key


# ── when it is used ──


class Reloader:
    """Reads what changed.

    settings: as they were read; in_use: the same with the port that was settled; read: reads them anew; kinds: the
    processes that they ask for, which may find them wrong as well.
    """

    def __init__(
        self,
        settings: Settings,
        in_use: Settings,
        read: Callable[[], Settings],
        kinds: Callable[[Settings], list[str]],
    ) -> None:
        self._as_read, self._in_use = settings, in_use
        self._read, self._kinds = read, kinds
        self._folder = Folder(settings.config)
        self._wrong = self._asked = False

    def reread(self) -> None:
        """At the next look, whatever the files look like."""
        self._asked = True
        self._folder.reread()

    def look(self) -> tuple[Settings, list[str]] | None:
        """New settings and the kinds of processes that they ask for, where they are to be used from now on."""
        if not self._folder.rested():
            return None
        asked, self._asked = self._asked, False
        try:
            new = self._read()
            usable = kept(new, self._in_use)
            kinds = self._kinds(usable)
        except Exception as error:  # whatever it is, the newswire goes on
            self._wrong = True
            _log.error("the configuration was changed and cannot be used; the one before goes on: %s", error)
            return None
        self._say(new, asked)
        self._as_read = new
        if usable == self._in_use:
            return None
        self._in_use = usable
        return usable, kinds

    def _say(self, new: Settings, asked: bool) -> None:
        said, later = changes(new, self._as_read), for_restart(new, self._as_read)
        if later:
            _log.warning("%s: changed, and used from the next start on", ", ".join(later))
        if said:
            _log.info("the configuration was changed: %s", "; ".join(said))
        elif self._wrong:
            _log.warning("the configuration can be used again")
        elif asked and not later:
            _log.info("the configuration was read again; nothing in it has changed")
        self._wrong = False
