"""`teletipo queues`: what is in them, who reads them, and a group's place and dead letters."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from ingest.deliver import Subscription
from ingest.store import EmbeddedServer, Store, open_store
from tests.command import Ended, run_command
from tests.conftest import config_folder
from tests.integration.making import A, B, published

Teletipo = Callable[..., Ended]

QUEUES = '[queues.all]\n[queues.spanish]\nlanguage = ["es"]\n[queues.boats]\nwords = ["boats"]\n'


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with EmbeddedServer(tmp_path / "data", 0) as server:
        opened = open_store(server.url)
        yield opened
        opened.close()


@pytest.fixture
def teletipo(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Teletipo:
    config = config_folder(tmp_path / "config", "https://outlet.example", queues=QUEUES)
    monkeypatch.setenv("COLUMNS", "80")
    return lambda *arguments: run_command(
        monkeypatch, capsys, "--config", config, "--data", tmp_path / "data", "queues", *arguments
    )


def reader(store: Store, group: str = "archive", **more: int) -> Subscription:
    return Subscription(store, "all", group, "one", idle=0.05, max_failures=more.get("max_failures", 5))


def fails(store: Store, reason: str) -> list[str]:
    """Everything becomes a dead letter. Returns what it is called there."""
    for delivery in reader(store, max_failures=1):
        delivery.retry(reason=reason)
    return [letter.delivery for letter in store.dead_letters("all", "archive")]


def test_list_says_what_is_in_each_queue_and_where_each_group_stands(teletipo: Teletipo, store: Store) -> None:
    for number in range(4):
        published(store, f"{A}/{number}")
    subscribed = reader(store, max_failures=1)
    first, second, third, _ = subscribed.take(0)
    first.ack()
    second.retry(reason="full")
    third.retry(after=60, reason="")
    published(store, B)
    told = teletipo("list")
    assert told.code == 0, told.err
    rows = [line.split() for line in told.out.splitlines()]
    assert rows[0] == ["queue", "entries", "group", "consumers", "behind", "in", "hand", "later", "dead"]
    assert rows[1:] == [
        ["all", "5", "archive", "1", "1", "1", "1", "1"],
        ["spanish", "0", "nobody", "reads", "it"],
        ["boats", "0", "nobody", "reads", "it"],
    ]
    found = msgspec.json.decode(teletipo("list", "--json").out)
    assert found[0] == {
        "queue": "all",
        "entries": 5,
        "groups": [{"name": "archive", "consumers": 1, "lag": 1, "in_hand": 1, "later": 1, "dead": 1}],
    }


def test_fill_writes_what_is_there_and_says_how_much(teletipo: Teletipo, store: Store) -> None:
    for url in (A, B):
        published(store, url)
    filled = teletipo("fill", "boats")
    assert (filled.code, filled.out) == (0, "2 entries written into boats\n"), filled.err
    assert "2/2" in filled.err, "the bar"
    assert {entry.url for entry in store.read_queue("boats", "0")} == {A, B}
    assert teletipo("fill", "boats").out == "0 entries written into boats\n"
    assert teletipo("fill", "spanish", "--since", "2026-03-02").out == "0 entries written into spanish\n"


def test_rewind_sets_the_place_of_a_group(teletipo: Teletipo, store: Store) -> None:
    for number in range(3):
        published(store, f"{A}/{number}")
    for delivery in reader(store):
        delivery.ack()
    second = store.read_queue("all", "0")[1].entry
    assert teletipo("rewind", "all", "archive", "--to", second).out == "archive has 1 entries of all before it\n"
    assert teletipo("rewind", "all", "archive", "--to", "0").out == "archive has 3 entries of all before it\n"
    assert teletipo("rewind", "all", "archive", "--to", "2020-01-01").out == "archive has 3 entries of all before it\n"
    assert teletipo("rewind", "all", "archive", "--to", "$").out == "archive has 0 entries of all before it\n"


def test_dead_lists_retries_and_drops_a_groups_dead_letters(teletipo: Teletipo, store: Store) -> None:
    assert len([published(store, f"{A}/{number}") for number in range(3)]) == 3
    names = fails(store, "no [red]room[/]")
    told = teletipo("dead", "all", "archive").out
    assert [name in told for name in names] == [True] * 3
    assert told.count("no [red]room[/]") == 3, "as it was said, whatever it looks like"
    assert teletipo("dead", "all", "archive", names[0], "--drop").out == "1 dropped\n"
    assert teletipo("dead", "all", "archive", "--retry").out == "2 will be delivered again\n"
    assert len(list(reader(store))) == 2
    assert teletipo("dead", "all", "archive").out == "nothing is dead\n"


def test_drop_group_forgets_it_only_when_that_is_meant(
    teletipo: Teletipo, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(store)
    reader(store)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert teletipo("drop-group", "all", "archive").code == 130
    assert [group.name for group in store.groups("all")] == ["archive"]
    assert teletipo("drop-group", "all", "archive", "--yes").out == "archive is forgotten\n"
    assert store.groups("all") == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fill", "spinach"), "did you mean 'spanish'?"),
        (("fill", "spanish", "--since", "soon"), "'soon' is no time; write 2026-11-01"),
        (("rewind", "all", "archiv", "--to", "0"), "did you mean 'archive'?"),
        (("rewind", "al", "archive", "--to", "0"), "did you mean 'all'?"),
        (("rewind", "all", "archive", "--to", "soon"), "'soon' is no time, no entry's id and not 0"),
        (("rewind", "all", "archive"), "Missing option '--to'"),
        (("dead", "all", "nobody"), "no group is called 'nobody'; there are: archive"),
        (("dead", "all", "archive", "--retry", "--drop"), "--retry or --drop, not both"),
        (("dead", "all", "archive", "1-0|x|1|created", "--retry"), "no dead letter is called"),
        (("drop-group", "all", "nobody", "--yes"), "no group is called 'nobody'"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(
    teletipo: Teletipo, store: Store, arguments: tuple[str, ...], said: str
) -> None:
    published(store)
    reader(store)
    ended = teletipo(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in " ".join(ended.err.split())
