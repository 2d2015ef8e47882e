"""Webhooks as a user runs them: real processes that are killed, receivers that hang, and the commands around them."""

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from standardwebhooks.webhooks import Webhook

from ingest.deliver import group_of, new_secret
from ingest.models import article_id
from ingest.store import EmbeddedServer, Store, open_store
from tests.conftest import config_folder
from tests.e2e.newswire import QUICK, Newswire, kind_of, publish_articles, until
from tests.receiver import Answer, Receiver
from workers.demo.outlet import Outlet

pytestmark = pytest.mark.slow

SECRET = new_secret()
ARTICLES = 40


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, outlet: Outlet) -> Path:
    return config_folder(tmp_path / "config", outlet.url, main=QUICK)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def name_webhooks(config: Path, secret: str = SECRET, more: str = "", **receivers: Receiver) -> None:
    (config / "webhooks.toml").write_text(
        "".join(
            f'[webhooks.{name}]\nqueue = "all"\nurl = "{to.url}"\nsecret = "{secret}"\nstart = "0"\n{more}'
            for name, to in receivers.items()
        )
    )


def ids_of(urls: list[str]) -> set[str]:
    return {f"{article_id(url)}-1" for url in urls}


def sender_of(wire: Newswire, store: Store) -> psutil.Process:
    """The living process that sends."""
    return until(lambda: next((each for each in wire.children() if kind_of(each, store) == "webhooks"), None))


# ── the newswire ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_article_of_an_outlet_reaches_the_receiver_signed(
    config: Path, data: Path, outlet: Outlet, receiver: Receiver
) -> None:
    urls = publish_articles(outlet, ARTICLES)
    name_webhooks(config, newsroom=receiver)
    with Newswire(config, data) as wire:
        wire.start()
        until(lambda: set(receiver.taken) >= ids_of(urls))
        time.sleep(1.0)
        assert wire.stop() == [0]
    assert sorted(receiver.taken) == sorted(ids_of(urls)), "none twice while nothing is killed"
    for told in receiver.told:
        event = Webhook(SECRET).verify(told.body, told.headers)
        assert event["data"]["article"]["url"] in urls
    assert SECRET.removeprefix("whsec_") not in wire.log.read_text()


def test_killing_the_sender_again_and_again_loses_nothing(
    config: Path, data: Path, outlet: Outlet, receiver: Receiver
) -> None:
    urls = publish_articles(outlet, ARTICLES)
    name_webhooks(config, newsroom=receiver)
    receiver.answer = lambda told: Answer(delay=0.1)
    with Newswire(config, data) as wire:
        wire.start()
        store = wire.store()
        for least in (5, 15, 25):
            until(lambda least=least: len(set(receiver.taken)) >= least)  # type: ignore[misc]
            sender_of(wire, store).send_signal(signal.SIGKILL)
        until(lambda: set(receiver.taken) >= ids_of(urls))
        until(lambda: all((g.lag, g.in_hand, g.later, g.dead) == (0, 0, 0, 0) for g in store.groups("all")), 90)
        assert wire.stop() == [0]
    assert len(receiver.taken) <= len(urls) + 3 * 51, "what comes again is what one sender had in hand"


def test_killing_the_store_loses_nothing(config: Path, data: Path, outlet: Outlet, receiver: Receiver) -> None:
    urls = publish_articles(outlet, ARTICLES)
    name_webhooks(config, newsroom=receiver)
    receiver.answer = lambda told: Answer(delay=0.05)
    with Newswire(config, data) as wire:
        wire.start()
        store = wire.store()
        until(lambda: len(receiver.taken) >= 10)
        next(each for each in wire.children() if kind_of(each, store) == "store").kill()
        until(lambda: set(receiver.taken) >= ids_of(urls))
        assert wire.stop() == [0]


def test_a_receiver_that_hangs_delays_neither_another_nor_the_newswire_nor_its_end(
    config: Path, data: Path, outlet: Outlet, receiver: Receiver
) -> None:
    urls = publish_articles(outlet, ARTICLES)
    with Receiver() as hanging:
        hanging.answer = lambda told: Answer(hang=True)
        name_webhooks(config, more="timeout = 300\n", hanging=hanging, newsroom=receiver)
        with Newswire(config, data) as wire:
            wire.start()
            until(lambda: set(receiver.taken) >= ids_of(urls), seconds=30)
            assert hanging.told
            began = time.monotonic()
            assert wire.stop() == [0]
            assert time.monotonic() - began < 10


# ── many machines ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_of_two_machines_the_second_goes_on_when_the_first_is_killed(
    config: Path, data: Path, outlet: Outlet, receiver: Receiver, server: EmbeddedServer, request: pytest.FixtureRequest
) -> None:
    urls = publish_articles(outlet, ARTICLES)
    name_webhooks(config, newsroom=receiver)
    receiver.answer = lambda told: Answer(delay=0.1)
    environ = {"TELETIPO_STORE__URL": server.url, "TELETIPO_STORE__PREFIX": f"{request.node.name}:"}
    store = open_store(server.url, f"{request.node.name}:")
    with Newswire(config, data, environ=environ) as wire:
        first, second = wire.start("worker", "webhooks"), wire.start("worker", "webhooks")
        wire.start("scheduler")
        wire.start("worker", "fetch")
        wire.start("worker", "process")
        until(lambda: len(receiver.taken) >= 5)
        holder = store.holder(group_of("newsroom"))
        first.kill()  # its child dies with it
        until(lambda: set(receiver.taken) >= ids_of(urls))
        assert first.wait(5) == -signal.SIGKILL
        second.send_signal(signal.SIGTERM)
        assert second.wait(10) == 0
        assert holder
    store.close()


@pytest.mark.parametrize(
    ("secret", "command", "said"),
    [
        ("env:NEWSROOM_SECRET", ["run"], "webhooks.newsroom.secret: the variable NEWSROOM_SECRET is not set"),
        ("env:NEWSROOM_SECRET", ["webhooks", "test", "newsroom"], "the variable NEWSROOM_SECRET is not set"),
        ("whsec_oops", ["status"], "webhooks.newsroom.secret: "),
        (SECRET, ["webhooks", "test", "newsrom"], "did you mean 'newsroom'?"),
    ],
    ids=["run without its variable", "test without its variable", "no secret", "no such webhook"],
)
def test_what_cannot_be_sent_with_is_said_at_once(
    config: Path, data: Path, receiver: Receiver, secret: str, command: list[str], said: str
) -> None:
    name_webhooks(config, secret=secret, newsroom=receiver)
    done = Newswire(config, data).call(*command)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_for_webhooks_without_any_says_where_to_name_one(
    config: Path, data: Path, server: EmbeddedServer
) -> None:
    done = Newswire(config, data, environ={"TELETIPO_STORE__URL": server.url}).call("worker", "webhooks")
    assert done.returncode == 2
    assert "webhooks.toml names no webhook" in done.stderr


# ── the commands ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_commands_show_test_and_retry_a_webhook(
    config: Path, data: Path, outlet: Outlet, receiver: Receiver
) -> None:
    (url,) = publish_articles(outlet, 1)
    (message,) = ids_of([url])
    name_webhooks(config, more="give_up_days = 0\n", newsroom=receiver)
    receiver.answer = lambda told: Answer(400, body=b"no \x1b[31mthanks")
    with Newswire(config, data, environ={"COLUMNS": "200"}) as wire:
        wire.start()
        until(lambda: message in receiver.ids())

        def shown(*more: str) -> str:
            return wire.call("webhooks", "list", *more).stdout

        until(lambda: re.search(r"newsroom +all +sending +0 +0 +1 +127\.0\.0\.1: answered 400 Bad Request", shown()))
        assert f"{message}  20" in shown("newsroom")
        assert '"dead": 1' in shown("--json")
        assert f'"id": "{message}"' in shown("newsroom", "--json")

        failed = wire.call("webhooks", "test", "newsroom")
        assert failed.returncode == 1
        assert "answered 400 Bad Request\nno  [31mthanks" in failed.stdout
        assert receiver.told[-1].event["type"] == "webhook.test"
        Webhook(SECRET).verify(receiver.told[-1].body, receiver.told[-1].headers)

        receiver.answer = lambda told: Answer()
        passed = wire.call("webhooks", "test", "newsroom")
        assert passed.returncode == 0
        assert passed.stdout.startswith("took it: 204 in ")

        unknown = wire.call("webhooks", "retry", "newsroom", f"{message[:-3]}zz-1")
        assert unknown.returncode == 2
        assert f"did you mean '{message}'" in unknown.stderr
        retried = wire.call("webhooks", "retry", "newsroom", message)
        assert retried.returncode == 0
        until(lambda: message in receiver.taken)
        until(lambda: re.search(r"newsroom +all +sending +0 +0 +0 +took it: 204 in \d+ ms", shown()))
        assert wire.call("health", "webhooks").returncode == 0

        receiver.answer = lambda told: Answer(410)
        again = publish_articles(outlet, 2)
        assert wire.call("fetch", "outlet", "--wait").returncode == 0
        until(lambda: "stopped by a 410" in shown())
        receiver.answer = lambda told: Answer()
        assert wire.call("webhooks", "retry", "newsroom", "--all").returncode == 0
        until(lambda: set(receiver.taken) >= ids_of(again))
        everything = [shown(), shown("--json"), wire.call("status").stdout, wire.call("status", "--json").stdout]
        assert wire.stop() == [0]
    assert SECRET.removeprefix("whsec_") not in "".join(everything) + wire.log.read_text()


def test_a_secret_that_is_made_is_one_that_can_be_used(config: Path, data: Path, receiver: Receiver) -> None:
    wire = Newswire(config, data)
    made = wire.call("webhooks", "secret").stdout.strip()
    name_webhooks(config, secret=made, newsroom=receiver)
    assert wire.call("webhooks", "test", "newsroom").returncode == 0
    Webhook(made).verify(receiver.told[0].body, receiver.told[0].headers)
