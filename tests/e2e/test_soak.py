"""An hour of sixty simulated outlets in under a minute, with kills: the soak of bench/soak.py, small."""

import sys
from pathlib import Path

import pytest

from bench.ledger import Ledger
from bench.soak import KILLS, Options, soak

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.0/8 is one machine's own on Linux alone"),
]

SMALL = Options(outlets=60, factor=120.0, archive=30, longest=1200.0, patience=100.0, slack=2.5)
"""Correctness alone is asked for here: the machine may be busy otherwise."""


def test_an_hour_of_many_outlets_is_published_once_and_no_host_is_asked_too_much(tmp_path: Path) -> None:
    soaked = soak(tmp_path, SMALL)
    assert [check for check in soaked.checks() if not check.holds] == []
    run, ledger = soaked.run, Ledger(soaked.run)
    assert [kind for _, kind in run.killed] == list(KILLS)
    assert len(ledger.owed()) > 200, "there was something to lose"
    statuses = {asked.status for asked in run.asked}
    assert statuses >= {200, 301, 304, 404, 500}, "and the outlets had their moods"
    assert statuses & {429, 503}
