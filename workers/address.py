"""Where the HTTP interface listens: decided before its process is forked, so that whoever starts it can say where.

DATA/api.url tells other programs; the process writes it once it answers, and whoever started it removes it at the end.
"""

import errno
import socket
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import msgspec

from ingest.errors import ConfigError
from ingest.settings import ApiSettings, Settings

UNANSWERED_SECONDS = 30
"""A connection whose other end takes nothing for so long is cut (Linux)."""

_BACKLOG = 512


def settle(settings: Settings) -> Settings:
    """The settings with the port that the interface will have: a free one where the wanted one is 0, or is taken on
    loopback. Raises ConfigError where it cannot listen there."""
    try:
        listen(settings.api).close()
        if settings.api.port:
            return settings
    except OSError as error:
        if error.errno != errno.EADDRINUSE or not _is_loopback(settings.api.host):
            raise ConfigError(
                f"the HTTP interface cannot listen at {settings.api.host} port {settings.api.port} ({error.strerror}); "
                "correct [api] host and port, or set [api] enabled = false"
            ) from error
    with listen(msgspec.structs.replace(settings.api, port=0)) as free:
        api = msgspec.structs.replace(settings.api, port=free.getsockname()[1])
    return msgspec.structs.replace(settings, api=api)


def listen(api: ApiSettings) -> socket.socket:
    """A socket that listens there. Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(api.host, api.port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # what it accepts inherits this
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNANSWERED_SECONDS * 1000)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def url(api: ApiSettings) -> str:
    """Its address for programs on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(api.host, api.host)  # noqa: S104 — named, not listened at
    return f"http://{f'[{host}]' if ':' in host else host}:{api.port}/"


def tell(data: Path, api: ApiSettings) -> None:
    """Write DATA/api.url, where there is such a folder."""
    with suppress(OSError):
        (data / "api.url").write_text(url(api))


def untell(data: Path) -> None:
    """Remove DATA/api.url."""
    with suppress(OSError):
        (data / "api.url").unlink(missing_ok=True)


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"
