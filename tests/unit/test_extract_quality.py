"""On real pages with a gold standard, extraction stays as good as it is."""

from collections import defaultdict
from statistics import fmean

import pytest

from tests.conftest import needs_corpora

pytestmark = needs_corpora

EVERY = 3
"""Of the 159 pages of the set, each of which costs about a twentieth of a second."""

# Measured over these pages: 0.986, 0.849, 0.981 and 0.881. A page that is lost is 0.019 of a mean.
FLOORS = {"text": 0.972, "title": 0.83, "date": 0.965, "authors": 0.865}


@pytest.fixture(scope="module")
def means() -> dict[str, float]:
    from bench import extract as bench

    scores: dict[str, list[float]] = defaultdict(list)
    for row in bench.rows("fundus")[::EVERY]:
        read = bench.ours(bench.page_of(row), row["url"])
        for measure, value in bench.score(read, row["gold"]).items():
            scores[measure].append(value)
    assert len(scores["text"]) >= 50
    return {measure: fmean(values) for measure, values in scores.items()}


@pytest.mark.parametrize("measure", FLOORS)
def test_what_is_read_from_real_pages_stays_above_its_floor(means: dict[str, float], measure: str) -> None:
    assert means[measure] >= FLOORS[measure]


@pytest.mark.slow
def test_what_is_learned_of_virtual_outlets_makes_their_articles_no_worse_and_rids_them_of_the_outlets_lines() -> None:
    """Real pages' frames with articles of others in them, every second outlet redesigned in the middle."""
    from bench import templates as bench

    lived = [each for task in bench.tasks(3, 24, "") for each in bench.live(task)]
    known = [each for each in lived if each.phase.endswith("known")]
    assert len(known) >= 20
    for what in ("text", "title", "date", "authors"):
        long, learned = (bench.mean([getattr(each, way) for each in known], what) for way in ("long", "known"))
        assert learned >= long - 0.005, what
    assert bench.mean([each.known for each in known], "foreign") > 0.3
    assert bench.mean([each.known for each in known], "template") > 0.5
    assert bench.mean([each.known for each in lived], "kept") == 1.0
