"""How long a feed asks us to wait between two polls: <ttl> (RSS 2.0), sy:updatePeriod (RSS 1.0, syndication)."""

import re

DAY = 86_400.0

PERIODS = {
    "hourly": 3600.0, "hour": 3600.0, "daily": DAY, "dayly": DAY, "day": DAY, "weekly": 7 * DAY, "week": 7 * DAY,
    "monthly": 30 * DAY, "month": 30 * DAY, "yearly": 365 * DAY, "year": 365 * DAY,
}  # fmt: skip
"""The module's five, and what outlets make of them. "always" and "minutely" ask for nothing: no word, no wait."""

DEFAULT_PERIOD = "daily"
"""The module's own, for a feed that states a frequency alone."""


def asked_for(ttl: str, period: str, frequency: str) -> float | None:
    """Seconds to wait by the elements' texts as they were written, None where they say nothing that makes sense.

    <ttl>, whole minutes, comes first. Else the period over the frequency: "hourly" and "4" is every quarter of an hour,
    and "0.1", which the module does not allow, every ten hours.
    """
    if minutes := _whole(ttl):
        return minutes * 60.0
    if not period.strip() and not frequency.strip():
        return None
    seconds = PERIODS.get(period.strip().lower() or DEFAULT_PERIOD)
    times = _positive(frequency) if frequency.strip() else 1.0
    return seconds / times if seconds and times else None


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,7}", text.strip()) else 0


def _positive(text: str) -> float:
    """A number above nought, with a point or a comma; 0 for anything else."""
    return (
        float(text.strip().replace(",", ".")) if re.fullmatch(r"[0-9]{1,7}(?:[.,][0-9]{1,7})?", text.strip()) else 0.0
    )
