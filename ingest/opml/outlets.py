"""Feeds of a list, and the sources that there are -> the sources that are missing, and what becomes of each feed.

Feeds of one site are one source. What exists stays as it is, but for feeds that are added to it: a feed that a source
has already is left out, so that the same list again changes nothing.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import urljoin

from babel.core import get_global

from ingest.discover import Claim, Fact, country_of, name_of, timezone_of
from ingest.discover.facts import language_code
from ingest.discover.zones import COUNTRIES, is_zone
from ingest.models import Source
from ingest.opml.reading import Listed
from ingest.opml.sites import Site, feed_key, site_of, within
from ingest.settings.writing import is_id, source_id
from ingest.words import without_accents

GROUP = 2.5
"""How much the name of a group speaks for a country: enough where the address says nothing."""

_SEPARATORS = re.compile(r"\s+[|»–—·:>-]+\s+")

Became = Literal["new", "merged", "known"]


class Row(NamedTuple):
    """A feed, and what becomes of it: a `new` source has it, it is `merged` into one that was there, or it is `known`
    to one and left out."""

    listed: Listed
    source: str
    became: Became


class Plan(NamedTuple):
    """new: sources to write, each with lines for keys of its file; grown: by id, what is added to a source's feeds."""

    new: tuple[tuple[Source, dict[str, str]], ...]
    grown: dict[str, tuple[str, ...]]
    rows: tuple[Row, ...]


def planned(listed: Iterable[Listed], sources: Mapping[str, Source]) -> Plan:
    """What is to be written, in the order of the list."""
    known = {feed_key(feed.url): source.id for source in sources.values() for feed in source.polled()}
    became: dict[str, tuple[str, Became]] = {}
    missing: dict[str, list[Listed]] = defaultdict(list)
    sites: dict[str, Site] = {}
    feeds = list(listed)
    for feed in feeds:
        if owner := known.get(feed_key(feed.url)):
            became[feed.url] = owner, "known"
            continue
        site = site_of(feed.url, feed.homepage)
        key = f"id:{feed.id}" if is_id(feed.id) else site.key
        sites.setdefault(key, site)
        if site.stated and not sites[key].stated:
            sites[key] = site
        missing[key].append(feed)
    there = _by_site(sources.values())
    new, grown = [], {}
    taken = set(sources)
    for key, group in missing.items():
        owner = _owner(group, sites[key], sources, there)
        if owner:
            grown[owner] = tuple(feed.url for feed in group)
        else:
            source, notes = _source(group, sites[key], taken)
            taken.add(source.id)
            new.append((source, notes))
        became |= {feed.url: (owner or source.id, "merged" if owner else "new") for feed in group}
    return Plan(tuple(new), grown, tuple(Row(feed, *became[feed.url]) for feed in feeds))


def _by_site(sources: Iterable[Source]) -> dict[str, list[Source]]:
    by_site: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        by_site[site_of(source.homepage, source.homepage).key].append(source)
    return by_site


def _owner(group: list[Listed], site: Site, sources: Mapping[str, Source], there: Mapping[str, list[Source]]) -> str:
    """The source that these feeds belong to, empty where there is none yet."""
    if is_id(group[0].id):
        return group[0].id if group[0].id in sources else ""
    return next((source.id for source in there.get(site.key, ()) if within(site.homepage, source.homepage)), "")


# ── a new source ──


def _source(group: list[Listed], site: Site, taken: Collection[str]) -> tuple[Source, dict[str, str]]:
    homepage = _homepage(group, site)
    name = _name(group, homepage, site)
    stated = Counter(code for feed in group if feed.language and (code := language_code(feed.language)))
    language = stated.most_common(1)[0][0] if stated else ""
    country = _country(group, homepage)
    zone = next((feed.timezone for feed in group if feed.timezone and is_zone(feed.timezone)), "")
    timezone = Fact(zone, "the list") if zone else timezone_of(country.value, ())
    named = homepage if site.own else f"https://{_hyphened(name)}/"
    source = Source(
        id=group[0].id if is_id(group[0].id) else source_id(named if _hyphened(name) else homepage, taken),
        name=name,
        homepage=homepage,
        language=language,
        country=country.value,
        timezone=timezone.value,
        feeds=tuple(feed.url for feed in group),
        tags=tuple(dict.fromkeys(tag for feed in group for tag in _tags(feed))),
    )
    notes = {
        "homepage": "" if site.stated else "Made of the feed's address, as the list names none.",
        "language": "" if language else "Not known: each article's language is found from its text.",
        "country": "" if _is_stated(group, country) else _guess(country),
        "timezone": "" if zone else _guess(timezone),
    }
    return source, {key: note for key, note in notes.items() if note}


def _homepage(group: list[Listed], site: Site) -> str:
    """The one that all of them are below: of /asia and /india that is the host's."""
    stated = [feed.homepage for feed in group if site_of(feed.url, feed.homepage).stated]
    shortest = min(stated, key=len, default=site.homepage)
    if all(within(each, shortest) for each in stated):
        return shortest
    return urljoin(shortest, "/")


def _name(group: list[Listed], homepage: str, site: Site) -> str:
    """What its feeds have in common in their names: "Diario: Sport" and "Diario: Mundo" are of Diario."""
    titles = [feed.title for feed in group if feed.title]
    if len(titles) == 1 and (not site.own or len(titles[0]) <= 60):
        return titles[0]
    claims = [Claim(title, "the list") for title in titles]
    claims += [Claim(part, "the list") for title in titles for part in _SEPARATORS.split(title)]
    return name_of(claims, "", homepage).value


def _country(group: list[Listed], homepage: str) -> Fact:
    stated = next((feed.country for feed in group if feed.country in COUNTRIES), "")
    if stated:
        return Fact(stated, "the list")
    named = Counter(code for feed in group for code in {*map(country_named, feed.groups)} if code)
    claims = [Claim(code, "the list's group", GROUP) for code, feeds in named.items() if 2 * feeds > len(group)]
    found = country_of(homepage, claims, (), "", ())
    if not found.value:  # a home page in .com, and a feed in .com.ve
        found = country_of(group[0].url, (), (), "", ())
    return found


def _is_stated(group: list[Listed], country: Fact) -> bool:
    return any(feed.country == country.value for feed in group) and bool(country.value)


def _guess(fact: Fact) -> str:
    return f"Told by {fact.evidence}." if fact.evidence else "Not known."


@lru_cache(4096)
def country_named(group: str) -> str:
    """The country that a group is called after (VEN, Venezuela), empty where it is called after none."""
    if re.fullmatch("[A-Z]{3}", group):
        code = (get_global("territory_aliases").get(group) or [""])[0]
        return code if code in COUNTRIES else ""
    return country_of("", (Claim(group, "", GROUP),), (), "", ()).value if len(group) > 3 else ""


def _tags(feed: Listed) -> Iterable[str]:
    return feed.tags if feed.id else filter(None, map(_tag, feed.groups))


def _tag(group: str) -> str:
    """A group as a tag (`business-economy`); none where it is a country, which a source states by itself."""
    return "" if country_named(group) else _hyphened(group, any_script=True)


def _hyphened(text: str, *, any_script: bool = False) -> str:
    kept = r"[^\w]+" if any_script else r"[^a-z0-9]+"
    return re.sub(kept, "-", without_accents(text).lower()).strip("-_")
