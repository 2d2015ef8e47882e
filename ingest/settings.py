"""config/*.toml and the environment -> Settings, once, at the edge.

    teletipo.toml   tables below; any key also as TELETIPO_<TABLE>__<KEY> in the environment, which wins
    queues.toml     [queues.NAME] filters
    sources/*.toml  one outlet each

Whatever is not understood is a ConfigError that names the file, the key and the remedy.
"""

import os
import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from ingest.errors import ConfigError, UnknownName
from ingest.models import Feed, Source, Strict

T = TypeVar("T")


class StoreSettings(Strict, frozen=True, kw_only=True):
    """url: a Redis >= 7 or Valkey >= 8; empty means the embedded server on loopback `port` (0 takes a free one)."""

    url: str = ""
    port: int = 7379
    prefix: str = "teletipo:"


class BrokerSettings(Strict, frozen=True, kw_only=True):
    """url: any Celery broker; empty means the store."""

    url: str = ""


class FetchSettings(Strict, frozen=True, kw_only=True):
    """Limits of one GET. timeout: seconds without a byte; deadline: seconds for the whole of it, redirects included;
    delay: seconds between two page fetches from one host; allow_addresses: networks exempt from the address guard."""

    user_agent: str = "teletipo/0.1 (newswire)"
    timeout: float = 15.0
    deadline: float = 45.0
    max_bytes: int = 15_000_000
    max_redirects: int = 10
    delay: float = 1.0
    allow_addresses: tuple[str, ...] = ()


class ScheduleSettings(Strict, frozen=True, kw_only=True):
    """When work is due, in seconds. lease: how long a leased piece of work may wait in a Celery queue, and how much
    longer than its own limit it may run, before it is found again in `due`. attempts: tries before it is dead."""

    min_interval: float = 300.0
    max_interval: float = 86_400.0
    lease: float = 30.0
    attempts: int = 6
    retry_first: float = 30.0
    retry_cap: float = 21_600.0


class WorkerSettings(Strict, frozen=True, kw_only=True):
    """fetch_threads: fetches at once in one worker; processes: extractors under `teletipo run`, 0 means one per core;
    process_seconds, process_megabytes: the hard limits of one page's extraction."""

    fetch_threads: int = 16
    processes: int = 0
    process_seconds: float = 30.0
    process_megabytes: int = 1024


class RetentionSettings(Strict, frozen=True, kw_only=True):
    """page_days: how long a page's bytes are kept; entry_days: how long an entry is remembered after a feed last
    named it; queue_length: entries kept in a queue, oldest dropped first."""

    page_days: float = 7.0
    entry_days: float = 90.0
    queue_length: int = 100_000


class QueueFilter(Strict, frozen=True, kw_only=True):
    """Any of the values within a field, all of the fields; an empty field takes everything."""

    source: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Settings(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All that the configuration says. `config` is the folder it was read from, `data` the data folder."""

    config: Path
    data: Path
    store: StoreSettings = StoreSettings()
    broker: BrokerSettings = BrokerSettings()
    fetch: FetchSettings = FetchSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    workers: WorkerSettings = WorkerSettings()
    retention: RetentionSettings = RetentionSettings()
    queues: dict[str, QueueFilter] = msgspec.field(default_factory=dict)
    sources: dict[str, Source] = msgspec.field(default_factory=dict)

    def source(self, name: str) -> Source:
        """The source of that id. Raises UnknownName with the nearest right one."""
        try:
            return self.sources[name]
        except KeyError:
            raise UnknownName("source", name, self.sources) from None

    @cached_property
    def feeds(self) -> dict[str, Feed]:
        """Every feed of every source by its id."""
        return {feed.id: feed for source in self.sources.values() for feed in source.polled()}

    def source_of(self, url: str) -> Source:
        """The source whose homepage has the URL's host; for any other host a source made up of the host alone."""
        host = _host(url)
        for source in self.sources.values():
            if _host(source.homepage) == host:
                return source
        return Source(id=host, name=host, homepage=f"https://{host}/", language="", country="", timezone="UTC")

    def source_or_host(self, name: str) -> Source:
        """The source of that id, or the made-up one whose id is a host name (see `source_of`)."""
        return self.sources.get(name) or self.source_of(f"https://{name}/")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def default_config() -> Path:
    """The configuration that comes with teletipo: package data in a wheel, config/ in a checkout."""
    packaged = Path(__file__).parent / "default_config"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "config"


def load(config: Path | None = None, data: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the configuration.

    config: `--config`, else TELETIPO_CONFIG, else ./config where it holds a teletipo.toml, else the packaged one.
    data: `--data`, else TELETIPO_DATA, else ./data. Raises ConfigError.
    """
    environ = os.environ if environ is None else environ
    folder = config or Path(environ.get("TELETIPO_CONFIG") or _found("config"))
    if not (folder / "teletipo.toml").is_file():
        raise ConfigError(f"{folder} holds no teletipo.toml; `teletipo init {folder}` writes one")
    tables = _read(folder / "teletipo.toml")
    _refuse_unknown(_Main, tables, folder / "teletipo.toml", "")
    settings = _convert(_Main, _with_environment(tables, environ), folder / "teletipo.toml")
    _check_limits(settings, folder / "teletipo.toml")
    return Settings(
        config=folder.resolve(),
        data=(data or Path(environ.get("TELETIPO_DATA") or "data")).resolve(),
        queues=_queues(folder / "queues.toml"),
        sources=_sources(folder / "sources"),
        **{name: getattr(settings, name) for name in settings.__struct_fields__},
    )


class _Main(Strict, frozen=True, kw_only=True):
    """The tables of teletipo.toml."""

    store: StoreSettings = StoreSettings()
    broker: BrokerSettings = BrokerSettings()
    fetch: FetchSettings = FetchSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    workers: WorkerSettings = WorkerSettings()
    retention: RetentionSettings = RetentionSettings()


class _Queues(Strict, frozen=True, kw_only=True):
    queues: dict[str, QueueFilter] = msgspec.field(default_factory=dict)


def _found(name: str) -> Path:
    here = Path(name)
    return here if (here / "teletipo.toml").is_file() else default_config()


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: not readable as TOML: {error}") from error


def _with_environment(tables: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    known = {field.name: field.type for field in msgspec.structs.fields(_Main)}
    for name, raw in environ.items():
        table, separator, key = name.removeprefix("TELETIPO_").lower().partition("__")
        if not name.startswith("TELETIPO_") or not separator:
            continue
        if table not in known:
            raise ConfigError(f"{name}: there is no table [{table}]; {_nearest(table, known)}")
        keys = {field.name: field.type for field in msgspec.structs.fields(known[table])}
        if key not in keys:
            raise ConfigError(f"{name}: [{table}] has no key {key!r}; {_nearest(key, keys)}")
        value = raw if keys[key] is str else _toml_value(raw)
        _check_type(name, value, keys[key])
        tables[table] = {**tables.get(table, {}), key: value}
    return tables


def _check_type(name: str, value: Any, kind: Any) -> None:
    try:
        msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{name}: {_lower(str(error))}; correct that value") from error


def _toml_value(raw: str) -> Any:
    """Numbers and lists as TOML writes them; anything else is text."""
    try:
        return tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        return raw


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _convert(kind: type[T], values: dict[str, Any], file: Path) -> T:
    _refuse_unknown(kind, values, file, "")
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        key = where.strip("`.") or "the file"
        raise ConfigError(f"{file}: {key}: {_lower(what)}; correct that value") from error


def _refuse_unknown(kind: Any, values: Mapping[str, Any], file: Path, path: str) -> None:
    """msgspec refuses unknown keys too, but cannot name the nearest right one."""
    known = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for key, value in values.items():
        if key not in known:
            raise ConfigError(f"{file}: there is no key {path + key!r}; {_nearest(key, known)}")
        inner = known[key]
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            if not isinstance(value, Mapping):
                raise ConfigError(f"{file}: {path}{key} is a table; write [{path}{key}] and its keys below it")
            _refuse_unknown(inner, value, file, f"{path}{key}.")


def _nearest(name: str, known: Any) -> str:
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"use one of: {', '.join(known)}"


def _check_limits(settings: _Main, file: Path) -> None:
    for network in settings.fetch.allow_addresses:
        _check(file, "fetch.allow_addresses", network, ip_network, "a network such as 127.0.0.0/8")
    if settings.schedule.min_interval > settings.schedule.max_interval:
        raise ConfigError(f"{file}: schedule.min_interval is above schedule.max_interval; lower it")
    for table, key, least in _LEAST:
        value = getattr(getattr(settings, table), key)
        if not value >= least:  # said so that nan is refused too
            raise ConfigError(f"{file}: {table}.{key} is {value}; it must be {least} or more")


_LEAST = (
    ("store", "port", 0), ("fetch", "timeout", 0.01), ("fetch", "deadline", 0.01), ("fetch", "max_bytes", 1),
    ("fetch", "max_redirects", 0), ("fetch", "delay", 0), ("schedule", "min_interval", 1), ("schedule", "lease", 0.1),
    ("schedule", "max_interval", 1), ("schedule", "attempts", 1), ("schedule", "retry_first", 0),
    ("schedule", "retry_cap", 0), ("workers", "fetch_threads", 1), ("workers", "processes", 0),
    ("workers", "process_seconds", 0.1), ("workers", "process_megabytes", 1), ("retention", "page_days", 0.001),
    ("retention", "entry_days", 0.001), ("retention", "queue_length", 1),
)  # fmt: skip
"""What each number must at least be."""


def _check(file: Path, key: str, value: str, reader: Callable[[str], object], wanted: str) -> None:
    try:
        reader(value)
    except (ValueError, KeyError, OSError) as error:
        raise ConfigError(f"{file}: {key}: {value!r} is not {wanted}; correct it") from error


def _queues(file: Path) -> dict[str, QueueFilter]:
    values = _read(file)
    named = values.get("queues", {})
    for name, table in named.items() if isinstance(named, Mapping) else ():
        if isinstance(table, Mapping):
            _refuse_unknown(QueueFilter, table, file, f"queues.{name}.")
    queues = _convert(_Queues, values, file).queues
    return queues or {"all": QueueFilter()}


def _sources(folder: Path) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for file in sorted(folder.glob("*.toml")):
        source = _convert(Source, _read(file), file)
        if source.id != file.stem:
            raise ConfigError(f"{file}: id is {source.id!r}; make it {file.stem!r}, the file's name")
        _check(file, "timezone", source.timezone, ZoneInfo, "an IANA time zone such as America/Caracas")
        for url in (source.homepage, *(feed.url for feed in source.polled())):
            _check(file, "address", url, _http_url, "an http:// or https:// address")
        sources[source.id] = source
    return sources


def _http_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(url)
