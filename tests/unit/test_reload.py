"""What changed in a configuration, and when it is read."""

import os
import time
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from ingest.settings import Settings, load
from tests.conftest import config_folder
from workers.reload import LOOK_SECONDS, Folder, Reloader, changes, for_restart, kept
from workers.service import Child, Supervisor

URL = "http://outlet.example"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return config_folder(tmp_path / "config", URL, main="[fetch]\ndelay = 1.0\n")


def read(config: Path) -> Settings:
    return load(config, config.parent / "data", {})


def rested(folder: Folder) -> bool:
    """What it says within two looks and a bit."""
    deadline = time.monotonic() + 2 * LOOK_SECONDS + 0.5
    while time.monotonic() < deadline:
        if folder.rested():
            return True
        time.sleep(0.02)
    return False


def add_source(config: Path, name: str) -> Path:
    file = config / "sources" / f"{name}.toml"
    file.write_text((config / "sources" / "outlet.toml").read_text().replace('"outlet"', f'"{name}"'))
    return file


def test_files_are_read_once_after_each_change_and_not_for_what_is_no_part_of_the_configuration(config: Path) -> None:
    folder = Folder(config)
    assert rested(folder), "they may have changed since they were read for the start"
    assert not rested(folder)
    (config / "sources" / "outlet.toml~").write_text("an editor's copy")
    assert not rested(folder)
    add_source(config, "second").unlink()
    assert not rested(folder), "it is as it was"
    add_source(config, "second")
    assert rested(folder)


def test_what_an_editor_leaves_beside_a_file_is_no_source_and_hides_no_change(config: Path) -> None:
    (config / "sources" / ".#outlet.toml").symlink_to("somebody@here.4711")
    (config / "sources" / "._outlet.toml").write_bytes(b"\x00\x05")
    assert list(read(config).sources) == ["outlet"]
    (config / "sources" / "away.toml").symlink_to(config / "nowhere.toml")
    folder = Folder(config)
    assert rested(folder)
    for name in ("first", "second", "third"):
        add_source(config, name)
        assert rested(folder), "wherever in the folder the broken link stands"


def test_a_file_that_grows_is_not_read_until_it_rests(config: Path) -> None:
    folder = Folder(config)
    assert rested(folder)
    file, until = config / "queues.toml", time.monotonic() + 3 * LOOK_SECONDS
    while time.monotonic() < until:
        with file.open("a") as growing:
            growing.write("# more\n")
        assert not folder.rested()
        time.sleep(0.1)
    assert rested(folder)


def test_a_configuration_that_is_asked_for_is_read_at_once(config: Path) -> None:
    folder = Folder(config)
    folder.reread()
    assert folder.rested()
    assert not folder.rested()


def test_what_differs_is_named_without_its_value(config: Path) -> None:
    old = read(config)
    add_source(config, "second")
    (config / "teletipo.toml").write_text('[fetch]\ndelay = 2.0\n[api]\ntokens = ["a long random secret"]\n')
    (config / "queues.toml").write_text("[queues.all]\n[queues.spanish]\nlanguage = ['es']\n")
    said = changes(read(config), old)
    assert said == [
        "sources added: second",
        "queues added: spanish",
        "settings changed: [fetch] delay, [api] tokens",
    ]
    assert changes(old, read(config))[0] == "sources removed: second"


def test_of_many_names_the_first_ones_are_said(config: Path) -> None:
    old = read(config)
    for number in range(14):
        add_source(config, f"source-{number:02}")
    (said,) = changes(read(config), old)
    assert said.startswith("sources added: source-00, source-01")
    assert said.endswith("source-09 and 4 more")


def test_what_only_a_restart_can_change_is_named_and_stays_as_it_was(config: Path) -> None:
    old = read(config)
    (config / "teletipo.toml").write_text(
        '[store]\nprefix = "other:"\nport = 7000\n[api]\nport = 7001\ntokens = ["a long random text"]\n'
    )
    new = read(config)
    assert for_restart(new, old) == ["[store] port", "[store] prefix", "[api] port"]
    used = kept(new, old)
    assert (used.store, used.api.port) == (old.store, old.api.port)
    assert used.api.tokens == ("a long random text",)
    assert used.fetch == new.fetch


def test_of_a_configuration_that_cannot_be_used_the_error_is_said_once_and_the_one_before_goes_on(
    config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = read(config)
    in_use = msgspec.structs.replace(settings, api=msgspec.structs.replace(settings.api, port=4711))
    reloader = Reloader(settings, in_use, lambda: read(config), lambda settings: ["fetch"] * len(settings.sources))
    broken = config / "sources" / "broken.toml"
    broken.write_text('id = "broken"\nnmae = "Broken"\n')
    reloader.reread()
    assert reloader.look() is None
    assert "there is no key 'nmae'; did you mean 'name'?" in caplog.text
    assert str(broken) in caplog.text
    caplog.clear()
    assert reloader.look() is None
    assert not caplog.text
    broken.unlink()
    reloader.reread()
    assert reloader.look() is None, "it is what it was before it broke"
    assert "can be used again" in caplog.text
    add_source(config, "second")
    reloader.reread()
    found = reloader.look()
    assert found
    assert found[1] == ["fetch", "fetch"]
    assert found[0].api.port == 4711, "the port that was settled stays"


def test_a_touch_changes_nothing(config: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = read(config)
    reloader = Reloader(settings, settings, lambda: read(config), lambda _: ["fetch"])
    assert rested(reloader._folder)
    os.utime(config / "sources" / "outlet.toml", (1, 1))
    deadline = time.monotonic() + 3 * LOOK_SECONDS
    while time.monotonic() < deadline:
        assert reloader.look() is None
        time.sleep(0.05)
    assert not caplog.text


def test_the_environment_wins_over_what_was_changed(config: Path) -> None:
    environ = {"TELETIPO_FETCH__DELAY": "7"}
    old = load(config, None, environ)
    (config / "teletipo.toml").write_text("[fetch]\ndelay = 2.0\n")
    assert changes(load(config, None, environ), old) == []


def test_a_process_that_dies_before_its_turn_is_followed_by_one_with_the_new_settings_and_told_nothing(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _: told.append(pid))
    settings = read(config)
    reloader = Reloader(settings, settings, lambda: read(config), lambda _: ["fetch", "process"])
    supervisor = Supervisor(settings, "", [], reloader)
    first, second, extra = (Child(kind, pid=pid) for kind, pid in (("fetch", 101), ("process", 102), ("process", 103)))
    supervisor._children = [first, second, extra]
    supervisor._want(Counter(["fetch", "process"]))
    supervisor._ended(second, -9)
    supervisor._ended(extra, -9)
    assert (second.pid, second.outdated) == (0, False)
    assert supervisor._children == [first, second], "one that nobody wants is not started again"
    supervisor._renew()
    assert told == [101], "pid 0 would be everyone"
