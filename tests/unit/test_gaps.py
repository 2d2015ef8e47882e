"""Whether a poll shows that entries came and went before it."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.gaps import HOUR, in_a_row, renewed, worth_walking
from ingest.roll import Roll, RollEntry


def roll(*numbers: int) -> Roll:
    return Roll(entries=tuple(RollEntry(entry=number.to_bytes(8, "big")) for number in numbers))


@given(st.integers(2, 30), st.integers(0, 100))
def test_a_feed_of_the_last_so_many_shows_a_gap_exactly_where_more_came_than_it_holds(size: int, came: int) -> None:
    before, now = range(100, 100 - size, -1), range(100 + came, 100 + came - size, -1)
    assert renewed(roll(*before), roll(*now)) == (came >= size)


@given(st.integers(8, 30), st.integers(0, 60))
def test_two_that_are_pinned_to_the_top_change_nothing_of_that(size: int, came: int) -> None:
    before, now = range(100, 100 - size, -1), range(100 + came, 100 + came - size, -1)
    assert renewed(roll(900, 901, *before), roll(901, 900, *now)) == (came >= size)


@given(st.integers(2, 30), st.integers(0, 60))
def test_nor_does_a_feed_with_the_oldest_on_top(size: int, came: int) -> None:
    before, now = range(100, 100 + size), range(100 + came, 100 + came + size)
    assert renewed(roll(*before), roll(*now)) == (came >= size)


@given(st.integers(1, 30), st.integers(0, 30))
def test_a_feed_that_only_grows_misses_nothing(size: int, came: int) -> None:
    assert not renewed(roll(*range(size)), roll(*range(size + came)))
    assert not renewed(roll(*range(size)[::-1]), roll(*range(size + came)[::-1]))


def test_the_first_poll_and_a_feed_of_one_show_nothing() -> None:
    assert not renewed(roll(), roll(*range(10)))
    assert not renewed(roll(1), roll(2))
    assert not renewed(roll(1, 2), roll(3))
    assert not renewed(roll(1, 2), roll())


def test_a_feed_that_is_new_each_time_is_walked_less_and_less_often() -> None:
    """Polled hourly for a month: six walks, not seven hundred."""
    gaps, last, walked = 0, 0.0, 0
    for hour in range(1, 721):
        if worth_walking(gaps, last, hour * HOUR):
            gaps, last, walked = in_a_row(gaps, last, hour * HOUR), hour * HOUR, walked + 1
    assert 4 <= walked <= 8


def test_two_gaps_days_apart_are_each_the_first() -> None:
    assert in_a_row(0, 0.0, 1e9) == 1
    assert in_a_row(1, 1e9, 1e9 + 2 * 86_400) == 1
    assert in_a_row(1, 1e9, 1e9 + HOUR) == 2
