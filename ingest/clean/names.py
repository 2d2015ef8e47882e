"""Bylines as outlets write them -> the names in them, each once.

"By Ana Rojas, Senior Editor, and John Smith for EFE | Feb 21, 2022"  ─►  Ana Rojas, John Smith
"""

import re
from collections.abc import Iterable

from ingest.clean.text import clean_text
from ingest.clean.written import find_dates
from ingest.words import without_accents

_WRITTEN = (
    r"(?:(?:written|words|story|text|texte|texto|reporting|posted|published|escrito|publicado|publié|rédigé|scritto"
    r"|pubblicato|veröffentlicht|geschrieben|skrevet)\s+)?"
)
_ALL_POSTS = (
    r"(?:(?:view|see|show|read|zeige|ver|voir|vedi)\s+)?(?:all|more|alle|mehr|tod[ao]s\s+l[ao]s|tous\s+les|tutti\s+gli)\s+"
    r"(?:posts|stories|articles|articoli|beiträge|artikel|entradas|notas|publicaciones|artículos)\s+(?:by|from|von|de|di)\s+"
)
_BY = re.compile(
    rf"^\W*(?:{_ALL_POSTS}|{_WRITTEN}"
    r"(?:(?:by|por|texte?o?|authors?|auteurs?|autore?s?|autora|autorin|von|par|di|da|door|av|af"
    r"|redaktion|redacción|redação|文|作者|記者|记者|责任编辑|编辑|撰文)\s*[:：●]\s*"
    r"|(?:by|por|de autoria de)\s+"
    # "Di Maio" and "Von der Leyen" are names, "Von Max Ernst" is a byline: two capitals must follow.
    r"|(?:author|autor|autora|auteur|autorin|von|par|di|da|door|av|af)\s+(?=(?-i:[A-ZÀ-Þ])\S*\s+(?-i:[A-ZÀ-Þ]))))",
    re.IGNORECASE,
)
_AND = r"(?:and|und|y|e|et|with|con|og|och|ve|&)\s"
# Dutch "en" is "and" before another full name; before one word it is Spanish "in".
_BETWEEN_NAMES = re.compile(rf"\s*(?:[,;]\s*{_AND}|[,;|/／、•·\n]|\s{_AND}|\sen\s(?=\S+\s+\S)|(?<=\w)\s+[-–—]\s+)\s*")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\(?[^\s@]+@[^\s@]+\.\w+\)?|(?<!\w)@\w+", re.IGNORECASE)
_NOBODY = re.compile(
    r"(?:the\s|la\s|die\s)?(?:admin(?:istra(?:tor|dor))?|anonymous|anónimo|authors?|autore?s?|by|contributors?|editors?"
    r"|editorial|guest|n/?a|newsdesk|newsroom|no\sauthor|none|null|online|por|redacci[oó]n|redac?[cç][aã]o|redaktion"
    r"|redazione|rédaction|root|staff(?:\s(?:reporters?|writers?))?|undefined|unknown|user|web|webmaster|wordpress"
    r"|follow(?:\sus)?|share|edit|link\scopied|agenc(?:ies|ias)|e-?mail|facebook|twitter|instagram|linkedin)",
    re.IGNORECASE,
)
_FIELD = (
    "senior|chief|staff|deputy|associate|assistant|managing|executive|contributing|freelance|special|political|politics"
    "|national|foreign|news|sports|business|opinion|science|tech|technology|health|crime|investigative"
)
_ROLE = (
    r"(?:editor(?:a|-in-chief)?|reporter|reporter[oa]|repórter|correspondent|writer|columnist|contributor|producer|photographer"
    r"|journalist|(?:chef)?redakteur(?:in)?|korrespondent(?:in)?|periodista|redactora?|corresponsal|columnista|jornalista"
    r"|colunista|journaliste|correspondante?|giornalista|ph\.?d|m\.?d|jr|esq)\b"
)
_IS_ROLE = re.compile(rf"(?:[\w&'-]+\s+){{0,4}}{_ROLE}.*", re.IGNORECASE)
_SLUG = re.compile(r"[a-z]{2,}(?:[-_][a-z]{2,}){1,3}")
# What pages hang on to a name: what somebody is, for whom, and what to click.
_AFTER_NAME = re.compile(
    rf"\s+(?:(?:{_FIELD})\s+)*{_ROLE}.*"
    r"|\s+(?-i:for|para|für|pour|in|en|em|à|aus|from|desde)\s+(?:(?:the|el|la|le|die|der)\s+)?(?-i:[A-ZÀ-Þ]).*"
    r"|\s+(?-i:on|le|el|am|il|den|em|at)$"
    r"|\s+(?:says|said|sagt|schreibt|dice|link copied|follow|updated|published|twitter|facebook|view bio)\b.*"
    r"|\s*[(（].*",
    re.IGNORECASE,
)


LONGEST_BYLINE = 2000
"""Characters; in more there are no names, and a page can make its reader wait."""


def split_authors(raw: Iterable[str]) -> tuple[str, ...]:
    """The names in bylines such as "By A and B" or "Por: A", in order and each once.

    Addresses, handles, dates, nobodies ("admin", "Staff"), what somebody is ("Senior Editor") and what is longer than
    six words, so hardly a name, are dropped. A name written "Márquez, Gabriel" is not told from two names, and comes
    out as two.
    """
    names: dict[str, str] = {}
    for byline in raw:
        for part in _BETWEEN_NAMES.split(_BY.sub("", _undated(byline[:LONGEST_BYLINE]))):
            text = _BY.sub("", clean_text(part)).strip(_AROUND)
            name = _from_address(_AFTER_NAME.sub("", text).strip(_AROUND))
            if _is_name(name) and not (names and _IS_ROLE.fullmatch(text)):
                names.setdefault(_key(name), name)
    return tuple(names.values())


def is_byline(text: str) -> bool:
    """Whether the text begins as a byline does: "By ...", "Por: ...", "Text von ..."."""
    return _BY.match(text) is not None


_AROUND = " \t.,;:→›»-–—()[]\"'“”"


def _undated(byline: str) -> str:
    """The byline, cleaned line by line, without addresses and dates."""
    text = "\n".join(clean_text(line) for line in byline.splitlines())
    text = _ADDRESS.sub(" ", text)
    for date in find_dates(text):
        text = text.replace(date, "\n")
    return text


def _from_address(name: str) -> str:
    """A name that came out of an address ("ana-perez") as it is written elsewhere."""
    return " ".join(map(str.capitalize, re.split("[-_]", name))) if _SLUG.fullmatch(name) else name


def _key(name: str) -> str:
    """Equal for names that differ in case or accents only."""
    return without_accents(name.casefold())


def _is_name(text: str) -> bool:
    return (
        not (_NOBODY.fullmatch(text) or re.match(r"\d+\s", text))
        and len(text.split()) <= 6
        and 2 <= sum(map(str.isalpha, text)) <= 80
    )
