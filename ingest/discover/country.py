"""Claims about an outlet -> the country that it is at home in."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages

from ingest.discover.claims import Claim, Fact, listed
from ingest.discover.facts import language_code
from ingest.discover.zones import COUNTRIES, fits
from ingest.words import without_accents

ENOUGH = 2.0
"""A country for which less speaks is not named."""

_SOLD_AS_WORDS = frozenset({
    "ac", "ag", "ai", "am", "as", "bz", "cc", "cd", "co", "dj", "fm", "gg", "gl", "gs", "im", "io", "la", "ly",
    "me", "ms", "mu", "nu", "pm", "pw", "re", "sc", "sh", "so", "st", "su", "tk", "to", "tv", "vc", "vg", "vu",
    "ws",
})  # fmt: skip
"""Endings of countries that say nothing, as .tv is television and .co a company."""
_BELOW = {"com", "co", "net", "org", "gov", "gob", "edu", "info", "press", "news"}
"""What stands before the ending where that is the country's own after all, as in .com.co."""

_ENDINGS = {"uk": "GB", "su": "RU"}

_DEFAULT_LOCALES = {"en_US", "es_ES", "pt_BR", "fr_FR", "de_DE", "it_IT", "en_GB", "zh_CN", "ar_AR", "nl_NL"}
"""What a template's maker put there: little is said by it."""

_WORLD_LANGUAGES = {"en", "es", "pt", "fr", "ar", "zh", "ru", "de", "nl", "sw"}
"""Where its language is spoken says nothing of where an outlet is."""

_CODES = {
    "58": "VE", "57": "CO", "56": "CL", "54": "AR", "55": "BR", "51": "PE", "52": "MX", "53": "CU", "591": "BO",
    "593": "EC", "595": "PY", "598": "UY", "502": "GT", "503": "SV", "504": "HN", "505": "NI", "506": "CR",
    "507": "PA", "509": "HT", "34": "ES", "351": "PT", "33": "FR", "49": "DE", "39": "IT", "44": "GB", "353": "IE",
    "31": "NL", "32": "BE", "41": "CH", "43": "AT", "45": "DK", "46": "SE", "47": "NO", "358": "FI", "48": "PL",
    "420": "CZ", "421": "SK", "36": "HU", "40": "RO", "359": "BG", "30": "GR", "90": "TR", "380": "UA", "972": "IL",
    "20": "EG", "27": "ZA", "234": "NG", "254": "KE", "91": "IN", "92": "PK", "880": "BD", "94": "LK", "60": "MY",
    "65": "SG", "66": "TH", "62": "ID", "63": "PH", "84": "VN", "86": "CN", "81": "JP", "82": "KR", "886": "TW",
    "61": "AU", "64": "NZ", "385": "HR", "386": "SI", "381": "RS", "370": "LT", "371": "LV", "372": "EE",
    "354": "IS", "352": "LU",
}  # fmt: skip
"""Telephone codes that are one country's alone; none of them begins another one."""


def country_of(
    url: str, claims: Sequence[Claim], languages: Sequence[Claim], about: str, dates: Sequence[tuple[datetime, int]]
) -> Fact:
    """ISO 3166-1 alpha-2, empty where too little speaks for any.

    claims: of addresses, telephones and the like; languages: those with a region, as `es-VE`; about: what the outlet
    says of itself; dates: of entries, each with its distance from UTC in minutes, which fit the clocks of some
    countries only.
    """
    said = [*_by_ending(url), *_by_claims(claims), *_by_locales(languages), *_by_words(about, languages)]
    votes: dict[str, float] = defaultdict(float)
    for claim in {(claim.value, claim.where): claim for claim in said}.values():
        votes[claim.value] += claim.weight
    clocks = [(moment, minutes) for moment, minutes in dates if minutes]
    for country in votes:
        if clocks:
            votes[country] += 1.5 if fits(country, clocks) else -2.5
    best = max(votes, key=lambda country: votes[country], default="")
    if not best or votes[best] < ENOUGH:
        return Fact("", doubt=listed(f"{claim.where}: {claim.value}" for claim in said))
    evidence = list(dict.fromkeys(claim.where for claim in said if claim.value == best))
    if clocks and fits(best, clocks):
        evidence.append("the clock of its dates")
    return Fact(
        best, listed(evidence), listed(f"{claim.where}: {claim.value}" for claim in said if claim.value != best)
    )


def _by_ending(url: str) -> Iterable[Claim]:
    *_, before, ending = ("", "", *(urlsplit(url).hostname or "").split("."))
    country = _ENDINGS.get(ending, ending.upper())
    if country in COUNTRIES and (ending not in _SOLD_AS_WORDS or before in _BELOW):
        yield Claim(country, f"the host's ending .{ending}", 4.0)


def _by_claims(claims: Sequence[Claim]) -> Iterable[Claim]:
    for claim in claims:
        if claim.where == "telephone":
            country = next((_CODES[claim.value[1:end]] for end in (4, 3, 2) if claim.value[1:end] in _CODES), "")
        else:
            country = claim.value if claim.value in COUNTRIES else _named(claim.value)
        if country:
            yield Claim(country, claim.where, claim.weight)


def _by_locales(languages: Sequence[Claim]) -> Iterable[Claim]:
    for claim in languages:
        parts = re.split(r"[-_]", claim.value.strip())
        region = parts[-1].upper() if len(parts) > 1 else ""
        region = "" if region == "LA" else {"UK": "GB"}.get(region, region)  # es_LA is Latin America, not Laos
        if region in COUNTRIES:
            default = f"{parts[0].lower()}_{region}" in _DEFAULT_LOCALES
            yield Claim(region, f"{claim.where} {claim.value!r}", 0.5 if default else 2.5)
    language = next((code for claim in languages if (code := language_code(claim.value))), "")
    if language and language not in _WORLD_LANGUAGES:
        likely = str(get_global("likely_subtags").get(language, "")).rpartition("_")[2]
        if likely in COUNTRIES:
            yield Claim(likely, "the home of most who speak its language", 2.0)


def _by_words(about: str, languages: Sequence[Claim]) -> Iterable[Claim]:
    """The one country that the outlet names where it says what it is; in that country's own language, it is its own."""
    folded = f" {_folded(about)} "
    codes = dict.fromkeys((*(language_code(claim.value) for claim in languages), "en"))
    named = {country for code in codes if code for name, country in _country_names(code) if f" {name} " in folded}
    if len(named) == 1:
        country = named.pop()
        at_home = next((code for code in codes if code), "") in get_official_languages(country, regional=True)
        yield Claim(country, "its description, which names it", 2.0 if at_home else 1.0)


def _named(text: str) -> str:
    """The country of that name in English or Spanish, Portuguese, French or German."""
    name = without_accents(text).strip().lower()
    for code in ("en", "es", "pt", "fr", "de"):
        for known, country in _country_names(code):
            if known == name:
                return country
    return ""


@lru_cache(16)
def _country_names(language: str) -> tuple[tuple[str, str], ...]:
    try:
        territories = Locale(language).territories
    except (UnknownLocaleError, ValueError):
        return ()
    return tuple((_folded(name), code) for code, name in territories.items() if code in COUNTRIES and len(name) > 3)


def _folded(text: str) -> str:
    return re.sub(r"\W+", " ", without_accents(text)).lower().strip()
