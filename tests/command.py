"""The command line called in this process, as the shell calls it."""

from typing import NamedTuple

import pytest

from workers.cli import main


class Ended(NamedTuple):
    """How a command ended: its exit code, and what it wrote to standard output and standard error."""

    code: int
    out: str
    err: str


def run_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> Ended:
    """`teletipo ARGUMENTS...` to its end."""
    monkeypatch.setattr("sys.argv", ["teletipo", *map(str, arguments)])
    code: object = 0
    try:
        main()
    except SystemExit as leaving:
        code = leaving.code or 0
    assert isinstance(code, int)
    return Ended(code, *capsys.readouterr())
