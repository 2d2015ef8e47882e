"""What docs/subscribe.md says to type, typed: in Python, in redis-cli, and in Node where npm can be reached."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from inspect import signature
from pathlib import Path

import pytest

from ingest.deliver import Options, Subscription
from ingest.settings import load
from ingest.store import EmbeddedServer, open_store
from ingest.wire import Wire
from tests.e2e.newswire import until
from tests.integration import test_readme
from tests.integration.making import A, B, C, published
from tests.integration.test_readme import REDIS_CLI, environ

PAGE = (Path(__file__).parents[2] / "docs/subscribe.md").read_text("utf-8")
block = partial(test_readme.block, page=PAGE)
NPM = shutil.which("npm") and shutil.which("node")


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    """A newswire at tmp_path/data that has published three articles."""
    with EmbeddedServer(tmp_path / "data", 0) as server:
        (tmp_path / "config").mkdir()
        (tmp_path / "config/teletipo.toml").touch()
        wire = Wire(load(tmp_path / "config", tmp_path / "data", {}), open_store(server.url))
        for url in (A, B, C):
            published(wire.store, url)
        yield wire
        wire.close()


def read_three(wire: Wire, command: list[str], **more: str) -> list[str]:
    """Run a subscriber until its group has done with all three; what it printed."""
    with subprocess.Popen(command, env=environ(wire, **more), stdout=subprocess.PIPE, text=True) as subscriber:
        try:
            assert subscriber.stdout
            printed = [subscriber.stdout.readline() for _ in range(3)]
            until(lambda: wire.store.groups("all")[0][2:5] == (0, 0, 0), 20)
            subscriber.send_signal(signal.SIGTERM)
            subscriber.wait(20)
        finally:
            subscriber.kill()
    return printed


@pytest.mark.parametrize("kind", ["for delivery in wire", "async for delivery"])
def test_the_subscribers_in_python_print_each_article_and_are_done_with_it(
    wire: Wire, tmp_path: Path, kind: str
) -> None:
    script = tmp_path / "subscriber.py"
    script.write_text(block("python", kind))
    printed = read_three(wire, [sys.executable, "-u", "-W", "error", str(script)])
    assert [f"The news at {url}" in line for url, line in zip((A, B, C), printed, strict=True)] == [True] * 3


def test_the_table_of_options_is_that_of_the_code() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", PAGE, re.MULTILINE))
    assert set(rows) == {"group", "consumer", "from_", *Options.__annotations__}
    said = {name: eval(default.strip("`")) for name, default in rows.items() if default.startswith("`")}  # noqa: S307
    takes = {**signature(Subscription).parameters, **signature(Wire.subscribe).parameters}
    assert said == {name: takes[name].default for name in said}


@pytest.mark.skipif(not REDIS_CLI and not os.environ.get("CI"), reason="neither valkey-cli nor redis-cli is on PATH")
def test_the_lines_for_redis_cli_do_what_they_say(wire: Wire) -> None:
    assert REDIS_CLI, "neither valkey-cli nor redis-cli is on PATH; install one"
    entries = wire.store.read_queue("all", "0")
    port = wire.store.url.partition("127.0.0.1:")[2].partition("/")[0]
    answers = []
    for line in block("sh", "XGROUP CREATE").splitlines():
        typed = line.replace("redis-cli -p 7379", f"{REDIS_CLI} -p {port} -e --raw")
        assert typed != line
        done = subprocess.run(
            ["sh", "-c", typed],
            env=environ(wire, ID=entries[0].id, ENTRY=entries[0].entry),
            capture_output=True,
            text=True,
            timeout=20,
        )
        assert (done.returncode, done.stderr) == (0, ""), line
        answers.append(done.stdout)
    created, read, article, acknowledged, had, claimed, moved, groups = answers
    assert (created, acknowledged, moved) == ("OK\n", "1\n", "OK\n")
    assert [url for url in read.splitlines() if url in (A, B, C)] == [A, B, C]
    assert entries[0].title in article
    assert [url for url in had.splitlines() if url in (A, B, C)] == [B, C], "all but the acknowledged one"
    assert claimed.splitlines()[0] == "0-0", "nobody was silent for a minute"
    assert groups.split()[:2] == ["name", "scores"]
    assert "lag" in groups
    assert wire.store.groups("all")[0].in_hand == 2


@pytest.mark.timeout(180)
def test_the_subscriber_in_node_prints_each_article_and_is_done_with_it(wire: Wire, tmp_path: Path) -> None:
    if not NPM:
        pytest.skip("node and npm are not on PATH")
    folder = tmp_path / "node"
    folder.mkdir()
    (folder / "subscriber.mjs").write_text(block("js"))
    install = block("sh", "npm").strip().split()
    try:
        installed = subprocess.run(
            [*install, "--no-audit", "--no-fund", "--fetch-retries=0", "--prefix", str(folder)],
            cwd=folder, capture_output=True, text=True, timeout=90,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        pytest.skip("npm's registry does not answer")
    if installed.returncode:
        pytest.skip(f"npm cannot install `redis`: {installed.stderr.strip().splitlines()[-1:]}")
    printed = read_three(wire, ["node", str(folder / "subscriber.mjs")], STORE=wire.store.url)
    assert [line.split() for line in printed] == [["created", "1", "The", "news", "at", url, url] for url in (A, B, C)]
