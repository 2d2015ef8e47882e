"""What becomes of a text when others publish it: realistic edits, each with its own chance, the same for the same seed.

    text + Random + texts of others ─► the same text as another outlet would have it

COPIES leave a copy, one with another headline or half of the paragraphs; AROUND sets the text into a longer page;
other_figures makes the next day's report of it, which is no copy.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from random import Random

from ingest.words import SPACELESS

Edit = Callable[[Random, str, Sequence[str]], str]

BREAK = "\n\n"
_PIECE = re.compile(rf"[{SPACELESS}]|[^\W{SPACELESS}]+|\W")
_SENTENCE_END = re.compile(r"(?<=[.!?…”»])\s+(?=[A-ZÁÉÍÓÚÄÖÜА-Я«“])|(?<=。)")
_TYPOGRAPHY = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "—": "-", "–": "-"})
_DATELINES = (
    "CARACAS, 3 de noviembre (Reuters) – ", "PARIS, 3 nov. (AFP) - ", "(Reuters) - ", "BERLIN (dpa) - ",
    "МОСКВА, 3 ноября. /ТАСС/. ", "LONDON, Nov 3 (AP) — ", "【北京11月3日】", "Redacción, 3 nov (EFE).- ",
)  # fmt: skip
_CREDITS = (
    "Traducido por la redacción.", "Mit Material der dpa", "With inputs from agencies", "Por Ana Pérez", "Foto: EFE",
    "© 2024. All rights reserved. No part of this may be printed or sent on by others without leave of the publisher.",
)  # fmt: skip


def paragraphs(text: str) -> list[str]:
    return [paragraph for paragraph in text.split(BREAK) if paragraph]


def headline(random: Random, text: str, others: Sequence[str]) -> str:
    """A line of its own on top, which is in nobody else's text."""
    return BREAK.join((_words(random, others, 9), text))


def introduction(random: Random, text: str, others: Sequence[str]) -> str:
    """One or two paragraphs of the editors before it."""
    added = [_words(random, others, random.randint(15, 40)) for _ in range(random.randint(1, 2))]
    return BREAK.join((*added, text))


def dropped(random: Random, text: str, _: Sequence[str]) -> str:
    """Up to four paragraphs of ten left out."""
    share = random.uniform(0.05, 0.4)
    return BREAK.join([each for each in paragraphs(text) if random.random() >= share] or [text])


def reordered(random: Random, text: str, _: Sequence[str]) -> str:
    """A third of the paragraphs somewhere else."""
    found = paragraphs(text)
    for _each in range(len(found) // 3):
        found.insert(random.randrange(len(found)), found.pop(random.randrange(len(found))))
    return BREAK.join(found)


def typography(random: Random, text: str, _: Sequence[str]) -> str:
    """Other quotes, dashes, spaces and Unicode form."""
    text = text.translate(_TYPOGRAPHY).replace("...", "…")
    text = re.sub(r" (?=\w)", lambda match: "\u00a0" if random.random() < 0.1 else match[0], text)
    return unicodedata.normalize("NFD", text) if random.random() < 0.5 else text


def divided(random: Random, text: str, _: Sequence[str]) -> str:
    """Paragraphs merged with the next one, or divided after a sentence."""
    merged = paragraphs(text)[0] if text else ""
    for paragraph in paragraphs(text)[1:]:
        merged += (" " if random.random() < 0.4 else BREAK) + paragraph
    return _SENTENCE_END.sub(lambda match: BREAK if random.random() < 0.4 else match[0] or "", merged)


def byline(random: Random, text: str, _: Sequence[str]) -> str:
    """An agency's dateline in front and a credit or two below, in whatever language."""
    return random.choice(_DATELINES) + BREAK.join((text, *random.sample(_CREDITS, random.randint(0, 2))))


def reworded(random: Random, text: str, _: Sequence[str], most: float = 0.08) -> str:
    """One word in a hundred to one in twelve dropped, or another one in its place."""
    rate, pieces = random.uniform(0.01, most), _PIECE.findall(text)
    names = [piece for piece in pieces if piece[0].isalpha()]
    for place, piece in enumerate(pieces):
        if piece[0].isalpha() and random.random() < rate:
            pieces[place] = random.choice(("", random.choice(names)))
    return "".join(pieces)


def slightly_reworded(random: Random, text: str, others: Sequence[str]) -> str:
    """One word in a hundred to one in thirty."""
    return reworded(random, text, others, most=0.03)


def shortened(random: Random, text: str, _: Sequence[str]) -> str:
    """The beginning, as far as half or more of the words."""
    found, share = paragraphs(text), random.uniform(0.45, 0.8)
    lengths = list(accumulate(map(len, found)))
    return BREAK.join(
        found[: 1 + next(number for number, length in enumerate(lengths) if length >= share * lengths[-1])]
    )


def corrected(random: Random, text: str, _: Sequence[str]) -> str:
    """One figure put right, or the first word where there is none, and a note that says so."""
    place = random.choice(list(re.finditer(r"\d+", text)) or [re.match(r"\w*", text)])
    text = text[: place.start()] + str(random.randint(2, 99)) + text[place.end() :] if place else text
    return BREAK.join((text, "Correction: an earlier version of this article gave a wrong figure."))


def several(random: Random, text: str, others: Sequence[str]) -> str:
    """Two to four of the others, one after another."""
    for edit in random.sample([each for each in COPIES.values() if each is not several], random.randint(2, 4)):
        text = edit(random, text, others)
    return text


def in_a_longer_page(random: Random, text: str, others: Sequence[str]) -> str:
    """Between others' paragraphs, in a page two to five times as long, set by other hands."""
    target, before, after = len(text) * random.uniform(2, 5), list[str](), list[str]()
    while len(text) + sum(map(len, (*before, *after))) < target:
        random.choice((before, after)).extend(paragraphs(random.choice(others)))
    room = max(0, int(target) - len(text))
    return typography(random, BREAK.join((*_within(before, room), text, *_within(after, room))), others)


def edited_in_a_longer_page(random: Random, text: str, others: Sequence[str]) -> str:
    """The same, of a text that was touched: a byline, a correction, other paragraphs, a few words."""
    text = random.choice((byline, corrected, divided, slightly_reworded))(random, text, others)
    return in_a_longer_page(random, text, others)


def other_figures(random: Random, text: str, _: Sequence[str] = ()) -> str:
    """The same report on another day: every figure of its own."""
    return re.sub(r"\d+", lambda match: str(random.randint(10 ** (len(match[0]) - 1), 10 ** len(match[0]) - 1)), text)


def _words(random: Random, others: Sequence[str], count: int) -> str:
    pieces = _PIECE.findall(random.choice(others))
    start = random.randrange(max(1, len(pieces) - 2 * count))  # a word and a space
    return "".join(pieces[start : start + 2 * count]).replace(BREAK, " ")


def _within(found: list[str], room: int) -> list[str]:
    return [each for each, length in zip(found, accumulate(map(len, found)), strict=True) if length <= room]


COPIES: Mapping[str, Edit] = {
    edit.__name__: edit
    for edit in (
        headline, introduction, dropped, reordered, typography, divided, byline, reworded, shortened, corrected, several
    )
}  # fmt: skip
AROUND: Mapping[str, Edit] = {edit.__name__: edit for edit in (in_a_longer_page, edited_in_a_longer_page)}
