"""docker-compose.yml and the Dockerfile: valid, safe by default, and ready to be scaled."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from ingest.errors import ConfigError
from ingest.settings import load
from workers.cli import cli

ROOT = Path(__file__).parents[2]
WORKERS = ("scheduler", "fetch", "process", "webhooks")
SERVICES = ("redis", "api", *WORKERS)
OURS = ("api", *WORKERS)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
    return content


def stages() -> list[str]:
    """The Dockerfile's stages, comments left out."""
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    return re.split(r"^(?=FROM )", text, flags=re.MULTILINE)[1:]


def test_the_compose_file_keeps_to_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, "docker-compose.yml"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_services_are_the_store_the_scheduler_the_kinds_of_worker_and_http(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == set(SERVICES)


def test_nothing_is_published_on_the_host_but_http_on_its_loopback_where_it_is_asked_for(
    compose: dict[str, Any],
) -> None:
    for name, service in compose["services"].items():
        assert service.get("ports", []) == (["127.0.0.1:7380:7380"] if name == "api" else [])
        assert "network_mode" not in service
    assert compose["services"]["api"]["profiles"] == ["api"]


def test_http_in_a_container_takes_its_tokens_from_the_environment_and_refuses_to_start_without(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    environ = {name: str(value) for name, value in compose["services"]["api"]["environment"].items()}
    variable, _, default = environ.pop("TELETIPO_API__TOKENS").removeprefix("${").removesuffix("}").partition(":-")
    assert variable == "TELETIPO_API__TOKENS"
    del environ["TELETIPO_CONFIG"]
    with pytest.raises(ConfigError, match=r"api\.tokens is empty"):
        load(ROOT / "config", tmp_path, {**environ, variable: default})
    settings = load(ROOT / "config", tmp_path, {**environ, variable: '["a long random text"]'})
    assert (settings.api.host, settings.api.port) == ("0.0.0.0", 7380)


def test_only_what_fetches_or_sends_reaches_the_internet(compose: dict[str, Any]) -> None:
    networks = compose["networks"]
    outside = {
        name for name in networks if not (_is_internal(networks[name] or {}) or _lets_nobody_out(networks[name]))
    }
    assert {name for name, it in compose["services"].items() if outside & set(it["networks"])} == {
        "fetch",
        "webhooks",
    }


def test_webhooks_run_where_they_are_asked_for_and_have_their_secrets_to_themselves(compose: dict[str, Any]) -> None:
    assert compose["services"]["webhooks"]["profiles"] == ["webhooks"]
    assert {name for name, it in compose["services"].items() if "env_file" in it} == {"webhooks"}
    assert (ROOT / ".gitignore").read_text("utf-8").splitlines().count("webhooks.env") == 1


def _is_internal(network: dict[str, Any]) -> bool:
    return bool(network.get("internal"))


def _lets_nobody_out(network: dict[str, Any] | None) -> bool:
    """Answers to the host's own requests pass; nothing is translated for the way out."""
    options = (network or {}).get("driver_opts", {})
    return bool(options.get("com.docker.network.bridge.enable_ip_masquerade") == "false")


def test_the_store_keeps_what_it_was_given(compose: dict[str, Any]) -> None:
    redis = compose["services"]["redis"]
    options = dict(zip(redis["command"][1::2], redis["command"][2::2], strict=True))
    assert options["--appendonly"] == "yes"
    assert options["--maxmemory-policy"] == "noeviction"
    volume, _, path = redis["volumes"][0].partition(":")
    assert path == "/data"
    assert volume in compose["volumes"], "a named volume outlives the container"
    assert re.fullmatch(r"(valkey/valkey|redis):\d+\.\d+-alpine", redis["image"]), "the minor version is pinned"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_be_told_to_be_well_and_comes_back(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert service["restart"] == "unless-stopped"
    assert service["init"] is True
    assert service["stop_grace_period"] == "15s"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_more_rights_than_it_needs(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "cap_add" not in service


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_can_be_scaled(compose: dict[str, Any], name: str) -> None:
    """A fixed name or a host port would let only one of its kind run."""
    service = compose["services"][name]
    assert not {"container_name", "ports", "hostname"} & set(service)


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_waits_for_the_store_and_reads_the_configuration(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["depends_on"] == {"redis": {"condition": "service_healthy"}}
    assert service["environment"]["TELETIPO_STORE__URL"] == "redis://redis:6379/0"
    assert service["environment"]["TELETIPO_CONFIG"] == "/config"
    assert "./config:/config:ro" in service["volumes"]


def test_the_image_runs_as_a_numbered_user_who_is_not_root() -> None:
    users = re.findall(r"^USER (.+)$", stages()[-1], re.MULTILINE)
    assert users == ["10001:10001"]


def test_the_image_is_built_from_hashed_dependencies_and_without_isolation() -> None:
    build = stages()[0]
    assert re.search(r"install --require-hashes .*-r requirements\.lock", build)
    assert "--no-deps --no-build-isolation" in build


def test_the_last_layer_holds_no_build_tools() -> None:
    build, final = stages()
    assert build.startswith("FROM python:3.12-slim AS build")
    assert final.startswith("FROM python:3.12-slim\n")
    assert re.findall(r"\b(pip|apt-get|gcc|hatchling)\b", final) == []
    assert re.findall(r"^COPY (.+)$", final, re.MULTILINE) == ["--from=build /opt/teletipo /opt/teletipo"]


def test_what_the_dockerfile_copies_is_all_that_is_sent_to_its_build() -> None:
    copied = {
        name for line in re.findall(r"^COPY (?!--from)(.+)$", stages()[0], re.MULTILINE) for name in line.split()[:-1]
    }
    ignore = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in ignore
    assert {line[1:] for line in ignore if line.startswith("!")} == copied


def parse(words: list[str]) -> None:
    """Parse a command line down to its last argument, and run nothing. Raises click.UsageError."""
    assert words[0] == "teletipo"
    command = cli.commands[words[1]]
    with command.make_context(words[1], words[2:]):
        pass


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_and_is_checked_with_commands_that_the_command_line_has(
    compose: dict[str, Any], name: str
) -> None:
    parse(compose["services"][name]["command"])
    parse(compose["services"][name]["healthcheck"]["test"][1:])


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    with pytest.raises(click.UsageError):
        parse(["teletipo", "worker", "extract"])
    with pytest.raises(KeyError):
        parse(["teletipo", "beat"])


def test_no_service_runs_as_root(compose: dict[str, Any]) -> None:
    """Ours run as the image says (10001); the store's image would begin as root."""
    assert compose["services"]["redis"]["user"].partition(":")[0] not in {"", "0", "root"}
    for name in OURS:
        assert "user" not in compose["services"][name]
        assert "USER 10001:10001" in (ROOT / "Dockerfile").read_text("utf-8")
