"""What is built and committed: the wheel holds all that runs and no more, pins are hashed, no registry is named."""

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILT_FROM = ("pyproject.toml", "README.md", "CHANGELOG.md", "Makefile", "requirements.lock", ".gitignore")
ROOMS = ("ingest", "workers", "config", "tests", "docs")
LOCKS = ("requirements.lock", "requirements-dev.lock")

# Written so that this file does not name one itself.
REGISTRY = re.compile(r"(?:py[p]i|npm[j]s|crate[s])[.](?:org|io|com)|pythonho[s]ted|--(?:extra-)?index-ur[l]\b")


def build(folder: Path, target: str) -> Path:
    """Build the checkout or sdist in `folder`; the wheel or sdist."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", target], cwd=folder, check=True, timeout=60)
    (built,) = (folder / "dist").glob("*.whl" if target == "wheel" else "*.tar.gz")
    return built


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this one, so that building leaves nothing here."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in BUILT_FROM:
        shutil.copy(ROOT / name, folder / name)
    for name in ROOMS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> Path:
    return build(checkout, "wheel")


def contents(wheel: Path) -> set[str]:
    """The files in a wheel, its own metadata aside."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_wheel_holds_both_packages_and_the_default_configuration_and_nothing_else(
    wheel: Path, checkout: Path
) -> None:
    packages = {f"{room}/{name}" for room in ("ingest", "workers") for name in files(checkout / room)}
    config = {f"ingest/default_config/{name}" for name in files(checkout / "config")}
    assert contents(wheel) == packages | config


@pytest.mark.parametrize(
    "needed",
    [
        "ingest/default_config/teletipo.toml",
        "ingest/default_config/queues.toml",
        "ingest/default_config/sources/venezuelanalysis.toml",
        "ingest/store/claim.lua",
        "ingest/store/commit.lua",
        "ingest/py.typed",
        "workers/py.typed",
        "workers/demo/pages/night-ferry-returns.html",
    ],
)
def test_what_is_no_python_travels_in_the_wheel_too(needed: str, wheel: Path) -> None:
    assert needed in contents(wheel)


def test_the_wheel_alone_writes_out_its_configuration_and_reads_it(wheel: Path, tmp_path: Path) -> None:
    """Outside of any checkout, where ./config is not there to stand in."""
    unpacked = tmp_path / "site"
    shutil.unpack_archive(wheel, unpacked, "zip")

    def teletipo(*arguments: str) -> str:
        program = f"import sys; sys.path.insert(0, {str(unpacked)!r}); from workers.cli import main; main()"
        command = [sys.executable, "-P", "-c", program, *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60).stdout

    teletipo("init", "mine")
    assert files(tmp_path / "mine") == files(unpacked / "ingest/default_config")
    assert "venezuelanalysis" in teletipo("sources", "list")
    assert "venezuelanalysis" in teletipo("--config", "mine", "sources", "list")


def test_the_source_distribution_builds_the_same_wheel_and_brings_its_tests(
    wheel: Path, checkout: Path, tmp_path: Path
) -> None:
    with tarfile.open(build(checkout, "sdist")) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    assert contents(build(unpacked, "wheel")) == contents(wheel)
    assert (unpacked / "tests/e2e/test_packaging.py").is_file()


# ── what is committed ────────────────────────────────────────────────────────────────────────────────────────────────


def requirements(lock: str) -> dict[str, str]:
    """Name -> its line with all that continues it. A name may stand there twice, under different markers."""
    text = re.sub(r"\\\n", " ", (ROOT / lock).read_text("utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {line.partition("==")[0]: line for line in lines}


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-peers.lock"])
def test_every_requirement_is_pinned_to_one_version_with_its_hashes(lock: str) -> None:
    found = requirements(lock)
    assert {"lxml", "requests"} <= set(found)
    for name, line in found.items():
        assert re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), name


def versions(lock: str) -> dict[str, str]:
    return {name: line.split()[0] for name, line in requirements(lock).items()}


def test_what_runs_is_tested_in_the_very_same_versions() -> None:
    run, dev = map(versions, LOCKS)
    assert {name: dev.get(name) for name in run} == run


def test_the_extractors_that_ours_is_measured_beside_change_no_version_of_what_is_tested() -> None:
    peers, dev = versions("requirements-peers.lock"), versions("requirements-dev.lock")
    assert {"newspaper4k", "resiliparse"} <= set(peers) - set(dev)
    assert {name: version for name, version in peers.items() if dev.get(name, version) != version} == {}


def test_no_committed_file_names_a_package_registry() -> None:
    """Whoever installs this may have a mirror; where packages come from is for pip's own configuration to say."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    committed = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert ROOT / "requirements.lock" in committed
    named = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in committed
        if path.is_file()
        for match in REGISTRY.finditer(path.read_text("utf-8", "replace"))
    }
    assert named == set()
