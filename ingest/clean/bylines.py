"""A paragraph that is nothing but a byline -> the names in it; for any other paragraph, nothing.

    By Jane Roe, November 3, 2023 9:30 am               ─►  Jane Roe
    Por: Ana Marín / Fotos: Luis Paz                    ─►  Ana Marín
    (Reporting by Jane Roe in Lima; editing by Jim Doe) ─►  Jane Roe

Besides the word that opens it there must be names, and a date, a place or duties at most. Where that is not certain the
paragraph stays.
"""

import re

from ingest.clean.places import AGENCIES

LONGEST = 300
"""Characters; the longest are those of agencies, which name who edited and translated too."""

_VERB = (
    r"(?:written|posted|published|reported|story|words|text|texto|texte|testo|escrito|redactado|publicado|"
    r"geschrieben|verfasst|scritto|écrit)\s+"
)
_OPENS = re.compile(
    rf"(?:{_VERB})?(?P<by>by|por|von|par|di|door)\s*(?P<colon>:)?\s+"
    r"|(?P<label>(?:by|por|text|texto|texte|testo|authors?|autor(?:a|as|es|in|innen)?|auteure?s?|autor[ei]|reporter)\s*:\s*)"
    r"|(?P<agency>(?:reporting|reporte|reportagem|reportage|bericht|informe)\s+(?:by|de|par|von)\s+)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\S+@\S+|(?<!\w)@\w+")
# What may follow the names: from here on the paragraph says when, in what place, who took the photographs, who edited.
_MORE = re.compile(
    r"\s*(?:[|•·;(]|\s/\s|\s[-–—]\s|,?\s*(?:on\s+)?(?:\w+\.?\s+)?\d|,?\s*(?:last\s+)?(?:updated|published|posted)\b"
    r"|,?\s*\b(?:fotos?|photos?|photographs?|bilder?|bild|edit(?:ing|ed|ado|ou|ion|ión|ção)|additional|writing|escrito|redig|"
    r"rédig|traduc|translat)|\sin\s(?=[A-ZÀ-Þ]))",
    re.IGNORECASE,
)
_DUTY = re.compile(
    r"\b(?:writers?|reporters?|editors?|correspondents?|staff|press|desk|journalists?|corresponsal|redac\w+|redakt\w+|"
    r"enviad[oa]|columnist\w?|producer|team|service|news|media|post|times)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:,|&|\s(?:and|y|e|et|und|en)\s)\s*", re.IGNORECASE)
_PARTICLES = re.compile(r"(?:d[aeio]s?|del|della|van|von|der|den|la|le|bin|ibn|al|el|y|zu|ter|ten)(?=\s)")


def byline(text: str) -> tuple[str, ...]:
    """The names, in their order; none where the text is more or less than a byline."""
    line = text.strip().removeprefix("(").rstrip(").").strip()
    opening = _OPENS.match(line) if len(text) <= LONGEST else None
    if not opening:
        return ()
    said = " ".join(_ADDRESS.sub(" ", line[opening.end() :]).split())
    more = _MORE.search(said)
    names, rest = (said[: more.start()], said[more.start() :]) if more else (said, "")
    if len(rest) > (LONGEST if opening["agency"] else 60) or (not opening["agency"] and re.search(r"[.!?]\s", rest)):
        return ()
    parts = [part for part in _BETWEEN.split(names.rstrip(". ") if rest else names) if part]
    fewest = 1 if opening["colon"] or opening["label"] else 2
    if not parts or not all(map(_is_capitalised, parts)) or not _is_name(parts[0], fewest):
        return ()
    others = parts[1:] if all(_is_name(part, 2) for part in parts[1:]) else ()
    return (parts[0], *others)


def _is_name(text: str, fewest: int) -> bool:
    words = text.split()
    return text.casefold() in AGENCIES or (fewest <= len(words) <= 5 and not _DUTY.search(text))


def _is_capitalised(text: str) -> bool:
    """Whether every word begins with a capital, particles between them aside."""
    words = _PARTICLES.sub("", text).split()
    return (
        text[:1].isupper()
        and len(words) <= 6
        and all(word[:1].isupper() for word in words)
        and not re.search(r"[\d!?:\"“]", text)
    )
