"""The verifiers on the page, run: they believe what we sign, in Python and in Node, and nothing else."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.deliver.signature import new_secret, signed
from ingest.settings.secrets import keys_of

PAGE = (Path(__file__).parents[2] / "docs/webhooks.md").read_text("utf-8")
NODE = shutil.which("node")
BODY = '{"type": "article.created", "data": {"title": "El año del ñandú"}}'.encode()

Verify = Callable[[str, dict[str, str], bytes], Any]
"""Returns the event, or raises where it is not believed."""


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def in_python(secret: str, headers: dict[str, str], body: bytes) -> Any:
    names: dict[str, Any] = {}
    exec(block("python"), names)  # noqa: S102 — the page's own words
    return names["verified"](secret, headers, body)


def in_node(secret: str, headers: dict[str, str], body: bytes) -> Any:
    assert NODE, "node is not on PATH; install it"
    call = "const [secret, headers, body] = JSON.parse(require('fs').readFileSync(0));\n"
    call += "console.log(JSON.stringify(verified(secret, headers, Buffer.from(body))));"
    asked = json.dumps([secret, headers, body.decode()])
    done = subprocess.run([NODE, "-e", block("js") + call], input=asked, capture_output=True, text=True, timeout=20)
    if done.returncode:
        assert "a stranger, or an old request played again" in done.stderr, done.stderr
        raise ValueError(done.stderr)
    return json.loads(done.stdout)


no_node = pytest.mark.skipif(not NODE and not os.environ.get("CI"), reason="node is not on PATH")
each_language = pytest.mark.parametrize("verify", [in_python, pytest.param(in_node, marks=no_node)])


def sent(secret: str, at: float | None = None) -> dict[str, str]:
    return signed(keys_of(secret, {}), "0ca851bc0a5738cd-1", int(time.time() if at is None else at), BODY)


@each_language
def test_what_we_send_is_believed_and_read(verify: Verify) -> None:
    secret = new_secret()
    assert verify(secret, sent(secret), BODY) == json.loads(BODY)


@each_language
def test_while_a_secret_changes_both_the_old_and_the_new_one_do(verify: Verify) -> None:
    old, new = new_secret(), new_secret()
    headers = sent(f"{old} {new}")
    assert verify(old, headers, BODY) == verify(new, headers, BODY) == json.loads(BODY)


@each_language
@pytest.mark.parametrize("change", ["body", "secret", "id", "old", "future", "no time", "shorter"])
def test_anything_else_is_refused(verify: Verify, change: str) -> None:
    secret = new_secret()
    headers, body, key = sent(secret), BODY, secret
    if change == "body":
        body = BODY.replace(b"1", b"2").replace(b"created", b"updated")
    elif change == "secret":
        key = new_secret()
    elif change == "id":
        headers = headers | {"webhook-id": "0ca851bc0a5738cd-2"}
    elif change in {"old", "future"}:
        headers = sent(secret, time.time() + (-400 if change == "old" else 400))
    elif change == "no time":
        headers = headers | {"webhook-timestamp": "soon"}
    else:
        headers = headers | {"webhook-signature": headers["webhook-signature"][:-4]}
    with pytest.raises(ValueError):
        verify(key, headers, body)
