"""When a page is looked at again, and what counts as gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.models import Fetch, Outcome
from ingest.settings import WatchSettings
from ingest.watch import is_gone, next_look

AFTER = WatchSettings().after
TIMES = st.lists(st.floats(1, 1e7), unique=True).map(sorted)


@pytest.mark.parametrize(
    ("age", "wait"),
    [(0, 3600), (3599, 1), (3600, 5 * 3600), (7 * 3600, 17 * 3600), (86_400, 6 * 86_400), (604_800, None), (1e9, None)],
)
def test_the_next_look_is_the_first_one_whose_time_has_not_come(age: float, wait: float | None) -> None:
    assert next_look(age, AFTER) == wait


@given(TIMES, st.floats(0, 2e7))
def test_looks_come_to_an_end_whatever_the_settings_and_none_is_made_at_once(after: list[float], age: float) -> None:
    made = 0
    while (wait := next_look(age, after)) is not None:
        assert wait > 0
        age = max(age + wait, next(each for each in after if each > age))  # rounding may not bring the same look again
        made += 1
    assert made <= len(after)


@pytest.mark.parametrize(
    ("outcome", "status", "gone"),
    [
        (Outcome.HTTP_ERROR, 404, True),
        (Outcome.GONE, 410, True),
        (Outcome.OK, 200, False),
        (Outcome.NOT_MODIFIED, 304, False),
        (Outcome.HTTP_ERROR, 403, False),
        (Outcome.HTTP_ERROR, 451, False),
        (Outcome.HTTP_ERROR, 503, False),
        (Outcome.TIMEOUT, 0, False),
        (Outcome.NAME_NOT_FOUND, 0, False),
    ],
)
def test_a_page_is_gone_where_its_outlet_says_so_and_nothing_else(outcome: Outcome, status: int, gone: bool) -> None:
    url = "https://outlet.example/a"
    assert is_gone(Fetch(requested=url, url=url, outcome=outcome, status=status)) is gone
