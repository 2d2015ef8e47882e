"""When work is due next: feeds learn their rhythm, failures wait longer each time, and nobody is asked too soon."""

from itertools import pairwise
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.models import Outcome
from ingest.rhythm import Rhythm, worth_polling_in
from ingest.schedule import (
    FINAL,
    FINAL_STATUS,
    FIRST_INTERVAL,
    HOPELESS,
    Asked,
    Interval,
    Polled,
    interval_after,
    interval_after_failure,
    jittered,
    retry_after,
)
from ingest.settings import ScheduleSettings
from tests.unit.rhythms import RHYTHMS

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
MONDAY_NOON = 1_767_571_200.0 + 12 * HOUR
SCHEDULE = ScheduleSettings()
NOTHING_ASKED = Asked()


def rhythm(a_day: float) -> Rhythm:
    """Of a feed that was watched for a month."""
    return Rhythm(found=30 * a_day, watched=30 * DAY)


def interval(
    known: Rhythm,
    *,
    new: int = 1,
    entries: int = 20,
    asked: Asked = NOTHING_ASKED,
    previous: float = HOUR,
    first: bool = False,
    pace: float = SCHEDULE.pace,
    bounds: tuple[float, float] = (5 * MINUTE, DAY),
) -> Interval:
    least, most = bounds
    polled = Polled(new, entries, first)
    return interval_after(polled, known, MONDAY_NOON, asked, previous=previous, least=least, most=most, pace=pace)


# ── after a poll ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_feed_that_says_nothing_of_its_rhythm_is_polled_again_after_a_quarter_of_an_hour() -> None:
    assert interval(Rhythm(), new=20, first=True) == (FIRST_INTERVAL, "new to us")
    assert FIRST_INTERVAL == 15 * MINUTE


def test_the_first_poll_of_a_feed_that_tells_its_rhythm_already_follows_it() -> None:
    busy, quiet = interval(rhythm(50), new=20, first=True), interval(rhythm(1), new=20, first=True)
    assert busy.why == quiet.why == "rhythm"
    assert busy.seconds < FIRST_INTERVAL < HOUR < quiet.seconds


def test_the_busier_a_feed_the_sooner_its_next_poll() -> None:
    waits = [interval(rhythm(a_day)).seconds for a_day in (0.01, 0.1, 1, 5, 25, 125, 600, 3000)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] == DAY
    assert waits[-1] == 5 * MINUTE


def test_a_quiet_feed_is_asked_once_a_day_and_says_why() -> None:
    assert interval(rhythm(0)) == (DAY, "quiet")


@pytest.mark.parametrize(("new", "missed"), [(20, True), (19, False), (1, False), (0, False)])
def test_entries_that_were_never_seen_before_all_of_them_make_the_next_poll_come_twice_as_soon(
    new: int, missed: bool
) -> None:
    found = interval(rhythm(0.1), new=new, previous=2 * HOUR)
    assert (found == (HOUR, "entries were missed")) == missed


def test_a_first_poll_has_missed_nothing_and_a_feed_of_one_entry_never_does() -> None:
    assert interval(rhythm(0.1), new=20, first=True).why == "quiet"
    assert interval(rhythm(0.1), new=1, entries=1).why == "quiet"


def test_a_feed_that_was_missed_may_be_asked_sooner_than_that_but_never_later() -> None:
    assert interval(rhythm(200), new=20, previous=DAY).seconds < HOUR


def test_a_short_feed_is_asked_before_half_of_it_is_renewed() -> None:
    """Of ten entries an hour and room for four, two are there after twelve minutes."""
    slowly = HOUR * 10
    short, long = (interval(rhythm(240), entries=entries, pace=slowly).seconds for entries in (4, 100))
    assert short < 12 * MINUTE < long


def test_a_feed_and_its_server_are_asked_no_sooner_than_they_wish() -> None:
    busy = rhythm(200)
    assert interval(busy, asked=Asked(ttl=2 * HOUR)) == (2 * HOUR, "asked by the feed")
    assert interval(busy, asked=Asked(fresh_for=HOUR)) == (HOUR, "asked by max-age")
    assert interval(busy, asked=Asked(ttl=HOUR, fresh_for=3 * HOUR)) == (3 * HOUR, "asked by max-age")
    assert interval(busy, asked=Asked(retry_after=HOUR)) == (HOUR, "asked by Retry-After")


def test_who_asks_for_less_than_is_waited_anyhow_changes_nothing() -> None:
    least = Asked(ttl=MINUTE, fresh_for=MINUTE, retry_after=MINUTE)
    assert interval(rhythm(20), asked=least) == interval(rhythm(20))


def test_no_wish_is_longer_than_the_longest_interval_but_retry_after_is_obeyed() -> None:
    assert interval(rhythm(200), asked=Asked(ttl=30 * DAY)) == (DAY, "asked by the feed")
    assert interval(rhythm(200), asked=Asked(retry_after=DAY), bounds=(MINUTE, HOUR)).seconds == DAY


BOUNDS = st.tuples(st.floats(1, DAY), st.floats(1, DAY)).map(lambda pair: (min(pair), max(pair)))
SECONDS = st.none() | st.floats(0, 10 * DAY)
POLLED = st.builds(lambda new, more, first: Polled(new, new + more, first), *[st.integers(0, 500)] * 2, st.booleans())


@given(POLLED, RHYTHMS, st.floats(0, 4e9), st.builds(Asked, SECONDS, SECONDS, SECONDS), st.floats(0, DAY), BOUNDS)
def test_no_poll_leaves_the_bounds_and_none_comes_before_it_may(
    polled: Polled, known: Rhythm, clock: float, asked: Asked, previous: float, bounds: tuple[float, float]
) -> None:
    least, most = bounds
    seconds, why = interval_after(polled, known, clock, asked, previous=previous, least=least, most=most, pace=1800.0)
    assert least <= seconds <= max(most, asked.retry_after or 0)
    assert seconds >= min(max(asked.ttl or 0, asked.fresh_for or 0), most)
    assert seconds >= (asked.retry_after or 0)
    assert why


@given(RHYTHMS, st.floats(0, 4e9), st.floats(1, 50))
def test_more_entries_never_make_a_feed_wait_longer_and_a_slower_pace_never_shorter(
    known: Rhythm, clock: float, times: float
) -> None:
    busier = msgspec.structs.replace(known, found=known.found * times)

    def wait(known: Rhythm, pace: float) -> float:
        return worth_polling_in(known, clock, pace=pace, most=DAY)

    assert wait(busier, 1800) <= wait(known, 1800) + 1
    assert wait(known, 1800 * times) >= wait(known, 1800) - 1


# ── after a failure ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_failure_of_a_feed_in_a_row_doubles_the_wait_up_to_the_longest_interval() -> None:
    waits = [interval_after_failure(failures, Outcome.TIMEOUT, None, SCHEDULE) for failures in range(1, 21)]
    assert waits[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert all(later == min(2 * earlier, DAY) for earlier, later in pairwise(waits))
    assert waits[-1] == DAY


def test_a_feed_that_was_dead_for_weeks_is_asked_once_a_week_and_for_ever() -> None:
    waits = [interval_after_failure(failures, Outcome.TIMEOUT, None, SCHEDULE) for failures in range(1, 1000)]
    assert waits == sorted(waits)
    assert waits[25] == 6 * DAY
    assert waits[-1] == 7 * DAY


@pytest.mark.parametrize("outcome", [None, *sorted(set(Outcome) - {Outcome.GONE, Outcome.BAD_URL})])
def test_no_error_ends_a_feed(outcome: Outcome | None) -> None:
    assert interval_after_failure(10_000, outcome, None, SCHEDULE) <= 7 * DAY


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
