"""The life of an address, as the scripts write it while they work: every step, once, and not more than is worth it."""

import time
from typing import Any

from ingest.models import Page, article_id
from ingest.settings import RetentionSettings
from ingest.store import Claim, EmbeddedServer, Store, open_store
from tests.integration.making import NOW, A, B, article, claimed, entry, kept_for, started, text, to_process

PAGE = Page(url=A, body=b"<html>Ferries</html>", fetched=NOW, status=200, elapsed=0.25)
ID = article_id(A)


def told(store: Store) -> list[str]:
    """What happened, with its words."""
    return [f"{each.what} {each.words}".strip() for each in store.life(ID)]


def test_an_address_remembers_each_feed_that_named_it_under_which_title_and_no_poll_after_that(store: Store) -> None:
    for _ in range(3):
        for feed, title in (("outlet:front", "Ferries"), ("outlet:ports", "Ferries in the harbour")):
            store.claim([Claim(entry(A, title=title), "outlet", feed)])
    assert told(store) == ["new outlet:front Ferries", "named outlet:ports Ferries in the harbour"]
    store.claim([Claim(entry(A, title="Ferries again"), "outlet", "outlet:front")])
    assert told(store)[2:] == ["changed outlet:front Ferries again"]


def test_titles_come_on_one_line_cut_where_they_are_long_and_without_what_moves_a_terminal(store: Store) -> None:
    store.claim([Claim(entry(A, title="Ferries\x1b[2J\r\n wait\x9b"), "outlet", "outlet:front")])
    store.claim([Claim(entry(A, title="Ferries and more " * 50), "outlet", "outlet:front")])
    first, second = told(store)
    assert first == "new outlet:front Ferries [2J wait"
    assert len(second) <= len("changed outlet:front ") + 80
    assert second.endswith("…")


def test_a_page_that_came_is_told_with_its_status_size_time_and_where_it_was_found(store: Store) -> None:
    store.advance(started(store, claimed(store, said=entry(A, title=""))), PAGE)
    store.claim([Claim(entry(A), "outlet", "hand", believed="always")])
    moved = Page(url=B, body=b"x", fetched=NOW, status=203, elapsed=1.0)
    store.advance(started(store, f"entry:{ID}"), moved)
    new, first, changed, second = told(store)
    assert new == "new outlet:feed"
    assert first == "fetched 200 20 250"
    assert changed.startswith("changed hand")
    assert second == f"fetched 203 1 1000 {B}"


def test_failures_tell_their_attempt_when_the_next_one_is_and_why(store: Store) -> None:
    member = claimed(store)
    store.retry(started(store, member), 0, "FetchFailed: answered 500")
    store.advance(started(store, member), PAGE)
    store.refetch(started(store, member), 480.0, "ExtractFailed: a consent wall")
    store.advance(started(store, member), None, "FetchFailed: answered 410")
    store.set_aside(started(store, member), "outlet", "ExtractFailed: " + "no text at all. " * 100)
    assert store.revive([ID]) == 1
    store.set_aside(started(store, member), "outlet", "again")
    assert store.drop([ID]) == 1
    _, *rest = told(store)
    assert rest[0] == "failed 1 0 FetchFailed: answered 500"
    assert rest[2:4] == ["refetch 480 ExtractFailed: a consent wall", "carried FetchFailed: answered 410"]
    assert rest[4].startswith("dead ExtractFailed: no text at all.")
    assert len(rest[4]) < 220
    assert rest[5:] == ["revived", "dead again", "dropped"]


def test_a_pause_that_its_host_asked_for_is_told_and_work_given_back_is_not(store: Store) -> None:
    member = claimed(store)
    store.give_back(started(store, member))
    store.host_pause(A, 30.0)
    assert store.postpone(started(store, member), A, 1.0).waits
    _, paused = store.life(ID)
    assert paused.what == "paused"
    assert 29_000 < int(paused.words) <= 30_000


def test_a_feed_has_no_life(store: Store, redis: Any) -> None:
    store.add_feeds(["outlet:front"])
    store.finish_poll(started(store, "feed:outlet:front"), 60, {"polls": 1})
    store.host_pause(A, 30.0)
    assert store.postpone(started(store, "feed:outlet:front"), A, 1.0).waits
    assert list(redis.scan_iter(f"{store.keys.prefix}life:*", count=1000)) == []


def test_the_first_ten_of_sixty_records_stay_whatever_comes_after_them(store: Store) -> None:
    for number in range(200):
        store.claim([Claim(entry(A, title=f"Title {number}"), "outlet", "outlet:front")])
    kept = store.life(ID)
    assert len(kept) == 60
    assert [each.words.rpartition(" ")[2] for each in kept[:10]] == [str(number) for number in range(10)]
    assert (kept[10].what, kept[10].words, kept[10].at) == ("gap", "141", 0.0)
    assert [each.words.rpartition(" ")[2] for each in kept[11:]] == [str(number) for number in range(151, 200)]


def test_what_became_of_an_article_is_told_by_the_commit_and_what_retention_does_by_the_sweep(
    server: EmbeddedServer, store: Store
) -> None:
    made = article()
    assert store.commit(to_process(store), made, ["all"]).outcome == "created"
    assert store.commit(to_process(store), made, ["all"]).outcome == "unchanged"
    changed = article(body=text(2), revision=2)
    assert store.commit(to_process(store), changed, ["all"]).outcome == "updated"
    elsewhere = to_process(store, B)
    assert store.commit(elsewhere, changed, ["all"]).outcome == "duplicate"
    brief = open_store(server.url, store.keys.prefix, RetentionSettings(article_days=1e-9))
    assert brief.sweep({}) == 1
    brief.close()
    assert [each for each in told(store) if not each.startswith(("new", "changed"))] == [
        "created 1",
        "unchanged",
        "updated 2",
        "purged",
    ]
    assert store.life(article_id(B))[-1][1:] == ("duplicate", f"{ID} address")


def test_a_stale_commit_and_one_that_must_come_again_tell_nothing(store: Store) -> None:
    lost = to_process(store)
    started(store, lost.member)
    assert store.commit(lost, article(), ["all"]).outcome == "stale"
    held = to_process(store)
    assert store.commit(held, article(revision=2), ["all"]).outcome == "conflict"
    assert {each.what for each in store.life(ID)} == {"new", "changed"}


def test_a_life_ends_with_its_entry(server: EmbeddedServer, store: Store, redis: Any) -> None:
    brief = open_store(server.url, store.keys.prefix, kept_for(0.4 / 86_400))
    member = claimed(brief)
    brief.set_aside(started(brief, member), "outlet", "gone")
    assert redis.pttl(brief.keys.life(ID)) == -1, "the dead are kept until a person decides"
    brief.drop([ID])
    deadline = time.monotonic() + 0.6
    while time.monotonic() < deadline:  # a feed that still names it keeps both
        claimed(brief)
        time.sleep(0.05)
    assert [each.what for each in brief.life(ID)] == ["new", "dead", "dropped"]
    time.sleep(0.5)
    assert (brief.entry_state(ID), brief.life(ID)) == (None, [])
    brief.close()
