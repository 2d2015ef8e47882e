"""When work is due next: feeds learn their rhythm, failures wait longer each time, and nobody is asked too soon."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.models import Outcome
from ingest.schedule import (
    FINAL,
    FINAL_STATUS,
    FIRST_INTERVAL,
    HOPELESS,
    interval_after,
    interval_after_failure,
    jittered,
    retry_after,
)
from ingest.settings import ScheduleSettings

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
SCHEDULE = ScheduleSettings()


def interval(previous: float, new: int, entries: int = 20, ttl: float | None = None) -> float:
    return interval_after(previous, new=new, entries=entries, least=5 * MINUTE, most=DAY, ttl=ttl)


# ── after a poll ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_feeds_second_poll_is_a_quarter_of_an_hour_after_its_first() -> None:
    assert interval(0, new=20) == interval(0, new=0) == FIRST_INTERVAL == 15 * MINUTE


def test_nothing_new_is_asked_for_less_often() -> None:
    assert interval(HOUR, new=0) == 1.5 * HOUR


@pytest.mark.parametrize("new", [10, 20])
def test_a_feed_that_is_new_by_half_is_asked_twice_as_often_as_entries_may_have_been_missed(new: int) -> None:
    assert interval(HOUR, new=new) == HOUR / 2


@pytest.mark.parametrize("new", [1, 9])
def test_a_few_new_entries_are_the_right_rhythm(new: int) -> None:
    assert interval(HOUR, new=new) == HOUR


def test_a_feed_without_entries_is_asked_less_often() -> None:
    assert interval(HOUR, new=0, entries=0) == 1.5 * HOUR


def test_the_bounds_hold() -> None:
    assert interval(6 * MINUTE, new=20) == 5 * MINUTE
    assert interval(20 * HOUR, new=0) == DAY


def test_what_the_feed_asks_for_is_the_least_but_never_more_than_the_most() -> None:
    assert interval(HOUR, new=20, ttl=2 * HOUR) == 2 * HOUR
    assert interval(HOUR, new=0, ttl=2 * MINUTE) == 1.5 * HOUR
    assert interval(HOUR, new=0, ttl=30 * DAY) == DAY


def test_a_quiet_feed_is_soon_asked_once_a_day_and_a_busy_one_every_five_minutes() -> None:
    def settled(new: int) -> float:
        seconds = 0.0
        for _ in range(20):
            seconds = interval(seconds, new)
        return seconds

    assert settled(0) == DAY
    assert settled(20) == 5 * MINUTE


BOUNDS = st.tuples(st.floats(1, DAY), st.floats(1, DAY)).map(sorted)


@given(st.floats(0, 10 * DAY), st.integers(0, 500), st.integers(0, 500), BOUNDS, st.none() | st.floats(0, 10 * DAY))
def test_no_poll_leaves_the_bounds(
    previous: float, new: int, more: int, bounds: list[float], ttl: float | None
) -> None:
    least, most = bounds
    seconds = interval_after(previous, new=new, entries=new + more, least=least, most=most, ttl=ttl)
    assert least <= seconds <= most
    assert seconds >= min(ttl or 0, most)


# ── after a failure ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_failure_of_a_feed_in_a_row_doubles_the_wait_up_to_the_longest_interval() -> None:
    waits = [interval_after_failure(failures, Outcome.TIMEOUT, None, SCHEDULE) for failures in range(1, 40)]
    assert waits[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert all(later == min(2 * earlier, DAY) for earlier, later in pairwise(waits))
    assert waits[-1] == DAY


@pytest.mark.parametrize("outcome", [None, *sorted(set(Outcome) - {Outcome.GONE, Outcome.BAD_URL})])
def test_no_error_ends_a_feed(outcome: Outcome | None) -> None:
    assert interval_after_failure(10_000, outcome, None, SCHEDULE) <= DAY


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.BAD_URL])
def test_a_feed_that_is_gone_or_has_no_address_is_left_alone_for_a_year(outcome: Outcome) -> None:
    assert interval_after_failure(1, outcome, 60.0, SCHEDULE) == 365 * DAY


def test_an_articles_page_is_tried_again_ever_later_but_within_six_hours() -> None:
    waits = [retry_after(attempt, None, SCHEDULE) for attempt in range(1, 40)]
    assert waits[:4] == [30.0, MINUTE, 2 * MINUTE, 4 * MINUTE]
    assert waits == sorted(waits)
    assert waits[-1] == 6 * HOUR


@given(st.integers(1, 10_000), st.floats(0, 10 * DAY))
def test_nobody_is_asked_sooner_than_they_said(tries: int, wait: float) -> None:
    assert retry_after(tries, wait, SCHEDULE) >= wait
    assert interval_after_failure(tries, Outcome.HTTP_ERROR, wait, SCHEDULE) >= wait


def test_what_another_attempt_cannot_change_is_not_tried_again() -> None:
    assert HOPELESS < FINAL
    assert Outcome.TIMEOUT not in FINAL
    assert {410, 451} <= FINAL_STATUS
    assert not FINAL_STATUS & {404, 408, 425, 429, 500, 502, 503, 504}


# ── jitter ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.floats(0, 365 * DAY), st.floats(0, 1, exclude_max=True))
def test_spreading_makes_nothing_due_sooner_and_little_later(seconds: float, chance: float) -> None:
    assert seconds <= jittered(seconds, lambda: chance) <= seconds * 1.1


def test_feeds_that_were_added_together_do_not_stay_together() -> None:
    chance = Random(1)
    due = [jittered(HOUR, chance.random) for _ in range(100)]
    assert max(due) - min(due) > 5 * MINUTE
