"""Dates as outlets write them -> aware datetimes in UTC.

Cheapest reader first: ISO 8601 and RFC 5322 cost microseconds and are nearly all there is; then days whose month is a
name, in any of forty languages; dateutil reads what is left, digits in other orders mostly.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil import parser as dateutil_parser

from ingest.clean.written import spelled_day

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""No outlet was on the web before; a year outside is a clock or a template that was never set."""

_UNIX_TIME = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_LABEL = re.compile(r"^[^\d:]{3,40}:\s+(?=\S)")  # "Published: ", "Fecha de publicación: "
_MERIDIEM = re.compile(r"(?<=\d)\s*([ap])\.?\s?m\b\.?", re.IGNORECASE)
# "22:22 pm" and "0:15 am" are a 24-hour clock with a label that a template stuck on.
_NEEDLESS_MERIDIEM = re.compile(r"\b((?:0|00|1[3-9]|2[0-3]):\d\d(?::\d\d)?)[ap]m\b")
_CLOCK_WORDS = re.compile(
    r"\b(?:a las?|às|à|um|uhr|hrs?|horas?|kl|ore|alle|at|ob|de las)\b\.?|(?<=\d)\s*ч\.?", re.IGNORECASE
)
_HOURS_BY_H = re.compile(
    r"\b([01]?\d|2[0-3])\s?(?:h|時|时|시)\s?(?:(\d\d)(?:\s?(?:m|min|分|분))?)?(?!\w)", re.IGNORECASE
)
_CLOCK = re.compile(
    r"(?<![\d.:+-])(\d{1,2})(?:[:.](\d\d)(?:[:.](\d{1,2})(?:[.,]\d+)?)?\s?([ap]m)?|\s?([ap]m))(?![\d:])", re.IGNORECASE
)
_AFTER_CLOCK = re.compile(r"\s*\(?([A-Z]{1,5}\b)?\s*(?:([+-])(\d{1,2}):?(\d\d)?)?")
_EAST_ASIAN_HALF = re.compile(r"(?:(午前|上午|오전)|午後|下午|오후)\s?(\d{1,2})\s?[:時时시]\s?(\d\d)?\s?[分분]?")
_DOTTED = re.compile(r"\b\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}\b")  # the day comes first wherever dots are written
_RFC_5322_ZONE = re.compile(r"\s(?:[+-]\d{4}|GMT|UTC?|Z)$")

# Hours east of UTC. Where a name has several meanings the one of RFC 5322 (US) or of Europe is here; a source's own
# zone comes first, see _zone_named.
_NAMED_ZONES = {
    "UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "IST": 5.5, "PKT": 5, "WIB": 7, "HKT": 8, "SGT": 8, "PHT": 8, "AWST": 8, "KST": 9,
    "JST": 9, "ACST": 9.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
    "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AST": -4, "ADT": -3, "AKST": -9, "AKDT": -8, "HST": -10, "NST": -3.5,
    "BRT": -3, "ART": -3, "CLT": -4, "CLST": -3, "COT": -5, "PET": -5, "ECT": -5, "VET": -4, "BOT": -4, "UYT": -3,
    "SAST": 2, "EAT": 3, "WAT": 1, "CAT": 2,
}  # fmt: skip
_US_CLOCKS = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
}  # fmt: skip


@lru_cache(maxsize=4096)
def read_date(raw: str, timezone: str, language: str = "") -> datetime | None:
    """The moment that a feed or a page states, in UTC, or None where it states none that can be read.

    ISO 8601, RFC 5322 (RFC 822), Unix seconds and milliseconds, and dates in words in a dozen languages. `timezone`
    (IANA) is where a time without a zone was written; a date without a time is midnight there. 02/03/2022 is the
    second of March, but the third of February in English outside Europe, Africa, Asia and Oceania. Relative dates
    ("yesterday"), days without a year and years outside 1990-2100 are None. Never raises.
    """
    text, zone = " ".join(raw[:200].split()), _zone(timezone)
    plain, month_first = _plain(text), _writes_month_first(timezone, language)
    readers: tuple[Callable[[], datetime | None], ...] = (
        lambda: _unix(text),
        lambda: datetime.fromisoformat(text) if text[:4].isdecimal() else None,
        lambda: _rfc_5322(text),
        lambda: _spelled(plain, zone),
        lambda: _numeric(plain, zone, month_first),
    )
    return next((moment for reader in readers if (moment := _in_utc(reader, zone))), None)


def _in_utc(reader: Callable[[], datetime | None], zone: tzinfo) -> datetime | None:
    try:
        moment = reader()
        if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except Exception:  # dateutil raises half a dozen kinds for nonsense, and nonsense is no error here
        return None


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def _writes_month_first(timezone: str, language: str) -> bool:
    """English outlets write 2/3/2022 for 3 February in the Americas, and where nothing says that they are elsewhere."""
    continent = timezone.partition("/")[0]
    elsewhere = continent in {"Europe", "Africa", "Asia", "Australia", "Pacific", "Atlantic", "Indian"}
    return language.lower() in {"en", "en-us", "en_us"} and (not elsewhere or timezone == "Pacific/Honolulu")


def _unix(text: str) -> datetime | None:
    if not _UNIX_TIME.fullmatch(text):
        return None
    return datetime.fromtimestamp(float(text) / (1000 if len(text) > 11 and "." not in text else 1), UTC)


def _rfc_5322(text: str) -> datetime | None:
    if not _RFC_5322_ZONE.search(text):
        return None
    moment = parsedate_to_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # "-0000" is UTC, said by a clock anywhere


def _plain(text: str) -> str:
    """The date without its label, its clock as 22:22 or 10:22pm."""
    text = _LABEL.sub("", text)
    text = _EAST_ASIAN_HALF.sub(lambda match: f"{match[2]}:{match[3] or '00'} {'a' if match[1] else 'p'}m", text)
    text = _HOURS_BY_H.sub(lambda match: f"{match[1]}:{match[2] or '00'}", text)
    text = _MERIDIEM.sub(lambda match: f"{match[1].lower()}m", text)
    text = _NEEDLESS_MERIDIEM.sub(r"\1", text)
    return " ".join(re.sub(r"\s[-–—|·•]\s", " ", _CLOCK_WORDS.sub(" ", text)).split())


def _spelled(text: str, zone: tzinfo) -> datetime | None:
    """A day whose month is a name, in any language, and the clock that stands beside it, if one does."""
    if (found := spelled_day(text)) is None:
        return None
    day, around = found
    if (clock := _CLOCK.search(around)) is None:
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the outlet's zone is added later
    hour, minute, second = int(clock[1]), int(clock[2] or 0), int(clock[3] or 0)
    if half := clock[4] or clock[5]:
        hour = hour % 12 + 12 * (half[0] in "pP")
    moment = datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001
    return moment.replace(tzinfo=_zone_after(around[clock.end() :], zone))


def _zone_after(text: str, zone: tzinfo) -> tzinfo | None:
    if (match := _AFTER_CLOCK.match(text)) is None:
        return None
    if match[2]:
        return timezone((1 if match[2] == "+" else -1) * timedelta(hours=int(match[3]), minutes=int(match[4] or 0)))
    return _zone_named(match[1], None, zone)


def _numeric(text: str, zone: tzinfo, month_first: bool) -> datetime | None:
    """By dateutil, which fills what is missing from a default: two defaults that differ show that nothing was."""
    year_first = bool(re.match(r"\d{4}\D", text))
    month_first = month_first and not _DOTTED.search(text)
    first, second = (
        dateutil_parser.parse(
            text,
            dayfirst=not month_first and not year_first,
            tzinfos=lambda name, offset: _zone_named(name, offset, zone),
            default=default,
        )
        for default in (datetime(2001, 1, 1), datetime(2002, 2, 2))  # noqa: DTZ001 - the text's zone is added later
    )
    return first if first == second else None


def _zone_named(name: str | None, offset: int | None, zone: tzinfo) -> tzinfo | None:
    """CST is China's for a source in Shanghai, Cuba's for one in Havana and the United States' for any other."""
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    if name in {datetime(2022, month, 1, tzinfo=zone).tzname() for month in (1, 7)}:
        return zone
    if name in _US_CLOCKS:
        return ZoneInfo(_US_CLOCKS[name])
    return timezone(timedelta(hours=_NAMED_ZONES[name])) if name in _NAMED_ZONES else None
