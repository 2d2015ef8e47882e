"""A connection to the store, and whether that store can be trusted with a newswire."""

import contextlib
from typing import Any

from redis import Redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError, NoScriptError, RedisError, TimeoutError
from redis.retry import Retry

from ingest.errors import StoreError, StoreUnavailable
from ingest.settings import RetentionSettings
from ingest.store.backfills import Backfills
from ingest.store.baselines import Baselines
from ingest.store.committing import Committing
from ingest.store.counts import Counts
from ingest.store.dead import Dead
from ingest.store.hosts import Hosts
from ingest.store.keeping import Keeping
from ingest.store.keys import Keys
from ingest.store.learned import LearnedPages
from ingest.store.letters import Letters
from ingest.store.life import Lives
from ingest.store.maps import Maps
from ingest.store.reading import Reading
from ingest.store.rolls import Rolls
from ingest.store.taking import Taking
from ingest.store.watching import Watching
from ingest.store.webhooks import Webhooks
from ingest.store.websub import Callbacks

STORE_DOWN = (ConnectionError, TimeoutError, NoScriptError)
"""What any call may raise while the store is away; `except STORE_DOWN`. A script that is unknown is loaded and called
again by redis-py; it is unknown then too where the store was started anew in between."""


class Store(
    Letters,
    Watching,
    Backfills,
    Counts,
    Dead,
    Committing,
    Rolls,
    Maps,
    Reading,
    Taking,
    Webhooks,
    Callbacks,
    Baselines,
    LearnedPages,
    Keeping,
    Lives,
    Hosts,
):
    """Everything that teletipo does with the store; safe to share between threads.

    A command that meets a restarting store is tried again for about three seconds (an embedded one is back in two).
    Repeating is harmless: what was done the first time is found done, or is brought back by its lease.
    """

    def __init__(self, url: str, prefix: str, retention: RetentionSettings) -> None:
        try:
            redis = Redis.from_url(
                url,
                protocol=2,  # one shape of answers from redis-py 6 to 8
                socket_connect_timeout=5,
                health_check_interval=30,
                retry=Retry(ExponentialWithJitterBackoff(cap=1, base=0.05), 8),
                retry_on_error=[ConnectionError, TimeoutError],
                **({} if url.startswith("unix:") else {"socket_keepalive": True}),
            )
        except ValueError as error:
            raise StoreError(f"[store] url {url!r} cannot be used: {error}") from error
        super().__init__(redis, Keys(prefix), retention)
        self.url = url

    def close(self) -> None:
        """Give the connections back."""
        self._redis.close()

    def warnings(self) -> list[str]:
        """What is unsafe about this store, each with its remedy; empty when all is well.

        Raises StoreError where it is too old: TIME before a write in a script needs Redis >= 7 or Valkey >= 8.
        """
        info = self._redis.info()
        version, name = _version(info)
        if version < (7 if name == "Redis" else 8):
            raise StoreError(f"{self.url} is {name} {version}; teletipo needs Redis >= 7 or Valkey >= 8: upgrade it")
        found = []
        policy = str(info.get("maxmemory_policy", "noeviction"))
        if policy != "noeviction":
            found.append(f"the store may throw articles away: its maxmemory-policy is {policy}; set it to noeviction")
        if not info.get("aof_enabled") and not self._saves():
            found.append(
                "the store does not persist: a restart forgets every article; set `appendonly yes` in its configuration"
            )
        return found

    def _saves(self) -> bool:
        with contextlib.suppress(RedisError):  # hosted servers forbid CONFIG: then nothing is known and nothing said
            return bool(self._redis.config_get("save").get("save"))
        return True


def _version(info: dict[str, Any]) -> tuple[int, str]:
    if "valkey_version" in info:
        return int(str(info["valkey_version"]).split(".", 1)[0]), "Valkey"
    return int(str(info.get("redis_version", "0")).split(".", 1)[0]), "Redis"


def open_store(url: str, prefix: str = "teletipo:", retention: RetentionSettings | None = None) -> Store:
    """Connect to the store at `url`. Raises StoreUnavailable where nothing answers, StoreError where it is unusable."""
    store = Store(url, prefix, retention or RetentionSettings())
    try:
        store.now_ms()
    except (ConnectionError, TimeoutError, OSError) as error:
        raise StoreUnavailable(
            f"no store answers at {url} ({error}); start it, or correct [store] url (TELETIPO_STORE__URL)"
        ) from error
    except RedisError as error:
        raise StoreError(f"the store at {url} refuses us: {error}") from error
    return store
