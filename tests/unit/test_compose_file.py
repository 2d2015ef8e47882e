"""docker-compose.yml beside the command line and the image: what test_compose.py takes for granted.

That one reads the file alone; here its commands are looked up where they are defined.
"""

from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from workers.cli import cli

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]
OURS = sorted(name for name, service in SERVICES.items() if "build" in service)


def parse(words: list[str]) -> None:
    """Parse a command line down to its last argument, and run nothing. Raises click.UsageError."""
    assert words[0] == "teletipo"
    command = cli.commands[words[1]]
    with command.make_context(words[1], words[2:]):
        pass


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_and_is_checked_with_commands_that_the_command_line_has(name: str) -> None:
    parse(SERVICES[name]["command"])
    parse(SERVICES[name]["healthcheck"]["test"][1:])


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    with pytest.raises(click.UsageError):
        parse(["teletipo", "worker", "extract"])
    with pytest.raises(KeyError):
        parse(["teletipo", "beat"])


def test_no_service_runs_as_root() -> None:
    """Ours run as the image says (10001); the store's image would begin as root."""
    assert SERVICES["redis"]["user"].partition(":")[0] not in {"", "0", "root"}
    for name in OURS:
        assert "user" not in SERVICES[name]
        assert "USER 10001:10001" in (ROOT / "Dockerfile").read_text("utf-8")
