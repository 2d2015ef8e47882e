"""Signatures of Standard Webhooks (https://www.standardwebhooks.com): what a receiver checks before it believes. Pure.

webhook-id          the same at every try, so that a receiver can tell what it had before
webhook-timestamp   unix seconds of this try, so that an old one cannot be played again
webhook-signature   v1,<base64 of HMAC-SHA256 over id.timestamp.body>, one for each key, a space between them
"""

import hmac
import secrets
from base64 import b64encode
from collections.abc import Sequence

from ingest.settings.secrets import PREFIX


def signed(keys: Sequence[bytes], message: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers for this message id, unix time and body."""
    content = b".".join((message.encode(), str(timestamp).encode(), body))
    signatures = (b64encode(hmac.digest(key, content, "sha256")).decode() for key in keys)
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def new_secret() -> str:
    """A secret for webhooks.toml: 32 random bytes."""
    return PREFIX + b64encode(secrets.token_bytes(32)).decode()
