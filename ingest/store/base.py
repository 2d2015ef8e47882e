"""What every part of the store shares: the connection, the keys, the scripts, the clock."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.settings import QueueSettings, RetentionSettings
from ingest.store.keys import Keys

_LUA = Path(__file__).parent

BATCH = 500
"""Names in one round trip."""


class Reply:
    """The answers to a transaction that was sent and is not waited for yet. They must be read, once."""

    def __init__(self, pool: Any, connection: Any, commands: int) -> None:
        self._pool, self._connection, self._commands = pool, connection, commands

    def read(self) -> list[Any]:
        """Wait for them. Raises the first error there is."""
        try:
            for _ in range(self._commands + 1):  # OK, and QUEUED for each
                self._connection.read_response()
            answers: list[Any] = self._connection.read_response()
        except BaseException:
            self._connection.disconnect()
            raise
        finally:
            self._pool.release(self._connection)
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers


class Base:
    """A connection with every script of this room registered, each by the name of its file."""

    def __init__(self, redis: Any, keys: Keys, retention: RetentionSettings) -> None:
        self._redis = redis
        self._retention = retention
        self._scripts = {file.stem: redis.register_script(_script(file)) for file in _LUA.glob("*.lua")}
        self.keys = keys

    def now_ms(self) -> int:
        """The store's clock, the only one that `due` knows."""
        seconds, micros = self._redis.time()
        return int(seconds) * 1000 + int(micros) // 1000

    def kept_entries(self, queue: QueueSettings | None) -> int:
        """Entries that a queue keeps, about; None for one that says nothing of it."""
        return (queue and queue.keep_entries) or self._retention.queue_length

    def _run(self, name: str, keys: Sequence[str], arguments: Sequence[str | bytes | int | float]) -> Any:
        return self._scripts[name](keys, arguments)

    def _begin(self, *commands: Sequence[str | bytes | int | float]) -> Reply:
        """Send a transaction, its answers to be read later: the store is at work meanwhile. Nothing is tried again."""
        pool = self._redis.connection_pool
        connection = pool.get_connection()
        try:
            connection.send_packed_command(connection.pack_commands([("MULTI",), *commands, ("EXEC",)]))
        except BaseException:
            connection.disconnect()
            pool.release(connection)
            raise
        return Reply(pool, connection, len(commands))


def _script(file: Path) -> str:
    """The script after the parts that its first line asks for (`-- with: lib_clusters`), as Lua has no include here."""
    own = file.read_text()
    first = own.partition("\n")[0]
    parts = first.removeprefix("-- with:").split() if first.startswith("-- with:") else []
    return "\n".join([*((_LUA / f"{part}.lua").read_text() for part in parts), own])


def batches(names: Sequence[str], size: int = BATCH) -> Iterator[Sequence[str]]:
    """The names in pieces: what is asked of thousands neither fills the memory nor holds up the store for others."""
    return (names[start : start + size] for start in range(0, len(names), size))


def today() -> str:
    """Today's date in UTC, as the day counts are keyed."""
    return datetime.now(UTC).date().isoformat()


def ms(seconds: float) -> int:
    """Seconds as whole milliseconds."""
    return round(seconds * 1000)


def days_ms(days: float) -> int:
    """Days as whole milliseconds."""
    return ms(days * 86_400)
