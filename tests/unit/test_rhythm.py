"""When a feed publishes: learned from dates and polls, and what follows from it for the next poll."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.rhythm import Rhythm, begun, expected, learned, worth_polling_in
from tests.unit.rhythms import RHYTHMS

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
MONDAY = 1_767_571_200.0  # 2026-01-05
PACE = 1800.0


def times(start: float, end: float, every: float) -> list[float]:
    return [start + every * number for number in range(int((end - start) / every))]


def watched(days: int, publishes: tuple[float, ...], every: float = HOUR) -> Rhythm:
    """After so many days of polls at a feed that publishes at these hours of each working day."""
    rhythm = Rhythm()
    for start in times(MONDAY - days * DAY, MONDAY, every):
        day, hour = (start // DAY + 3) % 7, start % DAY / HOUR
        came = [start + every / 2] if day < 5 and hour in publishes else []
        rhythm = learned(rhythm, came, every, start + every)
    return rhythm


def wait(rhythm: Rhythm, clock: float) -> float:
    return worth_polling_in(rhythm, clock, pace=PACE, most=DAY)


# ── what is learned ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_dates_of_a_first_poll_tell_the_rate() -> None:
    rhythm = begun(times(MONDAY, MONDAY + 2 * DAY, HOUR), MONDAY + 2 * DAY)
    assert rhythm.found / rhythm.watched == pytest.approx(1 / HOUR, rel=0.01)


def test_a_few_entries_of_long_ago_do_not_make_a_feed_slow() -> None:
    stuck = [MONDAY - 400 * DAY, MONDAY - 300 * DAY, MONDAY - 200 * DAY]
    rhythm = begun([*stuck, *times(MONDAY, MONDAY + DAY, HOUR)], MONDAY + DAY)
    assert rhythm.found / rhythm.watched == pytest.approx(1 / HOUR, rel=0.1)


def test_a_feed_that_fell_silent_is_slower_than_its_entries_were() -> None:
    dates = times(MONDAY, MONDAY + DAY, HOUR)
    fresh, silent = begun(dates, MONDAY + DAY), begun(dates, MONDAY + 30 * DAY)
    assert silent.found / silent.watched < fresh.found / fresh.watched / 10


@pytest.mark.parametrize("said", [[], [MONDAY], [MONDAY + DAY, MONDAY + 2 * DAY], [MONDAY, MONDAY]])
def test_no_date_one_date_dates_to_come_and_the_present_tell_nothing(said: list[float]) -> None:
    assert not begun(said, MONDAY).known


def test_a_change_of_habit_is_learned_within_weeks() -> None:
    rhythm = watched(28, tuple(range(24)))
    before = expected(rhythm, MONDAY, 7 * DAY)
    for _ in range(28):
        rhythm = learned(rhythm, [], DAY, MONDAY)
    assert expected(rhythm, MONDAY, 7 * DAY) < before / 3


def test_midnight_to_the_second_is_a_date_without_a_time() -> None:
    rhythm = begun(times(MONDAY - 20 * DAY, MONDAY, DAY), MONDAY)
    assert not any(rhythm.hours)
    assert sum(rhythm.days) == 20


def test_what_is_kept_of_a_feed_stays_small_however_much_it_publishes() -> None:
    rhythm = Rhythm()
    for _ in range(300):
        rhythm = learned(rhythm, times(MONDAY, MONDAY + HOUR, MINUTE), HOUR, MONDAY + HOUR)
    kept = msgspec.json.encode(rhythm)
    assert len(kept) < 200
    assert msgspec.json.decode(kept, type=Rhythm) == rhythm


# ── what follows ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_feed_with_an_entry_an_hour_is_polled_at_the_pace_asked_for() -> None:
    """By the mean over a week: it is sooner by day and later by night."""
    rhythm = Rhythm(found=24 * 30, watched=30 * DAY)
    waits = [wait(rhythm, clock) for clock in times(MONDAY, MONDAY + 7 * DAY, HOUR)]
    assert sum(waits) / len(waits) == pytest.approx(PACE, rel=0.25)


def test_a_newsroom_that_sleeps_is_let_sleep_and_asked_again_when_it_wakes() -> None:
    rhythm = watched(56, tuple(range(8, 20)))
    tuesday = MONDAY + DAY
    by_day, by_night = wait(rhythm, tuesday + 12 * HOUR), wait(rhythm, tuesday + 21 * HOUR)
    assert by_day < HOUR
    assert by_night > 5 * HOUR
    assert 2 * HOUR < wait(rhythm, tuesday + 6 * HOUR) < 3 * HOUR


def test_a_newsroom_that_rests_on_sunday_is_asked_less_often_then() -> None:
    rhythm = watched(56, tuple(range(8, 20)))
    assert wait(rhythm, MONDAY + 6.5 * DAY) > 2 * wait(rhythm, MONDAY + 1.5 * DAY)


def test_news_in_general_sleeps_too_so_a_new_feed_is_asked_less_often_by_night() -> None:
    rhythm = Rhythm(found=24, watched=DAY)
    assert wait(rhythm, MONDAY + DAY + 2 * HOUR) > 1.5 * wait(rhythm, MONDAY + DAY + 10 * HOUR)


def test_a_surge_is_followed_closely_and_forgotten_within_hours() -> None:
    rhythm = watched(56, tuple(range(24)))
    noon = MONDAY + 12 * HOUR
    usual = learned(rhythm, [noon - MINUTE], HOUR, noon)
    surge = learned(rhythm, times(noon - 20 * MINUTE, noon, MINUTE), HOUR, noon)
    assert wait(surge, noon) < wait(usual, noon) / 1.5
    for hour in range(1, 13):
        usual, surge = (learned(each, [noon + hour * HOUR], HOUR, noon + hour * HOUR) for each in (usual, surge))
    assert wait(surge, noon + 12 * HOUR) == pytest.approx(wait(usual, noon + 12 * HOUR), rel=0.1)


def test_a_silence_makes_a_feed_wait_longer_until_it_is_usual() -> None:
    rhythm = watched(56, tuple(range(24)), every=MINUTE * 10)
    noon = MONDAY + 12 * HOUR
    silent = learned(rhythm, [], 3 * HOUR, noon)
    assert wait(silent, noon) > 1.2 * wait(rhythm, noon)


@given(RHYTHMS, st.floats(0, 4e9), st.floats(0, 10 * DAY))
def test_more_time_never_brings_fewer_entries(rhythm: Rhythm, clock: float, seconds: float) -> None:
    counts = [expected(rhythm, clock, seconds * share) for share in (0.0, 0.3, 0.6, 1.0)]
    assert counts[0] == 0
    assert all(later >= earlier for earlier, later in pairwise(counts))


@given(RHYTHMS, st.floats(0, 4e9), st.integers(2, 1000))
def test_no_more_than_half_of_a_feed_is_renewed_before_it_is_asked(rhythm: Rhythm, clock: float, room: int) -> None:
    seconds = worth_polling_in(rhythm, clock, pace=DAY, most=DAY, room=room)
    assert expected(rhythm, clock, max(seconds - 2, 0)) <= room / 2 + 1e-6


@given(RHYTHMS, st.lists(st.floats(0, 4e9), max_size=30), st.floats(0, 1000 * DAY))
def test_whatever_is_learned_is_a_rhythm_again(rhythm: Rhythm, came: list[float], seconds: float) -> None:
    after = learned(rhythm, came, seconds, 5e9)
    assert after.found >= 0
    assert after.watched >= 0
    assert 0 < worth_polling_in(after, MONDAY, pace=PACE, most=DAY) <= DAY
