"""What the README says to type, typed: its subscriber in Python and its lines for redis-cli, on two articles."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.context import Context
from ingest.fetch import Fetcher
from ingest.inline import work_off
from ingest.pipeline import run
from ingest.settings import load
from ingest.store import EmbeddedServer, open_store
from ingest.wire import Wire

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
ARTICLES = ROOT / "tests/data/imports/two-articles.txt"
URLS = ["https://harbour.example/news/1001", "https://harbour.example/news/1002"]

REDIS_CLI = next((found for name in ("valkey-cli", "redis-cli") if (found := shutil.which(name))), None)


def block(language: str, having: str = "", page: str = README) -> str:
    """The page's one fenced block in that language which has this in it."""
    found = [each for each in re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL) if having in each]
    assert len(found) == 1, f"{len(found)} blocks of {language} have {having!r} in them"
    return str(found[0])


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    """A newswire at tmp_path/data, into which two articles were imported, and which has worked them off."""
    with EmbeddedServer(tmp_path / "data", 0) as server:
        (tmp_path / "config").mkdir()
        (tmp_path / "config/teletipo.toml").touch()
        settings = load(tmp_path / "config", tmp_path / "data", {})
        wire = Wire(settings, open_store(server.url))
        ticket = wire.import_file(ARTICLES)
        progress = work_off(Context(settings, wire.store, Fetcher(settings.fetch)), ticket)
        assert progress.outcomes == {"created": 2}, progress
        yield wire
        wire.close()


def environ(wire: Wire, **more: str) -> dict[str, str]:
    here = {name: value for name, value in os.environ.items() if not name.startswith("TELETIPO_")}
    return {**here, "TELETIPO_CONFIG": str(wire.settings.config), "TELETIPO_DATA": str(wire.settings.data), **more}


def test_the_subscriber_in_python_prints_each_article_and_is_done_with_it(wire: Wire, tmp_path: Path) -> None:
    script = tmp_path / "subscriber.py"
    script.write_text(block("python", "subscribe"))
    command = [sys.executable, "-u", "-W", "error", str(script)]
    with subprocess.Popen(command, env=environ(wire), stdout=subprocess.PIPE, text=True, cwd=tmp_path) as subscriber:
        try:
            assert subscriber.stdout
            printed = [subscriber.stdout.readline() for _ in URLS]
            deadline = time.monotonic() + 20
            while (group := wire.store.groups("all")[0]).in_hand and time.monotonic() < deadline:
                time.sleep(0.05)
        finally:
            subscriber.terminate()
    assert [line.split()[-1] for line in printed] == URLS
    assert printed[0].startswith("created 2022-02-21 22:22:00+00:00 en ")
    assert (group.name, group.in_hand, group.lag) == ("archive", 0, 0)


def test_the_other_ways_to_connect_that_the_readme_names_find_the_same_articles(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingest import connect

    calls = re.findall(r"`(connect\([^`]+\))`", README)
    assert len(calls) == 2
    for call in calls:
        here = call.replace("/var/lib/teletipo", str(wire.settings.data)).replace(
            "redis://store:6379/0", wire.store.url
        )
        again = eval(here, {"connect": connect, "Path": Path})  # noqa: S307 — the README's own words
        assert [delivery.article.url for delivery in again.subscribe("all", group=call[:14], idle=0.1)] == URLS
        again.close()


@pytest.mark.skipif(not REDIS_CLI and not os.environ.get("CI"), reason="neither valkey-cli nor redis-cli is on PATH")
def test_the_lines_for_redis_cli_show_the_articles_and_acknowledge_one(wire: Wire) -> None:
    assert REDIS_CLI, "neither valkey-cli nor redis-cli is on PATH; install one"
    entry = wire.store.read_queue("all", "0")[0]
    lines = [line for line in block("sh", "redis-cli").splitlines() if line]
    assert len(lines) == 5
    port = wire.store.url.partition("127.0.0.1:")[2].partition("/")[0]
    answers = {}
    for line in lines:
        typed = line.replace("redis-cli -p 7379", f"{REDIS_CLI} -p {port} -e --raw")
        assert typed != line
        done = subprocess.run(
            ["sh", "-c", typed],
            env=environ(wire, ID=entry.id, ENTRY=entry.entry),
            capture_output=True,
            text=True,
            timeout=20,
        )
        assert (done.returncode, done.stderr) == (0, ""), line
        answers[line.split()[3]] = done.stdout
    assert [url for url in answers["XREVRANGE"].splitlines() if url in URLS] == URLS[::-1]
    assert [url for url in answers["XREADGROUP"].splitlines() if url in URLS] == URLS
    article = wire.article(entry.id)
    assert article
    assert article.title in answers["GET"]
    assert answers["XACK"] == "1\n"
    assert next(group.in_hand for group in wire.store.groups("all") if group.name == "scores") == 1


def test_status_keeps_its_columns_on_a_narrow_terminal(wire: Wire, tmp_path: Path) -> None:
    """In 80 columns a long error may be cut, and nothing else."""
    (wire.settings.config / "sources").mkdir()
    shipped = ROOT / "config/sources/transparencia-venezuela.toml"
    (wire.settings.config / "sources" / shipped.name).write_text(shipped.read_text("utf-8"))
    feed = load(wire.settings.config, environ={}).source(shipped.stem).polled()[0].id
    wire.store.add_feeds([feed])
    (lease,) = wire.store.lease("fetch", 60, 1)
    wire.store.finish_poll(
        lease,
        7200,
        {"last_poll": time.time() - 300, "error": "no answer, " * 20, "outcome": "timeout", "why": "it failed"},
    )
    head, line = _status(wire, 80)
    assert head.split() == ["source", "today", "last", "fetch", "next", "poll", "last", "error"]
    assert line.split()[:5] == ["transparencia-venezuela", "·", "5m", "ago", "2h"]
    assert "timeout: no" in line
    head, line = _status(wire, 120)
    assert head.split()[4:] == ["next", "poll", "why", "then", "last", "error"]
    assert line.split()[4:9] == ["2h", "it", "failed", "timeout:", "no"]


def _status(wire: Wire, columns: int) -> list[str]:
    """Its first two lines."""
    command = [str(Path(sys.executable).parent / "teletipo"), "status"]
    environment = environ(wire, COLUMNS=str(columns))
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30).stdout.splitlines()[:2]


def test_fetching_a_source_that_the_running_newswire_does_not_know_yet_ends_with_what_to_do(wire: Wire) -> None:
    """A newcomer writes a source file and fetches it before starting the newswire again."""
    (wire.settings.config / "sources").mkdir()
    (wire.settings.config / "sources/el-faro.toml").write_text(block("toml", "el-faro"))
    ticket = Wire(load(wire.settings.config, environ={}), wire.store).fetch("el-faro")
    assert not ticket.progress().done
    context = Context(wire.settings, wire.store, Fetcher(wire.settings.fetch))
    (member,) = ticket.members()
    for said in ["not configured here yet"] * 4 + ["no longer configured"]:
        waiting = wire.store.waiting(member)
        assert waiting
        assert run(context, waiting[0]) == said
    progress = ticket.wait(timeout=5)
    assert progress.done
    assert "does not know this feed; is its configuration ours?" in progress.errors[0]
