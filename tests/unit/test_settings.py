"""The configuration: what ships equals the defaults, and what cannot be used is refused with its remedy."""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ingest.errors import ConfigError, UnknownName
from ingest.models import to_json
from ingest.settings import Conditions, QueueSettings, Settings, load

CONFIG = Path(__file__).parents[2] / "config"
TABLES = ("store", "broker", "fetch", "schedule", "workers", "retention", "watch", "revisions", "api", "websub")

A_SOURCE = """
id = "el-faro"
name = "El Faro"
homepage = "https://elfaro.example/"
language = "es"
country = "VE"
timezone = "America/Caracas"
feeds = ["https://elfaro.example/feed/"]
"""


def folder(
    tmp_path: Path, main: str = "", *, queues: str | None = None, source: str | None = None, name: str = "el-faro"
) -> Path:
    """A configuration folder with these files."""
    (tmp_path / "teletipo.toml").write_text(main, "utf-8")
    if queues is not None:
        (tmp_path / "queues.toml").write_text(queues, "utf-8")
    if source is not None:
        (tmp_path / "sources").mkdir()
        (tmp_path / f"sources/{name}.toml").write_text(source, "utf-8")
    return tmp_path


def refusal(config: Path, environ: dict[str, str] | None = None) -> str:
    """What the ConfigError says when this folder is loaded."""
    with pytest.raises(ConfigError) as caught:
        load(config=config, environ=environ or {})
    return str(caught.value)


# ── what ships ───────────────────────────────────────────────────────────────────────────────────────────────────────


def shipped() -> dict[str, dict[str, Any]]:
    return tomllib.loads((CONFIG / "teletipo.toml").read_text("utf-8"))


def defaults(tmp_path: Path) -> dict[str, dict[str, Any]]:
    settings = load(config=folder(tmp_path), environ={})
    return {table: msgspec.json.decode(to_json(getattr(settings, table))) for table in TABLES}


def test_the_shipped_file_holds_every_setting_with_its_default_value(tmp_path: Path) -> None:
    assert shipped() == defaults(tmp_path)


def test_a_shipped_number_is_written_as_the_setting_has_it(tmp_path: Path) -> None:
    """15 equals 15.0, but a reader learns from the file that fractions are allowed."""
    for table, values in defaults(tmp_path).items():
        assert {key: type(value) for key, value in shipped()[table].items()} == {
            key: type(value) for key, value in values.items()
        }


def test_every_shipped_setting_is_explained_by_the_comment_above_it() -> None:
    lines = (CONFIG / "teletipo.toml").read_text("utf-8").splitlines()
    settings = [number for number, line in enumerate(lines) if re.match(r"\w+ = ", line)]
    assert len(settings) == sum(len(values) for values in shipped().values())
    assert all(lines[number - 1].startswith("# ") for number in settings)


def test_the_shipped_queue_all_takes_everything() -> None:
    assert load(config=CONFIG, environ={}).queues == {"all": QueueSettings()}


def test_the_examples_in_queues_toml_work_when_their_comment_signs_are_taken_away(tmp_path: Path) -> None:
    text = re.sub(r"^#(?=[\[a-z])", "", (CONFIG / "queues.toml").read_text("utf-8"), flags=re.MULTILINE)
    queues = load(config=folder(tmp_path, queues=text), environ={}).queues
    assert queues == {
        "all": QueueSettings(),
        "venezuela-es": QueueSettings(language=("es",), country=("VE",), min_words=120),
        "oil": QueueSettings(
            words=("PDVSA", "petróleo", "oil", "sancion*", "sanction*"),
            keep_days=30.0,
            refused=Conditions(tags=("agency",)),
        ),
    }


# ── what is read ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_file_means_the_defaults_and_one_queue_for_everything(tmp_path: Path) -> None:
    settings = load(config=folder(tmp_path), environ={})
    assert settings.queues == {"all": QueueSettings()}
    assert settings.sources == {}
    assert settings.fetch.deadline == 45.0


def test_the_file_is_heard_and_the_rest_keeps_its_default(tmp_path: Path) -> None:
    settings = load(config=folder(tmp_path, "[fetch]\ndeadline = 20\n"), environ={})
    assert (settings.fetch.deadline, settings.fetch.timeout) == (20.0, 15.0)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("TELETIPO_FETCH__DEADLINE", "5", 5.0),
        ("TELETIPO_FETCH__ALLOW_ADDRESSES", '["127.0.0.0/8"]', ("127.0.0.0/8",)),
        ("TELETIPO_STORE__URL", "redis://redis:6379/0", "redis://redis:6379/0"),
        ("TELETIPO_STORE__PREFIX", "{teletipo}:", "{teletipo}:"),
        ("TELETIPO_RETENTION__QUEUE_LENGTH", "5_000", 5000),
        ("TELETIPO_FETCH__USER_AGENT", "faro/1 (+https://elfaro.example)", "faro/1 (+https://elfaro.example)"),
    ],
)
def test_the_environment_wins_over_the_file(tmp_path: Path, variable: str, value: str, expected: object) -> None:
    config = folder(tmp_path, '[fetch]\ndeadline = 20\n[store]\nprefix = "other:"\n')
    settings = load(config=config, environ={variable: value})
    table, _, key = variable.removeprefix("TELETIPO_").lower().partition("__")
    assert getattr(getattr(settings, table), key) == expected


def test_variables_of_other_programs_are_none_of_our_business(tmp_path: Path) -> None:
    environ = {"PATH": "/bin", "FETCH__DEADLINE": "5", "TELETIPO_DATA": str(tmp_path / "there")}
    settings = load(config=folder(tmp_path), environ=environ)
    assert settings.fetch.deadline == 45.0
    assert settings.data == (tmp_path / "there").resolve()


def test_the_environment_says_where_the_configuration_is_unless_the_caller_does(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = folder(tmp_path / "a"), folder(tmp_path / "b")
    environ = {"TELETIPO_CONFIG": str(one)}
    assert load(environ=environ).config == one.resolve()
    assert load(config=other, environ=environ).config == other.resolve()


def test_a_page_belongs_to_the_source_with_its_host_or_to_its_host_alone(tmp_path: Path) -> None:
    settings = load(config=folder(tmp_path, source=A_SOURCE), environ={})
    assert settings.source_of("https://www.elfaro.example/2026/puente").id == "el-faro"
    assert settings.source_of("https://other.example/a").id == "other.example"
    assert settings.source_or_host("other.example").homepage == "https://other.example/"


def test_of_two_sources_with_one_host_its_pages_belong_to_the_first(tmp_path: Path) -> None:
    config = folder(tmp_path, source=A_SOURCE)
    (config / "sources/la-plaza.toml").write_text(A_SOURCE.replace('"el-faro"', '"la-plaza"'), "utf-8")
    assert load(config=config, environ={}).source_of("https://elfaro.example/sur").id == "el-faro"


def test_a_source_that_is_not_there_is_answered_with_the_nearest_one(tmp_path: Path) -> None:
    settings: Settings = load(config=folder(tmp_path, source=A_SOURCE), environ={})
    with pytest.raises(UnknownName, match="did you mean 'el-faro'"):
        settings.source("el-farro")


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("main", "said"),
    [
        ("[fech]\n", ("'fech'", "did you mean 'fetch'?")),
        ("[fetch]\ndedline = 5\n", ("'fetch.dedline'", "did you mean 'deadline'?")),
        ("[fetch]\nzzz = 5\n", ("'fetch.zzz'", "use one of: user_agent, timeout")),
        ('[fetch]\ndeadline = "soon"\n', ("fetch.deadline", "expected `float`, got `str`", "correct that value")),
        ("[store]\nurl = 7\n", ("store.url", "expected `str`, got `int`")),
        ("fetch = 3\n", ("fetch is a table", "write [fetch]")),
        ("[fetch\n", ("not readable as TOML", "line 1")),
        ('[fetch]\nallow_addresses = ["127.0.0.1/8"]\n', ("fetch.allow_addresses", "a network such as 127.0.0.0/8")),
        ("[schedule]\nlease = 0\n", ("schedule.lease is 0.0", "must be 0.1 or more")),
        ("[fetch]\ntimeout = nan\n", ("fetch.timeout is nan", "must be 0.01 or more")),
        ("[retention]\narticle_days = inf\n", ("retention.article_days is inf", "must be 0 or more")),
        ("[watch]\nafter = [60, 60]\n", ("watch.after is [60.0, 60.0]", "later than the one before")),
        ("[watch]\nafter = [0]\n", ("watch.after is [0.0]", "above 0")),
        ("[watch]\nconfirm = -1\n", ("watch.confirm is -1", "must be 0 or more")),
        ("[revisions]\nmost = 0\n", ("revisions.most is 0", "must be 1 or more")),
        ("[fetch]\ndelay = -1\n", ("fetch.delay is -1", "must be 0 or more")),
        ("[schedule]\nmin_interval = 90000\n", ("schedule.min_interval is above schedule.max_interval", "lower it")),
    ],
)
def test_a_bad_setting_is_refused_with_file_key_and_remedy(tmp_path: Path, main: str, said: tuple[str, ...]) -> None:
    message = refusal(folder(tmp_path, main))
    assert message.startswith(str(tmp_path / "teletipo.toml"))
    assert [part for part in said if part not in message] == [], message


def test_a_file_that_is_not_utf_8_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "teletipo.toml").write_bytes('# año\n[fetch]\nuser_agent = "El Ñandú"\n'.encode("latin-1"))
    assert "teletipo.toml: not readable as TOML" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"TELETIPO_FECH__DEADLINE": "5"}, ("TELETIPO_FECH__DEADLINE", "no table [fech]", "did you mean 'fetch'?")),
        ({"TELETIPO_FETCH__DEDLINE": "5"}, ("TELETIPO_FETCH__DEDLINE", "did you mean 'deadline'?")),
        ({"TELETIPO_FETCH__DEADLINE": "soon"}, ("TELETIPO_FETCH__DEADLINE", "expected `float`, got `str`")),
    ],
)
def test_a_bad_variable_is_refused_like_a_bad_key(
    tmp_path: Path, environ: dict[str, str], said: tuple[str, ...]
) -> None:
    message = refusal(folder(tmp_path), environ)
    assert [part for part in said if part not in message] == [], message


def test_a_text_may_look_like_a_number_in_the_environment(tmp_path: Path) -> None:
    assert load(config=folder(tmp_path), environ={"TELETIPO_STORE__PREFIX": "1"}).store.prefix == "1"


def test_queues_that_are_no_table_are_refused(tmp_path: Path) -> None:
    for queues in ('queues = "x"\n', '[queues]\nall = "x"\n'):
        message = refusal(folder(tmp_path, queues=queues))
        assert message.endswith("queues.toml: queues is a table of tables; write [queues.NAME] and its keys below it")


@pytest.mark.parametrize(
    ("queues", "said"),
    [
        ('[queues.q]\nlangage = ["es"]', ("'queues.q.langage'", "did you mean 'language'?")),
        ('[queues.q.not]\nlangage = ["es"]', ("'queues.q.not.langage'", "did you mean 'language'?")),
        ("[queues.q.not]\nkeep_days = 3", ("'queues.q.not.keep_days'", "use one of: source")),
        ('[queues.q]\nnot = ["es"]', ("queues.q.not is a table", "write [queues.q.not]")),
        ('[queues.q]\nlanguage = "es"', ("queues.q.language", "expected `array`, got `str`")),
        ('[queues.q]\nlanguage = ["Spanish"]', ("queues.q.language: 'Spanish'", "ISO 639-1", "correct it")),
        ('[queues.q]\nlanguage = ["ES"]', ("queues.q.language: 'ES'", "such as es")),
        ('[queues.q.not]\ncountry = ["Venezuela"]', ("queues.q.not.country: 'Venezuela'", "such as VE")),
        ('[queues.q]\nsource = ["el-farro"]', ("queues.q.source", "'el-farro'", "did you mean 'el-faro'?")),
        ('[queues.q]\nwords = ["*"]', ("queues.q.words: '*'", "a word, a phrase, or a beginning")),
        ('[queues.q]\nwords = ["san*cion"]', ("queues.q.words: 'san*cion'", "a beginning with * after it")),
        ('[queues.q]\nwords = ["!?"]', ("queues.q.words: '!?'",)),
        ('[queues.q]\nkeywords = [""]', ("queues.q.keywords: ''", "a keyword")),
        ('[queues.q]\nauthors = [" "]', ("queues.q.authors: ' '", "a name")),
        ('[queues.q]\ntopics = [""]', ("queues.q.topics: ''", "a topic")),
        ('[queues.q]\ntags = [" "]', ("queues.q.tags: ' '", "a tag")),
        ("[queues.q]\nmin_words = -1", ("queues.q.min_words is -1", "0 or more")),
        ('[queues.q]\nmin_words = "many"', ("queues.q.min_words", "expected `int`, got `str`")),
        ("[queues.q]\nkeep_days = -1", ("queues.q", "keep_days must be 0 or more")),
        ("[queues.q]\nkeep_days = nan", ("queues.q", "keep_days must be 0 or more")),
        ("[queues.q]\nkeep_days = inf", ("queues.q", "keep_days must be 0 or more")),
        ("[queues.q]\nkeep_entries = 0", ("queues.q", "keep_entries 1 or more")),
        ('[queues."Mine Own"]', ("'Mine Own'", "lower-case letters", "rename it")),
        ("[queue.q]", ("no table 'queue'", "write [queues.NAME]")),
        ("[queues.q", ("not readable as TOML",)),
    ],
)
def test_a_bad_queue_is_refused_with_file_key_and_remedy(tmp_path: Path, queues: str, said: tuple[str, ...]) -> None:
    message = refusal(folder(tmp_path, queues=f"[queues.all]\n{queues}\n", source=A_SOURCE))
    assert message.startswith(f"{tmp_path / 'queues.toml'}: ")
    assert [part for part in said if part not in message] == [], message


def test_a_queue_may_name_the_host_of_articles_that_were_fetched_by_hand(tmp_path: Path) -> None:
    queues = load(config=folder(tmp_path, queues='[queues.q]\nsource = ["other.example"]\n'), environ={}).queues
    assert queues["q"].source == ("other.example",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("America/Caracas", "America/Caracass"), ("timezone", "'America/Caracass'", "an IANA time zone")),
        (('id = "el-faro"', 'id = "el-fato"'), ("id is 'el-fato'", "make it 'el-faro'")),
        (("https://elfaro.example/feed/", "elfaro.example/feed"), ("address", "an http:// or https:// address")),
        (("feeds =", "feed ="), ("'feed'", "did you mean 'feeds'?")),
        (('name = "El Faro"\n', ""), ("missing required field `name`",)),
        (('feed/"]', 'feed/"]\n[fetch]\nfull_text = "now"'), ("fetch.full_text: invalid enum value 'now'",)),
    ],
)
def test_a_bad_source_is_refused_with_its_file(tmp_path: Path, change: tuple[str, str], said: tuple[str, ...]) -> None:
    assert change[0] in A_SOURCE
    message = refusal(folder(tmp_path, source=A_SOURCE.replace(*change)))
    assert message.startswith(str(tmp_path / "sources/el-faro.toml"))
    assert [part for part in said if part not in message] == [], message


def test_a_folder_that_is_not_there_is_refused_with_how_to_make_one(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    assert f"`teletipo init {missing}` writes one" in refusal(missing)


# ── hubs ──


@pytest.mark.parametrize(
    "callback", ["news.example", "ftp://news.example", "https://", "https://a.example/?x=1", "https://a b.example"]
)
def test_a_callback_that_no_hub_could_call_is_refused(tmp_path: Path, callback: str) -> None:
    said = refusal(folder(tmp_path), {"TELETIPO_WEBSUB__CALLBACK": callback})
    assert "websub.callback" in said


def test_a_callback_may_have_a_path(tmp_path: Path) -> None:
    environ = {"TELETIPO_WEBSUB__CALLBACK": "https://news.example/wire/"}
    assert load(config=folder(tmp_path), environ=environ).websub.callback == "https://news.example/wire/"
