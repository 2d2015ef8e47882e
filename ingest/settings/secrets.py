"""A webhook's secret as the configuration has it -> the keys that sign. Pure; no error repeats what it was given.

A secret is `whsec_` and base64 (Standard Webhooks), or `env:NAME` for the variable that holds it. Two of them with a
space between sign every delivery twice, while a receiver changes from one to the other.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping

PREFIX = "whsec_"

LEAST, MOST = 24, 64
"""Bytes of a key, by Standard Webhooks."""


class VariableMissing(ValueError):
    """`env:NAME`, and no such variable here: no fault of the file's, and none at all where nothing is to be signed."""


def keys_of(secret: str, environ: Mapping[str, str]) -> tuple[bytes, ...]:
    """The keys, at least one. Raises ValueError with what is wrong and what to do."""
    if secret.startswith("env:"):
        return _keys_in(_variable(secret.removeprefix("env:"), environ))
    return _keys_in(secret)


def _variable(name: str, environ: Mapping[str, str]) -> str:
    if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
        raise ValueError("no name of a variable stands after `env:`; write env:NEWSROOM_SECRET")
    if not environ.get(name):
        raise VariableMissing(f"the variable {name} is not set; export it where webhooks are sent from")
    return environ[name]


def _keys_in(secrets: str) -> tuple[bytes, ...]:
    keys = tuple(map(_key, secrets.split()))
    if not keys:
        raise ValueError("it is empty; `teletipo webhooks secret` makes one")
    return keys


def _key(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        raise ValueError("it begins with neither `whsec_` nor `env:`; `teletipo webhooks secret` makes one")
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("what follows `whsec_` is not base64; `teletipo webhooks secret` makes one") from None
    if not LEAST <= len(key) <= MOST:
        raise ValueError(
            f"its key has {len(key)} bytes, not {LEAST} to {MOST}; `teletipo webhooks secret` makes a good one"
        )
    return key
