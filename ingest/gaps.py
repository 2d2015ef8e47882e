"""Entries that came and went between two polls. Pure.

    the roll of this poll, and that of the one before ─► renewed: was there anything in between that nobody saw?

A feed shows its last so many entries. Where none of those that it had is left, others may have come and gone. Entries
that an outlet has pinned to the top stand there in both polls, and show nothing.
"""

from ingest.roll import Roll

HOUR = 3600.0

MOST_PINNED = 4
"""Of so many entries one may be pinned."""

STEP, MOST_STEPS = 4.0, 4
"""A feed that is new each time, a random list say, has its past walked an hour after the last time, then four hours,
sixteen, and at last ten days after it."""

CALM = 86_400.0
"""Seconds without a gap, at least, after which the next one is the first again; twice the wait where that is longer."""


def renewed(before: Roll, now: Roll) -> bool:
    """Whether nothing is left of what the feed had, but for what is pinned."""
    had, has = ([each.entry for each in roll.entries if each.entry] for roll in (before, now))
    if not had or len(has) < 2:
        return False
    left = set(had) & set(has)
    count = len(left)
    return count <= len(has) // MOST_PINNED and count < len(had) and set(had[:count]) == set(has[:count]) == left


def worth_walking(gaps: int, last: float, now: float) -> bool:
    """Whether what was missed is looked for. gaps: how many there were in a row; last: when the last one was found."""
    return not last or now - last >= _wait(gaps)


def in_a_row(gaps: int, last: float, now: float) -> int:
    """How many gaps there were, this one among them."""
    return gaps + 1 if last and now - last < max(CALM, 2 * _wait(gaps)) else 1


def _wait(gaps: int) -> float:
    return HOUR * STEP ** min(max(gaps - 1, 0), MOST_STEPS)
