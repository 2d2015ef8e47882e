"""OpenAPI says all of it: schemathesis makes requests from the description, right ones and wrong ones, and holds every
answer against it."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.api import create_app
from ingest.settings import Settings
from ingest.store import Heartbeat, Store
from tests.conftest import WriteConfig
from tests.integration.making import claimed, published, started
from tests.integration.serving import TOKEN, serving
from workers.demo.outlet import Outlet

MAIN = f'[fetch]\nallow_addresses = ["127.0.0.0/8"]\n[api]\ntokens = ["{TOKEN}"]\n'

KNOWN = """
[parameters]
queue = "all"
group = "readers"
entry = "{entry}"
"""
"""Names that are there, so that most requests get past "no queue is called ..."; wrong ones are tried elsewhere."""


@pytest.fixture
def settings(write_config: WriteConfig, outlet: Outlet) -> Settings:
    return write_config(outlet, main=MAIN)


@pytest.fixture
def alive(store: Store) -> Iterator[None]:
    """One process of each kind, as the store sees them, until the end of the test."""
    over = threading.Event()
    beats = [
        Heartbeat(name=kind, kind=kind, host="here", pid=1, slots=1, started=time.time())
        for kind in ("scheduler", "fetch", "process")
    ]

    def beat() -> None:
        while not over.wait(1.0):
            for each in beats:
                store.beat(each)

    for each in beats:
        store.beat(each)
    thread = threading.Thread(target=beat)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.mark.slow
@pytest.mark.usefixtures("alive")
def test_schemathesis_finds_nothing(settings: Settings, store: Store, tmp_path: Path) -> None:
    for number in range(5):
        published(store, f"https://outlet.example/{number}")
    store.create_group("all", "readers", "0")
    member = claimed(store, "https://outlet.example/dead")
    store.set_aside(started(store, member), "outlet", "it failed")
    config = tmp_path / "schemathesis.toml"
    config.write_text(KNOWN.format(entry=member.partition(":")[2]))
    with serving(settings, store) as api:
        checked = subprocess.run(
            [
                str(Path(sys.executable).parent / "schemathesis"),
                *("--config-file", str(config), "run", f"{api.url}/openapi.json"),
                *("--header", f"Authorization: Bearer {TOKEN}"),
                *("--exclude-path-regex", "/events$"),  # an answer without an end: test_api_events.py
                *("--max-examples", "12", "--generation-deterministic", "--continue-on-failure", "--no-color"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert api.ask("/healthz").status_code == 200
    assert checked.returncode == 0, checked.stdout[-6000:] + checked.stderr[-2000:]
    assert "Unresolvable" not in checked.stdout
    tested = re.search(r"Tested: (\d+)", checked.stdout)
    assert tested
    assert int(tested[1]) == len(operations(create_app(settings, store).openapi())) - 1


def operations(openapi: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, each) for path, of in openapi["paths"].items() for method, each in of.items()]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from [value] if key == "$ref" else references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_answer_of_every_route_has_a_schema_and_every_reference_leads_somewhere(
    settings: Settings, store: Store
) -> None:
    openapi = create_app(settings, store).openapi()
    there = {f"#/components/schemas/{name}" for name in openapi["components"]["schemas"]}
    assert set(references(openapi)) <= there
    for path, method, operation in operations(openapi):
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {"": {"schema": status == "304"}}).items():
                assert content["schema"], (path, method, status, kind)
        assert operation["summary"], path
    assert {"Article", "Failure", "FetchProgress", "Queue", "SourceHealth"} <= set(openapi["components"]["schemas"])


def test_a_token_is_described_where_one_is_asked_for_and_nowhere_else(
    settings: Settings, write_config: WriteConfig, outlet: Outlet, store: Store
) -> None:
    with_tokens = create_app(settings, store).openapi()
    assert with_tokens["security"] == [{"token": []}]
    assert with_tokens["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert with_tokens["paths"]["/healthz"]["get"]["security"] == []
    assert "security" not in create_app(write_config(outlet), store).openapi()
