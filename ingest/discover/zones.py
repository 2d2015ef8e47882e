"""Where the clocks of an outlet's dates tick, by the tables of tzdata: country -> zones, zones -> distance from UTC."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from ingest.discover.claims import Fact


def _zones() -> dict[str, tuple[str, ...]]:
    """The zones of each country, in the order of zone.tab, which has the most populous first where one had to come."""
    zones: dict[str, tuple[str, ...]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            zones[country] = (*zones.get(country, ()), zone)
    for country, first in _CAPITALS.items():
        zones[country] = (first, *(zone for zone in zones[country] if zone != first))
    return zones


_CAPITALS = {
    "AU": "Australia/Sydney", "BR": "America/Sao_Paulo", "CA": "America/Toronto", "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv", "UZ": "Asia/Tashkent", "PF": "Pacific/Tahiti", "FM": "Pacific/Pohnpei",
}  # fmt: skip
"""Where most of a country's outlets are, and zone.tab begins elsewhere, as it goes from north-east to south-west."""

COUNTRIES = _zones()
"""ISO 3166-1 alpha-2 -> its time zones, the likeliest first."""


def stated_offset(raw: str) -> tuple[datetime, int] | None:
    """The moment and the minutes east of UTC that a date as written states; None where it states no distance.

    "+0000", "Z" and "GMT" are 0: what most servers write, wherever they stand.
    """
    text = raw.strip()
    try:
        moment = datetime.fromisoformat(text) if text[:4].isdecimal() else parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    distance = moment.utcoffset()
    if distance is None or not re.search(r"(?:[+-]\d\d:?\d\d|Z|GMT|UTC?)$", text):
        return None
    return moment.astimezone(UTC), int(distance / timedelta(minutes=1))


def fits(country: str, clocks: Sequence[tuple[datetime, int]]) -> bool:
    """Whether one of the country's zones has these distances from UTC at these moments, but for an odd one out."""
    return any(_agrees(zone, clocks) for zone in COUNTRIES.get(country, ()))


def timezone_of(country: str, dates: Iterable[tuple[datetime, int]], stated: str = "") -> Fact:
    """An IANA name. country: may be empty; dates: of entries, each with its minutes east of UTC; stated: what the
    outlet's own software says, which is believed.

    A country with several zones is in the one that its dates fit. Dates that are an hour off have summer time wrong.
    Those that fit nowhere are of another clock, and that clock counts, as it is the outlet's own.
    """
    clocks = [(moment, minutes) for moment, minutes in dates if minutes]
    if stated and is_zone(stated):
        return Fact(stated, "its WordPress")
    zones = COUNTRIES.get(country, ())
    if not clocks:
        why = f"the clock of {country}; its dates are in UTC or state no zone" if zones else ""
        return Fact(zones[0] if zones else "UTC", why, "" if zones else "neither a country nor a clock is known")
    often = Counter(minutes for _, minutes in clocks).most_common(1)[0][0]
    here = next((zone for zone in zones if _agrees(zone, clocks)), "")
    if here:
        return Fact(here, f"dates in {written_offset(often)}, as in {country}")
    if near := next((zone for zone in zones if _agrees(zone, clocks, 60)), ""):
        return Fact(near, f"the clock of {country}", f"its dates are in {written_offset(often)}, an hour off")
    doubt = f"that is no clock of {country}" if zones else ""
    if often % 60 == 0:
        return Fact(f"Etc/GMT{-often // 60:+d}", f"dates in {written_offset(often)}", doubt)
    every = (zone for several in COUNTRIES.values() for zone in several)
    return Fact(
        next((zone for zone in every if _agrees(zone, clocks)), "UTC"), f"dates in {written_offset(often)}", doubt
    )


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return False
    return True


def written_offset(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _agrees(zone: str, clocks: Sequence[tuple[datetime, int]], off: int = 0) -> bool:
    """One in five may be another's: reprints keep their agency's clock. off: minutes by which all may be wrong."""
    right = sum(abs(_distance(zone, moment) - minutes) <= off for moment, minutes in clocks)
    return right >= 0.8 * len(clocks)


@lru_cache(4096)
def _distance(zone: str, moment: datetime) -> int:
    distance = moment.astimezone(ZoneInfo(zone)).utcoffset()
    return int((distance or timedelta()) / timedelta(minutes=1))
