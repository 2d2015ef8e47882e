"""A text's first words -> its dateline: where, when and by which agency it was written.

    CARACAS, Nov 3 (Reuters) – The port opened.     ─►  CARACAS, Nov 3 (Reuters)
    Berlin/Kiew (dpa) - Der Hafen ist offen.        ─►  Berlin/Kiew (dpa)
    Caracas, 3 de noviembre (EFE).- El puerto …     ─►  Caracas, 3 de noviembre (EFE)

A wrong cut damages the text, a dateline that is left costs little. So each must have a mark that no sentence has (an
agency, a date, a place in capitals, or one that everybody knows) before a dash and the beginning of a sentence.
"""

import re
from itertools import pairwise
from typing import NamedTuple

from ingest.clean.months import month_of
from ingest.clean.places import AGENCIES, LABELS, PARTICLES, PLACES

LONGEST = 90
"""Characters before the dash; the longest of the real ones that were looked at has 60."""
SHORT_NAME = 4
"""Letters: a word in capitals that is not longer is an abbreviation, unless it is known for a place."""

# A hyphen must stand apart (Baden-Württemberg), or close a sentence as the Spanish press writes it ("Caracas.- El").
_DASH = re.compile(r"\s*\.?\s?(?:(?<=[\s.)\]])-{1,2}(?=\s)|(?<=\.)-|[–—―]{1,2})\s*|(?P<colon>:)\s")
_MARK = re.compile("[-–—―:]")  # one of these is in each of them; most paragraphs begin without
_QUOTES = "\"'“”„‟‘’«‹¿¡([…"
_SIGNED = re.compile(r"(.*?)\s*[(\[]([^()\[\]]{2,40})[)\]]")
_BETWEEN_AGENCIES = re.compile(r"\s*[/+&,|]\s*|\s(?:and|y|e|et|und)\s")
_NUMERIC_DATE = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-](?:20)?\d\d\b")
_CALL_SIGN = re.compile(r"[KW][A-Z]{3}(?:-TV)?|[\w-]+(?:\.[a-z]{2,6})+")
"""Of a station in the United States; or an outlet's host."""
_WORD = re.compile(r"[^\W\d_]+")
# "Barcelona - Real Madrid: 2-1" and "Paris - London: der Zug" are no datelines.
_PAIR = re.compile(r"[^.!?,]{2,40}?(?::|\d\s?[-–:]\s?\d)")


class Dateline(NamedTuple):
    """As written, without the dash; and how many characters of the text it takes, the dash included."""

    words: str
    length: int


def dateline(text: str, rest: str = "") -> Dateline | None:
    """The dateline at the start of a paragraph, if it has any. `rest`: the text after this paragraph."""
    found: Dateline | None = None
    if not _MARK.search(text, 2, LONGEST):
        return None
    for dash in _DASH.finditer(text, 2, LONGEST):
        words, after = text[found.length if found else 0 : dash.start()].strip(), text[dash.end() :]
        if _begins_a_sentence(after) and _is_dateline(words, after, rest, colon=bool(dash["colon"])):
            found = Dateline(text[: dash.start()].strip(), dash.end())
            if not _is_agency(words.strip("()")):  # else a place may follow: "(ANSA) - ROMA, 03 NOV - Il porto"
                break
    return found


def _is_dateline(words: str, after: str, rest: str, *, colon: bool) -> bool:
    if not LABELS.isdisjoint(words.casefold().split()):
        return False
    if words[:1] == "(" and words[-1:] == ")":
        return _is_agency(words[1:-1]) or words[1:-1].casefold() in PLACES
    signed = _SIGNED.fullmatch(words)
    place, *more = (part.strip() for part in (signed[1] if signed else words).split(","))
    names = re.split(r"\s?/\s?", place)
    if not all(map(_could_be_a_place, names)) or len(more) > 3:
        return False
    known, capitals = all(name.casefold() in PLACES for name in names), place.isupper()
    if colon or signed:
        agency = signed[2] if signed else ""
        return (known and capitals and not signed) or _is_agency(agency) or ((known or capitals) and _has_words(agency))
    if known:
        return any(map(_is_date, more)) or not _PAIR.match(after)
    return capitals and (any(map(_is_agency, more)) or _stands_out(place, after, rest))


def _stands_out(place: str, after: str, rest: str) -> bool:
    """Whether words in capitals that nobody knows are a place, rather than an abbreviation, a brand or a headline."""
    first, text = _WORD.search(after), f"{after} {rest}"
    if (
        not first
        or "." in place
        or (len(first[0]) > 1 and first[0].isupper())
        or re.search(rf"\b{re.escape(place)}\b", text)
    ):
        return False
    return (len(place) > SHORT_NAME and " " not in place) or place.title() in text


def _begins_a_sentence(text: str) -> bool:
    start = text[:4].lstrip(_QUOTES)[:1]
    return start.isupper() or start.isdigit()


def _could_be_a_place(name: str) -> bool:
    words = re.split(r"[\s-]", name)
    return (
        len(words) <= 5
        and all(word[:1].isupper() or word in PARTICLES for word in words)
        and words[0][:1].isupper()
        and not any(map(str.isdigit, name))
    )


def _has_words(text: str) -> bool:
    return bool(_WORD.search(text))


def _is_agency(name: str) -> bool:
    first = _BETWEEN_AGENCIES.split(name.casefold())[0]
    return name.casefold() in AGENCIES or first in AGENCIES or bool(_CALL_SIGN.fullmatch(name))


def _is_date(text: str) -> bool:
    """A day and a month: "Nov 3", "3. November 2023", "05 de noviembre", "3/11/2023"."""
    if _NUMERIC_DATE.search(text):
        return True
    parts = [part for part in re.findall(r"\d+|[^\W\d_]+", text) if part.casefold() not in PARTICLES]
    pairs = (pair if pair[0].isdigit() else pair[::-1] for pair in pairwise(parts))
    return any(day.isdigit() and 1 <= int(day) <= 31 and not name.isdigit() and month_of(name) for day, name in pairs)
