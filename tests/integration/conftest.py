"""A plain client of the tests' own server, for what only a look behind the store's back can show."""

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis
from redis.connection import AbstractConnection

from ingest.context import Context
from ingest.fetch import Fetcher
from ingest.store import EmbeddedServer, Store
from tests.conftest import WriteConfig
from tests.integration.polite import MAIN, Begin, ContextOf, Wire
from workers.demo.outlet import Outlet


@pytest.fixture
def redis(server: EmbeddedServer) -> Iterator[Any]:
    with Redis.from_url(server.url, protocol=2) as client:
        yield client


@pytest.fixture
def context_of(outlet: Outlet, store: Store, write_config: WriteConfig) -> Iterator[ContextOf]:
    """What the steps need for one outlet, without chance: `context_of(main="...", source="...")`."""
    begun: list[Fetcher] = []

    def context(*, main: str = MAIN, source: str = "") -> Context:
        settings = write_config(outlet, main=main, source=source)
        begun.append(Fetcher(settings.fetch))
        return Context(settings, store, begun[-1], random=lambda: 0.0)

    yield context
    for fetcher in begun:
        fetcher.close()


@pytest.fixture
def begin(outlet: Outlet, context_of: ContextOf) -> Begin:
    """The pipeline on an outlet with this robots.txt, if any: `begin(rules, main="...", source="...")`."""

    def wire(rules: str | None = None, *, main: str = MAIN, source: str = "") -> Wire:
        if rules is not None:
            outlet.publish("/robots.txt", rules, "text/plain")
        return Wire(context_of(main=main, source=source), outlet)

    return wire


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is sent to the store, a pipeline as one."""
    packets: list[object] = []
    send = AbstractConnection.send_packed_command

    def counted(self: AbstractConnection, command: Any, **more: Any) -> None:
        packets.append(command)
        send(self, command, **more)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(AbstractConnection, "send_packed_command", counted)
    return packets
