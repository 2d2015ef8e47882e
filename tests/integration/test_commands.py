"""The commands that need a store, where no newswire runs: each starts the embedded one for itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from ingest.models import article_from_json
from ingest.store import EmbeddedServer, Store, open_store
from tests.command import Ended, run_command
from tests.conftest import config_folder
from tests.integration.making import NOW, drifting
from tests.virtual import learned, pages
from workers.demo.outlet import Headline, Outlet, rss

Teletipo = Callable[..., Ended]

SETTINGS = """
[store]
port = 0
[fetch]
allow_addresses = ["127.0.0.0/8"]
delay = 0.0
[schedule]
attempts = 1
"""


@pytest.fixture
def teletipo(
    outlet: Outlet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Teletipo:
    config = config_folder(tmp_path / "config", outlet.url, main=SETTINGS)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: run_command(
        monkeypatch, capsys, "--config", config, "--data", tmp_path / "data", *arguments
    )


@contextmanager
def running_store(data: Path) -> Iterator[Store]:
    """The store of a running newswire, which commands find by its data folder."""
    with EmbeddedServer(data, 0) as server:
        store = open_store(server.url)
        try:
            yield store
        finally:
            store.close()


def article(name: str) -> str:
    """A page whose every sentence has the name in it."""
    sentences = " ".join(f"The {name} left the {name} quay at {hour} and the {name} returned." for hour in range(6, 11))
    return f'<html lang="en"><title>The {name}</title><article><h1>The {name}</h1><p>{sentences}</p></article></html>'


def publish(outlet: Outlet, *names: str) -> None:
    """Announce a page for each name, whether or not it is there."""
    headlines = [Headline(f"{outlet.url}/{name}", f"The {name}") for name in names]
    outlet.publish("/feed", rss("The Outlet", outlet.url, headlines), "application/rss+xml")


def test_fetch_wait_does_the_work_itself_and_what_it_published_can_be_read(teletipo: Teletipo, outlet: Outlet) -> None:
    publish(outlet, "ferry", "tug")
    for name in ("ferry", "tug"):
        outlet.publish(f"/{name}", article(name))
    fetched = teletipo("fetch", "outlet", "--wait")
    assert (fetched.code, fetched.out) == (0, "2 created\n"), fetched.err
    lines = [
        msgspec.json.decode(line) for line in teletipo("tail", "--json", "--from", "0", "--no-follow").out.splitlines()
    ]
    assert {line["article"]["title"] for line in lines} == {"The ferry", "The tug"}
    status = msgspec.json.decode(teletipo("status", "--json").out)
    assert (status["queues"], status["dead"], status["workers"]) == ({"all": 2}, 0, [])
    assert status["sources"][0]["articles_today"] == 2
    assert teletipo("fetch", "outlet", "--wait").out == "nothing new\n"


def test_what_could_not_be_had_is_dead_until_it_is_retried_or_dropped(teletipo: Teletipo, outlet: Outlet) -> None:
    publish(outlet, "ferry")
    fetched = teletipo("fetch", "outlet", "--wait")
    assert (fetched.code, fetched.out) == (1, "1 dead\n")
    assert f"{outlet.url}/ferry: FetchFailed: 127.0.0.1: answered 404 Not Found" in fetched.err
    listed = teletipo("dead", "list").out
    assert f"{outlet.url}/ferry" in listed
    outlet.publish("/ferry", article("ferry"))
    assert teletipo("dead", "retry", listed.split()[0]).out == "1 will be tried again\n"
    assert teletipo("dead", "list").out == "nothing is dead\n"
    assert teletipo("dead", "retry", "0123456789abcdef").code == 1
    unnamed = teletipo("dead", "drop")
    assert unnamed.code == 2
    assert "or --all" in unnamed.err


def test_a_file_is_imported_once(teletipo: Teletipo, tmp_path: Path) -> None:
    (tmp_path / "ferry.html").write_text(article("ferry"))
    address = "https://harbour.example/ferry"
    assert teletipo("import", "ferry.html", "--url", address)[:2] == (0, "1 created\n")
    again = teletipo("import", "ferry.html", "--url", address)
    assert again.code == 0
    assert "imported before" in again.out


def test_a_file_that_cannot_be_imported_says_why_in_one_line(teletipo: Teletipo, tmp_path: Path) -> None:
    (tmp_path / "ferry.html").write_text(article("ferry"))
    (tmp_path / "empty.txt").touch()
    for arguments, reason in (
        (("ferry.html",), "use --url"),
        (("ferry.html", "--url", "ferry"), "'ferry' is no http or https address"),
        (("empty.txt",), "the file is empty"),
    ):
        ended = teletipo("import", *arguments)
        assert (ended.code, ended.out) == (1, "")
        assert reason in ended.err
        assert len(ended.err.splitlines()) == 1


def test_extract_reads_an_address_too(teletipo: Teletipo, outlet: Outlet) -> None:
    url = outlet.publish("/ferry", article("ferry"))
    assert article_from_json(teletipo("extract", url, "--json").out).title == "The ferry"
    missing = teletipo("extract", f"{outlet.url}/tug")
    assert missing.code == 1
    assert "404 Not Found" in missing.err


def test_sources_check_exits_with_0_only_where_every_address_answers_with_a_feed(
    teletipo: Teletipo, outlet: Outlet
) -> None:
    publish(outlet, "ferry")
    checked = teletipo("sources", "check")
    assert checked.code == 0
    assert "1 of 1 addresses answered with entries" in checked.out
    assert outlet.paths() == ["/feed"], "of a source without rules no page is fetched unless it is named"
    outlet.publish("/feed", article("ferry"))
    assert teletipo("sources", "check", "outlet").code == 1


RULES = """
[[extract]]
body = "article"
title = "h1"
author = ".firma a"
[[extract]]
from = 2030-01-01
body = ".new"
"""


def rewrite(folder: Path, outlet: Outlet, rules: str) -> None:
    config_folder(folder / "config", outlet.url, main=SETTINGS, source=rules)


def line(out: str, key: str, how: str) -> str:
    """What stands behind a rule, or behind `without rules` below it."""
    lines = out.splitlines()
    starts = next(n for n, each in enumerate(lines) if each.startswith(f"{key} "))
    return next(each.partition(f" {how} ")[2].strip() for each in lines[starts:] if f" {how} " in each)


def test_sources_check_asks_robots_txt_first_unless_it_is_told_not_to(
    teletipo: Teletipo, outlet: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(outlet, "ferry")
    outlet.publish("/ferry", article("ferry"))
    outlet.publish("/robots.txt", "User-agent: teletipo\nDisallow: /feed\n", "text/plain")
    ended = teletipo("sources", "check", "outlet")
    assert ended.code == 1
    assert "refused by robots.txt" in ended.out
    assert outlet.asked == []
    monkeypatch.setenv("TELETIPO_FETCH__ROBOTS", "ignore")
    assert teletipo("sources", "check", "outlet").code == 0


def test_extract_asks_robots_txt_first_too(teletipo: Teletipo, outlet: Outlet) -> None:
    url = outlet.publish("/ferry", article("ferry"))
    outlet.publish("/robots.txt", "User-agent: *\nDisallow: /ferry\n", "text/plain")
    ended = teletipo("extract", url)
    assert ended.code == 1
    assert "refused by robots.txt" in ended.err
    assert outlet.asked == []


def test_sources_check_shows_what_each_selector_selects_beside_what_is_found_without(
    teletipo: Teletipo, outlet: Outlet, tmp_path: Path
) -> None:
    publish(outlet, "ferry")
    outlet.publish("/ferry", article("ferry"))
    rewrite(tmp_path, outlet, RULES)
    checked = teletipo("sources", "check")
    assert outlet.paths() == ["/feed", "/ferry"], "a source with rules needs not be named"
    assert line(checked.out, "body", "article").startswith("1 element, 62 words: The ferry The ferry left the")
    assert " words: The ferry " in line(checked.out, "body", "without rules")
    assert line(checked.out, "title", "h1") == "1 element, 2 words: The ferry"
    assert line(checked.out, "author", ".firma a") == "nothing"
    assert "warning: author = '.firma a' selects nothing on this page; correct it" in checked.out
    assert checked.code == 1
    rewrite(tmp_path, outlet, RULES.replace('author = ".firma a"\n', ""))
    assert teletipo("sources", "check", "outlet").code == 0


def test_sources_check_tries_the_rules_of_a_day_on_a_saved_page(
    teletipo: Teletipo, outlet: Outlet, tmp_path: Path
) -> None:
    rewrite(tmp_path, outlet, RULES.replace('author = ".firma a"\n', ""))
    (tmp_path / "ferry.html").write_text(article("ferry"))
    assert teletipo("sources", "check", "outlet", "--page", "ferry.html").code == 0
    later = teletipo("sources", "check", "outlet", "--page", "ferry.html", "--on", "2030-01-01")
    assert later.code == 1
    assert "body = '.new' selects nothing" in later.out
    assert outlet.asked == [], "a saved page needs no network"
    assert teletipo("sources", "check", "--page", "ferry.html").code == 2


def test_sources_check_says_what_came_instead_of_an_article(teletipo: Teletipo, outlet: Outlet) -> None:
    publish(outlet, "ferry")
    outlet.publish("/ferry", "<title>Just a moment...</title><body><p>Verify that you are human.</p></body>")
    checked = teletipo("sources", "check", "outlet")
    assert checked.code == 1
    assert "no article: a bot challenge came instead of the article (challenge)" in checked.out
    outlet.publish("/ferry", article("ferry"))
    assert teletipo("sources", "check", "outlet").code == 0


def test_a_source_that_drifts_is_told_by_status_and_by_sources_check_with_the_remedy(
    teletipo: Teletipo, outlet: Outlet, tmp_path: Path
) -> None:
    publish(outlet, "ferry")
    outlet.publish("/ferry", article("ferry"))
    with running_store(tmp_path / "data") as store:
        assert "drifting" not in teletipo("status").out
        store.save_baseline("outlet", drifting())
        told = next(line for line in teletipo("status").out.splitlines() if line.startswith("drifting: outlet: "))
        assert "of the latest pages bring a bot challenge; fetch slower" in told
        assert "`teletipo sources check outlet` shows" in told
        (source,) = msgspec.json.decode(teletipo("status", "--json").out)["sources"]
        assert (source["drift"] in told, source["drifting_since"]) == (True, NOW.timestamp())
        checked = teletipo("sources", "check", "outlet")
        assert told in checked.out.splitlines()
        assert checked.code == 1, "although this page is as it should be"
    assert teletipo("sources", "check", "outlet").code == 0, "where nothing runs, nothing is known of other pages"


def test_what_was_learned_of_a_source_is_told_by_sources_check_until_it_is_forgotten(
    teletipo: Teletipo, outlet: Outlet, tmp_path: Path
) -> None:
    publish(outlet, "ferry")
    outlet.publish("/ferry", article("ferry"))
    with running_store(tmp_path / "data") as store:
        assert "learned: " not in teletipo("sources", "check", "outlet").out
        known = learned(pages(12))
        assert store.keep_learned("outlet", b"", *known)
        told = next(line for line in teletipo("sources", "check").out.splitlines() if line.startswith("learned: "))
        assert told.startswith("learned: outlet: template 1 from 6 pages, in <div story-body>, ")
        assert told.endswith("recurring lines, of 12 articles")
        assert teletipo("sources", "forget", "outlet").out == "outlet: forgotten\n"
        assert teletipo("sources", "forget", "outlet").out == "outlet: nothing was known\n"
        assert "learned: " not in teletipo("sources", "check", "outlet").out


def test_health_exits_with_1_where_nothing_runs(teletipo: Teletipo) -> None:
    ended = teletipo("health", "fetch")
    assert ended.code == 1
    assert "no teletipo runs on" in ended.err
