"""What the pages say is so: commands, paths, links, settings, keys, fields, ids and log lines."""

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
from click.exceptions import UsageError

from ingest.dedupe import LEAST_WORDS
from ingest.models import Article, Entry, article_from_json, article_id
from ingest.parse import read_import
from ingest.settings import QueueSettings, WebhookSettings, load
from ingest.store import QueueEntry
from ingest.store import keys as keys_module
from workers.cli import cli as teletipo  # the group with the commands of `workers` in it

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
TABLES = ("store", "broker", "fetch", "schedule", "workers", "retention", "watch", "revisions", "api", "websub")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(text: str, language: str = r"\w*") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def code_lines(text: str) -> Iterator[str]:
    """Every line of code on a page: fenced, indented, and between backticks."""
    for block in blocks(text):
        yield from block.splitlines()
    rest = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (line[4:] for line in rest.splitlines() if line.startswith("    "))
    yield from (code.replace("\n", " ") for code in re.findall(r"`([^`]+)`", rest))


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of its level or above."""
    level = heading.partition(" ")[0]
    after = text[text.index(f"{heading}\n") + len(heading) :]
    return re.split(rf"^#{{1,{len(level)}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The rows of the first table in a text, without its head."""
    table = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert table, text[:80]
    return [[cell.strip() for cell in line.strip("| \n").split("|")] for line in table[0].splitlines()[2:]]


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────


_TO_BECOME = re.compile(r"^(?:ExecStart=|sudo (?:-u \w+ )?)")


def commands(line: str) -> Iterator[list[str]]:
    """The arguments of each call of teletipo in a line of shell."""
    try:
        words = shlex.split(re.sub(r"[|;]", " ; ", _TO_BECOME.sub("", line)), comments=True)
    except ValueError:  # an apostrophe: prose or another language
        return
    call: list[str] = []
    for word in [*words, ";"]:
        if word in {";", "&&", ">"}:
            while call and re.match(r"\w+=", call[0]):
                del call[0]
            if call[:2] == ["docker", "compose"] and "exec" in call:
                call = call[call.index("exec") + 2 :]
            if call and call[0].split("/")[-1] == "teletipo":
                yield call[1:]
            call = []
        else:
            call.append(word)


def expect_command(arguments: list[str]) -> None:
    """Raises UsageError where the command line has no such command or option."""
    command: click.Command = teletipo
    while True:
        context = click.Context(command, info_name=command.name)
        _, rest, _ = command.make_parser(context).parse_args(list(arguments))
        if not isinstance(command, click.Group) or not rest:
            return
        found = command.get_command(context, rest[0])
        if found is None:
            raise UsageError(f"no command {rest[0]!r} in {' '.join(arguments)!r}")
        command, arguments = found, rest[1:]


@each_page
def test_every_command_on_a_page_exists_with_its_options(page: Path) -> None:
    for line in code_lines(page.read_text("utf-8")):
        for arguments in commands(line):
            expect_command(arguments)


def test_the_commands_of_the_pages_are_found_at_all() -> None:
    named = {tuple(call) for page in PAGES for line in code_lines(page.read_text("utf-8")) for call in commands(line)}
    assert {("run",), ("status", "--json"), ("dead", "retry", "--all"), ("worker", "fetch"), ("scheduler",)} <= named


@pytest.mark.parametrize(
    "line", ["teletipo sources adopt x", "teletipo run --fast", "sudo -u teletipo X=1 /opt/teletipo nope | jq ."]
)
def test_a_command_that_is_not_there_would_be_noticed(line: str) -> None:
    with pytest.raises(UsageError):
        for arguments in commands(line):
            expect_command(arguments)


def test_every_command_is_named_on_some_page() -> None:
    lines = [line for page in PAGES for line in code_lines(page.read_text("utf-8"))]
    named = {call[0] for line in lines for call in commands(line) if call}
    assert set(teletipo.commands) - named == set()


def helps(command: click.Command) -> Iterator[str]:
    yield command.help or ""
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        yield from helps(inner)


def test_the_examples_in_every_help_are_commands_that_exist() -> None:
    examples = [
        line.replace("Example:", "").split("   ")[0].strip()
        for text in helps(teletipo)
        for line in text.splitlines()
        if line.strip().startswith(("Example:", "teletipo "))
    ]
    assert len(examples) >= len(teletipo.commands)
    for example in examples:
        for arguments in commands(example):
            expect_command(arguments)


@each_page
def test_every_make_target_on_a_page_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    named = {match[1] for line in code_lines(page.read_text("utf-8")) if (match := re.match(r"make ([a-z]+)", line))}
    assert named <= targets


# ── paths and links ──────────────────────────────────────────────────────────────────────────────────────────────────

_PATH = re.compile(r"(?:ingest|workers|config|tests|docs|bench)/[\w./*-]*|[\w-]+\.(?:yml|toml|lua|py)|[A-Z][\w.]+\.md")
AN_EXAMPLE = {"config/sources/el-faro.toml", "docker-compose.override.yml"}
"""Files that a reader is to write."""


@each_page
def test_every_path_between_backticks_exists(page: Path) -> None:
    named = {code for code in re.findall(r"`([^`\n]+)`", page.read_text("utf-8")) if _PATH.fullmatch(code)}
    missing = {path for path in named - AN_EXAMPLE if not list(ROOT.glob(path)) and not list(ROOT.glob(f"*/**/{path}"))}
    assert missing == set()


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if target.startswith(("https://", "http://")):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.is_file(), target
        assert not anchor or anchor in anchors(file.read_text("utf-8")), target


def anchors(text: str) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_reached_from_the_readme() -> None:
    linked = set(re.findall(r"\]\((docs/[\w-]+\.md)\)", text_of("README.md")))
    assert {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")} <= linked


def test_the_rooms_in_the_architecture_are_those_of_the_code() -> None:
    drawn = section(text_of("docs/architecture.md"), "## Rooms")
    rooms = {f"{path.name}/" for path in (ROOT / "ingest").iterdir() if (path / "__init__.py").is_file()}
    modules = {path.name for room in ("ingest", "workers") for path in (ROOT / room).glob("[a-z]*.py")}
    assert {name for name in rooms | modules if not re.search(rf"^ +{re.escape(name)} ", drawn, re.MULTILINE)} == set()


def test_the_picture_of_the_demo_needs_nothing_from_the_network() -> None:
    picture = text_of("docs/demo.svg").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "duplicate" in picture
    assert re.findall(r"https?://[^\s\"')]+", picture) == []


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def documented(heading: str) -> dict[str, Any]:
    """Key -> default of a settings table on the page."""
    table = rows(section(text_of("docs/configuration.md"), heading))
    return {key.strip("`"): tomllib.loads(f"value = {default.strip('`')}")["value"] for key, default, _ in table}


def plain(record: msgspec.Struct) -> dict[str, Any]:
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in msgspec.structs.asdict(record).items()
    }


@pytest.mark.parametrize("table", TABLES)
def test_every_setting_is_documented_with_its_default(table: str, tmp_path: Path) -> None:
    (tmp_path / "teletipo.toml").touch()
    settings = load(config=tmp_path, environ={})
    told, true = documented(f"### `[{table}]`"), plain(getattr(settings, table))
    assert told == true
    assert {key: type(value) for key, value in told.items()} == {key: type(value) for key, value in true.items()}


def test_every_table_of_settings_is_documented() -> None:
    headings = re.findall(r"^### `\[(\w+)\]`$", text_of("docs/configuration.md"), re.MULTILINE)
    assert tuple(headings) == TABLES
    assert set(tomllib.loads(text_of("config/teletipo.toml"))) == set(TABLES)


def test_the_filter_of_a_queue_is_documented_and_its_example_loads(tmp_path: Path) -> None:
    table = rows(section(text_of("docs/configuration.md"), "## Queues"))
    defaults = {
        field.encode_name: getattr(QueueSettings(), field.name) for field in msgspec.structs.fields(QueueSettings)
    }
    assert [key.strip("`") for key, _, _ in table] == sorted(
        defaults, key=[key.strip("`") for key, _, _ in table].index
    )
    for key, default, _ in table:
        expected = {"[]": (), "0": 0, '"first"': "first"}.get(default.strip("`"))
        assert default == "" or defaults[key.strip("`")] == expected
    (tmp_path / "teletipo.toml").touch()
    (example,) = blocks(section(text_of("docs/configuration.md"), "## Queues"), "toml")
    (tmp_path / "queues.toml").write_text(example)
    queues = load(config=tmp_path, environ={}).queues
    assert queues["all"] == QueueSettings()
    assert queues["venezuela-es"] == QueueSettings(language=("es",), country=("VE",))
    assert (queues["oil"].words[-1], queues["oil"].keep_days, queues["oil"].refused.tags) == (
        "sancion*",
        30,
        ("agency",),
    )


def test_every_key_of_a_webhook_is_documented_and_the_example_loads(tmp_path: Path) -> None:
    told = section(text_of("docs/configuration.md"), "## Webhooks")
    keys = {row[0].strip("`"): row[1].strip("`") for row in rows(told)}
    defaults = {field.name: field.default for field in msgspec.structs.fields(WebhookSettings)}
    assert list(keys) == list(defaults)
    assert {key: tomllib.loads(f"value = {value}")["value"] for key, value in keys.items() if value} == {
        key: value for key, value in defaults.items() if value is not msgspec.NODEFAULT
    }
    (tmp_path / "teletipo.toml").touch()
    shipped = re.sub(r"^#(?=[\[a-z])", "", text_of("config/webhooks.toml"), flags=re.MULTILINE)
    for example in (*blocks(told, "toml"), shipped):
        (tmp_path / "webhooks.toml").write_text(example)
        assert load(config=tmp_path, environ={}).webhook("newsroom").secret == "env:NEWSROOM_SECRET"


@each_page
def test_every_variable_on_a_page_is_one_that_teletipo_reads(page: Path, tmp_path: Path) -> None:
    (tmp_path / "teletipo.toml").touch()
    for variable in set(re.findall(r"\bTELETIPO_\w+", page.read_text("utf-8"))) - {"TELETIPO_"}:
        if "__" in variable:
            load(config=tmp_path, environ={variable: "[]" if variable.endswith(("ADDRESSES", "TOKENS")) else "7"})
        else:
            assert variable in text_of("ingest/settings/loading.py") + text_of("docker-compose.yml")


def test_the_source_in_the_readme_is_a_whole_source_file(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "teletipo.toml").touch()
    (example,) = blocks(text_of("README.md"), "toml")
    (tmp_path / "sources/el-faro.toml").write_text(example)
    assert [feed.kind for feed in load(config=tmp_path, environ={}).source("el-faro").polled()] == ["feed"]


# ── the contract ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_keys_of_the_contract_are_those_marked_in_the_store() -> None:
    marked = {f"teletipo:{key}" for key in re.findall(r"<p>(\S+) \*", keys_module.__doc__ or "")}
    table = rows(section(text_of("docs/contract.md"), "## Keys"))
    assert marked == {row[0].strip("`") for row in table}
    assert {row[1] for row in table} == {"stream", "string"}


@each_page
def test_every_key_on_a_page_stands_in_the_table_of_keys(page: Path) -> None:
    known = {key.split("<")[0].rstrip(":") for key in re.findall(r"<p>(\S+)", keys_module.__doc__ or "")}
    named = re.findall(r"teletipo:([a-z]+)[:`\s]", page.read_text("utf-8"))
    assert set(named) - {"latest"} <= {key.split(":")[0] for key in known}


def test_the_fields_of_a_queue_entry_are_documented_in_the_order_in_which_they_are_written() -> None:
    told = [row[0].strip("`") for row in rows(section(text_of("docs/contract.md"), "## Fields of a queue entry"))]
    written = text_of("ingest/store/lib_publishing.lua")
    added = written[written.index("'XADD'") :].partition("'*', ")[2].partition(")\n")[0]
    assert told == re.findall(r"'(\w+)', \S+", added)
    assert told == [name for name in QueueEntry.__struct_fields__ if name != "entry"]


def test_the_fields_of_an_article_are_documented() -> None:
    told = [
        row[0].strip("`") for row in rows(section(text_of("docs/contract.md"), "## The article").split("```\n")[-1])
    ]
    assert told == list(Article.__struct_fields__)


def test_the_article_in_the_contract_is_one_that_teletipo_could_have_written() -> None:
    (example,) = blocks(text_of("docs/contract.md"), "json")
    article = article_from_json(example)
    assert list(msgspec.json.decode(example)) == list(Article.__struct_fields__)
    assert article.id == article_id(article.url)
    assert article.words == len(article.text.split()) < LEAST_WORDS, "so short a text has no fingerprint"
    assert article.sorted == min(article.sorted, article.fetched)


def test_the_id_in_the_contract_is_what_its_command_prints() -> None:
    (url, told) = re.findall(r'printf %s "(\S+)" \| sha256sum \| cut -c1-16 +# (\w+)', text_of("docs/contract.md"))[0]
    assert told == article_id(url)


# ── importing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def imported(language: str, name: str) -> list[Entry]:
    (example,) = blocks(text_of("docs/importing.md"), language)
    return [each.entry for each in read_import(example.encode(), name)]


def test_the_scraped_text_on_the_page_is_two_articles_with_titles_and_dates() -> None:
    first, second = imported("text", "scrape.txt")
    assert (first.title, first.published) == ("Nobody sails", "Feb 21, 2022, 22:22 pm")
    assert (second.title, second.url) == (
        "Library opens its doors after nine years",
        "https://harbour.example/news/1002",
    )
    assert "Fog kept the smaller boats" in first.content


def test_the_json_lines_on_the_page_are_two_articles() -> None:
    first, second = imported("json", "archive.jsonl")
    assert (first.title, first.authors) == ("New crane", ("Ana Marín",))
    assert (second.url, second.authors, second.published) == (
        "https://harbour.example/news/1004", ("Luis Paz",), "1 March 2022",
    )  # fmt: skip


def test_the_keys_of_json_lines_on_the_page_are_those_that_are_read() -> None:
    from ingest.parse import imports

    table = {
        row[0]: tuple(re.findall(r"`(\w+)`", row[1]))
        for row in rows(section(text_of("docs/importing.md"), "## JSON Lines"))
    }
    assert table["address"] == imports._URL
    assert table["text"] == imports._TEXT
    assert table["date"] == imports._PUBLISHED
    assert table["change"] == imports._UPDATED
    source = text_of("ingest/parse/imports.py")
    assert [key for keys in table.values() for key in keys if f'"{key}"' not in source] == []


# ── operations ───────────────────────────────────────────────────────────────────────────────────────────────────────


def strings(tree: ast.AST) -> Iterator[str]:
    """Every text in the code that is no docstring."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


FROM_PYTHON = {"Timeout ("}
"""What faulthandler writes."""


def test_the_lines_of_the_log_on_the_page_are_lines_that_the_code_writes() -> None:
    files = [file for room in ("ingest", "workers") for file in (ROOT / room).rglob("*.py")]
    code = "\n".join(text for file in files for text in strings(ast.parse(file.read_text("utf-8"))))
    steps, processes = re.findall(r"(?:^\|.*\n)+", section(text_of("docs/operations.md"), "## The log"), re.MULTILINE)
    lines = [row[0].split("`")[1] for table in (steps, processes) for row in rows(table)]
    assert len(lines) > 20
    for line in lines:
        fragments = {each.strip() for each in re.split(r"…|\d[\d:.]*", line)}
        words = {each for each in fragments if len(each) > 2} - FROM_PYTHON
        assert words or line.startswith("Timeout"), line
        assert {each for each in words if each not in code} == set(), line


def test_the_unit_spares_the_store_the_signal_that_stops_the_workers() -> None:
    (unit,) = blocks(text_of("docs/operations.md"), "ini")
    assert "\nKillMode=mixed\n" in unit
    assert "StateDirectory=teletipo\n" in unit
    assert "TELETIPO_DATA=/var/lib/teletipo\n" in unit


def test_the_settings_that_the_page_asks_of_a_store_are_those_of_the_embedded_one() -> None:
    from ingest.store.embedded import _command

    given = _command(Path("/data"), 7379)
    options = {option.removeprefix("--"): value for option, value in zip(given[1::2], given[2::2], strict=True)}
    asked = dict(
        row[0].strip("`").split() for row in rows(section(text_of("docs/operations.md"), "## A store of your own"))
    )
    assert asked == {key: options[key] for key in asked}
    assert len(asked) == 3


def test_the_changelog_has_the_version_of_the_package() -> None:
    version = tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    assert re.findall(r"^## \[([\d.]+)\]", text_of("CHANGELOG.md"), re.MULTILINE)[0] == version
