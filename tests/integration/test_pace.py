"""The pace of a host: what it is learned from, and that it holds for whoever asks for its pages."""

import time
from typing import Any

from ingest.store import Store
from tests.integration.making import A, B, C, claimed, started

HOST = "outlet.example"


def waits(store: Store, *urls: str) -> list[int]:
    """Claim these new pages; the seconds until each is due."""
    members = [claimed(store, url) for url in urls]
    found = [store.waiting(member) for member in members]
    return [round(waiting[1]) for waiting in found if waiting]


def ends_now(store: Store, redis: Any) -> None:
    """The host's pause and slots are over."""
    redis.delete(store.keys.pause(HOST), store.keys.host(HOST))


def test_a_host_that_answers_quickly_has_the_pace_of_the_configuration(store: Store) -> None:
    for _ in range(10):
        store.answered(A, 0.9, well=True)
    assert waits(store, A, B, C) == [0, 0, 0]


def test_a_host_that_takes_seconds_to_answer_is_asked_as_far_apart(store: Store) -> None:
    for _ in range(30):
        store.answered(A, 8.0, well=True)
    assert waits(store, A, B, C) == [0, 8, 16]


def test_one_slow_answer_among_quick_ones_matters_little_and_is_forgotten(store: Store) -> None:
    store.answered(A, 12.0, well=True)
    assert waits(store, A, B) == [0, 3]
    for _ in range(12):
        store.answered(A, 0.1, well=True)
    first, second = waits(store, f"{C}/1", f"{C}/2")
    assert first == second


def test_no_host_is_slowed_to_less_than_a_page_in_half_a_minute(store: Store) -> None:
    for _ in range(40):
        store.answered(A, 300.0, well=False)
    store.keep_crawl_delay(HOST, 10.0)
    assert waits(store, A, B, C) == [0, 30, 60]


def test_the_longest_of_what_is_asked_for_holds(store: Store) -> None:
    store.keep_crawl_delay(HOST, 10.0)
    members = [claimed(store, url, delay=12.0) for url in (A, B)]
    assert [round(waiting[1]) for member in members if (waiting := store.waiting(member))] == [0, 12]


def test_pauses_that_a_host_asks_for_again_and_again_grow_to_a_limit(store: Store, redis: Any) -> None:
    found = []
    for number in range(6):
        for _ in range(3):  # pages that were asked for at once are answered alike
            store.host_pause(A, 0.0, first=30.0, most=200.0)
        found += waits(store, f"{A}/{number}")
        ends_now(store, redis)
    assert found == [30, 60, 120, 200, 200, 200]


def test_a_good_answer_ends_the_growth_once_the_pause_is_over(store: Store, redis: Any) -> None:
    store.host_pause(A, 0.0, first=30.0, most=200.0)
    store.answered(A, 0.1, well=True)  # it was asked for before the pause
    ends_now(store, redis)
    store.host_pause(A, 0.0, first=30.0, most=200.0)
    assert waits(store, A) == [60]
    ends_now(store, redis)
    store.answered(A, 0.1, well=True)
    store.host_pause(A, 0.0, first=30.0, most=200.0)
    assert waits(store, B) == [30]


def test_what_the_host_asks_for_is_the_least(store: Store) -> None:
    store.host_pause(A, 500.0, first=30.0, most=200.0)
    assert waits(store, A) == [500]


# ── turns ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pages_that_are_overdue_together_are_asked_for_one_after_another(store: Store) -> None:
    held = [started(store, claimed(store, f"{A}/{number}")) for number in range(4)]
    told = [store.postpone(lease, f"{A}/1", 10.0).waits for lease in held]
    assert told == ["", "waits for its turn", "waits for its turn", "waits for its turn"]
    waiting = [store.waiting(lease.member) for lease in held[1:]]
    assert [round(each[1]) for each in waiting if each] == [10, 20, 30]


def test_a_page_whose_turn_has_come_is_begun_and_the_attempt_before_was_not_counted(store: Store) -> None:
    first, second = (started(store, claimed(store, url)) for url in (A, B))
    store.postpone(first, A, 0.2)
    assert store.postpone(second, B, 0.2).waits
    time.sleep(0.25)
    again = started(store, second.member)
    assert again.attempt == 1
    assert store.postpone(again, B, 0.2).waits == ""


def test_turns_that_went_by_together_are_taken_one_at_a_time(store: Store) -> None:
    held = [started(store, claimed(store, f"{A}/{number}")) for number in range(4)]
    for lease in held:
        store.postpone(lease, A, 0.3)
    time.sleep(1.0)  # no worker ran meanwhile
    again = [started(store, lease.member) for lease in held[1:]]
    assert [store.postpone(lease, A, 0.3).waits for lease in again] == ["", "waits for its turn", "waits for its turn"]


def test_whoever_comes_later_stands_behind_those_that_wait(store: Store) -> None:
    first, second = (started(store, claimed(store, url)) for url in (A, B))
    store.postpone(first, A, 0.3)
    store.postpone(second, B, 0.3)
    time.sleep(0.32)
    late = started(store, claimed(store, C))
    assert store.postpone(late, C, 0.3).waits == "waits for its turn"
    assert store.postpone(started(store, second.member), B, 0.3).waits == ""


def test_pages_that_are_each_begun_a_moment_early_keep_the_pace_all_the_same(store: Store) -> None:
    told = []
    for number in range(5):
        told.append(store.postpone(started(store, claimed(store, f"{A}/{number}")), A, 1.0).waits)
        time.sleep(0.8)  # of the second
    assert [n for n, waits in enumerate(told) if waits]


def test_a_page_waits_while_another_one_of_its_host_is_on_its_way(store: Store) -> None:
    lease = started(store, claimed(store, A))
    assert store.postpone(lease, A, 10.0, busy=True).waits == "waits for its turn"
    waiting = store.waiting(lease.member)
    assert waiting
    assert round(waiting[1]) == 10


def test_a_page_a_moment_before_its_turn_need_not_wait(store: Store) -> None:
    first, second = (started(store, claimed(store, url)) for url in (A, B))
    store.postpone(first, A, 0.4)
    time.sleep(0.32)
    assert store.postpone(second, B, 0.4).waits == ""


def test_a_pace_that_is_learned_late_holds_for_pages_that_had_their_slots(store: Store) -> None:
    members = [claimed(store, url, delay=0.001) for url in (A, B, C)]
    store.keep_crawl_delay(HOST, 20.0)
    told = [store.postpone(started(store, member), A, 0.001).waits for member in members]
    assert told[1:] == ["waits for its turn"] * 2
    waiting = store.waiting(members[2])
    assert waiting
    assert 39 < waiting[1] <= 40


def test_other_hosts_and_feeds_wait_for_nobodys_turn(store: Store) -> None:
    first = started(store, claimed(store, A))
    store.postpone(first, A, 10.0)
    other = started(store, claimed(store, "https://other.example/a"))
    assert store.postpone(other, "https://other.example/a", 10.0).waits == ""
    store.add_feeds(["outlet:feed"])
    assert store.postpone(started(store, "feed:outlet:feed"), A, 10.0).waits == ""
