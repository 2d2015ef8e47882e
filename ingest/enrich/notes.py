"""What an outlet says about its own article: corrections, clarifications, updates, retractions, notes of the editors.

    a paragraph ─┬─ begins with a label ("Fe de errata:", "UPDATE, 3 May:", "Nota de la Redacción.")  ─► Note
                 └─ speaks of its own article ("An earlier version of this story misstated …")        ─► Note

In English, Spanish, Portuguese, French, German, Italian and Japanese, as outlets write it (see wording.py). What an
article says about a correction ("The correction in the markets …", "Rectificación de nombres, pide diputado") has
neither: a label is one where a colon or the like ends it, with a date before that at most.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from ingest.clean.months import month_of
from ingest.enrich.wording import BEGINNINGS, KINDS, LABEL, MARKS, MOMENT, PLAIN, WORDINGS, Kind, Wording
from ingest.models import Article, Note
from ingest.words import word_count

FIRST, LAST = 3, 6
"""Paragraphs from the start and from the end, among which a note stands whose label is a word of other uses too."""
LEAST_WORDS = 3
"""Words after a label; fewer are a stamp ("Updated: 9.45pm")."""
SENTENCE = 12
"""Words that are no heading, although no full stop ends them."""

_END = re.compile(r"\s*(?:(?<!\d)[:：]|[:：](?!\d)|[—–]|\s-\s|[)\]】）]\s*[:：]?)\s*")
_STOP = re.compile(r"[\s.:：)\]】*_]+")
_HEAD = 45
"""Characters from a label to its end."""
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[.!?…。！？][\"'”’»)\]）*_]*$")
_BRACKET = re.compile(r"\(")
_APPEAL = re.compile(r"(?:if|to|please|do|see|spot|send|report|read|si|para|se|pour|wenn|haben|per) ", re.IGNORECASE)
"""How a line goes on that asks for corrections ("Corrections: if you are aware of …")."""


class _Labelled(NamedTuple):
    """A paragraph's label. plain: it is a word of other uses too; head: what stands between it and its end, both empty
    where it stands alone; said: what follows."""

    kind: Kind
    plain: bool
    head: str = ""
    end: str = ""
    said: str = ""


def add_notes(article: Article) -> Article:
    """`notes`: the paragraphs that are one, in their order."""
    wording = WORDINGS.get(article.language, WORDINGS["en"]).within(article.text)
    notes = tuple(_notes(article.text.split("\n\n"), wording))
    return msgspec.structs.replace(article, notes=notes) if notes else article


def _notes(paragraphs: list[str], wording: Wording) -> Iterator[Note]:
    above: Kind | None = None
    for place, text in enumerate(paragraphs):
        edge = place < FIRST or place >= len(paragraphs) - LAST
        labelled = _labelled(text, 0)
        kind = above or (labelled and _kind(labelled, edge)) or ("(" in text and _in_brackets(text)) or None
        if wording.stems and kind in {None, "editor", "update"}:
            kind = _spoken(text, wording) or kind
        if kind:
            yield Note(kind=kind, text=text)
        above = labelled.kind if labelled and not kind and edge and _stands_alone(labelled, text) else None


def _labelled(text: str, start: int) -> _Labelled | None:
    """The label that begins there; None where none does, or the word only goes on as a sentence."""
    match = _begins(text[start : start + 12]) and LABEL.match(text, start)
    if not match:
        return None
    kind, plain = _kind_of(match), bool(PLAIN.fullmatch(match["label"]))
    if plain and match["label"][0].islower():
        return None
    if not _STOP.sub("", text[match.end() :]):
        return _Labelled(kind, plain)
    end = _END.search(text, match.end(), match.end() + _HEAD)
    if end and _is_moment(head := text[match.end() : end.start()]):
        return _Labelled(kind, plain, head, end[0], text[end.end() :])
    stop = None if plain else _STOP.match(text, match.end())
    return _Labelled(kind, plain, "", stop[0], text[stop.end() :]) if stop and "." in text[: stop.end()][-3:] else None


def _begins(start: str) -> bool:
    bare = start.lstrip(MARKS)
    letters = bare[:3].lower()
    return letters.rstrip() in BEGINNINGS or letters[:1] in BEGINNINGS or letters[:1].isdigit()


def _kind_of(match: re.Match[str]) -> Kind:
    return next(kind for kind in KINDS if match[kind])


def _is_moment(head: str) -> bool:
    """Whether there is nothing between the label and its end, or when it was."""
    return not _words(head)


def _words(text: str) -> str:
    """The text's words but for those of dates and times."""
    return " ".join(word for word in _WORD.findall(text) if not (word.lower() in MOMENT or month_of(word)))


def _kind(labelled: _Labelled, edge: bool) -> Kind | None:
    said = _words(labelled.said)
    if word_count(said) < LEAST_WORDS or _APPEAL.match(said):
        return None
    dated = any(map(str.isdigit, labelled.head))
    sentence = _SENTENCE.search(labelled.said) or word_count(said) >= SENTENCE
    return labelled.kind if not labelled.plain or dated or (edge and sentence) else None


def _stands_alone(labelled: _Labelled, text: str) -> bool:
    """Whether the label is a heading, with the note below it."""
    return not labelled.said and (not labelled.plain or text.rstrip("*_ ").endswith((":", "：")))


def _in_brackets(text: str) -> Kind | None:
    """Of a note inside a paragraph, "(UPDATE, 8 December: …)"; those of the editors there explain a word."""
    for bracket in _BRACKET.finditer(text):
        labelled = _labelled(text, bracket.start())
        if not labelled or labelled.kind == "editor" or ":" not in labelled.end:
            continue
        if word_count(_words(labelled.said.partition(")")[0])) >= LEAST_WORDS:
            return labelled.kind
    return None


def _spoken(text: str, wording: Wording) -> Kind | None:
    """Of a paragraph that speaks of its own article."""
    if any(stem in text for stem in wording.stems):
        told = text.lower()
        return next((kind for kind, pattern in wording.says if pattern.search(told)), None)
    return None
