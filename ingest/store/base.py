"""What every part of the store shares: the connection, the keys, the scripts, the clock."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.settings import RetentionSettings
from ingest.store.keys import Keys

_LUA = Path(__file__).parent


class Base:
    """A connection with every script of this room registered, each by the name of its file."""

    def __init__(self, redis: Any, keys: Keys, retention: RetentionSettings) -> None:
        self._redis = redis
        self._retention = retention
        self._scripts = {file.stem: redis.register_script(file.read_text()) for file in _LUA.glob("*.lua")}
        self.keys = keys

    def now_ms(self) -> int:
        """The store's clock, the only one that `due` knows."""
        seconds, micros = self._redis.time()
        return int(seconds) * 1000 + int(micros) // 1000

    def _run(self, name: str, keys: Sequence[str], arguments: Sequence[str | bytes | int | float]) -> Any:
        return self._scripts[name](keys, arguments)


def today() -> str:
    """Today's date in UTC, as the day counts are keyed."""
    return datetime.now(UTC).date().isoformat()


def ms(seconds: float) -> int:
    """Seconds as whole milliseconds."""
    return round(seconds * 1000)


def days_ms(days: float) -> int:
    """Days as whole milliseconds."""
    return ms(days * 86_400)
