"""What robots.txt, headers and the page say about the use of an article -> Rights. Pure.

    {"robots.txt": "GPTBot", "meta robots": "noai, max-snippet:50", ...} ─► train, free, licence, and the evidence

Anything that says no to training outweighs whatever says yes. What says neither is told all the same, where it is about
use: `noarchive` and `max-snippet` are, `noindex` and `follow` are not.
"""

import re
from collections.abc import Iterator, Mapping

from ingest.models import Rights

_DIRECTIVES = re.compile(
    r"\b(?:noai|noimageai|noarchive|nocache|nosnippet|max-snippet\s*:\s*-?\d+)(?![\w-])", re.IGNORECASE
)
_ROBOTS = ("x-robots-tag", "meta robots", "meta googlebot", "meta bingbot")
_RESERVATIONS = ("tdm-reservation", "meta tdm-reservation")
_POLICIES = ("tdm-policy", "meta tdm-policy")
_TRAIN = re.compile(r"\bai-train\s*=\s*(yes|no)\b", re.IGNORECASE)
_LOCKED = {"locked", "metered"}
"""Of Facebook's content tiers; the other one is "free"."""


def rights(terms: Mapping[str, str]) -> Rights:
    """What these terms come to. terms: where it is said -> the words, as in `Page.terms` and of `terms_in`."""
    evidence = dict(_evidence(terms))
    says = set(_about_training(evidence))
    return Rights(
        train="refused" if "no" in says else "allowed" if "yes" in says else "unknown",
        free=_free(evidence),
        license=terms.get("license", ""),
        evidence=evidence,
    )


def _evidence(terms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What of the terms is about use."""
    for name, said in terms.items():
        if name in _ROBOTS:
            if told := list(dict.fromkeys(directive.lower() for directive in _DIRECTIVES.findall(said))):
                yield name, ", ".join(told)
        elif name != "license":
            yield name, said


def _about_training(evidence: Mapping[str, str]) -> Iterator[str]:
    """ "no" and "yes", as often as they are said."""
    if "robots.txt" in evidence:
        yield "no"
    yield from (answer.lower() for answer in _TRAIN.findall(evidence.get("content-signal", "")))
    for name in _ROBOTS:
        if "noai" in _words(evidence.get(name, "")):
            yield "no"
    for name in _RESERVATIONS:
        yield from ({"1": "no", "0": "yes"}.get(said, "") for said in _words(evidence.get(name, "")))


def _free(evidence: Mapping[str, str]) -> bool | None:
    tiers = _words(evidence.get("meta article:content_tier", ""))
    said = evidence.get("json-ld isAccessibleForFree", "")
    if said == "false" or tiers & _LOCKED:
        return False
    return True if said == "true" or "free" in tiers else None


def _words(said: str) -> set[str]:
    return {word.strip().lower() for word in said.split(",")}
