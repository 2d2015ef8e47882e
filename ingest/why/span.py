"""Lengths of time as people say them."""

_SIZES = ((86_400, "d"), (3_600, "h"), (60, "min"))


def span(seconds: float) -> str:
    """In one unit: 40 ms, 2.5 s, 45 s, 12 min, 5 h, 3 d."""
    for size, unit in _SIZES:
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    if 0 < seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.0f} s" if seconds >= 10 or seconds == round(seconds) else f"{seconds:.1f} s"
