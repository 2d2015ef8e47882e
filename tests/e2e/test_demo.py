"""`teletipo demo`, as a newcomer types it: every awkward page meets the end that the tour promises."""

import re
import subprocess
import time
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from tests.e2e.newswire import TELETIPO

pytestmark = pytest.mark.slow

ENDS = {
    "edited between polls": "updated, revision 2",
    "body captured twice": "published in es",
    "feed lies on encoding": "published in es",
    "its date is in words": "published in es",
    "no metadata at all": "published in es",
    "two authors": "published in en",
    "never answers": "set aside: no answer",
}
"""What is special about a page -> what the tour shows that became of it."""


class Tour(NamedTuple):
    exit_code: int
    shown: str
    seconds: float
    picture: Path


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Tour:
    folder = tmp_path_factory.mktemp("tour")
    picture = folder / "pictures" / "demo.svg"
    began = time.monotonic()
    done = subprocess.run(
        [TELETIPO, "demo", "--save", str(picture)], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    return Tour(done.returncode, done.stdout, time.monotonic() - began, picture)


def test_it_ends_well_in_under_a_minute(tour: Tour) -> None:
    assert tour.exit_code == 0, tour.shown
    assert tour.seconds < 60


@pytest.mark.parametrize("special", ENDS)
def test_a_page_that_is_special_ends_as_it_should(special: str, tour: Tour) -> None:
    (line,) = [line.rstrip() for line in tour.shown.splitlines() if special in line]
    assert line.endswith(ENDS[special]), line


def test_of_two_copies_whichever_comes_second_is_a_duplicate_of_the_first(tour: Tour) -> None:
    ferries = [line for line in tour.shown.splitlines() if line.startswith("Night ferry returns")]
    assert [re.split(r"  +", ferry.rstrip())[-1] for ferry in ferries] in (
        ["published in en", "duplicate of /2026/ferry"],
        ["duplicate of /print/ferry", "published in en"],
    )


def test_what_another_outlet_has_is_a_copy_and_says_how_much_of_it_is_shared(tour: Tour) -> None:
    clocks = [line for line in tour.shown.splitlines() if "slow" in line]
    assert [re.split(r"  +", clock.rstrip())[-1] for clock in clocks] in (
        ["published in en", "copy of /2026/clock, 86 %"],
        ["copy of /bay/clock, 73 %", "published in en"],
    )


def test_the_titles_arrive_with_their_accents(tour: Tour) -> None:
    assert "Cigüeñas, ñandúes, pingüinos" in tour.shown


def test_the_sums_agree_with_the_rows(tour: Tour) -> None:
    rows = [line.rstrip() for line in tour.shown.splitlines()]
    published = sum(" published in " in row or " updated, revision " in row for row in rows)
    assert f"articles published                   {published}" in rows
    assert f"copies, which this queue leaves out  {sum(' copy of ' in row for row in rows)}" in rows
    assert f"duplicates found                     {sum(' duplicate of ' in row for row in rows)}" in rows


def test_the_picture_shows_the_same_and_needs_no_network(tour: Tour) -> None:
    text = tour.picture.read_text("utf-8")
    letters = joined("".join(ElementTree.fromstring(text).itertext()))  # noqa: S314 - we wrote it ourselves
    assert [end for end in ENDS.values() if joined(end) not in letters] == []
    assert "url(http" not in text


def joined(text: str) -> str:
    """Without white space: a picture places each differently coloured part by itself."""
    return "".join(text.split())


def test_it_leaves_nothing_behind(tour: Tour) -> None:
    assert sorted(path.name for path in tour.picture.parents[1].iterdir()) == ["pictures"]
