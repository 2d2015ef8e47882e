"""Due, leases, claim and commit against a real server: every piece of work is done once, and none is ever nowhere."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import uuid4

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from ingest.errors import LeaseLost
from ingest.models import Page, article_id
from ingest.settings import RetentionSettings
from ingest.store import BY_HAND, Claim, Committed, EmbeddedServer, Lease, Store, open_store
from tests.integration.making import (
    LONG_LEASE,
    LONG_RUN,
    NOW,
    A,
    B,
    C,
    article,
    claimed,
    entry,
    kept_for,
    published,
    started,
    text,
    through_commit,
    to_process,
)

FEEDS = ("outlet:1", "outlet:2", "outlet:3")
PAGE = Page(url=A, body=b"<p>Harbour</p>" * 200, content_type="text/html", fetched=NOW)


def members(leases: list[Lease]) -> list[str]:
    return [lease.member for lease in leases]


def everything(redis: Any, store: Store) -> dict[bytes, bytes]:
    """All that the store holds, byte for byte."""
    return {key: redis.dump(key) for key in redis.scan_iter(match=f"{store.keys.prefix}*", count=1000)}


def outcomes(store: Store, url: str = A) -> str:
    state = store.entry_state(article_id(url))
    return state.outcome if state else "unknown"


def at_once(count: int, call: Callable[[int], Any]) -> list[Any]:
    """Call it from so many threads that wait for one another first."""
    barrier = threading.Barrier(count)

    def run(number: int) -> Any:
        barrier.wait()
        return call(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


# ── lease and start ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_due_is_leased_to_one_and_no_more_than_asked_for(store: Store) -> None:
    assert store.add_feeds(FEEDS) == 3
    first, second = store.lease("fetch", LONG_LEASE, 2), store.lease("fetch", LONG_LEASE, 2)
    assert (len(first), len(second)) == (2, 1)
    assert sorted(members(first + second)) == [f"feed:{feed}" for feed in FEEDS]
    assert store.lease("fetch", LONG_LEASE, 10) == []


def test_schedulers_that_lease_at_the_same_time_share_the_work(store: Store) -> None:
    feeds = [f"outlet:{n}" for n in range(400)]
    store.add_feeds(feeds)
    leased = at_once(8, lambda _: [store.lease("fetch", LONG_LEASE, 10) for _ in range(10)])
    found = [lease.member for rounds in leased for leases in rounds for lease in leases]
    assert sorted(found) == sorted(f"feed:{feed}" for feed in feeds)


def test_the_longest_overdue_is_leased_first(store: Store) -> None:
    for feed in reversed(FEEDS):
        store.add_feeds([feed])
        time.sleep(0.003)
    assert [members(store.lease("fetch", LONG_LEASE, 1)) for _ in FEEDS] == [[f"feed:{f}"] for f in reversed(FEEDS)]


def test_pages_that_wait_for_an_extractor_do_not_hide_a_feed(store: Store) -> None:
    for number in range(20):
        claimed(store, f"{A}/{number}", step="process")
    store.add_feeds(FEEDS[:1])
    assert members(store.lease("fetch", LONG_LEASE, 1)) == [f"feed:{FEEDS[0]}"]


def test_what_is_not_due_yet_is_not_leased(store: Store) -> None:
    store.host_pause(A, 30)
    member = claimed(store)
    assert store.lease("fetch", LONG_LEASE, 10) == []
    waiting = store.waiting(member)
    assert waiting
    assert 29 < waiting[1] <= 30


def test_a_lease_that_ran_out_is_leased_again_and_its_message_is_stale(store: Store) -> None:
    claimed(store)
    (old,) = store.lease("fetch", 0.05, 10)
    time.sleep(0.06)
    (new,) = store.lease("fetch", LONG_LEASE, 10)
    assert store.start(old, LONG_RUN) is None
    held = store.start(new, LONG_RUN)
    assert held
    assert held.attempt == 1, "only what was started is an attempt"


def test_no_two_leases_of_one_piece_of_work_have_the_same_token(store: Store) -> None:
    member, tokens = claimed(store), list[str]()
    for _ in range(500):  # several in a millisecond
        (lease,) = store.lease("fetch", LONG_LEASE, 1)
        held = store.start(lease, LONG_LEASE)
        assert held
        assert lease.member == member
        tokens += [lease.token, held.token]
        store.give_back(held)
    assert len(set(tokens)) == 1000


def test_a_repeated_message_starts_nothing(store: Store) -> None:
    claimed(store)
    (lease,) = store.lease("fetch", LONG_LEASE, 10)
    assert store.start(lease, LONG_RUN)
    assert store.start(lease, LONG_RUN) is None
    state = store.entry_state(lease.id)
    assert state
    assert state.attempt == 1


def test_of_many_copies_of_a_message_delivered_at_once_one_starts(store: Store) -> None:
    claimed(store)
    (lease,) = store.lease("fetch", LONG_LEASE, 10)
    held = at_once(8, lambda _: store.start(lease, LONG_RUN))
    assert len([one for one in held if one]) == 1


def test_the_work_of_a_worker_that_died_is_found_again_and_its_attempt_counted(store: Store) -> None:
    member = claimed(store)
    dead = started(store, member, 0.05)
    assert store.lease("fetch", LONG_LEASE, 10) == []
    time.sleep(0.06)
    (lease,) = store.lease("fetch", LONG_LEASE, 10)
    held = store.start(lease, LONG_RUN)
    assert held
    assert held.attempt == 2
    with pytest.raises(LeaseLost):
        store.advance(dead, PAGE)
    store.advance(held, PAGE)


ENDS: dict[str, Callable[[Store, Lease], object]] = {
    "advance": lambda store, lease: store.advance(lease, PAGE),
    "finish_poll": lambda store, lease: store.finish_poll(lease, 0, {"status": 200}),
    "retry": lambda store, lease: store.retry(lease, 0, "reset"),
    "give_back": lambda store, lease: store.give_back(lease),
    "set_aside": lambda store, lease: store.set_aside(lease, "outlet", "gone"),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("loss", ["overtaken by a newer claim", "finished already", "taken by another worker"])
def test_whoever_lost_the_lease_changes_nothing(store: Store, redis: Any, end: str, loss: str) -> None:
    member = claimed(store)
    lost = started(store, member)
    if loss == "overtaken by a newer claim":
        claimed(store, believed="always")
    elif loss == "finished already":
        store.set_aside(lost, "outlet", "too large")
    else:
        started(store, member)
    before = everything(redis, store)
    with pytest.raises(LeaseLost):
        ENDS[end](store, lost)
    assert everything(redis, store) == before


def test_a_commit_under_a_lost_lease_is_stale_and_changes_nothing(store: Store, redis: Any) -> None:
    lost = to_process(store)
    started(store, lost.member)
    before = everything(redis, store)
    assert store.commit(lost, article(), ["all"]).outcome == "stale"
    assert everything(redis, store) == before


# ── how a step ends ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_failed_attempt_waits_and_keeps_its_error_and_its_count(store: Store) -> None:
    member = claimed(store)
    store.retry(started(store, member), 20, "answered 500")
    waiting, state = store.waiting(member), store.entry_state(article_id(A))
    assert waiting
    assert 19 < waiting[1] <= 20
    assert state
    assert (state.error, state.attempt, state.settled) == ("answered 500", 1, False)
    assert started(store, member).attempt == 2


def test_work_given_back_is_due_at_once_and_not_counted(store: Store) -> None:
    member = claimed(store)
    store.give_back(started(store, member))
    (lease,) = store.lease("fetch", LONG_LEASE, 10)
    held = store.start(lease, LONG_RUN)
    assert held
    assert held.attempt == 1


def test_a_page_that_is_here_is_kept_and_its_entry_waits_to_be_processed_with_all_attempts(store: Store) -> None:
    member = claimed(store)
    store.retry(started(store, member), 0, "answered 500")
    store.advance(started(store, member), PAGE)
    assert store.due_counts() == {"fetch": 0, "process": 1}
    assert store.page(article_id(A)) == PAGE
    (lease,) = store.lease("process", LONG_LEASE, 10)
    held, state = store.start(lease, LONG_RUN), store.entry_state(article_id(A))
    assert held
    assert held.attempt == 1
    assert state
    assert (state.step, state.error) == ("process", "")


def test_going_on_with_the_feeds_text_forgets_an_older_page(store: Store) -> None:
    member = claimed(store)
    store.advance(started(store, member), PAGE)
    claimed(store, believed="always")
    store.advance(started(store, member), None)
    assert store.page(article_id(A)) is None


def test_a_poll_saves_the_feeds_state_and_when_it_is_due_next(store: Store) -> None:
    store.add_feeds(FEEDS[:1])
    lease = started(store, f"feed:{FEEDS[0]}")
    store.finish_poll(lease, 900, {"etag": '"a"', "polls": 3, "interval": 900.0, "claimed": "x y"})
    state = store.feed_states(FEEDS[:1])[FEEDS[0]]
    assert (state.etag, state.polls, state.interval, state.claimed) == ('"a"', 3, 900.0, "x y")
    assert state.next_poll
    assert 898 < state.next_poll - store.now_ms() / 1000 <= 900


def test_thousands_of_feeds_are_added_asked_about_and_removed(store: Store) -> None:
    feeds = [f"outlet:{number:05}" for number in range(1234)]
    assert store.add_feeds(feeds) == 1234
    assert store.add_feeds(feeds) == 0
    states = store.feed_states(feeds)
    assert list(states) == feeds
    assert all(state.next_poll for state in states.values())
    assert store.remove_feeds_except(feeds[:1]) == feeds[1:]
    assert store.due_counts()["fetch"] == 1


def test_due_follows_the_configured_feeds_and_leaves_articles_alone(store: Store) -> None:
    member = claimed(store)
    assert store.add_feeds(FEEDS) == 3
    store.finish_poll(started(store, f"feed:{FEEDS[0]}"), 900, {"polls": 1})
    assert store.add_feeds(FEEDS) == 0, "a feed that waits is left where it stands"
    assert store.remove_feeds_except(FEEDS[:1]) == list(FEEDS[1:])
    assert store.waiting(member)
    waiting = store.waiting(f"feed:{FEEDS[0]}")
    assert waiting
    assert waiting[1] > 800
    assert store.feed_states(FEEDS[:1])[FEEDS[0]].polls == 1


def test_a_fetch_by_hand_makes_a_feed_due_now_and_takes_it_from_whoever_had_it(store: Store) -> None:
    store.add_feeds(FEEDS[:1])
    lost = started(store, f"feed:{FEEDS[0]}")
    store.poll_now(FEEDS[:1])
    assert members(store.lease("fetch", LONG_LEASE, 10)) == [f"feed:{FEEDS[0]}"]
    with pytest.raises(LeaseLost):
        store.finish_poll(lost, 900, {"polls": 1})


def test_a_feed_that_is_no_longer_configured_leaves_due(store: Store) -> None:
    store.add_feeds(FEEDS[:1])
    store.forget_feed(started(store, f"feed:{FEEDS[0]}"))
    assert store.waiting(f"feed:{FEEDS[0]}") is None


# ── dead ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def died(store: Store, url: str = A, error: str = "answered 404") -> str:
    """A dead entry's id."""
    lease = started(store, claimed(store, url))
    store.set_aside(lease, "outlet", error)
    return lease.id


def test_the_dead_are_kept_with_their_errors_the_newest_first_and_counted(store: Store) -> None:
    died(store, A, "answered 404")
    time.sleep(0.003)
    died(store, B, "no article text found")
    assert [(state.url, state.error, state.outcome) for state in store.dead()] == [
        (B, "no article text found", "dead"),
        (A, "answered 404", "dead"),
    ]
    assert store.due_counts() == {"fetch": 0, "process": 0}
    assert store.dead_count() == store.day("outlet")["dead"] == 2


@pytest.mark.parametrize("step", ["fetch", "process"])
def test_a_revived_entry_has_all_its_attempts_from_the_step_at_which_it_died(store: Store, step: str) -> None:
    member = claimed(store)
    if step == "process":
        store.advance(started(store, member), PAGE)
    store.retry(started(store, member), 0, "first")
    store.set_aside(started(store, member), "outlet", "second")
    assert store.revive([article_id(A), article_id(B)]) == 1, "B was never dead"
    assert store.revive([article_id(A)]) == 0
    held, state = started(store, member), store.entry_state(article_id(A))
    assert (held.queue, held.attempt) == (step, 1)
    assert state
    assert not state.settled
    assert store.dead_count() == 0


def test_a_revived_entry_is_never_in_neither_place(store: Store, redis: Any) -> None:
    """A process may die between any two commands: between two of them the entry must stand somewhere."""
    entry_id, member = died(store), f"entry:{article_id(A)}"
    over = threading.Event()

    def nowhere() -> int:
        seen = 0
        while not over.is_set():
            with redis.pipeline(transaction=True) as look:
                look.zscore(store.keys.dead, member)
                look.zscore(store.keys.due("fetch"), member)
                seen += look.execute() == [None, None]
        return seen

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(nowhere)
        for _ in range(300):
            store.revive([entry_id])
            store.set_aside(started(store, member), "outlet", "again")
        over.set()
        assert watching.result() == 0


def test_an_entry_that_many_revive_at_once_is_revived_once(store: Store) -> None:
    entry_id = died(store)
    assert sorted(at_once(4, lambda _: store.revive([entry_id]))) == [0, 0, 0, 1]
    assert store.due_counts()["fetch"] == 1


def test_what_was_dropped_is_brought_back_by_no_feed_whatever_it_says_of_it_but_by_hand(store: Store) -> None:
    entry_id = died(store)
    assert store.drop([entry_id]) == 1
    assert store.drop([entry_id]) == 0
    assert store.dead() == []
    named = [Claim(entry(title=title), "outlet", feed) for title in ("News", "Else") for feed in ("outlet:feed", "b")]
    assert store.claim([*named, Claim(entry(), "outlet", "outlet:feed")]) == ["seen"] * 5
    assert store.due_counts()["fetch"] == 0
    assert store.claim([Claim(entry(), "outlet", BY_HAND, believed="always")]) == ["changed"]
    assert store.claim([Claim(entry(title="News"), "outlet", "outlet:feed")]) == ["changed"], (
        "as any other from then on"
    )


def test_a_revision_that_was_dropped_does_not_end_what_its_feed_says_of_the_article(store: Store) -> None:
    published(store)
    claimed(store, said=entry(title="News"))
    store.set_aside(started(store, f"entry:{article_id(A)}"), "outlet", "answered 500")
    assert store.drop([article_id(A)]) == 1
    assert store.claim([Claim(entry(title="News again"), "outlet", "outlet:feed")]) == ["changed"]


def test_dropping_nothing_drops_nothing(store: Store) -> None:
    assert store.drop([]) == store.revive([]) == 0


def test_a_dropped_entry_is_forgotten_in_the_end(server: EmbeddedServer, store: Store) -> None:
    brief = open_store(server.url, store.keys.prefix, kept_for(1e-6))  # 86 ms
    brief.drop([died(brief)])
    time.sleep(0.1)
    assert brief.entry_state(article_id(A)) is None
    brief.close()


# ── claim ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_verdicts_come_in_the_order_of_the_claims_and_new_work_is_due_when_they_come(store: Store) -> None:
    assert store.claim([Claim(entry(A), "outlet", "f"), Claim(entry(B), "outlet", "f")]) == ["new", "new"]
    assert sorted(members(store.lease("fetch", LONG_LEASE, 10))) == sorted(f"entry:{article_id(u)}" for u in (A, B))
    again = [Claim(entry(url, title=title), "outlet", "f") for url, title in ((C, "c"), (A, "other"), (B, ""))]
    assert store.claim([*again, Claim(entry(C, title="c"), "outlet", "f")]) == ["new", "changed", "changed", "seen"]
    assert store.claim([]) == []


def test_one_address_claimed_by_many_at_once_is_new_to_one(store: Store) -> None:
    verdicts = at_once(8, lambda n: store.claim([Claim(entry(), "outlet", f"outlet:{n}")])[0])
    assert sorted(verdicts) == ["new", *["seen"] * 7]
    assert store.due_counts()["fetch"] == 1


def test_a_date_alone_changes_nothing_and_a_title_authors_or_words_do(store: Store) -> None:
    def verdict(**more: Any) -> str:
        return store.claim([Claim(entry(**more), "outlet", "f")])[0]

    assert verdict(published="Monday") == "new"
    assert verdict(published="Tuesday", updated="Tuesday") == "seen"
    assert [verdict(title="t"), verdict(authors=("Ana",)), verdict(content="<p>w</p>")] == ["changed"] * 3


def test_another_feed_with_other_words_has_seen_it_and_then_has_a_hash_of_its_own(store: Store) -> None:
    claimed(store, feed="front")
    other = entry(title="The same news in the section's words")
    assert store.claim([Claim(other, "outlet", "section")]) == ["seen"]
    assert store.claim([Claim(entry(), "outlet", "front"), Claim(other, "outlet", "section")]) == ["seen", "seen"]
    assert store.claim([Claim(entry(title="Corrected"), "outlet", "section")]) == ["changed"]


def test_what_is_imported_is_believed_where_its_words_are_new_and_what_is_asked_for_by_hand_always(
    store: Store,
) -> None:
    claimed(store)
    imported = Claim(entry(content="<p>The whole text.</p>"), "outlet", "import", step="process", believed="new words")
    assert store.claim([imported]) == ["changed"]
    assert store.claim([imported]) == ["seen"]
    by_hand = Claim(entry(), "outlet", "hand", believed="always")
    assert store.claim([by_hand]) == store.claim([by_hand]) == ["changed"]
    assert store.due_counts() == {"fetch": 1, "process": 0}, "in one due at a time"


def test_a_change_while_the_entry_is_worked_on_takes_the_work_from_its_holder(store: Store) -> None:
    held = started(store, claimed(store))
    assert store.claim([Claim(entry(title="Corrected"), "outlet", "outlet:feed")]) == ["changed"]
    with pytest.raises(LeaseLost):
        store.advance(held, PAGE)
    said = store.said(held.id)
    assert said
    assert said.title == "Corrected"
    assert started(store, held.member).attempt == 1


def test_the_dead_that_are_claimed_anew_are_no_longer_dead(store: Store) -> None:
    died(store)
    assert store.claim([Claim(entry(title="Corrected"), "outlet", "outlet:feed")]) == ["changed"]
    state = store.entry_state(article_id(A))
    assert store.dead() == []
    assert state
    assert (state.outcome, state.error) == ("", "")


def test_a_finished_entry_is_remembered_as_long_as_a_feed_names_it(server: EmbeddedServer, store: Store) -> None:
    brief = open_store(server.url, store.keys.prefix, kept_for(4e-6))  # 350 ms
    published(brief)
    claim = Claim(entry(), "outlet", "outlet:feed")
    for _ in range(5):
        time.sleep(0.1)
        assert brief.claim([claim]) == ["seen"]
    time.sleep(0.4)
    assert brief.claim([claim]) == ["new"]
    lease = started(brief, f"entry:{article_id(A)}")
    brief.advance(lease, None)
    again = brief.commit(started(brief, lease.member), article(), ["all"])
    assert again == Committed("unchanged", article_id(A)), "what was published is known for good"
    brief.close()


# ── hosts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def waits(store: Store, *urls: str) -> list[int]:
    """Seconds until each of these entries is due, rounded."""
    found = [store.waiting(f"entry:{article_id(url)}") for url in urls]
    return [round(one[1]) for one in found if one]


def test_pages_of_one_host_take_its_slots_one_after_another(store: Store) -> None:
    elsewhere = "https://other.example/a"
    store.claim([Claim(entry(url), "outlet", "f", delay=10) for url in (A, B, elsewhere, C)])
    assert waits(store, A, B, C) == [0, 10, 20]
    assert waits(store, elsewhere) == [0]


def test_hosts_differ_by_their_ports(store: Store) -> None:
    first, second = "http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a"
    store.claim([Claim(entry(url), "outlet", "f", delay=10) for url in (first, second)])
    assert waits(store, first, second) == [0, 0]


def test_a_host_that_asks_for_a_pause_has_its_next_slot_after_it(store: Store) -> None:
    store.host_pause(A, 100)
    store.host_pause(B, 20)  # a shorter one does not end it
    store.claim([Claim(entry(url), "outlet", "f", delay=5) for url in (A, B)])
    assert waits(store, A, B) == [100, 105]


def test_the_longest_of_many_pauses_asked_for_at_once_holds(store: Store) -> None:
    def pause(host: str, number: int) -> None:
        store.host_pause(host, (5, 500, 50, 0)[number])

    for number in range(20):
        host = f"https://host{number}.example/a"
        at_once(4, partial(pause, host))
        claimed(store, host)
        assert waits(store, host) == [500]


def test_a_page_that_was_waiting_when_its_host_asked_for_a_pause_takes_a_slot_after_it(store: Store) -> None:
    held = [started(store, claimed(store, url)) for url in (A, B)]
    other = started(store, claimed(store, "https://other.example/a"))
    assert not store.postpone(held[0], A, 5).waits, "nobody asked for a pause yet"
    store.host_pause(A, 100)
    assert [store.postpone(lease, A, 5).waits for lease in held] == ["its host asked for a pause"] * 2
    assert not store.postpone(other, "https://other.example/a", 5).waits
    assert waits(store, A, B) == [100, 105]
    assert started(store, held[0].member).attempt == 1, "an attempt that was not made is not counted"
    with pytest.raises(LeaseLost):
        store.postpone(held[0], A, 5)


def test_pacing_alone_is_no_pause(store: Store) -> None:
    store.claim([Claim(entry(url), "outlet", "f", delay=30) for url in (A, B, C)])
    held = started(store, f"entry:{article_id(A)}")
    assert not store.postpone(held, A, 30).waits


def test_an_import_needs_no_slot_of_its_host(store: Store) -> None:
    store.host_pause(A, 100)
    claimed(store, step="process", delay=10)
    assert waits(store, A) == [0]


# ── commit ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def queue(store: Store, name: str = "all") -> list[tuple[str, int, str]]:
    """(url, revision, event) of each entry of the queue."""
    return [(found.url, found.revision, found.event) for found in store.read_queue(name, "0", 1000)]


def test_a_commit_publishes_everywhere_at_once_and_ends_the_work(store: Store) -> None:
    made = article(published=NOW, language="en")
    lease = to_process(store)
    assert store.commit(lease, made, ["all", "english"]) == Committed("created", made.id)
    assert queue(store) == queue(store, "english") == [(A, 1, "created")]
    (found,) = store.read_queue("all", "0")
    assert (found.id, found.title, found.source, found.language, found.published) == (
        article_id(A),
        made.title,
        "outlet",
        "en",
        "2026-03-01T12:00:00Z",
    )
    assert store.article(made.id) == made
    assert list(store.articles()) == list(store.articles("outlet")) == [made]
    assert outcomes(store) == "created"
    assert store.due_counts() == {"fetch": 0, "process": 0}
    assert store.day("outlet")["created"] == 1


def test_the_same_words_again_are_unchanged_and_other_words_the_next_revision(store: Store) -> None:
    published(store)
    assert store.commit(to_process(store), article(revision=2), ["all"]).outcome == "unchanged"
    assert store.commit(to_process(store), article(title="Corrected", revision=2), ["all"]).outcome == "updated"
    assert queue(store) == [(A, 1, "created"), (A, 2, "updated")]
    kept = store.article(article_id(A))
    assert kept
    assert (kept.title, kept.revision, store.revision(kept.id)) == ("Corrected", 2, 2)
    assert len(list(store.articles())) == 1
    assert store.day("outlet") == {"created": 1, "unchanged": 1, "updated": 1}


@pytest.mark.parametrize("revision", [1, 3])
def test_a_revision_that_does_not_follow_is_a_conflict_and_the_work_goes_on(store: Store, revision: int) -> None:
    published(store)
    lease = to_process(store)
    wrong = article(title="Corrected", revision=revision)
    assert store.commit(lease, wrong, ["all"]) == Committed("conflict", "1")
    assert queue(store) == [(A, 1, "created")]
    assert store.commit(lease, article(title="Corrected", revision=2), ["all"]).outcome == "updated"


def test_the_same_body_at_two_addresses_is_one_article_and_a_duplicate(store: Store) -> None:
    through_commit(store, article(A, text(1)))
    copy = article(B, text(1).upper().replace(".", " —"), title=f"The news at {A}!")
    assert through_commit(store, copy) == Committed("duplicate", article_id(A))
    assert queue(store) == [(A, 1, "created")]
    assert store.article(article_id(B)) is None
    state = store.entry_state(article_id(B))
    assert state
    assert (state.outcome, state.article) == ("duplicate", article_id(A))


def test_a_copy_that_gets_words_of_its_own_is_published(store: Store) -> None:
    through_commit(store, article(A, text(1)))
    assert through_commit(store, article(B, text(1), title=f"The news at {A}")).outcome == "duplicate"
    assert through_commit(store, article(B, text(2))).outcome == "created"
    assert queue(store) == [(A, 1, "created"), (B, 1, "created")]


def test_short_bodies_are_alike_by_chance(store: Store) -> None:
    published(store, A, "Video: watch the speech here.")
    published(store, B, "Video: watch the speech here.")
    assert len(queue(store)) == 2


def test_another_address_of_the_same_page_is_a_duplicate_though_its_words_differ_a_little(store: Store) -> None:
    published(store, A, text(1))
    amp = article(A, text(1) + " Read more in the app.")
    assert store.commit(to_process(store, f"{A}/amp"), amp, ["all"]) == Committed("duplicate", article_id(A))
    assert queue(store) == [(A, 1, "created")]


def test_that_other_address_stays_a_duplicate_when_both_are_corrected(store: Store) -> None:
    published(store, A, text(1))
    store.commit(to_process(store, f"{A}/amp"), article(A, text(1) + " In the app."), ["all"])
    corrected = article(A, text(2), revision=2)
    assert store.commit(to_process(store, A), corrected, ["all"]).outcome == "updated"
    amp = article(A, text(2) + " In the app.", revision=3)
    assert store.commit(to_process(store, f"{A}/amp"), amp, ["all"]).outcome == "duplicate"
    assert len(queue(store)) == 2


def test_an_article_is_revised_through_the_address_under_which_it_was_found(store: Store) -> None:
    """Feeds name articles by addresses that redirect: ?p=123, a link through a counter."""
    found = "https://outlet.example/?p=123"
    assert store.commit(to_process(store, found), article(A, text(1)), ["all"]).outcome == "created"
    assert store.commit(to_process(store, found), article(A, text(2), revision=2), ["all"]).outcome == "updated"
    assert queue(store) == [(A, 1, "created"), (A, 2, "updated")]


def test_an_article_that_was_purged_does_not_return(store: Store, redis: Any) -> None:
    through_commit(store, article(A, text(1)))
    redis.delete(store.keys.article(article_id(A)))
    assert through_commit(store, article(A, text(1))).outcome == "unchanged"
    assert through_commit(store, article(B, text(1))).outcome == "duplicate"
    assert queue(store) == [(A, 1, "created")]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_workers_that_commit_the_same_revision_publish_it_once_in_either_order(
    store: Store, order: tuple[int, int]
) -> None:
    work = [(to_process(store, url), article(A, text(n))) for n, url in enumerate((A, f"{A}?print"))]
    found = [store.commit(*work[number], ["all"]).outcome for number in order]
    assert found == ["created", "duplicate" if order == (0, 1) else "conflict"]
    assert [(url, revision) for url, revision, _ in queue(store)] == [(A, 1)]


def test_many_workers_that_commit_the_same_article_at_once_publish_it_once(store: Store) -> None:
    work = [to_process(store, f"{A}?copy={n}") for n in range(8)]
    found = at_once(8, lambda n: store.commit(work[n], article(A, text(1)), ["all"]).outcome)
    assert sorted(found) == ["created", *["duplicate"] * 7]
    assert queue(store) == [(A, 1, "created")]


def test_many_workers_with_the_same_lease_publish_once(store: Store) -> None:
    lease = to_process(store)
    found = at_once(8, lambda n: store.commit(lease, article(), ["all"]).outcome)
    assert sorted(found) == ["created", *["stale"] * 7]


def test_a_queue_is_kept_at_its_length(server: EmbeddedServer, store: Store) -> None:
    short = open_store(server.url, store.keys.prefix, RetentionSettings(queue_length=10))
    for number in range(250):
        published(short, f"{A}/{number}")
    assert 10 <= short.queue_length("all") < 250
    assert short.read_queue("all", "0", 1000)[-1].url == f"{A}/249", "the oldest are dropped"
    short.close()


# ── any interleaving ─────────────────────────────────────────────────────────────────────────────────────────────────

THOROUGH = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


class Leases(RuleBasedStateMachine):
    """Schedulers, workers, repeated messages and fetches by hand, in any order, against what may happen."""

    server: EmbeddedServer

    def __init__(self) -> None:
        super().__init__()
        self.store = open_store(self.server.url, f"leases:{uuid4()}:")
        self.store.add_feeds(FEEDS)
        self.messages: list[Lease] = []
        self.runs: list[Lease] = []
        self.holder: dict[str, str | None] = {f"feed:{feed}": None for feed in FEEDS}
        self.used: set[tuple[str, str]] = set()

    def teardown(self) -> None:
        self.store.close()

    def use(self, lease: Lease) -> None:
        assert (lease.member, lease.token) not in self.used, "a token was used twice"
        self.used.add((lease.member, lease.token))

    @rule(most=st.integers(1, 3))
    def lease(self, most: int) -> None:
        leases = self.store.lease("fetch", LONG_LEASE, most)
        free = [member for member, token in self.holder.items() if token is None]
        assert len(leases) == min(most, len(free))
        assert {lease.member for lease in leases} <= set(free)
        self.messages += leases
        self.holder.update({lease.member: lease.token for lease in leases})
        time.sleep(0.0012)  # a token is a time in milliseconds

    @rule(feed=st.sampled_from(FEEDS))
    def fetch_by_hand(self, feed: str) -> None:
        self.store.poll_now([feed])
        self.holder[f"feed:{feed}"] = None
        time.sleep(0.0012)  # what becomes due in the same millisecond is leased by its name, or else by its time

    @precondition(lambda self: self.messages)
    @rule(choice=st.data())
    def deliver_a_message_perhaps_again(self, choice: st.DataObject) -> None:
        message = choice.draw(st.sampled_from(self.messages))
        held = self.store.start(message, LONG_RUN)
        assert bool(held) == (self.holder[message.member] == message.token)
        if held:
            self.use(message)
            self.runs.append(held)
            self.holder[held.member] = held.token

    @precondition(lambda self: self.runs)
    @rule(choice=st.data(), end=st.sampled_from(["finish_poll", "retry", "give_back"]))
    def end_a_run_perhaps_again(self, choice: st.DataObject, end: str) -> None:
        run = choice.draw(st.sampled_from(self.runs))
        if self.holder[run.member] != run.token:
            with pytest.raises(LeaseLost):
                ENDS[end](self.store, run)
            return
        ENDS[end](self.store, run)
        self.use(run)
        self.holder[run.member] = None
        time.sleep(0.0012)  # or it is due in a millisecond that has not come

    @invariant()
    def nothing_is_lost(self) -> None:
        assert self.store.due_counts()["fetch"] == len(FEEDS)


def test_in_any_interleaving_a_token_starts_and_ends_work_at_most_once(server: EmbeddedServer) -> None:
    Leases.server = server
    run_state_machine_as_test(Leases, settings=settings(THOROUGH, stateful_step_count=30))


def committing(store: Store, lease: Lease, url: str, body: int) -> Iterator[None]:
    """A worker's commit, which may be interrupted between its reading of the revision and its script."""
    while True:
        revision = store.revision(article_id(url)) + 1
        yield
        made = article(url, text(body), revision=revision)
        if store.commit(lease, made, ["all"]).outcome != "conflict":
            return


COMMITS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from((A, B)), st.integers(1, 3)), min_size=2, max_size=5
)


@THOROUGH
@given(rounds=st.lists(COMMITS, min_size=1, max_size=3), order=st.randoms(use_true_random=False))
def test_in_any_interleaving_of_commits_each_revision_is_published_once(
    server: EmbeddedServer, rounds: list[list[tuple[str, str, int]]], order: Any
) -> None:
    store = open_store(server.url, f"commits:{uuid4()}:")
    for works in rounds:
        running = []
        for name, url, body in {name: (name, url, body) for name, url, body in works}.values():
            lease = to_process(store, f"https://outlet.example/{name}")
            running.append(committing(store, lease, url, body))
        while running:
            worker = order.choice(running)
            if next(worker, "done") == "done":
                running.remove(worker)
    found = queue(store)
    assert store.due_counts() == {"fetch": 0, "process": 0}
    for url in (A, B):
        revisions = [revision for at, revision, _ in found if at == url]
        assert revisions == list(range(1, store.revision(article_id(url)) + 1))
        kept = store.article(article_id(url))
        assert (kept.revision if kept else 0) == len(revisions)
    assert len(found) == len(set(found))
    store.close()
