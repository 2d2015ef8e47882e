"""The files of a configuration folder and the environment -> Settings."""

import os
import re
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from ingest.css import problem
from ingest.errors import ConfigError
from ingest.models import Source
from ingest.settings import toml
from ingest.settings.records import (
    ApiSettings,
    Conditions,
    QueueSettings,
    Settings,
    Tables,
    WebhookSettings,
)
from ingest.settings.secrets import VariableMissing, keys_of


def default_config() -> Path:
    """The configuration that comes with teletipo: package data in a wheel, config/ in a checkout."""
    packaged = Path(__file__).parents[1] / "default_config"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "config"


def is_packaged(config: Path) -> bool:
    """Whether this is the folder within the package, which is nobody's own and never changes."""
    return config.resolve() == Path(__file__).parents[1] / "default_config"


def load(config: Path | None = None, data: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the configuration.

    config: `--config`, else TELETIPO_CONFIG, else ./config where it holds a teletipo.toml, else the packaged one.
    data: `--data`, else TELETIPO_DATA, else ./data. Raises ConfigError.
    """
    environ = os.environ if environ is None else environ
    folder = config or Path(environ.get("TELETIPO_CONFIG") or _found("config"))
    if not (folder / "teletipo.toml").is_file():
        raise ConfigError(f"{folder} holds no teletipo.toml; `teletipo init {folder}` writes one")
    tables = toml.read(folder / "teletipo.toml")
    toml.refuse_unknown(Tables, tables, folder / "teletipo.toml")
    settings = toml.convert(Tables, _with_environment(tables, environ), folder / "teletipo.toml")
    _check_limits(settings, folder / "teletipo.toml")
    sources = _sources(folder / "sources")
    queues = _queues(folder / "queues.toml", sources)
    return Settings(
        config=folder.resolve(),
        data=(data or Path(environ.get("TELETIPO_DATA") or "data")).resolve(),
        queues=queues,
        webhooks=_webhooks(folder / "webhooks.toml", queues, environ),
        sources=sources,
        **{name: getattr(settings, name) for name in settings.__struct_fields__},
    )


def _found(name: str) -> Path:
    here = Path(name)
    return here if (here / "teletipo.toml").is_file() else default_config()


def _with_environment(tables: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    known = {field.name: field.type for field in msgspec.structs.fields(Tables)}
    for name, raw in environ.items():
        table, separator, key = name.removeprefix("TELETIPO_").lower().partition("__")
        if not name.startswith("TELETIPO_") or not separator:
            continue
        if table not in known:
            raise ConfigError(f"{name}: there is no table [{table}]; {toml.nearest(table, known)}")
        keys = {field.name: field.type for field in msgspec.structs.fields(known[table])}
        if key not in keys:
            raise ConfigError(f"{name}: [{table}] has no key {key!r}; {toml.nearest(key, keys)}")
        value = raw if keys[key] is str else toml.value_of(raw)
        _check_type(name, value, keys[key])
        tables[table] = {**tables.get(table, {}), key: value}
    return tables


def _check_type(name: str, value: Any, kind: Any) -> None:
    try:
        msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{name}: {toml.lower(str(error))}; correct that value") from error


def _check_limits(settings: Tables, file: Path) -> None:
    for network in settings.fetch.allow_addresses:
        toml.check(file, "fetch.allow_addresses", network, ip_network, "a network such as 127.0.0.0/8")
    if settings.schedule.min_interval > settings.schedule.max_interval:
        raise ConfigError(f"{file}: schedule.min_interval is above schedule.max_interval; lower it")
    _check_api(settings.api, file)
    _check_watch(settings.watch.after, file)
    if settings.websub.callback:
        toml.check(file, "websub.callback", settings.websub.callback, _base, "an http:// or https:// address alone")
    for table, key, least in _LEAST:
        value = getattr(getattr(settings, table), key)
        if not least <= value < inf:  # said so that nan is refused too
            raise ConfigError(f"{file}: {table}.{key} is {value}; it must be {least} or more")


def _check_api(api: ApiSettings, file: Path) -> None:
    if any(len(token) < 16 for token in api.tokens):
        raise ConfigError(f"{file}: api.tokens: a token has at least 16 characters; `openssl rand -hex 20` makes one")
    if api.enabled and not api.tokens and not _is_loopback(api.host):
        raise ConfigError(
            f"{file}: api.host {api.host!r} can be reached from elsewhere, and api.tokens is empty: set a token "
            "(TELETIPO_API__TOKENS='[\"...\"]'), or listen on 127.0.0.1"
        )


def _check_watch(after: tuple[float, ...], file: Path) -> None:
    if any(not earlier < later < inf for earlier, later in pairwise((0.0, *after))):
        raise ConfigError(
            f"{file}: watch.after is {list(after)}; each time must be above 0 and later than the one before it"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_LEAST = (
    ("store", "port", 0), ("fetch", "timeout", 0.01), ("fetch", "deadline", 0.01), ("fetch", "max_bytes", 1),
    ("fetch", "max_redirects", 0), ("fetch", "delay", 0), ("schedule", "min_interval", 1), ("schedule", "lease", 0.1),
    ("schedule", "max_interval", 1), ("schedule", "pace", 1), ("schedule", "attempts", 1),
    ("schedule", "retry_first", 0), ("schedule", "retry_cap", 0), ("workers", "fetch_threads", 1),
    ("workers", "processes", 0),
    ("workers", "process_seconds", 0.1), ("workers", "process_megabytes", 1), ("retention", "page_days", 0.001),
    ("retention", "entry_days", 0.001), ("retention", "queue_length", 1), ("retention", "queue_days", 0),
    ("retention", "article_days", 0), ("retention", "tombstone_days", 0), ("retention", "revisions", 1),
    ("watch", "confirm", 0), ("revisions", "most", 1), ("revisions", "restless_after", 1),
    ("revisions", "restless_seconds", 0), ("api", "port", 0),
    ("websub", "lease_days", 0.01),
)  # fmt: skip
"""What each number must at least be."""


def _queues(file: Path, sources: Mapping[str, Source]) -> dict[str, QueueSettings]:
    queues = toml.convert_named(QueueSettings, toml.read(file), "queues", file)
    for name, queue in queues.items():
        _check_name(file, "queues", name)
        _check_conditions(file, f"queues.{name}", queue, sources)
        _check_conditions(file, f"queues.{name}.not", queue.refused, sources)
        if not 0 <= (queue.keep_days or 0) < inf or (queue.keep_entries is not None and queue.keep_entries < 1):
            raise ConfigError(f"{file}: queues.{name}: keep_days must be 0 or more, keep_entries 1 or more")
    return queues or {"all": QueueSettings()}


def _check_conditions(file: Path, key: str, wanted: Conditions, sources: Mapping[str, Source]) -> None:
    for source in wanted.source:
        if source not in sources and "." not in source:  # one with a dot is a host, of articles fetched by hand
            raise ConfigError(f"{file}: {key}.source: no source is called {source!r}; {toml.nearest(source, sources)}")
    for field, pattern, shape in (
        ("language", r"[a-z]{2}", "a language as ISO 639-1 has it, such as es"),
        ("country", r"[A-Z]{2}", "a country as ISO 3166-1 has it, such as VE"),
        ("words", r"[^*]*\w[^*]*\*?", "a word, a phrase, or a beginning with * after it"),
        ("topics", r".*\w.*", "a topic"),
        ("tags", r".*\w.*", "a tag"),
        ("keywords", r".*\w.*", "a keyword"),
        ("authors", r".*\w.*", "a name"),
    ):
        for value in getattr(wanted, field):
            if not re.fullmatch(pattern, value):
                raise ConfigError(f"{file}: {key}.{field}: {value!r} is not {shape}; correct it")
    if wanted.min_words < 0:
        raise ConfigError(f"{file}: {key}.min_words is {wanted.min_words}; it must be 0 or more")


def _check_name(file: Path, table: str, name: str) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name):
        raise ConfigError(f"{file}: {table}.{name!r}: a name has lower-case letters, digits, - and _; rename it")


def _webhooks(
    file: Path, queues: Mapping[str, QueueSettings], environ: Mapping[str, str]
) -> dict[str, WebhookSettings]:
    webhooks = toml.convert_named(WebhookSettings, toml.read(file), "webhooks", file)
    for name, webhook in webhooks.items():
        _check_name(file, "webhooks", name)
        if webhook.queue not in queues:
            near = toml.nearest(webhook.queue, queues)
            raise ConfigError(f"{file}: webhooks.{name}.queue: no queue is called {webhook.queue!r}; {near}")
        toml.check(file, f"webhooks.{name}.url", webhook.url, _http_url, "an http:// or https:// address")
        if not (0 < webhook.timeout < inf and 0 <= webhook.give_up_days < inf):
            raise ConfigError(f"{file}: webhooks.{name}: timeout must be above 0, give_up_days 0 or more")
        _check_secret(file, name, webhook.secret, environ)
    return webhooks


def _check_secret(file: Path, name: str, secret: str, environ: Mapping[str, str]) -> None:
    """What can be told here; whoever sends needs the variable, the others do not."""
    try:
        keys_of(secret, environ)
    except VariableMissing:
        return
    except ValueError as error:
        raise ConfigError(f"{file}: webhooks.{name}.secret: {error}") from None


def _sources(folder: Path) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for file in sorted(folder.glob("[!.]*.toml")):  # hidden ones are what editors and systems leave beside a file
        source = read_source(file, toml.read(file))
        sources[source.id] = source
    return sources


def read_source(file: Path, values: dict[str, Any]) -> Source:
    """The source that these values are; `file` is where they stand, or will. Raises ConfigError."""
    source = toml.convert(Source, _with_versions(values), file)
    if source.id != file.stem:
        raise ConfigError(f"{file}: id is {source.id!r}; make it {file.stem!r}, the file's name")
    toml.check(file, "timezone", source.timezone, ZoneInfo, "an IANA time zone such as America/Caracas")
    for url in (source.homepage, *(feed.url for feed in source.polled())):
        toml.check(file, "address", url, _http_url, "an http:// or https:// address")
    _check_rules(file, source)
    return source


def _with_versions(values: dict[str, Any]) -> dict[str, Any]:
    """`[extract]` is the only version of the rules; `[[extract]]` is one of several."""
    rules = values.get("extract")
    return {**values, "extract": [rules]} if isinstance(rules, dict) else values


def _check_rules(file: Path, source: Source) -> None:
    days = [rules.since for rules in source.extract]
    if len(days) > len(set(days)):
        raise ConfigError(
            f"{file}: extract.from: two versions begin on the same day; give each [[extract]] its own `from`"
        )
    for rules in source.extract:
        for key, selector in rules.selectors():
            toml.check(file, f"extract.{key}", selector, _selector, "a CSS selector")
    for listing in source.listings:
        for key in ("entry", "link", "title", "published", "summary", "next"):
            if selector := getattr(listing, key):
                toml.check(file, f"listings.{key}", selector, _selector, "a CSS selector")


def _selector(selector: str) -> None:
    if problem(selector):
        raise ValueError(selector)


def _http_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(url)


def _base(url: str) -> None:
    _http_url(url)
    if "?" in url or "#" in url or not url.isprintable() or " " in url:
        raise ValueError(url)
