"""Paragraphs, titles and names: one spelling of what looks the same, and nothing said twice."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

# Marks that are not seen and only make equal texts differ: controls (white space aside), soft hyphen, zero-width
# space, direction marks, byte order mark, and what UTF-8 cannot carry. Visible format characters such as the Arabic
# number sign (U+0600) stay.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
# ZWNJ and ZWJ shape Arabic and Indic letters and join emoji; anywhere else they are noise.
_SHAPED = "\u0600-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_STRAY_JOINER = re.compile(f"(?<![{_SHAPED}])[\u200c\u200d]|[\u200c\u200d](?![{_SHAPED}])")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_SPACELESS = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
LONG = 8
"""Words from which a paragraph that is repeated word for word was captured twice rather than written twice."""


def clean_text(text: str) -> str:
    """The text on one line: Unicode NFC, white space (no-break ones too) collapsed, invisible marks removed."""
    text = unicodedata.normalize("NFC", text)
    if text.isprintable() and "\u034f" not in text:  # nearly always; of all marks below, only this one is printable
        return " ".join(text.split())
    text = _INVISIBLE.sub("", text)
    text = _STRAY_JOINER.sub("", text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def clean_paragraphs(paragraphs: Iterable[str]) -> tuple[str, ...]:
    """Each paragraph through `clean_text`, the empty ones dropped, and nothing twice (see `drop_repeats`)."""
    return drop_repeats([clean for paragraph in paragraphs if (clean := clean_text(paragraph))])


def drop_repeats(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """A body that was captured twice, whole or in part, comes out once, in the order it was first read.

    Paragraphs are equal when their letters and digits are, whatever the case. A repeated one goes if it is LONG, or
    if the one before or after it is repeated with it; a short one alone ("Yes.", "* * *") is how people write, and
    stays. Idempotent.
    """
    kept = tuple(paragraphs)
    while len(fewer := _without_repeats(kept)) < len(kept):
        kept = fewer
    return kept


def _without_repeats(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    keys = [_NOT_ALPHANUMERIC.sub("", text.casefold()) or text for text in paragraphs]
    repeated: set[int] = set()
    seen: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for index, key in enumerate(keys):
        if key in seen and _words(paragraphs[index]) >= LONG:
            repeated.add(index)
        pair = (keys[index - 1], key) if index else ("", "")
        if pair in pairs:
            repeated.update((index - 1, index))
        elif pair[0] != key:  # "Yes." "Yes." "Yes." is no run of anything
            pairs.add(pair)
        seen.add(key)
    return tuple(text for index, text in enumerate(paragraphs) if index not in repeated)


def _words(text: str) -> int:
    """Words by white space; two characters count as one in scripts that write none (Japanese, Chinese, Thai)."""
    return len(text.split()) + len(_SPACELESS.findall(text)) // 2


_BY = re.compile(
    r"^\W*(?:(?:written|words|story|text|texte|texto|reporting)\s+)?"
    r"(?:(?:by|por|escrito por|texte?o?|authors?|auteurs?|autore?s?|autorin|文|von|par|di|da|door)\s*[:：●]\s*"
    # "Di Maio" and "Von der Leyen" are names, "Von Max Ernst" is a byline: two capitals must follow.
    r"|(?:by|por|de autoria de|escrito por)\s+|(?:von|par|di|da|door)\s+(?=(?-i:[A-ZÀ-Þ])\S*\s+(?-i:[A-ZÀ-Þ])))",
    re.IGNORECASE,
)
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;|/／、•·\n]|\s(?:and|und|y|e|et|en|with|con|&)\s|(?<=\w)\s+[-–—]\s+)\s*")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\(?[^\s@]+@[^\s@]+\.\w+\)?|(?<!\w)@\w+", re.IGNORECASE)
_NOBODY = re.compile(
    r"(?:the\s|la\s|die\s)?(?:admin(?:istra(?:tor|dor))?|anonymous|anónimo|authors?|autore?s?|by|contributors?|editors?"
    r"|editorial|guest|n/?a|newsdesk|newsroom|none|null|online|por|redacci[oó]n|redac?[cç][aã]o|redaktion|redazione|rédaction|root"
    r"|staff(?:\s(?:reporters?|writers?))?|undefined|unknown|user|web|webmaster|wordpress)",
    re.IGNORECASE,
)


LONGEST_BYLINE = 2000
"""Characters; in more there are no names, and a page can make its reader wait."""


def split_authors(raw: Iterable[str]) -> tuple[str, ...]:
    """The names in bylines such as "By A and B" or "Por: A", in order and each once.

    Addresses, handles, nobodies ("admin", "Staff") and what is longer than six words, so hardly a name, are dropped.
    A name written "Márquez, Gabriel" is not told from two names, and comes out as two.
    """
    names: dict[str, str] = {}
    for byline in raw:
        line = _ADDRESS.sub(" ", _one_line_each(byline[:LONGEST_BYLINE]))
        for part in _BETWEEN_NAMES.split(_BY.sub("", line)):
            name = _BY.sub("", clean_text(part)).strip(" \t.,;:-–—()[]\"'“”")
            if _is_name(name):
                names.setdefault(name.casefold(), name)
    return tuple(names.values())


def _one_line_each(byline: str) -> str:
    return "\n".join(clean_text(line) for line in byline.splitlines())


def _is_name(text: str) -> bool:
    return not _NOBODY.fullmatch(text) and len(text.split()) <= 6 and 2 <= sum(map(str.isalpha, text)) <= 80
