"""What the headers of a conditional GET say, both ways (RFC 9110, sections 8.8, 10.2.3 and 13). Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from urllib.parse import urljoin

from msgspec.structs import replace

from ingest.models import Validators

_DAY = 86_400.0
# What may be sent back as it came. A folded ETag would make every later request invalid; one above 1,000 characters,
# with the other headers, comes near the 8 KB at which servers answer 400. Either would shut the feed out for good.
_MAX_AGE = re.compile(r"(?<![\w-])max-age\s*=\s*\"?([0-9]{1,10})", re.IGNORECASE)
_NEVER_FRESH = re.compile(r"(?<![\w-])no-(?:store|cache)(?![\w-])", re.IGNORECASE)
_OPAQUE = re.compile(r"[\x20-\x7e\x80-\xff]{1,1000}")


_TERMS = ("x-robots-tag", "tdm-reservation", "tdm-policy")
_LONGEST_TERMS = 300


def conditions(known: Validators) -> dict[str, str]:
    """The headers that make a GET conditional; none where nothing is known."""
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value}


def fresh(headers: Mapping[str, str], body: bytes) -> Validators:
    """The validators of a 200. They replace the old ones wholly: an outlet that drops its ETag means it."""
    return Validators(
        etag=_opaque(headers, "ETag"),
        last_modified=_opaque(headers, "Last-Modified"),
        body_hash=sha256(body).hexdigest()[:16],
    )


def confirmed(known: Validators, headers: Mapping[str, str]) -> Validators:
    """The validators after a 304: those it states anew, the others as they were."""
    return replace(
        known,
        etag=_opaque(headers, "ETag") or known.etag,
        last_modified=_opaque(headers, "Last-Modified") or known.last_modified,
    )


def _opaque(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "")
    return value if _OPAQUE.fullmatch(value) else ""


def terms(headers: Mapping[str, str]) -> dict[str, str]:
    """What the answer says about the use of what it brings: X-Robots-Tag, and the W3C's TDM reservation protocol."""
    found = {name: " ".join(headers.get(name, "").split())[:_LONGEST_TERMS] for name in _TERMS}
    return {name: said for name, said in found.items() if said.isprintable() and said}


_LINK = re.compile(r"<([^<>]{1,1000})>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s\",;]+))*)")
_PARAMETER = re.compile(r";\s*([\w*-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))")
_LONGEST_LINKS = 8_000
WORDPRESS = "https://api.w.org/"
"""What WordPress calls the link to its API, on each of its pages."""

_LINKS = ("hub", "self", WORDPRESS)


def links(headers: Mapping[str, str], base: str) -> dict[str, str]:
    """The first hub, `self` and WordPress API that Link headers (RFC 8288) name, by their rel; base: what answered."""
    found: dict[str, str] = {}
    for target, parameters in _LINK.findall(headers.get("Link", "")[:_LONGEST_LINKS]):
        said = (quoted or bare for key, quoted, bare in _PARAMETER.findall(parameters) if key.lower() == "rel")
        for name in next(said, "").lower().split():
            if name in _LINKS and (url := _web_address(base, target)):
                found.setdefault(name, url)
    return found


def _web_address(base: str, target: str) -> str:
    try:
        url = urljoin(base, target.strip())
    except ValueError:
        return ""
    return url if url.startswith(("http://", "https://")) and url.isprintable() and " " not in url else ""


def fresh_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds for which the answer says that it stays fresh: at most a day, None where it says nothing.

    max-age of Cache-Control, less the Age that it spent in caches on the way; else Expires, counted from Date, by the
    server's own clock (RFC 9111, 4.2). no-store and no-cache ask for no wait, nor does what is over already.
    """
    said = headers.get("Cache-Control", "")
    if _NEVER_FRESH.search(said):
        return None
    if found := _MAX_AGE.search(said):
        age = headers.get("Age", "").strip()
        seconds = float(found[1]) - (float(age) if re.fullmatch(r"[0-9]{1,10}", age) else 0.0)
    else:
        expires = _moment(headers.get("Expires", ""))
        seconds = (expires - (_moment(headers.get("Date", "")) or now)).total_seconds() if expires else 0.0
    return min(seconds, _DAY) if seconds > 0 else None


def retry_after(value: str, now: datetime) -> float | None:
    """Retry-After, seconds or an HTTP date, as seconds from `now`: at most a day; None where it asks for nothing."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return min(float(value), _DAY)
    date = _moment(value)
    seconds = (date - now).total_seconds() if date else -1.0
    return min(seconds, _DAY) if seconds >= 0 else None


def _moment(value: str) -> datetime | None:
    """An HTTP date, None for anything else: "0" and "-1" are common in Expires."""
    try:
        date = parsedate_to_datetime(value.strip())
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
