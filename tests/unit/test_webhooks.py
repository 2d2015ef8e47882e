"""What is signed, how long is waited, and which secrets can be used."""

from base64 import b64encode
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from ingest.deliver.signature import new_secret, signed
from ingest.deliver.webhooks import LONGEST, Waiting, back_off
from ingest.errors import ConfigError, UnknownName
from ingest.settings import load
from ingest.settings.secrets import keys_of

KEY = bytes(range(32))
SECRET = f"whsec_{b64encode(KEY).decode()}"
WEBHOOK = '[webhooks.newsroom]\nqueue = "all"\nurl = "https://newsroom.example/in"\nsecret = "{}"\n'


def now() -> int:
    return int(datetime.now(UTC).timestamp())


# ── signatures ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_signature_is_the_one_that_the_standards_own_library_makes() -> None:
    body, at = '{"año": "niño"}', now()
    ours = signed([KEY], "a-1", at, body.encode())
    theirs = Webhook(SECRET).sign("a-1", datetime.fromtimestamp(at, UTC), body)
    assert ours["webhook-signature"] == theirs


def test_each_of_two_keys_verifies_and_a_third_does_not() -> None:
    old, new, other = new_secret(), new_secret(), new_secret()
    headers = signed(keys_of(f"{old} {new}", {}), "a-1", now(), b"{}")
    Webhook(old).verify(b"{}", headers)
    Webhook(new).verify(b"{}", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(b"{}", headers)


@pytest.mark.parametrize(
    "change", [{"webhook-id": "a-2"}, {"webhook-timestamp": str(now() - 1)}], ids=["another id", "another time"]
)
def test_a_signature_holds_for_its_own_id_time_and_body_alone(change: dict[str, str]) -> None:
    headers = signed([KEY], "a-1", now(), b"{}")
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(b"{}", headers | change)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(b"{ }", headers)


def test_a_new_secret_can_be_used_and_is_never_the_same() -> None:
    assert len(keys_of(new_secret(), {})[0]) == 32
    assert new_secret() != new_secret()


# ── waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_wait_doubles_from_seconds_to_hours_and_is_spread() -> None:
    waits = [back_off(failures, LONGEST, lambda: 0.5) for failures in range(1, 41)]
    assert waits[0] == 5.0
    assert all(b == min(2 * a, LONGEST) for a, b in pairwise(waits))
    assert waits[-1] == LONGEST >= 3600
    assert back_off(1, LONGEST, lambda: 0.0) < 5.0 < back_off(1, LONGEST, lambda: 0.999)


def test_revisions_of_an_article_wait_for_one_another_and_for_no_other_article() -> None:
    waiting = Waiting(["1-0|a|1|created", "3-0|a|3|updated", "2-0|b|1|created", "1-0|9-0|4|gap"])
    assert waiting.before("2-5|a|2|updated") == ["1-0|a|1|created"]
    assert waiting.before("4-0|a|4|updated") == ["1-0|a|1|created", "3-0|a|3|updated"]
    assert waiting.before("1-0|a|1|created") == waiting.before("5-0|c|2|updated") == []
    assert waiting.after("1-0|a|1|created") == ["3-0|a|3|updated"]
    waiting.discard("1-0|a|1|created")
    assert waiting.before("3-0|a|3|updated") == waiting.after("3-0|a|3|updated") == []


# ── the configuration ────────────────────────────────────────────────────────────────────────────────────────────────


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "teletipo.toml").touch()
    (tmp_path / "webhooks.toml").write_text(text)
    return tmp_path


SHORT = b64encode(b"too short").decode()


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("", "it is empty"),
        ("hunter2-hunter2-hunter2", "begins with neither `whsec_` nor `env:`"),
        ("whsec_not-base64!", "is not base64"),
        (f"whsec_{SHORT}", "has 9 bytes, not 24 to 64"),
        (f"{SECRET} whsec_{SHORT}", "has 9 bytes, not 24 to 64"),
        ("env:", "no name of a variable"),
        ("env:two words", "no name of a variable"),
        ("env:BAD", "begins with neither"),
    ],
)
def test_a_bad_secret_is_refused_with_file_and_key_and_is_not_repeated(tmp_path: Path, secret: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(folder(tmp_path, WEBHOOK.format(secret)), environ={"BAD": "hunter2-hunter2"})
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'webhooks.toml'}: webhooks.newsroom.secret: ")
    assert said in message
    assert not {"hunter2", "not-base64", SHORT, SECRET} & set(message.replace("`", " ").split())
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WEBHOOK.format(SECRET).replace('"all"', '"al"'), "webhooks.newsroom.queue: no queue is called 'al'"),
        (WEBHOOK.format(SECRET).replace("https://", "ftp://"), "webhooks.newsroom.url"),
        (WEBHOOK.format(SECRET) + "timeout = 0\n", "timeout must be above 0"),
        (WEBHOOK.format(SECRET) + "timeout = inf\n", "timeout must be above 0"),
        (WEBHOOK.format(SECRET) + "give_up_days = -1\n", "give_up_days 0 or more"),
        (WEBHOOK.format(SECRET) + 'start = "5"\n', "webhooks.newsroom.start"),
        (WEBHOOK.format(SECRET) + "tiemout = 5\n", "did you mean 'timeout'?"),
        (WEBHOOK.format(SECRET).replace(".newsroom", ".'News Room'"), "rename it"),
    ],
)
def test_a_bad_webhook_is_refused_with_its_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(folder(tmp_path, text), environ={})
    assert str(caught.value).startswith(str(tmp_path / "webhooks.toml"))
    assert said in str(caught.value)


def test_a_secret_may_come_from_the_environment_where_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that sends nothing loads the same file without the variable."""
    settings = load(folder(tmp_path, WEBHOOK.format("env:NEWSROOM_SECRET")), environ={})
    monkeypatch.delenv("NEWSROOM_SECRET", raising=False)
    with pytest.raises(ConfigError, match=r"webhooks\.newsroom\.secret: the variable NEWSROOM_SECRET is not set"):
        settings.webhook_keys("newsroom")
    monkeypatch.setenv("NEWSROOM_SECRET", SECRET)
    assert settings.webhook_keys("newsroom") == (KEY,)


def test_settings_that_are_printed_hold_no_secret(tmp_path: Path) -> None:
    text = WEBHOOK.format(SECRET).replace("//newsroom.example/in", "//me:hunter2@newsroom.example/in?token=hunter3")
    shown = repr(load(folder(tmp_path, text), environ={}))
    assert "newsroom.example" in shown
    assert [each for each in (SECRET, "hunter2", "hunter3") if each in shown] == []


def test_a_webhook_that_is_not_there_is_answered_with_the_nearest_one(tmp_path: Path) -> None:
    settings = load(folder(tmp_path, WEBHOOK.format(SECRET)), environ={})
    with pytest.raises(UnknownName, match="did you mean 'newsroom'"):
        settings.webhook("newsrom")
