"""What the tests share: a store server of their own, an outlet on loopback, and configurations written for them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest

from ingest.settings import RetentionSettings, Settings, load
from ingest.store import EmbeddedServer, Store, open_store
from workers.demo.outlet import Outlet

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"

needs_corpora = pytest.mark.skipif(not CORPORA.is_dir(), reason=f"the real captures are not at {CORPORA.name}/")

LOOPBACK = ("127.0.0.0/8",)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own TELETIPO_ variables must not reach a test."""
    import os

    for name in os.environ:
        if name.startswith("TELETIPO_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A real Valkey of the tests' own, on a free port, empty at first."""
    with EmbeddedServer(tmp_path_factory.mktemp("store"), 0) as running:
        yield running


@pytest.fixture
def store(server: EmbeddedServer, request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store under a prefix of the test's own."""
    opened = open_store(server.url, f"{request.node.name}:", RetentionSettings())
    yield opened
    opened.close()


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    with Outlet() as running:
        yield running


WriteConfig = Callable[..., Settings]


@pytest.fixture
def write_config(tmp_path: Path) -> WriteConfig:
    """Write a configuration with one source and load it: `write_config(outlet, main="...", source="...")`."""

    def write(outlet: Outlet, *, main: str = "", source: str = "", queues: str = "") -> Settings:
        return load(
            config_folder(tmp_path / "config", outlet.url, main=main, source=source, queues=queues), tmp_path / "data"
        )

    return write


@pytest.fixture
def read_by_feedparser(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many entries each call of feedparser found."""
    calls: list[int] = []
    real = feedparser.parse

    def parse_and_count(*args: Any, **more: Any) -> Any:
        result = real(*args, **more)
        calls.append(len(result.entries))
        return result

    monkeypatch.setattr(feedparser, "parse", parse_and_count)
    return calls


def config_folder(folder: Path, url: str, *, main: str = "", source: str = "", queues: str = "") -> Path:
    """A configuration folder for one outlet on loopback, whose feed is at /feed and whose pages need no pause."""
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    (folder / "teletipo.toml").write_text(main or '[fetch]\nallow_addresses = ["127.0.0.0/8"]\ndelay = 0.0\n')
    (folder / "queues.toml").write_text(queues)
    (folder / "sources" / "outlet.toml").write_text(
        f'id = "outlet"\nname = "The Outlet"\nhomepage = "{url}/"\nlanguage = "en"\ncountry = "VE"\n'
        f'timezone = "America/Caracas"\nfeeds = ["{url}/feed"]\n{source}'
    )
    return folder
