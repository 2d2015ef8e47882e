"""What floods, bombs and traps take of the memory of whoever asks for them and reads them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile import WAYS, Hostile, feeds, framing, large
from tests.hostile.outlet import available

LARGE = [
    way
    for way in WAYS.values()
    if way.call.__module__ in {large.__name__, feeds.__name__, framing.__name__} and way.kind != "wordpress"
]
LIMIT = 15 + 60
"""Megabytes: `max_bytes` of an answer, and what may be made of it."""


@pytest.mark.timeout(120)
@pytest.mark.skipif(not available(), reason="these outlets need Linux, which answers at all of 127.0.0.0/8")
def test_no_flood_bomb_or_trap_fills_the_memory(tmp_path: Path) -> None:
    with Hostile(LARGE, tmp_path) as outlets:
        asked = [word for way in LARGE for word in (way.kind, f"{outlets.url(way.name)}/feed")]
        command = [sys.executable, "-m", "tests.hostile.measuring", *asked]
        measured = subprocess.run(command, capture_output=True, text=True, timeout=110)
    assert measured.returncode == 0, measured.stderr
    assert int(measured.stdout) < LIMIT, measured.stderr
