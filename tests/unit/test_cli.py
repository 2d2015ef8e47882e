"""The command line without a store: helps, exit codes, and errors of one line with their remedy."""

import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ingest.models import article_from_json
from ingest.settings import default_config, load
from tests.command import Ended, run_command
from workers.cli import cli

COMMANDS = {"run", "worker", "scheduler", "fetch", "tail", "status", "sources", "dead", "import", "extract", "init"}

A_PAGE = """<html lang="en"><head><title>Fog over the harbour</title>
<meta property="article:published_time" content="2026-03-02T07:15:00-04:00"></head><body><nav>Home Sport</nav><article>
<h1>Fog over the harbour</h1><p>The ferries stayed at the quay until noon, when the fog went up the river [at last].</p>
<p>Nobody complained: the kiosk gave away its coffee, and the captain played the accordion on the upper deck.</p>
</article></body></html>"""
ADDRESS = "https://harbour.example/news/fog"


Teletipo = Callable[..., Ended]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    (folder / "sources").mkdir(parents=True)
    (folder / "teletipo.toml").touch()
    (folder / "sources/harbour.toml").write_text(
        'id = "harbour"\nname = "The Harbour"\nhomepage = "https://harbour.example/"\nlanguage = "en"\n'
        'country = "VE"\ntimezone = "America/Caracas"\nfeeds = ["https://harbour.example/feed"]\n'
    )
    return folder


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "fog.html"
    file.write_text(A_PAGE)
    return file


@pytest.fixture
def teletipo(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Teletipo:
    """Call the command as the shell does: `teletipo("sources", "list")`."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Ended:
        return run_command(monkeypatch, capsys, "--config", config, "--data", tmp_path / "data", *arguments)

    return call


# ── helps ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """Every command and subcommand by the words that call it."""
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


EVERY_COMMAND = sorted(commands(cli))


def help_of(words: tuple[str, ...]) -> str:
    answer = CliRunner().invoke(cli, [*words, "--help"])
    assert answer.exit_code == 0
    return answer.output


def examples(words: tuple[str, ...]) -> list[list[str]]:
    """The command lines after "Example:", without what the environment or a pipe adds."""
    _, _, after = help_of(words).partition("Example:")
    lines = [line.strip() for line in after.partition("\n\n")[0].splitlines()]
    return [shlex.split(line.partition("teletipo ")[2].partition("|")[0]) for line in lines if line]


def test_every_command_that_is_promised_is_there() -> None:
    assert {words[0] for words in EVERY_COMMAND} >= COMMANDS
    assert {words for words in EVERY_COMMAND if len(words) == 2} >= {
        ("sources", "list"), ("sources", "check"), ("dead", "list"), ("dead", "retry"), ("dead", "drop"),
    }  # fmt: skip


def called(arguments: list[str]) -> tuple[str, ...]:
    """The words of the command that a command line calls. Raises click.UsageError where it cannot be typed so."""
    command: click.Command = cli
    words: tuple[str, ...] = ()
    while isinstance(command, click.Group):
        _, arguments, _ = command.make_parser(click.Context(command)).parse_args(arguments)
        word, *arguments = arguments
        if word not in command.commands:
            raise click.UsageError(f"no command {word!r}")
        words, command = (*words, word), command.commands[word]
    command.make_parser(click.Context(command)).parse_args(arguments)
    return words


@pytest.mark.parametrize("words", EVERY_COMMAND, ids=" ".join)
def test_a_help_says_what_the_command_does_and_shows_a_call_of_it_that_can_be_typed(words: tuple[str, ...]) -> None:
    usage, what = help_of(words).split("\n\n")[:2]
    assert usage.startswith("Usage:")
    assert what.strip().endswith((".", ":"))
    assert words in {called(example)[: len(words)] for example in examples(words)}


def test_the_command_line_begins_without_the_extractor_and_its_numbers() -> None:
    begun = "import sys, workers.cli; print(*{'ingest.extract', 'numpy'} & sys.modules.keys())"
    assert subprocess.check_output([sys.executable, "-c", begun], text=True).strip() == ""


@pytest.mark.parametrize("line", ["teletipo sources lst", "teletipo fetch --quickly", "teletipo tell"])
def test_an_example_that_cannot_be_typed_would_be_noticed(line: str) -> None:
    with pytest.raises(click.UsageError):
        called(line.split()[1:])


# ── exit codes and errors ────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_done_exits_with_0(teletipo: Teletipo) -> None:
    listed = teletipo("sources", "list")
    assert (listed.code, listed.err) == (0, "")
    assert "harbour" in listed.out


def test_what_failed_exits_with_1(teletipo: Teletipo, tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_text("<html><title>Consent</title><p>Accept all?</p></html>")
    failed = teletipo("extract", "empty.html", "--url", ADDRESS)
    assert (failed.code, failed.out) == (1, "")
    assert failed.err.startswith("teletipo: no article text found")
    assert len(failed.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["tell"], "No such command 'tell'"),
        (["tail", "--colour"], "No such option"),
        (["tail", "--from", "yesterday", "--no-follow"], "write 2026-11-01T08:00"),
        (["worker", "extract"], "'extract' is not one of 'fetch', 'process', 'webhooks', 'all'"),
        (["fetch"], "Missing argument"),
        (["import", "nowhere.txt"], "'nowhere.txt' does not exist"),
        (["scheduler"], "TELETIPO_STORE__URL=redis://host:6379/0"),
    ],
    ids=" ".join,
)
def test_what_was_typed_wrong_exits_with_2_and_says_what_would_be_right(
    arguments: list[str], told: str, teletipo: Teletipo
) -> None:
    ended = teletipo(*arguments)
    assert ended.code == 2
    assert told in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("arguments", "nearest"),
    [
        (["sources", "check", "harbor"], "no source is called 'harbor'; did you mean 'harbour'?"),
        (["extract", "fog.html", "--source", "harber"], "no source is called 'harber'; did you mean 'harbour'?"),
        (["extract", "frog.html"], "no file or address is called 'frog.html'; did you mean 'fog.html'?"),
        (["tail", "al"], "no queue is called 'al'; did you mean 'all'?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.usefixtures("page")
def test_a_wrong_name_exits_with_2_and_the_nearest_right_one(
    arguments: list[str], nearest: str, teletipo: Teletipo
) -> None:
    assert teletipo(*arguments) == Ended(2, "", f"teletipo: {nearest}\n")


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("teletipo.toml", "[fetch]\ndeadlin = 3", "there is no key 'fetch.deadlin'; did you mean 'deadline'?"),
        ("teletipo.toml", "[fetch]\ndeadline = 'soon'", "fetch.deadline: "),
        ("teletipo.toml", "[fetch\n", "not readable as TOML"),
        ("queues.toml", "[queues.all]\nlang = ['es']", "there is no key 'queues.all.lang'; did you mean 'language'?"),
        ("sources/harbour.toml", 'id = "pier"', ""),
    ],
)
def test_a_configuration_error_exits_with_2_and_one_line_that_names_the_file(
    file: str, text: str, told: str, teletipo: Teletipo, config: Path
) -> None:
    (config / file).write_text(text)
    ended = teletipo("sources", "list")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"teletipo: {config / file}: ")
    assert told in ended.err
    assert len(ended.err.splitlines()) == 1


def test_a_wrong_variable_exits_with_2_and_names_the_right_one(
    teletipo: Teletipo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELETIPO_FETCH__DEADLIN", "3")
    ended = teletipo("sources", "list")
    assert ended.code == 2
    assert ended.err == "teletipo: TELETIPO_FETCH__DEADLIN: [fetch] has no key 'deadlin'; did you mean 'deadline'?\n"


def test_a_folder_without_a_configuration_exits_with_2_and_says_how_to_get_one(
    teletipo: Teletipo, tmp_path: Path
) -> None:
    ended = teletipo("--config", tmp_path / "nowhere", "sources", "list")
    assert ended.code == 2
    assert f"`teletipo init {tmp_path / 'nowhere'}` writes one" in ended.err


# ── init ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_init_writes_a_configuration_that_loads_and_equals_the_packaged_one(teletipo: Teletipo, tmp_path: Path) -> None:
    ended = teletipo("init", "mine")
    assert ended.code == 0
    assert "`teletipo --config mine run`" in ended.out
    written = load(tmp_path / "mine", tmp_path / "data", {})
    shipped = load(default_config(), tmp_path / "data", {})
    assert (written.sources, written.queues, written.fetch) == (shipped.sources, shipped.queues, shipped.fetch)
    assert f"{len(written.sources)} sources" in ended.out


def test_init_leaves_a_folder_with_something_in_it_alone(teletipo: Teletipo, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    ended = teletipo("init", "mine")
    assert ended.code == 2
    assert ended.err.startswith("teletipo: mine is not empty; ")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_init_fills_a_folder_that_is_empty(teletipo: Teletipo, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    assert teletipo("init", "mine").code == 0
    assert (tmp_path / "mine/teletipo.toml").is_file()


def test_init_says_so_where_a_file_has_the_folders_name(teletipo: Teletipo, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("a file")
    assert teletipo("init", "mine") == Ended(2, "", "teletipo: mine is a file; name a new folder\n")


# ── extract ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_extract_shows_the_article_in_a_saved_page_to_a_person(teletipo: Teletipo, page: Path) -> None:
    ended = teletipo("extract", page, "--url", ADDRESS)
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "Fog over the harbour"
    assert "2026-03-02 11:15:00+00:00 · en" in lines[1]
    assert lines[2] == ADDRESS
    assert lines[4].endswith("went up the river [at last]."), "brackets are text, not markup"
    assert "Sport" not in ended.out


def test_extract_prints_the_whole_article_as_json_to_a_program(teletipo: Teletipo, page: Path) -> None:
    ended = teletipo("extract", page, "--url", ADDRESS, "--json")
    assert (ended.code, len(ended.out.splitlines())) == (0, 1)
    article = article_from_json(ended.out)
    assert (article.title, article.url, article.source) == ("Fog over the harbour", ADDRESS, "harbour")
    assert article.text.split("\n\n")[1].endswith("on the upper deck.")


def test_extract_takes_a_page_whose_address_is_unknown(teletipo: Teletipo, page: Path) -> None:
    assert teletipo("extract", page).out.startswith("Fog over the harbour\n")


def test_extract_reads_with_the_rules_of_the_source_that_is_named(teletipo: Teletipo, page: Path, config: Path) -> None:
    with (config / "sources/harbour.toml").open("a") as file:
        file.write('[extract]\nremove = ["article p:last-child"]\nbody = "article"\n')
    page.write_text(A_PAGE.replace("until noon,", f"until noon, {'and waited, ' * 12}"))
    article = article_from_json(teletipo("extract", page, "--source", "harbour", "--json").out)
    assert "accordion" not in article.text
    assert "kiosk" not in article.text
    assert article.country == "VE"


def test_extract_says_so_where_the_address_is_none(teletipo: Teletipo, page: Path) -> None:
    ended = teletipo("extract", page, "--url", "fog")
    assert ended.code == 2
    assert "--url: 'fog' is no http or https address" in ended.err
