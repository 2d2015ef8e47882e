"""A plain client of the tests' own server, for what only a look behind the store's back can show."""

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from ingest.store import EmbeddedServer


@pytest.fixture
def redis(server: EmbeddedServer) -> Iterator[Any]:
    with Redis.from_url(server.url, protocol=2) as client:
        yield client
