"""Claims about an outlet -> its name and its language, each with what speaks for it and what does not."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from babel import Locale

from ingest.discover.claims import Claim, Fact, listed
from ingest.words import without_accents

# ── name ──

_NO_NAME = re.compile(
    r"(?:home|inicio|portada|start|startseite|accueil|in[ií]cio|rss|feed|news|noticias|latest|not[ií]cias|index|blog)",
    re.IGNORECASE,
)
_FEED_WORDS = re.compile(
    r"\s*(?:[|»–—:-]\s*)?\b(?:RSS(?: feed)?|feed|latest (?:news|stories|articles)|all (?:news|articles)|portada"
    r"|[úu]ltimas noticias)\s*$", re.IGNORECASE,
)  # fmt: skip


def name_of(claims: Iterable[Claim], feed_title: str, url: str) -> Fact:
    """How the outlet calls itself: what is said most, without its tagline; its host where nothing is said."""
    said = [*claims]
    if title := _FEED_WORDS.sub("", feed_title).strip():
        parts = [part for part in re.split(r"\s+[|»–—·:-]+\s+", title) if part]
        said += [Claim(parts[0], "the feed's title", 3.0)] + [
            Claim(part, "the feed's title", 1.0) for part in parts[1:]
        ]
    weights: dict[str, float] = defaultdict(float)
    host = _letters((urlsplit(url).hostname or "").removeprefix("www."))
    for claim in said:
        key = _letters(claim.value)
        if key and not _NO_NAME.fullmatch(claim.value.strip()) and len(claim.value) <= 60:
            weights[key] += claim.weight
    for key in weights:
        weights[key] += 3.0 if len(key) > 2 and (key in host or host.startswith(key[:8])) else 0.0
    best = max(weights, key=lambda key: weights[key], default="")
    if not best:
        return Fact((urlsplit(url).hostname or url).removeprefix("www."), "its host, since no name is stated")
    spoken = [claim for claim in said if _letters(claim.value) == best]
    value = max(spoken, key=lambda claim: claim.weight).value
    return Fact(value, listed(claim.where for claim in spoken))


def _letters(text: str) -> str:
    return re.sub(r"\W", "", without_accents(text)).lower()


# ── language ──


def language_of(claims: Sequence[Claim], texts: Sequence[str]) -> Fact:
    """ISO 639-1. texts: the languages that were found of the entries' and articles' own texts, empty where none was.

    What the texts are in comes first, since many a template states its maker's language; then what most say.
    """
    known = [language for language in texts if language]
    said = [(claim, code) for claim in claims if (code := language_code(claim.value))]
    votes: dict[str, float] = defaultdict(float)
    for language in known:
        votes[language] += 2.0 / len(known) * (2.0 if len(known) > 1 else 1.0)
    for _, code in said:
        votes[code] += 1.0 / max(len(said), 1)
    if not votes:
        return Fact("")
    value = max(votes, key=lambda code: votes[code])
    counted = f"{known.count(value)} of {len(known)} texts" if value in known else ""
    evidence = listed((counted, *(f"{claim.where} {claim.value!r}" for claim, code in said if code == value)))
    others = {language for language in known if language != value}
    against = [f"{claim.where} {claim.value!r}" for claim, code in said if code != value]
    against += [f"{known.count(language)} of {len(known)} texts are {language!r}" for language in sorted(others)]
    return Fact(value, evidence, listed(against))


def language_code(said: str) -> str:
    """ISO 639-1 of what somebody wrote for a language (`es-VE`, `Spanish`), empty where that is none."""
    code = re.split(r"[-_]", said.strip().lower())[0]
    if re.fullmatch(r"[a-z]{2}", code):
        return "nb" if code == "no" else code
    return next((short for name, short in _language_names() if name == without_accents(said).strip().lower()), "")


@lru_cache(1)
def _language_names() -> tuple[tuple[str, str], ...]:
    """The names of languages in English, as some outlets write them."""
    english = Locale("en").languages
    return tuple(
        (without_accents(str(name)).lower(), str(code)) for code, name in english.items() if len(str(code)) == 2
    )
