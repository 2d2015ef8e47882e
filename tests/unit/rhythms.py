"""Any rhythm that a feed may have."""

from hypothesis import strategies as st

from ingest.rhythm import Rhythm

DAY = 86_400.0

RHYTHMS = st.builds(
    Rhythm,
    found=st.floats(0, 1e5),
    watched=st.floats(0, 100 * DAY),
    lately=st.floats(0, 1e4),
    likely=st.floats(0, 1e4),
    hours=st.just(()) | st.lists(st.integers(0, 400), min_size=24, max_size=24).map(tuple),
    days=st.just(()) | st.lists(st.integers(0, 400), min_size=7, max_size=7).map(tuple),
)
