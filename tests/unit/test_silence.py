"""When a feed's silence is news."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.rhythm import HOUR, Rhythm, begun, learned
from ingest.silence import DAY, ENOUGH_HEARD, LEAST, Silence, listened, silent_since

START = 1_767_571_200.0


class Feed:
    """A feed that is polled every two hours."""

    def __init__(self) -> None:
        self.now, self.rhythm, self.silence = START, begun([], START), Silence()

    def poll(self, new: int, seconds: float = 2 * HOUR) -> None:
        self.now += seconds
        came = [self.now - 1.0] * new
        self.rhythm = learned(self.rhythm, came, seconds, self.now)
        self.silence = listened(self.silence, self.rhythm, new=new, seconds=seconds, now=self.now, ahead=0.0)

    def run(self, days: float, every: float | None) -> "Feed":
        """So many days with an entry each so many hours, None for none."""
        end, next_entry = self.now + days * DAY, self.now + (every or 0) * HOUR
        while self.now < end:
            due = every is not None and self.now + 2 * HOUR >= next_entry
            self.poll(int(due))
            next_entry += (every or 0) * HOUR if due else 0.0
        return self

    def silent_after(self, most: float = 120.0) -> float:
        """Days without an entry until the alarm."""
        began = self.silence.since
        while not self.silence.alarm and self.now < began + most * DAY:
            self.poll(0)
        assert self.silence.alarm
        return (self.now - began) / DAY


@pytest.mark.parametrize(("every", "days"), [(2.0, 3.0), (6.0, 7.0), (24.0, 21.0)])
def test_a_feed_that_stops_is_noticed_the_sooner_the_more_it_brought(every: float, days: float) -> None:
    assert Feed().run(60, every).silent_after() < days


def test_a_busy_feed_is_given_a_day_and_a_half() -> None:
    assert LEAST / DAY <= Feed().run(60, 2.0).silent_after() < LEAST / DAY + 1.5


def test_nothing_is_said_of_a_feed_that_is_new() -> None:
    feed = Feed().run(5, 4.0)
    assert feed.silence.heard >= ENOUGH_HEARD and not feed.silence.telling
    feed.run(30, None)
    assert not feed.silence.alarm


def test_a_silence_that_was_there_before_is_none() -> None:
    feed = Feed().run(60, 6.0)
    first = feed.silent_after()
    feed.poll(1)
    assert not feed.silence.alarm
    feed.run(30, 6.0)
    assert feed.silent_after() > first


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=200), st.floats(600, 2 * DAY))
def test_an_alarm_ends_with_the_next_entry_and_only_then(polls: list[int], seconds: float) -> None:
    feed = Feed().run(30, 3.0)
    for new in polls:
        before = feed.silence.alarm
        feed.poll(new, seconds)
        if new:
            assert not feed.silence.alarm
        elif before:
            assert feed.silence.alarm == before
        assert feed.silence.alarm == 0 or feed.now - feed.silence.since >= LEAST


def test_a_rhythm_of_which_nothing_is_known_says_nothing() -> None:
    assert listened(Silence(), Rhythm(), new=0, seconds=HOUR, now=START, ahead=0.0) == Silence()


# ── of a source ──

NOW = START + 100 * DAY


def path(days: float, *, alarm: bool = False, telling: bool = True) -> Silence:
    """A feed that brought something so many days ago."""
    since, alarm_at = NOW - days * DAY, NOW if alarm else 0.0
    if not telling:
        return Silence(since=since, first=since, heard=1)
    return Silence(since=since, first=since - 60 * DAY, heard=100, alarm=alarm_at)


@pytest.mark.parametrize(
    ("paths", "since"),
    [
        ([(path(5, alarm=True), False)], 5),
        ([(path(5, alarm=True), False), (path(4, alarm=True), False)], 4),
        ([(path(5, alarm=True), False), (path(3), False)], None),
        ([(path(5, alarm=True), False), (path(3), True)], 3),
        ([(path(5, alarm=True), False), (path(3, telling=False), False)], 3),
        ([(path(5, alarm=True), False), (path(0.1, telling=False), False)], None),
        ([(path(5, alarm=True), False), (Silence(), False)], 5),
        ([(path(50), False), (path(50), True)], None),
        ([], None),
    ],
)
def test_a_source_is_silent_where_all_its_paths_are_that_can_tell(
    paths: list[tuple[Silence, bool]], since: float | None
) -> None:
    assert silent_since(paths, NOW) == (NOW - since * DAY if since else 0.0)
