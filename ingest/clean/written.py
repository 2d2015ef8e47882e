"""Days that are written amid other words ("Por Ana Rojas, 21 de febrero de 2022, 22:22 h") -> found, and read.

A month's name or a full set of digits is asked for, and a year: "Monday" or "21 February" is no day here.
"""

import re
from collections.abc import Iterator
from datetime import date

from ingest.clean.months import month_of

_YEAR = r"(?P<y>(?:19|20|25)\d\d)(?!\d)"
# Thai and Hindi vowels are marks, not letters.
_NAME = r"(?P<m>[^\W\d_](?:[^\W\d_]|[\u0900-\u097f\u0e30-\u0e4e]){2,13})"
_NUMBER = r"(?<!\d)(?P<d>\d{1,2})"
_OF = r"(?:(?:de|del|di|do|da|of|the|d['’]|m\.|a)[\s.]*)?"
_WORDS = (
    # 21 February 2022; 21 de febrero del 2022; 21. Februar 2022; 21-feb-2022; 21 d’octubre de 2022
    rf"{_NUMBER}(?:st|nd|rd|th|er|º|ª|°|\.ª|-?го|-?a)?[\s.,/-]*{_OF}{_NAME}[\s.,/-]*{_OF}{_YEAR}",
    # February 21, 2022; Febrero 21 de 2022; Feb. 21st 2022
    rf"(?<![^\W_]){_NAME}[\s.]*{_NUMBER}(?:st|nd|rd|th|º)?[\s.,]+{_OF}{_YEAR}",
    # 2022. február 21.; 2022 m. vasario 21 d.; 2022 Feb 21
    rf"(?<!\d){_YEAR}[\s.,-]+{_OF}{_NAME}[\s.-]+(?P<d>\d{{1,2}})(?!\d)",
    # 2022. gada 21. februāris
    rf"(?<!\d){_YEAR}\.? gada (?P<d>\d{{1,2}})\. {_NAME}",
)
_DIGITS = (
    r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[年년]\s?(?P<n>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일]",
    r"(?<!\d)(?P<d>\d{1,2}) tháng (?P<n>\d{1,2})[\s,]+(?:năm )?(?P<y>(?:19|20)\d\d)(?!\d)",
)
_NUMERIC = (
    r"(?<![\d/.-])(?:(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\s?\d{1,2}\2\s?(?:19|20)\d\d)(?![\d/-]|\.\d)"
)
_SHORT = r"(?<![\d.])\d{1,2}\.\d{1,2}\.\d\d(?![\d.])"
_CLOCK = (
    r"(?:(?:\s?[(（].[)）])?"  # the weekday's character in East Asia
    r"[\s,|•·()T–—-]{1,4}(?:(?:a las?|às|as|à|um|at|alle|ore|kl|klo|ob|o|om|в|saat|godz)\b\.?\s*)?"
    r"\d{1,2}\s?(?:[:.]|h|时|時|시)\s?\d{2}(?:분|分)?(?::\d\d)?(?:\s?[ap]\.?\s?m\b\.?)?"
    r"(?:\s?\(?(?-i:UTC|GMT|Z|[A-Z]{3,4})\b)?(?:\s?[+-]\d\d:?\d\d)?)?"
)
_SPELLED = [re.compile(pattern, re.IGNORECASE) for pattern in (*_WORDS, *_DIGITS)]
_FOUND = [re.compile(pattern + _CLOCK, re.IGNORECASE) for pattern in (*_WORDS, *_DIGITS, _NUMERIC, _SHORT)]
_BUDDHIST = 543
"""Years that Thailand's calendar is ahead."""


def find_dates(text: str) -> Iterator[str]:
    """The days in a text as they stand there, with the clock that follows, in the order of the text."""
    if not re.search(r"\d{4}|\d\.\d\d", text):
        return
    found = {match.start(): match for pattern in _FOUND for match in pattern.finditer(text) if _is_day(match)}
    for start in sorted(found):
        yield found[start][0].strip(" ,|•·(–—-")


def spelled_day(text: str) -> tuple[date, str] | None:
    """The first day in the text whose month is a name, or that is written as in East Asia, and the text around it.

    Raises ValueError for a day that no month has.
    """
    matches = (match for pattern in _SPELLED for match in pattern.finditer(text) if _is_day(match))
    if (match := min(matches, key=re.Match.start, default=None)) is None:
        return None
    parts = match.groupdict()
    month = int(parts["n"]) if "n" in parts else month_of(parts["m"]) or 0
    year = int(parts["y"])
    day = date(year - _BUDDHIST if year >= 2500 else year, month, int(parts["d"]))
    return day, f"{text[: match.start()]} {text[match.end() :]}"


def _is_day(match: re.Match[str]) -> bool:
    name = match.groupdict().get("m")
    return name is None or month_of(name) is not None
